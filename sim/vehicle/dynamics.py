"""What the body reads as: the airframe's figures, and views of the truth and of the belief.

The figures are those of PX4's SIH quadrotor (SIH_* parameters): 1 kg, four times 5 N, drag of
1 N per m/s. The motion itself is in `sim.vehicle.core.body`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sim.vehicle.control import GRAVITY_M_S2
from sim.vehicle.core.fleet import FleetCore
from sim.vehicle.trajectory import Ned

# Read off ATTITUDE beside ATTITUDE_TARGET of recorded flights (rate loops, motors and filters).
LEAST_INERTIA_KG_M2 = 1e-4
RATE_LAG_S, YAW_RATE_LAG_S = 0.08, 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Airframe:
    """What the body is made of."""

    mass_kg: float = 1.0
    max_thrust_n: float = 20.0
    drag_n_per_m_s: float = 1.0
    motor_lag_s: float = 0.05
    reference_rad_s: float = 50.0
    inertia_kg_m2: tuple[float, float, float] = (0.025, 0.025, 0.03)
    arm_roll_m: float = 0.2
    arm_pitch_m: float = 0.2
    most_torque_nm: float = 0.1
    spin_drag: float = 0.025

    @property
    def hover_thrust(self) -> float:
        """The share of thrust that holds it in still air."""
        return self.mass_kg * GRAVITY_M_S2 / self.max_thrust_n

    def shares(self, dt_s: float) -> dict[str, float]:
        """How much of the way goes in one step, by name of the record's field: first-order lags."""
        lags = {
            "motor_share": self.motor_lag_s,
            "reference_share": 2.0 / max(self.reference_rad_s, 1.0),
            "rate_share": RATE_LAG_S,
            "yaw_rate_share": YAW_RATE_LAG_S,
        }
        return {name: 1.0 - math.exp(-dt_s / max(lag, 1e-3)) for name, lag in lags.items()}


def airframe_of(values: Mapping[str, int | float]) -> Airframe:
    """What SIH's parameters make of the body."""
    return Airframe(
        mass_kg=values["SIH_MASS"],
        max_thrust_n=4.0 * values["SIH_T_MAX"],
        drag_n_per_m_s=values["SIH_KDV"],
        motor_lag_s=values["SIH_T_TAU"],
        reference_rad_s=values["MC_REF_W_N"],
        inertia_kg_m2=(
            max(values["SIH_IXX"], LEAST_INERTIA_KG_M2),
            max(values["SIH_IYY"], LEAST_INERTIA_KG_M2),
            max(values["SIH_IZZ"], LEAST_INERTIA_KG_M2),
        ),
        arm_roll_m=values["SIH_L_ROLL"],
        arm_pitch_m=values["SIH_L_PITCH"],
        most_torque_nm=values["SIH_Q_MAX"],
        spin_drag=values["SIH_KDW"],
    )


class Reads:
    """What is read alike of the truth and of the belief; north, east, down about the origin."""

    def __init__(self, core: FleetCore, index: int, *, position: str, velocity: str) -> None:
        self._craft, self._index = core.craft, index
        self._position = core.craft[position][index]
        self._velocity = core.craft[velocity][index]

    def _number(self, name: str) -> float:
        return float(self._craft[name][self._index])

    @property
    def position(self) -> Ned:
        """Where it is."""
        return Ned(*self._position.tolist())

    @property
    def velocity(self) -> Ned:
        """How it moves over the ground."""
        return Ned(*self._velocity.tolist())

    @property
    def yaw_rate(self) -> float:
        """How quickly the heading changes; gyroscopes are not wrong about that."""
        return self._number("yaw_rate")

    @property
    def ground_d(self) -> float:
        """Where the floor below is."""
        return self._number("ground_d")

    @property
    def height_above_ground_m(self) -> float:
        """Height above the floor below."""
        return self.ground_d - self.position.d


class Body(Reads):
    """The truth about the mass, read from its record."""

    def __init__(self, core: FleetCore, index: int) -> None:
        super().__init__(core, index, position="position", velocity="velocity")
        self._acceleration = core.craft["acceleration"][index]
        self._lean = core.craft["lean"][index]

    @property
    def acceleration(self) -> Ned:
        """How its velocity changes."""
        return Ned(*self._acceleration.tolist())

    @property
    def yaw(self) -> float:
        """Heading."""
        return self._number("yaw")

    @property
    def thrust(self) -> float:
        """What the motors are driven to, as a share of the most."""
        return self._number("thrust")

    @property
    def lean_n(self) -> float:
        """The thrust direction's part toward north."""
        return float(self._lean[0])

    @property
    def lean_e(self) -> float:
        """The thrust direction's part toward east."""
        return float(self._lean[1])

    @property
    def grounded(self) -> bool:
        """Whether it stands."""
        return bool(self._craft["grounded"][self._index])

    @property
    def upright(self) -> float:
        """Cosine of the tilt; below zero upside down."""
        up = math.sqrt(max(1.0 - self.lean_n**2 - self.lean_e**2, 0.0))
        return -up if self._craft["inverted"][self._index] else up


class Belief(Reads):
    """What control takes for the truth: the truth plus the errors of its sensors."""

    def __init__(self, core: FleetCore, index: int) -> None:
        super().__init__(core, index, position="believed_position", velocity="believed_velocity")

    @property
    def yaw(self) -> float:
        """Where it thinks its nose points."""
        return self._number("believed_yaw")
