"""An area and places divided among drones."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon

from missions.area import Area, Place, ring_en, ring_geo
from missions.camera import known_cameras
from missions.errors import BadInput, Failed
from missions.fleet.area_split import AreaTask, split_area
from missions.fleet.drone import FleetDrone
from missions.fleet.fleet_work import Eye, FleetWork
from missions.fleet.places_split import PlacesTask, split_places
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.path import PatrolPath
from missions.time_model import flight_time_s, path_time_s
from missions.vehicle import Vehicle, default_vehicle
from missions.wind import Wind

PLANE = LocalPlane(GeoPoint(latitude_deg=44.84, longitude_deg=65.5))
EYE = Eye(height=HeightAboveHome(60.0), speed_m_s=10.0, swath_m=50.0)
SQUARE = [(0.0, 0.0), (600.0, 0.0), (600.0, 500.0), (0.0, 500.0)]
HOLE = [(250.0, 200.0), (350.0, 200.0), (350.0, 300.0), (250.0, 300.0)]
HOLED = Area(
    outer=ring_geo(PLANE, np.array(SQUARE)), holes=(ring_geo(PLANE, np.array(HOLE)),), name="holed"
)


def drone(
    name: str, *, at: tuple[float, float] = (0.0, 0.0), vehicle: Vehicle | None = None
) -> FleetDrone:
    """A drone at metres of the plane."""
    return FleetDrone(name=name, vehicle=vehicle or default_vehicle(), dock=PLANE.geo(*at))


def flight_s(who: FleetDrone, path: PatrolPath) -> float:
    """From the dock along the path and back, with the climb and the descent."""
    first, last = path.points[0], path.points[-1]
    home = who.dock if who.docked else first.position
    plane = LocalPlane(home)
    ways = [math.hypot(*plane.en(point.position)) for point in (first, last)]
    level_s = sum(
        flight_time_s(np.array([(0.0, 0.0), (way, 0.0)]), who.vehicle, speed_m_s=10.0)
        for way in ways
    )
    height = first.height.m
    upright = height / who.vehicle.climb_speed_m_s + height / who.vehicle.descent_speed_m_s
    return path_time_s(path, who.vehicle, speed_m_s=10.0) + level_s + upright


def ways_of(work: FleetWork) -> list[LineString]:
    """Every flight's way in metres of the plane."""
    return [
        LineString(ring_en(PLANE, tuple(point.position for point in path.points)))
        for one in work.drones
        for path in one.paths
    ]


def seen_by(work: FleetWork, swath_m: float) -> shapely.Geometry:
    """Ground within half a swath beside any leg, or of a corner within a way."""
    bands = [
        LineString(leg).buffer(swath_m / 2.0, cap_style="flat")
        for way in ways_of(work)
        for leg in zip(way.coords[:-1], way.coords[1:], strict=True)
        if leg[0] != leg[1]
    ]
    corners = [
        shapely.Point(corner).buffer(swath_m / 2.0)
        for way in ways_of(work)
        for corner in way.coords[1:-1]
    ]
    return shapely.union_all([*bands, *corners])


@pytest.mark.parametrize("count", [3, 8])
def test_all_of_an_area_is_seen_nothing_outside_is_flown_and_all_work_as_long(count: int) -> None:
    work = split_area(
        AreaTask(area=HOLED), [drone(str(i)) for i in range(count)], [EYE] * count, flight_s
    )
    ground = Polygon(SQUARE, [HOLE])
    left = ground.difference(seen_by(work, EYE.swath_m))
    assert left.area <= 0.005 * ground.area
    assert all(ground.buffer(0.05).covers(way) for way in ways_of(work))
    assert work.ratio <= 1.05
    assert work.bound_s <= work.makespan_s


corner = st.tuples(st.floats(100.0, 400.0), st.floats(0.75, 1.25))


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    corners=st.lists(corner, min_size=5, max_size=9),
    count=st.integers(2, 5),
    docked=st.booleans(),
)
def test_any_shape_is_divided_evenly(
    corners: list[tuple[float, float]], count: int, docked: bool
) -> None:
    turns = np.cumsum([share for _, share in corners])
    angles = 2.0 * np.pi * turns / turns[-1]
    ring = [
        (r * math.cos(angle), r * math.sin(angle))
        for (r, _), angle in zip(corners, angles, strict=True)
    ]
    area = Area(outer=ring_geo(PLANE, np.array(ring)))
    fleet = [
        FleetDrone(
            name=str(i), vehicle=default_vehicle(), dock=PLANE.geo(450.0, 0.0), docked=docked
        )
        for i in range(count)
    ]
    work = split_area(AreaTask(area=area), fleet, [EYE] * count, flight_s)
    ground = Polygon(ring)
    left = ground.difference(seen_by(work, EYE.swath_m))
    assert left.area <= 0.01 * ground.area
    assert all(ground.buffer(0.05).covers(way) for way in ways_of(work))
    assert work.ratio <= 1.05


