"""Polished sweeps: the kernels against shapely and the time model, and what a way keeps to."""

import math

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon, box

from missions.area import Area, ring_en, ring_geo
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.path import PatrolPath
from missions.patterns.inside import Inside
from missions.patterns.sweep import sweep
from missions.patterns.sweep.choose import Chosen, Task, quickest
from missions.patterns.sweep.core.edges import crosses
from missions.patterns.sweep.mend import mend, seen_by
from missions.patterns.sweep.order import best_order_among
from missions.patterns.sweep.polisher import Polisher
from missions.patterns.sweep.raster import Raster
from missions.patterns.sweep.rings import spirals
from missions.patterns.sweep.way import Way
from missions.time_model import flight_time_s
from missions.vehicle import default_vehicle

ORIGIN = GeoPoint(latitude_deg=51.2, longitude_deg=71.4)
PLANE = LocalPlane(ORIGIN)
VEHICLE = default_vehicle()
SQUARE = box(0.0, 0.0, 200.0, 200.0)
COMB = shapely.union_all(
    [box(0.0, 0.0, 500.0, 60.0)] + [box(110.0 * i, 50.0, 110.0 * i + 60.0, 400.0) for i in range(5)]
)
COORDINATES = st.floats(-300.0, 300.0)
CORNERS = st.tuples(COORDINATES, COORDINATES)


def planned(
    polygon: Polygon,
    swath_m: float = 25.0,
    *,
    angle_rad: float | None = None,
    home: tuple[float, float] | None = None,
) -> Chosen:
    task = Task(
        polygon=polygon,
        swath_m=swath_m,
        vehicle=VEHICLE,
        speed_m_s=10.0,
        angle_rad=angle_rad,
        home=home,
    )
    return quickest(task)


def polisher_of(polygon: Polygon, swath_m: float = 25.0) -> Polisher:
    return Polisher(Inside(polygon), polygon, swath_m=swath_m, vehicle=VEHICLE, speed_m_s=10.0)


def swept(polygon: Polygon, swath_m: float) -> PatrolPath:
    holes = [ring_geo(PLANE, np.array(ring.coords)[:-1]) for ring in polygon.interiors]
    return sweep(
        Area(outer=ring_geo(PLANE, np.array(polygon.exterior.coords)[:-1]), holes=tuple(holes)),
        swath_m=swath_m,
        height=HeightAboveHome(60.0),
        vehicle=VEHICLE,
        speed_m_s=10.0,
    )


def legs_of(points: np.ndarray) -> np.ndarray:
    return np.hypot(*np.diff(points, axis=0).T)


@st.composite
def places(draw: st.DrawFn) -> Polygon:
    """Overlapping boxes at any angle, less up to three round holes; connected, no thin necks."""
    parts = []
    for _ in range(draw(st.integers(1, 4))):
        x, y = draw(st.tuples(st.floats(-120.0, 120.0), st.floats(-120.0, 120.0)))
        width, height = draw(st.tuples(st.floats(80.0, 400.0), st.floats(80.0, 400.0)))
        part = box(x - width / 2.0, y - height / 2.0, x + width / 2.0, y + height / 2.0)
        parts.append(shapely.affinity.rotate(part, draw(st.floats(0.0, 90.0))))
    place = shapely.union_all(parts)
    for _ in range(draw(st.integers(0, 3))):
        middle = shapely.Point(draw(st.tuples(st.floats(-150.0, 150.0), st.floats(-150.0, 150.0))))
        place = place.difference(middle.buffer(draw(st.floats(8.0, 50.0)), quad_segs=3))
    assume(isinstance(place, Polygon) and isinstance(place.buffer(-0.1), Polygon))
    return place


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(polygon=places(), swath=st.floats(12.0, 60.0))
def test_any_place_is_seen_from_inside_and_twice_the_same(polygon: Polygon, swath: float) -> None:
    path = swept(polygon, swath)
    way = ring_en(PLANE, tuple(point.position for point in path.points))
    assert LineString(way).difference(polygon.buffer(0.05)).length == 0.0
    seen = seen_by([(x, y) for x, y in way], swath)
    assert polygon.intersection(seen).area >= 0.99 * polygon.area
    assert swept(polygon, swath) == path


@settings(max_examples=60, deadline=None)
@given(corners=st.lists(CORNERS, min_size=2, max_size=8, unique=True), half=st.floats(5.0, 60.0))
def test_the_raster_sees_what_shapely_sees(corners: list[tuple[float, float]], half: float) -> None:
    raster = Raster.of(SQUARE, swath_m=2.0 * half, cells_a_swath=40.0, turn_rad=0.7)
    seen = SQUARE.intersection(seen_by(corners, 2.0 * half)).area / SQUARE.area
    assert raster.part_seen(np.array(corners)) == pytest.approx(seen, abs=0.012)


@settings(max_examples=60, deadline=None)
@given(corners=st.lists(CORNERS, min_size=2, max_size=20))
def test_kernels_time_a_way_as_the_time_model_does(corners: list[tuple[float, float]]) -> None:
    points = np.array(corners)
    assume(legs_of(points).min() > 1e-3)
    expected = flight_time_s(points, VEHICLE, speed_m_s=10.0)
    assert polisher_of(SQUARE).time_s(points) == pytest.approx(expected, rel=1e-5)


