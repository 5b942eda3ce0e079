"""MAV_CMDs: what PX4 answers to each and what it does. None stands for PX4's silence.

Commands that are missing here are answered UNSUPPORTED, as PX4 answers what it does not know.
Source: PX4-Autopilot v1.17, src/modules/commander/Commander.cpp, and 01_boot_idle_1x.json.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from missions.plan import Command
from onboard.mavlink.codec import Address
from onboard.mavlink.px4_modes import Px4Mode, px4_mode
from sim.vehicle.aircraft import Aircraft
from sim.vehicle.commander import Refused
from sim.vehicle.gimbal import NOBODY
from sim.vehicle.local_frame import Geo
from sim.vehicle.trajectory import Ned

ACCEPTED, REJECTED_NOW, DENIED, UNSUPPORTED, FAILED = 0, 1, 2, 3, 4
INFO, CRITICAL = 6, 2
FORCE = 21196
GIMBAL_YAW_LOCK = 16
LEAVE, ITSELF, RELEASE = -1, -2, -3
LAST_ID = 255
CUSTOM_MODE_ENABLED = 1
HIGHEST_M = 100_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A command; the fifth and sixth of its seven parameters in degrees where they are a place.

    `sender` None is the mission itself.
    """

    command: int
    params: tuple[float, float, float, float, float, float, float]
    sender: Address | None = None
    relative: bool = False


Handler = Callable[[Aircraft, Request], int | None]


def whole(value: float) -> int:
    """A parameter that stands for a whole number; not-a-number and infinity count as zero."""
    return int(value) if math.isfinite(value) else 0


def handle(aircraft: Aircraft, request: Request) -> int | None:
    """Do a command and return MAV_RESULT, or None where PX4 does not answer."""
    handler = HANDLERS.get(request.command)
    return UNSUPPORTED if handler is None else handler(aircraft, request)


def _mode(aircraft: Aircraft, mode: Px4Mode) -> int:
    refused = aircraft.commander.change_mode(mode)
    if refused is None:
        return ACCEPTED
    aircraft.say(CRITICAL, refused.text)
    return REJECTED_NOW


def _arm_disarm(aircraft: Aircraft, request: Request) -> int:
    forced = request.params[1] == FORCE
    action = round(request.params[0]) if math.isfinite(request.params[0]) else -1
    if action not in (0, 1):
        aircraft.say(CRITICAL, f"Unsupported ARM_DISARM param: {request.params[0]:.3f}\t")
        return UNSUPPORTED
    commander, by = aircraft.commander, "external command"
    refused: Refused | None
    refused = commander.arm(by) if action == 1 else commander.disarm(by, forced=forced)
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
    if _mode(aircraft, Px4Mode.MISSION) != ACCEPTED:
        return REJECTED_NOW
    refused = aircraft.commander.arm("mission start")
    return ACCEPTED if refused is None else REJECTED_NOW


def set_mission_item(aircraft: Aircraft, seq: int) -> bool:
    """Make an item the mission's current one; False where it is not on board."""
    active = aircraft.navigator.mode is Px4Mode.MISSION and aircraft.commander.armed
    return aircraft.navigator.mission.set_current(seq, aircraft.state if active else None)


def _set_current(aircraft: Aircraft, request: Request) -> int:
    seq = request.params[0]
    if math.isfinite(seq) and (seq < 0 or set_mission_item(aircraft, int(seq))):
        return ACCEPTED
    return DENIED


def _set_mode(aircraft: Aircraft, request: Request) -> int:
    flags, main, sub = (whole(value) for value in request.params[:3])
    if not flags & CUSTOM_MODE_ENABLED:
        aircraft.say(CRITICAL, "Unsupported base mode\t")
        return REJECTED_NOW
    mode = px4_mode(main << 16 | sub << 24)
    if mode is Px4Mode.UNKNOWN:
        aircraft.say(
            CRITICAL, "Unsupported auto mode\t" if main == 4 else "Unsupported main mode\t"
        )
        return REJECTED_NOW
    return _mode(aircraft, mode)


def _takeoff(aircraft: Aircraft, request: Request) -> int:
    height = request.params[6]
    aircraft.navigator.take_off_to(height if 0.0 < abs(height) < HIGHEST_M else None)
    return _mode(aircraft, Px4Mode.TAKEOFF)


def _land(aircraft: Aircraft, request: Request) -> int:
    result = _mode(aircraft, Px4Mode.LAND)
    if result == ACCEPTED:
        aircraft.say(INFO, "Landing at current position\t")
    return result


def _return(aircraft: Aircraft, request: Request) -> int:
    result = _mode(aircraft, Px4Mode.RTL)
    if result == ACCEPTED:
        aircraft.say(INFO, "Returning to launch\t")
    return result


