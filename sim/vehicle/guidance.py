"""From a triplet of setpoints to a moving setpoint: PX4's FlightTaskAuto for a multirotor.

North, east, down in metres about the local origin. Source: PX4-Autopilot v1.17,
src/modules/flight_mode_manager/tasks/Auto/FlightTaskAuto.cpp.
"""

import math
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from sim.vehicle.jerk_limited import JerkLimitedAxis
from sim.vehicle.rotation import wrap_pi
from sim.vehicle.settings import FlightSettings
from sim.vehicle.trajectory import Ned, Trajectory

REACTIVATED_DESCENT_M_S = 0.7
WANTS_TAKEOFF_M_S = -0.3
LOW_FREEZE_M = 1.0
SAME_HEADING = 1e-5


class Leg(Enum):
    """What a setpoint asks for."""

    IDLE = "idle"
    TAKEOFF = "takeoff"
    POSITION = "position"
    LOITER = "loiter"
    LAND = "land"
    DESCEND = "descend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Triplet:
    """Where from, where to and where to next; `yaw` in radians, None to face the target.

    Without `following` the vehicle stops at the target; without `previous` it does not follow a
    line.
    """

    leg: Leg
    current: Ned
    previous: Ned | None = None
    following: Ned | None = None
    yaw: float | None = None
    acceptance_m: float
    cruise_m_s: float


class MovingSetpoint(NamedTuple):
    """What the controller tracks now; None where an axis is not controlled."""

    position: tuple[float | None, float | None, float | None]
    velocity: Ned
    acceleration: Ned
    thrust_off: bool
    wants_takeoff: bool


