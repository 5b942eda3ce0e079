"""The search: strings of neighbouring tasks are taken out of routes and put back greedily.

Source: Christiaens and Vanden Berghe 2020, Slack induction by string removals (ruin, recreate with
blinks, simulated annealing, and their parameters).
"""

import math
from typing import NamedTuple

from missions.reaction.kernels.chance import Words, below, unit
from missions.reaction.kernels.compiled import NEVER, Bits, Floats, Ints, entry, inner
from missions.reaction.kernels.insert import best_place
from missions.reaction.kernels.routes import Routes, Work, cost_of, last_end, measure, put, take

REMOVED_ON_AVERAGE = 10
LONGEST_STRING = 10
BLINK = 0.01
BLINKS = math.log(1.0 - BLINK)
SPLIT = 0.5
LONGER_SPLIT = 0.01
# Of tasks that were left before, so many are tried again each time.
TRIED_AGAIN = 10


class Scratch(NamedTuple):
    """What an iteration is undone from: the routes that it touched, and what was left."""

    order: Ints
    size: Ints
    left: Ints
    touched: Bits
    key: Floats
    near: Ints


class Best(NamedTuple):
    """The best routes found."""

    order: Ints
    size: Ints
    left: Ints


@inner
def keep(routes: Routes, best: Best) -> None:
    """Remember the routes as the best."""
    for drone in range(len(routes.size)):
        best.size[drone] = routes.size[drone]
        for i in range(routes.size[drone]):
            best.order[drone, i] = routes.order[drone, i]
    end = len(routes.left) - 1
    best.left[end] = routes.left[end]
    for i in range(routes.left[end]):
        best.left[i] = routes.left[i]


@inner
def _touch(routes: Routes, scratch: Scratch, drone: int) -> None:
    """Remember a route before it is changed for the first time."""
    if scratch.touched[drone]:
        return
    scratch.touched[drone] = 1
    scratch.size[drone] = routes.size[drone]
    for i in range(routes.size[drone]):
        scratch.order[drone, i] = routes.order[drone, i]


@inner
def _undo(work: Work, routes: Routes, scratch: Scratch) -> None:
    """Put back every touched route and what was left."""
    end = len(routes.left) - 1
    routes.left[end] = scratch.left[end]
    for i in range(routes.left[end]):
        routes.left[i] = scratch.left[i]
        routes.at[routes.left[i]] = -1
    for drone in range(len(routes.size)):
        if scratch.touched[drone]:
            routes.size[drone] = scratch.size[drone]
            for i in range(routes.size[drone]):
                routes.order[drone, i] = scratch.order[drone, i]
                routes.at[routes.order[drone, i]] = drone
            measure(work, routes, drone)


@inner
def _take_string(work: Work, routes: Routes, task: int, longest: float, chance: Words) -> None:
    """Take a string of a route out that holds a task, or one with a part in it that stays."""
    drone = routes.at[task]
    count = routes.size[drone]
    at = 0
    while routes.order[drone, at] != task:
        at += 1
    size = 1 + below(chance, max(1, int(min(float(count), longest))))
    stays = 0
    if size > 1 and size < count and unit(chance) < SPLIT:
        stays = 1
        while size + stays < count and unit(chance) < LONGER_SPLIT:
            stays += 1
    span = size + stays
    first = max(0, at - span + 1)
    begin = first + below(chance, max(1, min(at, count - span) - first + 1))
    kept_from = begin + 1 + below(chance, size) if stays > 0 else begin + span
    place, gone = begin, 0
    for i in range(begin, min(begin + span, count)):
        if kept_from <= i < kept_from + stays or work.pinned[routes.order[drone, place]] >= 0:
            place += 1
        else:
            take(work, routes, drone, place)
            gone += 1
    measure(work, routes, drone)


