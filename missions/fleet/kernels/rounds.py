"""Who does which tasks, and in which order, so that the last is done as early as can be.

Ruin and recreate (Schrimpf et al. 2000) by strings of neighbouring tasks (SISR: Christiaens and
Vanden Berghe 2020) under simulated annealing. What is made small is a norm of all drones' times
that is nearly the longest of them, so that it also sees who else takes long.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from missions.fleet.kernels.compiled import entry, inner
from missions.fleet.kernels.routes import (
    NEVER,
    NORM,
    OF_ALL,
    Routes,
    Work,
    back_s,
    better,
    copy,
    enters,
    leaves,
    longest_s,
    out_s,
    route_s,
    worth,
)
from missions.patrol.kernels.chance import Words, below, bits, shuffled, unit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

STRING = 10
REMOVED = 10
# One place in a hundred, of the 2^53 words.
BLINK = np.int64(90_071_992_547_410)
NO_BLINK = np.int64(0)
ORDERS = 4
# How often a run of the busiest drone's tasks goes to the least busy instead.
HANDED_OVER = 0.02


class Scratch(NamedTuple):
    """Room to work in, for as many tasks and drones as there are: of a route, the nodes between its
    tasks and the seconds between them; what is taken out, by which drone each task is done, whose
    routes are `touched`, and `ranks`."""

    leaves: Ints
    enters: Ints
    gaps: Floats
    removed: Ints
    owners: Ints
    touched: Ints
    ranks: Floats


@inner
def added_s(
    work: Work,
    drone: int,
    order: Ints,
    count: int,
    task: int,
    chance: Words,
    blink: np.int64,
    scratch: Scratch,
) -> tuple[float, int, int]:
    """The least that a task adds to a route of one sortie, before which task and in which code.

    One place in `blink` of 2^53 is passed over.
    """
    pace = work.pace[drone]
    gaps = work.gaps[pace]
    service = work.service[pace, task]
    best, at, chosen = NEVER, 0, 2 * task
    _between(work, gaps, order, count, scratch)
    for turned in range(2):
        into, from_ = work.ends[task, turned], work.ends[task, 1 - turned]
        if turned == 1 and into == from_:
            break
        if count == 0:
            home = out_s(work, drone, into) + back_s(work, drone, from_, into)
            whole = work.free[drone] + work.overhead[drone] + home + service
            if whole < best:
                best, at, chosen = whole, 0, 2 * task + turned
            continue
        first, last = enters(work, order[0]), leaves(work, order[count - 1])
        to, on = work.gaps_to[pace, into], gaps[from_]
        # Kept in a register: a word in memory is waited for at each place.
        state = chance[0]
        for i in range(count + 1):
            if blink > 0:
                state = shuffled(state)
                if bits(state) < blink:
                    continue
            if i == 0:
                more = out_s(work, drone, into) + on[first] - out_s(work, drone, first)
                more += back_s(work, drone, last, into) - back_s(work, drone, last, first)
            elif i == count:
                more = to[last] + back_s(work, drone, from_, first)
                more -= back_s(work, drone, last, first)
            else:
                more = to[scratch.leaves[i]] + on[scratch.enters[i]] - scratch.gaps[i]
            if more + service < best:
                best, at, chosen = more + service, i, 2 * task + turned
        chance[0] = state
    return best, at, chosen


@inner
def _between(work: Work, gaps: Floats, order: Ints, count: int, scratch: Scratch) -> None:
    """The nodes between which each of a route's tasks but the first is come to."""
    for i in range(1, count):
        before, after = leaves(work, order[i - 1]), enters(work, order[i])
        scratch.leaves[i], scratch.enters[i] = before, after
        scratch.gaps[i] = gaps[before, after]


@inner
def insert(order: Ints, count: int, at: int, code: int) -> None:
    """Put a task into a route."""
    for i in range(count, at, -1):
        order[i] = order[i - 1]
    order[at] = code


@inner
def remove(order: Ints, count: int, at: int) -> None:
    """Take a task out of a route."""
    for i in range(at, count - 1):
        order[i] = order[i + 1]


@inner
def put(
    work: Work,
    routes: Routes,
    task: int,
    scale: float,
    chance: Words,
    blink: np.int64,
    scratch: Scratch,
) -> bool:
    """Give a task to whom it costs least; whether anybody can do it."""
    best, who, where, how = NEVER, -1, 0, 0
    for drone in range(len(routes.sizes)):
        if not work.may[drone, task]:
            continue
        order, count = routes.order[drone], routes.sizes[drone]
        more, at, code = added_s(work, drone, order, count, task, chance, blink, scratch)
        if more >= NEVER:
            continue
        time = routes.times[drone] + more
        if time - work.free[drone] > work.usable[drone]:
            insert(order, count, at, code)
            time = route_s(work, drone, order, count + 1)
            remove(order, count + 1, at)
            if time >= NEVER:
                continue
            more = time - routes.times[drone]
        was = routes.times[drone] / scale
        cost = (time / scale) ** NORM - was**NORM + OF_ALL * more / scale / len(routes.sizes)
        if cost < best:
            best, who, where, how = cost, drone, at, code
    if who < 0:
        return False
    insert(routes.order[who], routes.sizes[who], where, how)
    routes.sizes[who] += 1
    routes.times[who] = route_s(work, who, routes.order[who], routes.sizes[who])
    return True


@inner
def place_of(routes: Routes, drone: int, task: int) -> int:
    """Which of a drone's tasks it is."""
    for i in range(routes.sizes[drone]):
        if routes.order[drone, i] >> 1 == task:
            return i
    return 0


