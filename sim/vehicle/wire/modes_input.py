"""Setpoints, targets and traffic that came in, handed to the modes. False is: not taken."""

from collections.abc import Callable, Mapping

from onboard.mavlink.codec import Message
from sim.vehicle.aircraft import Aircraft
from sim.vehicle.wire.setpoints import SETPOINTS, follow_target, traffic

Input = Callable[[Aircraft, Message], bool]


def _setpoint(aircraft: Aircraft, message: Message) -> bool:
    setpoint = SETPOINTS[message.name](aircraft, message)
    if setpoint is None:
        return False
    aircraft.modes.offboard_setpoint(setpoint)
    return True


def _remote_id(aircraft: Aircraft, message: Message) -> bool:
    return aircraft.remote_id.hear(message)


def _follow(aircraft: Aircraft, message: Message) -> bool:
    aircraft.modes.follow_target(follow_target(aircraft, message))
    return True


def _traffic(aircraft: Aircraft, message: Message) -> bool:
    report = traffic(aircraft, message)
    if report is None:
        return False
    aircraft.modes.traffic(report)
    return True


INPUTS: Mapping[str, Input] = {
    "SET_POSITION_TARGET_LOCAL_NED": _setpoint,
    "SET_POSITION_TARGET_GLOBAL_INT": _setpoint,
    "SET_ATTITUDE_TARGET": _setpoint,
    "FOLLOW_TARGET": _follow,
    "ADSB_VEHICLE": _traffic,
    "OPEN_DRONE_ID_BASIC_ID": _remote_id,
    "OPEN_DRONE_ID_OPERATOR_ID": _remote_id,
    "OPEN_DRONE_ID_SELF_ID": _remote_id,
    "OPEN_DRONE_ID_SYSTEM": _remote_id,
}