@inner
def _ruin(work: Work, routes: Routes, scratch: Scratch, chance: Words) -> None:
    """Take strings out of routes near a task chosen by chance."""
    used, flown = 0, 0
    for drone in range(len(routes.size)):
        if routes.size[drone] > 0:
            used += 1
            flown += routes.size[drone]
    if used == 0:
        return
    longest = min(float(LONGEST_STRING), max(1.0, flown / used))
    most = 4.0 * REMOVED_ON_AVERAGE / (1.0 + longest) - 1.0
    strings = int(1.0 + unit(chance) * most)
    near = scratch.near
    seed = below(chance, len(near))
    for i in range(near.shape[1]):
        task = near[seed, i]
        drone = routes.at[task]
        if drone < 0 or work.pinned[task] >= 0 or scratch.touched[drone]:
            continue
        _touch(routes, scratch, drone)
        _take_string(work, routes, task, longest, chance)
        strings -= 1
        if strings <= 0:
            return


@inner
def _sort_part(work: Work, left: Ints, begin: int, end: int, key: Floats, chance: Words) -> None:
    """Order a part of what is left: by chance, the dearest first, the farthest from home, the
    nearest, or what is due soonest."""
    how = below(chance, 12)
    for i in range(begin, end):
        task = left[i]
        if how < 4:
            key[i] = unit(chance)
        elif how < 7:
            key[i] = -work.undone[task] * (1.0 + 1e-3 * unit(chance))
        elif how < 9:
            key[i] = -work.home[0, task]
        elif how < 10:
            key[i] = work.home[0, task]
        else:
            key[i] = min(work.deadline[task], work.due[task])
    for i in range(begin + 1, end):
        task, its = left[i], key[i]
        j = i - 1
        while j >= begin and key[j] > its:
            left[j + 1], key[j + 1] = left[j], key[j]
            j -= 1
        left[j + 1], key[j + 1] = task, its


@inner
def _recreate(work: Work, routes: Routes, scratch: Scratch, before: int, chance: Words) -> None:
    """Put back what was taken out, and some of the `before` that were left before, where it costs
    least, in an order by chance and passing over places by chance."""
    left = routes.left
    end = len(left) - 1
    many = left[end]
    begin = max(0, before - TRIED_AGAIN)
    for i in range(begin if begin > 0 else before, before):
        j = below(chance, i + 1)
        left[i], left[j] = left[j], left[i]
    _sort_part(work, left, begin, many, scratch.key, chance)
    kept = begin
    for i in range(begin, many):
        task = left[i]
        last = last_end(routes)
        best, to, at = work.undone[task], -1, -1
        for drone in range(len(routes.size)):
            cost, place = best_place(work, routes, task, drone, last, best, BLINKS, chance)
            if place >= 0 and cost < best:
                best, to, at = cost, drone, place
        if to >= 0:
            _touch(routes, scratch, to)
            put(work, routes, task, to, at)
        else:
            left[kept] = task
            kept += 1
    left[end] = kept


@entry
def begin(work: Work, routes: Routes, best: Best) -> float:
    """Remember the routes as the best so far; what they cost."""
    keep(routes, best)
    return cost_of(work, routes)


@entry
def anneal(
    work: Work,
    routes: Routes,
    scratch: Scratch,
    best: Best,
    costs: Floats,
    chance: Words,
    iterations: int,
    hot: float,
    cold: float,
) -> None:
    """Search for so many iterations, cooling from `hot` to `cold`.

    `costs` (2,) are of the routes and of the best; both are kept between calls.
    """
    left = routes.left
    end = len(left) - 1
    cooling = (cold / hot) ** (1.0 / max(1, iterations))
    heat = hot
    for _ in range(iterations):
        for drone in range(len(routes.size)):
            scratch.touched[drone] = 0
        before = left[end]
        scratch.left[end] = before
        for i in range(before):
            scratch.left[i] = left[i]
        _ruin(work, routes, scratch, chance)
        _recreate(work, routes, scratch, before, chance)
        cost = cost_of(work, routes)
        if cost < costs[0] - heat * math.log(1.0 - unit(chance)) and cost < NEVER:
            costs[0] = cost
            if cost < costs[1] - 1e-9:
                costs[1] = cost
                keep(routes, best)
        else:
            _undo(work, routes, scratch)
        heat *= cooling
