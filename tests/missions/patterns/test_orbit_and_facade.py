"""Structures: circles that hold their distance, walls that are seen whole, zones that are kept."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from missions.area import Area, Place, ring_en, ring_geo
from missions.camera import known_cameras
from missions.errors import BadInput
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.path import CameraAction, PatrolPath
from missions.patterns.facade import FacadeView, Scan, facade, facade_view
from missions.patterns.orbit import Aim, orbit

ORIGIN = GeoPoint(latitude_deg=44.85, longitude_deg=65.5)
PLANE = LocalPlane(ORIGIN)
LOW, HIGH = HeightAboveHome(20.0), HeightAboveHome(45.0)
TOWER = Place(position=ORIGIN, name="tower")
HOUSE = Polygon([(0, 0), (60, 0), (60, 15), (20, 15), (20, 50), (0, 50)])
ZONE = Polygon([(30, 5), (80, 5), (80, 40), (30, 40)])
# Five metres, round corners drawn as octagons.
ZONE_KEPT_M = 4.6
VIEW = facade_view(
    known_cameras()["sony-a6000-16mm"], standoff_m=8.0, side_overlap=0.5, front_overlap=0.6
)


def area_of(polygon: Polygon, name: str = "house") -> Area:
    return Area(outer=ring_geo(PLANE, np.array(polygon.exterior.coords)[:-1]), name=name)


def en(path: PatrolPath) -> np.ndarray:
    return ring_en(PLANE, tuple(point.position for point in path.points))


def flown(path: PatrolPath) -> LineString:
    return LineString(en(path))


def scanned(
    house: Polygon, *, scan: Scan = Scan.ROWS, no_fly: tuple[Area, ...] = (), top: float = 20.0
) -> PatrolPath:
    return facade(
        area_of(house),
        view=VIEW,
        standoff_m=8.0,
        bottom=HeightAboveHome(0.0),
        top=HeightAboveHome(top),
        lowest=HeightAboveHome(3.0),
        scan=scan,
        no_fly=no_fly,
    )


def test_orbit_of_a_point_holds_its_radius_at_every_height() -> None:
    path = orbit(TOWER, heights=(LOW, HIGH), look_at=HeightAboveHome(10.0), radius_m=40.0)
    away = [
        LineString(leg).distance(Point(0, 0)) for leg in zip(en(path), en(path)[1:], strict=False)
    ]
    assert 39.9 < min(away) <= max(np.hypot(*en(path).T)) < 41.5
    assert {point.height for point in path.points} == {LOW, HIGH}
    assert path.points[0].gaze is not None
    assert path.points[0].gaze.at == ORIGIN
    assert path.points[0].gaze.at_height == HeightAboveHome(10.0)


@pytest.mark.parametrize(("clockwise", "sign"), [(True, -1.0), (False, 1.0)])
def test_orbit_turns_as_asked(clockwise: bool, sign: float) -> None:
    path = orbit(TOWER, heights=(LOW,), look_at=LOW, radius_m=30.0, clockwise=clockwise)
    ring = en(path)
    turned = ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1]
    assert (turned * sign > 0.0).all()


def test_orbit_by_heading_points_the_nose_at_the_structure() -> None:
    path = orbit(TOWER, heights=(LOW,), look_at=LOW, radius_m=30.0, aim=Aim.HEADING)
    for point, at in zip(path.points, en(path), strict=True):
        assert point.heading_rad is not None
        ahead = np.array((math.sin(point.heading_rad), math.cos(point.heading_rad)))
        assert np.allclose(ahead, -at / np.hypot(*at), atol=1e-6)


def test_orbit_by_gimbal_looks_down_to_the_height_asked_for() -> None:
    path = orbit(
        TOWER,
        heights=(HeightAboveHome(40.0),),
        look_at=HeightAboveHome(10.0),
        radius_m=30.0,
        aim=Aim.GIMBAL,
    )
    gaze = path.points[0].gaze
    assert gaze is not None
    assert (gaze.pitch_rad, gaze.yaw_rad) == pytest.approx((-math.pi / 4.0, math.pi / 2.0))


def test_orbit_without_a_distance_frames_the_whole_structure() -> None:
    camera = known_cameras()["qyran-sim"]
    path = orbit(area_of(HOUSE), heights=(LOW,), look_at=LOW, camera=camera)
    half = camera.horizontal_field_of_view_rad / 2.0
    centre = np.array(shapely.minimum_bounding_circle(HOUSE).centroid.coords[0])
    own = shapely.minimum_bounding_radius(HOUSE)
    nearest = np.hypot(*(en(path) - centre).T).min()
    assert math.asin(own / nearest) < half


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.floats(-120, 120), st.floats(-120, 120), st.floats(10, 80), st.floats(5, 60), st.booleans()
)
def test_orbit_never_enters_the_structure_or_a_zone(
    x: float, y: float, wide: float, standoff: float, clockwise: bool
) -> None:
    zone = Polygon([(x, y), (x + wide, y), (x + wide, y + 30), (x, y + 30)])
    try:
        path = orbit(
            area_of(HOUSE),
            heights=(LOW,),
            look_at=LOW,
            standoff_m=standoff,
            clockwise=clockwise,
            no_fly=(area_of(zone, "zone"),),
        )
    except BadInput:
        reject()
    way = flown(path)
    assert way.distance(zone) > ZONE_KEPT_M
    assert way.distance(HOUSE) > 2.9


@pytest.mark.parametrize(
    ("numbers", "what"),
    [
        ({}, "needs a radius or a stand-off"),
        ({"radius_m": 1.0}, "radius of 1.0 m"),
        ({"radius_m": math.nan}, "radius of nan m"),
        ({"standoff_m": 1e9}, "can be flown"),
    ],
)
def test_orbit_that_makes_no_sense_is_refused_by_name(numbers: dict[str, float], what: str) -> None:
    with pytest.raises(BadInput, match=f"tower: .*{what}"):
        orbit(TOWER, heights=(LOW,), look_at=LOW, **numbers)


def walls_seen(path: PatrolPath, house: Polygon, view: FacadeView) -> float:
    """The share of the walls that lies across from where the nose was turned to it."""
    seen: list[BaseGeometry] = []
    for point, at in zip(path.points, en(path), strict=True):
        assert point.heading_rad is not None
        ahead = np.array((math.sin(point.heading_rad), math.cos(point.heading_rad)))
        aside = np.array((ahead[1], -ahead[0])) * view.width_m / 2.0 * 8.4 / 8.0
        reach = at + ahead * 8.4
        seen.append(Polygon([at, reach - aside, reach + aside]))
    edge = house.exterior
    return float(edge.intersection(shapely.union_all(seen)).length / edge.length)


def test_every_wall_is_seen_in_columns_from_its_stand_off() -> None:
    path = scanned(HOUSE, scan=Scan.COLUMNS)
    assert all(point.action is CameraAction.PHOTO for point in path.points if point.dwell_s > 0)
    assert walls_seen(path, HOUSE, VIEW) > 0.97
    assert flown(path).distance(HOUSE) > 0.94 * 8.0


def test_rows_reach_from_the_lowest_to_the_top() -> None:
    path = scanned(HOUSE)
    heights = sorted({point.height.m for point in path.points})
    assert heights[0] - VIEW.height_m / 2.0 <= 0.01
    assert heights[-1] + VIEW.height_m / 2.0 >= 19.99
    assert max(np.diff(heights)) <= VIEW.up_m + 1e-9
    assert path.trigger_distance_m == pytest.approx(VIEW.across_m)


def test_what_no_picture_can_show_is_said() -> None:
    path = scanned(HOUSE, no_fly=(area_of(ZONE, "yard"),))
    assert flown(path).distance(ZONE) > ZONE_KEPT_M
    assert any("are not seen" in note for note in path.notes)


@st.composite
def houses(draw: st.DrawFn) -> Polygon:
    count = draw(st.integers(3, 10))
    radii = draw(st.lists(st.floats(10.0, 60.0), min_size=count, max_size=count))
    return Polygon(
        [
            (r * math.cos(2 * math.pi * i / count), r * math.sin(2 * math.pi * i / count))
            for i, r in enumerate(radii)
        ]
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(houses(), st.sampled_from(Scan), st.floats(-80, 80), st.floats(-80, 80))
def test_facade_is_never_inside_the_structure_or_a_zone(
    house: Polygon, scan: Scan, x: float, y: float
) -> None:
    zone = Polygon([(x, y), (x + 25, y), (x + 25, y + 25), (x, y + 25)])
    try:
        path = scanned(house, scan=scan, no_fly=(area_of(zone, "zone"),))
    except BadInput:
        reject()
    way = flown(path)
    assert way.distance(house) > 0.94 * 8.0
    assert way.distance(zone) > ZONE_KEPT_M
    assert min(point.height.m for point in path.points) >= 3.0


@pytest.mark.parametrize(
    ("top", "what"),
    [(math.nan, "building's height"), (0.0, "building's height"), (1e9, "more than")],
)
def test_walls_without_a_sensible_height_are_refused(top: float, what: str) -> None:
    with pytest.raises(BadInput, match=what):
        scanned(HOUSE, top=top)
