"""The gimbal device: how it turns, what it holds, what it says."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from onboard.mavlink.codec import Message
from sim.payload.autopilot import euler_from_quaternion

YAW_LOCK, EARTH, VEHICLE = 16, 64, 32
LOCKED = 12 | YAW_LOCK | EARTH
NAN = math.nan


def test_it_turns_to_the_asked_angles_and_says_so(bench: Callable[..., Any]) -> None:
    at = bench().fly().aim(-0.6, 0.4).run(2.0)
    status = at.last("GIMBAL_DEVICE_ATTITUDE_STATUS")
    assert euler_from_quaternion(status.q) == pytest.approx((0.0, -0.6, 0.4), abs=1e-4)
    assert status["flags"] == 12 | VEHICLE
    assert status.failure_flags == 0


def test_it_never_turns_quicker_than_its_motors_and_does_not_overshoot(
    bench: Callable[..., Any],
) -> None:
    at = bench().fly().aim(-1.2, 2.0)
    pitches, yaws = [0.0], [0.0]
    for _ in range(150):
        at.run(0.02, step_s=0.02)
        pitches.append(at.payload.pointing.pitch)
        yaws.append(at.payload.pointing.yaw_offset)
    steps = [abs(b - a) for angles in (pitches, yaws) for a, b in pairwise(angles)]
    assert max(steps) <= math.radians(120.0) * 0.02 + 1e-9
    assert min(pitches) >= -1.2 - 1e-3
    assert max(yaws) <= 2.0 + 1e-3
    assert (pitches[-1], yaws[-1]) == pytest.approx((-1.2, 2.0), abs=1e-4)


def test_it_stays_level_while_the_vehicle_tilts(bench: Callable[..., Any]) -> None:
    at = bench().fly().aim(-0.5, 0.0).run(2.0)
    at.fly(roll=0.4, pitch=-0.3).run(0.1)
    assert euler_from_quaternion(at.payload.gimbal_quaternion) == pytest.approx(
        (0.0, -0.5, 0.0), abs=1e-4
    )


def test_unlocked_yaw_turns_with_the_vehicle_and_locked_yaw_does_not(
    bench: Callable[..., Any],
) -> None:
    at = bench().fly(heading=0.0).aim(0.0, 0.5).run(2.0)
    at.fly(heading=1.0)
    assert at.payload.pointing.yaw == pytest.approx(1.5, abs=1e-4)
    at.aim(0.0, 0.2, flags=LOCKED).run(2.0)
    at.fly(heading=2.0)
    assert at.payload.pointing.yaw == pytest.approx(0.2, abs=1e-4)
    status = at.run(0.2).last("GIMBAL_DEVICE_ATTITUDE_STATUS")
    assert status["flags"] & (YAW_LOCK | EARTH) == YAW_LOCK | EARTH
    assert status.delta_yaw == pytest.approx(2.0, abs=1e-3)


def test_locking_does_not_turn_it(bench: Callable[..., Any]) -> None:
    at = bench().fly(heading=1.0).aim(0.0, 0.5).run(2.0)
    before = at.payload.pointing.yaw
    at.aim(0.0, 0.0, flags=LOCKED, q=(NAN, NAN, NAN, NAN)).run(1.0)
    assert at.payload.pointing.yaw == pytest.approx(before, abs=1e-4)


def test_rates_without_angles_turn_it_until_its_stop(bench: Callable[..., Any]) -> None:
    at = bench().fly().aim(0.0, 0.0, q=(NAN, NAN, NAN, NAN), rates=(0.0, -0.2, 0.1)).run(2.0)
    assert at.payload.pointing.pitch == pytest.approx(-0.4, abs=0.03)
    assert at.payload.pointing.yaw_offset == pytest.approx(0.2, abs=0.03)
    at.run(20.0)
    assert at.payload.pointing.pitch == pytest.approx(-math.pi / 2, abs=1e-3)


def test_an_angle_beyond_its_reach_is_flagged(bench: Callable[..., Any]) -> None:
    at = bench().fly().aim(1.2, 0.0).run(2.0)
    assert at.payload.pointing.pitch == pytest.approx(0.5, abs=1e-4)
    assert at.last("GIMBAL_DEVICE_ATTITUDE_STATUS").failure_flags == 2


def test_a_stuck_gimbal_holds_and_says_that_its_motors_fail(bench: Callable[..., Any]) -> None:
    at = bench().fly().aim(-0.5, 0.0).run(2.0)
    at.payload.faults.gimbal_stuck = True
    at.aim(-1.0, 0.3).run(2.0)
    assert at.payload.pointing.pitch == pytest.approx(-0.5, abs=1e-4)
    assert at.last("GIMBAL_DEVICE_ATTITUDE_STATUS").failure_flags == 32


def test_no_manager_is_said_until_one_commands(bench: Callable[..., Any]) -> None:
    at = bench().fly().run(0.2)
    assert at.last("GIMBAL_DEVICE_ATTITUDE_STATUS").failure_flags == 512
    assert at.aim(0.0, 0.0).run(0.2).last("GIMBAL_DEVICE_ATTITUDE_STATUS").failure_flags == 0


def test_another_vehicles_manager_does_not_move_it(bench: Callable[..., Any]) -> None:
    at = bench({"system_id": 2}).aim(-0.5, 0.0).run(2.0)
    assert at.payload.pointing.pitch == 0.0


@pytest.mark.shared_data
def test_it_answers_what_px4_sent_to_a_recorded_gimbal(
    bench: Callable[..., Any], recorded_messages: Callable[[str, str], list[tuple[float, Message]]]
) -> None:
    """Source: px4-traces/16_gimbal_device_camera_1x, PX4 v1.17 with a gimbal on port 13280."""
    at = bench()
    recorded = [
        message
        for _, message in recorded_messages("16_gimbal_device_camera_1x.gcs", "COMMAND_LONG")
        if message.sender.component_id == 1
    ]
    discovery = [message for message in recorded if message.command == 512]
    for message in discovery:
        at._hear(at.payload.receive("gimbal", message, at.now_s))
    assert len(at.all("GIMBAL_DEVICE_INFORMATION")) == len(discovery) > 0
    acks = at.all("COMMAND_ACK")
    assert {(ack.component_id, ack.command, ack.result) for ack in acks} == {(154, 512, 0)}
    others = [message for message in recorded if message.command != 512]
    for message in others:
        at._hear(at.payload.receive("gimbal", message, at.now_s))
    assert len(at.all("COMMAND_ACK")) == len(acks)


@pytest.mark.shared_data
def test_it_follows_the_attitudes_that_px4_sent(
    bench: Callable[..., Any], recorded_messages: Callable[[str, str], list[tuple[float, Message]]]
) -> None:
    at = bench()
    name = "GIMBAL_DEVICE_SET_ATTITUDE"
    first_s = None
    for time_s, message in recorded_messages("16_gimbal_device_camera_1x.gcs", name):
        first_s = time_s if first_s is None else first_s
        at.now_s = time_s - first_s
        at._hear(at.payload.tick(at.now_s))
        at._hear(at.payload.receive("gimbal", message, at.now_s))
    # PX4's last wish: the mission's region of interest was cleared, so the gimbal looks ahead.
    at.run(3.0)
    wanted = euler_from_quaternion(message.q)
    assert at.payload.pointing.pitch == pytest.approx(wanted[1], abs=1e-3)
