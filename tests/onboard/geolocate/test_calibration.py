"""Constant errors found again from landmarks, from parked things, and in spite of bad sightings."""

import math

import numpy as np
import pytest

from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from onboard.geolocate import CameraGeometry, CameraPose
from onboard.geolocate.adjustment import Anchor, Glimpse, Sighting
from onboard.geolocate.calibration import belief_of_frame, calibrate
from onboard.geolocate.earth import EarthFrame
from onboard.geolocate.error_budget import known_budgets
from onboard.geolocate.placing import Belief
from onboard.geolocate.rotation import quaternion_from_euler
from onboard.geolocate.sightline import Sightline

CONSUMER = known_budgets()["consumer"]

FRAME = EarthFrame(GeoPoint(latitude_deg=44.85, longitude_deg=65.51))
CAMERA = CameraGeometry.of_field_of_view(
    width_px=1920, height_px=1080, horizontal_field_of_view_rad=math.radians(70.0)
)
TRUTH = np.array([0.05, -0.017, 0.012, 0.015, 2.0, -1.5, 1.2])
PLACES = np.array([[-25.0, 20.0, 0.0], [30.0, 33.0, 2.0], [22.0, -30.0, 0.0], [-28.0, -22.0, 5.0]])
PRIOR = Belief.untold(CONSUMER.constant.covariance)
STILL = np.diag(np.full(7, 1e-14))


def line(heading_rad: float) -> Sightline:
    east, north = -100.0 * math.sin(heading_rad), -100.0 * math.cos(heading_rad)
    latitude, longitude, _ = FRAME.geodetic(np.array([east, north, 0.0]))
    pose = CameraPose(
        position=GeoPoint(latitude_deg=float(latitude), longitude_deg=float(longitude)),
        height=HeightAmsl(100.0),
        q_ned_from_gimbal=quaternion_from_euler(
            roll_rad=0.0, pitch_rad=math.radians(-45.0), yaw_rad=heading_rad
        ),
    )
    return Sightline.of(pose, height_m=100.0, camera=CAMERA, frame=FRAME)


def glimpses(arc_rad: float, frames: int, noise_px: float) -> list[Glimpse]:
    rng = np.random.default_rng(4)
    made = []
    for heading_rad in np.linspace(0.3, 0.3 + arc_rad, frames):
        sightline = line(float(heading_rad))
        shown = sightline.pixels(PLACES, np.tile(TRUTH, (4, 1)))
        shown = shown + rng.normal(0.0, noise_px, shown.shape)
        sightings = [
            Sighting(anchor=str(i), pixel=(float(u), float(v)), sigma_px=max(noise_px, 0.1))
            for i, (u, v) in enumerate(shown)
        ]
        made.append(Glimpse(sightline=sightline, sightings=sightings))
    return made


def landmarks(sigma_m: float, off_m: float = 0.0) -> list[Anchor]:
    spread = np.diag([sigma_m**2, sigma_m**2, 0.02**2])
    moved = PLACES + np.array([off_m, -off_m, 0.0])
    return [Anchor(name=str(i), enu_m=each, covariance_m2=spread) for i, each in enumerate(moved)]


def test_landmarks_seen_all_round_tell_every_error() -> None:
    found = calibrate(
        glimpses(5.0, 10, 0.0), landmarks(0.01), prior=PRIOR, per_frame_covariance=STILL
    )
    assert found.converged
    np.testing.assert_allclose(found.belief.mean[:4], TRUTH[:4], atol=2e-4)
    np.testing.assert_allclose(found.belief.mean[4:], TRUTH[4:], atol=0.05)


def test_errors_lie_within_what_is_said_of_them() -> None:
    found = calibrate(
        glimpses(0.8, 12, 1.5), landmarks(0.02), prior=PRIOR, per_frame_covariance=STILL
    )
    off = found.belief.mean - TRUTH
    # The 99.9 % quantile of chi-square with seven degrees of freedom.
    assert off @ np.linalg.solve(found.belief.covariance, off) < 24.3
    assert found.reduced_chi2 == pytest.approx(1.0, abs=0.35)


def test_parked_things_of_unknown_place_tell_yaw_and_pitch() -> None:
    found = calibrate(
        glimpses(2.0, 12, 0.5), landmarks(60.0, 9.0), prior=PRIOR, per_frame_covariance=STILL
    )
    told = found.told()
    for name, truth in zip(("yaw_rad", "pitch_rad"), TRUTH[:2], strict=True):
        value, sigma = told[name]
        assert abs(value - truth) < 3.5 * sigma
    assert told["yaw_rad"][1] < 0.6 * CONSUMER.constant.yaw_rad


def test_a_sighting_of_the_wrong_thing_is_left_out() -> None:
    seen = glimpses(0.8, 8, 0.5)
    wrong = Sighting(anchor="0", pixel=(1400.0, 300.0), sigma_px=0.5)
    seen[3] = Glimpse(sightline=seen[3].sightline, sightings=[wrong, *seen[3].sightings[1:]])
    found = calibrate(seen, landmarks(0.02), prior=PRIOR, per_frame_covariance=STILL)
    assert found.weights[3][0] < 0.05
    off = found.belief.mean - TRUTH
    assert off @ np.linalg.solve(found.belief.covariance, off) < 24.3


def test_one_frames_sightings_are_not_counted_twice_in_that_frame() -> None:
    """With a single frame, what is believed of it is what its sightings and the prior say."""
    seen = glimpses(0.0, 1, 1.5)
    own = CONSUMER.per_frame.covariance
    found = calibrate(seen, landmarks(0.02), prior=PRIOR, per_frame_covariance=own)
    whole = Belief.untold(PRIOR.covariance + own)
    at_once = calibrate(seen, landmarks(0.02), prior=whole, per_frame_covariance=STILL)
    ours = belief_of_frame(found, 0)
    scale = np.sqrt(np.diag(at_once.belief.covariance))
    np.testing.assert_allclose(ours.mean / scale, at_once.belief.mean / scale, atol=0.4)
    np.testing.assert_allclose(np.sqrt(np.diag(ours.covariance)) / scale, 1.0, atol=0.15)
