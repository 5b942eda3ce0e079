"""Flights from logs that pymavlink wrote."""

import math
import struct
from pathlib import Path

import numpy as np
import pytest
from pymavlink.dialects.v20 import common
from scipy.spatial.transform import Rotation

from missions.errors import BadInput
from missions.heights import HeightAboveHome
from onboard.telemetry.files import read_flight

START_US = 1_795_428_000_000_000
IN_EARTH_FRAME, IN_VEHICLE_FRAME = 64, 32


def quaternion(yaw_deg: float, pitch_deg: float, roll_deg: float = 0.0) -> list[float]:
    x, y, z, w = Rotation.from_euler("ZYX", [yaw_deg, pitch_deg, roll_deg], degrees=True).as_quat()
    return [float(w), float(x), float(y), float(z)]


def written(
    path: Path, *, gimbal: bool = True, flags: int = IN_EARTH_FRAME, seconds: float = 4.0
) -> Path:
    """A log of a vehicle that flies north at 10 m/s, its gimbal turning 5 degrees a second."""
    sender = common.MAVLink(None, srcSystem=7, srcComponent=1)
    other = common.MAVLink(None, srcSystem=9, srcComponent=1)
    log = bytearray()

    def put(at_ms: int, message: common.MAVLink_message, link: common.MAVLink = sender) -> None:
        log.extend(struct.pack(">Q", START_US + at_ms * 1000) + message.pack(link))

    put(0, common.MAVLink_system_time_message(START_US, 0))
    home = [448_500_000, 655_100_000, 131_500, 0.0, 0.0, 0.0, [1.0, 0.0, 0.0, 0.0], 0.0, 0.0, 0.0]
    put(0, common.MAVLink_home_position_message(*home))
    for at_ms in range(0, int(seconds * 1000) + 1, 100):
        heading = 20.0
        body = quaternion(heading, 3.0, -2.0)
        rates = [0.0, 0.0, 0.0]
        put(at_ms, common.MAVLink_attitude_quaternion_message(at_ms, *body, *rates))
        if at_ms % 200 == 0:
            latitude = 448_500_000 + round(at_ms * 1e-3 * 10.0 / 111_132.0 * 1e7)
            place = [at_ms, latitude, 655_100_000, 231_500, 100_000, 1000, 0, 0, 2000]
            put(at_ms, common.MAVLink_global_position_int_message(*place))
        if gimbal:
            turn = 0.0 if flags == IN_VEHICLE_FRAME else heading
            q = quaternion(turn + 5e-3 * at_ms, -45.0)
            told = [0, 0, at_ms, flags, q, 0.0, 0.0, 0.0, 0]
            put(at_ms, common.MAVLink_gimbal_device_attitude_status_message(*told))
    put(0, common.MAVLink_global_position_int_message(0, 1, 1, 0, 0, 0, 0, 0, 0), other)
    path.write_bytes(bytes(log))
    return path


@pytest.mark.parametrize("flags", [IN_EARTH_FRAME, IN_VEHICLE_FRAME])
def test_poses_are_those_that_were_flown(tmp_path: Path, flags: int) -> None:
    log = read_flight(written(tmp_path / "flight.tlog", flags=flags))
    assert len(log.poses) == 41
    pose = log.at(2.05)
    assert pose is not None
    assert pose.position.latitude_deg == pytest.approx(44.85 + 20.5 / 111_132.0, abs=2e-7)
    assert pose.height == HeightAboveHome(pytest.approx(100.0, abs=1e-6))
    assert pose.q_ned_from_gimbal is not None
    expected = Rotation.from_euler("ZYX", [20.0 + 5.0 * 2.05, -45.0, 0.0], degrees=True)
    w, x, y, z = pose.q_ned_from_gimbal
    off = (Rotation.from_quat([x, y, z, w]).inv() * expected).magnitude()
    assert math.degrees(off) < 0.01
    assert log.home is not None
    assert log.poses[0].captured_at is not None
    assert log.poses[0].captured_at.isoformat() == "2026-11-23T10:00:00+00:00"
    assert any("other vehicles than 7" in note for note in log.notes)


def test_vehicle_without_gimbal_has_a_pose_for_each_position(tmp_path: Path) -> None:
    log = read_flight(written(tmp_path / "flight.tlog", gimbal=False))
    assert len(log.poses) == 21
    assert log.poses[3].q_ned_from_gimbal is None
    assert log.poses[3].q_ned_from_body is not None


def test_damage_and_a_cut_cost_no_more_than_their_own_frames(tmp_path: Path) -> None:
    path = written(tmp_path / "flight.tlog")
    data = bytearray(path.read_bytes())
    rng = np.random.default_rng(4)
    for at in rng.integers(600, len(data), 6):
        data[at] ^= 0x55
    path.write_bytes(bytes(data[:-20]))
    log = read_flight(path)
    assert 30 <= len(log.poses) <= 41


@pytest.mark.parametrize("content", [b"", bytes(500), b"\xfd" * 300])
def test_log_without_a_position_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "flight.tlog"
    path.write_bytes(content)
    with pytest.raises(BadInput, match="no GLOBAL_POSITION_INT in it"):
        read_flight(path)
