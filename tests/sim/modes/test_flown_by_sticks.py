"""Flown by MANUAL_CONTROL, held against PX4 v1.17 (SIH, 1x) flown by the same sticks.

The figures are of two flights of PX4 with nothing of ours in the loop: full throttle from the
ground for 12 s, full forward for 10 s, half right, a turn, all at once, descent and landing; and a
mission that the pilot takes over, altitude mode, and sticks that end.
"""

import math
from math import nan
from typing import Any

import pytest

from onboard.mavlink.plan_items import WireItem
from onboard.mavlink.px4_modes import Px4Mode, mode_parameters
from sim.vehicle.vehicle import COMPANION

EVERY_S = 0.06
Pilot = Any
SET_MODE, ARM, TAKEOFF = 176, 400, 22
ACCEPTED, TEMPORARILY_REJECTED = 0, 1


def gone_m(pilot: Pilot, since: tuple[float, float, float]) -> float:
    north, east, _ = pilot.place
    return math.hypot(north - since[0], east - since[1])


@pytest.fixture(name="bench")
def _bench(bench: Any) -> Any:
    """A vehicle that is ready, with a heading of north."""
    return bench().ready()


@pytest.fixture
def pilot(bench: Any, by_sticks: Any) -> Pilot:
    """In position mode on the ground, armed, the sticks centred."""
    flying = by_sticks(bench).let_go().run(1.0)
    assert flying.mode(Px4Mode.POSITION) == ACCEPTED
    flying.run(0.5)
    assert bench.command(ARM, 1.0) == ACCEPTED
    return flying.run(2.0)


@pytest.fixture
def aloft(pilot: Pilot) -> Pilot:
    """At rest some 20 m up."""
    pilot.hold(0.0, 0.0, 1.0, 0.0).run(12.0).let_go().run(6.0)
    return pilot


def test_centred_throttle_keeps_it_on_the_ground_and_full_throttle_lifts_it(pilot: Pilot) -> None:
    assert pilot.place[2] == pytest.approx(0.0, abs=0.05)
    pilot.hold(0.0, 0.0, 1.0, 0.0).run(4.0)
    assert (pilot.climb_m_s, pilot.place[2]) == pytest.approx((1.23, 1.84), abs=0.3)
    pilot.run(4.0)
    assert (pilot.climb_m_s, pilot.place[2]) == pytest.approx((2.02, 7.45), abs=0.4)
    pilot.run(2.0)
    assert pilot.climb_m_s == pytest.approx(2.82, abs=0.2)


def test_full_forward_gathers_speed_and_stops_where_px4_does(aloft: Pilot) -> None:
    begun = aloft.place
    seen = []
    for after_s in (2.0, 4.0, 6.0, 8.0, 10.0):
        aloft.hold(1.0, 0.0, 0.5, 0.0).run(2.0)
        seen.append((after_s, aloft.speed_m_s))
    recorded = [(2.0, 3.76), (4.0, 5.92), (6.0, 7.09), (8.0, 7.83), (10.0, 8.31)]
    assert [speed for _, speed in seen] == pytest.approx([v for _, v in recorded], abs=0.15)
    assert gone_m(aloft, begun) == pytest.approx(57.46, abs=1.0)
    released = aloft.place
    aloft.let_go().run(1.0)
    assert aloft.speed_m_s == pytest.approx(6.31, abs=0.25)
    aloft.run(3.0)
    assert aloft.speed_m_s == pytest.approx(1.07, abs=0.15)
    assert gone_m(aloft, released) == pytest.approx(14.89, abs=0.5)
    aloft.run(4.0)
    assert gone_m(aloft, released) == pytest.approx(14.60, abs=0.5)
    assert aloft.place[2] == pytest.approx(begun[2], abs=0.4)


def test_half_right_is_an_eighth_of_the_way_to_full_speed(aloft: Pilot) -> None:
    begun, yaw = aloft.place, aloft.aircraft.flight.body.yaw
    aloft.hold(0.0, 0.5, 0.5, 0.0).run(2.0)
    assert aloft.speed_m_s == pytest.approx(0.91, abs=0.12)
    aloft.run(2.0)
    assert aloft.speed_m_s == pytest.approx(1.41, abs=0.12)
    assert gone_m(aloft, begun) == pytest.approx(3.23, abs=0.3)
    north, east = (aloft.place[i] - begun[i] for i in (0, 1))
    assert math.atan2(east, north) == pytest.approx(yaw + math.pi / 2, abs=0.1)