def test_a_drone_twice_as_fast_gets_more_and_all_are_done_together() -> None:
    fast = default_vehicle().model_copy(update={"name": "fast", "cruise_speed_m_s": 20.0})
    eyes = [EYE, Eye(height=EYE.height, speed_m_s=20.0, swath_m=50.0)]

    def timed(who: FleetDrone, path: PatrolPath) -> float:
        speed = who.vehicle.cruise_speed_m_s
        return path_time_s(path, who.vehicle, speed_m_s=speed) + 60.0

    work = split_area(
        AreaTask(area=HOLED), [drone("slow"), drone("quick", vehicle=fast)], eyes, timed
    )
    slow_m, fast_m = (way.length for way in ways_of(work))
    assert fast_m > 1.2 * slow_m
    assert work.ratio <= 1.05


def test_a_drone_that_sees_twice_as_wide_is_given_more_ground_and_flies_wider_passes() -> None:
    eyes = [EYE, Eye(height=EYE.height, speed_m_s=10.0, swath_m=100.0)]
    fleet = [drone("narrow"), drone("wide", at=(600.0, 0.0))]
    work = split_area(AreaTask(area=HOLED), fleet, eyes, flight_s)
    alike = split_area(AreaTask(area=HOLED), fleet, [EYE] * 2, flight_s)
    assert work.makespan_s < 0.85 * alike.makespan_s
    assert work.bound_s <= work.makespan_s
    ground = Polygon(SQUARE, [HOLE])
    assert all(ground.buffer(0.05).covers(way) for way in ways_of(work))
    seen = shapely.union_all(
        [
            way.buffer(eye.swath_m / 2.0, cap_style="flat")
            for way, eye in zip(ways_of(work), eyes, strict=True)
        ]
    )
    assert ground.difference(seen).area <= 0.01 * ground.area


def test_nobody_is_home_from_the_far_end_before_the_bound() -> None:
    strip = Area(outer=ring_geo(PLANE, np.array([(0, 0), (4000, 0), (4000, 30), (0, 30)])))
    fleet = [drone(str(i)) for i in range(5)]
    work = split_area(AreaTask(area=strip), fleet, [EYE] * 5, flight_s)
    there_and_back_s = 2.0 * 4000.0 / 10.0
    assert 0.95 * there_and_back_s < work.bound_s <= work.makespan_s


def test_each_drone_works_where_its_dock_is() -> None:
    fleet = [drone("west", at=(-200.0, 250.0)), drone("east", at=(800.0, 250.0))]
    work = split_area(AreaTask(area=HOLED), fleet, [EYE] * 2, flight_s)
    west, east = (way.centroid.x for way in ways_of(work))
    assert west < 250.0
    assert east > 350.0


def test_what_one_battery_does_not_last_for_is_flown_in_several_flights() -> None:
    weak = default_vehicle().model_copy(update={"endurance_s": 400.0})
    fleet = [drone(str(i), vehicle=weak) for i in range(2)]
    work = split_area(AreaTask(area=HOLED, swap_s=60.0), fleet, [EYE] * 2, flight_s)
    assert max(len(one.paths) for one in work.drones) > 1
    for one in work.drones:
        assert max(one.flights_s) <= one.drone.usable_s * 1.02
        swaps = 60.0 * (len(one.paths) - 1)
        assert one.done_s == pytest.approx(sum(one.flights_s) + swaps)
    left = Polygon(SQUARE, [HOLE]).difference(seen_by(work, EYE.swath_m))
    assert left.area <= 0.01 * Polygon(SQUARE, [HOLE]).area


@settings(max_examples=5, deadline=None)
@given(each_s=st.floats(0.0, 60.0), a_corner_s=st.floats(0.0, 2.0), count=st.integers(1, 3))
def test_batteries_last_for_flights_that_take_longer_than_they_look(
    each_s: float, a_corner_s: float, count: int
) -> None:
    weak = default_vehicle().model_copy(update={"endurance_s": 500.0})
    fleet = [drone(str(i), vehicle=weak) for i in range(count)]

    def slower_s(who: FleetDrone, path: PatrolPath) -> float:
        return flight_s(who, path) + each_s + a_corner_s * len(path.points)

    wide = Area(outer=ring_geo(PLANE, 1.5 * np.array(SQUARE)), name="wide")
    work = split_area(AreaTask(area=wide), fleet, [EYE] * count, slower_s)
    assert max(len(one.paths) for one in work.drones) > 1
    for one in work.drones:
        assert max(one.flights_s) <= one.drone.usable_s * 1.02


