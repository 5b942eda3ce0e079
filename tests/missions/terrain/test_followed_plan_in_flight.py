"""A plan that follows steep ground, flown by the simulated PX4 over that ground."""

import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.checks import check
from missions.checks.ground_rules import GroundRules
from missions.checks.terrain import terrain_findings
from missions.geodesy import LocalPlane
from missions.heights import HeightAboveGround, HeightAmsl
from missions.plan import Command, Frame, Home, MissionItem, Plan
from missions.terrain import Following, Terrain, follow_plan
from missions.terrain.capture import capture_radius_m, highest_behind
from missions.terrain.flown_heights import Rates
from missions.vehicle import default_vehicle
from sim.scenario.fleet import NotInTime
from sim.scenario.play import ScenarioFleet

HEIGHT_M, TOLERANCE_M, LOW_CEILING_M = 60.0, 10.0, 95.0
STEP = 1 / 3600
# What PX4 may be below the height that it counts as reached (NAV_MC_ALT_RAD), and its swing there.
HEIGHT_ERROR_M = 1.3
Places = list[tuple[float, float]]
SWEEP: Places = [(100.0, 10.0), (1100.0, 10.0), (1100.0, 60.0), (100.0, 60.0)]
# Waypoints in a row and gentle turns: nothing there slows the vehicle down.
RIDGE: Places = [(100.0, 0.0), (300.0, 5.0), (420.0, -10.0), (610.0, 60.0), (1000.0, 40.0)]


@pytest.mark.parametrize(
    ("places", "speed_m_s"),
    [(SWEEP, 3.0), (SWEEP, 8.0), (SWEEP, 12.0), (RIDGE, 3.0), (RIDGE, 8.0), (RIDGE, 12.0)],
)
def test_followed_plan_is_flown_to_its_end_above_its_floor(
    places: Places,
    speed_m_s: float,
    valley: Terrain,
    level_plan: Callable[[Places, float], Plan],
    flown_above_ground: Callable[[Plan, Terrain], Any],
) -> None:
    vehicle = default_vehicle()
    how = Following(
        height=HeightAboveGround(HEIGHT_M),
        vehicle=vehicle,
        speed_m_s=speed_m_s,
        tolerance_m=TOLERANCE_M,
    )
    plan = follow_plan(level_plan(places, speed_m_s), valley, how)
    assert not [one for one in check(plan, vehicle=vehicle, terrain=valley) if "clear" in one.rule]
    above = flown_above_ground(plan, valley)
    assert above.min() >= HEIGHT_M - TOLERANCE_M - HEIGHT_ERROR_M


@pytest.mark.parametrize("places", [SWEEP, RIDGE])
def test_plan_that_slows_over_steep_ground_is_flown_below_its_ceiling(
    places: Places,
    valley: Terrain,
    level_plan: Callable[[Places, float], Plan],
    flown_above_ground: Callable[[Plan, Terrain], Any],
) -> None:
    vehicle = default_vehicle()
    how = Following(
        height=HeightAboveGround(HEIGHT_M),
        vehicle=vehicle,
        speed_m_s=12.0,
        tolerance_m=TOLERANCE_M,
        ceiling_m=LOW_CEILING_M,
    )
    level = level_plan(places, 12.0)
    plan = follow_plan(level, valley, how)
    asked = [one.params[1] for one in plan.items if one.command == Command.DO_CHANGE_SPEED]
    assert min(asked) < 12.0
    rules = GroundRules(ceiling_m=LOW_CEILING_M, return_height_m=60.0)
    one_speed = follow_plan(level, valley, replace(how, ceiling_m=None))
    found = terrain_findings(one_speed, valley, vehicle, rules)
    assert [one for one in found if one.rule == "ceiling" and "return" not in one.message]
    above = flown_above_ground(plan, valley)
    assert above.max() <= LOW_CEILING_M + HEIGHT_ERROR_M
    assert above.min() >= HEIGHT_M - TOLERANCE_M - HEIGHT_ERROR_M


