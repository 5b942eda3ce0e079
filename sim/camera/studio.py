"""Everything that cameras share: the painted ground, the scenery, the noise; and one exposure.

Exposures are computed in worker threads, so that no link ever waits for them.
"""

from dataclasses import dataclass
from threading import Lock
from typing import Any, NamedTuple

import cv2
import numpy as np

from missions.errors import Failed
from missions.geodesy import GeoPoint
from sim.camera.ground import Ground
from sim.camera.painting import GroundPainter
from sim.camera.projection import Pinhole, view
from sim.camera.renderer import Look, Renderer, Seen, SensorNoise
from sim.camera.scenery import scenery
from sim.configuration import CameraSettings
from sim.district.features import District
from sim.truth import utc_text
from sim.vehicle.pose import VehiclePose
from sim.world.objects import Snapshot
from sim.world.parking import Bays

LENS_ABOVE_GROUND_M = 0.35
JPEG_SAMPLING_444 = 0x111111


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What one picture is taken of: the drone's pose and the world at that same instant."""

    drone_id: str
    number: int
    pose: VehiclePose
    world: Snapshot

    @property
    def frame_id(self) -> str:
        """The picture's id, unique within a run."""
        return f"{self.drone_id}-{self.number:06d}"


class Shot(NamedTuple):
    """A finished picture and the truth about it, still without the time of its publishing."""

    jpeg: bytes
    truth: dict[str, Any]


class Studio:
    """Makes pictures for all cameras of one kind, in any thread; one at a time of each drone."""

    def __init__(
        self,
        district: District,
        bays: Bays,
        settings: CameraSettings,
        *,
        ground_height_amsl_m: float,
        seed: int,
    ) -> None:
        cv2.setNumThreads(1)
        self._settings = settings
        self._plane = district.plane
        self._ground_amsl_m = ground_height_amsl_m
        self._pinhole = Pinhole(
            width_px=settings.width_px,
            height_px=settings.height_px,
            horizontal_field_of_view_rad=settings.horizontal_field_of_view_rad,
        )
        self._scenery = scenery(district)
        self._ground = Ground(GroundPainter(district, bays, self._scenery))
        self._noise = SensorNoise(
            settings.width_px, settings.height_px, deviation=settings.noise_deviation, seed=seed
        )
        self._renderers: dict[str, Renderer] = {}
        self._lock = Lock()

    def shoot(self, exposure: Exposure) -> Shot:
        """Render, encode and describe one picture."""
        pose = exposure.pose
        above_m = pose.height_amsl_m - self._ground_amsl_m
        seen_from = view(
            self._pinhole,
            self._plane,
            at=GeoPoint(latitude_deg=pose.latitude_deg, longitude_deg=pose.longitude_deg),
            height_above_ground_m=max(above_m, LENS_ABOVE_GROUND_M),
            R_ned_from_gimbal=pose.R_ned_from_gimbal,
        )
        rendered = self._renderer(exposure.drone_id).render(
            seen_from, exposure.world, exposure.number
        )
        parameters = [
            cv2.IMWRITE_JPEG_QUALITY,
            self._settings.jpeg_quality,
            cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
            JPEG_SAMPLING_444,
        ]
        encoded, jpeg = cv2.imencode(".jpg", rendered.picture, parameters)
        if not encoded:
            raise Failed(f"picture {exposure.frame_id} could not be encoded")
        return Shot(jpeg.tobytes(), self._truth(exposure, rendered.objects, above_m))

    def _renderer(self, drone_id: str) -> Renderer:
        with self._lock:
            if drone_id not in self._renderers:
                look = Look()
                self._renderers[drone_id] = Renderer(self._ground, self._scenery, look, self._noise)
            return self._renderers[drone_id]

    def _truth(self, exposure: Exposure, objects: list[Seen], above_m: float) -> dict[str, Any]:
        pose = exposure.pose
        return {
            "frame_id": exposure.frame_id,
            "boot_s": round(pose.boot_s, 6),
            "utc": utc_text(pose.utc),
            "pose": {
                "latitude_deg": pose.latitude_deg,
                "longitude_deg": pose.longitude_deg,
                "height_amsl_m": round(pose.height_amsl_m, 4),
                "height_above_ground_m": round(above_m, 4),
                "gimbal_quaternion": [round(each, 8) for each in pose.gimbal_quaternion],
            },
            "objects": self._objects(objects),
        }

    def _objects(self, objects: list[Seen]) -> list[dict[str, Any]]:
        places = self._plane.geo_from_en(np.array([each.en for each in objects]).reshape(-1, 2))
        return [
            {
                "id": each.object_id,
                "class": each.object_class.value,
                "latitude_deg": round(latitude_deg, 8),
                "longitude_deg": round(longitude_deg, 8),
                "box_px": [round(side, 2) for side in each.box_px],
                "visible_fraction": round(each.visible_fraction, 3),
            }
            for each, (latitude_deg, longitude_deg) in zip(objects, places.tolist(), strict=True)
        ]
