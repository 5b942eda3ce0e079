"""What a failsafe does, for how long, and which parameter chose it.

Source: PX4-Autopilot v1.17, src/modules/commander/failsafe/failsafe.cpp (from...ActParam).
"""

from dataclasses import dataclass, replace
from enum import Enum, IntEnum

from onboard.mavlink.px4_modes import Px4Mode
from sim.vehicle.battery import ChargeState


class Action(IntEnum):
    """What is done, the graver the greater."""

    NONE = 0
    WARN = 1
    FALLBACK_POSITION = 2
    FALLBACK_ALTITUDE = 3
    FALLBACK_STABILIZED = 4
    HOLD = 5
    RETURN = 6
    LAND = 7
    DESCEND = 8
    DISARM = 9
    TERMINATE = 10


class Clears(Enum):
    """When an action ends whose cause has passed."""

    WITH_CAUSE = "with its cause"
    ON_MODE_CHANGE = "on a change of mode, or disarming"
    ON_DISARM = "on disarming"
    NEVER = "never"


class Takeover(IntEnum):
    """Whether the operator may overrule an action, the stricter the greater."""

    ALWAYS = 0
    MODE_SWITCH = 1
    AUTO = 2
    NEVER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An action with its conditions; `deferrable` while an external mode asks for it."""

    action: Action
    clears: Clears = Clears.WITH_CAUSE
    takeover: Takeover = Takeover.AUTO
    deferrable: bool = True

    def urgent(self) -> "Response":
        """The same, but never deferred."""
        return replace(self, deferrable=False)


MODES = {
    Action.FALLBACK_POSITION: Px4Mode.POSITION,
    Action.FALLBACK_ALTITUDE: Px4Mode.ALTITUDE,
    Action.FALLBACK_STABILIZED: Px4Mode.STABILIZED,
    Action.HOLD: Px4Mode.HOLD,
    Action.RETURN: Px4Mode.RTL,
    Action.LAND: Px4Mode.LAND,
    Action.DESCEND: Px4Mode.DESCEND,
}
NOTHING = Response(action=Action.NONE)
WARNING = Response(action=Action.WARN)
_UNTIL_CHANGED = {
    action: Response(action=action, clears=Clears.ON_MODE_CHANGE)
    for action in (Action.HOLD, Action.RETURN, Action.LAND)
}
_TERMINATION = Response(action=Action.TERMINATE, clears=Clears.NEVER, takeover=Takeover.NEVER)
_ESCAPABLE_HOLD = Response(
    action=Action.HOLD, clears=Clears.ON_MODE_CHANGE, takeover=Takeover.MODE_SWITCH
)
_LINK = {
    1: _UNTIL_CHANGED[Action.HOLD],
    2: _UNTIL_CHANGED[Action.RETURN],
    3: _UNTIL_CHANGED[Action.LAND],
    5: _TERMINATION,
    6: Response(action=Action.DISARM, takeover=Takeover.NEVER),
}
_LIMITS = {
    0: NOTHING,
    2: _ESCAPABLE_HOLD,
    3: _UNTIL_CHANGED[Action.RETURN],
    4: _TERMINATION,
    5: _UNTIL_CHANGED[Action.LAND],
}
_INACCURATE = {0: Action.NONE, 2: Action.HOLD, 3: Action.RETURN, 5: Action.LAND}
_MOTOR = {
    1: Response(action=Action.HOLD),
    2: _UNTIL_CHANGED[Action.LAND],
    3: _UNTIL_CHANGED[Action.RETURN],
    4: Response(action=Action.TERMINATE, clears=Clears.NEVER),
}
_NO_SATELLITES = {
    1: _UNTIL_CHANGED[Action.RETURN],
    2: _UNTIL_CHANGED[Action.LAND],
    3: _TERMINATION,
}
_TRAFFIC = {
    1: WARNING,
    2: WARNING,
    3: _UNTIL_CHANGED[Action.RETURN],
    4: _UNTIL_CHANGED[Action.LAND],
}
_REMOTE_ID = {
    3: _UNTIL_CHANGED[Action.RETURN],
    4: _UNTIL_CHANGED[Action.LAND],
    5: _TERMINATION,
}
_CRITICAL_BATTERY = {1: Action.RETURN, 2: Action.LAND, 3: Action.RETURN, 4: Action.RETURN}
_EMPTY_BATTERY = {1: Action.RETURN, 2: Action.LAND, 3: Action.LAND, 4: Action.TERMINATE}
_OFFBOARD = {
    1: Action.FALLBACK_ALTITUDE,
    2: Action.FALLBACK_STABILIZED,
    3: Action.RETURN,
    4: Action.LAND,
    5: Action.HOLD,
    6: Action.TERMINATE,
    7: Action.DISARM,
}


def on_link_loss(parameter: int) -> Response:
    """NAV_DLL_ACT, NAV_RCL_ACT."""
    return _LINK.get(parameter, NOTHING)


def on_fence_breach(parameter: int) -> Response:
    """GF_ACTION."""
    return _LIMITS.get(parameter, WARNING)


def on_wind(parameter: int) -> Response:
    """COM_WIND_MAX_ACT."""
    return _LIMITS.get(parameter, WARNING)


def on_inaccurate_position(parameter: int) -> Response:
    """COM_POS_LOW_ACT."""
    if parameter == 4:
        return _TERMINATION
    action = _INACCURATE.get(parameter, Action.WARN)
    return Response(action=action, takeover=Takeover.MODE_SWITCH)


def on_motor_failure(parameter: int) -> Response:
    """COM_ACT_FAIL_ACT."""
    return _MOTOR.get(parameter, WARNING)


def on_satellites_lost(parameter: int) -> Response:
    """COM_GNSSLOSS_ACT."""
    return _NO_SATELLITES.get(parameter, WARNING)


def on_traffic_system_lost(parameter: int) -> Response:
    """COM_TRAFF_AVOID."""
    return _TRAFFIC.get(parameter, NOTHING)


def on_remote_id_lost(parameter: int) -> Response:
    """COM_ARM_ODID, which acts from 3 on."""
    return _REMOTE_ID.get(parameter, NOTHING)


def on_battery(parameter: int, charge: ChargeState) -> Response:
    """COM_LOW_BAT_ACT at a charge state."""
    if charge is ChargeState.OK:
        return NOTHING
    actions: dict[int, Action] = {}
    if charge is ChargeState.CRITICAL:
        actions = _CRITICAL_BATTERY
    if charge >= ChargeState.EMERGENCY:
        actions = _EMPTY_BATTERY
    return Response(action=actions.get(parameter, Action.WARN))


def on_time_short(parameter: int) -> Response:
    """COM_FLTT_LOW_ACT."""
    return {1: WARNING, 3: _UNTIL_CHANGED[Action.RETURN]}.get(parameter, NOTHING)


def on_offboard_loss(parameter: int) -> Action:
    """COM_OBL_RC_ACT."""
    return _OFFBOARD.get(parameter, Action.FALLBACK_POSITION)
