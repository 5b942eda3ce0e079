"""Passes at other courses, for what the first leave unseen: greedily, the most shown for the way.

What is seen is counted on a raster. Candidates are lines at several courses, those of the longest
edges about among them, an edge's own lines as near to it as may be flown.
"""

import heapq
import itertools
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from missions.patterns.sweep.winged_passes import Ground, Lines, Pass, merged

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

CELLS_A_SWATH, MOST_CELLS, FEW_CELLS = 10.0, 40_000, 4_000
UNIFORM_COURSES, EDGE_COURSES = 12, 8
LINES_A_SWATH, MOST_LINES = 3.0, 40
# A pass is worth it that shows such a part of a swath's square.
WORTH = 0.08
# A hair more than half a swath, so that neighbouring passes leave no crack.
WIDER_M = 0.01


class Seen:
    """The cells of a ground, and which of them passes show."""

    def __init__(self, ground: Ground, swath_m: float) -> None:
        self.ground, self.swath_m = ground, swath_m
        left, low, right, high = ground.polygon.bounds
        most = math.sqrt((right - left) * (high - low) / MOST_CELLS)
        least = math.sqrt(ground.polygon.area / 2000.0)
        self.cell_m = max(min(swath_m / CELLS_A_SWATH, least), most)
        # Turned against the usual north and east, so that no edge lies along the cells.
        x, y = np.meshgrid(
            np.arange(left, right, self.cell_m) + self.cell_m / 2.0,
            np.arange(low, high, self.cell_m) + self.cell_m / 2.0,
        )
        x = x + 0.37 * self.cell_m * np.sin(np.arange(len(x)) * 2.4)[:, None]
        within = shapely.contains_xy(ground.polygon, x, y)
        self.cells: Array = np.column_stack((x[within], y[within]))

    def by(self, one: Pass) -> npt.NDArray[np.int64]:
        """The cells that one pass shows."""
        return shown_of(self.cells, one, self.swath_m)

    def all_by(self, passes: Sequence[Pass]) -> Flags:
        """Which cells passes show together."""
        seen = np.zeros(len(self.cells), np.bool_)
        for one in passes:
            seen[self.by(one)] = True
        return seen

    def part(self, passes: Sequence[Pass]) -> float:
        """The part of the ground (0..1) that passes show."""
        return float(self.all_by(passes).mean()) if len(self.cells) else 1.0

    def about(self, passes: Sequence[Pass]) -> float:
        """The same by few of the cells."""
        few = self.cells[:: max(1, len(self.cells) // FEW_CELLS)]
        seen = np.zeros(len(few), np.bool_)
        for one in passes:
            seen[shown_of(few, one, self.swath_m)] = True
        return float(seen.mean()) if len(few) else 1.0


def shown_of(cells: Array, one: Pass, swath_m: float) -> npt.NDArray[np.int64]:
    """Which of (n, 2) places a pass shows."""
    length = math.dist(one.begin, one.end)
    east, north = ((b - a) / max(length, 1e-9) for a, b in zip(one.begin, one.end, strict=True))
    x, y = cells[:, 0] - one.begin[0], cells[:, 1] - one.begin[1]
    near = np.flatnonzero(np.abs(x * north - y * east) <= swath_m / 2.0 + WIDER_M)
    along = x[near] * east + y[near] * north
    return np.asarray(near[(along >= 0.0) & (along <= length)])


def filled_up(
    seen: Seen, passes: Sequence[Pass], *, enough: float, run_m: float, radius_m: float
) -> list[Pass]:
    """The passes and, greedily, such as show what they leave out, until enough is seen."""
    found, shown = list(passes), seen.all_by(passes)
    left = seen.cells[~shown]
    most_left = int((1.0 - enough) * len(shown))
    if len(left) <= most_left:
        return found
    candidates = _candidates(seen, left, run_m, radius_m)
    cells = [shown_of(left, one, seen.swath_m) for one in candidates]
    ways = [_way_m(one, radius_m) for one in candidates]
    least = WORTH * seen.swath_m**2 / seen.cell_m**2
    queue = [(-len(cells[i]) / ways[i], i) for i in range(len(candidates))]
    heapq.heapify(queue)
    unseen = np.ones(len(left), np.bool_)
    while queue and unseen.sum() > most_left:
        _, i = heapq.heappop(queue)
        gain = int(unseen[cells[i]].sum())
        if gain < least:
            continue
        if queue and -gain / ways[i] > queue[0][0] + 1e-12:
            heapq.heappush(queue, (-gain / ways[i], i))
            continue
        found.append(candidates[i])
        unseen[cells[i]] = False
    return found


def _way_m(one: Pass, radius_m: float) -> float:
    return math.dist(one.begin, one.end) + sum(one.runs_m) + math.pi * radius_m


def _candidates(seen: Seen, cells: Array, run_m: float, radius_m: float) -> list[Pass]:
    found: list[Pass] = []
    ground = seen.ground
    for course, at in _courses(ground):
        lines = Lines(ground, course, run_m=run_m, radius_m=radius_m)
        turned = lines.turned(cells)
        low, high = float(turned[:, 1].min()), float(turned[:, 1].max())
        step = max(seen.swath_m / LINES_A_SWATH, (high - low) / MOST_LINES)
        edge = [] if at is None else [float(lines.turned(np.array(at)[None])[0, 1])]
        hugging = [
            y + side * seen.swath_m * part
            for y in edge
            for side in (-1, 1)
            for part in (0.02, 0.25, 0.48)
        ]
        asked = []
        for y in [*np.arange(low, high + step, step).tolist(), *hugging]:
            near = np.abs(turned[:, 1] - y) <= seen.swath_m / 2.0
            if near.any():
                wanted = _wanted(turned[near, 0], seen.cell_m, 2.0 * math.pi * radius_m)
                asked.append((y, wanted))
        found += lines.passes(asked)
    return found


def _wanted(along: Array, cell_m: float, gap_m: float) -> list[tuple[float, float]]:
    """The stretches of a line beside which something is unseen, gaps of less than a turn flown."""
    places = np.sort(along)
    cuts = np.flatnonzero(np.diff(places) > gap_m)
    first = np.concatenate(([0], cuts + 1))
    last = np.concatenate((cuts, [len(places) - 1]))
    half = cell_m / 2.0
    return merged(
        [
            (float(places[a]) - half, float(places[b]) + half)
            for a, b in zip(first, last, strict=True)
        ],
        gap_m,
    )


def _courses(ground: Ground) -> list[tuple[float, tuple[float, float] | None]]:
    """Courses evenly spread, and of the longest edges of what is in the way, with a place there."""
    around: BaseGeometry = ground.forbidden
    if ground.allowed is not None:
        around = shapely.union(around.boundary, ground.allowed.boundary)
    edges = [
        (math.dist(a, b), math.atan2(b[0] - a[0], b[1] - a[1]) % math.pi, a)
        for line in shapely.get_parts(around if isinstance(around, LineString) else _lines(around))
        for a, b in _pairs(line)
    ]
    longest = sorted(edges, key=lambda edge: -edge[0])[:EDGE_COURSES]
    spread = [(math.pi * k / UNIFORM_COURSES, None) for k in range(UNIFORM_COURSES)]
    return [*spread, *((course, at) for _, course, at in longest)]


def _lines(shape: BaseGeometry) -> BaseGeometry:
    return shape.boundary if shape.geom_type.endswith("Polygon") else shape


def _pairs(line: BaseGeometry) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    points = [(float(x), float(y)) for x, y in shapely.get_coordinates(line.simplify(1.0))]
    return list(itertools.pairwise(points))
