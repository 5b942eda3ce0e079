"""Random places, holes and wind: never outside, never through a hole, all seen, always the same."""

import itertools
import math

import numpy as np
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from missions.area import Area, ring_en, ring_geo
from missions.assemble import Assembly, assemble
from missions.fleet.laid_out import holes_of
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome, HeightAmsl
from missions.path import PatrolPath
from missions.patterns.sweep import sweep
from missions.patterns.sweep.winged import winged_sweep
from missions.plan import Home
from missions.plan_time import plan_time_s
from missions.vehicle import Vehicle, VehicleKind, default_vehicle
from missions.wind import CALM, Wind

PLANE = LocalPlane(GeoPoint(latitude_deg=44.85, longitude_deg=65.5))
HEIGHT = HeightAboveHome(60.0)
WING = Vehicle(
    name="wing",
    kind=VehicleKind.VTOL,
    cruise_speed_m_s=15.0,
    min_airspeed_m_s=11.0,
    max_airspeed_m_s=20.0,
    turn_radius_m=40.0,
)
QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much]
winds = st.builds(Wind, speed_m_s=st.floats(0.0, 6.0), from_rad=st.floats(0.0, 6.28))


@st.composite
def places(draw: st.DrawFn, *, size_m: float) -> Polygon:
    """A star-shaped polygon, often concave, with up to three holes."""
    count = draw(st.integers(4, 12))
    radii = draw(st.lists(st.floats(0.45, 1.0), min_size=count, max_size=count))
    angles = [2.0 * math.pi * i / count for i in range(count)]
    polygon: BaseGeometry = Polygon(
        [
            (size_m * r * math.cos(angle), size_m * r * math.sin(angle))
            for r, angle in zip(radii, angles, strict=True)
        ]
    )
    for _ in range(draw(st.integers(0, 3))):
        east, north = (draw(st.floats(-0.4, 0.4)) for _ in range(2))
        hole = Point(east * size_m, north * size_m).buffer(
            draw(st.floats(0.02, 0.12)) * size_m, quad_segs=draw(st.integers(1, 4))
        )
        polygon = polygon.difference(hole)
    largest = max(shapely.get_parts(polygon), key=lambda part: part.area)
    assert isinstance(largest, Polygon)
    assume(len(shapely.get_parts(largest.buffer(-0.03))) == 1)
    return largest


def area_of(polygon: Polygon) -> Area:
    """A polygon in metres as an area on the map."""
    outer, *holes = (
        ring_geo(PLANE, np.array(ring.coords)[:-1])
        for ring in (polygon.exterior, *polygon.interiors)
    )
    return Area(outer=outer, holes=tuple(holes))


def line_of(path: PatrolPath) -> LineString:
    """The path in metres."""
    return LineString(ring_en(PLANE, tuple(point.position for point in path.points)))


def part_seen(line: LineString, polygon: Polygon, swath_m: float) -> float:
    """The part of the polygon within half a swath beside a leg, or of a corner between two."""
    legs = [
        LineString(leg).buffer(swath_m / 2.0, cap_style="flat")
        for leg in itertools.pairwise(line.coords)
        if leg[0] != leg[1]
    ]
    corners = [Point(corner).buffer(swath_m / 2.0) for corner in line.coords[1:-1]]
    seen = shapely.union_all([*legs, *corners])
    return float(polygon.intersection(seen).area / polygon.area)


def holes_in(polygon: Polygon) -> BaseGeometry:
    """The inside of its holes."""
    return shapely.union_all([Polygon(ring).buffer(-0.05) for ring in polygon.interiors])


@settings(max_examples=12, deadline=None, suppress_health_check=QUIET)
@given(polygon=places(size_m=300.0), swath=st.floats(15.0, 60.0), wind=winds)
def test_multirotor_sweeps_every_place_inside_of_it_and_its_time_in_wind_is_known(
    polygon: Polygon, swath: float, wind: Wind
) -> None:
    area = area_of(polygon)
    paths = [
        sweep(area, swath_m=swath, height=HEIGHT, vehicle=default_vehicle(), speed_m_s=8.0)
        for _ in range(2)
    ]
    assert paths[0] == paths[1]
    line = line_of(paths[0])
    assert line.difference(polygon.buffer(0.05)).length == 0.0
    assert part_seen(line, polygon, swath) >= 0.985
    home = Home(position=paths[0].points[0].position, height=HeightAmsl(math.nan))
    plan = assemble(
        paths[0], home, Assembly(speed_m_s=8.0, fence_buffer_m=None, holes=holes_of(area))
    )
    calm_s, windy_s = (plan_time_s(plan, default_vehicle(), one) for one in (CALM, wind))
    assert math.isfinite(windy_s)
    # It holds its speed over the ground against such a wind.
    assert 0.9 * calm_s <= windy_s <= 1.25 * calm_s


@settings(max_examples=6, deadline=None, suppress_health_check=QUIET)
@given(polygon=places(size_m=1500.0), swath=st.floats(90.0, 200.0), wind=winds)
def test_wings_see_every_place_and_never_fly_over_a_hole(
    polygon: Polygon, swath: float, wind: Wind
) -> None:
    path = winged_sweep(
        area_of(polygon),
        swath_m=swath,
        height=HEIGHT,
        vehicle=WING,
        speed_m_s=15.0,
        wind=wind,
    )
    line = line_of(path)
    assert line.intersection(holes_in(polygon)).length == 0.0
    assert part_seen(line, polygon, swath) >= 0.99


@settings(max_examples=5, deadline=None, suppress_health_check=QUIET)
@given(polygon=places(size_m=1500.0), swath=st.floats(90.0, 200.0), wind=winds)
def test_wings_kept_inside_never_leave_and_say_what_they_do_not_see(
    polygon: Polygon, swath: float, wind: Wind
) -> None:
    paths = [
        winged_sweep(
            area_of(polygon),
            swath_m=swath,
            height=HEIGHT,
            vehicle=WING,
            speed_m_s=15.0,
            wind=wind,
            keep_inside=True,
        )
        for _ in range(2)
    ]
    assert paths[0] == paths[1]
    line = line_of(paths[0])
    assert polygon.buffer(0.05).covers(line)
    said = any("of the area" in note for note in paths[0].notes)
    assert said or part_seen(line, polygon, swath) >= 0.985
