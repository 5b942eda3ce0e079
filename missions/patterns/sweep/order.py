"""The order and direction in which cells are flown, for the least way between them.

A cell can be entered at any of its four corners; the exit follows. For one order of cells the best
directions are found exactly by dynamic programming; orders are improved by moving and by reversing
runs of cells, with a fixed budget, so that the answer never depends on the machine.
"""

import itertools

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

EVALUATIONS = 2500


def best_order(ways: Array, entry: Array) -> list[tuple[int, int]]:
    """Cells and the variant each is flown in.

    `ways`, shape (n, 4, n, 4), is the way from the exit of one cell's variant to the entry of
    another's; `entry`, shape (n, 4), is the way from home to each variant's entry.
    """
    order = _nearest(ways, entry)
    cost = _cost(order, ways, entry)
    budget = EVALUATIONS
    improved = len(order) > 1
    while improved and budget > 0:
        improved = False
        for candidate in _neighbours(order):
            budget -= 1
            if (found := _cost(candidate, ways, entry)) < cost - 1e-6:
                order, cost, improved = candidate, found, True
                break
            if budget <= 0:
                break
    return _directions(order, ways, entry)


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


def _neighbours(order: list[int]) -> list[list[int]]:
    n = len(order)
    reversals = [
        order[:i] + order[i : j + 1][::-1] + order[j + 1 :]
        for i in range(n)
        for j in range(i + 1, n)
    ]
    moves = [
        rest[:k] + run + rest[k:]
        for size in (1, 2, 3)
        for i in range(n - size + 1)
        for run, rest in ((order[i : i + size], order[:i] + order[i + size :]),)
        for k in range(len(rest) + 1)
        if k != i
    ]
    return moves + reversals


def _cost(order: list[int], ways: Array, entry: Array) -> float:
    total = entry[order[0]]
    for a, b in itertools.pairwise(order):
        total = (total[:, None] + ways[a, :, b, :]).min(axis=0)
    return float(total.min())


def _directions(order: list[int], ways: Array, entry: Array) -> list[tuple[int, int]]:
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
