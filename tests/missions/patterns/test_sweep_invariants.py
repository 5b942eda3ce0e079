"""The sweep over random and real places: never outside, never through a hole, always the same."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon, box

from missions.area import Area, middle, ring_en, ring_geo
from missions.errors import BadInput
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.path import PatrolPath
from missions.patterns.sweep import sweep
from missions.patterns.sweep.mend import seen_by
from missions.vehicle import default_vehicle

ORIGIN = GeoPoint(latitude_deg=44.85, longitude_deg=65.5)
PLANE = LocalPlane(ORIGIN)
AREAS = ("syn_U", "syn_comb6", "syn_swiss9", "syn_sliver", "eth_piombino", "sf_presidio_nfz")


def area_of(polygon: Polygon) -> Area:
    """A polygon in metres about ORIGIN as an area on the map."""
    return Area(
        outer=ring_geo(PLANE, np.array(polygon.exterior.coords)[:-1]),
        holes=tuple(ring_geo(PLANE, np.array(ring.coords)[:-1]) for ring in polygon.interiors),
    )


def swept(area: Area, swath_m: float, no_fly: tuple[Area, ...] = ()) -> PatrolPath:
    return sweep(
        area,
        swath_m=swath_m,
        height=HeightAboveHome(50.0),
        vehicle=default_vehicle(),
        speed_m_s=10.0,
        no_fly=no_fly,
    )


def flown(path: PatrolPath, plane: LocalPlane = PLANE) -> LineString:
    return LineString(ring_en(plane, tuple(point.position for point in path.points)))


@st.composite
def places(draw: st.DrawFn) -> Polygon:
    """A star-shaped polygon, often concave, with up to two holes."""
    count = draw(st.integers(3, 14))
    radii = draw(st.lists(st.floats(40.0, 400.0), min_size=count, max_size=count))
    corners = [
        (radius * math.cos(2.0 * math.pi * i / count), radius * math.sin(2.0 * math.pi * i / count))
        for i, radius in enumerate(radii)
    ]
    polygon: shapely.geometry.base.BaseGeometry = Polygon(corners)
    for _ in range(draw(st.integers(0, 2))):
        centre = Point(draw(st.floats(-200.0, 200.0)), draw(st.floats(-200.0, 200.0)))
        polygon = polygon.difference(centre.buffer(draw(st.floats(10.0, 60.0)), quad_segs=2))
    largest = max(shapely.get_parts(polygon), key=lambda part: part.area)
    assert isinstance(largest, Polygon)
    # A neck of a few centimetres cuts the place in two; that case has its own test.
    assume(len(shapely.get_parts(largest.buffer(-0.03))) == 1)
    return largest


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(polygon=places(), swath=st.floats(15.0, 60.0))
def test_sweep_stays_inside_and_sees_the_place(polygon: Polygon, swath: float) -> None:
    path = swept(area_of(polygon), swath)
    way = flown(path)
    assert way.difference(polygon.buffer(0.05)).length == 0.0
    seen = seen_by([(x, y) for x, y in way.coords], swath)
    assert polygon.intersection(seen).area >= 0.985 * polygon.area


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(polygon=places())
def test_sweep_is_the_same_every_time(polygon: Polygon) -> None:
    assert swept(area_of(polygon), 30.0) == swept(area_of(polygon), 30.0)


def test_sweep_keeps_clear_of_a_no_fly_zone() -> None:
    square = Polygon([(0.0, 0.0), (300.0, 0.0), (300.0, 300.0), (0.0, 300.0)])
    zone = Polygon([(120.0, 100.0), (180.0, 100.0), (180.0, 400.0), (120.0, 400.0)])
    way = flown(swept(area_of(square), 25.0, (area_of(zone),)))
    assert way.distance(zone) > 4.9


def test_area_cut_in_two_says_what_is_left_out() -> None:
    square = Polygon([(0.0, 0.0), (300.0, 0.0), (300.0, 300.0), (0.0, 300.0)])
    zone = Polygon([(200.0, -10.0), (210.0, -10.0), (210.0, 400.0), (200.0, 400.0)])
    path = swept(area_of(square), 25.0, (area_of(zone),))
    assert "cut into 2 pieces" in path.notes[0]


@pytest.mark.parametrize("teeth", [20, 300])
def test_all_teeth_of_a_comb_are_seen_whose_gaps_passes_would_fall_into(teeth: int) -> None:
    # Every second gap is as wide apart as passes are.
    steps = [box(15.0 * i, -1.0, 15.0 * i + 10.0, 400.0) for i in range(teeth)]
    comb = shapely.union_all([*steps, box(0.0, -20.0, 15.0 * teeth, 0.0)])
    assert isinstance(comb, Polygon)
    way = flown(swept(area_of(comb), 30.0))
    assert way.difference(comb.buffer(0.05)).length == 0.0
    seen = seen_by([(x, y) for x, y in way.coords], 30.0)
    assert comb.intersection(seen).area >= 0.99 * comb.area


@pytest.mark.parametrize("width", [70.0, 150.0, 260.0])
def test_winding_river_is_never_left_at_its_bends(width: float) -> None:
    along = np.linspace(0.0, 6000.0, 120)
    bends = np.column_stack((along, 700.0 * np.sin(along / 500.0)))
    river = LineString(bends).buffer(width / 2.0, quad_segs=4)
    assert isinstance(river, Polygon)
    way = flown(swept(area_of(river), 65.0))
    assert way.difference(river.buffer(0.05)).length == 0.0


def test_two_hundred_holes_are_all_gone_round() -> None:
    holes = [
        [(x + 20, y + 20), (x + 60, y + 20), (x + 40, y + 60)]
        for x in range(0, 1500, 100)
        for y in range(0, 1500, 100)
    ]
    place = Polygon([(0, 0), (1500, 0), (1500, 1500), (0, 1500)], holes)
    way = flown(swept(area_of(place), 40.0))
    assert way.difference(place.buffer(0.05)).length == 0.0
    seen = seen_by([(x, y) for x, y in way.coords], 40.0)
    assert place.intersection(seen).area >= 0.99 * place.area


def test_bow_tie_is_repaired_and_said_so() -> None:
    bow_tie = Polygon([(0.0, 0.0), (200.0, 200.0), (200.0, 0.0), (0.0, 200.0)])
    path = swept(area_of(bow_tie), 25.0)
    assert any("repaired" in note for note in path.notes)


def test_area_without_extent_is_refused() -> None:
    with pytest.raises(BadInput, match="nothing"):
        swept(area_of(Polygon([(0.0, 0.0), (100.0, 0.0), (50.0, 0.0)])), 25.0)


def test_area_across_the_antimeridian_is_refused() -> None:
    corners = ((10.0, 179.99), (10.0, -179.99), (10.01, 179.99))
    ring = tuple(GeoPoint(latitude_deg=a, longitude_deg=b) for a, b in corners)
    with pytest.raises(BadInput, match="antimeridian"):
        swept(Area(outer=ring), 25.0)


def test_one_square_metre_still_gives_a_path() -> None:
    path = swept(area_of(Polygon([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])), 25.0)
    assert len(path.points) >= 2


@pytest.mark.shared_data
@pytest.mark.parametrize("name", AREAS)
def test_real_area_is_covered_from_inside(name: str, shared_data: Path) -> None:
    feature = json.loads((shared_data / "areas" / f"{name}.geojson").read_text())
    rings = [
        tuple(GeoPoint(latitude_deg=b, longitude_deg=a) for a, b in ring[:-1])
        for ring in feature["geometry"]["coordinates"]
    ]
    area = Area(outer=rings[0], holes=tuple(rings[1:]))
    swath = feature["properties"]["swath_m"]
    plane = LocalPlane(middle(area.outer))
    polygon = area.polygon(plane)
    way = flown(swept(area, swath), plane)
    assert way.difference(polygon.buffer(0.05)).length == 0.0
    seen = seen_by([(x, y) for x, y in way.coords], swath)
    assert polygon.intersection(seen).area >= 0.99 * polygon.area
