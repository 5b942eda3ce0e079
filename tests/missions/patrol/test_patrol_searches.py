"""The searches against brute force on small sites, and the bounds against the searches."""

import itertools
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from missions.patrol.bound import closed_tour_bound, idleness_bound_s
from missions.patrol.search import LapSearch, groupings
from missions.patrol.site import Battery, Site

Floats = npt.NDArray[np.float64]
CALM = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def site_of(points: Floats, docks: int = 0, **known: Any) -> Site:
    """Places and, last, docks in a plane, flown at 1 m/s."""
    count = len(points) - docks
    ways = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    return Site(
        names=tuple(f"place {i}" for i in range(count)),
        docks=tuple(f"dock {i}" for i in range(docks)),
        way_s=ways,
        dwell_s=known.get("dwell_s", np.zeros(count)),
        weights=known.get("weights", np.ones(count)),
        revisit_s=known.get("revisit_s", np.full(count, np.inf)),
    )


def random_site(seed: int, count: int) -> Site:
    return site_of(np.random.default_rng(seed).uniform(0.0, 1000.0, (count, 2)))


def shortest_tour_s(gaps: Floats, places: tuple[int, ...]) -> float:
    """By trying every order."""
    orders = itertools.permutations(places[1:])
    tours = [(*places[:1], *order) for order in orders]
    return min(
        sum(gaps[a, b] for a, b in zip(tour, (*tour[1:], *tour[:1]), strict=True)) for tour in tours
    )


def best_cyclic_s(gaps: Floats, drones: int) -> float:
    """The best worst idleness of all cyclic patrols, by trying every deal of the places."""
    count = len(gaps)
    subsets = [
        tuple(each for each in range(count) if mask >> each & 1) for mask in range(1 << count)
    ]
    tours = [shortest_tour_s(gaps, subset) if subset else 0.0 for subset in subsets]
    found = np.inf
    for grouping in groupings(drones, count):
        for deal in itertools.product(range(len(grouping)), repeat=count):
            masks = [sum(1 << i for i in range(count) if deal[i] == g) for g in set(deal)]
            worst = max(
                tours[mask] / grouping[group] for mask, group in zip(masks, set(deal), strict=True)
            )
            found = min(found, worst)
    return float(found)


@CALM
@given(seed=st.integers(0, 10_000), count=st.integers(1, 7))
def test_one_drone_flies_the_shortest_tour_of_all_orders(seed: int, count: int) -> None:
    site = random_site(seed, count)
    found = LapSearch(site, None, seed).search(1, site.urgency())
    assert found.worst == pytest.approx(shortest_tour_s(site.gaps_s(), tuple(range(count))))


@pytest.mark.parametrize("drones", [2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_several_drones_are_as_good_as_the_best_of_all_cyclic_patrols(
    seed: int, drones: int
) -> None:
    site = random_site(seed, 6)
    found = LapSearch(site, None, seed).search(drones, site.urgency())
    assert found.worst == pytest.approx(best_cyclic_s(site.gaps_s(), drones))


@CALM
@given(seed=st.integers(0, 10_000), count=st.integers(3, 8))
def test_held_and_karps_bound_is_below_the_shortest_tour_and_near(seed: int, count: int) -> None:
    gaps = random_site(seed, count).gaps_s()
    tour_s = shortest_tour_s(gaps, tuple(range(count))) if count < 8 else np.inf
    assert closed_tour_bound(gaps) <= tour_s * (1.0 + 1e-9)
    assert closed_tour_bound(gaps) >= 0.8 * min(tour_s, 2.0 * gaps.max())


@CALM
@given(
    seed=st.integers(0, 10_000),
    count=st.integers(1, 14),
    drones=st.integers(1, 6),
    heaviest=st.sampled_from([1.0, 3.0, 20.0]),
)
def test_no_patrol_that_is_found_is_below_the_bound(
    seed: int, count: int, drones: int, heaviest: float
) -> None:
    chance = np.random.default_rng(seed)
    points = chance.uniform(0.0, 1000.0, (count, 2)) * chance.choice([1.0, 0.05], (count, 1))
    site = site_of(
        points,
        weights=chance.choice([1.0, heaviest], count),
        dwell_s=chance.uniform(0.0, 30.0, count),
    )
    found = LapSearch(site, None, seed).search(drones, site.urgency())
    assert idleness_bound_s(site, drones) <= found.worst * (1.0 + 1e-9)


@CALM
@given(seed=st.integers(0, 10_000), count=st.integers(1, 10), drones=st.integers(1, 4))
def test_no_patrol_with_batteries_is_below_the_bound(seed: int, count: int, drones: int) -> None:
    points = np.random.default_rng(seed).uniform(0.0, 1000.0, (count + 2, 2))
    site = site_of(points, docks=2)
    battery = Battery(endurance_s=3000.0, swap_s=60.0, charge_s=600.0)
    found = LapSearch(site, battery, seed).search(drones, site.urgency())
    assert idleness_bound_s(site, drones, battery) <= found.worst * (1.0 + 1e-9)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(3, 6))
def test_the_bound_for_two_is_below_the_best_of_all_deals(seed: int, count: int) -> None:
    chance = np.random.default_rng(seed)
    points = chance.uniform(0.0, 1000.0, (count, 2)) * chance.choice([1.0, 0.03], (count, 1))
    site = site_of(points, dwell_s=chance.uniform(0.0, 60.0, count))
    assert idleness_bound_s(site, 2) <= best_cyclic_s(site.gaps_s(), 2) * (1.0 + 1e-9)


def test_an_urgent_place_is_seen_several_times_a_lap() -> None:
    """20 places on a ring and one in its middle, ten times as urgent."""
    turn = np.linspace(0.0, 2.0 * np.pi, 20, endpoint=False)
    ring = np.column_stack((np.cos(turn), np.sin(turn))) * 100.0
    site = site_of(np.vstack((ring, [[0.0, 0.0]])), weights=np.array([1.0] * 20 + [10.0]))
    found = LapSearch(site, None, 1).search(1, site.urgency())
    assert found.orders[0].count(20) >= 4
    assert found.worst < 0.6 * 10.0 * shortest_ring_s()


def shortest_ring_s() -> float:
    return 19.0 * 2.0 * 100.0 * float(np.sin(np.pi / 20.0)) + 200.0


def test_the_same_seed_gives_the_same_laps_and_never_depends_on_what_was_planned_before() -> None:
    site = random_site(3, 12)
    first = LapSearch(site, None, 5).search(3, site.urgency())
    LapSearch(random_site(4, 9), None, 6).search(2, np.ones(9))
    assert LapSearch(site, None, 5).search(3, site.urgency()) == first
