"""Whatever the situation: no zone is entered, reserves are kept, no stop is forgotten."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise, permutations, product

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from missions.area import Area
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.path import PathPoint, PatrolPath
from missions.reaction.answer import Reaction
from missions.reaction.budget import Budget
from missions.reaction.kernels.routes import Work
from missions.reaction.question import question_of
from missions.reaction.react import react, reactions
from missions.reaction.situation import RunningDrone, Situation
from missions.reaction.travel import Theatre
from missions.time_model import path_time_s
from missions.wind import Wind

PLANE = LocalPlane(GeoPoint(latitude_deg=44.85, longitude_deg=65.5))
SOME = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
SHORT = Budget(iterations=300)
Invent = Callable[..., Situation]
Legs = Callable[[Reaction], list[tuple[str, shapely.LineString]]]
SITUATIONS = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 10**6),
        "drones": st.integers(1, 5),
        "stops": st.integers(0, 25),
        "zones": st.integers(0, 8),
        "alarms": st.integers(0, 3),
        "tight": st.sampled_from([0.4, 0.8, 1.2]),
        "wind": st.builds(
            Wind,
            speed_m_s=st.sampled_from([0.0, 4.0, 8.0]),
            from_rad=st.floats(0.0, 6.28),
        ),
    }
)


@SOME
@given(asked=SITUATIONS)
def test_no_leg_enters_a_no_fly_zone(
    invent: Invent, flown_legs: Legs, asked: dict[str, object]
) -> None:
    situation = invent(**asked)
    zones = shapely.union_all([zone.polygon(PLANE) for zone in situation.no_fly])
    for answer in reactions(situation, budget=SHORT):
        assert not [leg for _, leg in flown_legs(answer) if leg.intersects(zones)]


@SOME
@given(asked=SITUATIONS)
def test_every_drone_with_anything_to_do_lands_with_its_reserve(
    invent: Invent, asked: dict[str, object]
) -> None:
    situation = invent(**asked)
    for answer in reactions(situation, budget=SHORT):
        busy = [route for route in answer.routes if route.visits]
        assert all(route.spare_s >= -1e-6 for route in busy)


@SOME
@given(asked=SITUATIONS)
def test_every_stop_is_done_once_or_named_as_undone(
    invent: Invent, asked: dict[str, object]
) -> None:
    situation = invent(**asked)
    for answer in reactions(situation, budget=SHORT):
        done = [visit.task.name for route in answer.routes for visit in route.visits]
        done += [each.stop.name for each in answer.undone]
        done += [alarm.alarm for alarm in answer.alarms if alarm.drone is None]
        names = [stop.name for stop, _ in situation.stops()]
        names += [alarm.name for alarm in situation.alarms]
        assert Counter(done) == Counter(names)


@SOME
@given(asked=SITUATIONS, seed=st.integers(0, 99))
def test_the_same_seed_and_iterations_answer_the_same(
    invent: Invent, asked: dict[str, object], seed: int
) -> None:
    situation = invent(**asked)
    first = react(situation, budget=SHORT, seed=seed)
    assert react(situation, budget=SHORT, seed=seed, theatre=Theatre(situation)) == first


@SOME
@given(asked=SITUATIONS)
def test_answers_only_get_better_and_alarms_do_not_wait_longer_than_the_patience(
    invent: Invent, asked: dict[str, object]
) -> None:
    situation = invent(**asked)
    costs = [answer.cost for answer in reactions(situation, budget=SHORT)]
    totals = [cost.total_s for cost in costs]
    assert all(b <= a + 1e-6 for a, b in pairwise(totals))
    patience_s = situation.aims.patience_s * sum(alarm.urgency for alarm in situation.alarms)
    assert abs(costs[-1].alarms_s - costs[0].alarms_s) <= patience_s * len(situation.drones) + 1e-6


@SOME
@given(asked=SITUATIONS)
def test_no_drone_is_given_what_it_cannot_carry_out(
    invent: Invent, asked: dict[str, object]
) -> None:
    situation = invent(**asked)
    wants = frozenset(("speaker",))
    alarms = tuple(replace(alarm, needs=wants) for alarm in situation.alarms)
    answer = react(replace(situation, alarms=alarms), budget=SHORT)
    assert "drone 0" not in [alarm.drone for alarm in answer.alarms]
    said = [each.reason for each in answer.refusals if each.drone == "drone 0"]
    assert said == ["it carries no speaker"] * len(alarms)


@SOME
@given(asked=SITUATIONS)
def test_no_leg_leaves_a_fence(invent: Invent, flown_legs: Legs, asked: dict[str, object]) -> None:
    situation = invent(**asked)
    # A room with a bay cut into it: shortest ways outside would be straight.
    corners = ((-100, -100), (1600, -100), (1600, 1600), (800, 500), (-100, 1600))
    fence = Area(outer=tuple(PLANE.geo(*corner) for corner in corners))
    room = shapely.Polygon(corners)
    shapely.prepare(room)
    inside = [drone for drone in situation.drones if _within(room, drone)]
    fenced = tuple(replace(drone, fence=fence) for drone in inside)
    assume(fenced)
    answer = react(replace(situation, drones=fenced), budget=SHORT)
    assert not [leg for _, leg in flown_legs(answer) if not room.buffer(0.05).covers(leg)]


def _within(room: shapely.Polygon, drone: RunningDrone) -> bool:
    places = (drone.position, drone.landings[0].position)
    return all(room.contains(shapely.Point(*PLANE.en(place))) for place in places)


@SOME
@given(asked=SITUATIONS)
def test_ways_are_promised_no_sooner_than_the_time_model_flies_them(
    invent: Invent, asked: dict[str, object]
) -> None:
    situation = invent(**{**asked, "wind": Wind(speed_m_s=0.0, from_rad=0.0)})
    still = tuple(replace(drone, speed_m_s=0.0) for drone in situation.drones)
    answer = react(replace(situation, drones=still), budget=SHORT)
    for drone, route in zip(still, answer.routes, strict=True):
        at, left_s, height = drone.position, drone.free_from_s * (not drone.flying), drone.height
        for visit in route.visits:
            places = (at, *visit.via, visit.position)
            points = tuple(
                PathPoint(position=place, height=HeightAboveHome(60.0)) for place in places
            )
            path = PatrolPath(pattern="way", points=points)
            flown_s = path_time_s(path, drone.vehicle, speed_m_s=drone.vehicle.cruise_speed_m_s)
            climb_s = (60.0 - height.m) / drone.vehicle.climb_speed_m_s
            assert visit.arrive_s >= left_s + flown_s + climb_s - 1e-3
            at, left_s, height = visit.leaves_at, visit.leave_s, HeightAboveHome(60.0)


def test_one_alarm_is_reached_as_soon_as_any_drone_could(invent: Invent) -> None:
    for seed in range(20):
        situation = invent(seed, drones=4)
        answer = react(situation, budget=SHORT)
        others = [each.arrive_s for each in answer.refusals if each.arrive_s is not None]
        best = min([answer.alarms[0].arrive_s or np.inf, *others])
        assert (answer.alarms[0].arrive_s or np.inf) <= best + 2.0 * situation.aims.patience_s


@pytest.mark.parametrize("alarms", [2, 3])
def test_several_alarms_wait_as_little_as_the_best_of_all_orders(
    invent: Invent, alarms: int
) -> None:
    for seed in range(6):
        situation = invent(seed, drones=3, stops=0, alarms=alarms, tight=1.5)
        question = question_of(situation, Theatre(situation))
        work = question.work
        best = np.inf
        for order in permutations(range(alarms)):
            for who in product(range(3), repeat=alarms):
                best = min(best, _waited(situation, work, order, who))
        found = react(situation, budget=SHORT).cost.alarms_s
        assert found <= best + 1e-3


def _waited(
    situation: Situation, work: Work, order: tuple[int, ...], who: tuple[int, ...]
) -> float:
    """The urgency-weighted wait if alarms are served in an order by these drones."""
    waited, at = 0.0, {}
    for alarm, drone in zip(order, who, strict=True):
        now, used, last = at.get(drone, (float(work.ready[drone]), 0.0, -1))
        go = work.start[drone, alarm] if last < 0 else work.go[0, last, alarm]
        now, used = now + go, used + go
        waited += situation.alarms[alarm].urgency * now
        now, used = now + work.serve[0, alarm], used + work.serve[0, alarm]
        at[drone] = (now, used, alarm)
    for drone, (_, used, last) in at.items():
        if used + work.home_e[drone, last] > work.budget[drone]:
            return np.inf
    return waited
