"""What a companion computer or another vehicle tells: setpoints, a target to follow, traffic.

Parsed here into plain values in the vehicle's local frame; the modes decide what they mean.
Source: PX4-Autopilot v1.17, mavlink_receiver.cpp (handle_message_set_position_target_local_ned,
..._global_int, ..._set_attitude_target, ..._follow_target, ..._adsb_vehicle).
"""

import math
from collections.abc import Callable, Mapping

from missions.plan import RELATIVE_FRAMES
from onboard.mavlink.codec import Message
from sim.vehicle.aircraft import Aircraft
from sim.vehicle.guidance import Leg, OffboardSetpoint
from sim.vehicle.local_frame import Geo
from sim.vehicle.modes.requests import FollowTarget, TrafficReport
from sim.vehicle.trajectory import Ned

LOCAL_NED, BODY_NED = 1, 8
GLOBAL_FRAMES = (0, 3, 5, 6, 10, 11)
FORCE, IGNORE_YAW, IGNORE_YAW_RATE = 1 << 9, 1 << 10, 1 << 11
ADSB_PLACE, ADSB_HEIGHT, ADSB_HEADING, ADSB_VELOCITY, ADSB_CALLSIGN = 1, 2, 4, 8, 16
ICAO_AT_MOST = 0xFFFFFF
EVERYBODY = 0
IGNORE_ROLL_RATE, IGNORE_PITCH_RATE = 1 << 0, 1 << 1
THRUST_BODY, IGNORE_THRUST, IGNORE_ATTITUDE = 1 << 5, 1 << 6, 1 << 7
LEAST_QUATERNION = 1e-3
Axes = tuple[float | None, float | None, float | None]


def local_setpoint(aircraft: Aircraft, message: Message) -> OffboardSetpoint | None:
    """SET_POSITION_TARGET_LOCAL_NED; None in a frame that PX4 does not know."""
    mask = message.type_mask
    position = _axes(message, ("x", "y", "z"), mask, 0)
    velocity = _axes(message, ("vx", "vy", "vz"), mask, 3)
    acceleration = _axes(message, ("afx", "afy", "afz"), mask, 6)
    if message.coordinate_frame == BODY_NED:
        # PX4 takes no position relative to the body.
        velocity, acceleration = (_turned(aircraft, part) for part in (velocity, acceleration))
        position = (None, None, None)
    elif message.coordinate_frame != LOCAL_NED:
        return None
    return _setpoint(message, position, velocity, acceleration)


def global_setpoint(aircraft: Aircraft, message: Message) -> OffboardSetpoint | None:
    """SET_POSITION_TARGET_GLOBAL_INT; None in a frame that is not global."""
    if message.coordinate_frame not in GLOBAL_FRAMES:
        return None
    mask = message.type_mask
    height = message.alt
    if message.coordinate_frame in RELATIVE_FRAMES:
        height += aircraft.home().height_amsl_m
    level = math.isfinite(height)
    here = height if level else aircraft.geo().height_amsl_m
    place = aircraft.frame.ned(Geo(message.lat_int * 1e-7, message.lon_int * 1e-7, here))
    given: Axes = (place.n, place.e, place.d if level else None)
    position = tuple(None if mask >> bit & 1 else given[bit] for bit in range(3))
    return _setpoint(
        message,
        (position[0], position[1], position[2]),
        _axes(message, ("vx", "vy", "vz"), mask, 3),
        _axes(message, ("afx", "afy", "afz"), mask, 6),
    )


def attitude_setpoint(aircraft: Aircraft, message: Message) -> OffboardSetpoint | None:
    """SET_ATTITUDE_TARGET: an attitude or body rates, and thrust; None where either is missing."""
    mask: int = message.type_mask
    thrust = -message.thrust_body[2] if mask & THRUST_BODY else message.thrust
    if (mask & IGNORE_THRUST and not mask & THRUST_BODY) or not math.isfinite(thrust):
        return None
    rates = _body_rates(message, mask)
    if not mask & IGNORE_ATTITUDE:
        return _attitude(message, thrust, rates[2])
    if mask & (IGNORE_ROLL_RATE | IGNORE_PITCH_RATE):
        return None
    return OffboardSetpoint(kind=Leg.RATES, rates=rates, thrust=thrust)


