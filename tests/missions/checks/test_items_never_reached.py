"""Flights that never end: said with the item and the reason, mended, and then flown to the end.

Seeds 8031 and 8078 were flown past by PX4 v1.17 (SIH) too: "Landing detected" 29 and 34 m beyond
the waypoint (`benchmarks.flight_times --px4 BUILD --seeds 8031 8078`). So were others, by chance.
"""

import math
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from benchmarks.flight_missions import GROUND_AMSL_M, HOME, every_mission, random_places
from benchmarks.random_missions import random_missions
from missions.checks import Finding, Px4Profile, Severity, check
from missions.checks.mend.mend import Mended, mend
from missions.checks.mend.situation import Situation
from missions.checks.never_reached import NEVER, PAST, never_reached_findings
from missions.heights import HeightAmsl
from missions.plan import Home, Plan
from missions.plan_time import plan_time_s, predict_flight
from missions.vehicle import Vehicle, known_vehicles
from missions.wind import Wind
from sim.scenario.fleet import SimulatedFleet
from sim.vehicle.config import VehicleConfig

QUAD = known_vehicles()["px4-sih-quadx"]
FLYING = [
    known_vehicles()[name] for name in ("multirotor", "px4-sih-quadx", "ebee-x", "deltaquad-pro")
]
# What PX4 flew past, and where.
FLOWN_PAST_BY_PX4 = {8031: 10, 8078: 13}
# What it flew past though another part of its height's swing would have been in time.
PASSED_BY_CHANCE = {8124: 9, 8177: 3, 8209: 4, 8212: 2, 8218: 5, 8228: 6}
# What it flew to the end, and no place twice.
FLOWN_TO_THE_END = (8202, 8214, 8221, 8222, 8224)


def _of(seed: int) -> Plan:
    (mission,) = random_places([seed])
    return mission.plan


def _mended(plan: Plan, vehicle: Vehicle = QUAD) -> Mended:
    situation = Situation(vehicle=vehicle, profile=Px4Profile())
    return mend(plan, lambda one: check(one, vehicle=vehicle), situation)


def _explained(plan: Plan, vehicle: Vehicle) -> bool:
    """Whether errors name the items for which a flight has no end, if it has none."""
    flight = predict_flight(plan, vehicle)
    never = [one for one in check(plan, vehicle=vehicle) if _is_never(one)]
    ends = flight is None or math.isfinite(flight.landed_s)
    return (ends or bool(never)) and all(one.item is not None for one in never)


def _is_never(one: Finding) -> bool:
    return one.rule in (PAST, NEVER) and one.severity is Severity.ERROR


@pytest.mark.parametrize("seed", FLOWN_PAST_BY_PX4)
def test_waypoint_that_px4_flew_past_to_the_ground_is_an_error_with_place_and_reason(
    seed: int,
) -> None:
    plan = _of(seed)
    (found,) = [one for one in check(plan, vehicle=QUAD) if _is_never(one)]
    assert found.rule == PAST
    assert found.item == FLOWN_PAST_BY_PX4[seed]
    item = plan.items[found.item]
    assert found.place is not None
    assert found.place.latitude_deg == pytest.approx(item.latitude_deg)
    assert "within 2 m of its place and 0.8 m of its height" in found.message
    assert "m too high" in found.message
    assert "1.5 m/s of that down" in found.message
    assert "down to the ground" in found.message
    assert "hold there" in found.proposal


@pytest.mark.parametrize("seed", FLOWN_PAST_BY_PX4)
def test_it_is_mended_and_the_flight_predicted_has_an_end(seed: int) -> None:
    mended = _mended(_of(seed))
    assert f"item {FLOWN_PAST_BY_PX4[seed] + 1}: held for 1 s" in " ".join(mended.said)
    assert not [one for one in mended.findings if one.rule in (PAST, NEVER)]
    assert math.isfinite(plan_time_s(mended.plan, QUAD))


