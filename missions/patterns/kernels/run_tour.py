"""An order of runs made shorter: reversals (2-opt) and moves of up to three runs (Or-opt)."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from missions.patterns.kernels.compiled import KERNELS, inner

Array = npt.NDArray[np.float64]

MOVED_TOGETHER = 3
PASSES = 60
LEAST_GAIN_M = 1e-6


class Tour(NamedTuple):
    """Runs in their order between two ends, which are no runs: -1.

    `runs` are their numbers, `flip` says which are flown backwards, `enter` and `leave` (n, 2) are
    their ends as flown, metres. `reversing` and `moving` say which are worth looking at.
    Ways from the first end and to the last count where `from_start` and `to_start` say so.
    """

    runs: npt.NDArray[np.int64]
    flip: npt.NDArray[np.bool_]
    enter: Array
    leave: Array
    reversing: npt.NDArray[np.bool_]
    moving: npt.NDArray[np.bool_]
    from_start: bool
    to_start: bool


@KERNELS.entry
def shorten(tour: Tour) -> None:
    """Reverse and move runs until neither helps."""
    for _ in range(PASSES):
        while _either(tour):
            pass
        # Runs passed over because nothing had changed about them are looked at once more.
        tour.reversing[:] = True
        tour.moving[:] = True
        if not _either(tour):
            break


@inner
def _either(tour: Tour) -> bool:
    reversed_any = _reverse_runs(tour)
    moved_any = _move_runs(tour)
    return reversed_any or moved_any


@inner
def _gap(tour: Tour, a: Array, b: Array, before: int, after: int) -> float:
    """Metres from a to b, nothing where it is a way from or to an end that does not count."""
    if before <= 0 and not tour.from_start:
        return 0.0
    if after >= len(tour.runs) - 1 and not tour.to_start:
        return 0.0
    return math.hypot(a[0] - b[0], a[1] - b[1])


@inner
def _changed(tour: Tour, place: int) -> None:
    run = tour.runs[min(max(place, 0), len(tour.runs) - 1)]
    tour.reversing[run] = tour.moving[run] = True


@inner
def _reverse_runs(tour: Tour) -> bool:
    enter, leave = tour.enter, tour.leave
    improved = False
    count = len(tour.runs) - 2
    for i in range(1, count + 1):
        if not (tour.reversing[tour.runs[i]] or tour.reversing[tour.runs[i - 1]]):
            continue
        tour.reversing[tour.runs[i]] = False
        best, at = -1e18, i
        for j in range(i, count + 1):
            gain = (
                _gap(tour, leave[i - 1], enter[i], i - 1, j)
                + _gap(tour, leave[j], enter[j + 1], j, j + 1)
                - _gap(tour, leave[i - 1], leave[j], i - 1, j)
                - _gap(tour, enter[i], enter[j + 1], j, j + 1)
            )
            if gain > best:
                best, at = gain, j
        if best > LEAST_GAIN_M:
            _reverse(tour, i, at + 1)
            for place in (i - 1, i, at, at + 1):
                _changed(tour, place)
            improved = True
    return improved


@inner
def _swap(tour: Tour, a: int, b: int) -> None:
    tour.runs[a], tour.runs[b] = tour.runs[b], tour.runs[a]
    tour.flip[a], tour.flip[b] = tour.flip[b], tour.flip[a]
    for side in range(2):
        tour.enter[a, side], tour.enter[b, side] = tour.enter[b, side], tour.enter[a, side]
        tour.leave[a, side], tour.leave[b, side] = tour.leave[b, side], tour.leave[a, side]


@inner
def _mirror(tour: Tour, begin: int, end: int) -> None:
    """Put the runs from one place to before another in the opposite order, each flown as it was."""
    for k in range((end - begin) // 2):
        _swap(tour, begin + k, end - 1 - k)


@inner
def _reverse(tour: Tour, begin: int, end: int) -> None:
    """Fly the runs from one place to before another the other way."""
    _mirror(tour, begin, end)
    for k in range(begin, end):
        tour.flip[k] = not tour.flip[k]
        for side in range(2):
            here = tour.enter[k, side]
            tour.enter[k, side] = tour.leave[k, side]
            tour.leave[k, side] = here


@inner
def _move_runs(tour: Tour) -> bool:
    improved = False
    for i in range(1, len(tour.runs) - 1):
        run = tour.runs[i]
        if not tour.moving[run]:
            continue
        tour.moving[run] = False
        for length in range(1, min(MOVED_TOGETHER, len(tour.runs) - 1 - i) + 1):
            if _move(tour, i, length):
                improved = True
                break
    return improved


@inner
def _move(tour: Tour, i: int, length: int) -> bool:
    """Put some runs where they gain most, either way round; whether they do."""
    enter, leave = tour.enter, tour.leave
    end = i + length
    saved = (
        _gap(tour, leave[i - 1], enter[i], i - 1, i)
        + _gap(tour, leave[end - 1], enter[end], end - 1, end)
        - _gap(tour, leave[i - 1], enter[end], i - 1, end)
    )
    best, at, turns = LEAST_GAIN_M, -1, False
    for k in range(len(tour.runs) - 1):
        if i - 1 <= k < end:
            continue
        now = _gap(tour, leave[k], enter[k + 1], k, k + 1)
        as_is = _gap(tour, leave[k], enter[i], k, i)
        turned = _gap(tour, leave[k], leave[end - 1], k, i)
        if min(as_is, turned) >= saved + now:
            continue
        as_is += _gap(tour, leave[end - 1], enter[k + 1], i, k + 1)
        turned += _gap(tour, enter[i], enter[k + 1], i, k + 1)
        gain = saved - (min(as_is, turned) - now)
        if gain > best:
            best, at, turns = gain, k, turned < as_is
    if at < 0:
        return False
    if turns:
        _reverse(tour, i, end)
    _carry(tour, i, end, at)
    return True


@inner
def _carry(tour: Tour, i: int, end: int, behind: int) -> None:
    """Put the runs from one place to before another behind a third."""
    low, high = (behind + 1, end) if behind < i else (i, behind + 1)
    middle = i if behind < i else end
    _mirror(tour, low, middle)
    _mirror(tour, middle, high)
    _mirror(tour, low, high)
    at = low if behind < i else high - (end - i)
    for place in (i - 1, i, end - 1, end, at - 1, at, at + end - i - 1, at + end - i):
        _changed(tour, place)
