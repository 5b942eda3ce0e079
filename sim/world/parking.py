"""Parking bays beside the streets, well clear of the carriageway, and who stands in them."""

from dataclasses import dataclass

import numpy as np
import shapely

from sim.district.features import Array, District
from sim.world.objects import Mask

BESIDE_M = 6.5
EVERY_M = 9.0
CLEAR_OF_ROADS_M = 4.5
CLEAR_OF_BUILDINGS_M = 2.5
CLEAR_OF_DOCKS_M = 12.0
TAKEN = 0.55


@dataclass(frozen=True, slots=True, kw_only=True)
class Bays:
    """Parking bays: middles (n, 2) metres, headings (n,), and which of them are taken (n,)."""

    at: Array
    heading_rad: Array
    taken: Mask


def bays(district: District, seed: int, *, share: float = 0.16) -> Bays:
    """Bays along avenues and streets; `share` of the possible ones exist, in runs of four."""
    rng = np.random.default_rng((seed, 11))
    streets = [road for road in district.roads if road.road_class in ("avenue", "street")]
    found = [bay for road in streets for bay in _beside(road.line, road.width_m, rng, share)]
    at = np.array([bay[:2] for bay in found]).reshape(-1, 2)
    heading = np.array([bay[2] for bay in found])
    keep = _clear(district, at)
    return Bays(at=at[keep], heading_rad=heading[keep], taken=rng.random(int(keep.sum())) < TAKEN)


def _beside(
    line: Array, width_m: float, rng: np.random.Generator, share: float
) -> list[tuple[float, float, float]]:
    way = shapely.LineString(line)
    found = []
    for side in (1.0, -1.0):
        for run in np.arange(20.0, way.length - 20.0, 4 * EVERY_M):
            if rng.random() > share:
                continue
            for along in run + EVERY_M * np.arange(4):
                here, ahead = (np.array(way.interpolate(s).coords[0]) for s in (along, along + 2))
                step = (ahead - here) / max(float(np.hypot(*(ahead - here))), 1e-9)
                right = side * np.array([step[1], -step[0]])
                east, north = here + right * (width_m / 2.0 + BESIDE_M)
                heading = np.arctan2(side * step[0], side * step[1])
                found.append((float(east), float(north), float(heading)))
    return found


def _clear(district: District, at: Array) -> Mask:
    points = shapely.points(at)
    roads = shapely.union_all(
        [shapely.LineString(road.line).buffer(road.width_m / 2.0) for road in district.roads]
    )
    blocks = shapely.union_all([shapely.Polygon(each.ring) for each in district.buildings])
    docks = shapely.MultiPoint([(dock.east_m, dock.north_m) for dock in district.docks])
    places = shapely.union_all([shapely.Polygon(place.ring) for place in district.places])
    return np.asarray(
        (shapely.distance(points, roads) > CLEAR_OF_ROADS_M)
        & (shapely.distance(points, blocks) > CLEAR_OF_BUILDINGS_M)
        & (shapely.distance(points, docks) > CLEAR_OF_DOCKS_M)
        & (shapely.distance(points, places) > 2.0),
        dtype=bool,
    )
