"""In which order and direction to fly passes, for the shortest turns between them.

A pass is flown either way. The way between two is as long backwards as forwards, so that a stretch
of the order can be turned round at the cost of its two ends (2-opt); up to three neighbouring
passes are moved elsewhere, turned or not (Or-opt). Begun from the orders that skip 0, 1, 2, ...
passes and from the nearest neighbour; the best after improvement is the answer.
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Order = list[tuple[int, bool]]

MOVED_TOGETHER = 3
LEAST_GAIN_M = 1e-6
MOST_ROUNDS = 40
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
    tours = [_Tour(order, between, start, end) for order in ways[:TRIED]]
    improved = [tour.improved() for tour in tours]
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


class _Tour:
    """An order that is made shorter step by step."""

    def __init__(self, order: Order, between: Array, start: Array, end: Array) -> None:
        self._order, self._between = order, between
        self._start, self._end = start, end

    def improved(self) -> Order:
        """Turned and moved until neither helps."""
        for _ in range(MOST_ROUNDS):
            if not (self._turn_stretches() | self._move_passes()):
                break
        return self._order

    def _way(self, a: tuple[int, bool] | None, b: tuple[int, bool] | None) -> float:
        if a is None:
            return 0.0 if b is None else float(self._start[b[0], int(b[1])])
        if b is None:
            return float(self._end[a[0], int(a[1])])
        return float(self._between[a[0], int(a[1]), b[0], int(b[1])])

    def _at(self, place: int) -> tuple[int, bool] | None:
        return self._order[place] if 0 <= place < len(self._order) else None

    def _turn_stretches(self) -> bool:
        helped = False
        count = len(self._order)
        for i in range(count):
            before, first = self._at(i - 1), self._order[i]
            gains = self._gains_of_turning(i, before, first)
            best = int(gains.argmax())
            if gains[best] > LEAST_GAIN_M:
                j = i + best
                self._order[i : j + 1] = turned(self._order[i : j + 1])
                helped = True
        return helped

    def _gains_of_turning(
        self, i: int, before: tuple[int, bool] | None, first: tuple[int, bool]
    ) -> Array:
        """What turning i..j round would save, for every j from i on."""
        index = np.array([p for p, _ in self._order[i:]])
        back = np.array([int(b) for _, b in self._order[i:]])
        ends = self._end[index[-1], back[-1]]
        now_out = np.append(self._between[index[:-1], back[:-1], index[1:], back[1:]], ends)
        own = self._between[first[0], 1 - int(first[1])]
        new_out = np.append(own[index[1:], back[1:]], self._end[first[0], 1 - int(first[1])])
        if before is None:
            new_in = self._start[index, 1 - back]
        else:
            new_in = self._between[before[0], int(before[1]), index, 1 - back]
        gains: Array = self._way(before, first) + now_out - new_in - new_out
        return gains

    def _move_passes(self) -> bool:
        helped = False
        for length in range(1, MOVED_TOGETHER + 1):
            for i in range(len(self._order) - length + 1):
                helped |= self._move(i, length)
        return helped

    def _move(self, i: int, length: int) -> bool:
        piece = self._order[i : i + length]
        rest = self._order[:i] + self._order[i + length :]
        if not rest:
            return False
        before, after = self._at(i - 1), self._at(i + length)
        saved = self._way(before, piece[0]) + self._way(piece[-1], after) - self._way(before, after)
        best, best_gain = None, LEAST_GAIN_M
        ends = np.array(rest, dtype=np.int64)
        for candidate in (piece, turned(piece)):
            costs = self._costs_of_inserting(candidate, ends[:, 0], ends[:, 1])
            place = int(costs.argmin())
            if saved - costs[place] > best_gain:
                best, best_gain = (candidate, place), saved - float(costs[place])
        if best is None:
            return False
        self._order = rest[: best[1]] + best[0] + rest[best[1] :]
        return True

    def _costs_of_inserting(self, piece: Order, index: Indices, back: Indices) -> Array:
        """What a piece would cost before each place of the rest, and at its end."""
        (first, first_back), (last, last_back) = piece[0], piece[-1]
        into = self._between[index, back, first, int(first_back)]
        out = self._between[last, int(last_back), index, back]
        now = self._between[index[:-1], back[:-1], index[1:], back[1:]]
        come = np.concatenate(([self._start[first, int(first_back)]], into))
        go = np.concatenate((out, [self._end[last, int(last_back)]]))
        here = np.concatenate(
            ([self._start[index[0], back[0]]], now, [self._end[index[-1], back[-1]]])
        )
        costs: Array = come + go - here
        return costs


def turned(order: Order) -> Order:
    """The same passes the other way."""
    return [(index, not back) for index, back in reversed(order)]
