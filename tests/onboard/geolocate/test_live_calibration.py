"""Calibration in flight on orbits filmed by scipy's turns, with errors that only the test knows."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from onboard.geolocate import CameraGeometry, CameraPose, PoseErrors, locate
from onboard.geolocate.calibration_settings import CalibrationSettings
from onboard.geolocate.earth import EarthFrame
from onboard.geolocate.live_calibration import LiveCalibration
from onboard.geolocate.placing import Belief, place_pixels
from onboard.geolocate.rotation import quaternion_from_euler
from onboard.geolocate.sightline import Sightline
from onboard.geolocate.standing import Followed, KnownLandmark
from onboard.geolocate.surface import LevelGround
from onboard.status import calibration_report

ORIGIN = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)
EARTH = EarthFrame(ORIGIN)
SEA = HeightAmsl(0.0)
CAMERA = CameraGeometry.of_field_of_view(
    width_px=1920, height_px=1080, horizontal_field_of_view_rad=math.radians(70.0)
)
CARS = [(-25.0, 20.0), (30.0, 30.0), (22.0, -26.0), (-28.0, -20.0), (3.0, 8.0), (12.0, 25.0)]
YAW, PITCH = 0.05, -0.015
SETTINGS = CalibrationSettings(budget="consumer")


def geo(en_m: np.ndarray) -> GeoPoint:
    latitude, longitude, _ = EARTH.geodetic(np.append(en_m, 0.0))
    return GeoPoint(latitude_deg=float(latitude), longitude_deg=float(longitude))


def told(t_s: float) -> CameraPose:
    heading = 0.08 * t_s
    here = -100.0 * np.array([math.sin(heading), math.cos(heading)])
    attitude = quaternion_from_euler(roll_rad=0.0, pitch_rad=-math.pi / 4.0, yaw_rad=heading)
    return CameraPose(position=geo(here), height=HeightAmsl(100.0), q_ned_from_gimbal=attitude)


def pixel(t_s: float, en_m: tuple[float, float]) -> np.ndarray:
    heading = 0.08 * t_s
    here = np.array([-100.0 * math.sin(heading), -100.0 * math.cos(heading), 100.0])
    east, north, up = np.array([*en_m, 0.0]) - here
    turned = Rotation.from_euler("ZYX", [heading + YAW, -math.pi / 4.0 + PITCH, 0.0])
    ahead, right, down = turned.inv().apply([north, east, -up])
    return np.array([959.5, 539.5]) + CAMERA.focal_x_px * np.array([right, down]) / ahead


def seen(
    t_s: float, places: list[tuple[float, float]], rng: np.random.Generator, kind: str = "car"
) -> list[Followed]:
    return [
        Followed(
            track=index,
            object_class=kind,
            pixel=tuple((pixel(t_s, place) + rng.normal(0.0, 1.0, 2)).tolist()),
            sigma_px=1.5,
            lift_m=0.0,
            speed_m_s=0.2,
            speed_sigma_m_s=0.3,
            seen_for_s=t_s,
            may_park=True,
        )
        for index, place in enumerate(places)
    ]


def flown(
    live: LiveCalibration,
    *,
    until_s: float,
    from_s: float = 0.0,
    places: list[tuple[float, float]] = CARS,
    kind: str = "car",
    creep_m_s: float = 0.0,
) -> LiveCalibration:
    """The last of the places drives off from 12 s on."""
    rng = np.random.default_rng(3)
    for t_s in np.arange(from_s, until_s, 1.0).tolist():
        now = list(places)
        now[-1] = (now[-1][0] + creep_m_s * max(0.0, t_s - 12.0), now[-1][1])
        sighted = seen(t_s, now, rng, kind)
        live.learn(sighted, pose=told(t_s), camera=CAMERA, ground=SEA, now_s=t_s)
    return live


def off_m(live: LiveCalibration, t_s: float) -> float:
    """How far off the orbit's middle is placed."""
    pose = live.corrected(told(t_s), t_s)
    fixes = locate(
        pixel(t_s, (0.0, 0.0))[None],
        camera=live.zoomed(CAMERA),
        R_ned_from_camera=pose.R_ned_from_camera,
        above_plane_m=np.array([pose.height_above_ground_m(SEA)]),
        errors=PoseErrors(),
        view_covariance=pose.view_covariance,
    )
    return float(np.hypot(*(EARTH.enu_of(pose.position, 0.0)[:2] + fixes.en_m[0])))