@settings(max_examples=100, deadline=None)
@given(a=CORNERS, b=CORNERS)
def test_legs_that_meet_an_edge_are_found(a: tuple[float, float], b: tuple[float, float]) -> None:
    comb = shapely.affinity.rotate(COMB, 20.0, origin=(0.0, 0.0))
    ground = polisher_of(comb)._ended_on
    ends = ground.raster.turned(np.array((a, b)))
    leg = LineString(ends)
    edges = [LineString(edge.reshape(2, 2)) for edge in ground.edges.ends]
    assert crosses(ground.edges, *ends.ravel()) == any(leg.intersects(edge) for edge in edges)


def test_polishing_makes_passes_quicker_and_still_shows_enough() -> None:
    polisher = polisher_of(SQUARE)
    rows = [(x, 12.5 + 25.0 * i) for i in range(8) for x in ((0.5, 199.5)[:: 1 - 2 * (i % 2)])]
    points = np.array(rows)
    polished = polisher.end(points, np.zeros(len(points), np.bool_), seen=0.9977)
    assert polished.time_s < 0.97 * polisher.time_s(points)
    assert polisher.check(polished.points) > 0.996


def test_legs_that_are_fixed_keep_their_direction() -> None:
    chosen = planned(box(0.0, 0.0, 400.0, 300.0), angle_rad=0.6)
    legs = np.diff(chosen.points, axis=0)
    along = np.abs(np.arctan2(legs[:, 1], legs[:, 0]) - 0.6) % math.pi
    turned = np.minimum(along, math.pi - along)
    lengths = legs_of(chosen.points)
    assert lengths[turned < 1e-5].sum() > 0.75 * lengths.sum()
    assert chosen.seen > 0.99


def test_corners_are_cut_into_no_legs_too_short_to_fly() -> None:
    assert legs_of(planned(COMB).points).min() >= 1.99


def test_the_way_begins_at_its_end_nearer_to_home() -> None:
    home = (490.0, 410.0)
    points = planned(COMB, home=home).points
    assert math.dist(points[0], home) <= math.dist(points[-1], home)


def test_a_comb_is_swept_in_less_time_than_its_area_by_passes_takes() -> None:
    free, passes = planned(COMB, 15.0), planned(COMB, 15.0, angle_rad=0.0)
    assert free.time_s < 0.9 * passes.time_s


def test_a_needle_beside_the_swath_is_flown_along() -> None:
    chosen = planned(Polygon([(0.0, 0.0), (900.0, 1.0), (900.0, 2.0)]), 40.0)
    assert chosen.seen > 0.99
    assert chosen.time_s < 100.0


def test_an_outline_of_thousands_of_points_is_flown_within_a_leaner_one() -> None:
    around = np.linspace(0.0, 2.0 * math.pi, 4000, endpoint=False)
    radii = 400.0 + 60.0 * np.sin(5.0 * around) + 0.3 * np.sin(900.0 * around)
    place = Polygon(np.column_stack((radii * np.cos(around), radii * np.sin(around))))
    chosen = planned(place, 40.0)
    assert LineString(chosen.points).difference(place).length == 0.0
    assert chosen.seen > 0.995


def test_a_place_narrower_than_the_swath_has_no_spiral() -> None:
    polisher = polisher_of(box(0.0, 0.0, 300.0, 10.0), 25.0)
    assert spirals(box(0.0, 0.0, 300.0, 10.0), 25.0, 0.0, polisher.time_s) == []


def test_mending_ends_where_nothing_more_can_be_seen() -> None:
    shown = box(0.0, 0.0, 400.0, 100.0)
    inside = Inside(box(0.0, 0.0, 100.0, 100.0))
    raster = Raster.of(shown, swath_m=25.0, cells_a_swath=12.0, turn_rad=0.4)
    way = Way()
    way.go((10.0, 50.0), kept=False)
    way.go((90.0, 50.0), kept=True)
    mend(way, inside, raster, 25.0, leave=0.01)
    assert LineString(way.points).difference(inside.polygon.buffer(0.01)).length == 0.0


def test_cells_in_a_row_are_flown_from_the_first_to_the_last() -> None:
    cells = [[(100.0 * i, 0.0), (100.0 * i + 90.0, 0.0)] for i in range(6)]
    variants = [[cell, cell[::-1], cell, cell[::-1]] for cell in cells]
    order = best_order_among(
        variants,
        Inside(box(-1.0, -1.0, 700.0, 1.0)),
        (-50.0, 0.0),
        speed_m_s=10.0,
        acceleration_m_s2=3.0,
    )
    assert [cell for cell, _ in order] == [0, 1, 2, 3, 4, 5]
    assert {variant % 2 for _, variant in order} == {0}


def ragged(corners: int) -> Polygon:
    """A shore of bays, 300 m from its middle."""
    turns = np.linspace(0.0, 2.0 * math.pi, corners, endpoint=False)
    radii_m = 300.0 + 8.0 * np.sin(40.0 * turns) + 3.0 * np.sin(211.0 * turns)
    return Polygon(np.column_stack((radii_m * np.cos(turns), radii_m * np.sin(turns))))


def test_rings_of_a_ragged_outline_are_drawn_from_one_to_the_next_as_all_at_once() -> None:
    swath_m = 25.0
    found = [
        spirals(ragged(corners), swath_m, 0.0, lambda way: float(len(way)))
        for corners in (900, 1100)
    ]
    lengths_m = [LineString(one[0][0]).length for one in found]
    assert lengths_m[1] == pytest.approx(lengths_m[0], rel=0.02)
    assert len(found[0]) == len(found[1]) == 1
    # A swath along the whole spiral is about the area.
    assert lengths_m[1] * swath_m == pytest.approx(ragged(1100).area, rel=0.1)
    assert ragged(1100).covers(LineString(found[1][0][0]))
