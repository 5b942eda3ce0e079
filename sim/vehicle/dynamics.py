"""What the body reads as: the airframe's figures, and views of the truth and of the belief.

The figures are those of PX4's SIH quadrotor (SIH_* parameters): 1 kg, four times 5 N, drag of
1 N per m/s. The motion itself is in `sim.vehicle.core.body`.
"""

import math
from dataclasses import dataclass

from sim.vehicle.control import GRAVITY_M_S2
from sim.vehicle.core.fleet import FleetCore
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

    def shares(self, dt_s: float) -> tuple[float, float, float]:
        """How much of the way motors, tilt and heading go in one step: first-order lags."""
        lags = (self.motor_lag_s, self.tilt_lag_s, YAW_LAG_S)
        motor, tilt, yaw = (1.0 - math.exp(-dt_s / max(lag, 1e-3)) for lag in lags)
        return motor, tilt, yaw


class Body:
    """The truth about the mass, read from its record; north, east, down about the local origin."""

    def __init__(self, core: FleetCore, index: int) -> None:
        craft = core.craft
        self._craft, self._index = craft, index
        self._position = craft["position"][index]
        self._velocity = craft["velocity"][index]
        self._acceleration = craft["acceleration"][index]
        self._lean = craft["lean"][index]

    @property
    def position(self) -> Ned:
        """Where it is."""
        return Ned(*self._position.tolist())

    @property
    def velocity(self) -> Ned:
        """How it moves over the ground."""
        return Ned(*self._velocity.tolist())

    @property
    def acceleration(self) -> Ned:
        """How its velocity changes."""
        return Ned(*self._acceleration.tolist())

    @property
    def yaw(self) -> float:
        """Heading."""
        return float(self._craft["yaw"][self._index])

    @property
    def yaw_rate(self) -> float:
        """How quickly the heading changes."""
        return float(self._craft["yaw_rate"][self._index])

    @property
    def thrust(self) -> float:
        """What the motors are driven to, as a share of the most."""
        return float(self._craft["thrust"][self._index])

    @property
    def lean_n(self) -> float:
        """The thrust direction's part toward north."""
        return float(self._lean[0])

    @property
    def lean_e(self) -> float:
        """The thrust direction's part toward east."""
        return float(self._lean[1])

    @property
    def ground_d(self) -> float:
        """Where the floor below is."""
        return float(self._craft["ground_d"][self._index])

    @property
    def grounded(self) -> bool:
        """Whether it stands."""
        return bool(self._craft["grounded"][self._index])

    @property
    def height_above_ground_m(self) -> float:
        """Height above the floor below."""
        return self.ground_d - self.position.d

    @property
    def upright(self) -> float:
        """Cosine of the tilt."""
        return math.sqrt(max(1.0 - self.lean_n**2 - self.lean_e**2, 0.0))


class Belief:
    """What control takes for the truth: the truth plus the errors of its sensors."""

    def __init__(self, core: FleetCore, index: int) -> None:
        self._craft, self._index = core.craft, index
        self._position = core.craft["believed_position"][index]
        self._velocity = core.craft["believed_velocity"][index]

    @property
    def position(self) -> Ned:
        """Where it thinks it is."""
        return Ned(*self._position.tolist())

    @property
    def velocity(self) -> Ned:
        """How it thinks it moves."""
        return Ned(*self._velocity.tolist())

    @property
    def yaw(self) -> float:
        """Where it thinks its nose points."""
        return float(self._craft["believed_yaw"][self._index])

    @property
    def yaw_rate(self) -> float:
        """How quickly its heading changes; gyroscopes are not wrong about that."""
        return float(self._craft["yaw_rate"][self._index])

    @property
    def ground_d(self) -> float:
        """Where the floor below is."""
        return float(self._craft["ground_d"][self._index])

    @property
    def height_above_ground_m(self) -> float:
        """Height above the floor below."""
        return self.ground_d - self.position.d
