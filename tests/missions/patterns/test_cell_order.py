"""The order of a sweep's cells, against every order there is; pieces left unseen, against scipy."""

import itertools
import math

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from shapely.geometry import box

from missions.patterns.inside import Inside, Point
from missions.patterns.sweep.order import best_order_among
from missions.patterns.sweep.raster import Raster

Array = npt.NDArray[np.float64]

GROUND = box(0.0, 0.0, 1000.0, 1000.0)
PLACES = st.tuples(st.integers(0, 1000), st.integers(0, 1000))
RUNS = st.lists(st.tuples(PLACES, PLACES), min_size=4, max_size=6, unique=True)


def variants_of(runs: list[tuple[tuple[int, int], tuple[int, int]]]) -> list[list[list[Point]]]:
    """Each run from one end to the other and back, twice: four variants."""
    ways = [[(float(x), float(y)) for x, y in (first, last)] for first, last in runs]
    return [[way, way[::-1], way, way[::-1]] for way in ways]


def seconds(metres: float) -> float:
    """From standstill to standstill at 10 m/s and 3 m/s2."""
    ramps = 100.0 / 3.0
    return 2.0 * math.sqrt(min(metres, ramps) / 3.0) + max(metres - ramps, 0.0) / 10.0


def cost(variants: list[list[list[Point]]], order: list[tuple[int, int]]) -> float:
    flown = [variants[cell][variant] for cell, variant in order]
    return sum(seconds(math.dist(a[-1], b[0])) for a, b in itertools.pairwise(flown))


def least_cost(variants: list[list[list[Point]]]) -> float:
    cells = range(len(variants))
    return min(
        cost(variants, list(zip(order, ways, strict=True)))
        for order in itertools.permutations(cells)
        if order[0] < order[-1]
        for ways in itertools.product((0, 1), repeat=len(variants))
    )


@given(RUNS)
@settings(max_examples=15, deadline=None)
def test_few_cells_are_flown_in_the_best_order_of_all(
    runs: list[tuple[tuple[int, int], tuple[int, int]]],
) -> None:
    variants = variants_of(runs)
    order = best_order_among(variants, Inside(GROUND), None, speed_m_s=10.0, acceleration_m_s2=3.0)
    assert sorted(cell for cell, _ in order) == list(range(len(runs)))
    assert cost(variants, order) <= least_cost(variants) + 1e-6


def test_two_hundred_cells_in_rows_are_flown_row_by_row() -> None:
    places = [(50.0 * (i % 20), 100.0 * (i // 20)) for i in range(200)]
    drawn = [places[i] for i in np.random.default_rng(3).permutation(200)]
    ways = [[[place]] * 4 for place in drawn]
    order = best_order_among(ways, Inside(GROUND), None, speed_m_s=10.0, acceleration_m_s2=3.0)
    rows_of_neighbours = 190 * seconds(50.0) + 9 * seconds(100.0)
    assert sorted(cell for cell, _ in order) == list(range(200))
    assert cost(ways, order) <= 1.1 * rows_of_neighbours


@given(st.lists(PLACES, min_size=2, max_size=6, unique=True))
@settings(max_examples=30, deadline=None)
def test_unseen_pieces_are_those_that_touch_at_sides_or_corners(
    corners: list[tuple[int, int]],
) -> None:
    raster = Raster.of(GROUND, swath_m=120.0, cells_a_swath=5.0, turn_rad=0.4)
    way: Array = np.array(corners, dtype=np.float64)
    pieces = raster.unseen_pieces(way)
    raster.part_seen(way)
    _, count = ndimage.label(raster.ground.times == 0, np.ones((3, 3), np.int8))
    sizes = [len(piece) for piece in pieces]
    assert len(pieces) == count
    assert sizes == sorted(sizes, reverse=True)
    assert sum(sizes) == int((raster.ground.times == 0).sum())
