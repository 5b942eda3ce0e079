"""Messages that PX4 sends only where somebody asks for them: raw sensors, a satellite link's.

Contents: PX4-Autopilot v1.17, src/modules/mavlink/streams/SCALED_IMU.hpp, HIGH_LATENCY2.hpp.
"""

import math

from onboard.mavlink.px4_modes import custom_mode
from sim.vehicle.aircraft import Aircraft
from sim.vehicle.battery import ChargeState
from sim.vehicle.control import GRAVITY_M_S2
from sim.vehicle.pose import Array
from sim.vehicle.rotation import matrix_from_quaternion, quaternion_from_euler
from sim.vehicle.telemetry import Builder, Fields

# The earth's field in milligauss, north-east-down, at the home that PX4's simulation starts at.
FIELD_MILLIGAUSS = (212.0, 21.0, 438.0)
SENSOR_CELSIUS = 15.0
QUADROTOR, PX4 = 2, 12
SIX_AUXILIARIES = 0b11111100
FAILURE_GPS, FAILURE_MAG, FAILURE_ACCEL, FAILURE_GYRO, FAILURE_PRESSURE = 1, 32, 8, 16, 4
FAILURE_BATTERY, FAILURE_RC, FAILURE_OFFBOARD, FAILURE_ENGINE = 128, 256, 512, 1024
FAILURE_ESTIMATOR, FAILURE_MISSION, FAILURE_GEOFENCE = 4096, 8192, 2048


def scaled_imu(aircraft: Aircraft, at_s: float) -> Fields:
    """SCALED_IMU: specific force in thousandths of g, rates in mrad/s, the earth's field."""
    R_ned_from_body = matrix_from_quaternion(quaternion_from_euler(*aircraft.true_attitude()))
    a = aircraft.flight.body.acceleration
    x, y, z = _in_body(R_ned_from_body, (a.n, a.e, a.d - GRAVITY_M_S2), 1000.0 / GRAVITY_M_S2)
    turning = (0.0, 0.0, aircraft.flight.body.yaw_rate)
    p, q, r = _in_body(R_ned_from_body, turning, 1000.0)
    mx, my, mz = _in_body(R_ned_from_body, FIELD_MILLIGAUSS, 1.0)
    return {
        "time_boot_ms": int(at_s * 1000.0),
        "xacc": x, "yacc": y, "zacc": z,
        "xgyro": p, "ygyro": q, "zgyro": r,
        "xmag": mx, "ymag": my, "zmag": mz,
        "temperature": int(SENSOR_CELSIUS * 100.0),
    }  # fmt: skip


def _in_body(R_ned_from_body: Array, v: tuple[float, float, float], scale: float) -> list[int]:
    turned = (R_ned_from_body.T @ v) * scale
    return [int(part) for part in turned.tolist()]


def high_latency2(aircraft: Aircraft, at_s: float) -> Fields:
    """HIGH_LATENCY2: the whole state in one message, for a satellite link."""
    place, belief = aircraft.geo(), aircraft.flight.belief
    velocity = belief.velocity
    return {
        "timestamp": int(at_s * 1000.0) & 0xFFFFFFFF,
        "type": QUADROTOR,
        "autopilot": PX4,
        "custom_mode": custom_mode(aircraft.mode) >> 16,
        "latitude": round(place.latitude_deg * 1e7),
        "longitude": round(place.longitude_deg * 1e7),
        "altitude": _within(math.floor(place.height_amsl_m + 0.5)),
        "heading": _half_degrees(belief.yaw),
        "target_heading": _half_degrees(aircraft.flight.guidance.yaw),
        "throttle": round(aircraft.flight.command.collective * 100.0),
        "groundspeed": min(round(math.hypot(velocity.n, velocity.e) * 5.0), 255),
        "climb_rate": max(-127, min(round(abs(velocity.d) * 10.0), 127)),
        "eph": 7,
        "epv": 11,
        "temperature_air": int(SENSOR_CELSIUS),
        "battery": round(aircraft.battery.remaining * 100.0),
        "wp_num": aircraft.navigator.mission.current,
        "failure_flags": _failures(aircraft),
    }


def manual_control(aircraft: Aircraft, at_s: float) -> Fields:
    """MANUAL_CONTROL: the sticks that count, or counted last."""
    sticks = aircraft.modes.sticks.positions
    return {
        "target": aircraft.config.system_id,
        "x": round(sticks.forward * 1000.0),
        "y": round(sticks.right * 1000.0),
        "z": round((sticks.up + 1.0) * 500.0),
        "r": round(sticks.clockwise * 1000.0),
        "enabled_extensions": SIX_AUXILIARIES,
    }


def _failures(aircraft: Aircraft) -> int:
    commander = aircraft.commander
    flags, sensed = commander.flags, commander.health.sensed
    wrong = (
        (FAILURE_GPS, not sensed.satellites),
        (FAILURE_PRESSURE, not sensed.barometer),
        (FAILURE_ACCEL, not sensed.accelerometer),
        (FAILURE_GYRO, not sensed.gyroscope),
        (FAILURE_MAG, not sensed.magnetometer),
        (FAILURE_BATTERY, flags.battery > ChargeState.LOW),
        (FAILURE_RC, flags.manual_control_lost),
        (FAILURE_OFFBOARD, flags.offboard_signal_lost),
        (FAILURE_ENGINE, flags.motor_failed),
        (FAILURE_MISSION, flags.mission_failed),
        (FAILURE_GEOFENCE, flags.fence_breached),
        (FAILURE_ESTIMATOR, not sensed.satellites),
    )
    return sum(bit for bit, failed in wrong if failed)


def _half_degrees(angle: float) -> int:
    return int(math.degrees(angle % math.tau) * 0.5)


def _within(value: int) -> int:
    return max(-32768, min(value, 32767))


RARE_BUILDERS: dict[str, Builder] = {
    "SCALED_IMU": scaled_imu,
    "HIGH_LATENCY2": high_latency2,
    "MANUAL_CONTROL": manual_control,
}
