"""Commands that carry a place or an aim: where to fly, circle, return to and look.

Source: PX4-Autopilot v1.17, commander/Commander.cpp, navigator/navigator_main.cpp and
gimbal/input_mavlink.cpp.
"""

import math

from onboard.mavlink.codec import Address
from sim.vehicle.aircraft import Aircraft
from sim.vehicle.local_frame import Geo
from sim.vehicle.modes.requests import OrbitRequest, RepositionRequest
from sim.vehicle.trajectory import Ned
from sim.vehicle.wire.request import ACCEPTED, DENIED, Request, whole

HIGHEST_M = 100_000.0


def reposition(aircraft: Aircraft, request: Request) -> int:
    """DO_REPOSITION."""
    speed, flags, _, yaw = request.params[:4]
    asked = RepositionRequest(
        place=_level_place(aircraft, request),
        down_m=_down(aircraft, request),
        yaw=yaw if math.isfinite(yaw) else None,
        speed_m_s=speed if math.isfinite(speed) and speed > 0.0 else None,
        switch_mode=bool(whole(flags) & 1),
    )
    return aircraft.modes.reposition(asked)


def change_altitude(aircraft: Aircraft, request: Request) -> int:
    """DO_CHANGE_ALTITUDE."""
    height = request.params[0]
    given = math.isfinite(height) and abs(height) < HIGHEST_M
    down = aircraft.frame.ned(_at_height(aircraft, height)).d if given else None
    asked = RepositionRequest(down_m=down, switch_mode=False, height_only=True)
    return aircraft.modes.reposition(asked)


def orbit(aircraft: Aircraft, request: Request) -> int:
    """DO_ORBIT."""
    radius, speed, behaviour = request.params[:3]
    asked = OrbitRequest(
        radius_m=radius if math.isfinite(radius) else None,
        speed_m_s=speed if math.isfinite(speed) else None,
        yaw_behaviour=round(behaviour) if math.isfinite(behaviour) else None,
        centre=_level_place(aircraft, request),
        centre_down_m=_down(aircraft, request),
    )
    return aircraft.modes.orbit(asked)


def _level_place(aircraft: Aircraft, request: Request) -> Ned | None:
    """The level part of a command's place; None where it is not given or not on earth."""
    latitude, longitude = request.params[4:6]
    if not (abs(latitude) <= 90.0 and abs(longitude) <= 180.0):
        return None
    height = aircraft.geo().height_amsl_m
    return aircraft.frame.ned(Geo(latitude, longitude, height))


def _down(aircraft: Aircraft, request: Request) -> float | None:
    height = request.params[6]
    if not math.isfinite(height) or abs(height) > HIGHEST_M:
        return None
    if request.relative:
        height += aircraft.home().height_amsl_m
    return aircraft.frame.ned(_at_height(aircraft, height)).d


def _at_height(aircraft: Aircraft, height_amsl_m: float) -> Geo:
    here = aircraft.geo()
    return Geo(here.latitude_deg, here.longitude_deg, height_amsl_m)


def place_in(aircraft: Aircraft, request: Request) -> Ned:
    """The place in a command; what is not given, or not on earth, is the vehicle's own."""
    level, down = _level_place(aircraft, request), _down(aircraft, request)
    here = aircraft.flight.body.position
    level = here if level is None else level
    return Ned(level.n, level.e, here.d if down is None else down)


def set_home(aircraft: Aircraft, request: Request) -> int:
    """DO_SET_HOME."""
    if not aircraft.parameters.values["COM_HOME_EN"]:
        return DENIED
    if request.params[0] > 0.5:
        aircraft.set_home(aircraft.flight.body.position)
        return ACCEPTED
    if not all(math.isfinite(value) for value in request.params[4:7]):
        return DENIED
    aircraft.set_home(place_in(aircraft, request))
    return ACCEPTED


def look_at(aircraft: Aircraft, request: Request) -> int:
    """DO_SET_ROI_LOCATION and its elders."""
    aircraft.look_at(place_in(aircraft, request))
    return ACCEPTED


def look_ahead(aircraft: Aircraft, request: Request) -> int:
    """DO_SET_ROI_NONE."""
    aircraft.look_at(None)
    return ACCEPTED


def gimbal_pitch_yaw(aircraft: Aircraft, request: Request) -> int | None:
    """DO_GIMBAL_MANAGER_PITCHYAW."""
    gimbal = aircraft.gimbal
    if not gimbal.enabled:
        return None
    pitch, yaw, pitch_rate, yaw_rate, flags = request.params[:5]
    return gimbal.aim(
        by=_by(aircraft, request),
        pitch=math.radians(pitch),
        yaw=math.radians(yaw),
        pitch_rate=math.radians(pitch_rate),
        yaw_rate=math.radians(yaw_rate),
        flags=whole(flags),
    )


def gimbal_configure(aircraft: Aircraft, request: Request) -> int | None:
    """DO_GIMBAL_MANAGER_CONFIGURE."""
    if not aircraft.gimbal.enabled:
        return None
    own = Address(aircraft.config.system_id, 1)
    by = _by(aircraft, request)
    return aircraft.gimbal.configure(request.params[0], request.params[1], by=by, own=own)


def _by(aircraft: Aircraft, request: Request) -> Address:
    return request.sender or Address(aircraft.config.system_id, 1)
