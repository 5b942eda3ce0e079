"""Lines cut by their crossings with edges, against GEOS."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, Polygon, box

from missions.patterns.sweep.level_lines import LevelLines, without

SHAPE = shapely.union_all(
    [
        box(0, 0, 100, 60).difference(Point(50, 30).buffer(20)),
        Polygon([(120, -10), (160, 30), (120, 70), (140, 30)]),
    ]
)


@settings(max_examples=200)
@given(y=st.floats(-20.0, 80.0), begin=st.floats(-10.0, 150.0), length=st.floats(0.1, 200.0))
def test_line_lies_within_where_geos_says(y: float, begin: float, length: float) -> None:
    (spans,) = LevelLines(SHAPE).within(np.array([(y, begin, begin + length)]))
    within = shapely.intersection(shapely.linestrings([(begin, y), (begin + length, y)]), SHAPE)
    # A line along an edge may be told as in or as out.
    edges = shapely.get_coordinates(SHAPE)[:, 1]
    tolerance = 1e-6 if np.abs(edges - y).min() > 1e-6 else 200.0
    assert sum(b - a for a, b in spans) == pytest.approx(within.length, abs=tolerance)
    assert spans == sorted(spans)


def test_nothing_is_within_nothing() -> None:
    assert LevelLines(MultiPolygon()).within(np.array([(0.0, -1.0, 1.0)] * 2)) == [[], []]


def test_what_is_taken_away_leaves_the_stretches_beside_it() -> None:
    spans = [(0.0, 10.0), (20.0, 30.0)]
    taken = [(-5.0, 1.0), (4.0, 5.0), (9.0, 22.0), (40.0, 50.0)]
    assert without(spans, taken) == [(1.0, 4.0), (5.0, 9.0), (22.0, 30.0)]
    assert without(spans, [(-1.0, 40.0)]) == []
    assert without(spans, []) == spans
