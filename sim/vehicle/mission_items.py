"""Mission items as the navigator holds them, read from what was uploaded.

Source: PX4-Autopilot v1.17, src/modules/mavlink/mavlink_mission.cpp (parse_mavlink_mission_item).
"""

import math
from dataclasses import dataclass

from missions.plan import RELATIVE_FRAMES, Command, Frame
from onboard.mavlink.plan_items import WireItem
from sim.vehicle.rotation import wrap_pi

DEGREES_PER_UNIT = 1e-7
POSITION_COMMANDS = frozenset(
    (
        Command.NAV_WAYPOINT,
        Command.NAV_LOITER_UNLIM,
        Command.NAV_LOITER_TIME,
        Command.NAV_LAND,
        Command.NAV_TAKEOFF,
        Command.NAV_LOITER_TO_ALT,
        Command.NAV_VTOL_TAKEOFF,
        Command.NAV_VTOL_LAND,
    )
)
PLACE_COMMANDS = POSITION_COMMANDS | {
    Command.DO_SET_ROI_LOCATION,
    Command.DO_SET_ROI,
    Command.NAV_ROI,
    Command.CONDITION_GATE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """One item. `height_m` is above home where `relative`, else above mean sea level.

    Latitude and longitude in degrees (0 where the item has no place); `yaw` in radians, None for
    'face the target'; `acceptance_m` and `circle_m` (of a loiter to a height) None for the
    parameter's; `params` are the seven as uploaded.
    """

    command: int
    params: tuple[float, float, float, float, float, float, float]
    latitude_deg: float
    longitude_deg: float
    height_m: float
    relative: bool
    autocontinue: bool
    stay_s: float
    acceptance_m: float | None
    yaw: float | None
    circle_m: float | None = None

    @property
    def has_position(self) -> bool:
        """Whether the vehicle flies to the item's place."""
        return self.command in POSITION_COMMANDS

    @property
    def jump_target(self) -> int:
        """The item that a DO_JUMP leads to."""
        return _whole(self.params[0])

    @property
    def jump_repeats(self) -> int:
        """How often a DO_JUMP jumps."""
        return _whole(self.params[1])

    def height_amsl_m(self, home_amsl_m: float) -> float:
        """The item's height above mean sea level."""
        return self.height_m + home_amsl_m if self.relative else self.height_m


def nav_item(wire: WireItem) -> NavItem:
    """The item that the navigator makes of an accepted upload."""
    command, params = wire.command, (wire.param1, wire.param2, wire.param3, wire.param4)
    placed = command in PLACE_COMMANDS
    stay = params[0] if command in _STAYS else 0.0
    accepts = command == Command.NAV_WAYPOINT and params[1] > 0.0
    return NavItem(
        command=command,
        params=(*params, float(wire.x), float(wire.y), wire.z),
        latitude_deg=wire.x * DEGREES_PER_UNIT if placed else 0.0,
        longitude_deg=wire.y * DEGREES_PER_UNIT if placed else 0.0,
        height_m=wire.z,
        relative=Frame(wire.frame) in RELATIVE_FRAMES,
        autocontinue=bool(wire.autocontinue),
        stay_s=max(stay, 0.0) if math.isfinite(stay) else 0.0,
        acceptance_m=params[1] if accepts else None,
        yaw=_yaw(command, params[3]),
        circle_m=_circle_m(params[1]) if command == Command.NAV_LOITER_TO_ALT else None,
    )


_STAYS = frozenset((Command.NAV_WAYPOINT, Command.NAV_LOITER_TIME, Command.NAV_DELAY))
_HEADINGS = frozenset((Command.NAV_WAYPOINT, Command.NAV_LOITER_UNLIM, Command.NAV_TAKEOFF))


def _circle_m(radius_m: float) -> float | None:
    return abs(radius_m) if math.isfinite(radius_m) and radius_m != 0.0 else None


def _whole(value: float) -> int:
    return int(value) if math.isfinite(value) else 0


def _yaw(command: int, degrees: float) -> float | None:
    if command not in _HEADINGS or not math.isfinite(degrees):
        return None
    return wrap_pi(math.radians(degrees))