@pytest.mark.parametrize("seed", FLOWN_PAST_BY_PX4)
def test_the_mended_plan_is_flown_to_its_end_in_the_time_predicted(seed: int) -> None:
    plan = _mended(_of(seed)).plan
    config = VehicleConfig(payload=False, links=("ground", "companion"))
    fleet = SimulatedFleet([config], home=HOME, ground_amsl_m=GROUND_AMSL_M, pads=[(0.0, 0.0)])
    fleet.ready()
    (drone,) = fleet
    drone.upload(plan)
    drone.start()
    fleet.run_until(lambda: drone.armed, at_most_s=30.0)
    armed_s = fleet.now_s
    fleet.run_until(lambda: drone.has_reached(len(plan.items) - 2), at_most_s=2000.0)
    fleet.run_until(lambda: drone.vehicle.aircraft.landed, at_most_s=300.0)
    assert plan_time_s(plan, QUAD) == pytest.approx(fleet.now_s - armed_s, rel=0.05)


@pytest.mark.parametrize(("seed", "item"), PASSED_BY_CHANCE.items())
def test_waypoint_that_px4_flew_past_by_chance_is_an_error_too(seed: int, item: int) -> None:
    found = {one.item: one.message for one in check(_of(seed), vehicle=QUAD) if _is_never(one)}
    assert "may be flown past and never reached, by chance" in found[item]


@pytest.mark.parametrize("seed", PASSED_BY_CHANCE)
def test_what_may_be_passed_by_chance_is_mended(seed: int) -> None:
    assert not [one for one in _mended(_of(seed)).findings if one.rule in (PAST, NEVER)]


@pytest.mark.parametrize("seed", FLOWN_TO_THE_END)
def test_nothing_is_said_of_missions_that_px4_flew_to_their_end(seed: int) -> None:
    assert not [one for one in check(_of(seed), vehicle=QUAD) if one.rule in (PAST, NEVER)]


def test_circle_back_to_a_place_is_a_warning_with_how_far_it_leads() -> None:
    (found,) = [one for one in check(_of(8203), vehicle=QUAD) if one.rule == PAST]
    assert found.severity is Severity.WARNING
    assert found.item == 16
    assert "may be flown past, and come back to from" in found.message


def test_every_place_flown_past_is_named_at_once() -> None:
    found = [one.item for one in check(_of(8169), vehicle=QUAD) if _is_never(one)]
    assert found == [6, 8]


def test_missions_that_px4_flew_are_not_said_to_be_flown_past() -> None:
    told = [never_reached_findings(one.plan, QUAD) for one in every_mission()[:20]]
    assert not any(told)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10**6), vehicle=st.sampled_from(FLYING))
def test_a_random_missions_flight_ends_or_an_error_names_the_item(
    seed: int, vehicle: Vehicle
) -> None:
    assert _explained(_of(seed), vehicle)


# The first two begin with an item that is flown nowhere, a VTOL's change to wings among them.
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10**6), vehicle=st.sampled_from(FLYING), amsl=st.just(GROUND_AMSL_M))
@example(seed=453, vehicle=FLYING[2], amsl=GROUND_AMSL_M)
@example(seed=30, vehicle=FLYING[3], amsl=GROUND_AMSL_M)
def test_so_does_a_mission_broken_in_any_way(seed: int, vehicle: Vehicle, amsl: float) -> None:
    (case,) = random_missions(seed, 1, Home(position=HOME, height=HeightAmsl(amsl)))
    assert _explained(case.plan, vehicle)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10**6))
def test_what_is_mended_ends(seed: int) -> None:
    assert math.isfinite(plan_time_s(_mended(_of(seed)).plan, QUAD))


def test_place_days_away_is_named() -> None:
    plan = _of(7001)
    far = replace(plan.items[4], params=(*plan.items[4].params[:4], -60.0, 10.0, 30.0))
    items = (*plan.items[:4], far, *plan.items[5:])
    found = never_reached_findings(replace(plan, items=items), QUAD)
    assert [(one.rule, one.item) for one in found] == [(NEVER, 4)]
    assert "too far away" in found[0].message


def test_wind_that_keeps_it_from_a_place_is_named() -> None:
    found = never_reached_findings(_of(7001), QUAD, Wind(speed_m_s=25.0, from_rad=0.0))
    assert [(one.rule, one.severity) for one in found] == [(NEVER, Severity.ERROR)]
    assert "the wind is too strong" in found[0].message
