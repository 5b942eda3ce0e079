"""MAV_CMDs: what PX4 answers to each and what it does. No answer stands for PX4's silence.

Commands that are missing here are answered UNSUPPORTED, as PX4 answers what it does not know.
Source: PX4-Autopilot v1.17, src/modules/commander/Commander.cpp (handle_command),
01_boot_idle_1x.json and PX4's own answers in SITL.
"""

import math

from missions.plan import Command
from onboard.mavlink.px4_modes import Px4Mode, px4_mode
from sim.vehicle.aircraft import Aircraft
from sim.vehicle.commander import Refused
from sim.vehicle.wire.place_commands import (
    HIGHEST_M,
    change_altitude,
    gimbal_configure,
    gimbal_pitch_yaw,
    look_ahead,
    look_at,
    orbit,
    reposition,
    set_home,
)
from sim.vehicle.wire.request import (
    ACCEPTED,
    DENIED,
    FAILED,
    IN_PROGRESS,
    REJECTED_NOW,
    UNSUPPORTED,
    Answer,
    Handler,
    Request,
    whole,
)

INFO, CRITICAL = 6, 2
FORCE = 21196
INJECT_FAILURE, REBOOT, GRIPPER = 420, 246, 211
CUSTOM_MODE_ENABLED, MANUAL_INPUT, GUIDED, STABILIZE, AUTO = 1, 64, 8, 16, 4
UNKNOWN_PROGRESS = 255
GRIPPER_TAKES_S = 1.1
MISSION_PLANNER = 190
MAIN_AUTO = 4
STANDARD_MODES = {
    1: Px4Mode.POSITION,
    4: Px4Mode.ALTITUDE,
    5: Px4Mode.RTL,
    6: Px4Mode.MISSION,
    7: Px4Mode.LAND,
    8: Px4Mode.TAKEOFF,
}


def handle(aircraft: Aircraft, request: Request) -> list[Answer]:
    """Do a command and return what is answered, nothing where PX4 does not answer."""
    if request.command == GRIPPER:
        return [
            Answer(result=IN_PROGRESS, progress=UNKNOWN_PROGRESS),
            Answer(result=ACCEPTED, after_s=GRIPPER_TAKES_S),
        ]
    handler = HANDLERS.get(request.command)
    result = UNSUPPORTED if handler is None else handler(aircraft, request)
    return [] if result is None else [Answer(result=int(result))]


def unacknowledged(command: int) -> bool:
    """Whether PX4's ACK names nobody as its target."""
    return command == INJECT_FAILURE


def change_mode(aircraft: Aircraft, mode: Px4Mode, *, force: bool = False) -> int:
    """Ask the commander for a mode and tell the operator of a refusal."""
    refused = aircraft.commander.change_mode(mode, force=force)
    if refused is None:
        return ACCEPTED
    aircraft.say(CRITICAL, refused.text)
    return REJECTED_NOW


def _arm_disarm(aircraft: Aircraft, request: Request) -> int:
    forced = whole(request.params[1]) == FORCE
    action = round(request.params[0]) if math.isfinite(request.params[0]) else -1
    if action not in (0, 1):
        aircraft.say(CRITICAL, f"Unsupported ARM_DISARM param: {request.params[0]:.3f}\t")
        return UNSUPPORTED
    external = request.sender is not None
    commander, by = aircraft.commander, "external command" if external else "internal command"
    refused: Refused | None
    if action == 1:
        # PX4 lets only itself skip the checks.
        refused = commander.arm(by, forced=forced and not external)
    else:
        refused = commander.disarm(by, forced=forced)
    return ACCEPTED if refused is None else REJECTED_NOW


def _mission_start(aircraft: Aircraft, request: Request) -> int:
    mission, first = aircraft.navigator.mission, request.params[0]
    if not mission.valid:
        aircraft.say(CRITICAL, "Mission start denied! No valid mission\t")
        return DENIED
    if not (math.isfinite(first) and -1 <= first < len(mission.items)):
        return DENIED
    if first >= 0:
        set_mission_item(aircraft, int(first))
    if change_mode(aircraft, Px4Mode.MISSION) != ACCEPTED:
        return REJECTED_NOW
    refused = aircraft.commander.arm("mission start")
    return ACCEPTED if refused is None else REJECTED_NOW


def set_mission_item(aircraft: Aircraft, seq: int) -> bool:
    """Make an item the mission's current one; False where it is not on board."""
    active = aircraft.navigator.mode is Px4Mode.MISSION and aircraft.commander.armed
    return aircraft.navigator.mission.set_current(seq, aircraft.state if active else None)


def _set_current(aircraft: Aircraft, request: Request) -> int:
    seq = request.params[0]
    if not math.isfinite(seq):
        return DENIED
    if seq < 0 or set_mission_item(aircraft, int(seq)):
        return ACCEPTED
    return FAILED


