"""Which failsafes the flags call for (PX4's Failsafe::checkStateAndMode), by their cause.

Source: PX4-Autopilot v1.17, src/modules/commander/failsafe/failsafe.cpp.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from onboard.mavlink.px4_modes import Px4Mode
from sim.vehicle.battery import ChargeState
from sim.vehicle.safety import actions
from sim.vehicle.safety.actions import Action, Clears, Response, Takeover
from sim.vehicle.safety.flags import Flags

Parameters = Mapping[str, int | float]

NO_MANUAL_CONTROL = 4
TAKEOFF_WATCH_S = 3.0
FLIGHT_TERMINATION_OFF = 121212
_EXCEPT_MISSION, _EXCEPT_AUTO, _EXCEPT_OFFBOARD = 1, 2, 4
_EXCEPT_EXTERNAL, _EXCEPT_CRUISE = 8, 16
_AUTO_MODES = frozenset(
    (
        Px4Mode.HOLD,
        Px4Mode.TAKEOFF,
        Px4Mode.VTOL_TAKEOFF,
        Px4Mode.LAND,
        Px4Mode.RTL,
        Px4Mode.DESCEND,
        Px4Mode.FOLLOW,
        Px4Mode.PRECISION_LAND,
        Px4Mode.ORBIT,
        Px4Mode.GUIDED_COURSE,
    )
)
_FALLBACK_MODES = {
    Action.FALLBACK_POSITION: Px4Mode.POSITION,
    Action.FALLBACK_ALTITUDE: Px4Mode.ALTITUDE,
    Action.FALLBACK_STABILIZED: Px4Mode.STABILIZED,
    Action.RETURN: Px4Mode.RTL,
    Action.LAND: Px4Mode.LAND,
    Action.HOLD: Px4Mode.HOLD,
    Action.TERMINATE: Px4Mode.TERMINATION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """The vehicle's own state beside the flags; `armed_for_s` is zero while disarmed."""

    armed: bool
    intended: Px4Mode
    armed_for_s: float = 0.0
    mission_finished: bool = False
    battery_at_arming: ChargeState = ChargeState.OK
    manual_lost_at_arming: bool = True


def judge(flags: Flags, situation: Situation, parameters: Parameters) -> dict[str, Response]:
    """The responses called for now, each under its cause."""
    return dict(_found(flags, situation, parameters))


Found = Iterator[tuple[str, Response]]


def _found(flags: Flags, situation: Situation, parameters: Parameters) -> Found:
    yield from _links(flags, situation, parameters)
    yield from _mission(flags, situation, parameters)
    yield from _limits(flags, situation, parameters)
    yield from _battery(flags, situation, parameters)
    yield from _failures(flags, situation, parameters)
    possible = fallback(flags, situation.intended, parameters)
    if possible is not Action.NONE:
        yield "mode", Response(action=possible, takeover=Takeover.ALWAYS).urgent()


def _excepted(intended: Px4Mode, mask: int) -> bool:
    """Whether losing a link is accepted in a mode (COM_RCL_EXCEPT, COM_DLL_EXCEPT)."""
    if intended is Px4Mode.MISSION:
        return bool(mask & _EXCEPT_MISSION)
    if intended in _AUTO_MODES:
        return bool(mask & _EXCEPT_AUTO)
    bit = {
        Px4Mode.OFFBOARD: _EXCEPT_OFFBOARD,
        Px4Mode.EXTERNAL: _EXCEPT_EXTERNAL,
        Px4Mode.ALTITUDE_CRUISE: _EXCEPT_CRUISE,
    }.get(intended, 0)
    return bool(mask & bit)


def _links(flags: Flags, situation: Situation, parameters: Parameters) -> Found:
    intended = situation.intended
    ignored = situation.manual_lost_at_arming or _excepted(
        intended, int(parameters["COM_RCL_EXCEPT"])
    )
    used = int(parameters["COM_RC_IN_MODE"]) != NO_MANUAL_CONTROL
    if used and not ignored and flags.manual_control_lost:
        yield "manual control", actions.on_link_loss(int(parameters["NAV_RCL_ACT"]))
    ignored = (
        not situation.armed
        or intended in (Px4Mode.LAND, Px4Mode.PRECISION_LAND)
        or _excepted(intended, int(parameters["COM_DLL_EXCEPT"]))
    )
    action = int(parameters["NAV_DLL_ACT"])
    if action != 0 and not ignored and flags.ground_station_lost:
        yield "ground station", actions.on_link_loss(action)


