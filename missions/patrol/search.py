"""The search for laps: every sensible grouping of the drones, the best of them searched for longer.

Drones are dealt into groups, and each group spaces itself evenly on a lap over its own places: the
cyclic patrols of Afshani et al. 2022, among which are one lap for all and a lap for each. All that
runs is counted in rounds, not seconds, so the same seed gives the same answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations

import numpy as np
import numpy.typing as npt

from missions.patrol.kernels.chance import chance_from
from missions.patrol.kernels.laps import NEVER, Ground, Scratch, timed_lap
from missions.patrol.kernels.regions import Deal, Kept, anneal_regions
from missions.patrol.kernels.tour import shorten
from missions.patrol.kernels.walks import anneal_walks
from missions.patrol.site import Battery, Floats, Ints, Site

KICKS_A_PLACE, LEAST_KICKS, STARTS = 60, 1500, 3
FIRST_ROUNDS, LATER_ROUNDS, WALK_ROUNDS = 3000, 60_000, 60_000
# A lap is split into sorties at every step where there is a battery, which takes longer.
SLOWER_WITH_BATTERY = 5
PROMISING = 4
ALL_GROUPINGS_UP_TO = 8
SMALLEST_TOUR = 5
NEIGHBOURS = 10
ROOM = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Laps:
    """One lap a group: places in order, a place several times where it is visited several times."""

    drones: tuple[int, ...]
    orders: tuple[tuple[int, ...], ...]
    worst: float


class LapSearch:
    """Searches over one site; what does not depend on urgency or drones is computed once."""

    def __init__(self, site: Site, battery: Battery | None, seed: int) -> None:
        self.site = site
        self.gaps = site.gaps_s()
        self._chance = chance_from(seed)
        self._out, self._back, _ = site.docking()
        limits = (np.inf, 0.0, 0.0)
        if battery is not None:
            limits = (battery.endurance_s, battery.swap_s, battery.charge_s)
        self._battery = np.array(limits)
        self._slower = 1 if battery is None else SLOWER_WITH_BATTERY
        by_distance = self.gaps - np.diag(np.ones(site.count))
        self._near = np.argsort(by_distance, axis=1, kind="stable")

    @cached_property
    def tour(self) -> tuple[int, ...]:
        """The shortest closed tour found over all places."""
        return self.shortest_tour(tuple(range(self.site.count)))

    def shortest_tour(self, places: tuple[int, ...]) -> tuple[int, ...]:
        """A short closed tour over some places."""
        count = len(places)
        if count < SMALLEST_TOUR:
            return min(_orders(places), key=lambda order: _length(self.gaps, order))
        part = np.ascontiguousarray(self.gaps[np.ix_(places, places)])
        by_distance = part + np.diag(np.full(count, np.inf))
        near = np.argsort(by_distance, axis=1, kind="stable")[:, : min(NEIGHBOURS, count - 1)]
        kicks = max(LEAST_KICKS, KICKS_A_PLACE * count)
        best: tuple[float, Ints] | None = None
        for start in range(STARTS):
            tour = np.arange(count) if start == 0 else _shuffled(count, start)
            length = self._shorten(part, near, tour, kicks)
            if best is None or length < best[0]:
                best = length, tour
        assert best is not None
        return tuple(places[int(i)] for i in best[1])

    def _shorten(self, gaps: Floats, near: Ints, tour: Ints, kicks: int) -> float:
        at, spare = np.empty_like(tour), np.empty((5, len(tour)), dtype=np.int64)
        near = np.ascontiguousarray(near)
        return float(shorten(gaps, near, tour, at, spare, self._chance, kicks))

    def search(self, drones: int, urgency: Floats) -> Laps:
        """The best laps found; `worst` is their worst urgency times gap, or NEVER."""
        ground = Ground(self.gaps, self._out, self._back, self._battery, urgency)
        even = bool(np.ptp(urgency) <= 1e-12 * urgency.max())
        starts = [self._cut(grouping) for grouping in groupings(drones, self.site.count)]
        tried = [self._regions(start, ground, FIRST_ROUNDS // self._slower) for start in starts]
        tried.sort(key=lambda laps: laps.worst)
        found = [
            self._regions(laps, ground, LATER_ROUNDS // self._slower) for laps in tried[:PROMISING]
        ]
        found += tried
        whole = next(laps for laps in tried if len(laps.drones) == 1)
        found.append(self._measured(self._cut(whole.drones), ground))
        if not even:
            found.sort(key=lambda laps: laps.worst)
            kinds = {laps.drones: laps for laps in reversed(found)}
            some = sorted(kinds.values(), key=lambda laps: laps.worst)[:PROMISING]
            found += [self._walks(laps, ground, WALK_ROUNDS // self._slower) for laps in some]
        elif np.isinf(self._battery[0]):
            best = min(found, key=lambda laps: laps.worst)
            found.append(self._measured(self._polished(best), ground))
        return min(found, key=lambda laps: laps.worst)

    def timed(self, order: tuple[int, ...]) -> tuple[float, Floats, list[int]]:
        """A lap's seconds, when each visit of the order is, and the visits that sorties begin at.

        No sortie begins anywhere where there is no battery to mind. Seconds count from the first
        visit, or from leaving the dock before the first sortie.
        """
        ground = Ground(self.gaps, self._out, self._back, self._battery, self.site.urgency())
        scratch = _scratch(self.site.count, len(order))
        lap, first = timed_lap(np.array(order, dtype=np.int64), len(order), ground, scratch)
        times = scratch.times[: len(order)].copy()
        if np.isinf(self._battery[0]):
            return lap, times, []
        begins, end = [], len(order)
        while end > 0:
            end = int(scratch.came[end])
            begins.append((first + end) % len(order))
        return lap, times, begins[::-1]

    def _polished(self, laps: Laps) -> Laps:
        orders = tuple(self.shortest_tour(order) for order in laps.orders)
        return Laps(drones=laps.drones, orders=orders, worst=NEVER)

    def _cut(self, grouping: tuple[int, ...]) -> Laps:
        """The tour cut into runs as long as their groups are strong."""
        tour = np.array(self.tour)
        ways = self.gaps[tour, np.roll(tour, -1)]
        along = np.concatenate(([0.0], np.cumsum(ways[:-1]))) / max(float(ways.sum()), 1e-12)
        ends = np.cumsum(grouping) / sum(grouping)
        group = np.minimum(np.searchsorted(ends, along, side="right"), len(grouping) - 1)
        orders = tuple(
            tuple(int(place) for place in tour[group == each]) for each in range(len(grouping))
        )
        return Laps(drones=grouping, orders=orders, worst=NEVER)

    def _measured(self, laps: Laps, ground: Ground) -> Laps:
        return self._walks(laps, ground, 0)

    def _regions(self, laps: Laps, ground: Ground, rounds: int) -> Laps:
        count = self.site.count
        if len(laps.drones) == 1 and np.isinf(self._battery[0]):
            return self._measured(laps, ground)
        deal, best, kept = _deal(laps, count)
        anneal_regions(
            deal,
            best,
            kept,
            self._near,
            np.empty(count, dtype=np.int64),
            np.empty(count),
            ground,
            _scratch(count, count),
            self._chance,
            rounds,
        )
        return self._measured(_laps(laps.drones, best), ground)

    def _walks(self, laps: Laps, ground: Ground, rounds: int) -> Laps:
        count = self.site.count
        room = ROOM * count + 16
        deal, best, kept = _deal(laps, room)
        anneal_walks(
            deal,
            best,
            kept,
            np.zeros(len(laps.drones), dtype=np.int64),
            np.empty(count, dtype=np.int64),
            np.empty(3, dtype=np.int64),
            ground,
            _scratch(count, room),
            self._chance,
            rounds,
        )
        found = _laps(laps.drones, best)
        if rounds == 0:
            return Laps(drones=found.drones, orders=found.orders, worst=float(deal.shares.max()))
        return self._walks(found, ground, 0)


def groupings(drones: int, places: int) -> Iterator[tuple[int, ...]]:
    """Ways to deal drones into groups, largest first; all of them while they are few."""
    if drones <= ALL_GROUPINGS_UP_TO:
        yield from (parts for parts in _partitions(drones, drones) if len(parts) <= places)
        return
    seen = set()
    for groups in range(1, min(drones, places) + 1):
        small, more = divmod(drones, groups)
        even = (small + 1,) * more + (small,) * (groups - more)
        for parts in (even, (drones - groups + 1,) + (1,) * (groups - 1)):
            if parts not in seen:
                seen.add(parts)
                yield parts


def _partitions(total: int, most: int) -> Iterator[tuple[int, ...]]:
    if total == 0:
        yield ()
    for first in range(min(total, most), 0, -1):
        for rest in _partitions(total - first, first):
            yield (first, *rest)


def _deal(laps: Laps, room: int) -> tuple[Deal, Kept, Kept]:
    groups = len(laps.drones)
    orders = np.zeros((groups, room), dtype=np.int64)
    for group, order in enumerate(laps.orders):
        orders[group, : len(order)] = order
    counts = np.array([len(order) for order in laps.orders], dtype=np.int64)
    whole = np.zeros(groups, dtype=np.int64)
    deal = Deal(
        drones=np.array(laps.drones, dtype=np.int64),
        orders=orders,
        counts=counts,
        laps=np.zeros(groups),
        urgents=np.zeros(groups),
        shares=np.zeros(groups),
        where=np.zeros(room, dtype=np.int64),
        touched=whole,
    )
    best, kept = (Kept(np.zeros_like(orders), np.zeros_like(counts)) for _ in range(2))
    return deal, best, kept


def _scratch(places: int, room: int) -> Scratch:
    return Scratch(
        least=np.empty(room + 1),
        came=np.empty(room + 1, dtype=np.int64),
        times=np.empty(room + 1),
        folded=np.empty(room + 1),
        sorted_by=np.empty(room + 1, dtype=np.int64),
        seen=np.empty(places),
    )


def _laps(drones: tuple[int, ...], kept: Kept) -> Laps:
    orders = tuple(
        _no_repeats([int(place) for place in order[:count]])
        for order, count in zip(kept.orders, kept.counts, strict=True)
    )
    return Laps(drones=drones, orders=orders, worst=NEVER)


def _no_repeats(order: list[int]) -> tuple[int, ...]:
    """An order without visits that follow one to the same place."""
    return tuple(one for i, one in enumerate(order) if len(order) == 1 or one != order[i - 1])


def _orders(places: tuple[int, ...]) -> Sequence[tuple[int, ...]]:

    return [(*places[:1], *rest) for rest in permutations(places[1:])]


def _length(gaps: Floats, order: Sequence[int]) -> float:
    return sum(float(gaps[a, b]) for a, b in zip(order, (*order[1:], *order[:1]), strict=True))


def _shuffled(count: int, seed: int) -> npt.NDArray[np.int64]:
    return np.random.default_rng(seed).permutation(count).astype(np.int64)