def _body_rates(message: Message, mask: int) -> Axes:
    rates = (message.body_roll_rate, message.body_pitch_rate, message.body_yaw_rate)
    roll, pitch, yaw = (
        None if mask >> bit & 1 or not math.isfinite(rate) else rate
        for bit, rate in enumerate(rates)
    )
    return roll, pitch, yaw


def _attitude(message: Message, thrust: float, yaw_rate: float | None) -> OffboardSetpoint | None:
    w, x, y, z = message.q
    size = math.sqrt(w * w + x * x + y * y + z * z)
    if not math.isfinite(size) or size < LEAST_QUATERNION:
        return None
    attitude = (w / size, x / size, y / size, z / size)
    return OffboardSetpoint(kind=Leg.ATTITUDE, attitude=attitude, yaw_rate=yaw_rate, thrust=thrust)


def follow_target(aircraft: Aircraft, message: Message) -> FollowTarget:
    """FOLLOW_TARGET."""
    place = Geo(message.lat * 1e-7, message.lon * 1e-7, message.alt)
    velocity = Ned(*message.vel)
    known = all(math.isfinite(part) for part in velocity)
    return FollowTarget(place=aircraft.frame.ned(place), velocity=velocity if known else None)


def traffic(aircraft: Aircraft, message: Message) -> TrafficReport | None:
    """ADSB_VEHICLE; None where it says too little to judge by."""
    flags = message.flags
    if not flags & ADSB_PLACE or not flags & ADSB_HEIGHT:
        return None
    place = Geo(message.lat * 1e-7, message.lon * 1e-7, message.altitude * 1e-3)
    speed = message.hor_velocity * 0.01 if flags & ADSB_VELOCITY else 0.0
    climb = message.ver_velocity * 0.01 if flags & ADSB_VELOCITY else 0.0
    heading = math.radians(message.heading * 0.01) if flags & ADSB_HEADING else 0.0
    # PX4 goes by the address where there is one (DaaEncodedId.cpp).
    named = not 0 < message.ICAO_address <= ICAO_AT_MOST and flags & ADSB_CALLSIGN
    return TrafficReport(
        callsign=message.callsign if named else f"{message.ICAO_address:06X}",
        place=aircraft.frame.ned(place),
        velocity=Ned(speed * math.cos(heading), speed * math.sin(heading), -climb),
    )


Parser = Callable[[Aircraft, Message], OffboardSetpoint | None]
SETPOINTS: Mapping[str, Parser] = {
    "SET_POSITION_TARGET_LOCAL_NED": local_setpoint,
    "SET_POSITION_TARGET_GLOBAL_INT": global_setpoint,
    "SET_ATTITUDE_TARGET": attitude_setpoint,
}


def _axes(message: Message, names: tuple[str, str, str], mask: int, first_bit: int) -> Axes:
    x, y, z = (
        None if mask >> first_bit + index & 1 or not math.isfinite(message[name]) else message[name]
        for index, name in enumerate(names)
    )
    return x, y, z


def _turned(aircraft: Aircraft, axes: Axes) -> Axes:
    """From the vehicle's heading to north; half a level vector counts as none."""
    forward, right, down = axes
    if forward is None or right is None:
        return None, None, down
    yaw = aircraft.flight.body.yaw
    north = forward * math.cos(yaw) - right * math.sin(yaw)
    return north, forward * math.sin(yaw) + right * math.cos(yaw), down


def _setpoint(
    message: Message, position: Axes, velocity: Axes, acceleration: Axes
) -> OffboardSetpoint | None:
    mask = message.type_mask
    if mask & FORCE:
        # PX4 refuses a force setpoint as such.
        acceleration = (None, None, None)
    axes = (*position, *velocity, *acceleration)
    if all(axis is None for axis in axes):
        return None
    yaw = None if mask & IGNORE_YAW or not math.isfinite(message.yaw) else message.yaw
    rate = message.yaw_rate
    return OffboardSetpoint(
        position=position,
        velocity=velocity,
        acceleration=acceleration,
        yaw=yaw,
        yaw_rate=None if mask & IGNORE_YAW_RATE or not math.isfinite(rate) else rate,
    )
