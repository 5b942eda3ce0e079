"""Position control and the take-off ramp of PX4's multicopter, with plain floats.

Source: PX4-Autopilot v1.17, src/modules/mc_pos_control (PositionControl.cpp, Takeoff.cpp,
MulticopterPositionControl.cpp). North, east, down; thrust is a share of the most, 0..1.
"""

import math
from enum import IntEnum
from typing import NamedTuple

from sim.vehicle.guidance import MovingSetpoint
from sim.vehicle.settings import FlightSettings
from sim.vehicle.trajectory import Ned

GRAVITY_M_S2 = 9.80665
DERIVATIVE_FILTER_HZ = 5.0
TILT_LIMIT_RATE = math.radians(20.0)
SPEED_ROOM = 1.2
# From the commander's arming to the controller's seeing it; read off the recordings.
ARMING_LAG_S = 0.12


class TakeoffState(IntEnum):
    """The stages between disarmed and free flight."""

    DISARMED = 1
    SPOOL_UP = 2
    READY = 3
    RAMP_UP = 4
    FLIGHT = 5


class ThrustCommand(NamedTuple):
    """Thrust as a share of the most, 0..1: north, east, down (down < 0 lifts)."""

    north: float
    east: float
    down: float

    @property
    def collective(self) -> float:
        """The vector's length, 0..1."""
        return math.sqrt(self.north**2 + self.east**2 + self.down**2)


NO_THRUST = ThrustCommand(north=0.0, east=0.0, down=0.0)


class TakeoffRamp:
    """Spool-up, then a speed limit that rises from 'no thrust' to the climb speed."""

    def __init__(self) -> None:
        self.state = TakeoffState.DISARMED
        self._armed_s = 0.0
        self._progress = 0.0

    def step(
        self,
        settings: FlightSettings,
        *,
        armed: bool,
        landed: bool,
        wants_takeoff: bool,
        dt_s: float,
    ) -> None:
        """Move on by one control step."""
        if not armed:
            self.disarm()
            return
        self._armed_s += dt_s
        if self.state is TakeoffState.DISARMED:
            self.state = TakeoffState.SPOOL_UP
        if (
            self.state is TakeoffState.SPOOL_UP
            and self._armed_s >= settings.spool_up_s + ARMING_LAG_S
        ):
            self.state = TakeoffState.READY
        if self.state is TakeoffState.READY and wants_takeoff:
            self.state, self._progress = TakeoffState.RAMP_UP, 0.0
        if self.state is TakeoffState.RAMP_UP and self._progress >= 1.0:
            self.state = TakeoffState.FLIGHT
        if self.state is TakeoffState.FLIGHT and landed:
            self.state = TakeoffState.READY
        if self.state is TakeoffState.RAMP_UP:
            self._progress += dt_s / max(settings.takeoff_ramp_s, dt_s)

    def disarm(self) -> None:
        """Begin again at the first stage."""
        self.state, self._armed_s = TakeoffState.DISARMED, 0.0

    def climb_limit(self, settings: FlightSettings, climb_speed: float) -> float:
        """The greatest upward speed allowed now, m/s; negative before the lift."""
        start = -GRAVITY_M_S2 / max(settings.climb_p, 0.01)
        if self.state < TakeoffState.RAMP_UP:
            return start
        if self.state is TakeoffState.RAMP_UP and self._progress < 1.0:
            return start + self._progress * (climb_speed - start)
        return climb_speed


