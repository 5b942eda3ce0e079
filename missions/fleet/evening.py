"""Flights of an area made even: by a quick reckoning, and by what they take as they are flown."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from missions.fleet.drone import FleetDrone
from missions.fleet.fleet_work import DroneWork, FleetWork
from missions.fleet.reckoned import Flyers
from missions.fleet.runs import Balance, Flight, Flights, Route, Seconds, points_of
from missions.fleet.stretches import Stretches
from missions.patterns.sweep.core.motion import Motion, way_time

Array = npt.NDArray[np.float64]

WITHIN_S = 1e-6
# With flights timed as they are flown so many meeting places for each drone are looked at, and two
# drones are made even to within this share of the longest time.
FLOWN_TRIES, FLOWN_EVEN = 12, 0.004
# Flights with so many corners in all are timed: usual divisions take a part of it.
TIMED_CORNERS = 6_000


@dataclass(slots=True)
class Effort:
    """The work that making even may still take, as corners of flights that are timed: counted, so
    that the same task is always divided alike."""

    left: int = TIMED_CORNERS

    @property
    def spent(self) -> bool:
        """Whether nothing is left of it."""
        return self.left <= 0

    def meetings_left(self, timed: FleetWork) -> int:
        """How many meeting places can still be looked at: each times two flights of the size."""
        flights = [len(path.points) for one in timed.drones for path in one.paths]
        return max(0, self.left) * len(flights) // max(1, 2 * sum(flights))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evening:
    """What making even needs to know: `flown_s` is what a drone's flight takes from take-off to
    landing, `beyond_s` how much longer one of its flights may take."""

    stretches: Stretches
    flyers: Flyers
    docks_en: Array
    route: Route
    flown_s: Callable[[int, Flight], float]
    beyond_s: Callable[[DroneWork, int], float]

    def reckoned(self, flights: list[Flights], timed: FleetWork, room: float) -> list[Flights]:
        """Made even by a quick reckoning, corrected by what each flight really took, none longer
        by more than a share of what its battery has left."""
        beside_s = [
            [flown - self._level_s(i, one) for flown, one in zip(work.flights_s, mine, strict=True)]
            for i, (work, mine) in enumerate(zip(timed.drones, flights, strict=True))
        ]

        def seconds(drone: int, number: int, flight: Flight) -> float:
            return self._level_s(drone, flight) + beside_s[drone][number]

        return self._balanced(flights, timed, room, seconds)

    def as_flown(
        self, flights: list[Flights], timed: FleetWork, room: float, effort: "Effort"
    ) -> list[Flights]:
        """The same, but every step timed as it is flown: one corner more may cost PX4 seconds that
        no quick reckoning foresees. No more are looked at than the effort left lasts for."""

        def seconds(drone: int, _number: int, flight: Flight) -> float:
            return self.flown_s(drone, flight)

        even_s = FLOWN_EVEN * timed.makespan_s
        tries = min(FLOWN_TRIES * len(flights), effort.meetings_left(timed))
        return self._balanced(flights, timed, room, seconds, even_s=even_s, tries=tries)

    def _balanced(
        self,
        flights: list[Flights],
        timed: FleetWork,
        room: float,
        seconds_of: Seconds,
        **until: Any,
    ) -> list[Flights]:
        most_s = [
            [flown_s + room * self.beyond_s(one, k) for k, flown_s in enumerate(one.flights_s)]
            for one in timed.drones
        ]

        def seconds(drone: int, number: int, flight: Flight) -> float:
            whole = seconds_of(drone, number, flight)
            return whole if whole <= most_s[drone][number] + WITHIN_S else math.inf

        waits = [one.done_s - sum(one.flights_s) for one in timed.drones]
        balance = Balance.of(
            [[list(flight) for flight in mine] for mine in flights],
            corners_m=self.stretches.points_m,
            speed_m_s=min(eye.speed_m_s for eye in self.flyers.eyes),
            seconds_of=seconds,
            waits_s=np.array(waits),
            **until,
        )
        balance.even_out()
        return balance.flights

    def _level_s(self, drone: int, flight: Flight) -> float:
        """What a flight takes in still air, its climb and its descent apart."""
        who, eye = self.flyers.drones[drone], self.flyers.eyes[drone]
        way = points_of(self.stretches, flight, self.route)
        home = self.docks_en[drone] if who.docked else way[0]
        return _way_s(np.vstack((home, way, home)), who, eye.speed_m_s)


def _way_s(points: Array, drone: FleetDrone, speed_m_s: float) -> float:
    """Seconds along (n, 2) metres: `missions.time_model`, compiled."""
    vehicle, room = drone.vehicle, np.zeros((2, len(points)))
    motion = Motion(speed_m_s, vehicle.acceleration_m_s2, vehicle.corner_cut_m)
    return float(way_time(np.ascontiguousarray(points), room[0], room[1], motion))