class Guidance:
    """Follows the triplet that the navigator gives, one call a control step."""

    def __init__(self, settings: FlightSettings) -> None:
        self.settings = settings
        self.trajectory = Trajectory()
        self.yaw = 0.0
        self.yaw_rate = 0.0
        self._heading = JerkLimitedAxis()
        self._heading.max_velocity = math.tau
        self._leg_before: Leg | None = None
        self._target: Ned | None = None
        self._held_yaw: float | None = None
        self._liftoff: Ned | None = None
        self._rising = False
        self.apply(settings)

    def apply(self, settings: FlightSettings) -> None:
        """Take changed parameters into use."""
        self.settings = settings
        path = self.trajectory
        path.corner_gain = settings.corner_gain
        path.max_error_m = settings.max_error_m
        path.max_height_error_m = settings.max_height_error_m
        path.height_acceptance_m = settings.height_acceptance_m
        for axis in path.axes:
            axis.max_jerk = settings.jerk_m_s3
        for axis in (path.north, path.east):
            axis.max_acceleration = settings.acceleration_m_s2
            axis.max_velocity = settings.top_speed_m_s
        self._heading.max_acceleration = math.radians(settings.yaw_rate_deg_s)
        self._heading.max_jerk = math.radians(settings.yaw_acceleration_deg_s2)

    def reset(self, *, position: Ned, velocity: Ned, acceleration: Ned, yaw: float) -> None:
        """Begin a mode from the vehicle's state."""
        self.trajectory.reset(position=position, velocity=velocity, acceleration=acceleration)
        self._reset_heading(yaw)
        self._leg_before = None

    def rest(self, position: Ned, yaw: float) -> None:
        """Stay at the vehicle's state: on the ground, before the take-off ramp."""
        self.trajectory.reset(
            position=position,
            velocity=Ned(0.0, 0.0, REACTIVATED_DESCENT_M_S),
            acceleration=Ned(0.0, 0.0, 0.0),
        )
        self._rising = False
        self._reset_heading(yaw)

    def step(
        self,
        triplet: Triplet,
        *,
        position: Ned,
        velocity: Ned,
        yaw: float,
        height_above_ground_m: float,
        in_flight: bool,
        dt_s: float,
    ) -> MovingSetpoint:
        """The setpoint for the coming control step of `dt_s` seconds."""
        self._aim_heading(triplet, position, yaw, dt_s)
        if triplet.leg is Leg.IDLE:
            self._leg_before = triplet.leg
            return _IDLE
        target = self._targets(triplet, position, velocity, in_flight)
        self._limit(triplet, position, height_above_ground_m)
        wanted = self._wanted(triplet, target, height_above_ground_m)
        self._rising = wanted.d < 0.0
        self.trajectory.follow(wanted, position, dt_s)
        self._leg_before = triplet.leg
        return self._setpoint(triplet, wanted)

    def _targets(self, triplet: Triplet, position: Ned, velocity: Ned, in_flight: bool) -> Ned:
        target = triplet.current
        if triplet.leg is not Leg.TAKEOFF:
            self._liftoff = None
            return target
        path = self.trajectory
        if not in_flight:
            self._liftoff = position
            path.north.move_to(position.n)
            path.east.move_to(position.e)
        if self._liftoff is not None:
            target = Ned(self._liftoff.n, self._liftoff.e, target.d)
            if self._liftoff.d - position.d < LOW_FREEZE_M:
                path.north.force_velocity(velocity.n)
                path.east.force_velocity(velocity.e)
        return target

    def _limit(self, triplet: Triplet, position: Ned, height_above_ground_m: float) -> None:
        settings, path = self.settings, self.trajectory
        path.cruise_m_s = min(triplet.cruise_m_s, settings.top_speed_m_s)
        path.acceptance_m = triplet.acceptance_m
        down = path.down
        if not self._rising:
            down.max_acceleration = settings.descent_acceleration_m_s2
            down.max_velocity = settings.descent_speed_m_s
            return
        down.max_acceleration = settings.climb_acceleration_m_s2
        down.max_velocity = settings.climb_speed_m_s
        if triplet.leg is Leg.TAKEOFF and height_above_ground_m < settings.land_height_1_m:
            down.max_velocity = settings.takeoff_speed_m_s
            down.max_acceleration = min(
                settings.climb_acceleration_m_s2,
                settings.takeoff_speed_m_s / settings.takeoff_ramp_s,
            )
            down.move_to(position.d)

    def _wanted(self, triplet: Triplet, target: Ned, height_above_ground_m: float) -> Ned:
        path = self.trajectory
        if triplet.leg is Leg.DESCEND:
            return Ned(0.0, 0.0, self.settings.land_speed_m_s)
        if triplet.leg is Leg.LAND:
            north, east = path.toward_level(target)
            return Ned(north, east, self.landing_speed(height_above_ground_m))
        modified = target != triplet.current or triplet.leg is Leg.LOITER
        following = target if modified or triplet.following is None else triplet.following
        previous = target if triplet.previous is None else triplet.previous
        return path.toward(previous, target, following)

    def landing_speed(self, height_above_ground_m: float) -> float:
        """Descent speed of a landing at a height above the ground, m/s."""
        settings = self.settings
        if height_above_ground_m <= settings.land_height_3_m:
            return settings.crawl_speed_m_s
        span = settings.land_height_1_m - settings.land_height_2_m
        part = (height_above_ground_m - settings.land_height_2_m) / max(span, 1e-6)
        part = max(0.0, min(1.0, part))
        fast = settings.max_descent_speed_m_s
        return settings.land_speed_m_s + part * (fast - settings.land_speed_m_s)

    def _setpoint(self, triplet: Triplet, wanted: Ned) -> MovingSetpoint:
        north, east, down = self.trajectory.axes
        free = triplet.leg is Leg.DESCEND
        return MovingSetpoint(
            position=(
                None if free else north.position,
                None if free else east.position,
                down.position,
            ),
            velocity=Ned(north.velocity, east.velocity, down.velocity),
            acceleration=Ned(north.acceleration, east.acceleration, down.acceleration),
            thrust_off=False,
            wants_takeoff=wanted.d < WANTS_TAKEOFF_M_S,
        )

    def _reset_heading(self, yaw: float) -> None:
        self._heading.reset(position=0.0, velocity=yaw, acceleration=0.0)
        self._held_yaw = yaw
        self.yaw, self.yaw_rate = yaw, 0.0

    def _aim_heading(self, triplet: Triplet, position: Ned, yaw: float, dt_s: float) -> None:
        wanted = self._wanted_yaw(triplet, position, yaw)
        axis = self._heading
        if abs(wanted - axis.velocity) < SAME_HEADING and abs(axis.acceleration) < SAME_HEADING:
            return
        axis.aim(axis.velocity + wrap_pi(wanted - axis.velocity))
        axis.advance(dt_s)
        axis.force_velocity(wrap_pi(axis.velocity))
        self.yaw, self.yaw_rate = axis.velocity, axis.acceleration

    def _wanted_yaw(self, triplet: Triplet, position: Ned, yaw: float) -> float:
        if triplet.yaw is not None:
            self._held_yaw = triplet.yaw
        elif triplet.leg is not Leg.LAND or self._leg_before is not Leg.LAND:
            dn = triplet.current.n - position.n
            de = triplet.current.e - position.e
            if math.hypot(dn, de) > triplet.acceptance_m:
                self._held_yaw = math.atan2(de, dn)
        return yaw if self._held_yaw is None else self._held_yaw


_IDLE = MovingSetpoint(
    position=(None, None, None),
    velocity=Ned(0.0, 0.0, 0.0),
    acceleration=Ned(0.0, 0.0, 0.0),
    thrust_off=True,
    wants_takeoff=False,
)
