"""Poses between telemetry samples; messages are made by the MAVLink codec."""

import math
from datetime import UTC, datetime

import numpy as np
import pytest
from scipy.spatial.transform import Rotation, Slerp

from missions.heights import HeightAmsl
from onboard.geolocate import CameraPose
from onboard.geolocate.rotation import matrix_from_quaternion, quaternion_from_euler
from onboard.mavlink.codec import Decoder, Encoder
from onboard.telemetry import PoseHistory, PoseMissing
from onboard.telemetry.history import YAW_IN_EARTH_FRAME, YAW_IN_VEHICLE_FRAME

GIMBAL = "GIMBAL_DEVICE_ATTITUDE_STATUS"


def told(history: PoseHistory, name: str, **fields: object) -> None:
    (message,) = Decoder().feed(Encoder(system_id=1, component_id=1).encode(name, **fields))
    history.receive(message)


def position(history: PoseHistory, boot_ms: int, latitude: float, height_m: float = 179.0) -> None:
    told(
        history,
        "GLOBAL_POSITION_INT",
        time_boot_ms=boot_ms,
        lat=round(latitude * 1e7),
        lon=655_100_000,
        alt=round(height_m * 1000),
        relative_alt=round((height_m - 129.0) * 1000),
    )


def gimbal(
    history: PoseHistory, boot_ms: int, yaw_rad: float, flags: int = YAW_IN_EARTH_FRAME
) -> None:
    q = quaternion_from_euler(roll_rad=0.0, pitch_rad=-0.8, yaw_rad=yaw_rad)
    told(history, GIMBAL, time_boot_ms=boot_ms, q=q, flags=flags)


def filled() -> PoseHistory:
    history = PoseHistory()
    position(history, 1000, 44.0)
    position(history, 1100, 44.001)
    gimbal(history, 1000, 0.2)
    gimbal(history, 1100, 0.4)
    return history


def test_position_and_attitude_are_interpolated_at_the_frames_instant() -> None:
    pose = filled().pose(1.025)
    assert isinstance(pose, CameraPose)
    assert pose.position.latitude_deg == pytest.approx(44.00025, abs=1e-6)
    assert pose.height == HeightAmsl(179.0)
    ends = Rotation.from_euler("ZYX", [[0.2, -0.8, 0.0], [0.4, -0.8, 0.0]])
    expected = Slerp([0.0, 1.0], ends)(0.25).as_matrix()
    np.testing.assert_allclose(matrix_from_quaternion(pose.q_ned_from_gimbal), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("boot_s", "why"),
    [(0.9, PoseMissing.TOO_OLD), (1.2, PoseMissing.NOT_YET)],
)
def test_an_instant_outside_the_samples_has_no_pose(boot_s: float, why: PoseMissing) -> None:
    assert filled().pose(boot_s) is why


def test_no_telemetry_is_told_as_such() -> None:
    assert PoseHistory().pose(1.0) is PoseMissing.NONE


def test_a_gap_in_telemetry_is_not_bridged() -> None:
    history = filled()
    position(history, 4000, 44.1)
    gimbal(history, 4000, 0.4)
    assert history.pose(2.5) is PoseMissing.GAP


def test_gimbal_in_the_vehicles_frame_is_turned_by_the_vehicles_heading() -> None:
    history = PoseHistory()
    heading = quaternion_from_euler(roll_rad=0.05, pitch_rad=-0.1, yaw_rad=1.1)
    for boot_ms in (1000, 1100):
        position(history, boot_ms, 44.0)
        gimbal(history, boot_ms, 0.3, flags=YAW_IN_VEHICLE_FRAME)
        w, x, y, z = heading
        told(history, "ATTITUDE_QUATERNION", time_boot_ms=boot_ms, q1=w, q2=x, q3=y, q4=z)
    pose = history.pose(1.05)
    assert isinstance(pose, CameraPose)
    expected = Rotation.from_euler("ZYX", [1.4, -0.8, 0.0]).as_matrix()
    np.testing.assert_allclose(matrix_from_quaternion(pose.q_ned_from_gimbal), expected, atol=1e-6)