def yaw_of(live: LiveCalibration) -> tuple[float, float]:
    told_of = live.told()["errors"]["yaw_rad"]
    return told_of["value"], told_of["sigma"]


def test_nothing_seen_changes_no_pose() -> None:
    live = LiveCalibration(SETTINGS)
    pose, before = live.corrected(told(3.0), 3.0), told(3.0)
    assert pose.position.latitude_deg == pytest.approx(before.position.latitude_deg, abs=1e-12)
    assert pose.q_ned_from_gimbal == pytest.approx(before.q_ned_from_gimbal, abs=1e-12)
    assert live.words() == ""
    assert calibration_report(live.told()) is None


def test_parked_cars_tell_heading_and_tilt() -> None:
    live = flown(LiveCalibration(SETTINGS), until_s=45.0)
    value, sigma = yaw_of(live)
    assert abs(value - YAW) < 3.0 * sigma < 0.06
    assert off_m(live, 45.0) < 0.5 * off_m(LiveCalibration(SETTINGS), 45.0)
    assert "anchors" in live.words()


def test_what_is_known_is_reported_to_the_hub_as_it_is_told() -> None:
    live = flown(LiveCalibration(SETTINGS), until_s=45.0)
    report, errors = calibration_report(live.told()), live.told()["errors"]
    assert report is not None
    assert report.heading_sigma_rad == errors["yaw_rad"]["sigma"]
    spread_m2 = errors["east_m"]["sigma"] ** 2 + errors["north_m"]["sigma"] ** 2
    assert report.position_sigma_m == pytest.approx(math.sqrt(spread_m2 / 2.0))
    assert (report.anchors, report.landmarks) == (live.told()["anchors"], 0)


def test_landmarks_of_the_district_tell_position_too() -> None:
    landmarks = [
        KnownLandmark(
            name=str(i),
            object_class="truck",
            place=geo(np.array(place)),
            height_amsl_m=0.0,
            sigma_m=0.1,
        )
        for i, place in enumerate(CARS[:3])
    ]
    live = flown(LiveCalibration(SETTINGS, landmarks), until_s=30.0, places=CARS[:3], kind="truck")
    assert live.told()["landmarks"] == 3
    assert off_m(live, 30.0) < 0.5


def test_car_that_drives_off_slowly_is_found_out_and_forgotten() -> None:
    live = flown(LiveCalibration(SETTINGS), until_s=45.0, creep_m_s=0.3)
    still = flown(LiveCalibration(SETTINGS), until_s=45.0)
    assert live.told()["moved"] == 1
    assert still.told()["moved"] == 0
    assert abs(yaw_of(live)[0] - yaw_of(still)[0]) < 0.5 * yaw_of(still)[1]


def test_one_parked_thing_alone_teaches_nothing() -> None:
    live = flown(LiveCalibration(SETTINGS), until_s=30.0, places=CARS[:1], creep_m_s=1.0)
    assert live.told()["sightings_believed"] == 0
    assert yaw_of(live)[0] == 0.0


def test_people_and_moving_cars_are_never_taken_for_parked() -> None:
    rng = np.random.default_rng(1)
    live = LiveCalibration(SETTINGS)
    for t_s in range(30):
        walking = [
            Followed(**{**_plain(each), "speed_m_s": 3.0}) for each in seen(t_s, CARS[:3], rng)
        ]
        people = [
            Followed(**{**_plain(each), "may_park": False, "track": each.track + 10})
            for each in seen(t_s, CARS[3:], rng)
        ]
        live.learn(walking + people, pose=told(t_s), camera=CAMERA, ground=SEA, now_s=float(t_s))
    assert live.told()["anchors"] == 0


def test_same_car_under_a_new_track_is_known_again() -> None:
    live = flown(LiveCalibration(SETTINGS), until_s=20.0)
    anchors = live.told()["anchors"]
    rng = np.random.default_rng(9)
    again = [
        Followed(**{**_plain(each), "track": each.track + 50}) for each in seen(30.0, CARS, rng)
    ]
    live.learn(again, pose=told(30.0), camera=CAMERA, ground=SEA, now_s=30.0)
    assert live.told()["anchors"] == anchors


