"""An order of passes made shorter step by step, by turning stretches round and by moving some.

A pass with its direction is one number: twice the pass, and one more if flown backwards. `ways` has
the way from each to each, and home as one more than all of them.
"""

import numpy as np
import numpy.typing as npt

from missions.patterns.turns.kernels.compiled import KERNELS, inner

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

MOVED_TOGETHER = 3
LEAST_GAIN_M = 1e-6
MOST_ROUNDS = 40


@KERNELS.entry
def improve(order: Indices, ways: Array, spare: Indices) -> None:
    """Turn and move until neither helps; `spare` is as long as the order."""
    for _ in range(MOST_ROUNDS):
        turned = _turn_stretches(order, ways)
        moved = _move_passes(order, ways, spare)
        if not (turned or moved):
            return


@inner
def _turn_stretches(order: Indices, ways: Array) -> bool:
    helped = False
    for begin in range(len(order)):
        end = _best_end(order, ways, begin)
        if end < 0:
            continue
        helped = True
        low, high = begin, end
        while low <= high:
            order[low], order[high] = order[high] ^ 1, order[low] ^ 1
            low, high = low + 1, high - 1
    return helped


@inner
def _best_end(order: Indices, ways: Array, begin: int) -> int:
    """The end of the stretch that it saves most to turn round; -1 where none saves anything."""
    before, first = _at(order, ways, begin - 1), order[begin]
    best, most = -1, LEAST_GAIN_M
    for end in range(begin, len(order)):
        last, behind = order[end], _at(order, ways, end + 1)
        now = ways[before, first] + ways[last, behind]
        gain = now - ways[before, last ^ 1] - ways[first ^ 1, behind]
        if gain > most:
            best, most = end, gain
    return best


@inner
def _move_passes(order: Indices, ways: Array, spare: Indices) -> bool:
    helped = False
    for length in range(1, min(MOVED_TOGETHER, len(order) - 1) + 1):
        for begin in range(len(order) - length + 1):
            place, turned = _best_place(order, ways, begin, length)
            if place >= 0:
                _move(order, spare, begin, length, place, turned)
                helped = True
    return helped


@inner
def _best_place(order: Indices, ways: Array, begin: int, length: int) -> tuple[int, bool]:
    """Before which of the others a stretch is best flown, and whether turned round; -1 for none."""
    before, behind = _at(order, ways, begin - 1), _at(order, ways, begin + length)
    first, last = order[begin], order[begin + length - 1]
    saved = ways[before, first] + ways[last, behind] - ways[before, behind]
    best, best_turned, most = -1, False, LEAST_GAIN_M
    for turn in range(2):
        into, out = (last ^ 1, first ^ 1) if turn else (first, last)
        left = len(ways) - 1
        for place in range(len(order) - length + 1):
            at = place if place < begin else place + length
            right = _at(order, ways, at)
            gain = saved - (ways[left, into] + ways[out, right] - ways[left, right])
            if gain > most:
                best, best_turned, most = place, turn == 1, gain
            left = right
    return best, best_turned


@inner
def _move(
    order: Indices, spare: Indices, begin: int, length: int, place: int, turned: bool
) -> None:
    for index in range(len(order)):
        spare[index] = order[index]
    source = 0
    for index in range(len(order)):
        step = index - place
        if 0 <= step < length:
            order[index] = spare[begin + length - 1 - step] ^ 1 if turned else spare[begin + step]
            continue
        if source == begin:
            source += length
        order[index] = spare[source]
        source += 1


@inner
def _at(order: Indices, ways: Array, place: int) -> int:
    """What is flown at a place of the order: home before and behind all."""
    if place < 0 or place >= len(order):
        return len(ways) - 1
    return int(order[place])
