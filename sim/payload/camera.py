"""The camera (component 100): MAVLink camera protocol v2 as MAVSDK, QGroundControl and PX4 use it.

https://mavlink.io/en/services/camera.html. PX4 sends a mission's camera items as COMMAND_LONG from
1/1: to component 100 (modes, pictures, recordings) or to everybody (survey triggers).
"""

import math
from collections.abc import Callable
from dataclasses import replace

from sim.payload.autopilot import AutopilotView
from sim.payload.camera_words import CameraWords
from sim.payload.config import CameraSettings
from sim.payload.device import (
    ACCEPTED,
    DENIED,
    FAILED,
    TEMPORARILY_REJECTED,
    Device,
    PayloadSend,
    Request,
)
from sim.payload.faults import PayloadFaults
from sim.payload.gimbal import GimbalDevice
from sim.payload.optics import Optics
from sim.payload.shooting import Capture, Series, Trigger
from sim.payload.storage import Storage
from sim.payload.tracking import POINT, RECTANGLE, Target, View, ground_at

COMPONENT, KIND, LINK = 100, 30, "payload"
IMAGE, VIDEO, SURVEY = 0, 1, 2
ALL_CAMERAS = 0
# All of them, or the only one.
STREAMS = (0.0, 1.0)
SHOOT = 1.0
# As often as PX4's payload link tells where the vehicle is.
PLACE_EVERY_S = 1.0 / 5.95
Keeper = Callable[[Capture], str]


