"""The order and direction in which runs are flown, for the least way between them.

A run is a piece of path that is flown as it is, either way round: one pass along a branch, or a
single place, where both ends are the same. A few are put in the very best order; more by nearest
neighbour, then reversals (2-opt) and moves of up to three neighbouring runs (Or-opt) until neither
helps. Straight distances are used: what stands in the way is gone round later.
"""

import numpy as np
import numpy.typing as npt

from missions.patterns.few_runs import FEW, exact_order

Array = npt.NDArray[np.float64]

MOVED_TOGETHER = 3
PASSES = 60
LEAST_GAIN_M = 1e-6


def best_order(
    firsts: Array, lasts: Array, *, start: Array | None = None, returns: bool = False
) -> list[tuple[int, bool]]:
    """Runs in order, each with whether it is flown backwards.

    `firsts` and `lasts`, shape (n, 2), are the runs' ends in metres. The way from `start` to the
    first run counts where given, and with `returns` the way back to it.
    """
    if 0 < len(firsts) <= FEW:
        return exact_order(firsts, lasts, start=start, returns=returns)
    order = _nearest(firsts, lasts, start)
    tour = _Tour(firsts, lasts, order, start, returns)
    for _ in range(PASSES):
        while tour.reverse_runs() | tour.move_runs():
            pass
        # Runs passed over because nothing had changed about them are looked at once more.
        tour.look_everywhere()
        if not (tour.reverse_runs() | tour.move_runs()):
            break
    return tour.order()


def _nearest(firsts: Array, lasts: Array, start: Array | None) -> list[tuple[int, bool]]:
    left = np.ones(len(firsts), dtype=bool)
    at = firsts[0] if start is None else start
    order = []
    for _ in range(len(firsts)):
        to_first = np.where(left, np.hypot(*(firsts - at).T), np.inf)
        to_last = np.where(left, np.hypot(*(lasts - at).T), np.inf)
        backwards = bool(to_last.min() < to_first.min())
        index = int((to_last if backwards else to_first).argmin())
        order.append((index, backwards))
        left[index] = False
        at = firsts[index] if backwards else lasts[index]
    return order


class _Tour:
    """Runs in an order between two ends that may not count: entry and exit point of each."""

    def __init__(
        self,
        firsts: Array,
        lasts: Array,
        order: list[tuple[int, bool]],
        start: Array | None,
        returns: bool,
    ) -> None:
        index = np.array([run for run, _ in order])
        flip = np.array([backwards for _, backwards in order])
        end = np.zeros(2) if start is None else np.asarray(start, dtype=np.float64)
        enter = np.where(flip[:, None], lasts[index], firsts[index])
        leave = np.where(flip[:, None], firsts[index], lasts[index])
        self._index = np.concatenate(([-1], index, [-1]))
        self._flip = np.concatenate(([False], flip, [False]))
        self._enter = np.vstack((end, enter, end))
        self._leave = np.vstack((end, leave, end))
        self._from_start = start is not None
        self._to_start = start is not None and returns
        self.look_everywhere()

    def look_everywhere(self) -> None:
        """Every run is worth looking at; afterwards only those about which something changed."""
        self._reversing = np.ones(len(self._index), dtype=bool)
        self._moving = np.ones(len(self._index), dtype=bool)

    def _changed(self, *places: int) -> None:
        runs = self._index[[min(max(place, 0), len(self._index) - 1) for place in places]]
        self._reversing[runs] = self._moving[runs] = True

    def order(self) -> list[tuple[int, bool]]:
        inner = zip(self._index[1:-1], self._flip[1:-1], strict=True)
        return [(int(index), bool(flip)) for index, flip in inner]

    def _gap(
        self, a: Array, b: Array, before: npt.NDArray[np.int64], after: npt.NDArray[np.int64]
    ) -> Array:
        """Metres from a to b, nothing where it is a way from or to a start that does not count."""
        gap: Array = np.hypot(a[..., 0] - b[..., 0], a[..., 1] - b[..., 1])
        counts = np.ones(gap.shape, dtype=bool)
        if not self._from_start:
            counts &= before > 0
        if not self._to_start:
            counts &= after < len(self._index) - 1
        return np.where(counts, gap, 0.0)

    def reverse_runs(self) -> bool:
        improved = False
        count = len(self._index) - 2
        for i in range(1, count + 1):
            if not (self._reversing[self._index[i]] or self._reversing[self._index[i - 1]]):
                continue
            self._reversing[self._index[i]] = False
            j = np.arange(i, count + 1)
            before, after = np.full(len(j), i - 1), j + 1
            gain = (
                self._gap(self._leave[before], self._enter[np.full(len(j), i)], before, j)
                + self._gap(self._leave[j], self._enter[after], j, after)
                - self._gap(self._leave[before], self._leave[j], before, j)
                - self._gap(self._enter[np.full(len(j), i)], self._enter[after], j, after)
            )
            best = int(gain.argmax())
            if gain[best] > LEAST_GAIN_M:
                end = int(j[best]) + 1
                self._reverse(i, end)
                self._changed(i - 1, i, end - 1, end)
                improved = True
        return improved

    def _reverse(self, i: int, end: int) -> None:
        self._index[i:end] = self._index[i:end][::-1].copy()
        self._flip[i:end] = ~self._flip[i:end][::-1]
        enter = self._enter[i:end][::-1].copy()
        self._enter[i:end] = self._leave[i:end][::-1].copy()
        self._leave[i:end] = enter

    def move_runs(self) -> bool:
        improved = False
        for i in range(1, len(self._index) - 1):
            run = self._index[i]
            if not self._moving[run]:
                continue
            self._moving[run] = False
            for length in range(1, min(MOVED_TOGETHER, len(self._index) - 1 - i) + 1):
                if self._move(i, length):
                    improved = True
                    break
        return improved

    def _move(self, i: int, length: int) -> bool:
        end = i + length
        k = np.concatenate((np.arange(0, i - 1), np.arange(end, len(self._index) - 1)))
        if not len(k):
            return False
        ones = np.full(len(k), i)
        enter, leave = self._enter[ones], self._leave[np.full(len(k), end - 1)]
        here, there = np.array([i - 1]), np.array([end])
        saved = (
            self._gap(self._leave[here], self._enter[[i]], here, np.array([i]))
            + self._gap(self._leave[[end - 1]], self._enter[there], np.array([end - 1]), there)
            - self._gap(self._leave[here], self._enter[there], here, there)
        )
        now = self._gap(self._leave[k], self._enter[k + 1], k, k + 1)
        as_is = self._gap(self._leave[k], enter, k, ones) + self._gap(
            leave, self._enter[k + 1], ones, k + 1
        )
        turned = self._gap(self._leave[k], leave, k, ones) + self._gap(
            enter, self._enter[k + 1], ones, k + 1
        )
        gain = saved - (np.minimum(as_is, turned) - now)
        best = int(gain.argmax())
        if gain[best] <= LEAST_GAIN_M:
            return False
        if turned[best] < as_is[best]:
            self._reverse(i, end)
        self._carry(i, end, int(k[best]))
        return True

    def _carry(self, i: int, end: int, behind: int) -> None:
        """Put the runs i..end behind another one."""
        low, high = (behind + 1, end) if behind < i else (i, behind + 1)
        shift = i - low if behind < i else end - i
        for part in (self._index, self._flip, self._enter, self._leave):
            part[low:high] = np.roll(part[low:high], -shift, axis=0)
        at = low if behind < i else high - (end - i)
        self._changed(i - 1, i, end - 1, end, at - 1, at, at + end - i - 1, at + end - i)
