"""Passes: where parallel lines cross a polygon, and the cells that neighbouring passes form."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from shapely.geometry import Polygon

from missions.patterns.sweep.raster import edges_of

Array = npt.NDArray[np.float64]
Point = tuple[float, float]

# A cell is broken where a pass is much shorter than its neighbour and ends far from it, so that
# the order of flying may choose which end to go on from.
BREAK_SHIFT_SWATHS = 4.0
BREAK_LENGTH_RATIO = 0.6
SHORTEST_PASS_SWATHS = 0.05


@dataclass(frozen=True, slots=True)
class Pass:
    """One straight pass, in the turned frame: a level and an interval along it."""

    level: int
    y: float
    left: float
    right: float

    @property
    def length(self) -> float:
        """Metres from end to end."""
        return self.right - self.left


@dataclass(frozen=True, slots=True)
class Layout:
    """The passes at one angle, as cells from the lowest level to the highest; `apart_m` is the
    distance between levels."""

    angle_rad: float
    cells: tuple[tuple[Pass, ...], ...]
    apart_m: float = 0.0

    @property
    def pass_count(self) -> int:
        """How many passes all cells have."""
        return sum(len(cell) for cell in self.cells)

    @property
    def length_m(self) -> float:
        """Metres of all passes."""
        return sum(one.length for cell in self.cells for one in cell)

    @property
    def shown_m2(self) -> float:
        """About what all passes show."""
        return self.length_m * self.apart_m

    def longest(self, count: int) -> "Layout":
        """The layout with its so many longest cells, in their order."""
        if len(self.cells) <= count:
            return self
        lengths = [sum(one.length for one in cell) for cell in self.cells]
        kept = sorted(sorted(range(len(lengths)), key=lambda i: -lengths[i])[:count])
        return Layout(self.angle_rad, tuple(self.cells[i] for i in kept), self.apart_m)

    def ends(self, one: Pass) -> tuple[Point, Point]:
        """The left and right end of a pass in the plane's own frame."""
        cosine, sine = np.cos(self.angle_rad), np.sin(self.angle_rad)

        def turned(x: float) -> Point:
            return float(x * cosine - one.y * sine), float(x * sine + one.y * cosine)

        return turned(one.left), turned(one.right)


def lay_out(
    polygon: Polygon, *, shown: Polygon, angle_rad: float, spacing_m: float, phase: float = 0.5
) -> Layout:
    """Passes within the polygon, at most `spacing_m` apart and as far from the edges of `shown`,
    parallel to the direction `angle_rad` (from east, to the left), and their cells.

    `phase` (0..1) is how far within the first swath the first pass lies; with any but the middle
    one more pass may be needed.
    """
    cosine, sine = np.cos(angle_rad), np.sin(angle_rad)
    turn = np.array(((cosine, sine), (-sine, cosine)))
    across = np.array(shown.exterior.coords) @ turn[1]
    low, high = float(across.min()), float(across.max())
    count = max(1, int(np.ceil((high - low) / spacing_m - 1e-6)))
    apart_m = (high - low) / count
    heights: Array = low + (np.arange(count, dtype=np.float64) + 0.5) * apart_m
    if phase != 0.5:
        heights = low + (np.arange(count + 1, dtype=np.float64) + phase - 0.5) * apart_m
        heights = np.clip(heights, low + 0.02 * apart_m, high - 0.02 * apart_m)
    levels = _levels(edges_of(polygon, turn), heights, SHORTEST_PASS_SWATHS * spacing_m)
    return Layout(angle_rad, tuple(tuple(cell) for cell in _cells(levels, spacing_m)), apart_m)


def _levels(edges: Array, heights: Array, shortest: float) -> list[list[Pass]]:
    """The passes at each height: from each odd crossing with an edge to the next even one."""
    x0, y0, x1, y1 = np.where((edges[:, 1] > edges[:, 3])[:, None], edges[:, [2, 3, 0, 1]], edges).T
    first, last = np.searchsorted(heights, y0), np.searchsorted(heights, y1)
    counts = last - first
    edge = np.repeat(np.arange(len(edges)), counts)
    before = np.repeat(np.cumsum(counts) - counts, counts)
    level = first[edge] + np.arange(len(edge)) - before
    part = (heights[level] - y0[edge]) / (y1[edge] - y0[edge])
    crossing = x0[edge] + part * (x1[edge] - x0[edge])
    order = np.lexsort((crossing, level))
    at, x = level[order].tolist(), crossing[order].tolist()
    levels: list[list[Pass]] = [[] for _ in heights]
    for i in range(0, len(x) - 1, 2):
        if x[i + 1] - x[i] > shortest:
            levels[at[i]].append(Pass(at[i], float(heights[at[i]]), x[i], x[i + 1]))
    return levels


def _cells(levels: list[list[Pass]], spacing: float) -> list[list[Pass]]:
    cells: list[list[Pass]] = []
    open_cells: dict[Pass, list[Pass]] = {}
    for below, above in zip([[], *levels[:-1]], levels, strict=True):
        following: dict[Pass, list[Pass]] = {}
        for one in above:
            before = [other for other in below if _overlap(one, other)]
            alone = len(before) == 1 and sum(_overlap(before[0], o) for o in above) == 1
            if alone and not _breaks(before[0], one, spacing):
                cell = open_cells[before[0]]
            else:
                cell = []
                cells.append(cell)
            cell.append(one)
            following[one] = cell
        open_cells = following
    return cells


def _overlap(a: Pass, b: Pass) -> bool:
    return a.left < b.right and b.left < a.right


def _breaks(a: Pass, b: Pass, spacing: float) -> bool:
    shift = max(abs(a.left - b.left), abs(a.right - b.right))
    ratio = min(a.length, b.length) / max(a.length, b.length)
    return shift > BREAK_SHIFT_SWATHS * spacing and ratio < BREAK_LENGTH_RATIO
