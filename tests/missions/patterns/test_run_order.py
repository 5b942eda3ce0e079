"""The order of runs against all orders, and that no run is lost or doubled."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.patterns.run_order import best_order

Runs = list[tuple[tuple[float, float], tuple[float, float]]]
POINT = st.tuples(st.floats(-500, 500), st.floats(-500, 500))


def way_m(runs: np.ndarray, order: list[tuple[int, bool]], *, returns: bool) -> float:
    at, total = np.zeros(2), 0.0
    for index, backwards in order:
        first, last = runs[index][::-1] if backwards else runs[index]
        total += float(np.hypot(*(first - at)))
        at = last
    return total + (float(np.hypot(*at)) if returns else 0.0)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(POINT, POINT), min_size=1, max_size=5), st.booleans())
def test_few_runs_are_joined_as_short_as_can_be(drawn: Runs, returns: bool) -> None:
    runs = np.array(drawn)
    order = best_order(runs[:, 0], runs[:, 1], start=np.zeros(2), returns=returns)
    best = min(
        way_m(runs, list(zip(indices, flips, strict=True)), returns=returns)
        for indices in itertools.permutations(range(len(runs)))
        for flips in itertools.product((False, True), repeat=len(runs))
    )
    assert way_m(runs, order, returns=returns) <= best + 1e-6


@settings(deadline=None, max_examples=20)
@given(st.lists(st.tuples(POINT, POINT), min_size=1, max_size=60), st.booleans())
def test_every_run_is_flown_once(drawn: Runs, from_start: bool) -> None:
    runs = np.array(drawn)
    start = np.zeros(2) if from_start else None
    order = best_order(runs[:, 0], runs[:, 1], start=start)
    assert sorted(index for index, _ in order) == list(range(len(runs)))
    assert order == best_order(runs[:, 0], runs[:, 1], start=start)
