"""Covering what the passes left: each piece is visited from where that costs the least way."""

import itertools

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry

from missions.patterns.ground import polygons_of
from missions.patterns.inside import Inside, Point
from missions.patterns.sweep.way import Way

ROUNDS = 8
# Pieces are visited, largest first, until no more than this part of the area is left unseen.
LEAVE_FRACTION = 0.004
# A visit stops this far, in swaths, short of a piece's far end.
REACH_SWATHS = 0.3


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


def mend(way: Way, inside: Inside, swath_m: float) -> float:
    """Add visits to the way; the part of the polygon (0..1) that it then sees."""
    area = inside.polygon.area
    for _ in range(ROUNDS):
        pieces = polygons_of(inside.polygon.difference(seen_by(way.points, swath_m)))
        unseen = sum(piece.area for piece in pieces)
        if unseen <= LEAVE_FRACTION * area:
            return 1.0 - unseen / area
        for piece in pieces:
            if unseen <= LEAVE_FRACTION * area:
                break
            way.visit(_visit(piece, inside, swath_m), inside)
            unseen -= piece.area
    return 1.0 - inside.polygon.difference(seen_by(way.points, swath_m)).area / area


def _visit(piece: Polygon, inside: Inside, swath_m: float) -> list[Point]:
    """Along the piece's long axis, or to its middle when it is small."""
    box = shapely.minimum_rotated_rectangle(piece)
    middle = piece.representative_point()
    if not isinstance(box, Polygon):
        return [(middle.x, middle.y)]
    corners = np.array(box.exterior.coords[:4])
    sides = np.diff(np.array(box.exterior.coords), axis=0)[:2]
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    if lengths.max() < swath_m * 0.7:
        return [(middle.x, middle.y)]
    axis = sides[int(lengths.argmax())] / lengths.max()
    points = np.array(piece.exterior.coords)
    along = points @ axis
    pull = min(REACH_SWATHS * swath_m, np.ptp(along) / 3.0)
    first = _cross(piece, axis, float(along.min()) + pull, corners)
    last = _cross(piece, axis, float(along.max()) - pull, corners)
    return inside.route(first, last)


def _cross(piece: Polygon, axis: np.ndarray, at: float, corners: np.ndarray) -> Point:
    """The middle of the piece's cross section at a distance along its axis."""
    normal = np.array((-axis[1], axis[0]))
    across = corners @ normal
    ends = [axis * at + normal * (across.min() - 1.0), axis * at + normal * (across.max() + 1.0)]
    section = piece.intersection(LineString(ends))
    if section.is_empty:
        inner = piece.representative_point()
        return inner.x, inner.y
    longest = max(shapely.get_parts(section), key=lambda part: part.length)
    middle = shapely.line_interpolate_point(longest, 0.5, normalized=True)
    return (middle.x, middle.y) if not middle.is_empty else tuple(longest.coords[0])