@inner
def ruin(work: Work, routes: Routes, scratch: Scratch, chance: Words) -> int:
    """Take strings of tasks about one place out of several routes of a whole plan; how many."""
    tasks, drones = len(work.ends), len(routes.sizes)
    removed, touched = scratch.removed, scratch.touched
    held = 0
    for drone in range(drones):
        touched[drone] = 0
        held += 1 if routes.sizes[drone] > 0 else 0
        for i in range(routes.sizes[drone]):
            scratch.owners[routes.order[drone, i] >> 1] = drone
    longest = min(float(STRING), tasks / max(1, held))
    strings = 1 + int(unit(chance) * max(1.0, 4.0 * REMOVED / (1.0 + longest) - 1.0))
    count = 0
    near = work.near[below(chance, tasks)]
    for task in near:
        if strings == 0 or count + STRING > len(removed):
            break
        drone = scratch.owners[task]
        if touched[drone] == 1:
            continue
        at = place_of(routes, drone, task)
        touched[drone] = 1
        strings -= 1
        most = min(int(longest), routes.sizes[drone])
        size = 1 + below(chance, max(1, most))
        first = max(0, at - below(chance, size))
        first = min(first, routes.sizes[drone] - size)
        for i in range(size):
            removed[count] = routes.order[drone, first + i] >> 1
            count += 1
        for i in range(first, routes.sizes[drone] - size):
            routes.order[drone, i] = routes.order[drone, i + size]
        routes.sizes[drone] -= size
        routes.times[drone] = route_s(work, drone, routes.order[drone], routes.sizes[drone])
    return count


@inner
def hand_over(work: Work, routes: Routes, chance: Words) -> bool:
    """Give a run of the busiest drone's tasks, up to half, to the least busy; whether it may."""
    busy, idle = 0, 0
    for drone in range(len(routes.times)):
        busy = drone if routes.times[drone] > routes.times[busy] else busy
        idle = drone if routes.times[drone] < routes.times[idle] else idle
    held = routes.sizes[busy]
    if busy == idle or held < 2:
        return False
    size = 1 + below(chance, held // 2)
    first = below(chance, held - size + 1)
    for i in range(size):
        code = routes.order[busy, first + i]
        if not work.may[idle, code >> 1]:
            return False
        routes.order[idle, routes.sizes[idle] + i] = code
    for i in range(first, held - size):
        routes.order[busy, i] = routes.order[busy, i + size]
    routes.sizes[busy] -= size
    routes.sizes[idle] += size
    for drone in (busy, idle):
        routes.times[drone] = route_s(work, drone, routes.order[drone], routes.sizes[drone])
    return True


@inner
def rank(work: Work, task: int, by: int, chance: Words) -> float:
    """How early a removed task is put back: by chance, the far, the near or the long first."""
    if by == 0:
        return unit(chance)
    if by == 3:
        return -float(work.service[0, task])
    nearest = NEVER
    for drone in range(len(work.out)):
        nearest = min(nearest, float(work.out[drone, work.ends[task, 0]]))
    return float(-nearest if by == 1 else nearest)


@inner
def arrange(work: Work, scratch: Scratch, count: int, chance: Words) -> None:
    """Sort what was removed by one of the orders."""
    removed, ranks = scratch.removed, scratch.ranks
    by = below(chance, ORDERS)
    for i in range(count):
        task = removed[i]
        value = rank(work, task, by, chance)
        j = i
        while j > 0 and ranks[j - 1] > value:
            ranks[j] = ranks[j - 1]
            removed[j] = removed[j - 1]
            j -= 1
        ranks[j] = value
        removed[j] = task


@entry
def fill(
    work: Work, routes: Routes, tasks: Ints, scale: float, chance: Words, scratch: Scratch
) -> int:
    """Give tasks out one after the other; how many nobody can do. Times are taken afresh."""
    left = 0
    for drone in range(len(routes.sizes)):
        routes.times[drone] = route_s(work, drone, routes.order[drone], routes.sizes[drone])
    for task in tasks:
        left += 0 if put(work, routes, task, scale, chance, NO_BLINK, scratch) else 1
    return left


@entry
def improve(
    work: Work,
    best: Routes,
    now: Routes,
    tried: Routes,
    scratch: Scratch,
    chance: Words,
    rounds: int,
    heat: Floats,
) -> float:
    """Make `best`, a whole plan, better in so many rounds; when the last is done.

    `heat` is the annealing's first and last temperature as shares of the longest time; `now` and
    `tried` are of the shape of `best`.
    """
    copy(now, best)
    scale = max(longest_s(best), 1e-9)
    value = worth(now.times, scale)
    cooled = (heat[1] / heat[0]) ** (1.0 / max(1, rounds))
    warmth = heat[0]
    for _ in range(rounds):
        copy(tried, now)
        if unit(chance) < HANDED_OVER:
            whole = hand_over(work, tried, chance)
        else:
            whole = True
            count = ruin(work, tried, scratch, chance)
            arrange(work, scratch, count, chance)
            for i in range(count):
                if not put(work, tried, scratch.removed[i], scale, chance, BLINK, scratch):
                    whole = False
                    break
        warmth *= cooled
        if not whole:
            continue
        found = worth(tried.times, scale)
        if found < value - warmth * math.log(max(unit(chance), 1e-12)):
            copy(now, tried)
            value = found
            if better(now, best):
                copy(best, now)
    return longest_s(best)
