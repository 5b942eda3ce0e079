"""What stands on the ground and does not move: buildings as boxes, and trees."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from sim.camera.palette import Bgr
from sim.district.features import Array, District

# The sun stands in the south-east at about 55 degrees: shadow metres east, north a metre of height.
SUN_SHADOW_PER_M = np.array([-0.42, 0.55])
TREE_CLEAR_OF_ROAD_M = 3.2
AVENUE_TREES_EVERY_M = 17.0

WALLS: tuple[Bgr, ...] = (
    (168, 180, 188),
    (150, 164, 176),
    (176, 182, 184),
    (142, 152, 166),
    (160, 170, 172),
)
ROOFS: tuple[Bgr, ...] = (
    (122, 124, 128),
    (104, 110, 120),
    (134, 136, 138),
    (96, 100, 110),
    (116, 126, 128),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """Buildings as four-cornered prisms.

    `corners` is (n, 4, 2) metres, counter-clockwise; `height_m` (n,); `colour` (n,) indexes walls
    and roofs; `windows` (n,) says whether the walls have rows of windows.
    """

    corners: Array
    height_m: Array
    colour: npt.NDArray[np.int64]
    windows: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trees:
    """Trees: trunks' feet (n, 2) metres, heights and crown radii (n,) metres, shades 0..1 (n,)."""

    at: Array
    height_m: Array
    crown_m: Array
    shade: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenery:
    """Everything that stands still."""

    blocks: Blocks
    trees: Trees


def scenery(district: District) -> Scenery:
    """Buildings from the map, and trees where a seed puts them."""
    rng = np.random.default_rng((district.seed, 5))
    return Scenery(blocks=_blocks(district, rng), trees=_trees(district, rng))


def _blocks(district: District, rng: np.random.Generator) -> Blocks:
    count = len(district.buildings)
    corners = [_four_corners(building.ring) for building in district.buildings]
    return Blocks(
        corners=np.array(corners).reshape(count, 4, 2),
        height_m=np.array([building.height_m for building in district.buildings]),
        colour=rng.integers(0, len(WALLS), count),
        windows=np.array(
            [building.use in ("flats", "public", "school") for building in district.buildings],
            dtype=bool,
        ),
    )


def _four_corners(ring: Array) -> Array:
    """The ring itself where it has four corners, else the rectangle round it."""
    shape = shapely.Polygon(ring)
    outline = shape if len(ring) == 4 else shape.minimum_rotated_rectangle
    corners = shapely.get_coordinates(outline)[:4]
    return corners if shapely.LinearRing(corners).is_ccw else corners[::-1]


def _trees(district: District, rng: np.random.Generator) -> Trees:
    spots = np.concatenate(
        (
            *_in_parks(district, rng),
            *_along_avenues(district, rng),
            _in_courtyards(district, rng),
        )
    ).reshape(-1, 2)
    at = spots[_clear(district, spots)]
    height = rng.uniform(4.5, 8.5, len(at))
    return Trees(
        at=at,
        height_m=height,
        crown_m=height * rng.uniform(0.24, 0.33, len(at)),
        shade=rng.random(len(at)),
    )


def _in_parks(district: District, rng: np.random.Generator) -> list[Array]:
    found = [np.empty((0, 2))]
    for place in district.places:
        if place.kind != "park":
            continue
        shape = shapely.Polygon(place.ring).buffer(-5.0)
        left, low, right, high = shape.bounds
        candidates = rng.uniform((left, low), (right, high), (round(shape.area / 260.0), 2))
        found.append(candidates[shapely.contains_xy(shape, candidates)])
    return found


def _along_avenues(district: District, rng: np.random.Generator) -> list[Array]:
    found = [np.empty((0, 2))]
    for road in district.roads:
        if road.road_class != "avenue":
            continue
        line = shapely.LineString(road.line)
        for side in (1.0, -1.0):
            row = line.offset_curve(side * (road.width_m / 2.0 + TREE_CLEAR_OF_ROAD_M + 0.4))
            along = np.arange(10.0, row.length, AVENUE_TREES_EVERY_M)
            kept = along[rng.random(len(along)) < 0.7]
            found.append(np.array([row.interpolate(each).coords[0] for each in kept]))
    return found


def _in_courtyards(district: District, rng: np.random.Generator) -> Array:
    """About two beside each block of flats and one beside every other house."""
    found = []
    for building in district.buildings:
        number = {"flats": 2, "school": 4, "house": 1}.get(building.use, 0)
        middle = building.ring.mean(axis=0)
        for _ in range(number):
            angle, reach = rng.uniform(0.0, 2.0 * np.pi), rng.uniform(10.0, 26.0)
            found.append(middle + reach * np.array([np.cos(angle), np.sin(angle)]))
    return np.array(found).reshape(-1, 2)


def _clear(district: District, spots: Array) -> npt.NDArray[np.bool_]:
    """Away from carriageways, walls, docks, squares and bays' usual places."""
    points = shapely.points(spots)
    roads = shapely.union_all(
        [shapely.LineString(road.line).buffer(road.width_m / 2.0) for road in district.roads]
    )
    walls = shapely.union_all([shapely.Polygon(each.ring) for each in district.buildings])
    open_kinds = ("square", "bazaar", "river", "embankment", "pasture", "hemp_field")
    open_places = shapely.union_all(
        [shapely.Polygon(place.ring) for place in district.places if place.kind in open_kinds]
    )
    docks = shapely.MultiPoint([(dock.east_m, dock.north_m) for dock in district.docks])
    return np.asarray(
        (shapely.distance(points, roads) > TREE_CLEAR_OF_ROAD_M)
        & (shapely.distance(points, walls) > 3.0)
        & (shapely.distance(points, open_places) > 2.0)
        & (shapely.distance(points, docks) > 10.0),
        dtype=bool,
    )
