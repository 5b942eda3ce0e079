"""Regions: places dealt out among groups of drones, each group spaced evenly on a lap of its own.

Large-neighbourhood search: neighbouring places are taken out and put back where the worst group
suffers least (ruin and recreate: Schrimpf 2000; blinks: Christiaens and Vanden Berghe 2020), laps
are untangled by 2-opt, and worse answers are accepted less and less (simulated annealing).
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from missions.patrol.kernels.chance import Words, below, unit
from missions.patrol.kernels.compiled import entry, inner
from missions.patrol.kernels.laps import Ground, Scratch, lap_s

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
MOST_REMOVED = 12
TAKEN = 0.75
BLINK = 0.02
MEAN_SHARE = 0.05
EASE = 0.2
HOTTEST, COOLEST = 0.04, 1e-5


class Deal(NamedTuple):
    """Who patrols what: `orders` (groups, n) of which `counts` hold, and each group's figures.

    `drones`, `laps`, `urgents` (the most urgent place) and `shares` (the worst idleness) are
    (groups,); `where` (n,) is each place's group; `touched` marks groups that changed.
    """

    drones: Ints
    orders: Ints
    counts: Ints
    laps: Floats
    urgents: Floats
    shares: Floats
    where: Ints
    touched: Ints


class Kept(NamedTuple):
    """Orders and counts to return to."""

    orders: Ints
    counts: Ints


@inner
def _measure(deal: Deal, group: int, ground: Ground, scratch: Scratch) -> None:
    count = deal.counts[group]
    urgent = 0.0
    for i in range(count):
        urgent = max(urgent, ground.urgency[deal.orders[group, i]])
    deal.laps[group] = lap_s(deal.orders[group], count, ground, scratch)
    deal.urgents[group] = urgent
    deal.shares[group] = deal.laps[group] * urgent / deal.drones[group]


@inner
def _worst(deal: Deal) -> int:
    group = 0
    for other in range(len(deal.shares)):
        if deal.shares[other] > deal.shares[group]:
            group = other
    return group


@inner
def _value(deal: Deal) -> float:
    total = 0.0
    for share in deal.shares:
        total += share
    return float(deal.shares[_worst(deal)]) + MEAN_SHARE * total / len(deal.shares)


@inner
def _untangle(order: Ints, count: int, gaps: Floats) -> None:
    better = count > 3
    while better:
        better = False
        for i in range(count - 1):
            a, b = order[i], order[i + 1]
            for j in range(i + 2, count):
                c, d = order[j], order[(j + 1) % count]
                if d == a:
                    continue
                if gaps[a, b] + gaps[c, d] - gaps[a, c] - gaps[b, d] > 1e-9:
                    low, high = i + 1, j
                    while low < high:
                        order[low], order[high] = order[high], order[low]
                        low += 1
                        high -= 1
                    b = order[i + 1]
                    better = True


@inner
def _take_out(deal: Deal, place: int) -> None:
    group = deal.where[place]
    order = deal.orders[group]
    i = 0
    while order[i] != place:
        i += 1
    for j in range(i, deal.counts[group] - 1):
        order[j] = order[j + 1]
    deal.counts[group] -= 1
    deal.touched[group] = 1


@inner
def _ruin(
    deal: Deal, near: Ints, removed: Ints, ground: Ground, scratch: Scratch, chance: Words
) -> int:
    """Take out places that lie together, half the time from the worst group; how many."""
    n = len(near)
    middle = below(chance, n)
    worst = _worst(deal)
    if unit(chance) < 0.5 and deal.counts[worst] > 0:
        middle = deal.orders[worst, below(chance, deal.counts[worst])]
    wanted = 1 + below(chance, min(MOST_REMOVED, n))
    count = 0
    for place in near[middle]:
        if count == wanted:
            break
        if unit(chance) < TAKEN:
            removed[count] = place
            count += 1
            _take_out(deal, place)
    for group in range(len(deal.drones)):
        if deal.touched[group] == 1:
            _measure(deal, group, ground, scratch)
    return count


@inner
def _put_back(deal: Deal, place: int, alone: Floats, ground: Ground, chance: Words) -> int:
    """Insert a place where it does least harm; the group."""
    gaps = ground.gaps
    worst = deal.shares[_worst(deal)]
    best, best_group, best_at = 1e30, 0, 0
    for group in range(len(deal.drones)):
        count = deal.counts[group]
        urgent = max(deal.urgents[group], ground.urgency[place])
        for i in range(max(count, 1)):
            if unit(chance) < BLINK:
                continue
            longer, at = alone[place], 0
            if count > 0:
                a, b = deal.orders[group, i], deal.orders[group, (i + 1) % count]
                longer, at = gaps[a, place] + gaps[place, b] - gaps[a, b], i + 1
            share = (deal.laps[group] + longer) * urgent / deal.drones[group]
            harm = max(share, worst) + EASE * (share - deal.shares[group])
            if harm < best:
                best, best_group, best_at = harm, group, at
    order = deal.orders[best_group]
    best_at = min(best_at, deal.counts[best_group])
    for j in range(deal.counts[best_group], best_at, -1):
        order[j] = order[j - 1]
    order[best_at] = place
    deal.counts[best_group] += 1
    deal.where[place] = best_group
    deal.touched[best_group] = 1
    return best_group


@inner
def _recreate(
    deal: Deal,
    removed: Ints,
    count: int,
    alone: Floats,
    ground: Ground,
    scratch: Scratch,
    chance: Words,
) -> None:
    for i in range(count):
        j = i + below(chance, count - i)
        removed[i], removed[j] = removed[j], removed[i]
        group = _put_back(deal, removed[i], alone, ground, chance)
        _measure(deal, group, ground, scratch)
    for group in range(len(deal.drones)):
        if deal.touched[group] == 1:
            _untangle(deal.orders[group], deal.counts[group], ground.gaps)
            _measure(deal, group, ground, scratch)


@inner
def _copy(source_orders: Ints, source_counts: Ints, orders: Ints, counts: Ints) -> None:
    for group in range(len(counts)):
        counts[group] = source_counts[group]
        for i in range(source_counts[group]):
            orders[group, i] = source_orders[group, i]


@inner
def _restore(deal: Deal, kept: Kept, ground: Ground, scratch: Scratch) -> None:
    _copy(kept.orders, kept.counts, deal.orders, deal.counts)
    for group in range(len(deal.drones)):
        for i in range(deal.counts[group]):
            deal.where[deal.orders[group, i]] = group
        if deal.touched[group] == 1:
            _measure(deal, group, ground, scratch)


@entry
def anneal_regions(
    deal: Deal,
    best: Kept,
    kept: Kept,
    near: Ints,
    removed: Ints,
    alone: Floats,
    ground: Ground,
    scratch: Scratch,
    chance: Words,
    rounds: int,
) -> float:
    """Search from `deal` on and fill in `best`; its worst idleness, with a little of the mean.

    `near` (n, n) lists all places by distance, each itself first; `removed` and `alone` are (n,).
    """
    for place in range(len(near)):
        removed[0] = place
        alone[place] = lap_s(removed, 1, ground, scratch)
    for group in range(len(deal.drones)):
        _measure(deal, group, ground, scratch)
        for i in range(deal.counts[group]):
            deal.where[deal.orders[group, i]] = group
    now = least = _value(deal)
    _copy(deal.orders, deal.counts, best.orders, best.counts)
    hot = HOTTEST * min(now, 1e12)
    cooling = math.log(COOLEST / HOTTEST) / max(rounds, 1)
    for turn in range(rounds):
        deal.touched[:] = 0
        _copy(deal.orders, deal.counts, kept.orders, kept.counts)
        count = _ruin(deal, near, removed, ground, scratch, chance)
        _recreate(deal, removed, count, alone, ground, scratch, chance)
        value = _value(deal)
        heat = hot * math.exp(cooling * turn)
        if value > now - heat * math.log(1.0 - unit(chance)):
            _restore(deal, kept, ground, scratch)
            continue
        now = value
        if value < least - 1e-9:
            least = value
            _copy(deal.orders, deal.counts, best.orders, best.counts)
    return least