def test_half_a_turn_stick_turns_at_six_tenths_of_a_radian_a_second(aloft: Pilot) -> None:
    yaw = aloft.aircraft.flight.body.yaw
    aloft.hold(0.0, 0.0, 0.5, 0.5).run(4.0)
    assert aloft.aircraft.flight.body.yaw_rate == pytest.approx(0.60, abs=0.04)
    aloft.let_go().run(4.0)
    turned = math.remainder(aloft.aircraft.flight.body.yaw - yaw, math.tau)
    assert turned == pytest.approx(2.09 + 0.26, abs=0.15)
    assert aloft.aircraft.flight.body.yaw_rate == pytest.approx(0.0, abs=0.01)


def test_all_sticks_at_once_fly_as_px4_does(aloft: Pilot) -> None:
    begun = aloft.place
    aloft.hold(-0.3, 0.3, 0.7, -0.2).run(2.0)
    assert gone_m(aloft, begun) == pytest.approx(0.47, abs=0.15)
    rising = aloft.place
    aloft.run(4.0)
    assert aloft.speed_m_s == pytest.approx(1.00, abs=0.12)
    assert gone_m(aloft, begun) == pytest.approx(3.65, abs=0.4)
    assert aloft.place[2] - rising[2] == pytest.approx(2.72 - 0.76, abs=0.2)


def test_what_is_in_the_dead_zone_moves_nothing(aloft: Pilot) -> None:
    begun = aloft.place
    aloft.hold(0.08, -0.08, 0.52, 0.05).run(8.0)
    assert gone_m(aloft, begun) < 0.3
    assert aloft.place[2] == pytest.approx(begun[2], abs=0.2)


def test_lowered_throttle_descends_lands_and_disarms(aloft: Pilot) -> None:
    aloft.hold(0.0, 0.0, 0.2, 0.0).run(1.0)
    sinking = aloft.place
    aloft.run(3.0)
    assert aloft.place[2] - sinking[2] == pytest.approx(-1.54 + 0.30, abs=0.2)
    aloft.hold(0.0, 0.0, 0.0, 0.0).run(4.0)
    assert aloft.climb_m_s == pytest.approx(-1.49, abs=0.06)
    aloft.run(30.0)
    assert aloft.texts()[-2:] == ["Landing detected\t", "Disarmed by landing\t"]


def test_altitude_mode_leans_by_the_sticks_and_the_wind_carries_it(aloft: Pilot) -> None:
    assert aloft.mode(Px4Mode.ALTITUDE) == ACCEPTED
    aloft.hold(0.5, 0.0, 0.5, 0.0).run(2.0)
    lean = aloft.aircraft.flight.core.craft["lean"][aloft.aircraft.index]
    steepest = math.tan(math.radians(35.0))
    assert math.hypot(*lean) == pytest.approx(math.atan(0.5 * steepest), abs=0.03)
    fast = aloft.speed_m_s
    aloft.let_go().run(2.0)
    assert aloft.speed_m_s / fast == pytest.approx(0.43 / 2.24, abs=0.04)
    assert aloft.climb_m_s == pytest.approx(0.0, abs=0.3)


def waypoint(pilot: Pilot, command: int, north_m: float) -> WireItem:
    config = pilot.bench.vehicle.config
    latitude = config.latitude_deg + north_m / 111_195.0
    return WireItem(
        frame=6,
        command=command,
        param1=0.0,
        param2=0.0,
        param3=0.0,
        param4=nan,
        x=round(latitude * 1e7),
        y=round(config.longitude_deg * 1e7),
        z=20.0,
    )


def in_mission(pilot: Pilot) -> Pilot:
    pilot.bench.upload([waypoint(pilot, TAKEOFF, 0.0), waypoint(pilot, 16, 200.0)])
    pilot.bench.verdict()
    assert pilot.bench.command(300, 0.0, 0.0) == ACCEPTED
    pilot.run(25.0)
    assert pilot.flies(Px4Mode.MISSION)
    return pilot


