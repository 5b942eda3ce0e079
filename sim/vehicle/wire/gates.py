"""Streams that have something to say only sometimes."""

from collections.abc import Callable, Mapping

from onboard.mavlink.px4_modes import Px4Mode
from sim.vehicle.aircraft import Aircraft

Gate = Callable[[Aircraft], bool]
# Modes whose setpoint is the navigator's; PX4's navigator has none while disarmed.
NAVIGATED = frozenset(
    (
        Px4Mode.MISSION,
        Px4Mode.HOLD,
        Px4Mode.RTL,
        Px4Mode.TAKEOFF,
        Px4Mode.LAND,
        Px4Mode.PRECISION_LAND,
    )
)


def _has_home(aircraft: Aircraft) -> bool:
    return aircraft.commander.has_home


def _satellites_and_home(aircraft: Aircraft) -> bool:
    return aircraft.commander.has_home and _receiver_speaks(aircraft)


def _receiver_speaks(aircraft: Aircraft) -> bool:
    return aircraft.estimate.receiver_silent_since_s is None


def _is_navigated(aircraft: Aircraft) -> bool:
    return aircraft.commander.armed and aircraft.mode in NAVIGATED


def _gimbal_is_managed(aircraft: Aircraft) -> bool:
    return aircraft.gimbal.enabled


def _gimbal_was_heard(aircraft: Aircraft) -> bool:
    return aircraft.gimbal.enabled and aircraft.gimbal.status is not None


def _gimbal_is_heard(aircraft: Aircraft) -> bool:
    return _gimbal_was_heard(aircraft) and not aircraft.gimbal.mute


def _orbits(aircraft: Aircraft) -> bool:
    return aircraft.modes.orbit_status is not None


GATES: Mapping[str, Gate] = {
    "HOME_POSITION": _has_home,
    "GNSS_INTEGRITY": _receiver_speaks,
    "OPEN_DRONE_ID_SYSTEM": _satellites_and_home,
    "POSITION_TARGET_GLOBAL_INT": _is_navigated,
    "GIMBAL_DEVICE_SET_ATTITUDE": _gimbal_is_managed,
    "GIMBAL_MANAGER_STATUS": _gimbal_was_heard,
    "GIMBAL_DEVICE_ATTITUDE_STATUS": _gimbal_is_heard,
    "ORBIT_EXECUTION_STATUS": _orbits,
}
