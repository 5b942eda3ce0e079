"""The district's cameras: 616 for view, 133 for speed and 10 roadside complexes, all invented.

They stand where such cameras stand: at crossings, round squares, parks and the bazaar, on the
embankment, at schools, on masts over the rural places, and beside the main roads.
"""

import math
from collections.abc import Iterator

import numpy as np
import shapely

from sim.district import names
from sim.district.features import Array, Camera, District, Name, Road, Violation

CAMERAS, SPEED_CAMERAS, ROADSIDE_COMPLEXES = 616, 133, 10
COMPLEX_VIOLATIONS: tuple[tuple[Violation, ...], ...] = (
    ("speeding", "not_yielding"),
    ("speeding", "oncoming_lane"),
    ("speeding", "oncoming_lane", "not_yielding"),
)
MAST_RANGE_M = 600.0
DOME_RANGE_M = 320.0


def cameras(district: District, rng: np.random.Generator) -> tuple[Camera, ...]:
    """Exactly 616, 133 and 10 cameras, in that order."""
    view = _chosen(district, rng)
    speed = _beside_roads(district, rng, SPEED_CAMERAS, ("avenue", "bridge", "street"))
    complexes = _beside_roads(district, rng, ROADSIDE_COMPLEXES, ("avenue", "bridge"))
    return (
        *(_renumbered(camera, "camera", number) for number, camera in enumerate(view, 1)),
        *(_speed_camera(number, *at) for number, at in enumerate(speed, 1)),
        *(_complex(number, *at) for number, at in enumerate(complexes, 1)),
    )


def _chosen(district: District, rng: np.random.Generator) -> list[Camera]:
    """All cameras of places and schools, and as many crossings' as fill the number."""
    fixed = [
        *_at_places(district),
        *_at_schools(district),
        *_masts(district),
        *_domes(district),
    ]
    crossings = list(_at_crossings(district))
    wanted = CAMERAS - len(fixed)
    if wanted < 0 or wanted > len(crossings):
        raise ValueError(f"{len(fixed)} + {len(crossings)} places for {CAMERAS} cameras")
    picked = sorted(rng.choice(len(crossings), size=wanted, replace=False))
    return fixed + [crossings[index] for index in picked]


def _camera(
    at: Array, name: Name, *, bearing_rad: float | None, height_m: float, range_m: float
) -> Camera:
    return Camera(
        id="",
        kind="camera",
        name=name,
        east_m=float(at[0]),
        north_m=float(at[1]),
        height_m=height_m,
        bearing_rad=bearing_rad,
        field_of_view_rad=2.0 * math.pi if bearing_rad is None else math.radians(70.0),
        range_m=range_m,
    )


def _bearing_rad(start: Array, end: Array) -> float:
    east, north = end - start
    return math.atan2(east, north) % (2.0 * math.pi)


def _at_places(district: District) -> Iterator[Camera]:
    """One every 45 m round a public place, looking in; every fourth one is a PTZ."""
    for place in district.places:
        if place.kind not in ("square", "park", "bazaar", "embankment"):
            continue
        outline = shapely.LinearRing(place.ring)
        middle = np.array(shapely.Polygon(place.ring).centroid.coords[0])
        for index, distance in enumerate(np.arange(0.0, outline.length, 45.0)):
            at = np.array(outline.interpolate(distance).coords[0])
            bearing = None if index % 4 == 0 else _bearing_rad(at, middle)
            reach = 260.0 if bearing is None else 130.0
            yield _camera(at, place.name, bearing_rad=bearing, height_m=7.0, range_m=reach)


def _at_schools(district: District) -> Iterator[Camera]:
    """Two at each school's front corners, looking along it."""
    for building in district.buildings:
        if building.use != "school":
            continue
        for here, there in ((0, 1), (1, 0)):
            at, along = building.ring[here], building.ring[there]
            bearing = _bearing_rad(at, along)
            yield _camera(at, building.name, bearing_rad=bearing, height_m=5.0, range_m=90.0)


def _masts(district: District) -> Iterator[Camera]:
    """PTZ cameras on high masts round the rural places."""
    for place_id in ("pasture", "closed-hemp-field"):
        place = district.place(place_id)
        hull = shapely.Polygon(place.ring).minimum_rotated_rectangle
        for at in shapely.get_coordinates(hull)[:4]:
            yield _camera(at, place.name, bearing_rad=None, height_m=18.0, range_m=MAST_RANGE_M)


