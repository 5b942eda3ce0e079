"""Where drones may fly: the no-fly zones, grown by a clearance, and a fence, as walls and corners.

A place too near to a zone, or to the fence, is come to from the nearest place that is not: the
metres between are flown slowly. A place inside a zone cannot be come to at all.
"""

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient
from shapely.ops import nearest_points

from missions.area import Area
from missions.geodesy import LocalPlane
from missions.patterns.ground import polygons_of
from missions.reaction.kernels.compiled import NEVER, Bits, Floats
from missions.reaction.kernels.walls import Walls, look_about

# Walls stand this much inside of what corners go round, so that rounding closes no way.
SLACK_M = 0.1
# Drawn coarser by up to so many metres to have fewer corners than the first, by any to have fewer
# than the second: the work grows with their third power.
MANY_CORNERS, COARSE_M = 240, 20.0
MOST_CORNERS = 700
FENCE_CLEARANCE_M = 5.0
SHARPEST_MITRE = 1.5


class Ground:
    """The walls and corners of one fence and the zones; metres on a plane."""

    def __init__(
        self,
        plane: LocalPlane,
        no_fly: tuple[Area, ...],
        fence: Area | None,
        clearance_m: float,
        around: Polygon,
    ) -> None:
        """`around` holds all that is flown to: zones beyond it are not gone to see."""
        drawn = np.array([shapely.make_valid(zone.polygon(plane)) for zone in no_fly], dtype=object)
        near = shapely.intersects(drawn, around.buffer(clearance_m))
        self.zones: BaseGeometry = shapely.union_all(drawn[near])
        self.fence = None if fence is None else shapely.make_valid(fence.polygon(plane))
        grown = _grown(self.zones, max(clearance_m, 2.0 * SLACK_M))
        self._grown = grown
        # Who flies beyond what is looked at could meet a zone there.
        self._room: BaseGeometry | None = None if near.all() else around
        if self.fence is not None:
            self._room = _shrunk(self.fence, clearance_m).intersection(around)
        rings = _rings(_mitred(grown, -SLACK_M))
        turns = _corners(grown, obstacle_on_left=True)
        if self._room is not None:
            rings += _rings(_mitred(self._room, SLACK_M))
            turns = np.concatenate((turns, _corners(self._room, obstacle_on_left=False)))
        self.walls = _walls(rings)
        self._taken = _mitred(grown, -SLACK_M / 2.0)
        self._open = None if self._room is None else _mitred(self._room, SLACK_M / 2.0)
        shapely.prepare(self._taken)
        shapely.prepare(self.zones)
        self.corners = np.ascontiguousarray(turns[self.free(turns)])

    def free(self, points: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which of (n, 2) points are neither behind a wall of a zone nor outside of the fence's."""
        inside = shapely.contains_xy(self._taken, points)
        if self._open is None:
            return np.asarray(~inside)
        return np.asarray(shapely.contains_xy(self._open, points) & ~inside)

    def settled(self, points: Floats, heights: Floats, *, may_stand_in: bool = False) -> Floats:
        """Places as the kernels want them, (n, 4): where ways begin or end, the height, and the
        metres from there to the place itself, NEVER where it lies where nobody may fly.

        With `may_stand_in` a place in a zone can be left, the shortest way.
        """
        nodes = np.column_stack((points, heights, np.zeros(len(points))))
        for i in np.flatnonzero(~self.free(points)):
            gate = self.nearest_free(points[i])
            if gate is None or not (may_stand_in or self._may_pass(points[i], gate)):
                nodes[i, 3] = NEVER
            else:
                nodes[i, :2] = gate
                nodes[i, 3] = float(np.hypot(*(gate - points[i])))
        return nodes

    def nearest_free(self, point: Floats) -> Floats | None:
        """The nearest place from which ways may begin."""
        here = shapely.Point(*point)
        if self._room is not None:
            allowed = self._room.difference(self._grown)
        elif self._grown.contains(here):
            allowed = self._grown.boundary
        else:
            return point
        if allowed.is_empty:
            return None
        nearest, _ = nearest_points(allowed, here)
        return np.array((nearest.x, nearest.y))

    def _may_pass(self, a: Floats, b: Floats) -> bool:
        leg = shapely.linestrings([a, b])
        if shapely.intersects(self.zones, leg):
            return False
        return self.fence is None or bool(shapely.covers(self.fence, leg))

    def sees(self, nodes: Floats) -> Bits:
        """Which corners are seen from which nodes, (n, c)."""
        seen = np.zeros((len(nodes), len(self.corners)), dtype=np.uint8)
        look_about(np.ascontiguousarray(nodes[:, :2]), self.corners, self.walls, seen)
        return seen

    def clear_between(self, sources: Floats, goals: Floats) -> Bits:
        """Which nodes see which straight, (s, g)."""
        seen = np.zeros((len(sources), len(goals)), dtype=np.uint8)
        ends = np.ascontiguousarray(sources[:, :2]), np.ascontiguousarray(goals[:, :2])
        look_about(*ends, self.walls, seen)
        return seen

    def circle_is_clear(self, middle: Floats, radius_m: float) -> bool:
        """Whether a circle may be flown round a place."""
        ring = shapely.Point(*middle).buffer(radius_m).exterior
        if self._room is not None and not self._room.covers(ring):
            return False
        return not self._grown.intersects(ring)

    def zone_over(self, point: Floats | tuple[float, float]) -> bool:
        """Whether a place lies in a zone itself."""
        return bool(shapely.intersects_xy(self.zones, *point))


def _mitred(shape: BaseGeometry, by_m: float) -> BaseGeometry:
    return shape.buffer(by_m, join_style="mitre", mitre_limit=SHARPEST_MITRE)


def _grown(zones: BaseGeometry, clearance_m: float) -> BaseGeometry:
    """Zones grown by the clearance; coarser, and never smaller, where they have many corners."""
    grown = _mitred(zones, clearance_m)
    coarse, tolerance = grown, 1.0
    while _too_many(int(shapely.get_num_coordinates(coarse)), tolerance):
        coarse = _mitred(grown, tolerance).simplify(0.98 * tolerance)
        tolerance *= 1.6
    return coarse if coarse.covers(grown) or coarse is grown else grown


def _too_many(corners: int, tolerance_m: float) -> bool:
    if tolerance_m <= COARSE_M:
        return corners > MANY_CORNERS
    return corners > MOST_CORNERS and tolerance_m < 1000.0


def _shrunk(fence: BaseGeometry, clearance_m: float) -> BaseGeometry:
    """The fence less a clearance, or less a little where that leaves nothing."""
    wide = _mitred(fence, -min(clearance_m, FENCE_CLEARANCE_M))
    return _mitred(fence, -2.0 * SLACK_M) if wide.is_empty else wide


def _rings(shape: BaseGeometry) -> list[Floats]:
    return [
        np.asarray(ring.coords)[:, :2]
        for polygon in polygons_of(shape)
        for ring in (polygon.exterior, *polygon.interiors)
    ]


def _walls(rings: list[Floats]) -> Walls:
    edges = [np.hstack((ring[:-1], ring[1:])) for ring in rings]
    boxes = [np.concatenate((ring.min(axis=0), ring.max(axis=0))) for ring in rings]
    return Walls(
        edges=np.ascontiguousarray(np.concatenate([np.zeros((0, 4)), *edges])),
        begins=np.cumsum([0, *(len(each) for each in edges)]).astype(np.int64),
        boxes=np.array(boxes).reshape(-1, 4),
    )


def _corners(shape: BaseGeometry, *, obstacle_on_left: bool) -> Floats:
    """The corners that a shortest way can turn at: where the obstacle sticks out."""
    found = [np.zeros((0, 2))]
    for polygon in polygons_of(shape):
        turned: Polygon = orient(polygon)
        for ring in (turned.exterior, *turned.interiors):
            points = np.asarray(ring.coords)[:-1, :2]
            before = points - np.roll(points, 1, axis=0)
            after = np.roll(points, -1, axis=0) - points
            left = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0] > 0.0
            found.append(points[left == obstacle_on_left])
    return np.concatenate(found)
