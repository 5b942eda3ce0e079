"""What a ground station or a companion computer may ask of the modes, as plain values.

Whoever reads the wire makes one of these and hands it to `Aircraft.modes` (see `mode_desk`). Angles
in radians, speeds in metres a second, places in the vehicle's local north-east-down frame; None
stands for MAVLink's not-a-number: leave it as it is.
Source: PX4-Autopilot v1.17, navigator_main.cpp, FlightTaskOrbit.cpp, Commander.cpp.
"""

from dataclasses import dataclass
from enum import IntEnum

from sim.vehicle.trajectory import Ned


class Result(IntEnum):
    """MAV_RESULT."""

    ACCEPTED = 0
    TEMPORARILY_REJECTED = 1
    DENIED = 2
    UNSUPPORTED = 3
    FAILED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class OrbitRequest:
    """MAV_CMD_DO_ORBIT. A negative radius flies counter-clockwise.

    The centre is given as its level part (`centre`, whose down part is not read) and its down.
    """

    radius_m: float | None = None
    speed_m_s: float | None = None
    yaw_behaviour: int | None = None
    centre: Ned | None = None
    centre_down_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrbitStatus:
    """What ORBIT_EXECUTION_STATUS tells; the radius is signed, + clockwise seen from above."""

    radius_m: float
    yaw_behaviour: int
    centre: Ned


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositionRequest:
    """MAV_CMD_DO_REPOSITION, or DO_CHANGE_ALTITUDE with a height alone.

    `place` is the level part (its down part is not read), `down_m` the height; `switch_mode` is
    bit 0 of the flags.
    """

    place: Ned | None = None
    down_m: float | None = None
    yaw: float | None = None
    speed_m_s: float | None = None
    switch_mode: bool = True
    height_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowTarget:
    """FOLLOW_TARGET: where the followed one is; `velocity` None where it is not measured."""

    place: Ned
    velocity: Ned | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficReport:
    """An aircraft nearby (ADSB_VEHICLE): place, velocity, and the callsign to speak of it."""

    callsign: str
    place: Ned
    velocity: Ned


class Peer(IntEnum):
    """Who a HEARTBEAT came from, as PX4 tells them apart (MAV_TYPE)."""

    GROUND_STATION = 6
    ONBOARD_CONTROLLER = 18
    PARACHUTE = 43
    REMOTE_ID = 34
    TRAFFIC = 27
