"""Shortest ways between two points without leaving a polygon or crossing its holes.

The polygon is triangulated once (constrained Delaunay); a way is a run of triangles, pulled taut by
the funnel algorithm (Lee and Preparata 1984; Mononen's 'simple stupid funnel').
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString, Polygon

Array = npt.NDArray[np.float64]
Point = tuple[float, float]

# How far a straight leg may lie outside by rounding alone; the polygon was shrunk by more.
TOLERANCE_M = 0.005
# Of more pairs than this only the nearest are looked at for a straight way.
MOST_STRAIGHTENED = 60_000
# Of a taut way no straight leg skips more points than this: in a labyrinth there are hundreds.
MOST_SKIPPED = 24


class Inside:
    """Ways inside one polygon, metres. Points given may lie on its edge."""

    def __init__(self, polygon: Polygon) -> None:
        self.polygon = polygon
        self._tolerant = polygon.buffer(TOLERANCE_M, join_style="mitre")
        shapely.prepare(self._tolerant)
        triangles = shapely.get_parts(shapely.constrained_delaunay_triangles(polygon))
        self._tree = shapely.STRtree(triangles)
        self._build(triangles)

    def _build(self, triangles: npt.NDArray[np.object_]) -> None:
        owners: dict[frozenset[Point], list[int]] = {}
        for index, corners in enumerate(corners_of(triangles)):
            for i in range(3):
                owners.setdefault(frozenset((corners[i], corners[i - 1])), []).append(index)
        shared = [(edge, both) for edge, both in owners.items() if len(both) == 2]
        self._portals = [tuple(sorted(edge)) for edge, _ in shared]
        self._sides = [both for _, both in shared]
        self._middles = np.array(
            [((a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0) for a, b in self._portals]
        ).reshape(-1, 2)
        self._of_triangle: list[list[int]] = [[] for _ in triangles]
        for portal, both in enumerate(self._sides):
            for triangle in both:
                self._of_triangle[triangle].append(portal)
        neighbours = [
            (first, second)
            for portals in self._of_triangle
            for i, first in enumerate(portals)
            for second in portals[i + 1 :]
        ]
        ends = np.array(neighbours, dtype=np.int64).reshape(-1, 2)
        gaps = self._middles[ends[:, 0]] - self._middles[ends[:, 1]]
        self._between = ends, np.hypot(gaps[:, 0], gaps[:, 1])

    def sees(self, a: Point, b: Point) -> bool:
        """Whether the straight leg between two points stays inside."""
        return bool(self._tolerant.covers(LineString((a, b))))

    def route(self, a: Point, b: Point) -> list[Point]:
        """A shortest way from a to b, both included."""
        if self.sees(a, b):
            return [a, b]
        start, goal = self._triangle(a), self._triangle(b)
        if start == goal:
            return [a, b]
        _, before = self._search(np.array([a, b]), np.array([start, goal]), [len(self._middles)])
        portals = self._walk(before[0], len(self._middles) + 1)
        return self._shortcut(_funnel(a, b, self._oriented(portals, start)))

    def distances(self, points: Sequence[Point]) -> Array:
        """Lengths of ways between all pairs, shape (n, n), metres: at most a little too long."""
        places = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        owners = np.array([self._triangle((x, y)) for x, y in places], dtype=np.int64)
        base = len(self._middles)
        lengths, _ = self._search(places, owners, list(range(base, base + len(places))))
        found: Array = lengths[:, base:]
        straight = np.hypot(
            places[:, None, 0] - places[None, :, 0], places[:, None, 1] - places[None, :, 1]
        )
        same = owners[:, None] == owners[None, :]
        found = np.where(same, straight, found)
        return self._straighten(places, straight, found)

    def _straighten(self, places: Array, straight: Array, found: Array) -> Array:
        rows, columns = np.nonzero(np.triu(found > straight + 1e-6, 1))
        if len(rows) > MOST_STRAIGHTENED:
            nearest = np.argsort(straight[rows, columns], kind="stable")[:MOST_STRAIGHTENED]
            rows, columns = rows[nearest], columns[nearest]
        pairs = np.stack((places[rows], places[columns]), axis=1)
        seen = shapely.covers(self._tolerant, shapely.linestrings(pairs))
        result = found.copy()
        result[rows[seen], columns[seen]] = straight[rows[seen], columns[seen]]
        result[columns[seen], rows[seen]] = straight[rows[seen], columns[seen]]
        return result

    def _triangle(self, point: Point) -> int:
        return int(self._tree.nearest(shapely.Point(point)))

    def _search(
        self, places: Array, owners: npt.NDArray[np.int64], sources: list[int]
    ) -> tuple[Array, npt.NDArray[np.int32]]:
        """Dijkstra over the middles of the triangles' shared edges, and the places."""
        # A third of a second that sweeps, which find their ways by kernels, need not wait for.
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import dijkstra

        nodes = np.concatenate((self._middles, places))
        base = len(self._middles)
        pairs = [
            (base + i, portal)
            for i, owner in enumerate(owners)
            for portal in self._of_triangle[owner]
        ]
        new = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        gaps = nodes[new[:, 0]] - nodes[new[:, 1]]
        ends = np.concatenate((self._between[0], new))
        lengths = np.concatenate((self._between[1], np.hypot(gaps[:, 0], gaps[:, 1])))
        weights = np.maximum(lengths, 1e-9)
        graph = coo_matrix((weights, (ends[:, 0], ends[:, 1])), shape=(len(nodes), len(nodes)))
        lengths, before = dijkstra(
            graph.tocsr(), directed=False, indices=sources, return_predecessors=True
        )
        return lengths, before

    def _walk(self, before: npt.NDArray[np.int32], goal: int) -> list[int]:
        portals: list[int] = []
        node = int(before[goal])
        while 0 <= node < len(self._middles):
            portals.append(node)
            node = int(before[node])
        return portals[::-1]

    def _oriented(self, portals: list[int], start: int) -> list[tuple[Point, Point]]:
        """Each portal as (left, right), seen on the way from the triangle `start`."""
        found = []
        triangle = start
        for portal in portals:
            a, b = self._portals[portal]
            corners = self._corner_points(triangle)
            apex = next(corner for corner in corners if corner not in (a, b))
            found.append((b, a) if _turn(apex, a, b) > 0.0 else (a, b))
            first, second = self._sides[portal]
            triangle = second if triangle == first else first
        return found

    def _corner_points(self, triangle: int) -> list[Point]:
        return [(float(x), float(y)) for x, y in self._tree.geometries[triangle].exterior.coords][
            :3
        ]

    def _shortcut(self, way: list[Point]) -> list[Point]:
        """Skip points that the run of triangles forced but a straight leg does not need."""
        kept, i, points = [way[0]], 0, np.array(way)
        while i < len(way) - 1:
            ahead = points[i + 2 : i + 1 + MOST_SKIPPED]
            legs = np.stack((np.broadcast_to(points[i], ahead.shape), ahead), axis=1)
            seen = np.flatnonzero(shapely.covers(self._tolerant, shapely.linestrings(legs)))
            i += int(seen[-1]) + 2 if len(seen) else 1
            kept.append(way[i])
        return kept


