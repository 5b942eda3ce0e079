"""Streams that have something to say only sometimes."""

from collections.abc import Callable, Mapping

from sim.vehicle.aircraft import Aircraft

Gate = Callable[[Aircraft], bool]


def _has_home(aircraft: Aircraft) -> bool:
    return aircraft.commander.has_home


def _flies(aircraft: Aircraft) -> bool:
    return not aircraft.landed


def _gimbal_is_managed(aircraft: Aircraft) -> bool:
    return aircraft.gimbal.enabled


def _gimbal_was_heard(aircraft: Aircraft) -> bool:
    return aircraft.gimbal.enabled and aircraft.gimbal.status is not None


def _orbits(aircraft: Aircraft) -> bool:
    return aircraft.modes.orbit_status is not None


GATES: Mapping[str, Gate] = {
    "HOME_POSITION": _has_home,
    "OPEN_DRONE_ID_SYSTEM": _has_home,
    "POSITION_TARGET_GLOBAL_INT": _flies,
    "GIMBAL_DEVICE_SET_ATTITUDE": _gimbal_is_managed,
    "GIMBAL_MANAGER_STATUS": _gimbal_was_heard,
    "GIMBAL_DEVICE_ATTITUDE_STATUS": _gimbal_was_heard,
    "ORBIT_EXECUTION_STATUS": _orbits,
}
