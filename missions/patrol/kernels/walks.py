"""Walks: laps that come back to urgent places more often than to the rest.

Simulated annealing over the groups' orders, in which a place may stand several times: runs are
moved or turned round, visits added where the worst idleness is and dropped elsewhere, places
handed to another group. Source of the idea that heavy places want several visits a lap: Alamdari,
Fata and Smith 2014.
"""

import math

import numpy as np
import numpy.typing as npt

from missions.patrol.kernels.chance import Words, below, unit
from missions.patrol.kernels.compiled import entry, inner
from missions.patrol.kernels.laps import Ground, Scratch, visit_times, worst_idleness
from missions.patrol.kernels.regions import Deal, Kept

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
MEAN_SHARE = 0.05
BLEND_SHARE = 0.5
HOTTEST, COOLEST = 0.05, 1e-5
TRIED = 4
MOVE, TURN, ADD, DROP, HAND = 0, 1, 2, 3, 4


@inner
def _measure(deal: Deal, group: int, worst_place: Ints, ground: Ground, scratch: Scratch) -> None:
    count = deal.counts[group]
    if count == 0:
        deal.laps[group] = deal.shares[group] = deal.urgents[group] = 0.0
        return
    order = deal.orders[group]
    lap = visit_times(order, count, ground, scratch)
    drones = deal.drones[group]
    idle, whose, blend = worst_idleness(order, count, lap, drones, ground.urgency, scratch)
    deal.laps[group] = lap
    deal.urgents[group] = blend
    deal.shares[group] = idle
    worst_place[group] = whose


@inner
def _value(deal: Deal) -> float:
    worst = total = 0.0
    for group in range(len(deal.drones)):
        worst = max(worst, deal.shares[group] + BLEND_SHARE * deal.urgents[group])
        total += deal.shares[group]
    return worst + MEAN_SHARE * total / len(deal.drones)


@inner
def _insert(order: Ints, count: int, at: int, place: int) -> None:
    for j in range(count, at, -1):
        order[j] = order[j - 1]
    order[at] = place


@inner
def _cheapest(order: Ints, count: int, place: int, tries: int, gaps: Floats, chance: Words) -> int:
    """Where a place fits best, of so many random gaps; of all gaps where tries is 0.

    Not beside itself; -1 where there was no other gap.
    """
    best, best_at = 1e30, -1
    for i in range(tries if tries > 0 else count):
        at = below(chance, count) if tries > 0 else i
        a, b = order[at], order[(at + 1) % count]
        if place in (a, b):
            continue
        longer = gaps[a, place] + gaps[place, b] - gaps[a, b]
        if longer < best:
            best, best_at = longer, at + 1
    return best_at


@inner
def _move_run(order: Ints, count: int, held: Ints, chance: Words) -> None:
    run = 1 + below(chance, min(3, count - 1))
    start, target = below(chance, count - run + 1), below(chance, count - run + 1)
    for i in range(run):
        held[i] = order[start + i]
    for i in range(start, count - run):
        order[i] = order[i + run]
    for i in range(count - 1, target + run - 1, -1):
        order[i] = order[i - run]
    turned = unit(chance) < 0.5
    for i in range(run):
        order[target + i] = held[run - 1 - i] if turned else held[i]


@inner
def _turn_run(order: Ints, count: int, chance: Words) -> None:
    low, high = below(chance, count), below(chance, count)
    if low > high:
        low, high = high, low
    while low < high:
        order[low], order[high] = order[high], order[low]
        low += 1
        high -= 1


@inner
def _add(
    deal: Deal, group: int, worst_place: int, visits: Ints, ground: Ground, chance: Words
) -> bool:
    order, count = deal.orders[group], deal.counts[group]
    if count >= len(order) - 1:
        return False
    place = worst_place if unit(chance) < 0.7 else order[below(chance, count)]
    at = _cheapest(order, count, place, TRIED, ground.gaps, chance)
    if at < 0:
        return False
    _insert(order, count, at, place)
    deal.counts[group] += 1
    visits[place] += 1
    return True


@inner
def _drop(deal: Deal, group: int, visits: Ints, chance: Words) -> bool:
    order, count = deal.orders[group], deal.counts[group]
    at = below(chance, count)
    for _ in range(count):
        if visits[order[at]] > 1:
            break
        at = (at + 1) % count
    if visits[order[at]] <= 1:
        return False
    visits[order[at]] -= 1
    for i in range(at, count - 1):
        order[i] = order[i + 1]
    deal.counts[group] -= 1
    return True


