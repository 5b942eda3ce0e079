"""One drone of a fleet, as dividing work among several needs to know it."""

from dataclasses import dataclass

from missions.camera import CameraModel
from missions.geodesy import GeoPoint
from missions.vehicle import Vehicle


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetDrone:
    """A drone, where it takes off and lands, and what it has left.

    `endurance_s` is the flight that its battery holds now, in still air, None for a full one.
    `free_from_s` is when it can take off, on the clock of the plan. One that is not `docked` takes
    off and lands where each of its flights begins: its `dock` says nothing then.
    """

    name: str
    vehicle: Vehicle
    dock: GeoPoint
    camera: CameraModel | None = None
    endurance_s: float | None = None
    free_from_s: float = 0.0
    docked: bool = True

    @property
    def usable_s(self) -> float:
        """Seconds of flight, the reserve kept."""
        whole = self.vehicle.endurance_s if self.endurance_s is None else self.endurance_s
        return max(0.0, whole - self.vehicle.reserve_fraction * self.vehicle.endurance_s)
