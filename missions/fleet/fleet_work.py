"""What a divided task comes to: each drone's flights, when each is done, and how even that is."""

from collections.abc import Callable
from dataclasses import dataclass

from missions.fleet.drone import FleetDrone
from missions.heights import HeightAboveHome
from missions.path import Gaze, PatrolPath

# Seconds from take-off to landing of a drone's flight along a path, in the forecast wind.
FlightTime = Callable[[FleetDrone, PatrolPath], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Eye:
    """How one drone sees the ground: from which height, how wide, how fast it may fly then."""

    height: HeightAboveHome
    speed_m_s: float
    swath_m: float
    trigger_distance_m: float | None = None
    gaze: Gaze | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DroneWork:
    """One drone's flights in order, seconds of each, and when it is done with them all.

    The clock begins with the plan, so `done_s` holds what it waits for and its battery swaps; it is
    nought for a drone that has nothing to do.
    """

    drone: FleetDrone
    paths: tuple[PatrolPath, ...]
    flights_s: tuple[float, ...]
    done_s: float

    @property
    def least_left_s(self) -> float:
        """Seconds of flight left in the battery on the longest flight, the reserve among them."""
        drone = self.drone
        held = drone.vehicle.endurance_s if drone.endurance_s is None else drone.endurance_s
        lasts = [held, *(drone.vehicle.endurance_s for _ in self.flights_s[1:])]
        return min(
            (battery - flown for battery, flown in zip(lasts, self.flights_s, strict=False)),
            default=held,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetWork:
    """Everybody's work; `bound_s` is a time before which nobody could have done it all."""

    drones: tuple[DroneWork, ...]
    bound_s: float
    notes: tuple[str, ...] = ()

    @property
    def makespan_s(self) -> float:
        """When the last drone is done."""
        return max(one.done_s for one in self.drones)

    @property
    def mean_s(self) -> float:
        """When drones are done on average, those with nothing to do counted as nought."""
        return sum(one.done_s for one in self.drones) / len(self.drones)

    @property
    def ratio(self) -> float:
        """The longest over the mean: 1 is even."""
        return self.makespan_s / self.mean_s if self.mean_s > 0.0 else 1.0
