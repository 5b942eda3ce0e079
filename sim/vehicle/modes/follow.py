"""Follow: keep a distance, a height and an angle to somebody who says where they are.

An alpha-beta-gamma filter guesses between reports, a second-order filter smooths, the angle about
the target turns with limited jerk. Source: PX4-Autopilot v1.17, src/modules/flight_mode_manager/
tasks/AutoFollowTarget (FlightTaskAutoFollowTarget.cpp, follow_target_estimator).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sim.vehicle.guidance import Leg, OffboardSetpoint, Triplet
from sim.vehicle.modes.requests import FollowTarget
from sim.vehicle.navigation import NavigationState
from sim.vehicle.rotation import wrap_pi

STALE_AFTER_S = 3.0
POSITION_EVERY_S, VELOCITY_EVERY_S = 0.5, 0.1
MOST_ACCELERATION_M_S2 = 20.0
FILTER_RAD_S, FILTER_DAMPING = 1.0, 0.7071
RESET_AFTER_S = 1.5
MOVES_FROM_M_S = 1.0
ORBIT_JERK_M_S3, ORBIT_ACCELERATION_M_S2 = 4.0, 2.0
LEVEL_WITHIN_M, FACES_FROM_M = 3.0, 1.0
ABOVE_TERRAIN, ABOVE_TARGET = 1, 2
Vector = tuple[float, float, float]
ZERO: Vector = (0.0, 0.0, 0.0)


@dataclass(slots=True)
class _Guess:
    """Where the target is held to be; None before the first report."""

    position: Vector | None = None
    velocity: Vector = ZERO
    acceleration: Vector = ZERO
    heard_s: float = 0.0
    position_s: float = -math.inf
    velocity_s: float = -math.inf

    def hear(self, target: FollowTarget, responsiveness: float, now_s: float) -> None:
        """Take a report in."""
        first = self.position is None
        if self.position is None:
            self.position = target.place
            self.velocity = target.velocity or ZERO
            self.acceleration = ZERO
        self.heard_s = now_s
        beta = min(max(responsiveness, 0.1), 1.0) ** (1.0 / 3.0)
        if first or now_s - self.position_s > POSITION_EVERY_S:
            self._fuse_position(target.place, beta, now_s)
        wanted = target.velocity is not None and now_s - self.velocity_s > VELOCITY_EVERY_S
        if target.velocity is not None and wanted:
            self._fuse_velocity(target.velocity, 0.9 * beta, now_s)

    def _fuse_position(self, measured: Vector, beta: float, now_s: float) -> None:
        assert self.position is not None
        dt_s = min(max(now_s - self.position_s, 1e-3), 20.0)
        self.position_s = now_s
        off = _minus(measured, self.position)
        rest = 1.0 - beta
        self.position = _plus(self.position, off, 1.0 - beta**3)
        self.velocity = _plus(self.velocity, off, 1.5 * rest**2 * (1.0 + beta) / dt_s)
        self._push(off, 2.0 * 0.5 * rest**3 / dt_s**2)

    def _fuse_velocity(self, measured: Vector, beta: float, now_s: float) -> None:
        dt_s = min(max(now_s - self.velocity_s, 1e-3), 20.0)
        self.velocity_s = now_s
        off = _minus(measured, self.velocity)
        self.velocity = _plus(self.velocity, off, 1.0 - beta**2)
        self._push(off, (1.0 - beta) ** 2 / dt_s)

    def _push(self, off: Vector, gain: float) -> None:
        pushed = _plus(self.acceleration, off, gain)
        most = MOST_ACCELERATION_M_S2
        n, e, d = (min(max(value, -most), most) for value in pushed)
        self.acceleration = (n, e, d)

    def predict(self, dt_s: float, now_s: float) -> None:
        """Move on; a target that has fallen silent is held to stand still."""
        if self.position is None:
            return
        moved = _plus(self.position, self.velocity, dt_s)
        self.position = _plus(moved, self.acceleration, dt_s * dt_s / 2.0)
        self.velocity = _plus(self.velocity, self.acceleration, dt_s)
        if now_s - self.heard_s > STALE_AFTER_S:
            self.velocity = self.acceleration = ZERO


@dataclass(slots=True)
class _Turn:
    """An angle that turns with limited rate, acceleration and jerk (radians, seconds)."""

    angle: float = 0.0
    rate: float = 0.0
    acceleration: float = 0.0

    def toward(
        self, left: float, dt_s: float, *, rate: float, acceleration: float, jerk: float
    ) -> None:
        """Move on by `dt_s` with `left` still to turn."""
        b = 4.0 * acceleration * acceleration / jerk
        stop = (-b + math.sqrt(b * b + 8.0 * acceleration * abs(left))) / 2.0
        off = math.copysign(min(stop, rate), left) - self.rate
        wanted = math.copysign(min(math.sqrt(2.0 * jerk * abs(off)), acceleration), off)
        wanted = min(max(wanted, -abs(off) / dt_s), abs(off) / dt_s)
        step = jerk * dt_s
        self.acceleration += min(max(wanted - self.acceleration, -step), step)
        self.rate += self.acceleration * dt_s
        self.angle += self.rate * dt_s


class FollowMode:
    """While active, moves a setpoint about the target; before the first report it stays."""

    def __init__(self) -> None:
        self.triplet: Triplet | None = None
        self._guess = _Guess()
        self._smooth: Vector | None = None
        self._rate: Vector = ZERO
        self._angle = _Turn()
        self._course = 0.0
        self._before_s = 0.0
        self._yaw = 0.0

    def hear(
        self, target: FollowTarget, parameters: Mapping[str, int | float], now_s: float
    ) -> None:
        """A report of the target came in."""
        if now_s - self._guess.heard_s > RESET_AFTER_S:
            self._smooth = None
        self._guess.hear(target, float(parameters["FLW_TGT_RS"]), now_s)

    def activate(self, state: NavigationState) -> None:
        """The mode was entered; what was heard before does not count."""
        self._guess = _Guess()
        self._smooth, self._course = None, 0.0
        self._angle = _Turn()
        self._before_s, self._yaw = state.now_s, state.yaw
        self.triplet = self._stay(state)

    def deactivate(self) -> None:
        """The mode was left."""
        self.triplet = None

    def step(self, state: NavigationState, parameters: Mapping[str, int | float]) -> None:
        """Move on to the state's time."""
        dt_s, self._before_s = state.now_s - self._before_s, state.now_s
        if dt_s <= 0.0:
            return
        self._guess.predict(dt_s, state.now_s)
        if self._guess.position is not None:
            self._filter(self._guess.position, dt_s)
            self.triplet = self._keep_up(state, parameters, dt_s)

    def _filter(self, position: Vector, dt_s: float) -> None:
        if self._smooth is None:
            self._smooth, self._rate = position, self._guess.velocity
            return
        off = _minus(position, self._smooth)
        slip = _minus(self._guess.velocity, self._rate)
        self._rate = _plus(self._rate, off, FILTER_RAD_S**2 * dt_s)
        self._rate = _plus(self._rate, slip, 2.0 * FILTER_DAMPING * FILTER_RAD_S * dt_s)
        self._smooth = _plus(self._smooth, self._rate, dt_s)

    def _keep_up(
        self, state: NavigationState, parameters: Mapping[str, int | float], dt_s: float
    ) -> Triplet:
        assert self._smooth is not None
        distance = max(float(parameters["FLW_TGT_DST"]), 1.0)
        moves = math.hypot(*self._rate[:2]) >= MOVES_FROM_M_S
        if moves and math.hypot(*self._guess.velocity[:2]) >= MOVES_FROM_M_S:
            self._course = math.atan2(self._rate[1], self._rate[0])
        self._turn(math.radians(parameters["FLW_TGT_FA"]), distance, parameters, dt_s)
        angle, turn = self._angle.angle, self._angle.rate
        dn, de = math.cos(angle), math.sin(angle)
        down = self._down(state, parameters)
        wanted = (self._smooth[0] + dn * distance, self._smooth[1] + de * distance, down)
        self._look(state)
        if abs(down - state.position.d) >= LEVEL_WITHIN_M:
            here = state.position
            return self._fly(
                state, OffboardSetpoint(position=(here.n, here.e, down), yaw=self._yaw)
            )
        along = turn * distance
        pull, push = -turn * turn * distance, self._angle.acceleration * distance
        return self._fly(
            state,
            OffboardSetpoint(
                position=wanted,
                velocity=(self._rate[0] - de * along, self._rate[1] + dn * along, None),
                acceleration=(dn * pull - de * push, de * pull + dn * push, None),
                yaw=self._yaw,
            ),
        )

    def _turn(
        self, beside: float, distance: float, parameters: Mapping[str, int | float], dt_s: float
    ) -> None:
        self._angle.toward(
            wrap_pi(self._course + beside - self._angle.angle),
            dt_s,
            rate=float(parameters["FLW_TGT_MAX_VEL"]) / distance,
            acceleration=ORBIT_ACCELERATION_M_S2 / distance,
            jerk=ORBIT_JERK_M_S3 / distance,
        )

    def _down(self, state: NavigationState, parameters: Mapping[str, int | float]) -> float:
        height, kind = float(parameters["FLW_TGT_HT"]), int(parameters["FLW_TGT_ALT_M"])
        if kind == ABOVE_TARGET and self._smooth is not None:
            return self._smooth[2] - height
        return state.home.d - height

    def _look(self, state: NavigationState) -> None:
        assert self._smooth is not None
        dn, de = self._smooth[0] - state.position.n, self._smooth[1] - state.position.e
        if math.hypot(dn, de) > FACES_FROM_M:
            self._yaw = math.atan2(de, dn)

    def _stay(self, state: NavigationState) -> Triplet:
        return self._fly(state, OffboardSetpoint(velocity=ZERO, yaw=self._yaw))

    def _fly(self, state: NavigationState, setpoint: OffboardSetpoint) -> Triplet:
        return Triplet(
            leg=Leg.OFFBOARD,
            current=state.position,
            acceptance_m=state.settings.acceptance_m,
            cruise_m_s=state.speed_to_fly_m_s,
            offboard=setpoint,
        )


def _minus(a: Vector, b: Vector) -> Vector:
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def _plus(a: Vector, b: Vector, share: float) -> Vector:
    return (a[0] + b[0] * share, a[1] + b[1] * share, a[2] + b[2] * share)