@inner
def _hand_over(
    deal: Deal, group: int, other: int, visits: Ints, ground: Ground, chance: Words
) -> bool:
    order, taker = deal.orders[group], deal.orders[other]
    count, room = deal.counts[group], deal.counts[other]
    if room >= len(taker) - 1:
        return False
    place = order[below(chance, count)]
    left = 0
    for i in range(count):
        if order[i] != place:
            order[left] = order[i]
            left += 1
    deal.counts[group] = left
    at = _cheapest(taker, room, place, 0, ground.gaps, chance) if room > 0 else 0
    _insert(taker, room, at, place)
    deal.counts[other] += 1
    visits[place] = 1
    return True


@inner
def _keep(deal: Deal, group: int, kept: Kept) -> None:
    kept.counts[group] = deal.counts[group]
    for i in range(deal.counts[group]):
        kept.orders[group, i] = deal.orders[group, i]


@inner
def _count_visits(deal: Deal, group: int, visits: Ints, by: int) -> None:
    for i in range(deal.counts[group]):
        visits[deal.orders[group, i]] += by


@inner
def _return(deal: Deal, group: int, kept: Kept, visits: Ints) -> None:
    _count_visits(deal, group, visits, -1)
    deal.counts[group] = kept.counts[group]
    for i in range(kept.counts[group]):
        deal.orders[group, i] = kept.orders[group, i]
    _count_visits(deal, group, visits, 1)


@inner
def _change(
    deal: Deal,
    group: int,
    other: int,
    kind: int,
    worst_place: Ints,
    visits: Ints,
    held: Ints,
    ground: Ground,
    chance: Words,
) -> bool:
    """One random change to a group, or to two; whether there was anything to change."""
    count = deal.counts[group]
    if count == 0:
        return False
    if kind == ADD:
        return _add(deal, group, worst_place[group], visits, ground, chance)
    if kind == DROP:
        return _drop(deal, group, visits, chance)
    if kind == HAND:
        return other != group and _hand_over(deal, group, other, visits, ground, chance)
    if count < 3:
        return False
    if kind == MOVE:
        _move_run(deal.orders[group], count, held, chance)
    else:
        _turn_run(deal.orders[group], count, chance)
    return True


@entry
def anneal_walks(
    deal: Deal,
    best: Kept,
    kept: Kept,
    worst_place: Ints,
    visits: Ints,
    held: Ints,
    ground: Ground,
    scratch: Scratch,
    chance: Words,
    rounds: int,
) -> float:
    """Search from `deal` on and fill in `best`; its worst idleness, with a little of the mean.

    `worst_place` is (groups,), `visits` (n,) and `held` (3,) of scratch.
    """
    groups = len(deal.drones)
    visits[:] = 0
    for group in range(groups):
        _measure(deal, group, worst_place, ground, scratch)
        _count_visits(deal, group, visits, 1)
        _keep(deal, group, best)
    now = least = _value(deal)
    hot = HOTTEST * min(now, 1e12)
    cooling = math.log(COOLEST / HOTTEST) / max(rounds, 1)
    for turn in range(rounds):
        group, other = below(chance, groups), below(chance, groups)
        if unit(chance) < 0.5:
            for each in range(groups):
                if deal.shares[each] > deal.shares[group]:
                    group = each
        kind = below(chance, 5)
        _keep(deal, group, kept)
        _keep(deal, other, kept)
        changed = _change(deal, group, other, kind, worst_place, visits, held, ground, chance)
        if not changed:
            continue
        _measure(deal, group, worst_place, ground, scratch)
        if kind == HAND:
            _measure(deal, other, worst_place, ground, scratch)
        value = _value(deal)
        heat = hot * math.exp(cooling * turn)
        if value > now - heat * math.log(1.0 - unit(chance)):
            _return(deal, group, kept, visits)
            if kind == HAND:
                _return(deal, other, kept, visits)
            _measure(deal, group, worst_place, ground, scratch)
            if kind == HAND:
                _measure(deal, other, worst_place, ground, scratch)
            continue
        now = value
        if value < least - 1e-9:
            least = value
            for each in range(groups):
                _keep(deal, each, best)
    return least
