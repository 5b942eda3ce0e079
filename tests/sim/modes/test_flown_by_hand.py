"""Stabilized and Acro by sticks, gestures, and body rates, held against PX4 v1.17 (SIH, 1x).

The figures are of three flights of PX4 with nothing of ours in the loop, flown by the same
messages: one in Stabilized, one in Acro with a full roll, one by a companion's body rates.
"""

import math
from collections.abc import Callable
from typing import Any

import pytest

from onboard.mavlink.px4_modes import Px4Mode, mode_parameters

SET_MODE, ARM, TAKEOFF = 176, 400, 22
ACCEPTED, TEMPORARILY_REJECTED = 0, 1
OFFBOARD, RATES_ONLY, RATES_IGNORED = 6, 0b10000000, 0b10000111
NAN = math.nan
DENIED = "Arming denied: throttle not in safe position\t"


@pytest.fixture(name="bench")
def _bench(bench: Callable[..., Any]) -> Any:
    """A vehicle that is ready, with a heading of north."""
    return bench(streams="px4").ready()


@pytest.fixture
def pilot(bench: Any, by_sticks: Any) -> Any:
    """On the ground, sticks heard, the throttle down."""
    return by_sticks(bench).hold(0.0, 0.0, 0.0, 0.0).run(1.0)


@pytest.fixture
def aloft(pilot: Any) -> Any:
    """Holding 40 m up, the sticks centred."""
    pilot.let_go().run(0.5)
    above = pilot.bench.vehicle.config.ground_amsl_m + 40.0
    assert pilot.bench.command(TAKEOFF, NAN, 0, 0, NAN, NAN, NAN, above) == ACCEPTED
    assert pilot.bench.command(ARM, 1.0) == ACCEPTED
    return pilot.run(45.0)


def tilt(pilot: Any) -> tuple[float, float]:
    """Roll and pitch as they are told, degrees."""
    told = pilot.bench.last("ATTITUDE")
    return math.degrees(told.roll), math.degrees(told.pitch)


def gesture(pilot: Any, turn: float, seconds: float) -> Any:
    return pilot.hold(0.0, 0.0, 0.0, turn).run(seconds).hold(0.0, 0.0, 0.0, 0.0).run(0.2)


def test_sticks_held_to_the_lower_right_arm_after_a_second(pilot: Any) -> None:
    assert pilot.mode(Px4Mode.STABILIZED) == ACCEPTED
    gesture(pilot, 1.0, 0.8)
    assert not pilot.aircraft.commander.armed
    gesture(pilot, 1.0, 1.2)
    assert pilot.aircraft.commander.armed
    assert "Armed by stick gesture\t" in pilot.texts()


def test_no_gesture_arms_where_the_parameter_says_so(pilot: Any) -> None:
    pilot.aircraft.parameters.values["MAN_ARM_GESTURE"] = 0
    pilot.mode(Px4Mode.STABILIZED)
    gesture(pilot, 1.0, 1.5)
    assert not pilot.aircraft.commander.armed


@pytest.mark.parametrize(
    ("mode", "throttle", "taken"),
    [
        (Px4Mode.STABILIZED, 0.5, False),
        (Px4Mode.ACRO, 0.2, False),
        (Px4Mode.ACRO, 0.05, True),
        (Px4Mode.POSITION, 0.5, True),
        (Px4Mode.POSITION, 0.7, False),
        (Px4Mode.HOLD, 1.0, True),
    ],
)
def test_arming_is_refused_where_the_throttle_would_throw_it_up(
    mode: Px4Mode, throttle: float, taken: bool, pilot: Any
) -> None:
    pilot.hold(0.0, 0.0, throttle, 0.0).run(0.3)
    assert pilot.mode(mode) == ACCEPTED
    answer = pilot.bench.command(ARM, 1.0)
    assert answer == (ACCEPTED if taken else TEMPORARILY_REJECTED)
    assert (DENIED in pilot.texts()) is not taken


def test_stabilized_is_flown_as_px4_flies_it(pilot: Any) -> None:
    pilot.mode(Px4Mode.STABILIZED)
    gesture(pilot, 1.0, 1.2).run(3.0)
    pilot.hold(0.0, 0.0, 0.62, 0.0).run(2.0)
    assert pilot.climb_m_s > 1.0
    pilot.run(3.0).let_go().run(1.0)
    pilot.hold(0.5, 0.0, 0.5, 0.0).run(2.0)
    assert tilt(pilot) == pytest.approx((0.0, -17.5), abs=0.6)
    pilot.hold(0.0, -1.0, 0.5, 0.0).run(2.0)
    assert tilt(pilot) == pytest.approx((-35.0, 0.0), abs=1.0)
    pilot.hold(1.0, 1.0, 0.5, 0.0).run(2.0)
    roll, pitch = (math.radians(angle) for angle in tilt(pilot))
    assert math.cos(roll) * math.cos(pitch) == pytest.approx(math.cos(math.radians(35.0)), abs=0.01)
    pilot.let_go().run(1.0)
    yaw = pilot.aircraft.flight.body.yaw
    pilot.hold(0.0, 0.0, 0.5, 0.5).run(3.0)
    assert pilot.aircraft.flight.body.yaw_rate == pytest.approx(0.60, abs=0.05)
    pilot.let_go().run(2.0)
    assert math.remainder(pilot.aircraft.flight.body.yaw - yaw, math.tau) > 1.5
    assert pilot.bench.last("HEARTBEAT").custom_mode >> 16 == 7


