"""The edges that a way must not meet, in a grid, so that a leg is held against those near it."""

import math
from typing import NamedTuple

from missions.patterns.sweep.core.kernels import Array, Ints, entry, inner


class Edges(NamedTuple):
    """Edges, shape (n, 4): x0, y0, x1, y1, metres, and which of them each square of a grid holds.

    Square (row, column) holds `listed[starts[i] : starts[i + 1]]` with i = row * columns + column.
    """

    ends: Array
    starts: Ints
    listed: Ints
    west_m: float
    south_m: float
    square_m: float
    rows: int
    columns: int


@inner
def span(edges: Edges, row: int, ax: float, ay: float, bx: float, by: float) -> tuple[int, int]:
    """The first and the last column that a leg passes in a row of squares."""
    low = edges.south_m + row * edges.square_m
    high = low + edges.square_m
    west = min(ax, bx)
    east = max(ax, bx)
    if abs(by - ay) > 1e-9:
        one = ax + (low - ay) / (by - ay) * (bx - ax)
        other = ax + (high - ay) / (by - ay) * (bx - ax)
        west = max(west, min(one, other))
        east = min(east, max(one, other))
    # A hair more on both sides, so that rounding skips no square.
    first = math.floor((west - edges.west_m) / edges.square_m - 1e-6)
    last = math.floor((east - edges.west_m) / edges.square_m + 1e-6)
    return max(0, first), min(edges.columns - 1, last)


@inner
def rows_of(edges: Edges, ay: float, by: float) -> tuple[int, int]:
    """The first and the last row of squares that a leg passes."""
    first = math.floor((min(ay, by) - edges.south_m) / edges.square_m - 1e-6)
    last = math.floor((max(ay, by) - edges.south_m) / edges.square_m + 1e-6)
    return max(0, first), min(edges.rows - 1, last)


@entry
def list_edges(edges: Edges, count_only: bool) -> int:
    """Count each square's edges into `starts`, or list them; how many all squares hold.

    For listing, `starts` holds the running sum; it is moved on, and moved back at the end.
    """
    total = 0
    for i in range(edges.ends.shape[0]):
        ax, ay, bx, by = edges.ends[i, 0], edges.ends[i, 1], edges.ends[i, 2], edges.ends[i, 3]
        first_row, last_row = rows_of(edges, ay, by)
        for row in range(first_row, last_row + 1):
            first, last = span(edges, row, ax, ay, bx, by)
            for column in range(first, last + 1):
                square = row * edges.columns + column
                if not count_only:
                    edges.listed[edges.starts[square]] = i
                edges.starts[square] += 1
                total += 1
    if not count_only:
        for square in range(edges.rows * edges.columns, 0, -1):
            edges.starts[square] = edges.starts[square - 1]
        edges.starts[0] = 0
    return total


@inner
def meet(
    ax: float,
    ay: float,
    bx: float,
    by: float,
    px: float,
    py: float,
    qx: float,
    qy: float,
) -> bool:
    """Whether the leg a-b meets the edge p-q, or nearly does."""
    if max(px, qx) < min(ax, bx) or min(px, qx) > max(ax, bx):
        return False
    if max(py, qy) < min(ay, by) or min(py, qy) > max(ay, by):
        return False
    dx = bx - ax
    dy = by - ay
    one = dx * (py - ay) - dy * (px - ax)
    other = dx * (qy - ay) - dy * (qx - ax)
    if (one > 0.0 and other > 0.0) or (one < 0.0 and other < 0.0):
        return False
    ex = qx - px
    ey = qy - py
    one = ex * (ay - py) - ey * (ax - px)
    other = ex * (by - py) - ey * (bx - px)
    return not ((one > 0.0 and other > 0.0) or (one < 0.0 and other < 0.0))


@inner
def crosses(edges: Edges, ax: float, ay: float, bx: float, by: float) -> bool:
    """Whether a leg meets an edge."""
    first_row, last_row = rows_of(edges, ay, by)
    for row in range(first_row, last_row + 1):
        first, last = span(edges, row, ax, ay, bx, by)
        for column in range(first, last + 1):
            square = row * edges.columns + column
            for at in range(edges.starts[square], edges.starts[square + 1]):
                i = edges.listed[at]
                if meet(
                    ax,
                    ay,
                    bx,
                    by,
                    edges.ends[i, 0],
                    edges.ends[i, 1],
                    edges.ends[i, 2],
                    edges.ends[i, 3],
                ):
                    return True
    return False
