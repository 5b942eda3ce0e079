"""Rings: the area's outline drawn inwards swath by swath, and joined to spirals.

Where an area is long beside its width, or has arms, a spiral turns less often than passes do.
"""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import LinearRing, LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from missions.patterns.ground import polygons_of
from missions.patterns.inside import Point
from missions.patterns.sweep.core.kernels import Array

MITRE_LIMIT = 2.0
SIMPLIFY_SWATHS = 0.03
LEAST_RING_SWATHS2 = 1e-3
LEAST_CORE_SWATHS2 = 0.03
SHORT_CORE_SWATHS = 0.4
NEXT_RING_SWATHS = 1.6
# A spiral leaves its ring this far, in swaths, before the ring closes.
GAP_SWATHS = 1.0
STARTS = 5
CORES = 4
# Outlines of more corners are drawn inwards from level to level: all the way at once, each corner
# would cross many others.
MANY_CORNERS = 1000


@dataclass(frozen=True, slots=True)
class _Ring:
    """A ring and, unless it goes around a hole, the polygon that it bounds."""

    line: LinearRing
    bounded: Polygon | None


@dataclass(slots=True)
class _Chain:
    """Rings from the outermost to the innermost; `split` where others go on from the innermost."""

    rings: list[_Ring] = field(default_factory=list)
    split: bool = False


def spirals(
    polygon: Polygon, swath_m: float, inset_m: float, time_s: Callable[[Array], float]
) -> list[list[list[Point]]]:
    """Each spiral in four variants: the two quickest, and both from their end to their beginning.

    `inset_m` is how far the polygon's edge lies within the ground to be shown. None are found
    where the area is nowhere a swath wide.
    """
    found = []
    for chain in _chains(polygon, swath_m, inset_m):
        cores = _cores(chain, swath_m)
        ways = [
            _spiral(chain.rings, swath_m, start, back, cores)
            for start in _starts(chain.rings[0].line)
            for back in (False, True)
        ]
        ways.sort(key=time_s)
        best = [[(float(x), float(y)) for x, y in way] for way in (ways * 2)[:2]]
        found.append(best + [way[::-1] for way in best])
    return found


def _chains(polygon: Polygon, swath_m: float, inset_m: float) -> list[_Chain]:
    chains: list[_Chain] = []
    open_chains: list[_Chain] = []
    before: list[_Ring] = []
    outline: BaseGeometry = polygon
    ragged = len(shapely.get_coordinates(polygon)) > MANY_CORNERS
    for level in itertools.count():
        inwards_m = (level + 0.5) * swath_m - inset_m
        if ragged and level > 0:
            outline, inwards_m = MultiPolygon([r.bounded for r in before if r.bounded]), swath_m
        rings = _level(outline, inwards_m, swath_m)
        if not rings:
            return chains
        parents = [_parent(ring, before, swath_m) for ring in rings]
        following = []
        for ring, parent in zip(rings, parents, strict=True):
            chain = _Chain()
            if parent is not None and parents.count(parent) == 1:
                chain = open_chains[parent]
            else:
                chains.append(chain)
            if parent is not None and parents.count(parent) > 1:
                open_chains[parent].split = True
            chain.rings.append(ring)
            following.append(chain)
        open_chains, before = following, rings
    raise AssertionError("a polygon shrinks to nothing")


def _level(polygon: BaseGeometry, inwards_m: float, swath_m: float) -> list[_Ring]:
    shrunk = polygon.buffer(-inwards_m, join_style="mitre", mitre_limit=MITRE_LIMIT)
    parts = [
        part
        for part in polygons_of(shrunk.simplify(SIMPLIFY_SWATHS * swath_m))
        if part.area > LEAST_RING_SWATHS2 * swath_m**2
    ]
    outer = [_Ring(part.exterior, part) for part in parts]
    return outer + [_Ring(hole, None) for part in parts for hole in part.interiors]


def _parent(ring: _Ring, before: list[_Ring], swath_m: float) -> int | None:
    """The ring of the level before that this one goes on from."""
    distances = [
        other.line.distance(ring.line)
        if (other.bounded is None) == (ring.bounded is None)
        else math.inf
        for other in before
    ]
    if not distances or min(distances) > NEXT_RING_SWATHS * swath_m:
        return None
    return distances.index(min(distances))