def _mission(flags: Flags, situation: Situation, parameters: Parameters) -> Found:
    if situation.intended is not Px4Mode.MISSION:
        return
    if flags.mission_failed:
        yield "mission", Response(action=Action.RETURN)
    no_sticks = int(parameters["COM_RC_IN_MODE"]) == NO_MANUAL_CONTROL or _excepted(
        situation.intended, int(parameters["COM_RCL_EXCEPT"])
    )
    alone = no_sticks and int(parameters["NAV_DLL_ACT"]) == 0 and situation.mission_finished
    if alone and flags.ground_station_lost:
        yield "alone", Response(action=Action.RETURN)


def _limits(flags: Flags, situation: Situation, parameters: Parameters) -> Found:
    intended = situation.intended
    if flags.wind_over_limit:
        yield "wind", actions.on_wind(int(parameters["COM_WIND_MAX_ACT"])).urgent()
    if flags.flight_time_over:
        yield "flight time", Response(action=Action.RETURN).urgent()
    if flags.position_inaccurate and intended in (Px4Mode.MISSION, Px4Mode.HOLD):
        action = int(parameters["COM_POS_LOW_ACT"])
        yield "accuracy", actions.on_inaccurate_position(action)
    if flags.navigator_failed:
        returns = intended in (Px4Mode.TAKEOFF, Px4Mode.RTL)
        action = Action.LAND if returns else Action.HOLD
        yield "navigator", Response(action=action, clears=Clears.ON_MODE_CHANGE)
    if flags.fence_breached:
        yield "fence", actions.on_fence_breach(int(parameters["GF_ACTION"])).urgent()
    if flags.remaining_time_short:
        yield "remaining time", actions.on_time_short(int(parameters["COM_FLTT_LOW_ACT"]))
    if flags.traffic_system_lost:
        action_number = int(parameters["COM_TRAFF_AVOID"])
        yield "traffic system", actions.on_traffic_system_lost(action_number)
    if situation.armed and flags.remote_id_lost:
        yield "remote id", actions.on_remote_id_lost(int(parameters["COM_ARM_ODID"]))


def _battery(flags: Flags, situation: Situation, parameters: Parameters) -> Found:
    if flags.battery_unhealthy:
        spooling = situation.armed and situation.armed_for_s < parameters["COM_SPOOLUP_TIME"]
        yield (
            "battery health",
            Response(action=Action.DISARM).urgent() if spooling else actions.WARNING,
        )
    if flags.battery is not ChargeState.OK:
        worse = flags.battery > situation.battery_at_arming
        chosen = int(parameters["COM_LOW_BAT_ACT"]) if worse else 0
        yield f"battery {flags.battery.name}", actions.on_battery(chosen, flags.battery)


def _failures(flags: Flags, situation: Situation, parameters: Parameters) -> Found:
    early_s = parameters["COM_SPOOLUP_TIME"] + TAKEOFF_WATCH_S
    if situation.armed and situation.armed_for_s < early_s:
        response = Response(action=Action.DISARM).urgent()
    elif int(parameters["CBRK_FLIGHTTERM"]) != FLIGHT_TERMINATION_OFF:
        response = Response(action=Action.TERMINATE).urgent()
    else:
        response = actions.WARNING
    if flags.tumbling:
        yield "attitude", response
    if flags.height_lost:
        yield "height", response
    if flags.motor_failed:
        yield "motor", actions.on_motor_failure(int(parameters["COM_ACT_FAIL_ACT"]))
    if flags.satellites_lost:
        yield "satellites", actions.on_satellites_lost(int(parameters["COM_GNSSLOSS_ACT"]))


def fallback(flags: Flags, intended: Px4Mode, parameters: Parameters) -> Action:
    """What to do where the intended mode cannot be flown (Failsafe::checkModeFallback)."""
    action = Action.NONE
    if flags.offboard_signal_lost and intended is Px4Mode.OFFBOARD:
        action = actions.on_offboard_loss(int(parameters["COM_OBL_RC_ACT"]))
        if action is Action.DISARM:
            return action
        intended = _FALLBACK_MODES[action]
    if intended in (Px4Mode.POSITION, Px4Mode.POSITION_SLOW) and not flags.can_run(intended):
        action, intended = Action.FALLBACK_ALTITUDE, Px4Mode.ALTITUDE
    if intended is Px4Mode.ALTITUDE and not flags.can_run(intended):
        action, intended = Action.FALLBACK_STABILIZED, Px4Mode.STABILIZED
    by_hand = Action.FALLBACK_POSITION <= action <= Action.FALLBACK_STABILIZED
    if flags.manual_control_lost and by_hand:
        action = actions.on_link_loss(int(parameters["NAV_RCL_ACT"])).action
    return action if flags.can_run(intended) else Action.RETURN
