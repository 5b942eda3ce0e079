"""A patrol that nobody can learn, and that keeps every revisit interval all the same.

Each drone of a group goes on by chance: to a place further on or back along the lap, or on after a
wait of chance length. A step is taken only if from there the plain lap, flown on by all drones of
the group for ever, would still see every place within its interval and bring every battery back to
its dock (a safety shield). So there is always a safe way on, and the intervals hold by
construction; `keeps` proves it of a timetable by its visits alone.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from missions.errors import BadInput
from missions.patrol.plan import Group, PatrolPlan, Stop
from missions.patrol.site import Battery, Floats, Site

SLACK = 0.25
CANDIDATES = 6
REACH = 6
LEAST_S = 1e-6
Stays = tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Timetable:
    """What each drone does, by the patrol's clock, and the intervals that it keeps, (n,) seconds.

    `spread` is the standard deviation of the gaps over their mean, averaged over the places: 0 for
    a clockwork, about 1 for visits at random. `surprise` is the share of steps that did not go to
    the lap's next stop at once.
    """

    drones: tuple[tuple[Stop, ...], ...]
    limits_s: Floats
    spread: float
    surprise: float


def randomised(plan: PatrolPlan, *, until_s: float, seed: int, slack: float = SLACK) -> Timetable:
    """A timetable by chance from a plan, the same for the same seed.

    A place without a revisit interval, or whose interval the plan does not keep, is seen within
    1 + slack times the gap that the plan achieves.

    Raises:
        BadInput: the time or the slack makes no sense.
    """
    if not 0.0 < until_s < math.inf:
        raise BadInput(where="until_s", what=f"{until_s} is not above 0")
    if not 0.0 <= slack <= 100.0:
        raise BadInput(where="slack", what=f"{slack} is not within 0..100")
    site = plan.site
    loose = plan.gaps_s * (1.0 + slack)
    kept = np.isfinite(site.revisit_s) & (plan.gaps_s <= site.revisit_s * (1.0 + 1e-9))
    limits = np.where(kept, np.maximum(site.revisit_s, plan.gaps_s), loose)
    chance = np.random.default_rng(seed)
    drones: list[tuple[Stop, ...]] = []
    other = steps = 0
    for group in plan.groups:
        shield = _Shield(group, site, plan.battery, limits, chance)
        drones += shield.fly(until_s)
        other, steps = other + shield.other, steps + shield.steps
    return Timetable(
        drones=tuple(drones),
        limits_s=limits,
        spread=_spread(stays_of(drones, site)),
        surprise=other / steps if steps else 0.0,
    )


def stays_of(drones: Sequence[Sequence[Stop]], site: Site) -> Stays:
    """When each place is seen, from and to, in order: the middle of a plain visit, or longer."""
    stays: list[list[tuple[float, float]]] = [[] for _ in site.names]
    for stops in drones:
        for stop in stops:
            if stop.node < site.count:
                half = float(site.dwell_s[stop.node]) / 2.0
                seen_s = stop.arrive_s + half
                stays[stop.node].append((seen_s, max(seen_s, stop.leave_s - half)))
    return tuple(tuple(sorted(one)) for one in stays)


def longest_absence_s(stays: Sequence[tuple[float, float]], from_s: float, until_s: float) -> float:
    """The longest time between two times in which a place was not seen."""
    worst, seen_s = 0.0, from_s
    for begin_s, end_s in stays:
        worst = max(worst, min(begin_s, until_s) - seen_s)
        seen_s = max(seen_s, end_s)
    return max(worst, until_s - seen_s)


def keeps(stays: Stays, limits_s: Floats, *, from_s: float, until_s: float) -> bool:
    """Whether no place was left alone for longer than its limit between two times."""
    return all(
        longest_absence_s(one, from_s, until_s) <= limit + 1e-6
        for one, limit in zip(stays, limits_s, strict=True)
    )


def _spread(stays: Stays) -> float:
    shares = [
        float(np.std(gaps) / np.mean(gaps))
        for one in stays
        if len(gaps := [b[0] - a[1] for a, b in itertools.pairwise(one) if b[0] > a[1]]) > 1
    ]
    return float(np.mean(shares)) if shares else 0.0


@dataclass(slots=True)
class _Drone:
    """Where a drone is bound: a stop of the lap, when it arrives, and what it will have flown."""

    stop: int
    arrive_s: float
    flown_s: float


class _Shield:
    """One group, event by event: the drone that is ready first chooses its next stop."""

    def __init__(
        self,
        group: Group,
        site: Site,
        battery: Battery | None,
        limits: Floats,
        chance: np.random.Generator,
    ) -> None:
        self._site, self._chance, self._group = site, chance, group
        self._lap_s = group.lap_s
        self._nodes = np.array([stop.node for stop in group.stops], dtype=np.int64)
        first = group.stops[0].arrive_s if group.stops else 0.0
        self._at = np.array([stop.arrive_s - first for stop in group.stops])
        self._stay = np.array([stop.leave_s - stop.arrive_s for stop in group.stops])
        self._flown = self._flown_in_lap()
        self._spare = self._spare_in_lap(battery)
        self._places = np.flatnonzero(self._nodes < site.count)
        self._limits = limits
        self._last = np.full(site.count, -math.inf)
        self.other = self.steps = 0

    def fly(self, until_s: float) -> list[tuple[Stop, ...]]:
        """The stops of the group's drones, in the drones' order."""
        group = self._group
        if len(group.stops) < 2 or self._lap_s <= 0.0:
            return [tuple(group.stops_of(drone, until_s=until_s)) for drone in group.drones]
        drones = [self._start(number) for number in range(len(group.drones))]
        self._pretend_the_past(drones)
        flown: list[list[Stop]] = [[] for _ in drones]
        while True:
            number = min(range(len(drones)), key=lambda i: drones[i].arrive_s)
            drone = drones[number]
            if drone.arrive_s > until_s:
                return [tuple(stops) for stops in flown]
            stop = self._step(drones, number)
            flown[number].append(stop)

    def _start(self, number: int) -> _Drone:
        """As in the plain patrol: each drone is at the stop of its lap that it leaves next."""
        ahead_s = number * self._lap_s / len(self._group.drones)
        leaves = np.mod(self._at + self._stay - ahead_s, self._lap_s)
        stop = int(np.argmin(leaves))
        return _Drone(stop, float(leaves[stop] - self._stay[stop]), float(self._flown[stop]))

    def _pretend_the_past(self, drones: list[_Drone]) -> None:
        """Before time 0 the lap was flown plainly: the last visit to each place."""
        for drone in drones:
            behind = np.mod(self._at[drone.stop] - self._at - LEAST_S, self._lap_s) + LEAST_S
            for i in self._places:
                node = self._nodes[i]
                middle = drone.arrive_s - behind[i] + self._stay[i] / 2.0
                if middle > 0.0:
                    middle -= self._lap_s
                self._last[node] = max(self._last[node], middle)

    def _flown_in_lap(self) -> Floats:
        """Seconds in the air since the last dock on arriving at each stop of the lap."""
        count, flown = len(self._nodes), np.zeros(len(self._nodes))
        docked = np.flatnonzero(self._nodes >= self._site.count)
        if not len(docked):
            return flown
        spent = 0.0
        for step in range(1, count + 1):
            before, now = (docked[0] + step - 1) % count, (docked[0] + step) % count
            at_dock = self._nodes[before] >= self._site.count
            spent = 0.0 if at_dock else spent + self._stay[before]
            spent += float(self._site.way_s[self._nodes[before], self._nodes[now]])
            flown[now] = spent
        return flown

    def _spare_in_lap(self, battery: Battery | None) -> Floats:
        """How much longer than in the plain lap a drone may have flown at each stop, seconds.

        What the battery has left at the next dock; nothing where a longer sortie would charge for
        longer than the lap allows.
        """
        count, spare = len(self._nodes), np.full(len(self._nodes), math.inf)
        docked = np.flatnonzero(self._nodes >= self._site.count)
        if battery is None or not len(docked):
            return spare
        for i in range(count):
            dock = docked[int(np.argmin(np.mod(docked - i, count)))]
            left_s = battery.endurance_s - float(self._flown[dock])
            spare[i] = left_s if battery.charge_s == 0.0 else 0.0
        return spare

    def _step(self, drones: list[_Drone], number: int) -> Stop:
        """Make the stop that a drone has reached, and choose what comes next."""
        drone = drones[number]
        node, here = int(self._nodes[drone.stop]), drone.stop
        ready_s = drone.arrive_s + float(self._stay[here])
        docked = node >= self._site.count
        spent = 0.0 if docked else drone.flown_s + float(self._stay[here])
        if not docked:
            self._last[node] = max(self._last[node], ready_s - self._site.dwell_s[node] / 2.0)
        plain = (here + 1) % len(self._nodes)
        for stop, wait_s in self._candidates(here):
            bound = self._bound(node, stop, ready_s, spent, wait_s, docked)
            hover = not docked
            if self._is_safe(drones, number, bound, node if hover else None, ready_s + wait_s):
                self._leave(node, ready_s + wait_s, docked)
                self.other += stop != plain or wait_s > 0.0
                self.steps += 1
                drones[number] = bound
                return Stop(node=node, arrive_s=drone.arrive_s, leave_s=ready_s + wait_s)
        self.steps += 1
        drones[number] = self._bound(node, plain, ready_s, spent, 0.0, docked)
        return Stop(node=node, arrive_s=drone.arrive_s, leave_s=ready_s)

    def _leave(self, node: int, leave_s: float, docked: bool) -> None:
        if not docked:
            seen_s = leave_s - float(self._site.dwell_s[node]) / 2.0
            self._last[node] = max(self._last[node], seen_s)

    def _bound(
        self, node: int, stop: int, ready_s: float, spent: float, wait_s: float, docked: bool
    ) -> _Drone:
        way_s = float(self._site.way_s[node, self._nodes[stop]])
        waited = 0.0 if docked else wait_s
        return _Drone(stop, ready_s + wait_s + way_s, spent + waited + way_s)

    def _candidates(self, here: int) -> list[tuple[int, float]]:
        """Stops and waits by chance; bolder ones first, since many will not be safe."""
        count = len(self._nodes)
        found = []
        longest = float(np.min(self._limits[self._nodes[self._places]])) * SLACK
        for turn in range(CANDIDATES):
            jump = int(self._chance.integers(-REACH, REACH + 1))
            stop = (here + (jump if turn % 2 == 0 and jump != 0 else 1)) % count
            wait_s = float(self._chance.uniform(0.0, longest)) if turn % 3 else 0.0
            wait_s /= 1 << max(turn - 2, 0)
            if self._nodes[stop] != self._nodes[here]:
                found.append((stop, wait_s))
        return found

    def _is_safe(
        self, drones: list[_Drone], number: int, bound: _Drone, seen: int | None, seen_s: float
    ) -> bool:
        """Whether all could fly the plain lap on from there and keep every interval."""
        more_s = bound.flown_s - float(self._flown[bound.stop])
        if more_s > self._spare[bound.stop] + LEAST_S:
            return False
        last = self._last.copy()
        if seen is not None:
            last[seen] = max(last[seen], seen_s - self._site.dwell_s[seen] / 2.0)
        fleet = [bound if i == number else drone for i, drone in enumerate(drones)]
        starts = np.array([drone.arrive_s for drone in fleet])
        bases = np.array([self._at[drone.stop] for drone in fleet])
        middles = self._at[self._places] + self._site.dwell_s[self._nodes[self._places]] / 2.0
        wait = np.mod(self._at[self._places][None, :] - bases[:, None], self._lap_s)
        first = starts[:, None] + wait + (middles - self._at[self._places])[None, :]
        laps = math.ceil((starts.max() - starts.min()) / self._lap_s) + 2
        times = (first[:, :, None] + self._lap_s * np.arange(laps)).transpose(1, 0, 2)
        nodes = np.repeat(self._nodes[self._places], len(fleet) * laps)
        own = np.unique(self._nodes[self._places])
        nodes = np.concatenate((nodes, own))
        flat = np.concatenate((times.ravel(), last[own]))
        order = np.lexsort((flat, nodes))
        nodes, flat = nodes[order], flat[order]
        horizon_s = float(starts.max()) + self._lap_s * 1.5
        gaps = np.diff(flat)
        same = (nodes[1:] == nodes[:-1]) & (flat[:-1] <= horizon_s)
        return bool((gaps[same] <= self._limits[nodes[1:]][same] + LEAST_S).all())
