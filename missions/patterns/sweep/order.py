"""The order and direction in which cells are flown, for the least time between them."""

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from missions.patterns.inside import Inside, Point
from missions.patterns.sweep.core.kernels import Array
from missions.patterns.sweep.core.order import VARIANTS, Orders, search

# Costs of cells worked out: what a plan may cost, whatever the machine.
EVALUATED_CELLS = 1_500_000
# Cells are put next to so many of those nearest to them.
NEAR = 10


def best_order_among(
    variants: Sequence[Sequence[Sequence[Point]]],
    inside: Inside,
    home: Point | None,
    *,
    speed_m_s: float,
    acceleration_m_s2: float,
) -> list[tuple[int, int]]:
    """Cells and the variant each is flown in; each cell has four variants, ways from end to end."""
    lengths, entries = _lengths(variants, inside, home)
    ways = _seconds(lengths, speed_m_s, acceleration_m_s2)
    first = _seconds(entries, speed_m_s, acceleration_m_s2)
    order = np.array(_nearest(ways, first), np.int32)
    count = len(order)
    orders = Orders(
        ways,
        np.ascontiguousarray(first),
        _near(ways),
        np.zeros((count, VARIANTS)),
        np.zeros((count, VARIANTS)),
        order.copy(),
        order.copy(),
    )
    search(order, orders, order.copy(), EVALUATED_CELLS)
    return _directions([int(cell) for cell in order], ways, first)


def _lengths(
    variants: Sequence[Sequence[Sequence[Point]]], inside: Inside, home: Point | None
) -> tuple[Array, Array]:
    """Metres from the exit of one cell's variant to the entry of another's, shape (n, 4, n, 4),
    and from home to each entry, shape (n, 4)."""
    count = len(variants)
    entries = [points[0] for cell in variants for points in cell]
    exits = [points[-1] for cell in variants for points in cell]
    distinct = {point: i for i, point in enumerate(dict.fromkeys(entries + exits))}
    lengths = inside.distances(list(distinct))
    into = np.array([distinct[point] for point in entries])
    out = np.array([distinct[point] for point in exits])
    ways = lengths[np.ix_(out, into)].reshape(count, VARIANTS, count, VARIANTS)
    if home is None:
        return ways, np.zeros((count, VARIANTS))
    gaps = np.array(entries) - np.array(home)
    return ways, np.hypot(gaps[:, 0], gaps[:, 1]).reshape(count, VARIANTS)


def _seconds(lengths: Array, speed: float, acceleration: float) -> Array:
    """From standstill to standstill, which short ways between passes nearly are."""
    ramps = speed * speed / acceleration
    short: Array = 2.0 * np.sqrt(np.minimum(lengths, ramps) / acceleration)
    seconds: Array = short + np.maximum(lengths - ramps, 0.0) / speed
    return np.ascontiguousarray(seconds)


def _nearest(ways: Array, entry: Array) -> list[int]:
    cell, variant = (int(i) for i in np.unravel_index(int(np.argmin(entry)), entry.shape))
    order, left = [cell], set(range(len(entry))) - {cell}
    while left:
        rest = sorted(left)
        options = ways[cell, variant][rest]
        at, variant = (int(i) for i in np.unravel_index(int(np.argmin(options)), options.shape))
        cell = rest[at]
        order.append(cell)
        left.remove(cell)
    return order


def _near(ways: Array) -> npt.NDArray[np.int32]:
    """The cells nearest to each, shape (n, m), nearest first."""
    between = ways.min(axis=(1, 3))
    between = np.minimum(between, between.T)
    np.fill_diagonal(between, np.inf)
    near = np.argsort(between, axis=1, kind="stable")[:, : min(NEAR, len(between) - 1)]
    return np.ascontiguousarray(near, dtype=np.int32)


def _directions(order: list[int], ways: Array, entry: Array) -> list[tuple[int, int]]:
    """The best variants for an order: what `core.order.cost` costs."""
    total = entry[order[0]]
    came: list[npt.NDArray[np.intp]] = []
    for a, b in itertools.pairwise(order):
        options = total[:, None] + ways[a, :, b, :]
        came.append(options.argmin(axis=0))
        total = options.min(axis=0)
    variant = int(total.argmin())
    variants = [variant]
    for back in reversed(came):
        variant = int(back[variant])
        variants.append(variant)
    return list(zip(order, reversed(variants), strict=True))
