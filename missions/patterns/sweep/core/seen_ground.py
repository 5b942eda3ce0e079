"""The ground a camera sees along a way, on a raster: how many legs and corners see each cell.

A leg sees a band with flat ends, a corner between two legs a disc. Legs are half open, so that a
leg cut in two sees what the whole one saw. Each row of cells is shifted by its own part of a cell,
so that no edge or pass lies along a column.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from missions.patterns.sweep.core.kernels import Array, entry, inner

# Counted where nobody wants to see: such a cell is never found newly seen, nor lost.
UNWANTED = 10_000


class SeenGround(NamedTuple):
    """`times` each cell is seen, shape (rows, columns), row 0 in the south; metres.

    `shift` is each row's shift to the west, 0..1 cells.
    """

    times: npt.NDArray[np.int16]
    west_m: float
    south_m: float
    cell_m: float
    half_swath_m: float
    shift: Array


class Band(NamedTuple):
    """A leg's band in cells: in row r it runs from the greater of `begin + r * along_slope` and
    `near + r * across_slope` to the lesser of `end + r * along_slope` and
    `far + r * across_slope`."""

    first_row: int
    last_row: int
    begin: float
    end: float
    along_slope: float
    near: float
    far: float
    across_slope: float


@inner
def band_of(ground: SeenGround, ax: float, ay: float, bx: float, by: float) -> Band:
    """The band of the leg from a to b."""
    length = max(math.hypot(bx - ax, by - ay), 1e-9)
    ux = (bx - ax) / length
    uy = (by - ay) / length
    half = ground.half_swath_m
    cell = ground.cell_m
    reach = half * abs(ux)
    first = math.ceil((min(ay, by) - reach - ground.south_m) / cell - 0.5)
    last = math.floor((max(ay, by) + reach - ground.south_m) / cell - 0.5)
    # A leg along an axis is turned a hair, so that nothing is divided by nought.
    ux = ux if abs(ux) > 1e-9 else 1e-9
    uy = uy if abs(uy) > 1e-9 else 1e-9
    x = (ax - ground.west_m) / cell
    y = (ay - ground.south_m) / cell - 0.5
    along = -uy / ux
    across = ux / uy
    one = x - y * along
    other = one + length / (ux * cell)
    width = half / (abs(uy) * cell)
    return Band(
        max(0, first),
        min(ground.times.shape[0] - 1, last),
        min(one, other),
        max(one, other),
        along,
        x - y * across - width,
        x - y * across + width,
        across,
    )


@inner
def columns_of(ground: SeenGround, band: Band, row: int) -> tuple[int, int]:
    """A band's columns in a row, from the first to before the last."""
    if row < band.first_row or row > band.last_row:
        return 0, 0
    along = row * band.along_slope - ground.shift[row]
    across = row * band.across_slope - ground.shift[row]
    first = max(0, math.ceil(max(band.begin + along, band.near + across)))
    last = min(ground.times.shape[1], math.ceil(min(band.end + along, band.far + across)))
    return first, max(first, last)


@inner
def paint_row(ground: SeenGround, row: int, first: int, last: int, change: int) -> int:
    """See cells of a row once more (`change` 1) or once less (-1); how many wanted cells are seen
    more than before, negative for fewer."""
    count = ground.times
    gained = 0
    if change > 0:
        for column in range(first, last):
            gained += count[row, column] == 0
            count[row, column] += 1
    else:
        for column in range(first, last):
            gained -= count[row, column] == 1
            count[row, column] -= 1
    return gained


@inner
def paint_band(ground: SeenGround, ax: float, ay: float, bx: float, by: float, change: int) -> int:
    """See a leg's band from a (in) to b (out)."""
    if math.hypot(bx - ax, by - ay) < 1e-9:
        return 0
    band = band_of(ground, ax, ay, bx, by)
    gained = 0
    for row in range(band.first_row, band.last_row + 1):
        first, last = columns_of(ground, band, row)
        gained += paint_row(ground, row, first, last, change)
    return gained