def test_straight_on_after_a_given_place_the_way_is_level(
    valley: Terrain,
    level_plan: Callable[[Places, float], Plan],
) -> None:
    """So that PX4, which must pass within 2 m of the place, does not swing about its height."""
    vehicle = default_vehicle()
    how = Following(height=HeightAboveGround(HEIGHT_M), vehicle=vehicle, speed_m_s=8.0)
    plan = follow_plan(level_plan(RIDGE, 8.0), valley, how)
    ways = [item for item in plan.items if item.command == Command.NAV_WAYPOINT]
    radius_m = capture_radius_m(Rates.of(vehicle, speed_m_s=8.0))
    assert {item.params[1] for item in ways} == {2.0, radius_m}
    inner = [pair for pair in itertools.pairwise(ways[:-1]) if pair[0].params[1] == 2.0]
    assert len(inner) == len(RIDGE) - 1
    assert all(one.params[6] == two.params[6] for one, two in inner)


def climbing_in_a_row(fleet: ScenarioFleet, *, radius_m: float) -> Plan:
    """Ten waypoints 30 m apart, each a metre higher, at 8 m/s."""
    plane = LocalPlane(fleet.home)
    rows = [(Command.NAV_TAKEOFF, 0.0, 0.0, 20.0)]
    rows += [(Command.NAV_WAYPOINT, radius_m, 30.0 * n + 30.0, 20.0 + n) for n in range(11)]
    items = []
    for command, radius, north, height in rows:
        place = plane.geo(0.0, north)
        params = (0.0, radius, 0.0, math.nan, place.latitude_deg, place.longitude_deg, height)
        items.append(MissionItem(command=command, frame=Frame.GLOBAL_RELATIVE_ALT, params=params))
    speed = MissionItem(
        command=Command.DO_CHANGE_SPEED, frame=Frame.MISSION, params=(1.0, 8.0, -1.0, 0, 0, 0, 0)
    )
    home = Home(position=fleet.home, height=HeightAmsl(math.nan))
    return Plan(items=(items[0], speed, *items[1:]), home=home)


def test_small_radius_lets_the_vehicle_fly_past_and_on_as_px4_does(fleet: ScenarioFleet) -> None:
    """PX4 v1.17 (SIH) reached the third waypoint, at 90 m, and was 180 m north, 23.9 m high."""
    drone = fleet["qyran-1"]
    drone.fly(climbing_in_a_row(fleet, radius_m=0.0))
    fleet.run_until(lambda: drone.north_m > 180.0, at_most_s=120.0)
    assert drone.has_reached(4)
    assert not drone.has_reached(5)
    assert drone.height_m == pytest.approx(23.9, abs=0.5)
    with pytest.raises(NotInTime):
        fleet.run_until(lambda: drone.has_reached(5), at_most_s=60.0)


def test_radius_to_stop_in_holds_the_vehicle_until_it_is_high_enough(fleet: ScenarioFleet) -> None:
    """PX4 v1.17 (SIH) flew the same mission with a radius of 22.7 m to its end."""
    drone = fleet["qyran-1"]
    plan = climbing_in_a_row(fleet, radius_m=22.7)
    drone.fly(plan)
    fleet.run_until(lambda: drone.has_reached(len(plan.items) - 1), at_most_s=120.0)


@settings(max_examples=200, deadline=None)
@given(
    steps=st.lists(st.floats(0.0, 10.0), min_size=1, max_size=40),
    heights=st.data(),
    reach_m=st.floats(0.0, 60.0),
)
def test_highest_behind_is_the_highest_of_all_that_are_no_further_back(
    steps: list[float], heights: st.DataObject, reach_m: float
) -> None:
    along = np.cumsum(steps)
    one = st.floats(-100.0, 100.0)
    levels = np.array(heights.draw(st.lists(one, min_size=len(steps), max_size=len(steps))))
    found = highest_behind(along, levels, reach_m)
    for at, here in enumerate(along):
        begun = [n for n in range(at + 1) if along[n] <= here - reach_m]
        first = begun[-1] if begun else 0
        assert found[at] == levels[first : at + 1].max()
