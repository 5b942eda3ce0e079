"""Bounds that no plan may beat, held against plans that are known to be best."""

import itertools
import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.fleet.bounds import level, tree_bound

spots = st.lists(
    st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=2, max_size=6, unique=True
)


def distances(points: list[tuple[int, int]]) -> npt.NDArray[np.float64]:
    """Metres between all of some points."""
    placed = np.array(points, dtype=np.float64)
    away = placed[:, None] - placed[None, :]
    return np.asarray(np.hypot(away[..., 0], away[..., 1]))


def best_total(points: list[tuple[int, int]], tours: int) -> float:
    """The shortest way in all by up to so many closed tours from the first point: every order of
    the others, cut at every set of places."""
    gaps = distances(points)
    least = math.inf
    for order in itertools.permutations(range(1, len(points))):
        for count in range(min(tours, len(order))):
            for cuts in itertools.combinations(range(1, len(order)), count):
                ends = [0, *cuts, len(order)]
                parts = [order[a:b] for a, b in itertools.pairwise(ends)]
                ways = [(0, *part, 0) for part in parts]
                whole = sum(gaps[a, b] for way in ways for a, b in itertools.pairwise(way))
                least = min(least, float(whole))
    return least


@settings(max_examples=40, deadline=None)
@given(points=spots, tours=st.integers(1, 3))
def test_a_tree_is_never_longer_than_the_best_tours(
    points: list[tuple[int, int]], tours: int
) -> None:
    gaps = distances(points)
    bound = tree_bound(gaps[1:, 1:], gaps[0, 1:])
    assert bound <= best_total(points, tours) + 1e-6


def test_the_bound_of_a_circle_is_its_round() -> None:
    turn = np.linspace(0.0, 2.0 * np.pi, 13)[:-1]
    points = np.column_stack((np.cos(turn), np.sin(turn))) * 100.0
    gaps = np.hypot(*(points[:, None] - points[None, :]).transpose(2, 0, 1))
    bound = tree_bound(gaps[1:, 1:], gaps[0, 1:])
    assert bound == pytest.approx(12 * gaps[0, 1], rel=1e-3)


def test_work_rises_like_water_over_steps() -> None:
    # The first works alone for ten seconds, then both: 10 + 2 * 5.
    assert level(np.array([0.0, 10.0]), np.ones(2), 20.0) == pytest.approx(15.0)
    assert level(np.array([0.0, 100.0]), np.ones(2), 20.0) == pytest.approx(20.0)
    assert level(np.array([5.0, 5.0]), np.array([1.0, 3.0]), 8.0) == pytest.approx(7.0)
