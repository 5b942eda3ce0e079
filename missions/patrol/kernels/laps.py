"""A lap: places in cyclic order, with the stops at docks that the battery forces upon it.

Between two places the dock is the one with the least detour: `out` leads to it and `back` from it.
Where to stop is chosen by splitting the order into sorties (Beasley 1983; Prins 2004): the least
time over all splits whose every sortie the battery lasts. `battery` is (endurance, swap, charge):
a stop takes swap plus charge times the share of the endurance that was flown, in seconds.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from missions.patrol.kernels.compiled import entry, inner

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
NEVER = 1e18


class Ground(NamedTuple):
    """What the searches need to know: (n, n) seconds, (3,) the battery, (n,) urgencies."""

    gaps: Floats
    out: Floats
    back: Floats
    battery: Floats
    urgency: Floats


class Scratch(NamedTuple):
    """What a lap is worked out in, each n + 1 long, or as many as an order has entries and 1."""

    least: Floats
    came: Ints
    times: Floats
    folded: Floats
    sorted_by: Ints
    seen: Floats


@inner
def least_detour(order: Ints, count: int, ground: Ground) -> int:
    """The index of the place before which a stop at a dock costs least."""
    best, at = NEVER, 0
    for i in range(count):
        a, b = order[i - 1 if i > 0 else count - 1], order[i]
        detour = ground.out[a, b] + ground.back[a, b] - ground.gaps[a, b]
        if detour < best:
            best, at = detour, i
    return at


@inner
def split(order: Ints, count: int, first: int, ground: Ground, scratch: Scratch) -> float:
    """Seconds of a lap that leaves a dock for the place at index `first`; NEVER if it cannot.

    `scratch.came[j]` says at which place, counted from `first`, the sortie begins that ends before
    the j-th.
    """
    gaps, out, back, battery, _ = ground
    least, came = scratch.least, scratch.came
    least[0] = 0.0
    for j in range(1, count + 1):
        least[j] = NEVER
    for i in range(count):
        if least[i] >= NEVER:
            continue
        start = order[(first + i) % count]
        flown = back[order[(first + i - 1) % count], start]
        for j in range(i + 1, count + 1):
            last, beyond = order[(first + j - 1) % count], order[(first + j) % count]
            if j > i + 1:
                flown += gaps[order[(first + j - 2) % count], last]
            whole = flown + out[last, beyond]
            if flown > battery[0]:
                break
            if whole > battery[0]:
                continue
            lasts = least[i] + whole + battery[1] + battery[2] * whole / battery[0]
            if lasts < least[j]:
                least[j] = lasts
                came[j] = i
    return float(least[count])


@inner
def lap_s(order: Ints, count: int, ground: Ground, scratch: Scratch) -> float:
    """Seconds of a lap; without a battery to mind, the length of the closed tour."""
    if count == 0:
        return 0.0
    gaps = ground.gaps
    if math.isinf(ground.battery[0]):
        length = gaps[order[count - 1], order[0]] if count > 1 else 0.0
        for i in range(1, count):
            length += gaps[order[i - 1], order[i]]
        return float(length)
    return split(order, count, least_detour(order, count, ground), ground, scratch)


@inner
def visit_times(order: Ints, count: int, ground: Ground, scratch: Scratch) -> float:
    """Fill in when each place of a lap is visited, seconds; the lap's duration."""
    gaps, times = ground.gaps, scratch.times
    if count == 0:
        return 0.0
    if math.isinf(ground.battery[0]):
        times[0] = 0.0
        for i in range(1, count):
            times[i] = times[i - 1] + gaps[order[i - 1], order[i]]
        closing = gaps[order[count - 1], order[0]] if count > 1 else 0.0
        return float(times[count - 1] + closing)
    first = least_detour(order, count, ground)
    whole = split(order, count, first, ground, scratch)
    if whole >= NEVER:
        return NEVER
    end = count
    while end > 0:
        begin = scratch.came[end]
        index = (first + begin) % count
        times[index] = (
            scratch.least[begin] + ground.back[order[(first + begin - 1) % count], order[index]]
        )
        for j in range(begin + 1, end):
            before, now = (first + j - 1) % count, (first + j) % count
            times[now] = times[before] + gaps[order[before], order[now]]
        end = begin
    return whole


@inner
def worst_idleness(
    order: Ints, count: int, lap: float, drones: int, urgency: Floats, scratch: Scratch
) -> tuple[float, int, float]:
    """The worst urgency times gap with drones evenly spaced on a lap, whose it is, and a blend.

    The blend is the 8-norm over all gaps: it sees the second worst, too.
    """
    times, folded = scratch.times, scratch.folded
    sorted_by, seen = scratch.sorted_by, scratch.seen
    if lap >= NEVER:
        return NEVER, order[0], NEVER
    apart = lap / drones
    for i in range(count):
        seen[order[i]] = -1.0
        turns = math.floor(times[i] / apart)
        at = times[i] - turns * apart if drones > 1 else times[i]
        j = i
        while j > 0 and folded[j - 1] > at:
            folded[j] = folded[j - 1]
            sorted_by[j] = sorted_by[j - 1]
            j -= 1
        folded[j] = at
        sorted_by[j] = order[i]
    worst, whose, total = 0.0, order[0], 0.0
    for turn in range(2):
        for i in range(count):
            place, now = sorted_by[i], folded[i] + turn * apart
            if seen[place] >= 0.0:
                idle = (now - seen[place]) * urgency[place]
                total += idle**8
                if idle > worst:
                    worst, whose = idle, place
            seen[place] = now
    return worst, whose, total**0.125


@entry
def timed_lap(order: Ints, count: int, ground: Ground, scratch: Scratch) -> tuple[float, int]:
    """The lap's duration, with `scratch.times` and `scratch.came` filled in, and where it begins.

    Without a battery to mind it begins at the first place and `came` is not filled in.
    """
    lap = visit_times(order, count, ground, scratch)
    first = 0 if math.isinf(ground.battery[0]) else least_detour(order, count, ground)
    return lap, first
