"""Vehicles that stand and that wait, seen from a drone that flies up to them with a biased pose.

A car is projected with the true pose and placed with another one: that is what a compass, a gimbal
and a receiver that are each wrong by a constant do to it. The error shrinks on the approach.
"""

import math

import numpy as np
import numpy.typing as npt
import pytest
import shapely

from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveGround, HeightAmsl
from onboard.detect import Detections
from onboard.geolocate import CameraGeometry, CameraPose, PoseErrors
from onboard.geolocate.rotation import quaternion_from_euler
from onboard.messages import ObjectClass
from onboard.rules import Finding, Scene, Zones
from onboard.rules.vehicle_stopped import VehicleStopped, VehicleStoppedSettings
from onboard.rules.zones import Zone
from onboard.track import Tracker
from onboard.track.placing import place

Array = npt.NDArray[np.float64]

STEP_S = 0.4
SPEED_M_S = 6.0
HEIGHT_M = 50.0
HALF_CAR_M = 0.75
PLANE = LocalPlane(GeoPoint(latitude_deg=44.85, longitude_deg=65.51))
CAMERA = CameraGeometry.of_field_of_view(
    width_px=960, height_px=540, horizontal_field_of_view_rad=math.radians(70.0)
)
ZONES = Zones(carriageways=(Zone("road-1", shapely.box(-12.0, -500.0, 12.0, 500.0)),))
TIMES_S = np.arange(0.0, 20.0, STEP_S)

# Height, pitch, heading and place, each wrong by one of the standard deviations in `PoseErrors` and
# with the signs that add up.
NO_BIAS = (0.0, 0.0, 0.0, 0.0)
FARTHER = (0.8, 0.0085, 0.02, 0.8)
NEARER = (-0.8, -0.0085, -0.02, -0.8)


def pose(now_s: float, bias: tuple[float, float, float, float]) -> CameraPose:
    """The drone flies north and looks 40 degrees down; 146 m of road lie ahead at the start."""
    height_m, pitch_rad, heading_rad, east_m = bias
    return CameraPose(
        position=PLANE.geo(east_m, -130.0 + SPEED_M_S * now_s),
        height=HeightAboveGround(HEIGHT_M + height_m),
        q_ned_from_gimbal=quaternion_from_euler(
            roll_rad=0.0, pitch_rad=math.radians(-40.0) + pitch_rad, yaw_rad=heading_rad
        ),
    )


def detections(north_m: float, now_s: float, jitter_px: Array) -> Detections:
    """The box of a car on the road's middle."""
    true = pose(now_s, NO_BIAS)
    east, north = PLANE.en(true.position)
    ned = np.array([north_m - north, -east, HEIGHT_M - HALF_CAR_M])
    x, y, z = true.R_ned_from_camera.T @ ned
    middle = (
        np.array(
            [
                CAMERA.centre_x_px + CAMERA.focal_x_px * x / z,
                CAMERA.centre_y_px + CAMERA.focal_y_px * y / z,
            ]
        )
        + jitter_px
    )
    half = CAMERA.focal_x_px * np.array([0.9, 1.2]) / z
    box = np.concatenate((middle - half, middle + half))
    return Detections(boxes=box[None], scores=np.array([0.9]), classes=(ObjectClass.CAR,))


def found(
    north_m: Array, bias: tuple[float, float, float, float], seed: int = 0
) -> list[tuple[float, Finding]]:
    """What the rule finds of a car that is `north_m` (n,) at `TIMES_S` (n,)."""
    tracker, rule = Tracker(), VehicleStopped(VehicleStoppedSettings())
    jitter = np.random.default_rng(seed).normal(0.0, 1.0, (len(TIMES_S), 2))
    findings = []
    for now_s, north, shift in zip(TIMES_S.tolist(), north_m.tolist(), jitter, strict=True):
        placing = place(
            detections(north, now_s, shift),
            pose=pose(now_s, bias),
            camera=CAMERA,
            ground=HeightAmsl(0.0),
            errors=PoseErrors(),
            plane=PLANE,
        )
        tracks = tracker.update(placing.placed, now_s)
        scene = Scene(now_s=now_s, tracks=tuple(tracks), zones=ZONES)
        findings += [(now_s, finding) for finding in rule.observe(scene)]
    return findings


def waits(for_s: float) -> Array:
    """A car that brakes from 6 m/s at 1.2 m/s2, waits, and starts again at 1.2 m/s2."""
    before_s, after_s = np.minimum(TIMES_S - 4.0, 0.0), np.maximum(TIMES_S - 4.0 - for_s, 0.0)
    return 0.6 * after_s**2 - np.where(
        before_s < -5.0, -15.0 + 6.0 * (-5.0 - before_s), 0.6 * before_s**2
    )


@pytest.mark.parametrize("bias", [NO_BIAS, FARTHER, NEARER])
def test_car_that_stands_is_one_event_however_the_pose_is_biased(
    bias: tuple[float, float, float, float],
) -> None:
    ((at_s, finding),) = found(np.zeros(len(TIMES_S)), bias)
    assert finding.zone == "road-1"
    # From so far away it cannot be told at once that the car stands.
    assert finding.began_s <= 6.0
    assert at_s - finding.began_s == pytest.approx(13.0, abs=1.0)


@pytest.mark.parametrize("bias", [NO_BIAS, FARTHER, NEARER])
@pytest.mark.parametrize("seed", range(4))
def test_car_that_waits_ten_seconds_is_no_event_however_the_pose_is_biased(
    bias: tuple[float, float, float, float], seed: int
) -> None:
    assert found(waits(10.0), bias, seed) == []


@pytest.mark.parametrize("bias", [NO_BIAS, FARTHER, NEARER])
def test_car_that_creeps_ahead_of_the_drone_is_no_event(
    bias: tuple[float, float, float, float],
) -> None:
    assert found(1.0 * TIMES_S, bias) == []
