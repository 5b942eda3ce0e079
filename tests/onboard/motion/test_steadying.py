"""Places stay where they are between poses that err, and in the long run where poses tell them."""

import math

import cv2
import numpy as np
import pytest

from missions.geodesy import GeoPoint
from missions.heights import HeightAboveGround, HeightAmsl
from onboard.detect import Detections
from onboard.detect.sights import Sight
from onboard.geolocate import CameraGeometry, CameraPose, PoseErrors
from onboard.messages import ObjectClass
from onboard.motion import PictureSteadying, Steadying
from onboard.pipeline import Pipeline
from onboard.rules import Zones
from onboard.source import Image
from onboard.stages import Stages
from onboard.track import Tracker

M_PER_PX, SIZE_PX = 0.05, (640.0, 480.0)
STILL = np.eye(3)
PLACES = np.array([[-10.0, -8.0], [0.0, 0.0], [12.0, 9.0]])


def straight_down(shift_m: np.ndarray, turn_rad: float = 0.0):
    """What a pose that errs by this tells of the ground below a camera that hangs still."""
    cos, sin = math.cos(turn_rad), math.sin(turn_rad)

    def ground(pixels: np.ndarray) -> np.ndarray:
        en_m = (pixels - np.array(SIZE_PX) / 2.0) * (M_PER_PX, -M_PER_PX)
        return np.asarray(en_m @ np.array([[cos, sin], [-sin, cos]]) + shift_m)

    return ground


def test_what_poses_err_by_from_frame_to_frame_moves_nothing() -> None:
    rng = np.random.default_rng(4)
    steadying, told, steady = Steadying(), [], []
    for step in range(400):
        error, turn = rng.normal(0.0, 0.3, 2), rng.normal(0.0, 0.01)
        ground = straight_down(error, turn)
        pixels = PLACES / (M_PER_PX, -M_PER_PX) + np.array(SIZE_PX) / 2.0
        correction = steadying.update(ground, STILL, 0.1 * step, size_px=SIZE_PX)
        told.append(ground(pixels))
        steady.append(correction(ground(pixels)))
    jumps = [np.diff(each, axis=0).std() for each in (np.array(told), np.array(steady))]
    assert jumps[1] < 0.1 * jumps[0]
    # Where it is, the poses say: on average.
    assert np.abs(np.mean(steady, axis=0) - PLACES).max() < 0.15


def test_a_correction_is_the_same_as_its_matrix() -> None:
    steadying = Steadying()
    steadying.update(straight_down(np.zeros(2)), STILL, 0.0, size_px=SIZE_PX)
    correction = steadying.update(
        straight_down(np.array([0.4, -0.2]), 0.02), STILL, 0.1, size_px=SIZE_PX
    )
    by_matrix = np.column_stack((PLACES, np.ones(3))) @ correction.matrix().T
    np.testing.assert_allclose(by_matrix[:, :2], correction(PLACES), atol=1e-12)
    assert np.hypot(*correction.shift_m) == pytest.approx(np.hypot(0.4, 0.2), rel=0.1)


def test_where_the_picture_tells_nothing_the_pose_is_believed_more_and_more() -> None:
    steadying = Steadying()
    steadying.update(straight_down(np.zeros(2)), STILL, 0.0, size_px=SIZE_PX)
    off = straight_down(np.array([1.0, 0.0]))
    first = steadying.update(off, STILL, 0.1, size_px=SIZE_PX)
    for step in range(2, 120):
        last = steadying.update(off, None, 0.1 * step, size_px=SIZE_PX)
    assert np.hypot(*first.shift_m) > 0.9
    assert np.hypot(*last.shift_m) < 0.05


@pytest.mark.parametrize("now_s", [-5.0, 60.0])
def test_a_clock_that_jumps_begins_anew(now_s: float) -> None:
    steadying = Steadying()
    steadying.update(straight_down(np.zeros(2)), STILL, 0.0, size_px=SIZE_PX)
    after = steadying.update(straight_down(np.array([2.0, 0.0])), STILL, now_s, size_px=SIZE_PX)
    assert np.hypot(*after.shift_m) == 0.0


def test_what_is_no_error_of_a_pose_is_not_put_right() -> None:
    steadying = Steadying()
    steadying.update(straight_down(np.zeros(2)), STILL, 0.0, size_px=SIZE_PX)
    after = steadying.update(straight_down(np.array([80.0, 0.0])), STILL, 0.1, size_px=SIZE_PX)
    assert np.hypot(*after.shift_m) == 0.0


def test_a_view_of_the_sky_is_left_as_it_is() -> None:
    steadying = Steadying()
    for step in range(3):
        after = steadying.update(
            lambda pixels: np.full(pixels.shape, np.nan), STILL, 0.1 * step, size_px=SIZE_PX
        )
    np.testing.assert_array_equal(after(PLACES), PLACES)


class Parked:
    """Finds the same cars wherever the picture has them."""

    name = "parked"

    def __init__(self) -> None:
        self.left_top = np.empty((0, 2))

    def detect(self, image: Image, *, sight: Sight | None = None) -> Detections:
        count = len(self.left_top)
        return Detections(
            boxes=np.concatenate((self.left_top, self.left_top + 60.0), axis=1),
            scores=np.full(count, 0.9),
            classes=(ObjectClass.CAR,) * count,
        )


def speeds_m_s(steadying: PictureSteadying | None) -> np.ndarray:
    """Of two parked cars, followed from an aircraft whose told places jump by a quarter metre."""
    rng, detector = np.random.default_rng(6), Parked()
    rough = rng.integers(0, 255, (300, 400, 3), dtype=np.uint8)
    ground = cv2.resize(rough, (3200, 2400), interpolation=cv2.INTER_CUBIC)
    pipeline = Pipeline(
        detector=detector,
        camera=CameraGeometry.of_field_of_view(
            width_px=1280, height_px=720, horizontal_field_of_view_rad=1.2
        ),
        errors=PoseErrors(),
        tracker=Tracker(),
        rules=[],
        zones=Zones(),
        plane=None,
        stages=Stages(),
        steadying=steadying,
    )
    m_per_px = 40.0 / (640.0 / math.tan(0.6))
    speeds = []
    for step in range(60):
        across, down = 600 + 3 * step, 500 + 2 * step
        picture = np.ascontiguousarray(ground[down : down + 720, across : across + 1280])
        detector.left_top = np.array([[900.0, 800.0], [1100.0, 640.0]]) - (across, down)
        jump_north_m, jump_east_m = rng.normal(0.0, 0.25, 2).tolist()
        north_m, east_m = jump_north_m - 2 * step * m_per_px, jump_east_m + 3 * step * m_per_px
        pose = CameraPose(
            position=GeoPoint(
                latitude_deg=44.85 + north_m / 111_200.0,
                longitude_deg=65.5 + east_m / (111_200.0 * math.cos(math.radians(44.85))),
            ),
            height=HeightAboveGround(40.0),
            q_ned_from_gimbal=(math.sqrt(0.5), 0.0, -math.sqrt(0.5), 0.0),
        )
        seen = pipeline.process(picture, boot_s=0.1 * step, pose=pose, ground=HeightAmsl(0.0))
        assert len(seen.tracks) == (2 if step else 0)
        speeds += [track.speed_m_s for track in seen.tracks if step > 20]
    return np.array(speeds)


def test_parked_cars_stand_still_though_the_aircrafts_poses_jump() -> None:
    told, steady = (np.median(speeds_m_s(each)) for each in (None, PictureSteadying()))
    assert steady < 0.4 * told
