"""A divided task put on the clock: when each drone takes off, how high it comes and goes.

Flights that would come too near to each other are put into layers on the ways from and to their
docks, and wait where that is not enough: see `resolve`.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from missions.area import middle
from missions.fleet.drone import FleetDrone
from missions.fleet.fleet_work import DroneWork, FleetWork
from missions.fleet.resolve import Timetable, keep_apart
from missions.fleet.separation import Conflict, Separation, conflicts
from missions.fleet.timed_flight import Datum, TimedFlight, timed_flight
from missions.geodesy import LocalPlane
from missions.path import PatrolPath
from missions.plan import Plan
from missions.wind import Wind

# A flight's plan, with the height above home of its ways from and to home: None, as high as its
# task.
PlanOf = Callable[[FleetDrone, PatrolPath, float | None], Plan]
# Whether the battery lasts for one of a drone's flights, by its number, with its ways so high.
Lasts = Callable[[DroneWork, int, float | None], bool]

LAYERS = 3
HIGHEST_M = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Arranged:
    """For each of a drone's flights the height of its ways from and to home, and when it begins.

    `waits_s` is how long each drone waits in all, `landed_s` when the last has landed, `conflicts`
    are what would be without all this.
    """

    transit_m: tuple[tuple[float | None, ...], ...]
    starts_s: tuple[tuple[float, ...], ...]
    waits_s: tuple[float, ...]
    landed_s: float
    conflicts: tuple[Conflict, ...]


def arrange(
    work: FleetWork,
    plan_of: PlanOf,
    *,
    apart: Separation,
    wind: Wind,
    swap_s: float,
    seed: int = 0,
    lasts: Lasts = lambda _one, _number, _transit_m: True,
) -> Arranged:
    """The fleet's flights, kept apart at every moment with the shortest waits found, and none so
    high that its battery does not last where it lasts lower down."""
    timing = _Timing(plan_of, _datum(work), wind, swap_s, apart, lasts)
    fleet = [timing.timetable(one) for one in work.drones]
    found = _conflicts(fleet, apart)
    kept = keep_apart(fleet, apart, seed=seed)
    transit_m = [
        map(timing.transit_m, one.paths, (flight.layer for flight in mine))
        for one, mine in zip(work.drones, kept.drones, strict=True)
    ]
    return Arranged(
        transit_m=tuple(map(tuple, transit_m)),
        starts_s=tuple(tuple(one.starts_s for one in mine) for mine in kept.drones),
        waits_s=tuple(sum(one.waits_s for one in mine) for mine in kept.drones),
        landed_s=kept.done_s,
        conflicts=found,
    )


def _conflicts(fleet: Sequence[Timetable], apart: Separation) -> tuple[Conflict, ...]:
    """Those of flights that all begin as soon as they could, each as high as its task."""
    flights = []
    for drone in fleet:
        now_s = drone.free_s
        for number in range(drone.count):
            flights.append(drone.flight(number, 0).later(now_s))
            now_s = flights[-1].ends_s + drone.swap_s
    return tuple(one for one in conflicts(flights, apart) if one.first != one.second)


def _datum(work: FleetWork) -> Datum:
    places = [path.points[0].position for one in work.drones for path in one.paths]
    return Datum(plane=LocalPlane(middle(tuple(places))))


@dataclass(frozen=True, slots=True)
class _Timing:
    """Turns paths into timed flights, one layer or another."""

    plan_of: PlanOf
    datum: Datum
    wind: Wind
    swap_s: float
    apart: Separation
    lasts: Lasts

    def transit_m(self, path: PatrolPath, layer: int) -> float | None:
        """The height of a layer: as high as the task, or so many separations above it."""
        if layer == 0:
            return None
        return max(point.height.m for point in path.points) + layer * self.apart.vertical_m

    def timetable(self, one: DroneWork) -> Timetable:
        """The drone's flights in every layer below the ceiling, each timed when it is asked for."""

        @cache
        def flight(number: int, layer: int) -> TimedFlight:
            path = one.paths[number]
            plan = self.plan_of(one.drone, path, self.transit_m(path, layer))
            vehicle, name = one.drone.vehicle, one.drone.name
            return timed_flight(plan, vehicle, name=name, datum=self.datum, wind=self.wind)

        @cache
        def lasts(number: int, layer: int) -> bool:
            return self.lasts(one, number, self.transit_m(one.paths[number], layer))

        return Timetable(
            count=len(one.paths),
            layers=1 if one.drone.vehicle.winged else self._layers(one.paths),
            flight=flight,
            lasts=lasts,
            free_s=one.drone.free_from_s,
            swap_s=self.swap_s,
        )

    def _layers(self, paths: Sequence[PatrolPath]) -> int:
        """How many are below the ceiling, that of the task among them."""
        tasks_m = max((point.height.m for path in paths for point in path.points), default=0.0)
        above = math.floor((HIGHEST_M - tasks_m) / self.apart.vertical_m + 1e-9)
        return max(1, min(LAYERS, 1 + above))
