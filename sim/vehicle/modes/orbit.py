"""Orbit: which circle is flown, how fast and where the nose points, as asked by DO_ORBIT.

The circle itself is flown by the flight core. Source: PX4-Autopilot v1.17,
src/modules/flight_mode_manager/tasks/Orbit/FlightTaskOrbit.cpp.
"""

import math
from collections.abc import Mapping

from sim.vehicle.guidance import Leg, OrbitYaw, Triplet
from sim.vehicle.modes.requests import OrbitRequest, OrbitStatus
from sim.vehicle.navigation import NavigationState
from sim.vehicle.trajectory import Ned

LEAST_RADIUS_M = 1.0
FIRST_SPEED_M_S = 1.0
MOST_ACCELERATION_M_S2 = 2.0
UNCHANGED = 5
TOO_LARGE = "Orbit radius limit exceeded\t"


class OrbitMode:
    """The orbit in force while the mode is active; `triplet` tells the core to fly it."""

    def __init__(self) -> None:
        self.triplet: Triplet | None = None
        self._radius_m = LEAST_RADIUS_M
        self._speed_m_s = FIRST_SPEED_M_S
        self._centre = Ned(0.0, 0.0, 0.0)
        self._yaw = OrbitYaw.CENTRE

    @property
    def status(self) -> OrbitStatus:
        """What the vehicle tells of its orbit."""
        sign = -1.0 if self._speed_m_s < 0.0 else 1.0
        return OrbitStatus(
            radius_m=sign * self._radius_m, yaw_behaviour=int(self._yaw), centre=self._centre
        )

    def activate(self, state: NavigationState) -> None:
        """The mode was entered: a small circle about here until a request says otherwise."""
        self._radius_m, self._speed_m_s = LEAST_RADIUS_M, FIRST_SPEED_M_S
        self._centre = state.position
        self._aim(state)

    def deactivate(self) -> None:
        """The mode was left."""
        self.triplet = None

    def command(
        self,
        request: OrbitRequest,
        state: NavigationState,
        parameters: Mapping[str, int | float],
    ) -> None:
        """Take what a request says and keep the rest."""
        clockwise, radius_m = self._speed_m_s > 0.0, self._radius_m
        if request.radius_m is not None:
            clockwise, radius_m = request.radius_m > 0.0, abs(request.radius_m)
        speed = abs(self._speed_m_s) if request.speed_m_s is None else request.speed_m_s
        if LEAST_RADIUS_M <= radius_m <= parameters["MC_ORBIT_RAD_MAX"]:
            self._radius_m = radius_m
            self._speed_m_s = self._possible(speed if clockwise else -speed, state)
        else:
            state.say(2, TOO_LARGE)
        self._face(request, parameters)
        self._move(request)
        self._aim(state)

    def _possible(self, speed: float, state: NavigationState) -> float:
        top = abs(state.settings.top_speed_m_s)
        speed = min(max(speed, -top), top)
        most = math.sqrt(MOST_ACCELERATION_M_S2 * self._radius_m)
        return speed if abs(speed) < most else math.copysign(most, speed)

    def _face(self, request: OrbitRequest, parameters: Mapping[str, int | float]) -> None:
        wanted = request.yaw_behaviour
        if wanted is None:
            return
        if wanted == UNCHANGED:
            wanted = int(parameters["MC_ORBIT_YAW_MOD"]) if self.triplet is None else self._yaw
        self._yaw = OrbitYaw(wanted) if wanted in set(OrbitYaw) else OrbitYaw.CENTRE

    def _move(self, request: OrbitRequest) -> None:
        n, e, d = self._centre
        if request.centre is not None:
            n, e = request.centre.n, request.centre.e
        if request.centre_down_m is not None:
            d = request.centre_down_m
        self._centre = Ned(n, e, d)

    def _aim(self, state: NavigationState) -> None:
        self.triplet = Triplet(
            leg=Leg.ORBIT,
            current=self._centre,
            acceptance_m=state.settings.acceptance_m,
            cruise_m_s=state.speed_to_fly_m_s,
            orbit_radius_m=self._radius_m,
            orbit_speed_m_s=self._speed_m_s,
            orbit_yaw_behaviour=self._yaw,
        )
