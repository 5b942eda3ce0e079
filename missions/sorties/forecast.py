"""About how long each part of a task takes, from one flight of the whole: no part is flown for it.

A part takes what it takes of the whole flight, the way there from home and the way back. What a
climb and a stop add is the same for all of them, and is learnt from those that are flown.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from missions.plan import Plan
from missions.plan_time import predict_flight
from missions.vehicle import Vehicle
from missions.wind import Wind
from missions.wind_triangle import flown_ground_speed_m_s

Array = npt.NDArray[np.float64]
Spot = tuple[float, float]

# What is so many times too long by a forecast is too long.
FAR_TOO_LONG = 1.5
# Against a wind that nearly stands still, rather than for ever.
SLOWEST_M_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Flown:
    """When the items of a plan are done with, and how long straight ways take.

    `done_s` has seconds since arming for each item of a list that is flown once, in its order.
    `way_s` gives seconds from one place, metres east and north, to another; `battery_s` is what a
    battery should last for, and what takes longer than `too_long_s` it never does.
    """

    done_s: Array
    way_s: Callable[[Spot, Spot], float]
    battery_s: float = 0.0
    too_long_s: float = math.inf


def flown(plan: Plan, vehicle: Vehicle, wind: Wind) -> Flown | None:
    """The flight of a list without jumps; None where it is not flown to its end."""
    flight = predict_flight(plan, vehicle, wind)
    if flight is None or flight.unending or not flight.items:
        return None
    done = np.zeros(len(plan.items))
    for item, at_s in flight.items:
        done[item] = at_s
    if not np.isfinite(done).all():
        return None

    def way_s(begin: Spot, end: Spot) -> float:
        east, north = end[0] - begin[0], end[1] - begin[1]
        course, cruise = math.atan2(east, north), vehicle.cruise_speed_m_s
        made = flown_ground_speed_m_s(course, cruise, vehicle, wind)
        return math.hypot(east, north) / max(made or 0.0, SLOWEST_M_S)

    # What is no place is done with as soon as what stands before it.
    return Flown(
        done_s=np.maximum.accumulate(done),
        way_s=way_s,
        battery_s=vehicle.endurance_s * (1.0 - vehicle.reserve_fraction),
        too_long_s=FAR_TOO_LONG * vehicle.endurance_s,
    )


def straight(places: Sequence[Spot | None]) -> Flown:
    """The straight ways by places, metres for seconds: for a flight that nobody can tell."""
    at, metres, done = (0.0, 0.0), 0.0, list[float]()
    for place in places:
        if place is not None:
            metres, at = metres + math.dist(at, place), place
        done.append(metres)
    return Flown(done_s=np.array(done), way_s=math.dist)


class Forecast:
    """Of a task's items: when they are done with in the whole flight, and their ways from and to
    home; seconds."""

    def __init__(self, places: Sequence[Spot | None], whole: Flown) -> None:
        home = (0.0, 0.0)
        self.battery_s, self.too_long_s = whole.battery_s, whole.too_long_s
        self._done_s = whole.done_s
        self._out_s = np.array([0.0 if one is None else whole.way_s(home, one) for one in places])
        self._back_s = np.array([0.0 if one is None else whole.way_s(one, home) for one in places])

    def parts_s(self, begun: int, places: Sequence[int]) -> Array:
        """The parts from behind one item to each of the places, and home from there; never less
        than to one before."""
        until = np.asarray(places, dtype=np.intp)
        since = self._out_s[begun] - self._done_s[begun] if begun >= 0 else 0.0
        found: Array = np.maximum.accumulate(self._done_s[until] + since + self._back_s[until])
        return found

    def put_in(self, begun: int, before: int, share: float) -> None:
        """A place put in before an item, a share of the way from another to it."""
        for name in ("_done_s", "_out_s", "_back_s"):
            times: Array = getattr(self, name)
            between = times[begun] + share * (times[before] - times[begun])
            setattr(self, name, np.insert(times, before, between))
