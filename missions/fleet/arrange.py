"""A divided task put on the clock: when each drone takes off, how high it comes and goes.

Drones that would come too near to each other are put into layers on the ways from and to their
docks, and wait where that is not enough: see `resolve`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from missions.area import middle
from missions.fleet.drone import FleetDrone
from missions.fleet.fleet_work import DroneWork, FleetWork
from missions.fleet.resolve import keep_apart
from missions.fleet.separation import Conflict, Separation, conflicts
from missions.fleet.timed_flight import Datum, TimedFlight, timed_flight
from missions.geodesy import LocalPlane
from missions.path import PatrolPath
from missions.plan import Plan
from missions.wind import Wind

# A flight's plan, with the height above home of its ways from and to home: None, as high as its
# task.
PlanOf = Callable[[FleetDrone, PatrolPath, float | None], Plan]

LAYERS = 3
HIGHEST_M = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Arranged:
    """For each drone the height of its ways from and to home, and when each of its flights begins.

    `landed_s` is when the last has landed, `conflicts` are what would be without all this.
    """

    transit_m: tuple[float | None, ...]
    starts_s: tuple[tuple[float, ...], ...]
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
) -> Arranged:
    """The fleet's flights, kept apart at every moment with the least delay found."""
    timing = _Timing(plan_of, _datum(work), wind, swap_s, apart)
    as_they_are = [timing.flights(one, 0) for one in work.drones]
    found = conflicts([flight for mine in as_they_are for flight in mine], apart)
    found = tuple(one for one in found if one.first != one.second)
    if not found:
        chosen, delays = (0,) * len(as_they_are), (0.0,) * len(as_they_are)
        flights = as_they_are
    else:
        options = [timing.alternatives(one) for one in work.drones]
        kept = keep_apart(options, apart, seed=seed)
        chosen, delays = kept.chosen, kept.delays_s
        flights = [options[i][one] for i, one in enumerate(chosen)]
    starts = tuple(
        tuple(one + delay for one in _begins(work.drones[i].drone.free_from_s, flights[i], swap_s))
        for i, delay in enumerate(delays)
    )
    ends = [flight.ends_s + d for mine, d in zip(flights, delays, strict=True) for flight in mine]
    return Arranged(
        transit_m=tuple(
            timing.transit_m(one, layer) for one, layer in zip(work.drones, chosen, strict=True)
        ),
        starts_s=starts,
        landed_s=max(ends, default=0.0),
        conflicts=found,
    )


def _begins(free_s: float, flights: list[TimedFlight], swap_s: float) -> list[float]:
    """When each of a drone's flights is started, its motors before it lifts off."""
    return [free_s, *(flight.ends_s + swap_s for flight in flights[:-1])][: len(flights)]


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

    def transit_m(self, one: DroneWork, layer: int) -> float | None:
        """The height of a layer: as high as the task, or so many separations above it."""
        if layer == 0 or not one.paths:
            return None
        task_m = max(point.height.m for path in one.paths for point in path.points)
        return task_m + layer * self.apart.vertical_m

    def alternatives(self, one: DroneWork) -> list[list[TimedFlight]]:
        """The drone's flights in every layer below the ceiling."""
        heights = [(layer, self.transit_m(one, layer)) for layer in range(LAYERS)]
        layers = [layer for layer, height in heights if height is None or height <= HIGHEST_M]
        if not one.paths or one.drone.vehicle.winged:
            layers = [0]
        return [self.flights(one, layer) for layer in layers]

    def flights(self, one: DroneWork, layer: int) -> list[TimedFlight]:
        """The drone's flights one after the other."""
        found: list[TimedFlight] = []
        now = one.drone.free_from_s
        for path in one.paths:
            plan = self.plan_of(one.drone, path, self.transit_m(one, layer))
            flight = timed_flight(
                plan,
                one.drone.vehicle,
                name=one.drone.name,
                datum=self.datum,
                starts_s=now,
                wind=self.wind,
            )
            found.append(flight)
            now = flight.ends_s + self.swap_s
        return found
