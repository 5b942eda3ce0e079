"""Patrol graphs as davidbsp/patrolling_sim keeps them (ROS, BSD).

Numbers apart by white space: the count of vertices, width and height of the map in pixels, metres a
pixel, the map's offset x and y; then for each vertex its id, x and y in pixels and its degree, and
for each edge its other end, a direction (a word) and its cost in pixels.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import shortest_path

from missions.errors import BadInput, place_of
from missions.patrol.site import MOST_PLACES, Site

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PatrolGraph:
    """Vertices, (n, 2) metres with y downwards as drawn, and edges with lengths in metres."""

    name: str
    points_m: Floats
    edges: dict[tuple[int, int], float]

    def ways_m(self) -> Floats:
        """The shortest way along edges between all pairs, (n, n), metres; infinite: none."""
        count = len(self.points_m)
        if not self.edges:
            return np.where(np.eye(count) > 0.0, 0.0, np.inf)
        ends = np.array(list(self.edges), dtype=np.int64)
        lengths = np.array(list(self.edges.values()))
        graph = coo_matrix((lengths, (ends[:, 0], ends[:, 1])), shape=(count, count))
        found: Floats = shortest_path(graph, directed=False)
        return found

    def site(self, *, speed_m_s: float = 1.0) -> Site:
        """All vertices as places of equal weight, without docks.

        Raises:
            BadInput: some vertex cannot be reached.
        """
        count = len(self.points_m)
        return Site(
            names=tuple(f"{self.name} vertex {i}" for i in range(count)),
            docks=(),
            way_s=self.ways_m() / speed_m_s,
            dwell_s=np.zeros(count),
            weights=np.ones(count),
            revisit_s=np.full(count, np.inf),
        )


def read_patrol_graph(path: Path) -> PatrolGraph:
    """The graph of a .graph file.

    Raises:
        BadInput: the file cannot be read or is not as above; the line is named.
    """
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise place_of(error, str(path)) from error
    except UnicodeDecodeError as error:
        raise BadInput(where=str(path), what="is not text") from error
    return _Reader(text, str(path)).graph(path.stem)


class _Reader:
    def __init__(self, text: str, file: str) -> None:
        lines = enumerate(text.splitlines(), 1)
        self._words = [(line, word) for line, words in lines for word in words.split()]
        self._file, self._next = file, 0

    def graph(self, name: str) -> PatrolGraph:
        count = self._whole("the count of vertices", 1, MOST_PLACES)
        for what in ("width", "height"):
            self._number(what)
        scale = self._number("metres a pixel")
        if scale <= 0.0:
            raise self._refuse(f"{scale:g} metres a pixel")
        for what in ("offset x", "offset y"):
            self._number(what)
        points = np.zeros((count, 2))
        edges: dict[tuple[int, int], float] = {}
        for vertex in range(count):
            if (number := self._whole("a vertex", 0, count - 1)) != vertex:
                raise self._refuse(f"vertex {number} where {vertex} comes next")
            points[vertex] = [self._number("x") * scale, self._number("y") * scale]
            for _ in range(self._whole("a degree", 0, 64)):
                self._edge(vertex, count, scale, edges)
        if self._next != len(self._words):
            self._next += 1
            raise self._refuse("more than the vertices that were announced")
        return PatrolGraph(name=name, points_m=points, edges=edges)

    def _edge(
        self, vertex: int, count: int, scale: float, edges: dict[tuple[int, int], float]
    ) -> None:
        other = self._whole("a neighbour", 0, count - 1)
        self._word("a direction")
        cost = self._number("a cost") * scale
        if cost <= 0.0 or other == vertex:
            raise self._refuse(f"an edge from {vertex} to {other} of {cost:g} m")
        key = (min(vertex, other), max(vertex, other))
        edges[key] = min(cost, edges.get(key, math.inf))

    def _word(self, what: str) -> str:
        if self._next >= len(self._words):
            raise BadInput(where=self._file, what=f"ends where {what} should come")
        self._next += 1
        return self._words[self._next - 1][1]

    def _number(self, what: str) -> float:
        word = self._word(what)
        try:
            number = float(word)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise self._refuse(f"{word!r} instead of {what}")
        return number

    def _whole(self, what: str, least: int, most: int) -> int:
        number = self._number(what)
        if not number.is_integer() or not least <= number <= most:
            raise self._refuse(f"{number:g} instead of {what} within {least}..{most}")
        return int(number)

    def _refuse(self, what: str) -> BadInput:
        line = self._words[self._next - 1][0]
        return BadInput(where=f"{self._file}: line {line}", what=what)
