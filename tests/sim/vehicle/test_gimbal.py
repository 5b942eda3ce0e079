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

SET_MESSAGE_INTERVAL, ATTITUDE_STATUS = 511, 285.0
LOCKED = 12.0  # roll and pitch


def controlled(bench: Any) -> Any:
    """A vehicle whose gimbal the ground station has taken."""
    ready = bench.ready().run(1.5)
    assert ready.command(CONFIGURE, 255.0, 190.0) == 0
    # The lean profile tells a ground station twice a second unless it asks for more.
    assert ready.command(SET_MESSAGE_INTERVAL, ATTITUDE_STATUS, 100_000.0) == 0
    return ready


def reported(bench: Any) -> Rotation:
    """The gimbal's rotation to the earth frame, as its status says it."""
    status = bench.last("GIMBAL_DEVICE_ATTITUDE_STATUS")
    w, x, y, z = status.q
    own = Rotation.from_quat([x, y, z, w])
    in_vehicle_frame = bool(status.flags & 32)
    return Rotation.from_euler("Z", status.delta_yaw * in_vehicle_frame) * own


def angles_deg(bench: Any) -> tuple[float, float]:
    yaw, pitch, roll = reported(bench).as_euler("ZYX", degrees=True)
    assert roll == pytest.approx(0.0, abs=1e-3)
    return float(pitch), float(yaw)


def test_gimbal_looks_forward_and_down_by_default(bench: Callable[..., Any]) -> None:
    still = bench(heading_deg=90.0).ready().run(1.0)
    assert angles_deg(still) == pytest.approx((-45.0, 90.0), abs=0.1)
    assert still.last("GIMBAL_DEVICE_ATTITUDE_STATUS").component_id == 154


def test_pose_and_report_agree(bench: Callable[..., Any]) -> None:
    still = bench(heading_deg=30.0).ready().run(1.0)
    assert still.pose().R_ned_from_gimbal == pytest.approx(reported(still).as_matrix(), abs=1e-6)
    axis = still.pose().R_ned_from_gimbal @ np.array([1.0, 0.0, 0.0])
    assert axis[2] == pytest.approx(math.sin(math.radians(45.0)))


def test_command_aims_the_gimbal_relative_to_the_vehicle(bench: Callable[..., Any]) -> None:
    aimed = controlled(bench(heading_deg=90.0))
    assert aimed.command(PITCH_YAW, -30.0, 20.0, nan, nan, LOCKED) == 0
    aimed.run(2.0)
    assert angles_deg(aimed) == pytest.approx((-30.0, 110.0), abs=0.1)


def test_command_with_yaw_lock_aims_at_a_compass_direction(bench: Callable[..., Any]) -> None:
    aimed = controlled(bench(heading_deg=90.0))
    aimed.command(PITCH_YAW, -60.0, 10.0, nan, nan, LOCKED + 16.0)
    aimed.run(3.0)
    assert angles_deg(aimed) == pytest.approx((-60.0, 10.0), abs=0.1)


def test_gimbal_turns_at_a_limited_rate(bench: Callable[..., Any]) -> None:
    turning = controlled(bench(gimbal_pitch_deg=0.0))
    turning.command(PITCH_YAW, -90.0, 0.0, nan, nan)
    turning.run(0.52)
    assert -80.0 < angles_deg(turning)[0] < -20.0


def test_only_the_primary_controller_is_obeyed(bench: Callable[..., Any]) -> None:
    shared = controlled(bench())
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


def test_nobody_aims_before_taking_control(bench: Callable[..., Any]) -> None:
    free = bench().ready().run(1.5)
    assert free.command(PITCH_YAW, -10.0, 0.0, nan, nan) == 2
    assert free.command(CONFIGURE, -2.0, -2.0) == 0
    assert free.command(PITCH_YAW, -10.0, 0.0, nan, nan) == 2


def test_setpoint_to_the_device_is_what_was_asked_for(bench: Callable[..., Any]) -> None:
    aimed = controlled(bench(payload=False, parameters={"MNT_MODE_IN": 4}, streams="px4"))
    aimed.command(PITCH_YAW, -30.0, 20.0, nan, nan, LOCKED)
    before = len(aimed.all("GIMBAL_DEVICE_SET_ATTITUDE", "gimbal"))
    aimed.run(2.0)
    told = aimed.all("GIMBAL_DEVICE_SET_ATTITUDE", "gimbal")
    assert len(told) - before == pytest.approx(40, abs=1)
    w, x, y, z = told[-1].message.q
    yaw, pitch, _ = Rotation.from_quat([x, y, z, w]).as_euler("ZYX", degrees=True)
    assert (pitch, yaw) == pytest.approx((-30.0, 20.0))
    assert told[-1].message.flags == 4 | 8 | 32


def test_manager_tells_nothing_until_a_device_is_there(bench: Callable[..., Any]) -> None:
    alone = bench(payload=False, parameters={"MNT_MODE_IN": 4}, streams="px4").ready().run(5.0)
    assert alone.command(512, 280.0) == 2
    assert alone.all("GIMBAL_MANAGER_STATUS") == []
    asked = [h.message for h in alone.all("COMMAND_LONG", "gimbal")]
    assert {(m.command, m.param1, m.target_component) for m in asked} == {(512, 283.0, 0)}
    device = Address(1, 154)
    alone.tell("GIMBAL_DEVICE_INFORMATION", sender=device, link="gimbal", cap_flags=7)
    alone.tell(
        "GIMBAL_DEVICE_ATTITUDE_STATUS", sender=device, link="gimbal", q=(1, 0, 0, 0), flags=12
    )
    alone.run(3.0)
    assert alone.last("GIMBAL_MANAGER_STATUS").gimbal_device_id == 154
    assert alone.command(512, 280.0) == 0
