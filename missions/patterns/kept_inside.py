"""Drawn ways brought onto allowed ground: what lies outside is left out, and gone round."""

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from missions.area import Area
from missions.errors import BadInput
from missions.geodesy import LocalPlane
from missions.patterns.ground import ZONE_CLEARANCE_M, polygons_of
from missions.patterns.inside import Inside, Point

Array = npt.NDArray[np.float64]

# Room to go round whatever stands in the way, beside what the pattern itself needs.
ROOM_M = 300.0
SHORTEST_M = 0.05


def open_ground(
    around: BaseGeometry,
    *,
    plane: LocalPlane,
    no_fly: tuple[Area, ...],
    keep_off: BaseGeometry | None = None,
    zone_clearance_m: float = ZONE_CLEARANCE_M,
) -> Polygon:
    """A wide box about a pattern, metres, less the no-fly zones grown by their clearance and less
    `keep_off`.

    Raises:
        BadInput: the zones leave nothing.
    """
    zones = [
        shapely.make_valid(zone.polygon(plane)).buffer(zone_clearance_m, quad_segs=2)
        for zone in no_fly
    ]
    taken = shapely.union_all([*zones, *([] if keep_off is None else [keep_off])])
    box = shapely.union(around.envelope, taken if _near(taken, around) else around).envelope
    pieces = polygons_of(box.buffer(ROOM_M, join_style="mitre").difference(taken))
    if not pieces:
        raise BadInput(where="no-fly zones", what="they leave nothing to fly in")
    return pieces[0]


def _near(taken: BaseGeometry, around: BaseGeometry) -> bool:
    """Whether the way round all that is taken is one that a pattern could go."""
    return not taken.is_empty and bool(taken.distance(around) < ROOM_M)


def keep_inside(way: Sequence[Point], inside: Inside) -> tuple[list[Point], float]:
    """The way with its legs cut to the ground and joined by shortest ways within it.

    Answers the points, and how many metres of the drawn way were left out; no points where none of
    it lies on the ground.
    """
    kept: list[Point] = []
    lost = 0.0
    points = [(float(x), float(y)) for x, y in way]
    covered = _covered(points, inside)
    for index, (a, b) in enumerate(itertools.pairwise(points)):
        pieces = [(a, b)] if covered[index] else cut(a, b, inside.polygon)
        lost += float(np.hypot(b[0] - a[0], b[1] - a[1])) - sum(
            float(np.hypot(d[0] - c[0], d[1] - c[1])) for c, d in pieces
        )
        for piece in pieces:
            _join(kept, piece, inside)
    return kept, max(0.0, lost)


def _covered(points: list[Point], inside: Inside) -> npt.NDArray[np.bool_]:
    ends = np.array(points).reshape(-1, 2)
    legs = shapely.linestrings(np.stack((ends[:-1], ends[1:]), axis=1))
    shapely.prepare(inside.polygon)
    return np.asarray(shapely.covers(inside.polygon, legs), dtype=np.bool_)


def cut(a: Point, b: Point, ground: BaseGeometry) -> list[tuple[Point, Point]]:
    """The pieces of the leg from a to b that lie on the ground, in the direction of flight."""
    parts = shapely.get_parts(LineString((a, b)).intersection(ground))
    pieces = [
        (_point(part.coords[0]), _point(part.coords[-1]))
        for part in parts
        if isinstance(part, LineString) and part.length > SHORTEST_M
    ]
    start = np.array(a)
    ordered = []
    for first, last in pieces:
        ahead = np.hypot(*(np.array(first) - start)) <= np.hypot(*(np.array(last) - start))
        ordered.append((first, last) if ahead else (last, first))
    return sorted(ordered, key=lambda piece: float(np.hypot(*(np.array(piece[0]) - start))))


def _point(coordinates: Sequence[float]) -> Point:
    return float(coordinates[0]), float(coordinates[1])


def _join(kept: list[Point], piece: tuple[Point, Point], inside: Inside) -> None:
    first, last = piece
    if not kept:
        kept.append(first)
    elif np.hypot(kept[-1][0] - first[0], kept[-1][1] - first[1]) > SHORTEST_M:
        kept.extend(inside.route(kept[-1], first)[1:])
    kept.append(last)
