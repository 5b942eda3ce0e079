"""In which order and direction to fly passes, for the shortest turns between them.

A pass is flown either way. The way between two is as long backwards as forwards, so that a stretch
of the order can be turned round at the cost of its two ends (2-opt); up to three neighbouring
passes are moved elsewhere, turned or not (Or-opt; both in `kernels.tour`). Begun from the orders
that skip 0, 1, 2, ... passes and from the nearest neighbour; the best after improvement is the
answer.
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Order = list[tuple[int, bool]]

# Beginnings that are improved, and how many passes may be skipped in one.
TRIED, MOST_SKIPPED = 3, 12


def order_of_passes(between: Array, start: Array, end: Array) -> Order:
    """Passes in order, each with whether it is flown backwards.

    `between`, shape (n, 2, n, 2): the way from pass i flown in direction a to pass j flown in
    direction b (0 forwards); `start` and `end`, shape (n, 2): the ways from and to home.
    """
    count = len(start)
    if count == 0:
        return []
    begun = [_alternating(_skipping(count, skipped)) for skipped in range(min(count, MOST_SKIPPED))]
    begun.append(_nearest(between, start))
    begun += [[(index, not back) for index, back in order] for order in begun]
    ways = sorted(begun, key=lambda order: length_of(order, between, start, end))
    home = _with_home(between, start, end)
    improved = [_improved(order, home) for order in ways[:TRIED]]
    return min(improved, key=lambda order: length_of(order, between, start, end))


def length_of(order: Order, between: Array, start: Array, end: Array) -> float:
    """Metres between passes, and from and to home."""
    index = np.array([i for i, _ in order])
    back = np.array([int(b) for _, b in order])
    inner = between[index[:-1], back[:-1], index[1:], back[1:]].sum()
    return float(inner + start[index[0], back[0]] + end[index[-1], back[-1]])


def _skipping(count: int, skipped: int) -> list[int]:
    """0, s, 1, s + 1, ...: racetracks `skipped + 1` apart that move on by one."""
    if skipped == 0:
        return list(range(count))
    apart = skipped + 1
    order: list[int] = []
    for block in range(0, count, 2 * apart):
        for offset in range(apart):
            order += [i for i in (block + offset, block + offset + apart) if i < count]
    return list(dict.fromkeys(order))


def _alternating(order: list[int]) -> Order:
    return [(index, bool(place % 2)) for place, index in enumerate(order)]


def _nearest(between: Array, start: Array) -> Order:
    left = np.ones(len(start), dtype=bool)
    costs = start
    order: Order = []
    for _ in range(len(start)):
        open_costs = np.where(left[:, None], costs, np.inf)
        index, back = np.unravel_index(int(open_costs.argmin()), open_costs.shape)
        order.append((int(index), bool(back)))
        left[index] = False
        costs = between[index, back]
    return order


def _improved(order: Order, ways: Array) -> Order:
    """The order turned and moved until neither helps."""
    # Compiled kernels: numba takes a second to import.
    from missions.patterns.turns.kernels.tour import improve

    numbers = np.array([2 * index + int(back) for index, back in order], dtype=np.int64)
    improve(numbers, ways, np.empty_like(numbers))
    return [(number // 2, number % 2 == 1) for number in numbers.tolist()]


def _with_home(between: Array, start: Array, end: Array) -> Array:
    """The ways with home as one more; from home to home is no way."""
    count = 2 * len(start)
    ways = np.zeros((count + 1, count + 1))
    ways[:count, :count] = between.reshape(count, count)
    ways[count, :count], ways[:count, count] = start.reshape(count), end.reshape(count)
    return ways
