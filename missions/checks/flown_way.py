"""The way that a multirotor really flies to each item, as `missions.plan_time` predicts it.

It is not the straight line: PX4 cuts corners within the acceptance radius, swings out where it
comes too fast, and turns round, or flies on, where it missed a place (`never_reached`). Where it
misses one only by chance, every way that may follow is among them.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from shapely.geometry import LineString

from missions.checks.never_reached import worst_last
from missions.geodesy import LocalPlane
from missions.plan import Plan
from missions.plan_time import NOTED_EVERY_S, PredictedFlight, predict_flight
from missions.px4_flight.unreached import Why
from missions.vehicle import Vehicle
from missions.wind import CALM, Wind

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlownWay:
    """What is flown until an item is done with: `spots`, shape (n, 3), metres east, north and up
    of home. `by_chance`: behind its place, where that is missed though it need not be."""

    item: int
    spots: Array
    by_chance: bool = False

    @property
    def line(self) -> LineString:
        """Over the ground."""
        return LineString(self.spots[:, :2])


@dataclass(frozen=True, slots=True, kw_only=True)
class FlownWays:
    """All ways of a flight in the order flown, then those by chance, on a plane about home;
    `missed` are the items that are flown past."""

    plane: LocalPlane
    ways: tuple[FlownWay, ...]
    missed: frozenset[int]


def flown_ways(plan: Plan, vehicle: Vehicle, wind: Wind = CALM) -> FlownWays | None:
    """What a plan makes a multirotor fly; None where it flies nowhere, and for wings, of which the
    prediction knows the corners only."""
    if vehicle.winged or plan.home is None:
        return None
    flight = predict_flight(plan, vehicle, wind, every_s=NOTED_EVERY_S)
    if flight is None:
        return None
    worst = {one.item: one.why for one in worst_last(plan, vehicle, wind)}
    by_chance = (
        FlownWay(item=item, spots=spots, by_chance=True)
        for item, spots in flight.asides
        if worst.get(item) in (Why.MAY_CIRCLE, Why.MAY_BE_PAST) and len(spots) > 1
    )
    return FlownWays(
        plane=flight.plane,
        ways=(*_by_item(flight), *by_chance),
        missed=frozenset(item for item, why in worst.items() if why is Why.PAST),
    )


def _by_item(flight: PredictedFlight) -> list[FlownWay]:
    """The track cut where an item is done with; a return that no item asks for is left out."""
    at_s, spots = flight.track[:, 0], flight.track[:, 1:4]
    found, begun_s = [], -math.inf
    for item, done_s in flight.items:
        first = max(0, int(np.searchsorted(at_s, begun_s, side="right")) - 1)
        last = int(np.searchsorted(at_s, done_s, side="right"))
        if last - first > 1:
            found.append(FlownWay(item=item, spots=spots[first:last]))
        begun_s = max(begun_s, done_s)
        if not math.isfinite(done_s):
            break
    return found
