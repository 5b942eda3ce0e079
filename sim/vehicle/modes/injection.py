"""MAV_CMD_INJECT_FAILURE: PX4's units and types as faults of the simulated vehicle.

Source: PX4-Autopilot v1.17, src/modules/failure_injection_manager.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from sim.vehicle.faults import MOTORS, SensorState, VehicleFaults
from sim.vehicle.modes.requests import Result

LAST_INSTANCE, ALL_INSTANCES = 16, 0xFFFF
TYPES = ("ok", "off", "stuck", "garbage", "wrong", "slow", "delayed", "intermittent")


class Unit(IntEnum):
    """FAILURE_UNIT."""

    GYRO = 0
    ACCEL = 1
    MAG = 2
    BARO = 3
    GPS = 4
    OPTICAL_FLOW = 5
    VIO = 6
    DISTANCE_SENSOR = 7
    AIRSPEED = 8
    BATTERY = 100
    MOTOR = 101
    SERVO = 102
    AVOIDANCE = 103
    RC_SIGNAL = 104
    MAVLINK_SIGNAL = 105
    ESC = 106


@dataclass(frozen=True, slots=True, kw_only=True)
class Injected:
    """What PX4 answers and what it says (a text of severity 4), None where it says nothing."""

    result: Result
    text: str | None


def inject(
    faults: VehicleFaults, *, unit: float, kind: float, instance: float, mask: float
) -> Injected:
    """Set a fault as the command's first four parameters ask for it."""
    if not (math.isfinite(unit) and math.isfinite(kind)):
        return Injected(result=Result.UNSUPPORTED, text=None)
    number, state = round(unit), round(kind)
    if number not in set(Unit) or not 0 <= state < len(TYPES):
        return Injected(result=Result.UNSUPPORTED, text=None)
    instances = _mask(instance, mask)
    if instances == 0:
        return Injected(result=Result.ACCEPTED, text=None)
    known = Unit(number)
    _apply(faults, known, TYPES[state], instances)
    name, phrase = known.name.lower(), _phrase(instances)
    words = f"Cleared: {name}" if state == 0 else f"Injected: {name} {TYPES[state]}"
    return Injected(result=Result.ACCEPTED, text=f"{words}, {phrase}")


def _mask(instance: float, mask: float) -> int:
    if not math.isfinite(instance):
        return round(mask) & ALL_INSTANCES if math.isfinite(mask) else 0
    if round(instance) == 0:
        return ALL_INSTANCES
    return 1 << round(instance) - 1 if 1 <= round(instance) <= LAST_INSTANCE else 0


def _phrase(instances: int) -> str:
    if instances == ALL_INSTANCES:
        return "all instances"
    named = (str(bit + 1) for bit in range(LAST_INSTANCE) if instances >> bit & 1)
    return f"instances {','.join(named)}"


def _apply(faults: VehicleFaults, unit: Unit, kind: str, instances: int) -> None:
    if unit is Unit.MOTOR:
        for number in range(MOTORS):
            if instances >> number & 1:
                faults.motor_works_at(number, 0.0 if kind == "off" else 1.0)
        return
    state = {"off": SensorState.OFF, "stuck": SensorState.STUCK, "wrong": SensorState.WRONG}
    wanted = state.get(kind, SensorState.ON)
    setter = _SETTERS.get(unit)
    if setter is not None:
        setter(faults, wanted)


_SETTERS: dict[Unit, Callable[[VehicleFaults, SensorState], None]] = {
    Unit.GPS: VehicleFaults.gps_fails,
    Unit.MAG: VehicleFaults.magnetometer_fails,
    Unit.BARO: VehicleFaults.barometer_fails,
    Unit.BATTERY: VehicleFaults.battery_fails,
    Unit.ACCEL: lambda faults, state: faults.inertial_fails(
        accelerometer=state, gyroscope=faults.gyroscope
    ),
    Unit.GYRO: lambda faults, state: faults.inertial_fails(
        accelerometer=faults.accelerometer, gyroscope=state
    ),
}
