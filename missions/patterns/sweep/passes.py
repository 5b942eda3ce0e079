"""Passes: where parallel lines cross a polygon, and the cells that neighbouring passes form."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import LineString, Polygon

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
    """The passes at one angle, as cells from the lowest level to the highest."""

    angle_rad: float
    cells: tuple[tuple[Pass, ...], ...]

    @property
    def pass_count(self) -> int:
        """How many passes all cells have."""
        return sum(len(cell) for cell in self.cells)

    @property
    def length_m(self) -> float:
        """Metres of all passes."""
        return sum(one.length for cell in self.cells for one in cell)

    def ends(self, one: Pass) -> tuple[Point, Point]:
        """The left and right end of a pass in the plane's own frame."""
        cosine, sine = np.cos(self.angle_rad), np.sin(self.angle_rad)

        def turned(x: float) -> Point:
            return float(x * cosine - one.y * sine), float(x * sine + one.y * cosine)

        return turned(one.left), turned(one.right)


def lay_out(polygon: Polygon, *, angle_rad: float, spacing_m: float) -> Layout:
    """Passes at most `spacing_m` apart, parallel to the direction `angle_rad` (from east, to the
    left), and their cells."""
    turned = affinity.rotate(polygon, -angle_rad, origin=(0.0, 0.0), use_radians=True)
    levels = _levels(turned, spacing_m)
    return Layout(angle_rad, tuple(tuple(cell) for cell in _cells(levels, spacing_m)))


def _levels(turned: Polygon, spacing: float) -> list[list[Pass]]:
    low_x, low_y, high_x, high_y = turned.bounds
    count = max(1, int(np.ceil((high_y - low_y) / spacing - 1e-6)))
    heights = low_y + (np.arange(count) + 0.5) * (high_y - low_y) / count
    lines = [LineString(((low_x - 1.0, y), (high_x + 1.0, y))) for y in heights]
    shapely.prepare(turned)
    crossings = shapely.intersection(turned, lines)
    shortest = SHORTEST_PASS_SWATHS * spacing
    return [
        _intervals(level, float(y), crossing, shortest)
        for level, (y, crossing) in enumerate(zip(heights, crossings, strict=True))
    ]


def _intervals(level: int, y: float, crossing: shapely.Geometry, shortest: float) -> list[Pass]:
    bounds = shapely.bounds(shapely.get_parts(crossing)).reshape(-1, 4)
    return sorted(
        (
            Pass(level, y, float(left), float(right))
            for left, _, right, _ in bounds
            if right - left > shortest
        ),
        key=lambda one: one.left,
    )


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