class CameraDevice(Device):
    """One camera on the gimbal.

    `keep` is told of each good picture and may give the URL of its file. Counts pictures that came
    too soon after another in `missed`.
    """

    def __init__(
        self,
        settings: CameraSettings,
        *,
        view: AutopilotView,
        gimbal: GimbalDevice,
        faults: PayloadFaults,
        system_id: int,
        keep: Keeper | None = None,
    ) -> None:
        super().__init__(
            view=view, system_id=system_id, component_id=COMPONENT, link=LINK, kind=KIND
        )
        self.settings = settings
        self.gimbal = gimbal
        self.optics = Optics(settings)
        self.storage = Storage(settings, faults)
        self.mode = IMAGE
        self.streaming = True
        self.series: Series | None = None
        self.trigger = Trigger()
        self.captures: list[Capture] = []
        self.target: Target | None = None
        self.missed = 0
        self.developing: Capture | None = None
        self._ready_s = math.inf
        self._status_every_s = math.inf
        self._status_s = math.inf
        self._place_s = -math.inf
        self._last_sequence = 0.0
        self._faults = faults
        self._keep = keep
        self._builders |= CameraWords(self, view).builders
        self._commands |= {
            203: self._digicam,
            206: self._trigger_distance,
            214: self._trigger_interval,
            2003: self._trigger_control,
            521: self._asking("CAMERA_INFORMATION"),
            522: self._asking("CAMERA_SETTINGS"),
            525: self._asking("STORAGE_INFORMATION"),
            526: self._format,
            527: self._asking("CAMERA_CAPTURE_STATUS"),
            529: self._reset,
            530: self._set_mode,
            531: self._zoom,
            532: self._focus,
            2000: self._start_pictures,
            2001: self._stop_pictures,
            2002: self._repeat_capture,
            2004: self._track_point,
            2005: self._track_rectangle,
            2010: self._stop_tracking,
            2500: self._start_video,
            2501: self._stop_video,
            2502: self._start_streaming,
            2503: self._stop_streaming,
            2504: self._asking("VIDEO_STREAM_INFORMATION"),
            2505: self._asking("VIDEO_STREAM_STATUS"),
        }

    @property
    def work_s(self) -> float:
        """When a picture is due or ready, the card full, or a recording's status due."""
        series_s = math.inf if self.series is None else self.series.next_s
        trigger_s = self.trigger.due_s()
        place_s = self._place_s if self._asks_for_places else math.inf
        full_s = self.storage.full_s()
        return min(series_s, trigger_s, place_s, self._ready_s, full_s, self._status_s)

    @property
    def _asks_for_places(self) -> bool:
        """Whether a distance is flown and nobody streams positions."""
        trigger = self.trigger
        return self._view.live is not None and trigger.distance_m > 0.0 and not trigger.paused

    @property
    def busy(self) -> bool:
        """Whether it takes a picture or a series of them."""
        return self.developing is not None or self.series is not None

    def heard_position(self, now_s: float) -> list[PayloadSend]:
        """The vehicle has moved: the survey trigger may call for a picture."""
        self._look_at_place(now_s)
        return self._said()

    def _look_at_place(self, now_s: float) -> None:
        place = self._view.place
        if place is not None and self.trigger.flew_to(place):
            self._shoot(now_s)

    def view_at(self, now_s: float) -> View | None:
        """What the camera looks at; None until the vehicle has said where it is."""
        place = self._view.place_at(now_s)
        if place is None:
            return None
        return View(
            place=place,
            quaternion=self.gimbal.quaternion_at(now_s),
            horizontal=self.optics.horizontal_field_of_view(now_s),
            vertical=self.optics.vertical_field_of_view(now_s),
        )

    def _work(self, now_s: float) -> None:
        if now_s >= self._ready_s:
            self._developed()
        if self.series is not None and now_s >= self.series.next_s:
            self._next_of_series(self.series, now_s)
        if now_s >= self.trigger.due_s():
            self._shoot(now_s)
            self.trigger.fired(now_s)
        if self._asks_for_places and now_s >= self._place_s:
            self._place_s = now_s + PLACE_EVERY_S
            self._look_at_place(now_s)
        if now_s >= self.storage.full_s():
            self._end_video(now_s)
        if now_s >= self._status_s:
            self._status_s = now_s + self._status_every_s
            self._tell_status(now_s)

    def _shoot(self, now_s: float) -> None:
        """Expose now; the picture is announced once it is written."""
        if self.developing is not None or self._faults.camera_busy:
            self.missed += 1
            return
        good = self.storage.has_room(now_s)
        if good:
            self.storage.keep_photo()
        self.developing = Capture(
            index=len(self.captures) if good else -1,
            exposed_s=now_s,
            time_boot_ms=self._view.boot_ms(now_s),
            utc_us=self._view.utc_us(now_s),
            place=self._view.place_at(now_s),
            quaternion=self.gimbal.quaternion_at(now_s),
            succeeded=good,
        )
        self._ready_s = now_s + self.settings.photo_time_s

    def _developed(self) -> None:
        capture, self.developing = self.developing, None
        self._ready_s = math.inf
        if capture is None:
            return
        if capture.succeeded:
            self.captures.append(capture)
            if self._keep is not None:
                self.captures[-1] = replace(capture, url=self._keep(capture))
        self._say("CAMERA_IMAGE_CAPTURED", **CameraWords.captured(self._latest(capture)))

    def _latest(self, capture: Capture) -> Capture:
        return self.captures[-1] if capture.succeeded else capture

    def _next_of_series(self, series: Series, now_s: float) -> None:
        self._shoot(now_s)
        series.left -= 1
        series.next_s += series.interval_s
        if series.left <= 0:
            self.series = None
            self._tell_status(now_s)

    def _start_pictures(self, request: Request, now_s: float) -> int:
        camera, interval_s, count, sequence = request.params[:4]
        if not _is_for_us(camera):
            return DENIED
        if count == 1 and sequence > 0 and sequence == self._last_sequence:
            return ACCEPTED
        if self.busy or self._faults.camera_busy:
            return TEMPORARILY_REJECTED
        if not self.storage.has_room(now_s):
            return FAILED
        if count == 1:
            self._last_sequence = sequence if math.isfinite(sequence) else 0.0
            self._shoot(now_s)
            return ACCEPTED
        if not (math.isfinite(interval_s) and interval_s >= 0.0 and count >= 0):
            return DENIED
        every_s = max(interval_s, self.settings.photo_time_s)
        left = math.inf if count == 0 else count
        self.series = Series(interval_s=every_s, left=left, next_s=now_s)
        self._tell_status(now_s)
        return ACCEPTED

    def _stop_pictures(self, request: Request, now_s: float) -> int:
        if not _is_for_us(request.params[0]):
            return DENIED
        self.series = None
        self.trigger.control(enable=0.0, pause=-1.0, now_s=now_s)
        self._tell_status(now_s)
        return ACCEPTED

    def _digicam(self, request: Request, now_s: float) -> int:
        if request.params[4] != SHOOT:
            return ACCEPTED
        if self.busy or self._faults.camera_busy:
            return TEMPORARILY_REJECTED
        self._shoot(now_s)
        return ACCEPTED

    def _trigger_distance(self, request: Request, now_s: float) -> int:
        distance_m, _, at_once, camera = request.params[:4]
        if not (_is_for_us(camera) and math.isfinite(distance_m)):
            return DENIED
        self.trigger.every_distance(distance_m)
        place = self._view.place
        if at_once == 1.0 and (place is None or distance_m <= 0.0 or self.trigger.flew_to(place)):
            self._shoot(now_s)
        return ACCEPTED

    def _trigger_interval(self, request: Request, now_s: float) -> int:
        # MAVLink leaves the unit open; PX4 and its ground stations use milliseconds.
        self.trigger.every_interval(request.params[0] / 1000.0)
        return ACCEPTED

    def _trigger_control(self, request: Request, now_s: float) -> int:
        self.trigger.control(enable=request.params[0], pause=request.params[2], now_s=now_s)
        return ACCEPTED

    def _repeat_capture(self, request: Request, now_s: float) -> int:
        found = self._send_all("CAMERA_IMAGE_CAPTURED", now_s, request.params[0])
        return ACCEPTED if found else DENIED

    def _start_video(self, request: Request, now_s: float) -> int:
        stream, status_hz, camera = request.params[:3]
        if stream not in (0.0, 1.0) or not _is_for_us(camera):
            return DENIED
        if self._faults.camera_busy:
            return TEMPORARILY_REJECTED
        if self.storage.recording_since_s is not None:
            return ACCEPTED
        if self.storage.free_mib(now_s) <= 0.0:
            return FAILED
        self.storage.record(now_s)
        self._status_every_s = 1.0 / status_hz if status_hz > 0.0 else math.inf
        self._status_s = now_s + self._status_every_s
        self._tell_status(now_s)
        return ACCEPTED

    def _stop_video(self, request: Request, now_s: float) -> int:
        self._end_video(now_s)
        return ACCEPTED

    def _end_video(self, now_s: float) -> None:
        self.storage.end_recording(now_s)
        self._status_s = math.inf
        self._tell_status(now_s)

    def _tell_status(self, now_s: float) -> None:
        self._send_all("CAMERA_CAPTURE_STATUS", now_s, 0.0)

    def _start_streaming(self, request: Request, now_s: float) -> int:
        return self._stream_runs(request, runs=True)

    def _stop_streaming(self, request: Request, now_s: float) -> int:
        return self._stream_runs(request, runs=False)

    def _stream_runs(self, request: Request, *, runs: bool) -> int:
        if not self.settings.video_uri or request.params[0] not in STREAMS:
            return DENIED
        self.streaming = runs
        return ACCEPTED

    def _set_mode(self, request: Request, now_s: float) -> int:
        camera, mode = request.params[:2]
        if not _is_for_us(camera) or mode not in (IMAGE, VIDEO, SURVEY):
            return DENIED
        if self.busy:
            return TEMPORARILY_REJECTED
        self.mode = int(mode)
        self._send_all("CAMERA_SETTINGS", now_s, 0.0)
        return ACCEPTED

    def _zoom(self, request: Request, now_s: float) -> int:
        return self._turned(
            self.optics.order_zoom(request.params[0], request.params[1], now_s), now_s
        )

    def _focus(self, request: Request, now_s: float) -> int:
        return self._turned(
            self.optics.order_focus(request.params[0], request.params[1], now_s), now_s
        )

    def _turned(self, done: bool, now_s: float) -> int:
        if not done:
            return DENIED
        self._send_all("CAMERA_SETTINGS", now_s, 0.0)
        return ACCEPTED

    def _format(self, request: Request, now_s: float) -> int:
        storage, sure = request.params[:2]
        if storage not in (0.0, 1.0) or sure != 1.0:
            return DENIED
        if self.busy or self.storage.recording_since_s is not None:
            return TEMPORARILY_REJECTED
        self.storage.erase()
        if request.params[2] == 1.0:
            self.captures.clear()
        self._send_all("STORAGE_INFORMATION", now_s, 0.0)
        return ACCEPTED

    def _reset(self, request: Request, now_s: float) -> int:
        if self.busy or self.storage.recording_since_s is not None:
            return TEMPORARILY_REJECTED
        self.mode = IMAGE
        self.optics.reset(now_s)
        self.trigger = Trigger()
        self._send_all("CAMERA_SETTINGS", now_s, 0.0)
        return ACCEPTED

    def _track_point(self, request: Request, now_s: float) -> int:
        x, y, radius = request.params[:3]
        return self._track(x, y, mode=POINT, half_width=radius, half_height=radius, now_s=now_s)

    def _track_rectangle(self, request: Request, now_s: float) -> int:
        left, top, right, bottom = request.params[:4]
        x, y = (left + right) / 2.0, (top + bottom) / 2.0
        half_width, half_height = (right - left) / 2.0, (bottom - top) / 2.0
        if not (half_width > 0.0 and half_height > 0.0):
            return DENIED
        return self._track(
            x, y, mode=RECTANGLE, half_width=half_width, half_height=half_height, now_s=now_s
        )

    def _track(
        self, x: float, y: float, *, mode: int, half_width: float, half_height: float, now_s: float
    ) -> int:
        if not (0.0 <= x <= 1.0 and 0.0 <= y <= 1.0):
            return DENIED
        view = self.view_at(now_s)
        place = None if view is None else ground_at(view, x, y)
        if place is None:
            return FAILED
        half_width = half_width if math.isfinite(half_width) else 0.0
        half_height = half_height if math.isfinite(half_height) else 0.0
        self.target = Target(place=place, mode=mode, half_width=half_width, half_height=half_height)
        return ACCEPTED

    def _stop_tracking(self, request: Request, now_s: float) -> int:
        self.target = None
        return ACCEPTED

    def _asking(self, name: str) -> Callable[[Request, float], int]:
        """A request command from before MAV_CMD_REQUEST_MESSAGE."""

        def answer(request: Request, now_s: float) -> int:
            return ACCEPTED if self._send_all(name, now_s, 0.0) else DENIED

        return answer


def _is_for_us(camera: float) -> bool:
    """A camera id in a command: ours, the first that hangs on the autopilot, or all."""
    return camera in (ALL_CAMERAS, 1.0, COMPONENT) or not math.isfinite(camera)
