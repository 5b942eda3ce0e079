"""Flights of a fleet kept apart: each gets a layer to fly to and from its task in, and a start.

For a pair of flights the delays that bring them too near to each other are known exactly
(`forbidden_delays_s`). Flights are placed one after the other, that of the drone which is ready
first; each begins as early as keeps it apart from those placed before, in the layer in which it
lands first. Which of the drones goes before the others that are ready then too is searched.
"""

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from missions.fleet.separation import Separation, forbidden_delays_s, merged
from missions.fleet.timed_flight import TimedFlight

Array = npt.NDArray[np.float64]

# All precedences of so many drones are tried; of more, so many.
ALL_ORDERS = 4
MOST_ORDERS = 12
# Drones that are ready within so long of each other go by precedence.
TOGETHER_S = 60.0
# Past the end of a forbidden interval by this much, so that rounding keeps it apart.
PAST_S = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """One drone's flights, begun at nought: how many, in how many layers each can be flown, and
    `flight(number, layer)`; `lasts` says whether the battery does for a layer above the task's.
    It is free from `free_s` on, and changes batteries in `swap_s`."""

    count: int
    layers: int
    flight: Callable[[int, int], TimedFlight]
    lasts: Callable[[int, int], bool] = lambda _number, _layer: True
    free_s: float = 0.0
    swap_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """In which layer a flight is flown, when it begins, and how much later than it could."""

    layer: int
    starts_s: float
    waits_s: float
    flight: TimedFlight


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """Each drone's flights as they are placed; `done_s` is when the last has landed."""

    drones: tuple[tuple[Placed, ...], ...]

    @property
    def done_s(self) -> float:
        """When the last has landed; nought where nobody flies."""
        return max((one.flight.ends_s for mine in self.drones for one in mine), default=0.0)

    @property
    def worth(self) -> tuple[float, float, int]:
        """What is made small: when all is done, then all waits, then all layers."""
        every = [one for mine in self.drones for one in mine]
        waits_s = round(sum(one.waits_s for one in every), 3)
        return round(self.done_s, 3), waits_s, sum(one.layer for one in every)


def keep_apart(fleet: Sequence[Timetable], apart: Separation, *, seed: int = 0) -> Apart:
    """The earliest starts found that keep a fleet apart; the same for the same seed.

    There always is an answer: one after the other.
    """
    forbidden = _Forbidden(fleet, apart)
    best: Apart | None = None
    for order in _orders(fleet, seed):
        found = _placed(order, fleet, forbidden)
        if best is None or found.worth < best.worth:
            best = found
        if best.worth[1:] == (0.0, 0):
            break
    assert best is not None
    return best


def _orders(fleet: Sequence[Timetable], seed: int) -> Iterator[tuple[int, ...]]:
    """Who goes before whom: first, who has most to do."""
    long_first = sorted(range(len(fleet)), key=lambda i: -_alone_s(fleet[i]))
    if len(fleet) <= ALL_ORDERS:
        yield from itertools.permutations(long_first)
        return
    yield tuple(long_first)
    chance = random.Random(seed)
    for _ in range(MOST_ORDERS - 1):
        yield tuple(chance.sample(long_first, len(long_first)))


def _alone_s(drone: Timetable) -> float:
    flown_s = sum(drone.flight(number, 0).ends_s for number in range(drone.count))
    return drone.free_s + flown_s + drone.swap_s * max(0, drone.count - 1)


class _Forbidden:
    """By how much the second of two flights must not begin later: found when needed."""

    def __init__(self, fleet: Sequence[Timetable], apart: Separation) -> None:
        self._fleet, self._apart = fleet, apart
        self._known: dict[tuple[int, int, int, int, int, int], Array] = {}

    def delays_s(self, one: tuple[int, int, int], other: tuple[int, int, int]) -> Array:
        """Intervals, (n, 2), for two flights, each a drone, a number and a layer."""
        if one > other:
            return -self.delays_s(other, one)[::-1, ::-1]
        key = (*one, *other)
        if key not in self._known:
            first, second = (self._fleet[who].flight(k, layer) for who, k, layer in (one, other))
            self._known[key] = forbidden_delays_s(first, second, self._apart)
        return self._known[key]

    def meet(self, placed: TimedFlight, flight: TimedFlight, ready_s: float) -> bool:
        """Whether one that is placed can be met by another that begins at a time or later."""
        lasts_s = sum(one.ends_s - one.starts_s for one in (placed, flight))
        margin_s = self._apart.margin_s + self._apart.margin_share * lasts_s
        return placed.ends_s + margin_s >= ready_s + flight.starts_s


def _placed(order: Sequence[int], fleet: Sequence[Timetable], forbidden: _Forbidden) -> Apart:
    rank = {drone: at for at, drone in enumerate(order)}
    ready = [drone.free_s for drone in fleet]
    found: list[list[Placed]] = [[] for _ in fleet]
    while waiting := [i for i, mine in enumerate(found) if len(mine) < fleet[i].count]:
        who = min(waiting, key=lambda i: (ready[i] // TOGETHER_S, rank[i]))
        one = _next(who, ready[who], fleet, found, forbidden)
        found[who].append(one)
        ready[who] = one.flight.ends_s + fleet[who].swap_s
    return Apart(drones=tuple(map(tuple, found)))


def _next(
    who: int,
    ready_s: float,
    fleet: Sequence[Timetable],
    found: Sequence[Sequence[Placed]],
    forbidden: _Forbidden,
) -> Placed:
    """A drone's next flight in the layer in which it lands first, of those that its battery lasts
    for; none above it is looked at where it need not wait."""
    number, best = len(found[who]), None
    for layer in range(fleet[who].layers):
        flight = fleet[who].flight(number, layer)
        if best is not None and ready_s + flight.ends_s >= best.flight.ends_s:
            # Later even without a wait.
            continue
        taken = [
            forbidden.delays_s((drone, k, other.layer), (who, number, layer)) + other.starts_s
            for drone, mine in enumerate(found)
            for k, other in enumerate(mine)
            if drone != who and forbidden.meet(other.flight, flight, ready_s)
        ]
        starts_s = _least(merged(np.concatenate([np.zeros((0, 2)), *taken])), ready_s)
        sooner = best is None or starts_s + flight.ends_s < best.flight.ends_s
        if sooner and (layer == 0 or fleet[who].lasts(number, layer)):
            waits_s, flown = starts_s - ready_s, flight.later(starts_s)
            best = Placed(layer=layer, starts_s=starts_s, waits_s=waits_s, flight=flown)
        if best is not None and best.waits_s == 0.0:
            break
    assert best is not None
    return best


def _least(taken: Array, from_s: float) -> float:
    """The least time from one on that no interval, in order and apart, holds."""
    for begin, end in taken:
        if begin < from_s < end:
            return float(end) + PAST_S
    return from_s
