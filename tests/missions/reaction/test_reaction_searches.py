"""The numbers below an answer: ways against geometry done otherwise, routes against all orders."""

import itertools
import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from missions.geodesy import GeoPoint, LocalPlane
from missions.patterns.inside import Inside
from missions.reaction.aims import Aims
from missions.reaction.budget import Budget
from missions.reaction.ground import Ground
from missions.reaction.kernels.compiled import NEVER
from missions.reaction.kernels.ways import Motion
from missions.reaction.question import Question, question_of
from missions.reaction.react import react
from missions.reaction.search import promised_by
from missions.reaction.situation import Situation
from missions.reaction.travel import Nodes, Theatre, Ways
from missions.vehicle import Vehicle
from missions.wind import Wind
from missions.wind_triangle import flown_ground_speed_m_s

PLANE = LocalPlane(GeoPoint(latitude_deg=44.85, longitude_deg=65.5))
SOME = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
Invent = Callable[..., Situation]
# A vehicle that never stops to turn, so that seconds are metres.
METRES = Motion(1.0, 100.0, 1.0, False, 0.0, 0.0, 1.0, 0.0, 1e9, 1e9)


def nodes(ground: Ground, points: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> Nodes:
    at = ground.settled(points, np.zeros(len(points)))
    return Nodes(at=at, sees=ground.sees(at))


@SOME
@given(seed=st.integers(0, 10**6), zones=st.integers(1, 8))
def test_ways_round_zones_are_as_short_as_a_triangulation_finds(
    invent: Invent, seed: int, zones: int
) -> None:
    no_fly = invent(seed, zones=zones).no_fly
    ground = Ground(PLANE, no_fly, None, 10.0, shapely.box(-9e3, -9e3, 9e3, 9e3))
    grown = shapely.union_all(
        [zone.polygon(PLANE).buffer(10.0, join_style="mitre", mitre_limit=1.5) for zone in no_fly]
    )
    # Wide enough that no shortest way would leave it.
    room = shapely.box(-3000.0, -3000.0, 4500.0, 4500.0).difference(grown)
    inside = Inside(max(shapely.get_parts(room), key=lambda part: part.area))
    tries = np.random.default_rng(seed).uniform(0.0, 1500.0, (60, 2))
    points = tries[shapely.contains_xy(inside.polygon, tries)][:8]
    seconds, _ = Ways(ground, METRES).between(nodes(ground, points), nodes(ground, points))
    for i, j in itertools.combinations(range(len(points)), 2):
        other = inside.route(tuple(points[i]), tuple(points[j]))
        length_m = sum(math.dist(a, b) for a, b in itertools.pairwise(other))
        straight_m = math.dist(points[i], points[j])
        # The walls stand 0.1 m inside of the grown zones: a little may be saved at every corner.
        assert straight_m - 1e-6 <= seconds[i, j] <= length_m + 1e-6


@SOME
@given(
    bearing=st.floats(0.0, 6.28),
    speed=st.floats(0.0, 14.0),
    blows=st.floats(0.0, 6.28),
    winged=st.booleans(),
)
def test_legs_in_the_wind_take_what_the_wind_triangle_says(
    invent: Invent, bearing: float, speed: float, blows: float, winged: bool
) -> None:
    wing = {"kind": "fixed_wing", "min_airspeed_m_s": 8.0, "turn_radius_m": 30.0} if winged else {}
    vehicle = Vehicle.model_validate({"name": "flyer", "cruise_speed_m_s": 12.0, **wing})
    wind = Wind(speed_m_s=speed, from_rad=blows)
    drone = replace(invent(1).drones[0], vehicle=vehicle, speed_m_s=0.0, flying=True)
    situation = Situation(drones=(drone,), wind=wind)
    ways = next(iter(Theatre(situation).kinds.values())).ways
    ends = np.array([[0.0, 0.0], [3000.0 * math.sin(bearing), 3000.0 * math.cos(bearing)]])
    both = nodes(ways.ground, ends)
    seconds, battery = ways.between(both, both)
    held = flown_ground_speed_m_s(bearing, 12.0, vehicle, wind)
    if held is None or held < 0.5:
        assert seconds[0, 1] >= NEVER
    else:
        assert seconds[0, 1] == pytest.approx(3000.0 / held + ways.motion.stop_s, rel=1e-9)
        assert battery[0, 1] >= seconds[0, 1] - 1e-9


def total_of(question: Question, orders: tuple[tuple[int, ...], ...]) -> float:
    """What orders cost by the words of `Aims`, worked out anew; infinite beyond a battery."""
    work, situation = question.work, question.situation
    promised = promised_by(question)
    stops = [stop for stop, _ in situation.stops()]
    late = flown = last = hands = 0.0
    for at, order in enumerate(orders):
        now, used, before = float(work.ready[at]), 0.0, -1
        for task in order:
            now += work.start[at, task] if before < 0 else work.go[0, before, task]
            used += work.start_e[at, task] if before < 0 else work.go_e[0, before, task]
            late += stops[task].weight * max(0.0, now - promised[task])
            hands += situation.stops()[task][1] != at
            now, used = now + work.serve[0, task], used + work.serve_e[0, task]
            before = task
        end = now + work.home[at, before] if order else float(work.idle[at])
        used += work.home_e[at, before] if order else 0.0
        if order and used > work.budget[at]:
            return math.inf
        flown += end - (float(work.ready[at]) if order else 0.0)
        last = max(last, end)
    done = {task for order in orders for task in order}
    left = sum(stop.weight for task, stop in enumerate(stops) if task not in done)
    weights = sum(stop.weight for stop in stops)
    rest = late / weights + last + flown / len(orders)
    return rest + situation.aims.handover_s * hands + situation.aims.undone_s * left


def all_orders(tasks: int) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Every way to deal tasks to two drones in every order, some of them to nobody."""
    found = []
    for order in itertools.permutations(range(tasks)):
        for cut in range(tasks + 1):
            for end in range(cut, tasks + 1):
                if list(order[end:]) == sorted(order[end:]):
                    found.append((order[:cut], order[cut:end]))
    return found


@pytest.mark.parametrize("tight", [0.5, 0.75, 1.5])
def test_few_stops_are_dealt_as_well_as_the_best_of_all_ways(invent: Invent, tight: float) -> None:
    orders = all_orders(5)
    for seed in range(4):
        situation = invent(seed, drones=2, stops=5, zones=2, alarms=0, tight=tight)
        question = question_of(situation, Theatre(situation))
        best = min(total_of(question, each) for each in orders)
        answer = react(situation, budget=Budget(iterations=3000))
        assert answer.cost.total_s == pytest.approx(best, abs=1e-3)


def test_more_thinking_mends_a_bad_running_plan(invent: Invent) -> None:
    situation = invent(5, drones=4, stops=60, zones=4, tight=2.0)
    first, later = (react(situation, budget=Budget(iterations=n)).cost for n in (0, 5000))
    assert later.alarms_s <= first.alarms_s + situation.aims.patience_s
    assert later.total_s < 0.8 * first.total_s


def test_a_theatre_from_before_the_alarm_answers_as_one_made_for_it(invent: Invent) -> None:
    situation = invent(7, drones=3, stops=20)
    before = Theatre(replace(situation, alarms=()))
    fewer = replace(
        situation,
        drones=tuple(replace(drone, stops=drone.stops[2:]) for drone in situation.drones),
    )
    assert before.fits(fewer)
    one, other = (
        react(fewer, budget=Budget(iterations=200), theatre=known) for known in (before, None)
    )
    assert [route.visits for route in one.routes] != []
    assert one.cost.total_s == pytest.approx(other.cost.total_s, rel=1e-6)


def test_a_theatre_of_another_ground_is_not_believed(invent: Invent) -> None:
    situation = invent(8)
    assert not Theatre(replace(situation, no_fly=())).fits(situation)
    assert not Theatre(situation).fits(replace(situation, wind=Wind(speed_m_s=1.0, from_rad=0.0)))


def test_time_that_has_run_out_still_gives_the_first_plan(invent: Invent) -> None:
    answer = react(invent(9), budget=Budget(seconds=0.0))
    assert answer.alarms[0].drone is not None
    assert answer.iterations == 0


def test_handovers_are_dearer_where_asked(invent: Invent) -> None:
    situation = invent(5, drones=4, stops=40, tight=2.0, alarms=0)
    dear = replace(situation, aims=Aims(handover_s=1e4))
    answer = react(dear, budget=Budget(iterations=2000))
    assert [route.taken_over for route in answer.routes] == [(), (), (), ()]