def corners_of(triangles: npt.NDArray[np.object_]) -> list[tuple[Point, Point, Point]]:
    """The three corners of each triangle."""
    coords = shapely.get_coordinates(triangles).reshape(-1, 4, 2)[:, :3]
    return [((a, b), (c, d), (e, f)) for a, b, c, d, e, f in coords.reshape(-1, 6).tolist()]


def _turn(origin: Point, a: Point, b: Point) -> float:
    return (a[0] - origin[0]) * (b[1] - origin[1]) - (a[1] - origin[1]) * (b[0] - origin[0])


def _same(a: Point, b: Point) -> bool:
    return math.hypot(a[0] - b[0], a[1] - b[1]) < 1e-9


def _funnel(start: Point, goal: Point, portals: list[tuple[Point, Point]]) -> list[Point]:
    gates = [(start, start), *portals, (goal, goal)]
    way, apex, left, right = [start], start, start, start
    left_at = right_at = i = 0
    while i + 1 < len(gates):
        i += 1
        new_left, new_right = gates[i]
        if _turn(apex, right, new_right) >= 0.0:
            if _same(apex, right) or _turn(apex, left, new_right) < 0.0:
                right, right_at = new_right, i
            else:
                way.append(left)
                apex, i = left, left_at
                left = right = apex
                right_at = left_at
                continue
        if _turn(apex, left, new_left) <= 0.0:
            if _same(apex, left) or _turn(apex, right, new_left) > 0.0:
                left, left_at = new_left, i
            else:
                way.append(right)
                apex, i = right, right_at
                left = right = apex
                left_at = right_at
    if not _same(way[-1], goal):
        way.append(goal)
    return way