def _starts(ring: LinearRing) -> list[float]:
    """Distances along a ring of its sharpest corners."""
    corners = np.array(ring.coords)[:-1]
    into = corners - np.roll(corners, 1, axis=0)
    out = np.roll(corners, -1, axis=0) - corners
    crossed = into[:, 0] * out[:, 1] - into[:, 1] * out[:, 0]
    turns = np.abs(np.arctan2(crossed, (into * out).sum(axis=1)))
    along = np.concatenate(([0.0], np.cumsum(np.hypot(out[:, 0], out[:, 1]))))
    sharpest = np.argsort(-turns, kind="stable")[:STARTS]
    return [float(along[i]) for i in sharpest]


def _spiral(
    rings: list[_Ring], swath_m: float, start: float, back: bool, cores: list[Array]
) -> Array:
    at = np.array(rings[0].line.interpolate(start).coords[0])
    parts = []
    for ring in rings:
        corners = np.array(ring.line.coords)
        around = _around(corners[::-1] if back else corners, at, swath_m)
        at = around[-1]
        parts.append(around)
    for core in cores:
        nearer_end = math.dist(at, core[-1]) < math.dist(at, core[0])
        parts.append(core[::-1] if nearer_end else core)
        at = parts[-1][-1]
    return np.concatenate(parts)


def _around(corners: Array, at: Array, swath_m: float) -> Array:
    """Once around a closed ring, from the point next to `at` till shortly before it."""
    legs = np.diff(corners, axis=0)
    lengths = np.hypot(legs[:, 0], legs[:, 1])
    along = np.concatenate(([0.0], np.cumsum(lengths)))
    total = float(along[-1])
    parts = ((at - corners[:-1]) * legs).sum(axis=1) / np.maximum(lengths, 1e-12) ** 2
    parts = np.clip(parts, 0.0, 1.0)
    feet = corners[:-1] + parts[:, None] * legs
    nearest = int(((feet - at) ** 2).sum(axis=1).argmin())
    begin = float(along[nearest] + parts[nearest] * lengths[nearest])
    end = total - min(GAP_SWATHS * swath_m, 0.3 * total)
    ahead = (along[:-1] - begin) % total
    between = np.flatnonzero((ahead > 1e-3) & (ahead < end - 1e-3))
    between = between[np.argsort(ahead[between], kind="stable")]
    last = (begin + end) % total
    x, y = np.interp(last, along, corners[:, 0]), np.interp(last, along, corners[:, 1])
    return np.vstack((feet[nearest], corners[:-1][between], (x, y)))


def _cores(chain: _Chain, swath_m: float) -> list[Array]:
    """What the innermost ring leaves unseen within itself: lines or points to fly over."""
    bounded = chain.rings[-1].bounded
    if bounded is None or chain.split:
        return []
    hidden = polygons_of(bounded.buffer(-0.5 * swath_m))
    pieces = [piece for piece in hidden if piece.area > LEAST_CORE_SWATHS2 * swath_m**2]
    return [_within(_long_axis(piece, swath_m), bounded) for piece in pieces[:CORES]]


def _within(axis: Array, bounded: Polygon) -> Array:
    """The longest part of an axis within the ring: that of a bent piece may lie beside it."""
    if len(axis) == 1:
        place = shapely.Point(axis[0])
        if bounded.covers(place):
            return axis
        return np.array(shapely.ops.nearest_points(bounded, place)[0].coords)
    parts = shapely.get_parts(LineString(axis).intersection(bounded))
    lines = [part for part in parts if isinstance(part, LineString) and part.length > 0.0]
    if not lines:
        return np.array(bounded.representative_point().coords)
    return np.array(max(lines, key=lambda line: line.length).coords)


def _long_axis(piece: Polygon, swath_m: float) -> Array:
    box = shapely.get_coordinates(shapely.minimum_rotated_rectangle(piece))
    sides = np.hypot(*np.diff(box, axis=0).T)
    across = (box[0] + box[3], box[1] + box[2])
    along = (box[0] + box[1], box[2] + box[3])
    ends: Array = np.array(across if sides[0] >= sides[1] else along) / 2.0
    short = max(sides[0], sides[1]) < SHORT_CORE_SWATHS * swath_m
    return ends.mean(axis=0).reshape(1, 2) if short else ends
