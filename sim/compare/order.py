"""Whether two streams of events have one order, entries that lived less than a second aside."""

import math
from collections.abc import Sequence

from sim.compare.flight import Entry
from sim.compare.replay import TOLD_WITHIN_S, masked, told_of_log

# What a single heartbeat told lived for a second at most.
SHORT_LIVED_S = 1.05
# Ours flies on for a while after the log, and heartbeats tell up to a second late.
CUT_WITHIN_S = TOLD_WITHIN_S + SHORT_LIVED_S


def order_differences(
    theirs: Sequence[Entry],
    ours: Sequence[Entry],
    ends_s: tuple[float, float] = (math.inf, math.inf),
) -> list[str]:
    """What one stream has and the other has not, or elsewhere; `-` is PX4's, `+` ours.

    An entry that lived less than a second may be missing on either side, and one that was told so
    shortly before the end of its log that the other log may have ended just before it.
    """
    left, right = _lived(theirs, ends_s[0]), _lived(ours, ends_s[1])
    kept_left, kept_right = _common([v for v, _ in left], [v for v, _ in right])
    lost = [f"-{v}" for i, (v, s) in enumerate(left) if i not in kept_left and s >= SHORT_LIVED_S]
    new = [f"+{v}" for i, (v, s) in enumerate(right) if i not in kept_right and s >= SHORT_LIVED_S]
    return lost + new


def without_log_names(texts: Sequence[Entry]) -> list[Entry]:
    """Texts that belong to the flight."""
    return [entry for entry in texts if not told_of_log(entry)]


def text_differences(theirs: Sequence[Entry], ours: Sequence[Entry]) -> list[str]:
    """As `order_differences`; a text does not live, so none may be missing."""
    left = [masked(entry.value) for entry in without_log_names(theirs)]
    right = [masked(entry.value) for entry in without_log_names(ours)]
    kept_left, kept_right = _common(left, right)
    lost = [f"-{v}" for i, v in enumerate(left) if i not in kept_left]
    return lost + [f"+{v}" for i, v in enumerate(right) if i not in kept_right]


def _lived(stream: Sequence[Entry], ends_s: float) -> list[tuple[str, float]]:
    cut = bool(stream) and ends_s - stream[-1].at_s <= CUT_WITHIN_S
    ends = [*(entry.at_s for entry in stream[1:]), stream[-1].at_s if cut else math.inf]
    return [(e.value, end - e.at_s) for e, end in zip(stream, ends, strict=False)]


def _common(left: Sequence[str], right: Sequence[str]) -> tuple[set[int], set[int]]:
    """Places of a longest common subsequence in both."""
    lengths = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(len(left) - 1, -1, -1):
        for j in range(len(right) - 1, -1, -1):
            same = left[i] == right[j]
            longer = max(lengths[i + 1][j], lengths[i][j + 1])
            lengths[i][j] = lengths[i + 1][j + 1] + 1 if same else longer
    return _walk(left, right, lengths)


def _walk(
    left: Sequence[str], right: Sequence[str], lengths: list[list[int]]
) -> tuple[set[int], set[int]]:
    kept_left, kept_right = set(), set()
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] == right[j]:
            kept_left.add(i)
            kept_right.add(j)
            i, j = i + 1, j + 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            i += 1
        else:
            j += 1
    return kept_left, kept_right
