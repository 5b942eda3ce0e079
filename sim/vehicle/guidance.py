"""What a flight is asked to do: legs, triplets of setpoints, a companion's setpoint.

North, east, down in metres about the local origin; the kernels of `sim.vehicle.core` fly them.
"""

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import NamedTuple

from sim.vehicle.trajectory import Ned


class Leg(Enum):
    """What a setpoint asks for."""

    IDLE = "idle"
    TAKEOFF = "takeoff"
    POSITION = "position"
    LOITER = "loiter"
    LAND = "land"
    DESCEND = "descend"
    ORBIT = "orbit"
    OFFBOARD = "offboard"
    STICKS_POSITION = "sticks_position"
    STICKS_ALTITUDE = "sticks_altitude"
    STICKS_STABILIZED = "sticks_stabilized"
    STICKS_ACRO = "sticks_acro"
    ATTITUDE = "attitude"
    RATES = "rates"


class OrbitYaw(IntEnum):
    """ORBIT_YAW_BEHAVIOUR: where the nose points on a circle."""

    CENTRE = 0
    INITIAL = 1
    UNCONTROLLED = 2
    TANGENT = 3
    RC = 4


Axes = tuple[float | None, float | None, float | None]
NO_AXES: Axes = (None, None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OffboardSetpoint:
    """What a companion asks for (PX4's trajectory_setpoint): None where an axis is free.

    North, east, down: metres, m/s, m/s2; yaw in radians, its rate in radians a second. With a
    `kind` of ATTITUDE (w, x, y, z; forward-right-down into north-east-down) or RATES (about the
    body's axes, radians a second; None leaves one as it is) nothing beyond is controlled, and
    `thrust` is a share of the most.
    """

    position: Axes = NO_AXES
    velocity: Axes = NO_AXES
    acceleration: Axes = NO_AXES
    yaw: float | None = None
    yaw_rate: float | None = None
    kind: Leg = Leg.OFFBOARD
    attitude: tuple[float, float, float, float] | None = None
    rates: Axes = NO_AXES
    thrust: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Triplet:
    """Where from, where to and where to next; `yaw` in radians, None to face the target.

    Without `following` the vehicle stops at the target; without `previous` it does not follow a
    line. An orbit goes round `current`, clockwise seen from above where its speed is positive.
    """

    leg: Leg
    current: Ned
    previous: Ned | None = None
    following: Ned | None = None
    yaw: float | None = None
    acceptance_m: float
    cruise_m_s: float
    orbit_radius_m: float = 0.0
    orbit_speed_m_s: float = 0.0
    orbit_yaw_behaviour: OrbitYaw = OrbitYaw.CENTRE
    offboard: OffboardSetpoint | None = None


class MovingSetpoint(NamedTuple):
    """What the controller tracks now; None where an axis is not controlled."""

    position: tuple[float | None, float | None, float | None]
    velocity: Ned
    acceleration: Ned
    thrust_off: bool
    wants_takeoff: bool
