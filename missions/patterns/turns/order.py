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

MOVED_TOGETHER, LOOKED_AT = 3, 24
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
    """An order that is made shorter step by step.

    A pass with its direction is one number: twice the pass, and one more if flown backwards.
    """

    def __init__(self, order: Order, between: Array, start: Array, end: Array) -> None:
        count = 2 * len(start)
        self._order: Indices = np.array([2 * i + int(b) for i, b in order], dtype=np.int64)
        self._between = np.ascontiguousarray(between.reshape(count, count))
        self._start, self._end = start.reshape(count), end.reshape(count)
        # With home as one more; from home to home is no way.
        self._home = np.zeros((count + 1, count + 1))
        self._home[:count, :count] = self._between
        self._home[count, :count], self._home[:count, count] = self._start, self._end

    def improved(self) -> Order:
        """Turned and moved until neither helps."""
        for _ in range(MOST_ROUNDS):
            if not (self._turn_stretches() | self._move_passes()):
                break
        return [(one // 2, one % 2 == 1) for one in self._order.tolist()]

    def _way(self, a: int | None, b: int | None) -> float:
        if a is None:
            return 0.0 if b is None else float(self._start[b])
        return float(self._end[a] if b is None else self._between[a, b])

    def _at(self, place: int) -> int | None:
        return int(self._order[place]) if 0 <= place < len(self._order) else None

    def _turn_stretches(self) -> bool:
        helped = False
        for i in range(len(self._order)):
            gains = self._gains_of_turning(i)
            best = int(gains.argmax())
            if gains[best] > LEAST_GAIN_M:
                self._order[i : i + best + 1] = _turned(self._order[i : i + best + 1])
                helped = True
        return helped

    def _gains_of_turning(self, i: int) -> Array:
        """What turning i..j round would save, for every j from i on."""
        left, before = self._order[i:], self._at(i - 1)
        first = int(left[0])
        now_out = np.append(self._between[left[:-1], left[1:]], self._end[left[-1]])
        new_out = np.append(self._between[first ^ 1][left[1:]], self._end[first ^ 1])
        new_in = (self._start if before is None else self._between[before])[left ^ 1]
        gains: Array = self._way(before, first) + now_out - new_in - new_out
        return gains

    def _move_passes(self) -> bool:
        helped = False
        for length in range(1, MOVED_TOGETHER + 1):
            i, last = 0, len(self._order) - length
            while i <= last:
                # Many are looked at together, as none of them is moved before the first that helps.
                some = np.arange(i, min(i + LOOKED_AT, last + 1))
                helps = np.flatnonzero(self._gains_of_moving(some, length) > LEAST_GAIN_M / 2.0)
                if not len(helps):
                    i = int(some[-1]) + 1
                    continue
                i += int(helps[0])
                helped |= self._move(i, length)
                i += 1
        return helped

    def _gains_of_moving(self, begins: Indices, length: int) -> Array:
        """About what moving each stretch of so many passes to its best place would save."""
        between, order = self._between, self._order
        one, two = order[begins], order[begins + length - 1]
        none = len(between)
        # Home before the first and behind the last.
        before = np.concatenate(([none], order))[begins]
        behind = np.concatenate((order, [none]))[begins + length]
        saved = self._ways(before, one) + self._ways(two, behind) - self._ways(before, behind)
        left, right = np.concatenate(([none], order)), np.concatenate((order, [none]))
        now = self._ways(left, right)
        best = np.full(len(begins), np.inf)
        for first, last in ((one, two), (two ^ 1, one ^ 1)):
            costs = self._home[left][:, first].T + self._home[last][:, right] - now
            # Where they are they stay, or are turned.
            for k in range(length + 1):
                costs[np.arange(len(begins)), begins + k] = np.inf
            turned = self._ways(before, first) + self._ways(last, behind)
            best = np.minimum(best, costs.min(axis=1))
            best = np.minimum(best, turned - self._ways(before, behind))
        return np.asarray(saved - best)

    def _ways(self, first: Indices, last: Indices) -> Array:
        """The ways from passes to others; one beyond all is home."""
        found: Array = self._home[first, last]
        return found

    def _move(self, i: int, length: int) -> bool:
        piece = self._order[i : i + length]
        rest = np.concatenate((self._order[:i], self._order[i + length :]))
        if not len(rest):
            return False
        before, after = self._at(i - 1), self._at(i + length)
        saved = self._way(before, int(piece[0])) + self._way(int(piece[-1]), after)
        saved -= self._way(before, after)
        best, best_gain = None, LEAST_GAIN_M
        now = np.concatenate(
            (self._start[rest[:1]], self._between[rest[:-1], rest[1:]], self._end[rest[-1:]])
        )
        for candidate in (piece, _turned(piece)):
            costs = self._costs_of_inserting(candidate, rest) - now
            place = int(costs.argmin())
            if saved - costs[place] > best_gain:
                best, best_gain = (candidate, place), saved - float(costs[place])
        if best is None:
            return False
        self._order = np.concatenate((rest[: best[1]], best[0], rest[best[1] :]))
        return True

    def _costs_of_inserting(self, piece: Indices, rest: Indices) -> Array:
        """The ways to and from a piece before each place of the rest, and at its end."""
        first, last = piece[:1], piece[-1:]
        come = np.concatenate((self._start[first], self._between[rest, first[0]]))
        go = np.concatenate((self._between[last[0]][rest], self._end[last]))
        costs: Array = come + go
        return costs


def _turned(order: Indices) -> Indices:
    """The same passes the other way."""
    return order[::-1] ^ 1
