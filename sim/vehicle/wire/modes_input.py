"""Setpoints, targets and traffic that came in, handed to the modes. False is: not taken."""

from collections.abc import Callable, Mapping

from onboard.mavlink.codec import Message
from sim.vehicle.aircraft import Aircraft
from sim.vehicle.modes.sticks import StickPositions
from sim.vehicle.wire.ports import LINKS
from sim.vehicle.wire.setpoints import SETPOINTS, follow_target, traffic

Input = Callable[[Aircraft, Message, str], bool]
MOST = 1000


def _setpoint(aircraft: Aircraft, message: Message, link: str) -> bool:
    setpoint = SETPOINTS[message.name](aircraft, message)
    if setpoint is None:
        return False
    aircraft.modes.offboard_setpoint(setpoint)
    return True


def _remote_id(aircraft: Aircraft, message: Message, link: str) -> bool:
    return aircraft.remote_id.hear(message)


def _follow(aircraft: Aircraft, message: Message, link: str) -> bool:
    aircraft.modes.follow_target(follow_target(aircraft, message))
    return True


def _traffic(aircraft: Aircraft, message: Message, link: str) -> bool:
    report = traffic(aircraft, message)
    if report is None:
        return False
    aircraft.modes.traffic(report)
    return True


def _sticks(aircraft: Aircraft, message: Message, link: str) -> bool:
    """MANUAL_CONTROL; what is out of range counts as centred, as in PX4."""
    forward, right, clockwise = (
        axis / MOST if -MOST <= axis <= MOST else 0.0 for axis in (message.x, message.y, message.r)
    )
    up = message.z / (MOST / 2) - 1.0 if 0 <= message.z <= MOST else 0.0
    positions = StickPositions(forward=forward, right=right, clockwise=clockwise, up=up)
    return aircraft.modes.sticks_moved(positions, LINKS.index(link))


INPUTS: Mapping[str, Input] = {
    "SET_POSITION_TARGET_LOCAL_NED": _setpoint,
    "SET_POSITION_TARGET_GLOBAL_INT": _setpoint,
    "SET_ATTITUDE_TARGET": _setpoint,
    "FOLLOW_TARGET": _follow,
    "ADSB_VEHICLE": _traffic,
    "MANUAL_CONTROL": _sticks,
    "OPEN_DRONE_ID_BASIC_ID": _remote_id,
    "OPEN_DRONE_ID_OPERATOR_ID": _remote_id,
    "OPEN_DRONE_ID_SELF_ID": _remote_id,
    "OPEN_DRONE_ID_SYSTEM": _remote_id,
}