def test_camera_without_gimbal_turns_with_the_airframe() -> None:
    nadir = quaternion_from_euler(roll_rad=0.0, pitch_rad=-np.pi / 2, yaw_rad=0.0)
    history = PoseHistory(q_body_from_gimbal=nadir)
    w, x, y, z = quaternion_from_euler(roll_rad=0.1, pitch_rad=0.2, yaw_rad=0.3)
    for boot_ms in (1000, 1100):
        position(history, boot_ms, 44.0)
        told(history, "ATTITUDE_QUATERNION", time_boot_ms=boot_ms, q1=w, q2=x, q3=y, q4=z)
    pose = history.pose(1.0)
    assert isinstance(pose, CameraPose)
    body = Rotation.from_euler("ZYX", [0.3, 0.2, 0.1])
    expected = (body * Rotation.from_euler("Y", -np.pi / 2)).as_matrix()
    np.testing.assert_allclose(matrix_from_quaternion(pose.q_ned_from_gimbal), expected, atol=1e-6)


def test_system_time_turns_boot_time_into_utc() -> None:
    history = PoseHistory()
    assert history.utc(10.0) is None
    unix_us = round(datetime(2026, 9, 1, 6, 0, 30, tzinfo=UTC).timestamp() * 1e6)
    told(history, "SYSTEM_TIME", time_unix_usec=unix_us, time_boot_ms=30_000)
    assert history.utc(42.5) == datetime(2026, 9, 1, 6, 0, 42, 500_000, tzinfo=UTC)


def test_home_height_follows_from_the_two_heights() -> None:
    assert filled().home_amsl == HeightAmsl(129.0)


def test_a_reboot_forgets_what_came_before() -> None:
    history = filled()
    position(history, 90_000, 44.2)
    position(history, 200, 45.0)
    position(history, 300, 45.0)
    gimbal(history, 90_000, 0.0)
    gimbal(history, 200, 0.0)
    gimbal(history, 300, 0.0)
    pose = history.pose(0.25)
    assert isinstance(pose, CameraPose)
    assert pose.position.latitude_deg == pytest.approx(45.0)


def test_another_systems_messages_are_passed_over() -> None:
    history = PoseHistory(system_id=7)
    position(history, 1000, 44.0)
    assert history.pose(1.0) is PoseMissing.NONE


NOT_KNOWN = 2**31 - 1
GLOBAL_POSITION = {"lat": 448_500_000, "lon": 655_100_000, "alt": 179_000, "relative_alt": 50_000}


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        (GIMBAL, {"q": (math.nan,) * 4, "flags": 64}),
        (GIMBAL, {"q": (math.inf, 0.0, 0.0, 0.0), "flags": 64}),
        (GIMBAL, {"q": (0.0, 0.0, 0.0, 0.0), "flags": 64}),
        (GIMBAL, {"q": (1e30, 0.0, 0.0, 0.0), "flags": 64}),
        ("ATTITUDE_QUATERNION", {"q1": math.nan, "q2": 0.0, "q3": 0.0, "q4": 0.0}),
        ("GLOBAL_POSITION_INT", {**GLOBAL_POSITION, "lat": NOT_KNOWN}),
        ("GLOBAL_POSITION_INT", {**GLOBAL_POSITION, "lon": NOT_KNOWN}),
        ("GLOBAL_POSITION_INT", {**GLOBAL_POSITION, "lat": -900_000_001}),
        ("GLOBAL_POSITION_INT", {**GLOBAL_POSITION, "alt": NOT_KNOWN}),
        ("SYSTEM_TIME", {"time_unix_usec": 2**64 - 1}),
        ("SYSTEM_TIME", {"time_unix_usec": 5 * 10**15}),
    ],
)
def test_what_cannot_be_is_counted_and_passed_over(name: str, fields: dict[str, object]) -> None:
    history = filled()
    unix_us = round(datetime(2026, 9, 1, 6, 0, tzinfo=UTC).timestamp() * 1e6)
    told(history, "SYSTEM_TIME", time_unix_usec=unix_us, time_boot_ms=0)
    before = (history.pose(1.05), history.utc(1.05), history.home_amsl)
    told(history, name, time_boot_ms=1050, **fields)
    told(history, name, time_boot_ms=1150, **fields)
    assert (history.pose(1.05), history.utc(1.05), history.home_amsl) == before
    assert history.malformed == 2
    assert history.newest_s == 1.1


def test_a_clock_that_is_not_set_yet_is_not_believed() -> None:
    history = PoseHistory()
    told(history, "SYSTEM_TIME", time_unix_usec=12_000_000, time_boot_ms=12_000)
    assert history.utc(12.0) is None
    assert history.malformed == 0
