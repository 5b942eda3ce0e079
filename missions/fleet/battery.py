"""What a flight leaves in a drone's battery, the way home from every place of it reckoned with."""

import math
from dataclasses import dataclass

from missions.checks.around.endurance import Battery, most_needed
from missions.checks.around.track import flown_track
from missions.fleet.drone import FleetDrone
from missions.plan import Plan
from missions.wind import Wind


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryUse:
    """Shares of a full battery. `needed` is the most that is used once home is reached, from
    wherever the flight is left; `usable` is what there is now, less the reserve."""

    needed: float
    usable: float
    held: float

    @property
    def left(self) -> float:
        """What is left at worst."""
        return self.held - self.needed

    @property
    def lasts(self) -> bool:
        """Whether the reserve is kept."""
        return self.needed <= self.usable + 1e-9


def battery_use(
    plan: Plan, drone: FleetDrone, wind: Wind, *, first: bool, return_height_m: float
) -> BatteryUse:
    """A flight's, in a wind; every flight but a drone's `first` begins with a full battery."""
    vehicle = drone.vehicle
    full = drone.endurance_s is None or not first
    held = 1.0 if full else (drone.endurance_s or 0.0) / vehicle.endurance_s
    track = flown_track(plan, vehicle, wind=wind, return_height_m=return_height_m)
    needed = math.inf
    if track is not None:
        needed = most_needed(track, vehicle, wind, return_height_m=return_height_m)
        needed /= Battery(vehicle=vehicle).capacity
    return BatteryUse(needed=needed, usable=held - vehicle.reserve_fraction, held=held)