def _domes(district: District) -> Iterator[Camera]:
    """A PTZ on a high post at every crossing with an avenue."""
    for at, a, b in _crossings(district):
        if "avenue" in (a.road_class, b.road_class):
            direction = _direction_near(a, at) + math.pi / 4.0
            post = at + _corner_step_m(a, b) * np.array([math.sin(direction), math.cos(direction)])
            name = names.crossing(a.name, b.name)
            yield _camera(post, name, bearing_rad=None, height_m=12.0, range_m=DOME_RANGE_M)


def _at_crossings(district: District) -> Iterator[Camera]:
    """Up to four at every crossing of two roads of the grid, each looking down one arm."""
    for at, a, b in _crossings(district):
        yield from _corner_cameras(at, a, b)


def _crossings(district: District) -> Iterator[tuple[Array, Road, Road]]:
    grid = [road for road in district.roads if road.road_class in ("avenue", "street")]
    lines = [shapely.LineString(road.line) for road in grid]
    for first, road in enumerate(grid):
        for second in range(first + 1, len(grid)):
            crossing = lines[first].intersection(lines[second])
            if isinstance(crossing, shapely.Point):
                yield np.array(crossing.coords[0]), road, grid[second]


def _corner_cameras(at: Array, a: Road, b: Road) -> Iterator[Camera]:
    name = names.crossing(a.name, b.name)
    direction = _direction_near(a, at)
    for quarter in range(4):
        bearing = (direction + quarter * math.pi / 2.0) % (2.0 * math.pi)
        corner = bearing + math.pi / 4.0
        post = at + _corner_step_m(a, b) * np.array([math.sin(corner), math.cos(corner)])
        yield _camera(post, name, bearing_rad=bearing, height_m=8.0, range_m=120.0)


def _corner_step_m(a: Road, b: Road) -> float:
    """From a crossing's middle to a post at its corner."""
    return (max(a.width_m, b.width_m) / 2.0 + 3.0) * math.sqrt(2.0)


def _direction_near(road: Road, at: Array) -> float:
    nearest = int(np.argmin(np.hypot(*(road.line[:-1] - at).T)))
    return _bearing_rad(road.line[nearest], road.line[nearest + 1])


def _beside_roads(
    district: District, rng: np.random.Generator, count: int, classes: tuple[str, ...]
) -> list[tuple[Array, float, Name]]:
    """Post, bearing against the traffic and road name of `count` places, spread by length."""
    chosen = [road for road in district.roads if road.road_class in classes]
    weights = np.array(
        [
            shapely.LineString(road.line).length * (4.0 if road.lanes_each_way > 1 else 1.0)
            for road in chosen
        ]
    )
    picked = rng.choice(len(chosen), size=count, p=weights / weights.sum())
    return [_beside(chosen[index], rng) for index in picked]


def _beside(road: Road, rng: np.random.Generator) -> tuple[Array, float, Name]:
    line = shapely.LineString(road.line)
    middle = rng.uniform(0.1, 0.9) * line.length
    here, ahead = (
        np.array(line.interpolate(distance).coords[0]) for distance in (middle, middle + 5.0)
    )
    direction = (ahead - here) / np.hypot(*(ahead - here))
    side = 1.0 if rng.random() < 0.5 else -1.0
    right = side * np.array([direction[1], -direction[0]])
    post = here + right * (road.width_m / 2.0 + 2.0)
    return post, _bearing_rad(np.zeros(2), -side * direction), road.name


def _renumbered(camera: Camera, prefix: str, number: int) -> Camera:
    return Camera(
        id=f"{prefix}-{number:03d}",
        kind=camera.kind,
        name=camera.name,
        east_m=camera.east_m,
        north_m=camera.north_m,
        height_m=camera.height_m,
        bearing_rad=camera.bearing_rad,
        field_of_view_rad=camera.field_of_view_rad,
        range_m=camera.range_m,
    )


def _speed_camera(number: int, at: Array, bearing_rad: float, name: Name) -> Camera:
    return Camera(
        id=f"speed-{number:03d}",
        kind="speed_camera",
        name=name,
        east_m=float(at[0]),
        north_m=float(at[1]),
        height_m=6.0,
        bearing_rad=bearing_rad,
        field_of_view_rad=math.radians(40.0),
        range_m=90.0,
        violations=("speeding",),
    )


def _complex(number: int, at: Array, bearing_rad: float, name: Name) -> Camera:
    return Camera(
        id=f"complex-{number:02d}",
        kind="roadside_complex",
        name=name,
        east_m=float(at[0]),
        north_m=float(at[1]),
        height_m=7.0,
        bearing_rad=bearing_rad,
        field_of_view_rad=math.radians(60.0),
        range_m=150.0,
        violations=COMPLEX_VIOLATIONS[number % len(COMPLEX_VIOLATIONS)],
    )
