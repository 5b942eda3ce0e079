"""Plans of a fleet kept apart: each gets a layer to fly to and from its task in, and a delay.

For every pair of flights and layers the delays that bring them too near to each other are known
exactly (`forbidden_delays_s`). Drones are given layer and delay one after the other, each the least
delay that keeps it apart from those before; the order in which they are taken is searched.
"""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from missions.fleet.separation import Separation, forbidden_delays_s, merged
from missions.fleet.timed_flight import TimedFlight

Array = npt.NDArray[np.float64]
# One drone's flights, one after the other on the plan's clock, in one of its alternatives.
Flights = Sequence[TimedFlight]

# All orders of so many drones are tried; of more, so many orders.
ALL_ORDERS = 6
MOST_ORDERS = 1500
# Past the end of a forbidden interval by this much, so that rounding keeps it apart.
PAST_S = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """For each drone which of its alternatives it flies, and how much later than it could.

    `done_s` is when the last has landed.
    """

    chosen: tuple[int, ...]
    delays_s: tuple[float, ...]
    done_s: float


def keep_apart(
    alternatives: Sequence[Sequence[Flights]], apart: Separation, *, seed: int = 0
) -> Apart:
    """The least delays found that keep a fleet apart; the same for the same seed.

    `alternatives` are each drone's, what is liked best first: all its flights in one layer or
    another. A delay is one of them all. There always is an answer: one after the other.
    """
    forbidden = _Forbidden(alternatives, apart)
    best: tuple[tuple[float, float, int], Apart] | None = None
    for order in _orders(len(alternatives), seed):
        found = _in_order(order, alternatives, forbidden)
        worth = round(found.done_s, 3), round(sum(found.delays_s), 3), sum(found.chosen)
        if best is None or worth < best[0]:
            best = worth, found
        if worth[1:] == (0.0, 0):
            break
    assert best is not None
    return best[1]


def _orders(count: int, seed: int) -> list[tuple[int, ...]]:
    if count <= ALL_ORDERS:
        return list(itertools.permutations(range(count)))
    chance = random.Random(seed)
    orders = [tuple(range(count))]
    for _ in range(MOST_ORDERS):
        order = list(range(count))
        chance.shuffle(order)
        orders.append(tuple(order))
    return orders


class _Forbidden:
    """By how much the second of two flights must not be later than it is: found when needed."""

    def __init__(self, alternatives: Sequence[Sequence[Flights]], apart: Separation) -> None:
        self._flights, self._apart = alternatives, apart
        self._known: dict[tuple[int, int, int, int], Array] = {}

    def delays_s(self, one: int, his: int, other: int, its: int) -> Array:
        """Intervals, (n, 2), for the drones `one` and `other` in their alternatives."""
        if one > other:
            return -self.delays_s(other, its, one, his)[::-1, ::-1]
        key = one, his, other, its
        if key not in self._known:
            pairs = itertools.product(self._flights[one][his], self._flights[other][its])
            found = [forbidden_delays_s(a, b, self._apart) for a, b in pairs]
            self._known[key] = merged(np.concatenate([np.zeros((0, 2)), *found]))
        return self._known[key]


def _in_order(
    order: tuple[int, ...], flights: Sequence[Sequence[Flights]], forbidden: _Forbidden
) -> Apart:
    """Drones placed one after the other, each as early as it keeps apart from those before."""
    chosen, delays = [0] * len(order), [0.0] * len(order)
    for at, drone in enumerate(order):
        options: list[tuple[float, int, float]] = []
        for its in range(len(flights[drone])):
            if options and _ends_s(flights[drone][its]) > min(options)[0]:
                # Later even without a delay.
                continue
            taken = [np.zeros((0, 2))]
            for other in order[:at]:
                away = forbidden.delays_s(other, chosen[other], drone, its)
                taken.append(away + delays[other])
            delay = _least(merged(np.concatenate(taken)))
            options.append((_ends_s(flights[drone][its]) + delay, its, delay))
        _, chosen[drone], delays[drone] = min(options)
    ends = [_ends_s(flights[i][chosen[i]]) + delays[i] for i in range(len(order))]
    return Apart(chosen=tuple(chosen), delays_s=tuple(delays), done_s=max(ends))


def _ends_s(flights: Flights) -> float:
    return max((one.ends_s for one in flights), default=0.0)


def _least(taken: Array) -> float:
    """The least delay of nought or more that no interval, in order and apart, holds."""
    for begin, end in taken:
        if begin < 0.0 < end:
            return float(end) + PAST_S
    return 0.0