def test_what_was_learnt_fades_with_time() -> None:
    live = flown(LiveCalibration(SETTINGS), until_s=45.0)
    before = yaw_of(live)
    live.corrected(told(45.0), 45.0 + 8.0 * 3600.0)
    after = yaw_of(live)
    assert abs(after[0]) < 0.01 * abs(before[0]) + 1e-6
    assert after[1] > 5.0 * before[1]


def test_clock_that_begins_anew_loses_nothing_and_learns_on() -> None:
    live = flown(LiveCalibration(SETTINGS), until_s=30.0)
    before = live.told()["sightings_believed"]
    value = yaw_of(live)[0]
    flown(live, until_s=8.0)
    assert live.told()["sightings_believed"] > before
    assert yaw_of(live)[0] == pytest.approx(value, abs=0.02)


def test_state_goes_on_in_another_process_as_if_nothing_had_happened() -> None:
    first = flown(LiveCalibration(SETTINGS), until_s=30.0)
    second = LiveCalibration(SETTINGS)
    second.restore(_through_json(first.state()))
    assert second.told() == first.told()
    for live in (first, second):
        flown(live, from_s=30.0, until_s=36.0)
    assert second.told() == first.told()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ({"mean": [0.0] * 6}, "not of the size"),
        ({"covariance": None}, "not of the size"),
        ({"anchors": "none"}, "holds no calibration"),
        ({"origin": None}, "anchors without an origin"),
    ],
)
def test_damaged_state_is_refused_and_nothing_changes(damage: dict[str, Any], said: str) -> None:
    state = _through_json(flown(LiveCalibration(SETTINGS), until_s=20.0).state())
    live = LiveCalibration(SETTINGS)
    before = live.told()
    with pytest.raises(ValueError, match=said):
        live.restore({**state, **damage})
    assert live.told() == before


def test_covariance_that_is_none_is_refused() -> None:
    state = LiveCalibration(SETTINGS).state()
    state["covariance"][0][0] = -1.0
    with pytest.raises(ValueError, match="covariance is none"):
        LiveCalibration(SETTINGS).restore(state)


@given(
    st.lists(st.floats(0.001, 0.05), min_size=7, max_size=7),
    st.floats(-0.3, 0.3),
    st.floats(-75.0, -20.0),
)
@settings(max_examples=40, deadline=None)
def test_quick_ellipses_are_those_of_whole_rays(
    sigmas: list[float], roll: float, pitch_deg: float
) -> None:
    covariance = np.diag(np.square([*np.array(sigmas[:4]) * 0.1, *np.array(sigmas[4:]) * 20.0]))
    attitude = quaternion_from_euler(roll_rad=roll, pitch_rad=math.radians(pitch_deg), yaw_rad=0.7)
    pose = CameraPose(position=ORIGIN, height=HeightAmsl(80.0), q_ned_from_gimbal=attitude)
    pixels = np.array([[300.0, 800.0], [1500.0, 700.0]])
    quick = locate(
        pixels,
        camera=CAMERA,
        R_ned_from_camera=pose.R_ned_from_camera,
        above_plane_m=np.array([80.0, 80.0]),
        errors=PoseErrors(),
        view_covariance=covariance,
    )
    whole = place_pixels(
        pixels,
        Sightline.of(pose, height_m=80.0, camera=CAMERA, frame=EARTH),
        Belief.untold(covariance),
        surface=LevelGround(SEA),
        frame=EARTH,
        pixel_sigma_px=np.full(2, 2.0),
        ground_sigma_m=0.0,
    )
    for at in np.flatnonzero(quick.hit & ~quick.shallow):
        scale = float(np.trace(whole.shared_m2[at]))
        assert np.abs(quick.shared_m2[at] - whole.shared_m2[at]).max() < 0.05 * scale


def _plain(each: Followed) -> dict[str, Any]:
    return {name: getattr(each, name) for name in Followed.__dataclass_fields__}


def _through_json(state: dict[str, Any]) -> dict[str, Any]:
    import json

    return dict(json.loads(json.dumps(state)))