def test_pilot_who_moves_the_sticks_takes_a_mission_over(bench: Any, by_sticks: Any) -> None:
    pilot = in_mission(by_sticks(bench).let_go().run(1.0))
    for right in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6):
        pilot.hold(0.0, right, 0.5, 0.0).run(EVERY_S)
    assert pilot.flies(Px4Mode.POSITION)
    assert "Pilot took over using sticks\t" in pilot.texts()
    pilot.run(3.9)
    assert pilot.speed_m_s == pytest.approx(2.46, abs=0.2)
    pilot.let_go().run(4.0)
    assert pilot.speed_m_s < 0.2
    assert pilot.mode(Px4Mode.MISSION) == ACCEPTED
    pilot.run(4.0)
    assert pilot.speed_m_s == pytest.approx(4.1, abs=0.3)


@pytest.mark.parametrize(
    ("parameter", "sticks"),
    [
        (-1.0, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]),
        (1.0, [0.02, 0.04, 0.06, 0.08, 0.10, 0.12]),
        (1.0, [0.3, 0.0, 0.3, 0.0, 0.3, 0.0]),
    ],
    ids=["switched-off", "too-slow", "to-and-fro"],
)
def test_mission_goes_on_where_the_sticks_say_no_such_thing(
    parameter: float, sticks: list[float], bench: Any, by_sticks: Any
) -> None:
    bench.vehicle.aircraft.parameters.values["MAN_OVERRIDE_SPD"] = parameter
    pilot = in_mission(by_sticks(bench).let_go().run(1.0))
    for right in sticks:
        pilot.hold(0.0, right, 0.5, 0.0).run(EVERY_S)
    assert pilot.flies(Px4Mode.MISSION)


def test_lost_sticks_hold_for_five_seconds_then_return(aloft: Pilot) -> None:
    aloft.hold(0.5, 0.0, 0.5, 0.0).run(3.0)
    aloft.sticks = None
    aloft.run(0.5)
    assert aloft.flies(Px4Mode.POSITION)
    aloft.run(0.3)
    assert aloft.flies(Px4Mode.HOLD)
    assert "Failsafe activated: entering Hold for 5 seconds\t" in aloft.texts()
    aloft.run(5.2)
    assert aloft.flies(Px4Mode.RTL)
    aloft.let_go()
    aloft.hold(0.0, 0.0, 0.5, 0.0).run(1.0)
    for forward in (0.1, 0.25, 0.4, 0.55, 0.7):
        aloft.hold(forward, 0.0, 0.5, 0.0).run(EVERY_S)
    aloft.run(0.2)
    assert aloft.flies(Px4Mode.POSITION)


def test_mode_that_needs_sticks_is_refused_without_them(bench: Any) -> None:
    bench.command(TAKEOFF, *(nan,) * 6, bench.vehicle.config.ground_amsl_m + 20.0)
    bench.command(ARM, 1.0)
    bench.run(12.0)
    refused = bench.command(SET_MODE, *mode_parameters(Px4Mode.POSITION))
    assert refused == TEMPORARILY_REJECTED


@pytest.mark.parametrize(("mode", "taken"), [(0, False), (1, True), (3, True), (4, False)])
def test_sticks_count_where_com_rc_in_mode_lets_them(
    mode: int, taken: bool, bench: Any, by_sticks: Any
) -> None:
    bench.vehicle.aircraft.parameters.values["COM_RC_IN_MODE"] = mode
    by_sticks(bench).let_go().run(1.0)
    assert bench.vehicle.aircraft.commander.flags.manual_control_lost is not taken


def test_sticks_of_a_second_link_do_not_mix_with_those_of_the_first(aloft: Pilot) -> None:
    begun = aloft.place
    for _ in range(50):
        aloft.move(1.0, 0.0, 0.5, 0.0, link=COMPANION)
        aloft.run(EVERY_S)
    assert gone_m(aloft, begun) < 0.5


@pytest.mark.parametrize("fields", [{"target": 9}, {"x": 2000, "y": -3000, "z": -5, "r": 32767}])
def test_sticks_of_others_or_out_of_range_move_nothing(
    fields: dict[str, int], aloft: Pilot
) -> None:
    begun = aloft.place
    aloft.sticks = None
    for _ in range(30):
        aloft.let_go().run(EVERY_S)
        aloft.move(0.0, 0.0, 0.5, 0.0, **fields)
    assert gone_m(aloft, begun) < 0.5
    assert aloft.place[2] == pytest.approx(begun[2], abs=0.3)
