"""Corridor, perimeter and round against plain geometry."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon

from missions.area import Area, Line, Place, ring_en, ring_geo
from missions.errors import BadInput
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.path import CameraAction, Gaze, PatrolPath
from missions.patterns.corridor import Side, corridor
from missions.patterns.perimeter import LookFrom, perimeter
from missions.patterns.round import visiting_round

ORIGIN = GeoPoint(latitude_deg=44.85, longitude_deg=65.5)
PLANE = LocalPlane(ORIGIN)
HEIGHT = HeightAboveHome(60.0)
BEND = [(0.0, 0.0), (400.0, 0.0), (600.0, 250.0)]
SQUARE = Polygon([(0.0, 0.0), (300.0, 0.0), (300.0, 200.0), (0.0, 200.0)])


def line_of(points: list[tuple[float, float]]) -> Line:
    return Line(points=ring_geo(PLANE, np.array(points)))


def area_of(polygon: Polygon) -> Area:
    return Area(outer=ring_geo(PLANE, np.array(polygon.exterior.coords)[:-1]))


def flown(path: PatrolPath) -> LineString:
    return LineString(ring_en(PLANE, tuple(point.position for point in path.points)))


def test_single_pass_is_the_line_itself() -> None:
    path = corridor(line_of(BEND), swath_m=40.0, height=HEIGHT)
    assert flown(path).hausdorff_distance(LineString(BEND)) < 0.9


def test_passes_fill_the_width_and_turn_back_and_forth() -> None:
    path = corridor(line_of(BEND), swath_m=40.0, height=HEIGHT, width_m=100.0)
    seen = flown(path).buffer(20.0, cap_style="flat", join_style="mitre")
    wanted = LineString(BEND).buffer(49.0, cap_style="flat", join_style="mitre")
    assert wanted.difference(seen).area < 0.01 * wanted.area


def test_offset_lies_to_the_left() -> None:
    path = corridor(line_of([(0.0, 0.0), (500.0, 0.0)]), swath_m=40.0, height=HEIGHT, offset_m=30.0)
    assert all(math.isclose(y, 30.0, abs_tol=0.01) for _, y in flown(path).coords)


def test_line_without_length_is_refused() -> None:
    with pytest.raises(BadInput, match="no length"):
        corridor(line_of([(1.0, 1.0), (1.0, 1.0)]), swath_m=40.0, height=HEIGHT)


def test_perimeter_inside_keeps_its_stand_off() -> None:
    way = flown(perimeter(area_of(SQUARE), standoff_m=-15.0, height=HEIGHT))
    assert math.isclose(way.distance(SQUARE.exterior), 15.0, abs_tol=0.05)
    assert SQUARE.covers(way)
    assert way.coords[0] == way.coords[-1]


def test_perimeter_outside_never_comes_nearer_than_its_stand_off() -> None:
    way = flown(perimeter(area_of(SQUARE), standoff_m=30.0, height=HEIGHT))
    assert way.distance(SQUARE) > 29.0
    assert Polygon(way.coords).covers(SQUARE)


def test_perimeter_too_far_inside_is_refused() -> None:
    with pytest.raises(BadInput, match="nothing of the area is left"):
        perimeter(area_of(SQUARE), standoff_m=-120.0, height=HEIGHT)


def tour_length(order: tuple[tuple[float, float], ...]) -> float:
    closed = ((0.0, 0.0), *order, (0.0, 0.0))
    return sum(math.dist(a, b) for a, b in itertools.pairwise(closed))


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.tuples(st.floats(-500, 500), st.floats(-500, 500)), min_size=1, max_size=6, unique=True
    )
)
def test_round_of_few_places_is_nearly_the_shortest(points: list[tuple[float, float]]) -> None:
    places = tuple(Place(position=PLANE.geo(*point)) for point in points)
    path = visiting_round(places, height=HEIGHT, dwell_s=10.0, start=ORIGIN)
    visited = tuple(PLANE.en(point.position) for point in path.points)
    best = min(tour_length(order) for order in itertools.permutations(points))
    assert len(visited) == len(points)
    assert tour_length(visited) <= 1.1 * best + 1.0


def test_round_looks_at_each_place_and_dwells() -> None:
    places = tuple(Place(position=PLANE.geo(*point)) for point in BEND)
    path = visiting_round(places, height=HEIGHT, dwell_s=12.0, standoff_m=40.0, start=ORIGIN)
    looked_at = [point.gaze.at for point in path.points if point.gaze is not None]
    assert sorted(map(str, looked_at)) == sorted(str(place.position) for place in places)
    assert all(point.dwell_s == 12.0 for point in path.points)


def test_round_without_places_is_refused() -> None:
    with pytest.raises(BadInput, match="no places"):
        visiting_round((), height=HEIGHT, dwell_s=1.0)


FORK = [[(0.0, 0.0), (300.0, 50.0), (600.0, 0.0)], [(300.0, 50.0), (320.0, 300.0)]]
ZONE = Polygon([(130.0, -20.0), (170.0, -20.0), (170.0, 230.0), (130.0, 230.0)])
# Five metres, round corners drawn as octagons.
ZONE_KEPT_M = 4.6


def test_every_branch_of_a_network_is_flown_in_every_pass() -> None:
    lines = [line_of(points) for points in FORK]
    way = flown(corridor(lines, swath_m=20.0, height=HEIGHT, passes=2))
    for points in FORK:
        for side in (-10.0, 10.0):
            pass_beside = LineString(points).parallel_offset(
                abs(side), "left" if side > 0 else "right"
            )
            assert pass_beside.difference(way.buffer(12.0)).length < 1.0
    network = sum(LineString(points).length for points in FORK)
    assert way.length < 2.0 * network + 150.0


def test_branches_are_joined_by_short_ways() -> None:
    star = [line_of([(0.0, 0.0), (200.0 * math.cos(a), 200.0 * math.sin(a))]) for a in range(6)]
    way = flown(corridor(star, swath_m=20.0, height=HEIGHT))
    # Six spokes and between their tips or at the hub five ways, of which the shortest are taken.
    assert way.length < 6 * 200.0 + 3 * 210.0


@pytest.mark.parametrize(("beside", "side"), [(Side.LEFT, 1.0), (Side.RIGHT, -1.0)])
def test_corridor_beside_a_line_looks_back_at_it(beside: Side, side: float) -> None:
    straight = line_of([(0.0, 0.0), (500.0, 0.0)])
    path = corridor(straight, swath_m=40.0, height=HEIGHT, passes=2, beside=beside, standoff_m=60.0)
    rows = sorted({round(y * side) for _, y in flown(path).coords})
    gazes = [point.gaze for point in path.points if point.gaze is not None]
    assert rows == [60, 100]
    assert [gaze.pitch_rad for gaze in gazes] == pytest.approx([-math.pi / 4.0] * 2)
    # Out with the line on one hand, back with it on the other.
    assert [gaze.yaw_rad for gaze in gazes] == pytest.approx(
        [side * math.pi / 2.0, -side * math.pi / 2.0]
    )


def test_looking_from_the_side_needs_a_stand_off() -> None:
    with pytest.raises(BadInput, match="stand-off"):
        corridor(line_of(BEND), swath_m=40.0, height=HEIGHT, beside=Side.LEFT)


@settings(deadline=None, max_examples=25)
@given(st.floats(0, 500), st.floats(-100, 100), st.floats(10, 120), st.integers(1, 4))
def test_corridor_goes_round_no_fly_zones(x: float, y: float, wide: float, passes: int) -> None:
    zone = Polygon([(x, y), (x + wide, y), (x + wide, y + 60), (x, y + 60)])
    path = corridor(
        [line_of(points) for points in FORK],
        swath_m=15.0,
        height=HEIGHT,
        passes=passes,
        no_fly=(area_of(zone),),
    )
    assert flown(path).distance(zone) > ZONE_KEPT_M


def test_corridor_all_in_a_zone_is_refused() -> None:
    with pytest.raises(BadInput, match="no-fly zone"):
        corridor(
            line_of([(140.0, 0.0), (160.0, 0.0)]),
            swath_m=5.0,
            height=HEIGHT,
            no_fly=(area_of(ZONE),),
        )


@settings(deadline=None, max_examples=25)
@given(st.floats(-150, 350), st.floats(-150, 250), st.floats(-40, 80))
def test_perimeter_keeps_out_of_zones(x: float, y: float, standoff: float) -> None:
    zone = Polygon([(x, y), (x + 90, y), (x + 90, y + 70), (x, y + 70)])
    try:
        path = perimeter(
            area_of(SQUARE), standoff_m=standoff, height=HEIGHT, no_fly=(area_of(zone),)
        )
    except BadInput:
        reject()
    assert flown(path).distance(zone) > ZONE_KEPT_M - 0.5


@pytest.mark.parametrize(("look", "yaw"), [(LookFrom.INWARD, 90.0), (LookFrom.OUTWARD, -90.0)])
def test_perimeter_can_look_across_its_way(look: LookFrom, yaw: float) -> None:
    path = perimeter(area_of(SQUARE), standoff_m=20.0, height=HEIGHT, look=look)
    assert path.gaze is not None
    assert math.degrees(path.gaze.yaw_rad) == pytest.approx(yaw)
    ring = np.array(flown(path).coords)
    assert (ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1]).sum() < 0.0


def place(x: float, y: float, **properties: object) -> Place:
    return Place(position=PLANE.geo(x, y), name="gate", properties=properties)


def test_what_a_place_says_goes_before_what_is_asked_for_all() -> None:
    places = (
        place(100.0, 0.0, dwell_s=40, height_m=25, action="photo"),
        place(200.0, 0.0, heading_deg=90, gimbal_pitch_deg=-20, standoff_m=10),
        place(300.0, 0.0),
    )
    one, two, three = visiting_round(
        places, height=HEIGHT, dwell_s=5.0, start=ORIGIN, keep_order=True
    ).points
    assert (one.dwell_s, one.height.m, one.action) == (40.0, 25.0, CameraAction.PHOTO)
    assert two.gaze == Gaze(pitch_rad=math.radians(-20.0))
    assert two.heading_rad == pytest.approx(math.pi / 2.0)
    assert PLANE.en(two.position)[0] == pytest.approx(190.0, abs=0.01)
    assert (three.dwell_s, three.height, three.action) == (5.0, HEIGHT, None)
    assert three.gaze is not None
    assert three.gaze.at == places[2].position


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("dwell_s", "long"),
        ("dwell_s", -1),
        ("dwell_s", math.nan),
        ("height_m", math.inf),
        ("height_m", [1]),
        ("heading_deg", 1e6),
        ("gimbal_pitch_deg", 89),
        ("action", "explode"),
        ("action", ["photo"]),
    ],
)
def test_property_that_makes_no_sense_is_refused_by_place_and_name(key: str, value: object) -> None:
    with pytest.raises(BadInput, match=f"gate: {key}"):
        visiting_round((place(0.0, 0.0, **{key: value}),), height=HEIGHT, dwell_s=1.0)


def test_round_goes_round_zones_and_refuses_a_place_within_one() -> None:
    zone = (area_of(ZONE),)
    path = visiting_round((place(0, 50), place(300, 50)), height=HEIGHT, dwell_s=1.0, no_fly=zone)
    assert flown(path).distance(ZONE) > ZONE_KEPT_M
    with pytest.raises(BadInput, match="gate: stands in a no-fly zone"):
        visiting_round((place(150, 50),), height=HEIGHT, dwell_s=1.0, no_fly=zone)


def test_round_of_many_places_is_short() -> None:
    points = np.random.default_rng(5).uniform(0.0, 5000.0, (400, 2))
    places = tuple(place(float(x), float(y)) for x, y in points)
    path = visiting_round(places, height=HEIGHT, dwell_s=1.0)
    # Beardwood, Halton and Hammersley: the best tour is about 0.7124 sqrt(n A).
    assert flown(path).length < 1.15 * 0.7124 * math.sqrt(400.0) * 5000.0


@pytest.mark.parametrize("count", [0, 1_000_000])
def test_passes_beyond_reason_are_refused(count: int) -> None:
    with pytest.raises(BadInput, match="passes"):
        corridor(line_of(BEND), swath_m=40.0, height=HEIGHT, passes=count)