def _set_mode(aircraft: Aircraft, request: Request) -> int:
    flags, main, sub = (whole(value) & 0xFF for value in request.params[:3])
    mode = px4_mode(main << 16 | sub << 24) if flags & CUSTOM_MODE_ENABLED else _by_flags(flags)
    if flags & CUSTOM_MODE_ENABLED and main == MAIN_AUTO and sub == 0:
        mode = Px4Mode.MISSION
    if mode is Px4Mode.UNKNOWN:
        kind = "base" if not flags & CUSTOM_MODE_ENABLED else _unsupported_kind(main)
        aircraft.say(CRITICAL, f"Unsupported {kind} mode\t")
        return REJECTED_NOW
    refused = aircraft.commander.change_mode(mode, force=mode is Px4Mode.LAND)
    if refused is None:
        return ACCEPTED
    # PX4 explains itself only to the ground station's component.
    if request.sender is not None and request.sender.component_id == MISSION_PLANNER:
        aircraft.say(CRITICAL, refused.text)
    return REJECTED_NOW


def _by_flags(flags: int) -> Px4Mode:
    if flags & AUTO:
        return Px4Mode.MISSION
    if not flags & MANUAL_INPUT:
        return Px4Mode.UNKNOWN
    if flags & GUIDED:
        return Px4Mode.POSITION
    return Px4Mode.STABILIZED if flags & STABILIZE else Px4Mode.MANUAL


def _unsupported_kind(main: int) -> str:
    return "auto" if main == MAIN_AUTO else "main"


def _set_standard_mode(aircraft: Aircraft, request: Request) -> int:
    mode = STANDARD_MODES.get(round(request.params[0]) if math.isfinite(request.params[0]) else -1)
    if mode is None:
        return FAILED
    refused = aircraft.commander.change_mode(mode)
    return ACCEPTED if refused is None else REJECTED_NOW


def _takeoff(aircraft: Aircraft, request: Request) -> int:
    height = request.params[6]
    aircraft.navigator.take_off_to(height if 0.0 < abs(height) < HIGHEST_M else None)
    return change_mode(aircraft, Px4Mode.TAKEOFF)


def _land(aircraft: Aircraft, request: Request) -> int:
    result = change_mode(aircraft, Px4Mode.LAND, force=True)
    if result == ACCEPTED:
        aircraft.say(INFO, "Landing at current position\t")
    return result


def _return(aircraft: Aircraft, request: Request) -> int:
    result = change_mode(aircraft, Px4Mode.RTL)
    if result == ACCEPTED:
        aircraft.say(INFO, "Returning to launch\t")
    return result


def _land_precisely(aircraft: Aircraft, request: Request) -> int:
    result = change_mode(aircraft, Px4Mode.PRECISION_LAND)
    if result == ACCEPTED:
        aircraft.say(INFO, "Precision landing\t")
    return result


def _change_speed(aircraft: Aircraft, request: Request) -> int:
    # PX4 says yes whatever the speed, and takes only one that is a number.
    if math.isfinite(request.params[1]):
        aircraft.change_speed(request.params[1])
    return ACCEPTED


def _terminate(aircraft: Aircraft, request: Request) -> int:
    return aircraft.modes.terminate() if request.params[0] > 0.5 else DENIED


def _reboot(aircraft: Aircraft, request: Request) -> int:
    action = whole(request.params[0])
    if action == 0:
        return ACCEPTED
    if action not in (1, 3) or aircraft.commander.armed:
        return DENIED
    aircraft.faults.reboot_wanted = True
    return ACCEPTED


def _inject_failure(aircraft: Aircraft, request: Request) -> int:
    if not aircraft.parameters.values["SYS_FAILURE_EN"]:
        return DENIED
    unit, kind, instance, mask = request.params[:4]
    return aircraft.modes.inject(unit=unit, kind=kind, instance=instance, mask=mask)


def _calibrate(aircraft: Aircraft, request: Request) -> int:
    return REJECTED_NOW if aircraft.commander.armed else ACCEPTED


def _accept(aircraft: Aircraft, request: Request) -> int:
    return ACCEPTED


def _silence(aircraft: Aircraft, request: Request) -> None:
    return None


# Left to other modules or components: PX4's commander keeps silent, and nobody else answers.
SILENT = (
    31010, 31011, 31012, 93, 189, 191, 203, 204, 205, 206, 212, 214, 220, 222, 242, 243, 260, 310,
    500, 521, 530, 531, 532, 600, 611, 2003, 2510, 2511, 3000, 30001, 30002, 42600, 43003, 43004,
)  # fmt: skip
HANDLERS: dict[int, Handler] = dict.fromkeys(SILENT, _silence) | {
    Command.NAV_RETURN_TO_LAUNCH: _return,
    Command.NAV_LAND: _land,
    Command.NAV_TAKEOFF: _takeoff,
    23: _land_precisely,
    34: orbit,
    176: _set_mode,
    Command.DO_CHANGE_SPEED: _change_speed,
    Command.DO_SET_HOME: set_home,
    185: _terminate,
    186: change_altitude,
    187: _accept,
    192: reposition,
    Command.DO_SET_ROI_LOCATION: look_at,
    Command.DO_SET_ROI: look_at,
    Command.NAV_ROI: look_at,
    Command.DO_SET_ROI_NONE: look_ahead,
    224: _set_current,
    241: _calibrate,
    245: _calibrate,
    REBOOT: _reboot,
    262: _set_standard_mode,
    300: _mission_start,
    400: _arm_disarm,
    401: _accept,
    INJECT_FAILURE: _inject_failure,
    Command.DO_GIMBAL_MANAGER_PITCHYAW: gimbal_pitch_yaw,
    Command.DO_GIMBAL_MANAGER_CONFIGURE: gimbal_configure,
}
