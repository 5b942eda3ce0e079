"""A plan on board becomes a situation; an answer keeps drones apart."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from missions.area import Area, Place
from missions.assemble import Assembly, assemble
from missions.fleet.separation import Separation, conflict_between
from missions.geodesy import GeoPoint, LocalPlane, distance_m
from missions.heights import HeightAboveHome, HeightAmsl
from missions.made_for import MadeFor
from missions.path import CameraAction, PathPoint, PatrolPath
from missions.patterns.round import visiting_round
from missions.plan import Command, Home, Plan
from missions.reaction.answer import How
from missions.reaction.apart import HIGHEST_M, LOWEST_M, flight_of, kept_apart
from missions.reaction.budget import Budget
from missions.reaction.flyable import flyable
from missions.reaction.on_board import Seen, drone_on_board, stops_left
from missions.reaction.react import react
from missions.reaction.situation import Alarm, Landing, RunningDrone, Situation, Stop
from missions.vehicle import default_vehicle

PLANE = LocalPlane(GeoPoint(latitude_deg=44.85, longitude_deg=65.5))
HOME = Home(position=PLANE.geo(0.0, 0.0), height=HeightAmsl(129.0))
SHORT = Budget(iterations=300)
APART = Separation(horizontal_m=20.0, vertical_m=10.0, margin_s=15.0)


def round_plan(*places: tuple[float, float], height_m: float = 50.0) -> Plan:
    path = visiting_round(
        tuple(Place(position=PLANE.geo(*place)) for place in places),
        height=HeightAboveHome(height_m),
        dwell_s=8.0,
        keep_order=True,
        action=CameraAction.PHOTO,
    )
    return assemble(path, HOME, Assembly(speed_m_s=7.0))


def seen(item: int, **changes: Any) -> Seen:
    known = Seen(
        position=PLANE.geo(10.0, 10.0), height=HeightAboveHome(50.0), battery=0.8, item=item
    )
    return replace(known, **changes)


def test_stops_left_are_the_places_from_the_item_flown_to_on() -> None:
    plan = round_plan((100.0, 0.0), (100.0, 100.0), (0.0, 100.0))
    at = [i for i, item in enumerate(plan.items) if item.command == Command.NAV_LOITER_TIME]
    every = stops_left(plan, 0, name="a")
    left = stops_left(plan, at[1], name="a")
    assert [stop.item for stop in every] == at
    assert [stop.item for stop in left] == at[1:]
    assert {stop.dwell_s for stop in every} == {8.0}
    assert {stop.action for stop in every} == {CameraAction.PHOTO}
    looked = [stop.gaze.at for stop in every if stop.gaze is not None and stop.gaze.at is not None]
    assert [
        distance_m(at, stop.position) < 0.1 for at, stop in zip(looked, every, strict=True)
    ] == [
        True,
        True,
        True,
    ]


def test_legs_with_pictures_are_stops_as_legs_and_the_one_being_flown_is_left() -> None:
    ends = [(0.0, 0.0), (0.0, 200.0), (40.0, 200.0), (40.0, 0.0)]
    points = tuple(
        PathPoint(position=PLANE.geo(*end), height=HeightAboveHome(60.0)) for end in ends
    )
    path = PatrolPath(pattern="sweep", points=points, trigger_distance_m=20.0)
    plan = assemble(path, HOME, Assembly(speed_m_s=8.0))
    ways = [i for i, item in enumerate(plan.items) if item.command == Command.NAV_WAYPOINT]
    every = stops_left(plan, 0, name="a")
    assert len(every) == 3
    assert all(stop.leaves_at is not None for stop in every)
    assert [stop.item for stop in stops_left(plan, ways[2], name="a")] == ways[1:3]


def test_drone_on_board_has_its_plans_speed_fence_home_and_battery() -> None:
    plan = round_plan((100.0, 0.0), (100.0, 100.0))
    drone = drone_on_board("a", plan, default_vehicle(), seen(0))
    assert (drone.cruise_m_s, drone.home_height) == (7.0, HeightAmsl(129.0))
    assert drone.battery_s == pytest.approx(0.8 * default_vehicle().endurance_s)
    assert drone.landings[0].position == HOME.position
    assert drone.fence == Area(outer=plan.fence.polygons[0].ring)
    assert drone_on_board("a", plan, None, seen(0)).vehicle == default_vehicle()
    own = default_vehicle().model_copy(update={"name": "own"})
    made = replace(plan, made_for=MadeFor(vehicle=own))
    assert drone_on_board("a", made, None, seen(0)).vehicle == own
    assert drone_on_board("a", made, default_vehicle(), seen(0)).vehicle == default_vehicle()
    with pytest.raises(ValueError, match="home"):
        drone_on_board("a", replace(plan, home=None), default_vehicle(), seen(0))


def crossing(height_m: float = 60.0) -> Situation:
    """Two drones whose ways to their stops cross at the same time; an alarm for the first."""
    fleet = tuple(
        RunningDrone(
            name=name,
            vehicle=default_vehicle(),
            position=PLANE.geo(*begins),
            battery_s=1500.0,
            landings=(Landing(name=f"dock {name}", position=PLANE.geo(*begins)),),
            stops=(
                Stop(
                    name=f"stop {name}",
                    position=PLANE.geo(*ends),
                    height=HeightAboveHome(height_m),
                    dwell_s=10.0,
                    item=2,
                    movable=False,
                ),
            ),
            height=HeightAboveHome(height_m),
        )
        for name, begins, ends in (
            ("one", (-200.0, 0.0), (250.0, 0.0)),
            ("two", (0.0, -200.0), (0.0, 200.0)),
        )
    )
    alarm = Alarm(
        name="alarm",
        position=PLANE.geo(200.0, 0.0),
        look_s=20.0,
        height=HeightAboveHome(height_m),
        needs=frozenset(("speaker",)),
    )
    first = replace(fleet[0], carries=frozenset(("speaker",)))
    return Situation(drones=(first, fleet[1]), alarms=(alarm,))


def test_who_goes_to_the_alarm_flies_clear_of_who_goes_on() -> None:
    plain = react(crossing(), budget=SHORT)
    answer, near = kept_apart(plain)
    assert plain.route("two").resume.how is How.CONTINUE
    assert answer.route("two") == plain.route("two")
    flights = [
        flight_of(answer.route(drone.name), drone, answer.situation, PLANE)
        for drone in answer.situation.drones
    ]
    before = [
        flight_of(plain.route(drone.name), drone, plain.situation, PLANE)
        for drone in plain.situation.drones
    ]
    assert before[0] is not None
    assert before[1] is not None
    assert flights[0] is not None
    assert flights[1] is not None
    assert conflict_between(before[1], before[0], APART) is not None
    assert conflict_between(flights[1], flights[0], APART) is None
    assert near == ()
    assert "one flies 10 m higher, clear of the others' ways" in answer.sentences
    heights = [divert.height.m for divert in flyable(answer, "one").diverts]
    assert set(heights) == {70.0}


def test_heights_stay_in_bounds_and_what_is_left_is_told() -> None:
    situation = crossing()
    tall = replace(
        situation,
        drones=tuple(replace(one, position=PLANE.geo(0.0, 0.0)) for one in situation.drones),
    )
    answer, near = kept_apart(react(tall, budget=SHORT))
    assert len(near) == 1
    assert any("come within" in said for said in answer.sentences)
    heights = [visit.height.m for route in answer.routes for visit in route.visits]
    assert min(heights) >= LOWEST_M
    assert max(heights) <= HIGHEST_M


@pytest.mark.parametrize("seed", range(6))
def test_times_and_places_of_an_answer_stay_as_they_were(
    seed: int, invent: Callable[..., Situation]
) -> None:
    plain = react(invent(seed=seed), budget=SHORT)
    answer, near = kept_apart(plain)
    for before, after in zip(plain.routes, answer.routes, strict=True):
        assert [visit.arrive_s for visit in before.visits] == [v.arrive_s for v in after.visits]
        assert [visit.position for visit in before.visits] == [v.position for v in after.visits]
    assert answer.cost == plain.cost
    assert all(math.isfinite(one.from_s) for one in near)


def test_who_jumps_after_the_alarm_waits_there_and_does_not_come_back_to_its_leg() -> None:
    situation = crossing()
    first, second = situation.drones
    stops = (
        replace(first.stops[0], name="skipped", item=2, position=PLANE.geo(-150.0, 150.0)),
        replace(first.stops[0], name="kept", item=4, position=PLANE.geo(250.0, 30.0)),
    )
    movable = (replace(stops[0], movable=True), stops[1])
    near_second = replace(second, position=PLANE.geo(-150.0, 160.0), stops=())
    asked = replace(situation, drones=(replace(first, stops=movable), near_second))
    answer = react(asked, budget=Budget(iterations=1000))
    assert answer.route("one").resume.how is How.JUMP
    ready = flyable(answer, "one")
    assert ready.start_item == 4
    assert [divert.come_back_after_s for divert in ready.diverts] == [None] * len(ready.diverts)
    assert ready.diverts[-1].wait_s == situation.alarms[0].look_s
    assert np.sum([divert.wait_s for divert in ready.diverts]) == situation.alarms[0].look_s
