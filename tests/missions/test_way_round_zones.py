"""Ways round many zones: clear of every one, whichever of them were looked at, and short."""

import itertools
import math

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from missions.area import Area, ring_geo
from missions.geodesy import GeoPoint, LocalPlane
from missions.transit import way_round

PLANE = LocalPlane(GeoPoint(latitude_deg=44.8, longitude_deg=65.5))
CLEAR_M = 10.0
# What corners cut off a circle, how zones are thinned before they are grown, and rounding.
SLACK_M = 2.0

corner = st.tuples(st.integers(-500, 500), st.integers(-500, 500), st.integers(5, 120))
zone_lists = st.lists(corner, min_size=1, max_size=12)
place = st.tuples(st.integers(-700, 700), st.integers(-700, 700))


def zone(east: float, north: float, side: float) -> Polygon:
    """A square, metres on the plane."""
    return box(east, north, east + side, north + side)


def area(drawn: Polygon) -> Area:
    return Area(outer=ring_geo(PLANE, np.array(drawn.exterior.coords[:-1])))


def flown(
    zones: list[Polygon], a: tuple[float, float], b: tuple[float, float]
) -> LineString | None:
    """The whole way, metres on the plane; None where none was found."""
    between = way_round(PLANE.geo(*a), PLANE.geo(*b), tuple(map(area, zones)), clearance_m=CLEAR_M)
    if between is None:
        return None
    return LineString([a, *(PLANE.en(point) for point in between), b])


def enclosed(every: BaseGeometry, a: tuple[float, float], b: tuple[float, float]) -> bool:
    """Whether zones grown by the clearance lie between the two places, or over one of them."""
    free = box(-2000, -2000, 2000, 2000) - every.buffer(CLEAR_M)
    ends = shapely.MultiPoint([a, b])
    return not any(piece.covers(ends) for piece in shapely.get_parts(free))


# Squares round the first place.
RING = [(-120, -60, 100), (20, -60, 100), (-60, -120, 100), (-60, 20, 100)]


@settings(max_examples=80)
@example(corners=RING, a=(0, 0), b=(600, 0))
@given(corners=zone_lists, a=place, b=place)
def test_way_keeps_as_clear_of_every_zone_as_its_ends_do(
    corners: list[tuple[int, int, int]], a: tuple[int, int], b: tuple[int, int]
) -> None:
    zones = [zone(*one) for one in corners]
    every = shapely.union_all(zones)
    ends_m = min(every.distance(Point(a)), every.distance(Point(b)))
    if ends_m < 1.0 or a == b:
        return
    way = flown(zones, a, b)
    if way is None:
        assert enclosed(every, a, b)
        return
    if len(way.coords) == 2:
        assert not every.intersects(way)
        return
    assert every.distance(way) >= min(0.8 * ends_m, CLEAR_M - SLACK_M)
    # Beyond the places that are near an end, all of the clearance is kept.
    far = way.difference(shapely.MultiPoint([a, b]).buffer(2.0 * CLEAR_M + 1.0))
    assert far.is_empty or every.distance(far) >= CLEAR_M - SLACK_M


@pytest.mark.parametrize("count", [3, 12])
def test_way_through_a_grid_of_zones_is_hardly_longer_than_straight(count: int) -> None:
    grid = itertools.product(range(count), repeat=2)
    zones = [zone(100.0 * i, 100.0 * j, 50.0) for i, j in grid]
    side = 100.0 * count
    way = flown(zones, (-30.0, 25.0), (side + 30.0, side - 75.0))
    assert way is not None
    straight_m = math.dist(way.coords[0], way.coords[-1])
    assert straight_m < way.length <= 1.2 * straight_m


def test_there_is_no_way_out_of_a_ring_of_zones_that_touch() -> None:
    walls = [box(-100, -100, 100, -90), box(-100, 90, 100, 100)]
    walls += [box(-100, -100, -90, 100), box(90, -100, 100, 100)]
    a, b = PLANE.geo(0.0, 0.0), PLANE.geo(400.0, 0.0)
    assert way_round(a, b, tuple(map(area, walls)), clearance_m=CLEAR_M) is None