def test_an_area_too_far_for_every_battery_is_refused() -> None:
    far = [drone("far", at=(9000.0, 0.0))]
    with pytest.raises(Failed, match="too far"):
        split_area(AreaTask(area=HOLED), far, [EYE], flight_s)


def test_a_wind_that_nobody_can_fly_against_is_refused() -> None:
    gale = Wind(speed_m_s=30.0, from_rad=0.0)
    with pytest.raises(Failed, match="too strong"):
        split_area(AreaTask(area=HOLED, wind=gale), [drone("one")], [EYE], flight_s)


def test_the_same_seed_divides_the_same() -> None:
    once, again = (
        split_area(AreaTask(area=HOLED, seed=4), [drone("a"), drone("b")], [EYE] * 2, flight_s)
        for _ in range(2)
    )
    assert once == again


def places_at(spots: list[tuple[float, float]], **properties: object) -> tuple[Place, ...]:
    """Places at metres of the plane."""
    return tuple(
        Place(position=PLANE.geo(*spot), name=str(i), properties=properties)
        for i, spot in enumerate(spots)
    )


@settings(max_examples=6, deadline=None)
@given(
    spots=st.lists(
        st.tuples(st.integers(-900, 900), st.integers(-900, 900)), min_size=1, max_size=30
    ),
    count=st.integers(2, 4),
)
def test_every_place_is_visited_once_by_somebody(
    spots: list[tuple[float, float]], count: int
) -> None:
    task = PlacesTask(places=places_at(spots), dwell_s=20.0, look_at_places=False)
    fleet = [drone(str(i)) for i in range(count)]
    work = split_places(task, fleet, [EYE] * count, flight_s)
    visited = [
        (round(point.position.latitude_deg, 9), round(point.position.longitude_deg, 9))
        for one in work.drones
        for path in one.paths
        for point in path.points
        if point.dwell_s > 0.0
    ]
    wanted = [
        (round(place.position.latitude_deg, 9), round(place.position.longitude_deg, 9))
        for place in task.places
    ]
    assert sorted(visited) == sorted(wanted)
    assert work.bound_s <= work.makespan_s + 1e-6


@pytest.mark.parametrize(("seed", "count"), [(1, 2), (2, 4)])
def test_places_spread_about_are_divided_evenly(seed: int, count: int) -> None:
    spots = np.random.default_rng(seed).uniform(-900.0, 900.0, (40, 2))
    task = PlacesTask(places=places_at([(x, y) for x, y in spots.tolist()]), dwell_s=20.0)
    work = split_places(task, [drone(str(i)) for i in range(count)], [EYE] * count, flight_s)
    assert work.ratio <= 1.05
    assert work.makespan_s <= 1.25 * work.bound_s


def test_a_place_that_asks_for_a_camera_is_visited_by_a_drone_that_carries_it() -> None:
    cameras = list(known_cameras().values())
    first, second = cameras[0], cameras[1]
    spots = [(100.0 * i, 200.0) for i in range(-4, 5)]
    asking = places_at(spots, camera=second.name) + places_at([(50.0, -300.0)])
    fleet = [
        FleetDrone(name="a", vehicle=default_vehicle(), dock=PLANE.origin, camera=first),
        FleetDrone(name="b", vehicle=default_vehicle(), dock=PLANE.origin, camera=second),
    ]
    work = split_places(PlacesTask(places=asking, dwell_s=5.0), fleet, [EYE] * 2, flight_s)
    north_by_a = [
        point
        for path in work.drones[0].paths
        for point in path.points
        if PLANE.en(point.position)[1] > 0.0
    ]
    assert north_by_a == []
    assert sum(len(path.points) for one in work.drones for path in one.paths) == 10


def test_a_camera_that_nobody_carries_is_named() -> None:
    task = PlacesTask(places=places_at([(0.0, 100.0)], camera="sonar"), dwell_s=5.0)
    with pytest.raises(BadInput, match="sonar"):
        split_places(task, [drone("a")], [EYE], flight_s)


@pytest.mark.parametrize(
    "divide",
    [
        lambda: split_area(AreaTask(area=HOLED), [], [], flight_s),
        lambda: split_places(PlacesTask(places=(), dwell_s=1.0), [drone("a")], [EYE], flight_s),
    ],
)
def test_nobody_or_nothing_is_refused(divide: Callable[[], object]) -> None:
    with pytest.raises(BadInput):
        divide()
