"""PX4's flight modes as names, and as the `custom_mode` of HEARTBEAT and CURRENT_MODE.

`custom_mode` = main << 16 | sub << 24 (PX4's px4_custom_mode.h). The numbers agree with the 28
AVAILABLE_MODES that PX4 reports itself.
"""

from enum import StrEnum

from onboard.mavlink.codec import Address
from onboard.mavlink.command import CommandSender

DO_SET_MODE = 176
CUSTOM_MODE_ENABLED = 1


class Px4Mode(StrEnum):
    """A flight mode of PX4, named as its user knows it."""

    MANUAL = "manual"
    ALTITUDE = "altitude"
    POSITION = "position"
    POSITION_SLOW = "position_slow"
    ORBIT = "orbit"
    READY = "ready"
    TAKEOFF = "takeoff"
    HOLD = "hold"
    MISSION = "mission"
    RTL = "rtl"
    LAND = "land"
    FOLLOW = "follow"
    PRECISION_LAND = "precision_land"
    VTOL_TAKEOFF = "vtol_takeoff"
    GUIDED_COURSE = "guided_course"
    DESCEND = "descend"
    ACRO = "acro"
    OFFBOARD = "offboard"
    STABILIZED = "stabilized"
    TERMINATION = "termination"
    ALTITUDE_CRUISE = "altitude_cruise"
    EXTERNAL = "external"
    UNKNOWN = "unknown"


_MAIN_AND_SUB: dict[Px4Mode, tuple[int, int]] = {
    Px4Mode.MANUAL: (1, 0),
    Px4Mode.ALTITUDE: (2, 0),
    Px4Mode.POSITION: (3, 0),
    Px4Mode.ORBIT: (3, 1),
    Px4Mode.POSITION_SLOW: (3, 2),
    Px4Mode.READY: (4, 1),
    Px4Mode.TAKEOFF: (4, 2),
    Px4Mode.HOLD: (4, 3),
    Px4Mode.MISSION: (4, 4),
    Px4Mode.RTL: (4, 5),
    Px4Mode.LAND: (4, 6),
    Px4Mode.FOLLOW: (4, 8),
    Px4Mode.PRECISION_LAND: (4, 9),
    Px4Mode.VTOL_TAKEOFF: (4, 10),
    Px4Mode.EXTERNAL: (4, 11),
    Px4Mode.GUIDED_COURSE: (4, 19),
    Px4Mode.DESCEND: (4, 20),
    Px4Mode.ACRO: (5, 0),
    Px4Mode.OFFBOARD: (6, 0),
    Px4Mode.STABILIZED: (7, 0),
    Px4Mode.TERMINATION: (10, 0),
    Px4Mode.ALTITUDE_CRUISE: (11, 0),
}
_BY_MAIN_AND_SUB = {numbers: mode for mode, numbers in _MAIN_AND_SUB.items()}
# External modes (companion computers register them) are numbered 1 to 8.
_BY_MAIN_AND_SUB |= {(4, sub): Px4Mode.EXTERNAL for sub in range(11, 19)}


def main_and_sub(mode: Px4Mode) -> tuple[int, int]:
    """PX4's main and sub mode; ValueError for UNKNOWN."""
    if mode is Px4Mode.UNKNOWN:
        raise ValueError("an unknown mode has no number")
    return _MAIN_AND_SUB[mode]


def custom_mode(mode: Px4Mode) -> int:
    """The mode as HEARTBEAT.custom_mode; ValueError for UNKNOWN."""
    main, sub = main_and_sub(mode)
    return main << 16 | sub << 24


def px4_mode(custom_mode: int) -> Px4Mode:
    """The mode that HEARTBEAT.custom_mode names; UNKNOWN where PX4 has a mode that we lack."""
    return _BY_MAIN_AND_SUB.get(
        (custom_mode >> 16 & 0xFF, custom_mode >> 24 & 0xFF), Px4Mode.UNKNOWN
    )


def mode_parameters(mode: Px4Mode) -> tuple[float, float, float]:
    """The first three parameters of MAV_CMD_DO_SET_MODE: flags, main mode, sub mode."""
    main, sub = main_and_sub(mode)
    return (float(CUSTOM_MODE_ENABLED), float(main), float(sub))


def set_mode(*, own: Address, vehicle: Address, mode: Px4Mode) -> CommandSender:
    """The command that asks `vehicle` for `mode`; the heartbeat follows its ACK by up to 1 s."""
    return CommandSender(
        own=own, vehicle=vehicle, command=DO_SET_MODE, params=mode_parameters(mode)
    )
