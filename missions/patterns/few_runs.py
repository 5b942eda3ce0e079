"""The very best order of a few runs, by dynamic programming over their subsets (Held and Karp)."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

# 2^n subsets, 2n ends: milliseconds up to here.
FEW = 6
TIE = 1e-9


def exact_order(
    firsts: Array, lasts: Array, *, start: Array | None, returns: bool
) -> list[tuple[int, bool]]:
    """At most `FEW` runs in the order of least way between them; see `run_order.best_order`."""
    count = len(firsts)
    # State 2i is run i flown forwards, 2i + 1 backwards.
    enter = np.stack((firsts, lasts), axis=1).reshape(-1, 2)
    leave = np.stack((lasts, firsts), axis=1).reshape(-1, 2)
    ways = np.hypot(*(enter[None, :] - leave[:, None]).transpose(2, 0, 1))
    # Without a start, of ways as good the one that begins where the first run is drawn to begin.
    begin, weight = (firsts[0], TIE) if start is None else (start, 1.0)
    out = weight * np.hypot(*(enter - begin).T)
    home = np.hypot(*(leave - start).T) if start is not None and returns else np.zeros(2 * count)
    length = np.full((1 << count, 2 * count), np.inf)
    came = np.full((1 << count, 2 * count), -1, dtype=int)
    for state in range(2 * count):
        length[1 << (state // 2), state] = out[state]
    for flown in range(1, 1 << count):
        for state in range(2 * count):
            if flown >> (state // 2) & 1:
                continue
            by = length[flown] + ways[:, state]
            best, to = int(by.argmin()), flown | 1 << (state // 2)
            if by[best] < length[to, state]:
                length[to, state], came[to, state] = by[best], best
    return _walked_back(came, int((length[-1] + home).argmin()), (1 << count) - 1)


def _walked_back(came: npt.NDArray[np.int_], state: int, flown: int) -> list[tuple[int, bool]]:
    order: list[tuple[int, bool]] = []
    while state >= 0:
        order.append((state // 2, bool(state % 2)))
        before = int(came[flown, state])
        flown &= ~(1 << (state // 2))
        state = before
    return order[::-1]
