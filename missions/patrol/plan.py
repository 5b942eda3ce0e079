"""A persistent patrol: laps that groups of drones fly, evenly spaced, and what they achieve."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from missions.patrol.search import Laps, LapSearch
from missions.patrol.site import Battery, Floats, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A visit to a place, or a stop at a dock, in seconds from the beginning of the lap.

    `node` is the place's number; docks are counted on from the places.
    """

    node: int
    arrive_s: float
    leave_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Drones, numbered from 0 over the whole patrol, evenly spaced on one lap."""

    drones: tuple[int, ...]
    lap_s: float
    stops: tuple[Stop, ...]

    def stops_of(self, drone: int, *, until_s: float) -> Iterator[Stop]:
        """The stops of one drone by the patrol's clock, in their order.

        The first is the one where it is, or for which it is bound, at time 0. A drone that stays at
        its one place has looked at it already, and goes on looking.
        """
        if not self.stops:
            return
        ahead_s = self.drones.index(drone) * self.lap_s / len(self.drones)
        if self.lap_s <= 0.0:
            only = self.stops[0]
            look_s = only.leave_s - only.arrive_s
            yield Stop(node=only.node, arrive_s=-look_s, leave_s=until_s + look_s)
            return
        for lap in range(math.ceil((until_s + ahead_s) / self.lap_s) + 1):
            for stop in self.stops:
                arrive_s = stop.arrive_s + lap * self.lap_s - ahead_s
                leave_s = arrive_s + stop.leave_s - stop.arrive_s
                if leave_s >= 0.0 and arrive_s <= until_s:
                    yield Stop(node=stop.node, arrive_s=arrive_s, leave_s=leave_s)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PatrolPlan:
    """Who flies which lap, and how good that is.

    `gaps_s` is the longest time between the middles of two visits to each place, (n,); the worst
    weighted idleness is the greatest of weight times gap. No patrol of any kind is below `bound_s`.
    `worst_ratio` is the greatest of gap over revisit interval, at most 1 where all are kept, and
    `ratio_bound` what no patrol is below. Where they are not kept, `fewest_drones` are the fewest
    found that keep them (None: not with as many as were tried), and no fewer than
    `drones_needed` can.
    """

    site: Site
    battery: Battery | None
    groups: tuple[Group, ...]
    gaps_s: Floats
    worst_idleness_s: float
    bound_s: float
    worst_ratio: float
    ratio_bound: float
    drones_needed: int
    fewest_drones: int | None

    @property
    def gap(self) -> float:
        """How far the worst idleness is above the bound, as a share of the bound."""
        if self.worst_idleness_s <= 0.0:
            return 0.0
        return self.worst_idleness_s / self.bound_s - 1.0 if self.bound_s > 0.0 else math.inf

    @property
    def drones(self) -> int:
        """How many drones patrol."""
        return sum(len(group.drones) for group in self.groups)


def groups_from(laps: Laps, search: LapSearch) -> tuple[Group, ...]:
    """The groups that fly laps, with their stops timed."""
    groups, number = [], 0
    for drones, order in zip(laps.drones, laps.orders, strict=True):
        named = tuple(range(number, number + drones))
        number += drones
        lap_s, stops = _stops(order, search) if order else (0.0, ())
        groups.append(Group(drones=named, lap_s=lap_s, stops=stops))
    return tuple(groups)


def _stops(order: tuple[int, ...], search: LapSearch) -> tuple[float, tuple[Stop, ...]]:
    site = search.site
    lap_s, times, begins = search.timed(order)
    half = site.dwell_s / 2.0
    visits = [
        Stop(node=place, arrive_s=float(at - half[place]), leave_s=float(at + half[place]))
        for place, at in zip(order, times, strict=True)
    ]
    if not begins:
        return lap_s, tuple(visits)
    dock_of = site.docking()[2]
    stops: list[Stop] = []
    for number, begin in enumerate(begins):
        end = begins[(number + 1) % len(begins)]
        sortie = _between(visits, begin, end)
        stops += sortie
        dock = site.count + int(dock_of[order[end - 1], order[end]])
        arrive_s = sortie[-1].leave_s + float(site.way_s[sortie[-1].node, dock])
        last = number + 1 == len(begins)
        into = visits[end]
        leave_s = (lap_s if last else 0.0) + into.arrive_s - float(site.way_s[dock, into.node])
        stops.append(Stop(node=dock, arrive_s=arrive_s, leave_s=leave_s))
    return lap_s, tuple(stops)


def _between(visits: list[Stop], begin: int, end: int) -> list[Stop]:
    """The visits from one up to another, round the end of the lap; all where both are the same."""
    count = len(visits)
    return [visits[(begin + i) % count] for i in range((end - begin - 1) % count + 1)]


def longest_gaps_s(groups: tuple[Group, ...], site: Site) -> Floats:
    """The longest time between the middles of two visits to each place, (n,), seconds.

    Infinite where a place is never visited; 0 where a drone stays.
    """
    longest = np.full(site.count, np.inf)
    for group in groups:
        apart_s = group.lap_s / len(group.drones)
        middles: dict[int, list[float]] = {}
        for stop in group.stops:
            if stop.node < site.count:
                middle = (stop.arrive_s + stop.leave_s) / 2.0
                middles.setdefault(stop.node, []).append(middle)
        for place, times in middles.items():
            at = np.sort(np.mod(times, apart_s)) if apart_s > 0.0 else np.zeros(1)
            longest[place] = float(np.diff(at, append=at[0] + apart_s).max())
    return longest
