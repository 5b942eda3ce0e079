"""The ground a camera sees along a way, on a raster: how many legs and corners see each cell.

A leg sees a band with flat ends, a corner between two legs a disc. Legs are half open, so that a
leg cut in two sees what the whole one saw. Each row of cells is shifted by its own part of a cell,
so that no edge or pass lies along a column.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from missions.patterns.sweep.core.kernels import Array, Ints, entry, inlined, inner

# Counted where nobody wants to see: such a cell is never found newly seen, nor lost.
UNWANTED = 10_000
# Counted where a cell not seen has been listed.
FOUND = -1


class SeenGround(NamedTuple):
    """`times` each cell is seen, shape (rows, columns), row 0 in the south; metres.

    `shift` is each row's shift to the west, 0..1 cells. `spans`, shape (4, rows), is written over:
    each row's columns in a band or disc, from the first to before the last, and in the one that it
    takes the place of.
    """

    times: npt.NDArray[np.int16]
    west_m: float
    south_m: float
    cell_m: float
    half_swath_m: float
    shift: Array
    spans: Ints


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


class Disc(NamedTuple):
    """A corner's disc in cells."""

    first_row: int
    last_row: int
    column: float
    row: float
    radius: float


@inlined
def list_band(ground: SeenGround, band: Band, into: int, first_row: int, last_row: int) -> None:
    """Each row's columns in a band, from the first to before the last, into two rows of `spans`;
    none in rows that the band does not reach."""
    columns = float(ground.times.shape[1])
    for row in range(np.int32(first_row), np.int32(last_row + 1)):
        at = np.uint64(row)
        along = row * band.along_slope - ground.shift[at]
        across = row * band.across_slope - ground.shift[at]
        first = math.ceil(min(max(band.begin + along, band.near + across, 0.0), columns))
        last = math.ceil(max(min(band.end + along, band.far + across, columns), 0.0))
        reached = band.first_row <= row <= band.last_row
        ground.spans[into, at] = first
        ground.spans[into + 1, at] = last if reached and last > first else first


@inlined
def list_disc(ground: SeenGround, disc: Disc, into: int, first_row: int, last_row: int) -> None:
    """Each row's columns in a disc; see `list_band`."""
    columns = float(ground.times.shape[1])
    for row in range(np.int32(first_row), np.int32(last_row + 1)):
        at = np.uint64(row)
        away = row - disc.row
        left = disc.radius * disc.radius - away * away
        width = math.sqrt(max(left, 0.0))
        middle = disc.column - ground.shift[at]
        first = np.int32(math.ceil(min(max(middle - width, 0.0), columns)))
        last = np.int32(math.ceil(max(min(middle + width, columns), 0.0)))
        reached = disc.first_row <= row <= disc.last_row
        ground.spans[into, at] = first
        ground.spans[into + 1, at] = last if reached and last > first else first


@inlined
def see_row(ground: SeenGround, row: int, first: int, last: int) -> int:
    """See cells of a row once more; how many wanted cells were not seen before."""
    # Unsigned, so that no index is looked at for whether it counts from the end.
    count = ground.times
    at = np.uint64(row)
    gained = np.int32(0)
    for column in range(np.uint64(first), np.uint64(last)):
        times = count[at, column]
        gained += np.int32(times == 0)
        count[at, column] = times + np.int16(1)
    return int(gained)


@inlined
def lose_row(ground: SeenGround, row: int, first: int, last: int) -> int:
    """See cells of a row once less; how many wanted cells are not seen any more."""
    count = ground.times
    at = np.uint64(row)
    lost = np.int32(0)
    for column in range(np.uint64(first), np.uint64(last)):
        times = count[at, column]
        lost += np.int32(times == 1)
        count[at, column] = times - np.int16(1)
    return int(lost)


@inlined
def paint_spans(ground: SeenGround, first_row: int, last_row: int, change: int) -> int:
    """See the cells listed first once more (`change` 1) or once less (-1); how many wanted cells
    are seen more than before, negative for fewer."""
    gained = 0
    for row in range(first_row, last_row + 1):
        at = np.uint64(row)
        if change > 0:
            gained += see_row(ground, row, ground.spans[0, at], ground.spans[1, at])
        else:
            gained -= lose_row(ground, row, ground.spans[0, at], ground.spans[1, at])
    return gained


