"""Which polygon covers a point: parity of the edges to its right, with a bound of its own error.

A point that lies so near the line of an edge that rounding could decide is not decided here: it is
called uncertain, and whoever asked has exact arithmetic for it. The bound is `ccwerrboundA` of
Shewchuk, Adaptive Precision Floating-Point Arithmetic (1997).
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from missions.compiled import Kernels, inner

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

KERNELS = Kernels.of(Path(__file__).parent, tag="zones")
entry = KERNELS.entry

OUTSIDE, INSIDE, UNCERTAIN = 0, 1, 2
NOBODY, NOT_DECIDED = -1, -2
EPSILON = 2.0**-53
ERROR_BOUND = (3.0 + 16.0 * EPSILON) * EPSILON


@inner
def side(x: float, y: float, edges: Floats, first: int, last: int, listed: Ints) -> int:
    """Where a point lies by the edges `listed[first:last]`, all that reach its height."""
    inside = OUTSIDE
    for k in range(first, last):
        edge = listed[k]
        x1, y1, x2, y2 = edges[edge, 0], edges[edge, 1], edges[edge, 2], edges[edge, 3]
        if y < min(y1, y2) or y > max(y1, y2) or x > max(x1, x2):
            continue
        if x < min(x1, x2):
            if (y1 > y) != (y2 > y):
                inside = 1 - inside
            continue
        left, right = (x2 - x1) * (y - y1), (x - x1) * (y2 - y1)
        turned = left - right
        if abs(turned) <= ERROR_BOUND * (abs(left) + abs(right)):
            return UNCERTAIN
        # The edge is to the right of a point that an upward edge has on its left.
        if (y1 > y) != (y2 > y) and (turned > 0.0) == (y2 > y1):
            inside = 1 - inside
    return inside


@entry
def sides(
    points: Floats,
    polygons: Ints,
    rows: Ints,
    edges: Floats,
    bands: Longs,
    base: Longs,
    listed: Ints,
) -> None:
    """Where points lie by one polygon each; the answer is written over the row that is asked."""
    for i in range(points.shape[0]):
        band = base[polygons[i]] + rows[i]
        rows[i] = side(points[i, 0], points[i, 1], edges, bands[band], bands[band + 1], listed)


@entry
def look_up(
    points: Floats,
    frame: Floats,
    cells: Longs,
    polygons: Ints,
    full: Flags,
    edges: Floats,
    bands: Longs,
    base: Longs,
    listed: Ints,
    found: Longs,
) -> None:
    """The first polygon that covers each point, into `found`; NOT_DECIDED where rounding decides.

    `frame` is west, south, cells a unit in x and in y, and the count of cells each way; `cells`
    says where the entries of a cell begin in `polygons` and `full`, lowest polygon first.
    """
    count = int(frame[4])
    for i in range(points.shape[0]):
        x, y = points[i, 0], points[i, 1]
        across, up = (x - frame[0]) * frame[2], (y - frame[1]) * frame[3]
        found[i] = NOBODY
        if not (0.0 <= across <= count and 0.0 <= up <= count):
            continue
        column, row = min(int(across), count - 1), min(int(up), count - 1)
        cell = row * count + column
        for k in range(cells[cell], cells[cell + 1]):
            where = INSIDE
            if not full[k]:
                band = base[polygons[k]] + row
                where = side(x, y, edges, bands[band], bands[band + 1], listed)
            if where == UNCERTAIN:
                found[i] = NOT_DECIDED
                break
            if where == INSIDE:
                found[i] = polygons[k]
                break
