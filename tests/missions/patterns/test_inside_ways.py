"""Shortest ways inside a polygon, against lengths worked by hand."""

import itertools
import math

from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon

from missions.patterns.inside import Inside

SQUARE_WITH_HOLE = Polygon(
    [(0, 0), (100, 0), (100, 100), (0, 100)], [[(40, 40), (60, 40), (60, 60), (40, 60)]]
)
U_SHAPE = Polygon(
    [(0, 0), (100, 0), (100, 100), (60, 100), (60, 20), (40, 20), (40, 100), (0, 100)]
)
IN_SQUARE = st.tuples(st.floats(1.0, 99.0), st.floats(1.0, 99.0))


def length(way: list[tuple[float, float]]) -> float:
    return sum(math.dist(a, b) for a, b in itertools.pairwise(way))


def test_way_round_the_u_bends_at_its_inner_corners() -> None:
    way = Inside(U_SHAPE).route((20.0, 90.0), (80.0, 90.0))
    assert way == [(20.0, 90.0), (40.0, 20.0), (60.0, 20.0), (80.0, 90.0)]


def test_way_past_a_hole_takes_the_nearer_side() -> None:
    way = Inside(SQUARE_WITH_HOLE).route((50.0, 30.0), (55.0, 70.0))
    expected = math.dist((50, 30), (60, 40)) + 20.0 + math.dist((60, 60), (55, 70))
    assert math.isclose(length(way), expected)


@settings(deadline=None)
@given(a=IN_SQUARE, b=IN_SQUARE)
def test_way_never_crosses_the_hole(a: tuple[float, float], b: tuple[float, float]) -> None:
    hole = Polygon(SQUARE_WITH_HOLE.interiors[0])
    free = [p if not hole.covers(Point(p)) else (5.0, 5.0) for p in (a, b)]
    inside = Inside(SQUARE_WITH_HOLE)
    way = inside.route(free[0], free[1])
    assert (way[0], way[-1]) == (free[0], free[1])
    assert LineString(way).intersection(hole.buffer(-0.01)).is_empty
    assert length(way) >= math.dist(free[0], free[1]) - 1e-9


def test_distances_are_symmetric_and_never_below_the_straight_line() -> None:
    points = [(20.0, 90.0), (80.0, 90.0), (50.0, 10.0), (20.0, 10.0)]
    found = Inside(U_SHAPE).distances(points)
    straight = [[math.dist(a, b) for b in points] for a in points]
    assert (found >= [[value - 1e-6 for value in row] for row in straight]).all()
    assert (abs(found - found.T) < 1e-6).all()
    assert math.isclose(found[0, 3], 80.0)
