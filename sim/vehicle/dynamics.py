"""The body of the simulated multirotor: a mass with thrust, linear drag, wind and a floor.

The figures are those of PX4's SIH quadrotor (SIH_* parameters): 1 kg, four times 5 N, drag of
1 N per m/s. Attitude is not simulated as torques: the thrust direction follows its command as a
lag does, which is what the position loop sees of a tuned attitude loop.
Source: PX4-Autopilot v1.17, src/modules/simulation/simulator_sih/sih.cpp.
"""

import math
from dataclasses import dataclass

from sim.vehicle.control import GRAVITY_M_S2, ThrustCommand
from sim.vehicle.rotation import wrap_pi
from sim.vehicle.trajectory import Ned

YAW_LAG_S = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Airframe:
    """What the body is made of."""

    mass_kg: float = 1.0
    max_thrust_n: float = 20.0
    drag_n_per_m_s: float = 1.0
    motor_lag_s: float = 0.05
    tilt_lag_s: float = 0.12

    @property
    def hover_thrust(self) -> float:
        """The share of thrust that holds it in still air."""
        return self.mass_kg * GRAVITY_M_S2 / self.max_thrust_n


class Body:
    """Position, velocity and attitude of the mass; north, east, down about the local origin."""

    def __init__(self, airframe: Airframe, *, yaw: float = 0.0) -> None:
        self.airframe = airframe
        self.position = Ned(0.0, 0.0, 0.0)
        self.velocity = Ned(0.0, 0.0, 0.0)
        self.acceleration = Ned(0.0, 0.0, 0.0)
        self.yaw = yaw
        self.yaw_rate = 0.0
        self.wind = (0.0, 0.0)
        self.ground_d = 0.0
        self.grounded = True
        self.thrust = 0.0
        self.lean_n = 0.0
        self.lean_e = 0.0
        # How much of the way each first-order lag goes in one step.
        self._dt_s = 0.0
        self._shares: tuple[float, ...] = (1.0, 1.0, 1.0)

    @property
    def height_above_ground_m(self) -> float:
        """Height above the floor below."""
        return self.ground_d - self.position.d

    @property
    def upright(self) -> float:
        """Cosine of the tilt."""
        return math.sqrt(max(1.0 - self.lean_n**2 - self.lean_e**2, 0.0))

    def step(self, command: ThrustCommand, *, yaw: float, dt_s: float) -> None:
        """Move on by `dt_s` under a thrust command, turning toward a heading."""
        frame = self.airframe
        if dt_s != self._dt_s:
            self._dt_s = dt_s
            lags = (frame.motor_lag_s, frame.tilt_lag_s, YAW_LAG_S)
            self._shares = tuple(1.0 - math.exp(-dt_s / lag) for lag in lags)
        motor, tilt, heading = self._shares
        collective = command.collective
        self.thrust += motor * (collective - self.thrust)
        self._lean(command, collective, tilt)
        turn = wrap_pi(yaw - self.yaw) * heading
        self.yaw_rate = turn / dt_s
        if not self.grounded:
            self.yaw = wrap_pi(self.yaw + turn)
        self._move(dt_s)

    def _lean(self, command: ThrustCommand, collective: float, share: float) -> None:
        goal_n = command.north / collective if collective > 1e-3 else 0.0
        goal_e = command.east / collective if collective > 1e-3 else 0.0
        self.lean_n += share * (goal_n - self.lean_n)
        self.lean_e += share * (goal_e - self.lean_e)

    def _move(self, dt_s: float) -> None:
        frame, v = self.airframe, self.velocity
        lift = self.thrust * frame.max_thrust_n / frame.mass_kg
        upright = self.upright
        drag = frame.drag_n_per_m_s / frame.mass_kg
        acc_n = lift * self.lean_n - drag * (v.n - self.wind[0])
        acc_e = lift * self.lean_e - drag * (v.e - self.wind[1])
        acc_d = GRAVITY_M_S2 - lift * upright - drag * v.d
        if self.position.d >= self.ground_d and (acc_d > 0.0 or v.d > 0.0):
            self._rest()
            return
        self.grounded = False
        new = Ned(v.n + acc_n * dt_s, v.e + acc_e * dt_s, v.d + acc_d * dt_s)
        self.acceleration = Ned(acc_n, acc_e, acc_d)
        p = self.position
        down = p.d + (v.d + new.d) / 2 * dt_s
        self.position = Ned(p.n + (v.n + new.n) / 2 * dt_s, p.e + (v.e + new.e) / 2 * dt_s, down)
        self.velocity = new

    def _rest(self) -> None:
        self.grounded = True
        self.position = Ned(self.position.n, self.position.e, self.ground_d)
        self.velocity = Ned(0.0, 0.0, 0.0)
        self.acceleration = Ned(0.0, 0.0, 0.0)