def test_gesture_drops_it_in_stabilized_and_is_silently_refused_in_position(aloft: Any) -> None:
    gesture(aloft, -1.0, 1.2)
    aloft.mode(Px4Mode.POSITION)
    gesture(aloft, -1.0, 1.2)
    assert aloft.aircraft.commander.armed
    assert "Disarming denied: not landed\t" not in aloft.texts()
    aloft.mode(Px4Mode.STABILIZED)
    gesture(aloft, -1.0, 1.2)
    assert not aloft.aircraft.commander.armed
    assert aloft.texts()[-1] == "Disarmed by stick gesture\t"


def test_kill_gesture_stops_the_motors_and_disarms_five_seconds_later(aloft: Any) -> None:
    aloft.aircraft.parameters.values["MAN_KILL_GEST_T"] = 1.0
    aloft.mode(Px4Mode.STABILIZED)
    aloft.hold(-1.0, 1.0, 0.0, -1.0).run(1.3)
    assert "Kill engaged\t" in aloft.texts()
    aloft.let_go().run(1.0)
    assert aloft.climb_m_s < -5.0
    assert aloft.aircraft.commander.armed
    aloft.run(4.5)
    assert not aloft.aircraft.commander.armed


def test_acro_turns_as_fast_as_sticks_say_and_keeps_what_came_of_it(aloft: Any) -> None:
    assert aloft.mode(Px4Mode.ACRO) == ACCEPTED
    aloft.hold(0.0, 0.2, 0.49, 0.0).run(1.0).hold(0.0, 0.0, 0.49, 0.0).run(1.0)
    # 20 degrees a second for a second, as PX4's rate loop makes it.
    assert tilt(aloft)[0] == pytest.approx(20.0, abs=2.0)
    aloft.hold(0.0, -0.2, 0.49, 0.0).run(1.0).hold(0.0, 0.0, 0.49, 0.0).run(1.0)
    assert tilt(aloft)[0] == pytest.approx(0.0, abs=2.0)
    aloft.hold(0.0, 0.0, 0.8, 0.0).run(1.5)
    rolls = []
    aloft.hold(0.0, 1.0, 0.55, 0.0)
    for _ in range(18):
        rolls.append(aloft.run(0.2).bench.last("ATTITUDE").roll)
    assert max(map(abs, rolls)) > math.radians(150.0)
    aloft.hold(0.0, 0.0, 0.6, 0.0).run(0.5)
    assert abs(tilt(aloft)[0]) < 25.0
    aloft.let_go()
    assert aloft.mode(Px4Mode.POSITION) == ACCEPTED
    aloft.run(6.0)
    assert tilt(aloft) == pytest.approx((0.0, 0.0), abs=2.0)


def test_position_mode_rights_a_vehicle_that_is_upside_down(aloft: Any) -> None:
    aloft.mode(Px4Mode.ACRO)
    aloft.hold(0.0, 0.0, 0.8, 0.0).run(1.5).hold(0.0, 1.0, 0.5, 0.0).run(1.8)
    assert aloft.aircraft.flight.body.upright < -0.5
    aloft.let_go()
    aloft.mode(Px4Mode.POSITION)
    aloft.run(6.0)
    assert aloft.aircraft.flight.body.upright > 0.95
    assert aloft.place[2] > 1.0


def stream(pilot: Any, seconds: float, rates: tuple[float, float, float], **how: Any) -> None:
    roll, pitch, yaw = rates
    for _ in range(round(seconds / 0.04)):
        pilot.bench.tell(
            "SET_ATTITUDE_TARGET",
            target_system=1,
            target_component=1,
            **({"type_mask": RATES_ONLY, "thrust": 0.49} | how),
            q=(1.0, 0.0, 0.0, 0.0),
            body_roll_rate=roll,
            body_pitch_rate=pitch,
            body_yaw_rate=yaw,
        )
        pilot.run(0.04)


