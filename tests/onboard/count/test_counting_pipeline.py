"""The aircraft's own pipeline counts what it sees: from pictures to a notice for the hub."""

import math

import numpy as np

from missions.geodesy import GeoPoint
from missions.heights import HeightAboveGround, HeightAmsl
from onboard.count import LiveCount
from onboard.detect import Detections
from onboard.detect.sight import Sight
from onboard.geolocate import CameraGeometry, CameraPose, PoseErrors
from onboard.messages import ObjectClass
from onboard.pipeline import Perceived, Pipeline
from onboard.rules import Zones
from onboard.source import Image
from onboard.stages import Stages
from onboard.track import Tracker

SHEEP = 15
CAMERA = CameraGeometry(
    width_px=1280,
    height_px=720,
    focal_x_px=1000.0,
    focal_y_px=1000.0,
    centre_x_px=640.0,
    centre_y_px=360.0,
)
STRAIGHT_DOWN = CameraPose(
    position=GeoPoint(latitude_deg=44.85, longitude_deg=65.5),
    height=HeightAboveGround(40.0),
    q_ned_from_gimbal=(math.sqrt(0.5), 0.0, -math.sqrt(0.5), 0.0),
)


class Flock:
    """Finds the same sheep in every bright picture and nothing in a dark one."""

    name = "flock"

    def detect(self, image: Image, *, sight: Sight | None = None) -> Detections:
        if not image.any():
            return Detections.none()
        left = 300.0 + 120.0 * (np.arange(SHEEP) % 5)
        top = 150.0 + 120.0 * (np.arange(SHEEP) // 5)
        boxes = np.stack((left, top, left + 30.0, top + 30.0), axis=1)
        return Detections(
            boxes=boxes, scores=np.full(SHEEP, 0.9), classes=(ObjectClass.SHEEP,) * SHEEP
        )


def seen(counting: LiveCount | None) -> list[Perceived]:
    """Five seconds over a flock, and thirty in which nothing is found."""
    pipeline = Pipeline(
        detector=Flock(),
        camera=CAMERA,
        errors=PoseErrors(),
        tracker=Tracker(),
        rules=[],
        zones=Zones(),
        plane=None,
        stages=Stages(),
        counting=counting,
    )
    dark = np.zeros((720, 1280, 3), dtype=np.uint8)
    return [
        pipeline.process(
            dark + np.uint8(t_s < 5.0),
            boot_s=t_s,
            pose=STRAIGHT_DOWN,
            ground=HeightAmsl(0.0),
        )
        for t_s in np.arange(0.0, 35.0, 0.2).tolist()
    ]


def test_a_flock_that_was_seen_becomes_one_notice_with_its_count() -> None:
    (told,) = [finding for each in seen(LiveCount()) for finding in each.findings]
    assert (told.rule_id, told.object_class) == ("count.sheep", ObjectClass.SHEEP)
    assert abs(told.object_count - SHEEP) <= 2
    assert np.hypot(*told.en_m) < 10.0


def test_an_aircraft_that_is_not_to_count_does_not() -> None:
    assert [finding for each in seen(None) for finding in each.findings] == []
