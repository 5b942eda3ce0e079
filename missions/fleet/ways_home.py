"""How far it is from docks to places round what must not be flown over: for reckoning, not flying.

The way that is flown is `missions.transit.way_round`, which also keeps its distance.
"""

import itertools
import math

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry

from missions.area import Area, ring_en
from missions.geodesy import LocalPlane
from missions.patterns.ground import polygons_of
from missions.patterns.inside import Inside

Array = npt.NDArray[np.float64]

CLEAR_M = 1.0
ROOM_M = 500.0


def ways_home_m(docks: Array, nodes: Array, closed: tuple[Area, ...], plane: LocalPlane) -> Array:
    """Metres from each dock to each node, (docks, nodes), straight where nothing is in the way."""
    places, which = np.unique(docks, axis=0, return_inverse=True)
    return _from_places_m(places, nodes, closed, plane)[which.ravel()]


def _from_places_m(
    docks: Array, nodes: Array, closed: tuple[Area, ...], plane: LocalPlane
) -> Array:
    legs = np.stack(np.broadcast_arrays(docks[:, None, :], nodes[None, :, :]), axis=2)
    metres: Array = np.hypot(*(legs[..., 1, :] - legs[..., 0, :]).transpose(2, 0, 1))
    zones = [shapely.make_valid(Polygon(ring_en(plane, zone.outer))) for zone in closed]
    taken = shapely.union_all([zone.buffer(CLEAR_M, quad_segs=2) for zone in zones])
    if taken.is_empty:
        return metres
    shapely.prepare(taken)
    blocked = shapely.intersects(taken, shapely.linestrings(legs))
    if not blocked.any():
        return metres
    inside = _round(taken, np.vstack((docks, nodes)))
    for dock, node in np.argwhere(blocked):
        start, goal = docks[dock].tolist(), nodes[node].tolist()
        way = inside.route((start[0], start[1]), (goal[0], goal[1]))
        metres[dock, node] = sum(math.dist(*leg) for leg in itertools.pairwise(way))
    return metres


def _round(taken: BaseGeometry, places: Array) -> Inside:
    around = MultiPoint(places).union(taken.envelope).envelope
    box = around.buffer(ROOM_M, join_style="mitre")
    return Inside(polygons_of(box.difference(taken))[0])
