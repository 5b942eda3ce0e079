"""Covering what the passes left: each piece is visited from where that costs the least way."""

import itertools
import math

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import LineString, MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry

from missions.patterns.inside import Inside, Point
from missions.patterns.sweep.core.kernels import Array
from missions.patterns.sweep.raster import Raster
from missions.patterns.sweep.way import Way

ROUNDS = 6
# A visit stops this far, in swaths, short of a piece's far end.
REACH_SWATHS = 0.3
SMALL_SWATHS = 0.7


def seen_by(way: list[Point], swath_m: float) -> BaseGeometry:
    """The ground that a camera with this swath sees along a way: a band on each leg, a disc at
    each corner between legs."""
    half = swath_m / 2.0
    bands = [
        LineString(leg).buffer(half, cap_style="flat")
        for leg in itertools.pairwise(way)
        if leg[0] != leg[1]
    ]
    corners = MultiPoint(way[1:-1]).buffer(half, quad_segs=6)
    return shapely.union_all([*bands, corners])


def mend(way: Way, inside: Inside, raster: Raster, swath_m: float, *, leave: float) -> None:
    """Add visits to the way, largest pieces first, until no more than the part `leave` (0..1) of
    the area is unseen."""
    most = leave * raster.wanted
    before = math.inf
    for _ in range(ROUNDS):
        pieces = raster.unseen_pieces(way.points)
        unseen = sum(map(len, pieces))
        if unseen <= most or unseen >= before:
            return
        before = unseen
        for piece in pieces:
            if unseen <= most:
                break
            way.visit(_visit(piece, inside, swath_m), inside)
            unseen -= len(piece)


def _visit(piece: Array, inside: Inside, swath_m: float) -> list[Point]:
    """Along the piece's long axis, or to its middle when it is small."""
    box = shapely.minimum_rotated_rectangle(shapely.multipoints(piece))
    if not isinstance(box, Polygon):
        return [_stop(piece, inside)]
    sides = np.diff(np.array(box.exterior.coords), axis=0)[:2]
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    if lengths.max() < swath_m * SMALL_SWATHS:
        return [_stop(piece, inside)]
    axis = sides[int(lengths.argmax())] / lengths.max()
    along = piece @ axis
    pull = min(REACH_SWATHS * swath_m, np.ptp(along) / 3.0)
    first = _cross(piece, along, float(along.min()) + pull, inside)
    last = _cross(piece, along, float(along.max()) - pull, inside)
    return inside.route(first, last)


def _cross(piece: Array, along: Array, at: float, inside: Inside) -> Point:
    """The middle of the piece's cross section at a distance along its axis."""
    near = np.abs(along - at)
    return _stop(piece[near <= max(near.min() * 1.5, np.ptp(along) / 40.0)], inside)


def _stop(cells: Array, inside: Inside) -> Point:
    """The cell in the middle, or the place next to it that may be flown to."""
    gaps = cells - cells.mean(axis=0)
    stop = shapely.Point(cells[int((gaps**2).sum(axis=1).argmin())])
    if not inside.polygon.covers(stop):
        stop, _ = shapely.ops.nearest_points(inside.polygon, stop)
    return stop.x, stop.y
