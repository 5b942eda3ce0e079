"""The gimbal: its report against SciPy's rotations, its commands, its regions of interest."""

import math
from collections.abc import Callable
from math import nan
from typing import Any

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from onboard.mavlink.codec import Address

PITCH_YAW, CONFIGURE, LOOK_AT, LOOK_AHEAD = 1000, 1001, 195, 197


def reported(bench: Any) -> Rotation:
    w, x, y, z = bench.last("GIMBAL_DEVICE_ATTITUDE_STATUS").q
    return Rotation.from_quat([x, y, z, w])


def angles_deg(bench: Any) -> tuple[float, float]:
    yaw, pitch, roll = reported(bench).as_euler("ZYX", degrees=True)
    assert roll == pytest.approx(0.0, abs=1e-3)
    return float(pitch), float(yaw)


def test_gimbal_looks_forward_and_down_by_default(bench: Callable[..., Any]) -> None:
    still = bench(heading_deg=90.0).ready().run(1.0)
    assert angles_deg(still) == pytest.approx((-45.0, 90.0), abs=0.1)
    flags = still.last("GIMBAL_DEVICE_ATTITUDE_STATUS").flags
    assert flags & 64
    assert still.last("GIMBAL_DEVICE_ATTITUDE_STATUS").component_id == 154


def test_pose_and_report_agree(bench: Callable[..., Any]) -> None:
    still = bench(heading_deg=30.0).ready().run(1.0)
    assert still.pose().R_ned_from_gimbal == pytest.approx(reported(still).as_matrix(), abs=1e-6)
    axis = still.pose().R_ned_from_gimbal @ np.array([1.0, 0.0, 0.0])
    assert axis[2] == pytest.approx(math.sin(math.radians(45.0)))


def test_command_aims_the_gimbal_relative_to_the_vehicle(bench: Callable[..., Any]) -> None:
    aimed = bench(heading_deg=90.0).ready()
    assert aimed.command(PITCH_YAW, -30.0, 20.0, nan, nan) == 0
    aimed.run(2.0)
    assert angles_deg(aimed) == pytest.approx((-30.0, 110.0), abs=0.1)


def test_command_with_yaw_lock_aims_at_a_compass_direction(bench: Callable[..., Any]) -> None:
    aimed = bench(heading_deg=90.0).ready()
    aimed.command(PITCH_YAW, -60.0, 10.0, nan, nan, 16.0)
    aimed.run(3.0)
    assert angles_deg(aimed) == pytest.approx((-60.0, 10.0), abs=0.1)


def test_gimbal_turns_at_a_limited_rate(bench: Callable[..., Any]) -> None:
    turning = bench(gimbal_pitch_deg=0.0).ready()
    turning.command(PITCH_YAW, -90.0, 0.0, nan, nan)
    turning.run(0.52)
    assert -55.0 < angles_deg(turning)[0] < -20.0


def test_only_the_primary_controller_is_obeyed(bench: Callable[..., Any]) -> None:
    shared = bench().ready()
    assert shared.command(CONFIGURE, 7.0, 191.0) == 0
    assert shared.command(PITCH_YAW, -10.0, 0.0, nan, nan) == 2
    other = Address(7, 191)
    answers = shared.tell(
        "COMMAND_LONG", sender=other, target_system=1, target_component=1, command=PITCH_YAW,
        param1=-10.0, param2=0.0, param3=nan, param4=nan,
    )  # fmt: skip
    assert answers[0].result == 0
    shared.run(3.0)
    status = shared.last("GIMBAL_MANAGER_STATUS")
    assert (status.primary_control_sysid, status.primary_control_compid) == (7, 191)


def test_region_of_interest_stays_in_the_centre_of_the_picture(bench: Callable[..., Any]) -> None:
    watching = bench().ready()
    amsl = watching.vehicle.config.ground_amsl_m
    watching.command(22, 0.0, 0.0, 0.0, nan, nan, nan, amsl + 20.0)
    watching.command(400, 1.0)
    place = watching.vehicle.aircraft.frame.geo(watching.vehicle.aircraft.state.home)
    latitude = place.latitude_deg + 30.0 / 111_190.0
    watching.command(LOOK_AT, 0.0, 0.0, 0.0, 0.0, latitude, place.longitude_deg, amsl)
    watching.run(25.0)
    height = watching.pose().height_above_home_m
    expected = -math.degrees(math.atan2(height, 30.0))
    assert angles_deg(watching)[0] == pytest.approx(expected, abs=0.5)
    watching.command(LOOK_AHEAD)
    watching.run(2.0)
    assert angles_deg(watching)[0] == pytest.approx(0.0, abs=0.1)
