"""Whole patrols, flown stop by stop: ways, batteries, idleness, intervals, and no rhythm."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from missions.errors import BadInput
from missions.patrol.graph_file import read_patrol_graph
from missions.patrol.plan import PatrolPlan, Stop
from missions.patrol.planner import plan_patrol
from missions.patrol.rhythm import keeps, randomised, stays_of
from missions.patrol.site import Battery, Site

CALM = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
HOURS_S = 8.0 * 3600.0


def invented(seed: int, *, count: int = 12, docks: int = 2, wanted_s: float = np.inf) -> Site:
    chance = np.random.default_rng(seed)
    points = chance.uniform(0.0, 1500.0, (count + docks, 2))
    return Site(
        names=tuple(f"place {i}" for i in range(count)),
        docks=tuple(f"dock {i}" for i in range(docks)),
        way_s=np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)) / 10.0,
        dwell_s=chance.uniform(0.0, 20.0, count),
        weights=chance.choice([1.0, 2.0, 5.0], count),
        revisit_s=np.where(chance.random(count) < 0.4, wanted_s, np.inf),
    )


def plain(plan: PatrolPlan, until_s: float = HOURS_S) -> list[list[Stop]]:
    return [
        list(group.stops_of(drone, until_s=until_s))
        for group in plan.groups
        for drone in group.drones
    ]


def late_by_s(stops: list[Stop], site: Site) -> float:
    """How far any way differs from the time that it takes."""
    return max(
        (
            abs(b.arrive_s - a.leave_s - site.way_s[a.node, b.node])
            for a, b in itertools.pairwise(stops)
        ),
        default=0.0,
    )


def longest_sortie_s(stops: list[Stop], site: Site) -> float:
    docked = [stop for stop in stops if stop.node >= site.count]
    sorties = [b.arrive_s - a.leave_s for a, b in itertools.pairwise(docked)]
    return max(sorties, default=0.0)


@CALM
@given(seed=st.integers(0, 10_000), drones=st.integers(1, 4), count=st.integers(1, 12))
def test_what_a_plan_promises_is_what_its_flight_shows(seed: int, drones: int, count: int) -> None:
    site = invented(seed, count=count)
    battery = Battery(endurance_s=700.0, swap_s=90.0)
    plan = plan_patrol(site, drones=drones, battery=battery, seed=seed)
    flown = plain(plan)
    assert max(late_by_s(stops, site) for stops in flown) < 1e-6
    assert max(longest_sortie_s(stops, site) for stops in flown) <= 700.0 + 1e-6
    stays = stays_of(flown, site)
    assert keeps(stays, plan.gaps_s, from_s=0.0, until_s=HOURS_S - 100.0)
    assert plan.bound_s <= plan.worst_idleness_s
    assert plan.worst_idleness_s == pytest.approx(float((site.weights * plan.gaps_s).max()))


@CALM
@given(seed=st.integers(0, 10_000), drones=st.integers(1, 4), with_battery=st.booleans())
# One of these drones stays at one place.
@example(seed=9743, drones=4, with_battery=False)
def test_a_patrol_by_chance_keeps_every_interval_and_every_battery(
    seed: int, drones: int, with_battery: bool
) -> None:
    site = invented(seed, wanted_s=900.0)
    battery = Battery(endurance_s=900.0, swap_s=60.0) if with_battery else None
    plan = plan_patrol(site, drones=drones, battery=battery, seed=seed)
    timetable = randomised(plan, until_s=HOURS_S, seed=seed, slack=0.4)
    flown = [list(stops) for stops in timetable.drones]
    assert max(late_by_s(stops, site) for stops in flown) < 1e-6
    assert max(longest_sortie_s(stops, site) for stops in flown) <= 900.0 + 1e-6
    stays = stays_of(flown, site)
    assert keeps(stays, timetable.limits_s, from_s=0.0, until_s=HOURS_S - 100.0)
    wanted = np.isfinite(site.revisit_s) & (plan.gaps_s <= site.revisit_s)
    assert (timetable.limits_s[wanted] <= site.revisit_s[wanted]).all()


def test_a_patrol_by_chance_differs_from_seed_to_seed_and_from_lap_to_lap() -> None:
    plan = plan_patrol(invented(3, docks=0), drones=2, seed=1)
    one, same, other = (
        randomised(plan, until_s=HOURS_S, seed=seed, slack=0.5) for seed in (1, 1, 2)
    )
    assert one.drones == same.drones
    assert one.drones != other.drones
    assert one.surprise > 0.2
    orders = [tuple(stop.node for stop in one.drones[0][i : i + 12]) for i in range(0, 120, 12)]
    assert len(set(orders)) > 4


def test_a_timetable_that_breaks_an_interval_is_seen_to_break_it() -> None:
    plan = plan_patrol(invented(3, docks=0), drones=1, seed=1)
    stays = stays_of(plain(plan), plan.site)
    assert keeps(stays, plan.gaps_s, from_s=0.0, until_s=HOURS_S - 100.0)
    assert not keeps(stays, plan.gaps_s * 0.99, from_s=0.0, until_s=HOURS_S - 100.0)


def test_intervals_that_cannot_be_met_name_the_fewest_drones_that_could() -> None:
    site = invented(5, docks=0, wanted_s=150.0)
    plan = plan_patrol(site, drones=1, seed=1)
    assert plan.worst_ratio > 1.0
    assert plan.ratio_bound <= plan.worst_ratio
    assert plan.fewest_drones is not None
    assert 1 <= plan.drones_needed <= plan.fewest_drones
    enough = plan_patrol(site, drones=plan.fewest_drones, seed=1)
    assert enough.worst_ratio <= 1.0 + 1e-9
    fewer = plan_patrol(site, drones=plan.fewest_drones - 1, seed=1)
    assert fewer.worst_ratio > 1.0


def test_intervals_are_kept_where_the_least_idleness_would_miss_them() -> None:
    site = invented(11, docks=0, wanted_s=400.0)
    plan = plan_patrol(site, drones=2, seed=1)
    assert plan.worst_ratio <= 1.0 + 1e-9


def test_a_place_beyond_the_battery_is_named() -> None:
    with pytest.raises(BadInput, match=r"place \d+: there and back take"):
        plan_patrol(invented(1), drones=1, battery=Battery(endurance_s=40.0))


def test_a_battery_without_a_dock_is_refused() -> None:
    with pytest.raises(BadInput, match="no dock"):
        plan_patrol(invented(1, docks=0), drones=1, battery=Battery(endurance_s=900.0))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "ends where the count of vertices"),
        ("2 9 9 0.1 0 0 0 1 1 1 5 N 3", "line 1: 5 instead of a neighbour"),
        ("1 9 9 nan 0 0", "line 1: 'nan' instead of metres a pixel"),
        ("2 9 9 1 0 0\n1 1 1 0", "line 2: vertex 1 where 0 comes next"),
        ("1 9 9 1 0 0\n0 1 1 0\n7", "line 3: more than the vertices"),
    ],
)
def test_a_broken_graph_is_refused_by_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "broken.graph"
    path.write_text(text)
    with pytest.raises(BadInput, match=said):
        read_patrol_graph(path)


@pytest.mark.shared_data
def test_the_public_graphs_are_patrolled_no_worse_than_evenly_on_one_tour(
    shared_data: Path,
) -> None:
    graph = read_patrol_graph(shared_data / "patrol-graphs" / "DIAG_labs.graph")
    alone = plan_patrol(graph.site(), drones=1)
    three = plan_patrol(graph.site(), drones=3)
    assert alone.worst_idleness_s == pytest.approx(154.9)
    assert three.worst_idleness_s < 0.97 * alone.worst_idleness_s / 3.0
