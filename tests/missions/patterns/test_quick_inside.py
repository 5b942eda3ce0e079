"""Compiled ways inside a polygon, held against those found without kernels and by shapely."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from missions.patterns.inside import Inside
from missions.patterns.sweep.quick_inside import SEARCHED_FOR, QuickInside

HOLES = [(20.0, 20.0), (60.0, 25.0), (30.0, 70.0), (75.0, 75.0)]


def holed(turn: float) -> Polygon:
    """A square with four holes, turned."""
    square = box(0.0, 0.0, 100.0, 100.0)
    for spot in HOLES:
        square = square.difference(Point(spot).buffer(12.0 + 4.0 * math.sin(turn), quad_segs=2))
    assert isinstance(square, Polygon)
    return square


def spots_in(polygon: Polygon, count: int, seed: int) -> list[tuple[float, float]]:
    """Places inside."""
    drawn = np.random.default_rng(seed).uniform(1.0, 99.0, (20 * count, 2))
    inner = [(float(x), float(y)) for x, y in drawn if polygon.contains(Point(x, y))]
    return inner[:count]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), turn=st.floats(0.0, 6.0))
def test_ways_stay_inside_and_are_no_longer_than_those_found_without_kernels(
    seed: int, turn: float
) -> None:
    polygon = holed(turn)
    quick, plain = QuickInside(polygon), Inside(polygon)
    places = spots_in(polygon, 8, seed)
    assume(len(places) == 8)
    tolerant = polygon.buffer(0.01)
    for a, b in zip(places[:4], places[4:], strict=True):
        way, other = LineString(quick.route(a, b)), LineString(plain.route(a, b))
        assert tolerant.covers(way)
        assert way.coords[0] == a
        assert way.coords[-1] == b
        assert way.length == pytest.approx(other.length, rel=1e-9)
        assert quick.sees(a, b) == plain.sees(a, b)
    assert quick.distances(places) == pytest.approx(plain.distances(places), rel=1e-9)


def test_ways_between_very_many_places_are_right_where_near_and_sensible_where_far() -> None:
    polygon = holed(0.0)
    places = spots_in(polygon, 3 * SEARCHED_FOR, 5)
    found, right = QuickInside(polygon).distances(places), Inside(polygon).distances(places)
    straight = np.hypot(*(np.array(places)[:, None] - np.array(places)[None]).transpose(2, 0, 1))
    near = np.argsort(right, axis=1)[:, : SEARCHED_FOR // 4]
    rows = np.arange(len(places))[:, None]
    assert found[rows, near] == pytest.approx(right[rows, near], rel=1e-9)
    assert (found >= straight - 1e-9).all()
    assert (found <= 1.5 * right + 1e-9).all()
    assert np.median(found / np.maximum(right, 1e-9)) < 1.3
    assert (found == found.T).all()


def test_places_in_one_triangle_are_joined_straight() -> None:
    quick = QuickInside(Polygon([(0.0, 0.0), (10.0, 0.0), (0.0, 10.0)]))
    assert quick.route((1.0, 1.0), (2.0, 3.0)) == [(1.0, 1.0), (2.0, 3.0)]
    assert quick.distances([(1.0, 1.0), (2.0, 3.0)])[0, 1] == pytest.approx(math.sqrt(5.0))


def test_teeth_are_gone_round_by_their_foot() -> None:
    teeth = MultiPolygon([box(15.0 * i, -1.0, 15.0 * i + 10.0, 200.0) for i in range(40)])
    comb = teeth.union(box(0.0, -20.0, 600.0, 0.0))
    assert isinstance(comb, Polygon)
    way = LineString(QuickInside(comb).route((5.0, 190.0), (20.0, 190.0)))
    assert way.length == pytest.approx(
        LineString(Inside(comb).route((5.0, 190.0), (20.0, 190.0))).length
    )
    assert way.length > 380.0
