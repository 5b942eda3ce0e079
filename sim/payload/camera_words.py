"""What the camera says of itself: the fields of every message of the camera protocol."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.payload.autopilot import AutopilotView, offset_m
from sim.payload.device import Builder
from sim.payload.gimbal import COMPONENT as GIMBAL_COMPONENT
from sim.payload.shooting import Capture
from sim.payload.tracking import ACTIVE, ERROR, RECTANGLE, View, ground_at, seen_at

if TYPE_CHECKING:
    from sim.payload.camera import CameraDevice

# Video, images, modes, images while recording, recording in image mode, survey mode, zoom, focus,
# a video stream, tracking by point and by rectangle, tracking told as a place.
CAPABILITIES = 1 | 2 | 4 | 8 | 16 | 32 | 64 | 128 | 256 | 512 | 1024 | 2048
VIDEO_STREAM = 256
IN_STATUS = 4
RUNNING = 1
TCP_MPEG = 2
READY, MICRO_SD, FOR_PHOTO_AND_VIDEO = 2, 3, 1 | 2 | 4
UNKNOWN_DEGREES = 0x7FFFFFFF
Fields = Mapping[str, Any]


class CameraWords:
    """Builds messages from a camera's state."""

    def __init__(self, camera: "CameraDevice", view: AutopilotView) -> None:
        self._camera = camera
        self._view = view
        self.builders: dict[str, Builder] = {
            "CAMERA_INFORMATION": self._information,
            "CAMERA_SETTINGS": self._settings,
            "STORAGE_INFORMATION": self._storage,
            "CAMERA_CAPTURE_STATUS": self._capture_status,
            "CAMERA_IMAGE_CAPTURED": self._captured,
            "VIDEO_STREAM_INFORMATION": self._stream_information,
            "VIDEO_STREAM_STATUS": self._stream_status,
            "CAMERA_FOV_STATUS": self._field_of_view,
            "CAMERA_TRACKING_IMAGE_STATUS": self._tracking_image,
            "CAMERA_TRACKING_GEO_STATUS": self._tracking_place,
        }

    @staticmethod
    def captured(capture: Capture) -> Fields:
        """CAMERA_IMAGE_CAPTURED."""
        place = capture.place
        fields: dict[str, Any] = {
            "time_boot_ms": capture.time_boot_ms,
            "time_utc": capture.utc_us,
            "q": capture.quaternion,
            "image_index": capture.index,
            "capture_result": 1 if capture.succeeded else 0,
            "file_url": capture.url,
        }
        if place is not None:
            fields |= {
                "lat": round(place.latitude_deg * 1e7),
                "lon": round(place.longitude_deg * 1e7),
                "alt": round(place.height_amsl_m * 1e3),
                "relative_alt": round(place.height_above_home_m * 1e3),
            }
        return fields

    def _information(self, now_s: float, which: float) -> list[Fields]:
        camera = self._camera
        settings = camera.settings
        sensor_height_mm = settings.sensor_width_mm * settings.height_px / settings.width_px
        return [
            {
                "time_boot_ms": self._view.boot_ms(now_s),
                "vendor_name": b"Qyran",
                "model_name": b"Simulated camera",
                "firmware_version": 1,
                "focal_length": camera.optics.focal_length_mm(now_s),
                "sensor_size_h": settings.sensor_width_mm,
                "sensor_size_v": sensor_height_mm,
                "resolution_h": settings.width_px,
                "resolution_v": settings.height_px,
                "flags": CAPABILITIES if settings.video_uri else CAPABILITIES & ~VIDEO_STREAM,
                "gimbal_device_id": GIMBAL_COMPONENT,
            }
        ]

    def _settings(self, now_s: float, which: float) -> list[Fields]:
        camera = self._camera
        return [
            {
                "time_boot_ms": self._view.boot_ms(now_s),
                "mode_id": camera.mode,
                "zoomLevel": camera.optics.zoom.level_at(now_s),
                "focusLevel": camera.optics.focus.level_at(now_s),
            }
        ]

    def _storage(self, now_s: float, which: float) -> list[Fields]:
        if which not in (0.0, 1.0):
            return []
        storage = self._camera.storage
        return [
            {
                "time_boot_ms": self._view.boot_ms(now_s),
                "storage_id": 1,
                "storage_count": 1,
                "status": READY,
                "type": MICRO_SD,
                "name": "card",
                "total_capacity": storage.capacity_mib,
                "used_capacity": storage.used_mib(now_s),
                "available_capacity": storage.free_mib(now_s),
                "read_speed": 80.0,
                "write_speed": 40.0,
                "storage_usage": FOR_PHOTO_AND_VIDEO,
            }
        ]

    def _capture_status(self, now_s: float, which: float) -> list[Fields]:
        camera = self._camera
        began_s = camera.storage.recording_since_s
        series = camera.series
        image_status = (camera.developing is not None) + (2 if series is not None else 0)
        return [
            {
                "time_boot_ms": self._view.boot_ms(now_s),
                "image_status": image_status,
                "video_status": 0 if began_s is None else 1,
                "image_interval": 0.0 if series is None else series.interval_s,
                "recording_time_ms": 0 if began_s is None else round((now_s - began_s) * 1e3),
                "available_capacity": camera.storage.free_mib(now_s),
                "image_count": len(camera.captures),
            }
        ]

    def _captured(self, now_s: float, which: float) -> list[Fields]:
        captures = self._camera.captures
        if not (math.isfinite(which) and 0 <= which < len(captures)):
            return []
        return [self.captured(captures[int(which)])]

    def _stream_information(self, now_s: float, which: float) -> list[Fields]:
        if which not in (0.0, 1.0):
            return []
        uri = self._camera.settings.video_uri
        known = {"count": 1, "type": TCP_MPEG, "name": "main", "uri": uri, "encoding": 0}
        return [{**self._stream_status(now_s, which)[0], **known}] if uri else []

    def _stream_status(self, now_s: float, which: float) -> list[Fields]:
        camera = self._camera
        settings = camera.settings
        if which not in (0.0, 1.0) or not settings.video_uri:
            return []
        across = camera.optics.horizontal_field_of_view(now_s)
        bits = 12.0 * settings.frame_rate_hz * settings.width_px * settings.height_px / 8.0
        return [
            {
                "stream_id": 1,
                "flags": RUNNING if camera.streaming else 0,
                "framerate": settings.frame_rate_hz,
                "resolution_h": settings.width_px,
                "resolution_v": settings.height_px,
                "bitrate": round(bits),
                "hfov": round(math.degrees(across)),
            }
        ]

    def _field_of_view(self, now_s: float, which: float) -> list[Fields]:
        view = self._camera.view_at(now_s)
        if view is None:
            return []
        centre = ground_at(view, 0.5, 0.5)
        fields: dict[str, Any] = {
            "time_boot_ms": self._view.boot_ms(now_s),
            "lat_camera": round(view.place.latitude_deg * 1e7),
            "lon_camera": round(view.place.longitude_deg * 1e7),
            "alt_camera": round(view.place.height_amsl_m * 1e3),
            "lat_image": UNKNOWN_DEGREES,
            "lon_image": UNKNOWN_DEGREES,
            "alt_image": UNKNOWN_DEGREES,
            "q": view.quaternion,
            "hfov": math.degrees(view.horizontal),
            "vfov": math.degrees(view.vertical),
        }
        if centre is not None:
            fields |= {
                "lat_image": round(centre.latitude_deg * 1e7),
                "lon_image": round(centre.longitude_deg * 1e7),
                "alt_image": round(centre.height_amsl_m * 1e3),
            }
        return [fields]

    def _tracking_image(self, now_s: float, which: float) -> list[Fields]:
        target, view = self._camera.target, self._camera.view_at(now_s)
        if target is None or view is None:
            return [{"tracking_status": 0, "tracking_mode": 0}]
        seen = seen_at(view, target.place)
        if seen is None or not seen.inside:
            return [{"tracking_status": ERROR, "tracking_mode": target.mode}]
        fields: dict[str, Any] = {
            "tracking_status": ACTIVE,
            "tracking_mode": target.mode,
            "target_data": IN_STATUS,
            "point_x": seen.x,
            "point_y": seen.y,
            "radius": target.half_width,
        }
        if target.mode == RECTANGLE:
            fields |= {
                "rec_top_x": seen.x - target.half_width,
                "rec_top_y": seen.y - target.half_height,
                "rec_bottom_x": seen.x + target.half_width,
                "rec_bottom_y": seen.y + target.half_height,
            }
        return [fields]

    def _tracking_place(self, now_s: float, which: float) -> list[Fields]:
        target, view = self._camera.target, self._camera.view_at(now_s)
        if target is None or view is None:
            return [{"tracking_status": 0}]
        seen = seen_at(view, target.place)
        north, east, down = offset_m(view.place, target.place)
        return [
            {
                "tracking_status": ACTIVE if seen is not None and seen.inside else ERROR,
                "lat": round(target.place.latitude_deg * 1e7),
                "lon": round(target.place.longitude_deg * 1e7),
                "alt": target.place.height_amsl_m,
                "h_acc": _blur_m(view, self._camera.settings.width_px),
                "v_acc": math.nan,
                "vel_n": math.nan,
                "vel_e": math.nan,
                "vel_d": math.nan,
                "vel_acc": math.nan,
                "dist": math.hypot(north, east, down),
                "hdg": math.atan2(east, north),
                "hdg_acc": math.nan,
            }
        ]


def _blur_m(view: View, width_px: int) -> float:
    """What ten pixels span on the ground below: how well a marked point is known."""
    across_m = 2.0 * view.place.height_above_home_m * math.tan(view.horizontal / 2.0)
    return 10.0 * across_m / width_px