class PositionController:
    """P on position, PID on velocity, thrust limits with anti-windup."""

    def __init__(self, settings: FlightSettings) -> None:
        self.settings = settings
        self.hover_thrust = settings.hover_thrust
        self._integral = [0.0, 0.0, 0.0]
        self._derivative = [0.0, 0.0, 0.0]
        self._velocity_before: Ned | None = None
        self._acceleration_d = GRAVITY_M_S2
        self._tilt_limit = math.radians(settings.takeoff_tilt_deg)

    def rest(self) -> None:
        """Forget the integrals: on the ground."""
        self._integral = [0.0, 0.0, 0.0]

    def learn_hover(self, hover_thrust: float) -> None:
        """Replace the hover thrust without a jump of the commanded thrust."""
        if hover_thrust == self.hover_thrust:
            return
        ratio = self.hover_thrust / hover_thrust
        a = self._acceleration_d
        self._integral[2] += (a - GRAVITY_M_S2) * ratio + GRAVITY_M_S2 - a
        self.hover_thrust = hover_thrust

    def measure(self, velocity: Ned, dt_s: float) -> None:
        """Update the filtered derivative of velocity."""
        before, self._velocity_before = self._velocity_before, velocity
        if before is None:
            return
        share = dt_s / (dt_s + 1.0 / (math.tau * DERIVATIVE_FILTER_HZ))
        for axis in range(3):
            rate = (velocity[axis] - before[axis]) / dt_s
            self._derivative[axis] += share * (rate - self._derivative[axis])

    def command(
        self,
        setpoint: MovingSetpoint,
        *,
        position: Ned,
        velocity: Ned,
        climb_limit: float,
        flying: bool,
        feed_forward_down: bool,
        dt_s: float,
    ) -> ThrustCommand:
        """Thrust for one control step."""
        settings = self.settings
        wanted = self._wanted_velocity(setpoint, position, climb_limit)
        errors = [wanted[axis] - velocity[axis] for axis in range(3)]
        p, i, d = settings.velocity_p, settings.velocity_i, settings.velocity_d
        integral, rate = self._integral, self._derivative
        integral[2] = max(-GRAVITY_M_S2, min(GRAVITY_M_S2, integral[2]))
        acc_n = setpoint.acceleration.n + p * errors[0] + integral[0] - d * rate[0]
        acc_e = setpoint.acceleration.e + p * errors[1] + integral[1] - d * rate[1]
        acc_d = (setpoint.acceleration.d if feed_forward_down else 0.0) + (
            settings.climb_p * errors[2] + integral[2] - settings.climb_d * rate[2]
        )
        self._acceleration_d = acc_d
        thrust = self._thrust(acc_n, acc_e, acc_d, flying, dt_s)
        self._wind_down(errors, thrust, flying)
        limited, made_n, made_e = self._saturate(thrust)
        if acc_n * acc_n + acc_e * acc_e > made_n * made_n + made_e * made_e:
            errors[0] -= 2.0 / p * (acc_n - made_n)
            errors[1] -= 2.0 / p * (acc_e - made_e)
        integral[0] += errors[0] * i * dt_s
        integral[1] += errors[1] * i * dt_s
        integral[2] += errors[2] * settings.climb_i * dt_s
        return limited

    def _wanted_velocity(
        self, setpoint: MovingSetpoint, position: Ned, climb_limit: float
    ) -> tuple[float, float, float]:
        settings = self.settings
        gains = (settings.position_p, settings.position_p, settings.height_p)
        fix = [
            0.0 if goal is None else (goal - here) * gain
            for goal, here, gain in zip(setpoint.position, position, gains, strict=True)
        ]
        north, east = setpoint.velocity.n + fix[0], setpoint.velocity.e + fix[1]
        speed, top = math.hypot(north, east), settings.top_speed_m_s
        if speed > top:
            north, east = north * top / speed, east * top / speed
        fall = max(settings.max_descent_speed_m_s, SPEED_ROOM * settings.descent_speed_m_s)
        down = max(-climb_limit, min(fall, setpoint.velocity.d + fix[2]))
        return north, east, down

    def _thrust(
        self, acc_n: float, acc_e: float, acc_d: float, flying: bool, dt_s: float
    ) -> ThrustCommand:
        settings = self.settings
        goal = math.radians(settings.max_tilt_deg if flying else settings.takeoff_tilt_deg)
        step = TILT_LIMIT_RATE * dt_s
        self._tilt_limit += max(-step, min(step, goal - self._tilt_limit))
        level = math.hypot(acc_n, acc_e)
        tilt = math.atan2(level, GRAVITY_M_S2)
        if tilt > self._tilt_limit:
            tilt = self._tilt_limit
        lift = acc_d * self.hover_thrust / GRAVITY_M_S2 - self.hover_thrust
        floor = max(settings.min_thrust if flying else 0.0, 1e-3)
        collective = max(-lift / math.cos(tilt), floor)
        side = collective * math.sin(tilt) / level if level > 1e-9 else 0.0
        return ThrustCommand(
            north=acc_n * side, east=acc_e * side, down=-collective * math.cos(tilt)
        )

    def _wind_down(self, errors: list[float], thrust: ThrustCommand, flying: bool) -> None:
        floor = max(self.settings.min_thrust if flying else 0.0, 1e-3)
        too_little = thrust.down >= -floor and errors[2] >= 0.0
        too_much = thrust.down <= -self.settings.max_thrust and errors[2] <= 0.0
        if too_little or too_much:
            errors[2] = 0.0

    def _saturate(self, thrust: ThrustCommand) -> tuple[ThrustCommand, float, float]:
        """The thrust within its limits and the horizontal acceleration that it makes."""
        settings = self.settings
        side = math.hypot(thrust.north, thrust.east)
        most = settings.max_thrust
        margin = min(side, settings.horizontal_thrust_margin)
        down = max(thrust.down, -math.sqrt(most * most - margin * margin))
        side_max = math.sqrt(max(most * most - down * down, 0.0))
        share = side_max / side if side > side_max else 1.0
        limited = ThrustCommand(north=thrust.north * share, east=thrust.east * share, down=down)
        scale = GRAVITY_M_S2 / self.hover_thrust
        return limited, limited.north * scale, limited.east * scale