@inlined
def exchange_spans(ground: SeenGround, first_row: int, last_row: int) -> int:
    """See the cells listed first instead of those listed second; what both have stays."""
    gained = 0
    spans = ground.spans
    for row in range(first_row, last_row + 1):
        at = np.uint64(row)
        first, last = spans[0, at], spans[1, at]
        was_first, was_last = spans[2, at], spans[3, at]
        if last <= was_first or was_last <= first:
            gained += see_row(ground, row, first, last)
            gained -= lose_row(ground, row, was_first, was_last)
            continue
        if first < was_first:
            gained += see_row(ground, row, first, was_first)
        elif was_first < first:
            gained -= lose_row(ground, row, was_first, first)
        if was_last < last:
            gained += see_row(ground, row, was_last, last)
        elif last < was_last:
            gained -= lose_row(ground, row, last, was_last)
    return gained


@inner
def paint_band(ground: SeenGround, ax: float, ay: float, bx: float, by: float, change: int) -> int:
    """See a leg's band from a (in) to b (out)."""
    if math.hypot(bx - ax, by - ay) < 1e-9:
        return 0
    band = band_of(ground, ax, ay, bx, by)
    list_band(ground, band, 0, band.first_row, band.last_row)
    return paint_spans(ground, band.first_row, band.last_row, change)


@inner
def exchange_bands(ground: SeenGround, old: Band, new: Band) -> int:
    """See the new band instead of the old; what both see is left as it is."""
    first_row = min(old.first_row, new.first_row)
    last_row = max(old.last_row, new.last_row)
    list_band(ground, new, 0, first_row, last_row)
    list_band(ground, old, 2, first_row, last_row)
    return exchange_spans(ground, first_row, last_row)


@inner
def disc_of(ground: SeenGround, x: float, y: float) -> Disc:
    """The disc of a corner."""
    per_m = 1.0 / ground.cell_m
    radius = ground.half_swath_m * per_m
    row = (y - ground.south_m) * per_m - 0.5
    first = max(0, math.ceil(row - radius))
    last = min(ground.times.shape[0] - 1, math.floor(row + radius))
    return Disc(first, last, (x - ground.west_m) * per_m, row, radius)


@inner
def paint_disc(ground: SeenGround, x: float, y: float, change: int) -> int:
    """See a corner's disc."""
    disc = disc_of(ground, x, y)
    list_disc(ground, disc, 0, disc.first_row, disc.last_row)
    return paint_spans(ground, disc.first_row, disc.last_row, change)


@inner
def exchange_discs(ground: SeenGround, px: float, py: float, qx: float, qy: float) -> int:
    """See the disc of a corner at q instead of that at p."""
    old, new = disc_of(ground, px, py), disc_of(ground, qx, qy)
    first_row = min(old.first_row, new.first_row)
    last_row = max(old.last_row, new.last_row)
    list_disc(ground, new, 0, first_row, last_row)
    list_disc(ground, old, 2, first_row, last_row)
    return exchange_spans(ground, first_row, last_row)


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
def list_pieces(ground: SeenGround, cells: Ints, starts: Ints) -> int:
    """List the cells not seen, row * columns + column, piece after piece: cells of one piece touch
    at sides or corners. How many pieces there are; piece i is `cells[starts[i] : starts[i + 1]]`.

    `cells` has room for all cells not seen, and `starts` for one more. What is seen must be counted
    afresh afterwards.
    """
    count = ground.times
    rows, columns = count.shape
    pieces, listed, spread = 0, 0, 0
    for row in range(rows):
        for column in range(columns):
            if count[row, column] != 0:
                continue
            starts[pieces] = listed
            pieces += 1
            count[row, column] = FOUND
            cells[listed] = row * columns + column
            listed += 1
            while spread < listed:
                x, y = cells[spread] % columns, cells[spread] // columns
                spread += 1
                for j in range(max(0, y - 1), min(rows, y + 2)):
                    for i in range(max(0, x - 1), min(columns, x + 2)):
                        if count[j, i] == 0:
                            count[j, i] = FOUND
                            cells[listed] = j * columns + i
                            listed += 1
    starts[pieces] = listed
    return pieces


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