@inner
def exchange_bands(ground: SeenGround, old: Band, new: Band) -> int:
    """See the new band instead of the old; what both see is left as it is."""
    gained = 0
    first_row = min(old.first_row, new.first_row)
    for row in range(first_row, max(old.last_row, new.last_row) + 1):
        first, last = columns_of(ground, new, row)
        was_first, was_last = columns_of(ground, old, row)
        if last <= was_first or was_last <= first:
            gained += paint_row(ground, row, first, last, 1)
            gained += paint_row(ground, row, was_first, was_last, -1)
            continue
        gained += paint_row(ground, row, first, was_first, 1)
        gained += paint_row(ground, row, was_last, last, 1)
        gained += paint_row(ground, row, was_first, first, -1)
        gained += paint_row(ground, row, last, was_last, -1)
    return gained


@inner
def paint_disc(ground: SeenGround, x: float, y: float, change: int) -> int:
    """See a corner's disc."""
    per_m = 1.0 / ground.cell_m
    half = ground.half_swath_m * per_m
    column = (x - ground.west_m) * per_m
    row_of = (y - ground.south_m) * per_m - 0.5
    first_row = max(0, math.ceil(row_of - half))
    last_row = min(ground.times.shape[0] - 1, math.floor(row_of + half))
    gained = 0
    for row in range(first_row, last_row + 1):
        width = math.sqrt(max(half * half - (row - row_of) ** 2, 0.0))
        middle = column - ground.shift[row]
        first = max(0, math.ceil(middle - width))
        last = min(ground.times.shape[1], math.ceil(middle + width))
        gained += paint_row(ground, row, first, last, change)
    return gained


@inner
def paint_way(ground: SeenGround, points: Array, n: int) -> int:
    """See what a way of n points sees; the wanted cells seen."""
    seen = 0
    for i in range(n - 1):
        seen += paint_band(
            ground, points[i, 0], points[i, 1], points[i + 1, 0], points[i + 1, 1], 1
        )
    for i in range(1, n - 1):
        seen += paint_disc(ground, points[i, 0], points[i, 1], 1)
    return seen


@inner
def forget_seen(ground: SeenGround) -> None:
    """Count from none again."""
    count = ground.times
    for row in range(count.shape[0]):
        for column in range(count.shape[1]):
            count[row, column] = UNWANTED if count[row, column] >= UNWANTED else 0


@entry
def see_afresh(ground: SeenGround, points: Array) -> int:
    """Count afresh what a way sees; the wanted cells seen."""
    forget_seen(ground)
    return paint_way(ground, points, points.shape[0])


@entry
def want(ground: SeenGround, edges: Array) -> int:
    """Want the cells whose middle lies in the rings of `edges`, shape (n, 4): x0, y0, x1, y1; how
    many they are."""
    count = ground.times
    rows, columns = count.shape
    for i in range(edges.shape[0]):
        x0, y0, x1, y1 = edges[i, 0], edges[i, 1], edges[i, 2], edges[i, 3]
        if y0 == y1:
            continue
        if y0 > y1:
            x0, y0, x1, y1 = x1, y1, x0, y0
        first = max(0, math.ceil((y0 - ground.south_m) / ground.cell_m - 0.5))
        last = min(rows, math.ceil((y1 - ground.south_m) / ground.cell_m - 0.5))
        for row in range(first, last):
            y = ground.south_m + (row + 0.5) * ground.cell_m
            x = x0 + (y - y0) / (y1 - y0) * (x1 - x0)
            column = max(0, math.ceil((x - ground.west_m) / ground.cell_m - ground.shift[row]))
            if column < columns:
                count[row, column] = 1 - count[row, column]
    wanted = 0
    for row in range(rows):
        inside = 0
        for column in range(columns):
            inside ^= count[row, column]
            count[row, column] = 0 if inside else UNWANTED
            wanted += inside
    return wanted