def test_body_rates_alone_are_flown_as_px4_flies_them(aloft: Any) -> None:
    stream(aloft, 1.0, (0.0, 0.0, 0.0))
    assert aloft.bench.command(SET_MODE, 1.0, OFFBOARD) == ACCEPTED
    stream(aloft, 1.0, (0.0, 0.0, 0.0))
    begun = aloft.place
    stream(aloft, 0.8, (0.4, 0.0, 0.0))
    stream(aloft, 0.5, (0.0, 0.0, 0.0))
    assert tilt(aloft)[0] == pytest.approx(math.degrees(0.32), abs=1.5)
    stream(aloft, 1.0, (0.0, 0.0, 0.0))
    assert aloft.place[1] - begun[1] > 1.5
    yaw = aloft.aircraft.flight.body.yaw
    stream(aloft, 0.8, (-0.4, 0.0, 0.0))
    stream(aloft, 3.0, (0.0, 0.0, 0.6))
    turned = math.remainder(aloft.aircraft.flight.body.yaw - yaw, math.tau)
    assert turned == pytest.approx(1.8, abs=0.35)


def test_setpoint_without_rates_attitude_or_thrust_is_refused_and_counted(aloft: Any) -> None:
    counts = aloft.bench.vehicle.links["ground"].counts
    refused = counts["refused"]
    stream(aloft, 0.04, (0.0, 0.0, 0.0), type_mask=RATES_IGNORED)
    stream(aloft, 0.04, (0.0, 0.0, 0.0), thrust=NAN)
    assert counts["refused"] == refused + 2


def test_nobody_hears_a_place_asked_for_while_flown_by_hand(aloft: Any) -> None:
    aloft.mode(Px4Mode.ACRO)
    aloft.hold(0.0, 0.0, 0.49, 0.0).run(0.2)
    before = aloft.bench.last("POSITION_TARGET_LOCAL_NED").time_boot_ms
    aloft.run(1.0)
    assert aloft.bench.last("POSITION_TARGET_LOCAL_NED").time_boot_ms - before < 100


def test_nor_on_the_ground_before_arming(pilot: Any) -> None:
    pilot.mode(Px4Mode.STABILIZED)
    pilot.run(0.2)
    heard = len(pilot.bench.all("POSITION_TARGET_LOCAL_NED"))
    pilot.run(2.0)
    assert len(pilot.bench.all("POSITION_TARGET_LOCAL_NED")) == heard
    pilot.mode(Px4Mode.POSITION)
    pilot.run(2.0)
    assert len(pilot.bench.all("POSITION_TARGET_LOCAL_NED")) > heard + 90


def told_since(pilot: Any, since_s: float) -> list[Any]:
    return [h.message for h in pilot.bench.all("ATTITUDE_TARGET") if h.at_s > since_s]


def test_rates_are_told_as_often_as_sticks_come_half_a_second_after_the_last_attitude(
    aloft: Any,
) -> None:
    """PX4 told 16.6 a second of sticks that came 16.6 times, the attitude of before in each."""
    aloft.mode(Px4Mode.ACRO)
    begun_s = aloft.bench.now_s
    aloft.hold(0.0, 0.2, 0.49, 0.0).run(0.48)
    assert len(told_since(aloft, begun_s + 0.1)) == 0
    aloft.run(0.1)
    begun_s = aloft.bench.now_s
    aloft.run(3.0)
    told = told_since(aloft, begun_s)
    assert len(told) == pytest.approx(3.0 / 0.06, abs=1)
    assert {message.time_boot_ms for message in told} == {told[0].time_boot_ms}
    assert {message.q for message in told} == {told[0].q}
    assert told[-1].body_roll_rate == pytest.approx(math.radians(20.0), abs=0.02)
    aloft.sticks = None
    begun_s = aloft.bench.now_s
    aloft.run(0.5)
    assert len(told_since(aloft, begun_s + 0.1)) == 0


@pytest.mark.parametrize("how", [{}, {"type_mask": 0b111}])
def test_what_a_companion_asks_for_is_told_as_often_as_it_asks(
    aloft: Any, how: dict[str, int]
) -> None:
    stream(aloft, 1.0, (0.0, 0.0, 0.0), **how)
    assert aloft.bench.command(SET_MODE, 1.0, OFFBOARD) == ACCEPTED
    stream(aloft, 1.0, (0.0, 0.0, 0.0), **how)
    begun_s = aloft.bench.now_s
    stream(aloft, 2.0, (0.0, 0.0, 0.0), **how)
    assert len(told_since(aloft, begun_s)) == pytest.approx(2.0 / 0.04, abs=1)


def test_lost_sticks_return_from_stabilized_as_from_position(aloft: Any) -> None:
    aloft.mode(Px4Mode.STABILIZED)
    aloft.sticks = None
    aloft.run(0.9)
    assert aloft.flies(Px4Mode.HOLD)
    aloft.run(5.3)
    assert aloft.flies(Px4Mode.RTL)


def test_manual_mode_of_a_multirotor_is_stabilized(aloft: Any) -> None:
    assert aloft.bench.command(SET_MODE, *mode_parameters(Px4Mode.MANUAL)) == ACCEPTED
    aloft.hold(0.0, 0.4, 0.5, 0.0).run(2.0)
    assert tilt(aloft)[0] == pytest.approx(14.0, abs=1.0)
