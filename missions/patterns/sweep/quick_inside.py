"""Ways inside a polygon found by compiled kernels: for sweeps, which ask for thousands of them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import Polygon

from missions.patterns.inside import Inside, Point
from missions.patterns.sweep.core.edges import Edges
from missions.patterns.sweep.core.kernels import Array
from missions.patterns.sweep.core.taut import NONE, Gates, lengths_between, route, sees
from missions.patterns.sweep.edge_grid import listed
from missions.patterns.sweep.raster import edges_of

# From each of more places than this, ways are searched for only so far as about so many lie, and
# a share further because ways go round. Those beyond are that far at least, or a straight line and
# a share more.
SEARCHED_FOR, FURTHER = 160, 1.5
DETOUR = 1.3


class QuickInside(Inside):
    """As `Inside`; far ways between very many places are estimated only."""

    def __init__(self, polygon: Polygon) -> None:
        super().__init__(polygon)
        self._edges: Edges = listed(edges_of(self._tolerant_polygon(), np.eye(2)))
        self._gates = self._gates_of()
        count = len(self._gates.ends)
        self._run, self._way = np.zeros((count + 2, 4)), np.zeros((2 * count + 8, 2))
        self._owners: dict[Point, int] = {}

    def sees(self, a: Point, b: Point) -> bool:
        """Whether the straight leg between two points inside stays inside."""
        return bool(sees(self._edges, a[0], a[1], b[0], b[1]))

    def route(self, a: Point, b: Point) -> list[Point]:
        """A shortest way from a to b, both included."""
        if self.sees(a, b):
            return [a, b]
        first, last = self._owner(a), self._owner(b)
        if first == last:
            return [a, b]
        ends = np.array((a, b), dtype=np.float64)
        count = route(self._gates, self._edges, ends, first, last, self._run, self._way)
        inner = [(float(x), float(y)) for x, y in self._way[1 : count - 1]] if count else []
        return [a, *inner, b]

    def distances(self, points: Sequence[Point]) -> Array:
        """Lengths of ways between all pairs, shape (n, n), metres: at most a little too long, but
        estimates between places far apart where they are very many."""
        places = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        owners = np.asarray(self._tree.nearest(shapely.points(places)), dtype=np.int32)
        east, north = (np.subtract.outer(each, each) for each in places.T)
        straight: Array = np.sqrt(east * east + north * north)
        limits = np.full(len(places), np.inf)
        if len(places) > SEARCHED_FOR:
            near = np.partition(straight, SEARCHED_FOR, axis=1)[:, SEARCHED_FOR]
            limits = FURTHER * near
        found = np.full(straight.shape, NONE)
        starts, order = self._by_triangle(owners)
        lengths_between(self._gates, self._edges, places, owners, starts, order, limits, found)
        found = np.minimum(found, found.T)
        # What was not come upon is further off than was searched.
        least = np.minimum(limits[:, None], limits[None, :])
        whole: Array = np.where(found < NONE, found, np.maximum(DETOUR * straight, least))
        return whole

    def _by_triangle(
        self, owners: npt.NDArray[np.int32]
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        counts = np.bincount(owners, minlength=len(self._of_triangle))
        starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
        return starts, np.argsort(owners, kind="stable").astype(np.int32)

    def _owner(self, point: Point) -> int:
        if point not in self._owners:
            self._owners[point] = self._triangle(point)
        return self._owners[point]

    def _tolerant_polygon(self) -> Polygon:
        """The polygon with the tolerance, holes and all."""
        parts = [part for part in shapely.get_parts(self._tolerant) if isinstance(part, Polygon)]
        return max(parts, key=lambda part: part.area)

    def _gates_of(self) -> Gates:
        count = len(self._portals)
        ends = np.array([(*a, *b) for a, b in self._portals], dtype=np.float64).reshape(-1, 4)
        sides = np.array(self._sides, dtype=np.int32).reshape(-1, 2)
        of = np.full((len(self._of_triangle), 3), -1, dtype=np.int32)
        for triangle, gates in enumerate(self._of_triangle):
            of[triangle, : len(gates)] = gates
        # A gate's first end is to the left of whoever comes from the first of its triangles.
        inner = shapely.get_coordinates(shapely.centroid(self._tree.geometries[sides[:, 0]]))
        (ax, ay), (bx, by) = (ends[:, :2] - inner).T, (ends[:, 2:] - inner).T
        turned = ax * by - ay * bx > 0.0
        ends[turned] = ends[turned][:, [2, 3, 0, 1]]
        return Gates(
            ends,
            sides,
            of,
            np.zeros(count),
            np.zeros(count, np.int32),
            np.zeros(count, np.int32),
            np.zeros(5 * count + 8),
            np.zeros(5 * count + 8, np.int32),
        )
