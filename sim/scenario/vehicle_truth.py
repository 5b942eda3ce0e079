"""What is truly so of a vehicle, as conditions and tests ask for it.

Positions are metres north and east of the home of all, heights metres above the vehicle's own home
position.
"""

import math
from collections.abc import Sequence

from onboard.mavlink.px4_modes import Px4Mode
from sim.vehicle.vehicle import Vehicle


class VehicleTruth:
    """One vehicle that stands on a pad (metres north and east of home); `others` fly with it."""

    def __init__(
        self, vehicle: Vehicle, *, pad: tuple[float, float], others: Sequence["VehicleTruth"]
    ) -> None:
        self.id = vehicle.name
        self.vehicle = vehicle
        self._others = others
        self._pad_n_m, self._pad_e_m = pad

    @property
    def armed(self) -> bool:
        """Whether the motors may turn."""
        return self.vehicle.aircraft.commander.armed

    @property
    def ready(self) -> bool:
        """Whether it would arm."""
        return self.vehicle.aircraft.commander.ready

    @property
    def airborne(self) -> bool:
        """Whether it is off the ground."""
        return not self.vehicle.aircraft.landed

    @property
    def mode(self) -> Px4Mode:
        """The flight mode in force."""
        return self.vehicle.aircraft.mode

    @property
    def north_m(self) -> float:
        """North of the fleet's home."""
        return self._pad_n_m + self.vehicle.aircraft.flight.body.position.n

    @property
    def east_m(self) -> float:
        """East of the fleet's home."""
        return self._pad_e_m + self.vehicle.aircraft.flight.body.position.e

    @property
    def height_m(self) -> float:
        """Above the drone's home position."""
        aircraft = self.vehicle.aircraft
        return aircraft.state.home.d - aircraft.flight.body.position.d

    @property
    def ground_speed_m_s(self) -> float:
        """Over the ground."""
        velocity = self.vehicle.aircraft.flight.body.velocity
        return math.hypot(velocity.n, velocity.e)

    @property
    def heading_rad(self) -> float:
        """Clockwise from north."""
        return self.vehicle.aircraft.flight.body.yaw

    @property
    def battery_remaining(self) -> float:
        """Share of the charge, 0..1, as the vehicle reckons it."""
        return self.vehicle.aircraft.battery.remaining

    @property
    def from_home_m(self) -> float:
        """Level distance from the drone's home position."""
        aircraft = self.vehicle.aircraft
        here, home = aircraft.flight.body.position, aircraft.state.home
        return math.hypot(here.n - home.n, here.e - home.e)

    @property
    def home_amsl_m(self) -> float:
        """Height of the drone's home position above mean sea level."""
        return self.vehicle.aircraft.home().height_amsl_m

    @property
    def inside_fence(self) -> bool:
        """Whether it truly is where its fence allows it to be."""
        aircraft = self.vehicle.aircraft
        position = aircraft.flight.body.position
        return aircraft.missions.fence.allows(position, home=aircraft.state.home)

    @property
    def nearest_drone_m(self) -> float:
        """Distance in space to the nearest other drone of the fleet; infinite for the only one."""
        return min(
            (self._distance_m(other) for other in self._others if other is not self),
            default=math.inf,
        )

    @property
    def mission_ended(self) -> bool:
        """Whether the mission on board was flown to its end."""
        return self.vehicle.aircraft.navigator.mission.ended

    def _distance_m(self, other: "VehicleTruth") -> float:
        up_m = self._height_amsl_m() - other._height_amsl_m()
        return math.hypot(self.north_m - other.north_m, self.east_m - other.east_m, up_m)

    def _height_amsl_m(self) -> float:
        return self.vehicle.aircraft.geo().height_amsl_m