def _reposition(aircraft: Aircraft, request: Request) -> int:
    if not _on_earth(request):
        return DENIED
    if whole(request.params[1]) & 1:
        result = _mode(aircraft, Px4Mode.HOLD)
        if result != ACCEPTED:
            return result
    elif aircraft.mode is not Px4Mode.HOLD:
        return DENIED
    target = _place(aircraft, request)
    if not aircraft.missions.fence.allows(target, home=aircraft.state.home):
        aircraft.say(CRITICAL, "Reposition is outside geofence\t")
        return ACCEPTED
    if aircraft.commander.armed and not aircraft.landed:
        aircraft.navigator.switch(Px4Mode.HOLD)
        if request.params[0] > 0.0:
            aircraft.change_speed(request.params[0])
        yaw = request.params[3]
        aircraft.navigator.reposition(target, yaw=yaw if math.isfinite(yaw) else None)
    return ACCEPTED


def _on_earth(request: Request) -> bool:
    """Whether what is given of a place can be one: PX4's numbers end where a frame's do."""
    limits = (90.0, 180.0, HIGHEST_M)
    return not any(
        math.isfinite(value) and abs(value) > limit
        for value, limit in zip(request.params[4:7], limits, strict=True)
    )


def _place(aircraft: Aircraft, request: Request) -> Ned:
    """The place in a command; what is not given is the vehicle's own."""
    here = aircraft.geo()
    latitude, longitude, height = request.params[4:7]
    if not (math.isfinite(latitude) and math.isfinite(longitude)):
        latitude, longitude = here.latitude_deg, here.longitude_deg
    if not math.isfinite(height):
        height = here.height_amsl_m
    elif request.relative:
        height += aircraft.home().height_amsl_m
    return aircraft.frame.ned(Geo(latitude, longitude, height))


def _change_speed(aircraft: Aircraft, request: Request) -> int:
    speed = request.params[1]
    if not math.isfinite(speed):
        return DENIED
    aircraft.change_speed(speed)
    return ACCEPTED


def _set_home(aircraft: Aircraft, request: Request) -> int:
    if request.params[0] > 0.5:
        aircraft.set_home(aircraft.flight.body.position)
        return ACCEPTED
    given = all(math.isfinite(value) for value in request.params[4:7])
    if not given or not _on_earth(request):
        return DENIED
    aircraft.set_home(_place(aircraft, request))
    return ACCEPTED


def _look_at(aircraft: Aircraft, request: Request) -> int:
    if not _on_earth(request):
        return DENIED
    aircraft.look_at(_place(aircraft, request))
    return ACCEPTED


def _look_ahead(aircraft: Aircraft, request: Request) -> int:
    aircraft.look_at(None)
    return ACCEPTED


def _gimbal_pitch_yaw(aircraft: Aircraft, request: Request) -> int:
    pitch, yaw, pitch_rate, yaw_rate, flags = request.params[:5]
    sender = request.sender
    gimbal = aircraft.gimbal
    if sender is None:
        # PX4's mission moves the gimbal in the autopilot's own name and takes it over.
        sender = Address(aircraft.config.system_id, 1)
        gimbal.take_control(sender)
    return gimbal.command(
        sender,
        pitch=_radians(pitch),
        yaw=_radians(yaw),
        pitch_rate=_radians(pitch_rate),
        yaw_rate=_radians(yaw_rate),
        lock=bool(whole(flags) & GIMBAL_YAW_LOCK),
    )


def _radians(degrees: float) -> float | None:
    return math.radians(degrees) if math.isfinite(degrees) else None


def _gimbal_configure(aircraft: Aircraft, request: Request) -> int:
    system, component = request.params[0], request.params[1]
    if system == LEAVE or not (math.isfinite(system) and math.isfinite(component)):
        return ACCEPTED
    if system == RELEASE:
        aircraft.gimbal.take_control(NOBODY)
        return ACCEPTED
    if system == ITSELF:
        aircraft.gimbal.take_control(request.sender or Address(aircraft.config.system_id, 1))
        return ACCEPTED
    if not (0 <= system <= LAST_ID and 0 <= component <= LAST_ID):
        return DENIED
    aircraft.gimbal.take_control(Address(int(system), int(component)))
    return ACCEPTED


def _accept(aircraft: Aircraft, request: Request) -> int:
    return ACCEPTED


def _deny(aircraft: Aircraft, request: Request) -> int:
    return DENIED


def _silence(aircraft: Aircraft, request: Request) -> None:
    return None


HANDLERS: dict[int, Handler] = {
    Command.NAV_RETURN_TO_LAUNCH: _return,
    Command.NAV_LAND: _land,
    Command.NAV_TAKEOFF: _takeoff,
    176: _set_mode,
    Command.DO_CHANGE_SPEED: _change_speed,
    Command.DO_SET_HOME: _set_home,
    185: _deny,
    192: _reposition,
    Command.DO_SET_ROI_LOCATION: _look_at,
    Command.DO_SET_ROI: _look_at,
    Command.NAV_ROI: _look_at,
    Command.DO_SET_ROI_NONE: _look_ahead,
    Command.DO_SET_CAM_TRIGG_DIST: _silence,
    203: _silence,
    224: _set_current,
    300: _mission_start,
    400: _arm_disarm,
    401: _accept,
    Command.SET_CAMERA_MODE: _silence,
    531: _silence,
    Command.DO_GIMBAL_MANAGER_PITCHYAW: _gimbal_pitch_yaw,
    Command.DO_GIMBAL_MANAGER_CONFIGURE: _gimbal_configure,
}
