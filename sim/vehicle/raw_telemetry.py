"""The messages about sensors, actuators and setpoints that only PX4's full profiles stream."""

import math

from sim.vehicle.aircraft import Aircraft
from sim.vehicle.control import GRAVITY_M_S2
from sim.vehicle.rotation import quaternion_from_euler
from sim.vehicle.telemetry import BUILDERS, Builder, Fields
from sim.vehicle.wire.rare_telemetry import RARE_BUILDERS
from sim.vehicle.wire.status_telemetry import STATUS_BUILDERS

NAN = math.nan
MOTOR_OFF_US, MOTOR_IDLE_US, MOTOR_RANGE_US = 900, 1000, 1000
SEA_LEVEL_HPA, SCALE_HEIGHT_M = 1013.25, 8434.0


def servo_output(aircraft: Aircraft, at_s: float) -> Fields:
    """SERVO_OUTPUT_RAW: four motors alike."""
    thrust = aircraft.flight.body.thrust
    running = MOTOR_IDLE_US + round(thrust * MOTOR_RANGE_US)
    motor = running if aircraft.commander.armed else MOTOR_OFF_US
    fields: Fields = {f"servo{index}_raw": motor for index in range(1, 5)}
    fields |= {f"servo{index}_raw": MOTOR_OFF_US for index in range(5, 17)}
    return fields | {"time_usec": int(at_s * 1e6) & 0xFFFFFFFF}


def position_target_local(aircraft: Aircraft, at_s: float) -> Fields:
    """POSITION_TARGET_LOCAL_NED: the moving setpoint with the controller's corrections."""
    setpoint = aircraft.flight.controlled
    fields: Fields = {"time_boot_ms": int(at_s * 1000.0), "coordinate_frame": 1}
    if setpoint is None:
        nothing = dict.fromkeys(("x", "y", "z", "vx", "vy", "vz"), NAN)
        return fields | nothing | {"type_mask": 63, "afz": 100.0, "yaw": aircraft.state.yaw}
    x, y, z = (NAN if value is None else value for value in setpoint.position)
    return fields | {
        "x": x,
        "y": y,
        "z": z,
        "vx": setpoint.velocity.n,
        "vy": setpoint.velocity.e,
        "vz": setpoint.velocity.d,
        "afx": setpoint.acceleration.n,
        "afy": setpoint.acceleration.e,
        "afz": setpoint.acceleration.d,
        "yaw": aircraft.flight.guidance.yaw,
        "yaw_rate": aircraft.flight.guidance.yaw_rate,
    }


def position_target_global(aircraft: Aircraft, at_s: float) -> Fields:
    """POSITION_TARGET_GLOBAL_INT: the place flown to."""
    target = aircraft.frame.geo(aircraft.navigator.triplet.current)
    return {
        "time_boot_ms": int(at_s * 1000.0),
        "coordinate_frame": 5,
        "lat_int": round(target.latitude_deg * 1e7),
        "lon_int": round(target.longitude_deg * 1e7),
        "alt": target.height_amsl_m,
        "vx": NAN,
        "vy": NAN,
        "vz": NAN,
        "yaw": aircraft.flight.guidance.yaw,
    }


def _pressure_hpa(aircraft: Aircraft) -> float:
    return SEA_LEVEL_HPA * math.exp(-aircraft.geo().height_amsl_m / SCALE_HEIGHT_M)


def scaled_pressure(aircraft: Aircraft, at_s: float) -> Fields:
    """SCALED_PRESSURE of an isothermal atmosphere."""
    return {
        "time_boot_ms": int(at_s * 1000.0),
        "press_abs": _pressure_hpa(aircraft),
        "temperature": 1500,
    }


def highres_imu(aircraft: Aircraft, at_s: float) -> Fields:
    """HIGHRES_IMU: specific force without rotation rates, and pressure."""
    a = aircraft.flight.body.acceleration
    return {
        "time_usec": int(at_s * 1e6),
        "xacc": a.n,
        "yacc": a.e,
        "zacc": a.d - GRAVITY_M_S2,
        "zgyro": aircraft.flight.body.yaw_rate,
        "abs_pressure": _pressure_hpa(aircraft),
        "pressure_alt": aircraft.geo().height_amsl_m,
        "temperature": 15.0,
        "fields_updated": 0x1FFF,
    }


def odometry(aircraft: Aircraft, at_s: float) -> Fields:
    """ODOMETRY: local north-east-down, velocities in the body's axes."""
    body = aircraft.flight.belief
    p, v = body.position, body.velocity
    cos_yaw, sin_yaw = math.cos(body.yaw), math.sin(body.yaw)
    return {
        "time_usec": int(at_s * 1e6),
        "frame_id": 1,
        "child_frame_id": 12,
        "x": p.n,
        "y": p.e,
        "z": p.d,
        "q": quaternion_from_euler(*aircraft.attitude()),
        "vx": v.n * cos_yaw + v.e * sin_yaw,
        "vy": v.e * cos_yaw - v.n * sin_yaw,
        "vz": v.d,
        "yawspeed": body.yaw_rate,
        "pose_covariance": (NAN,) * 21,
        "velocity_covariance": (NAN,) * 21,
        "estimator_type": 8,
        "quality": 100,
    }


def distance_sensor(aircraft: Aircraft, at_s: float) -> Fields:
    """DISTANCE_SENSOR: height above the floor, 100 m at most."""
    height_cm = round(aircraft.flight.body.height_above_ground_m * 100.0)
    return {
        "time_boot_ms": int(at_s * 1000.0),
        "max_distance": 10000,
        "current_distance": max(0, min(height_cm, 10000)),
        "orientation": 25,
        "signal_quality": 100,
    }


def estimator_status(aircraft: Aircraft, at_s: float) -> Fields:
    """ESTIMATOR_STATUS: all good once the vehicle may be armed."""
    return {
        "time_usec": int(at_s * 1e6),
        "flags": 1023 if aircraft.commander.ready else 0,
        "tas_ratio": NAN,
        "pos_horiz_accuracy": 0.29,
        "pos_vert_accuracy": 0.04,
    }


def vibration(aircraft: Aircraft, at_s: float) -> Fields:
    """VIBRATION: none."""
    return {"time_usec": int(at_s * 1e6)}


def ping(aircraft: Aircraft, at_s: float) -> Fields:
    """PING to everybody."""
    return {"time_usec": int(at_s * 1e6), "seq": int(at_s) & 0xFFFFFFFF}


def timesync(aircraft: Aircraft, at_s: float) -> Fields:
    """TIMESYNC that asks the companion."""
    return {"tc1": 0, "ts1": int(at_s * 1e9)}


RAW_BUILDERS: dict[str, Builder] = {
    "SERVO_OUTPUT_RAW": servo_output,
    "POSITION_TARGET_LOCAL_NED": position_target_local,
    "POSITION_TARGET_GLOBAL_INT": position_target_global,
    "SCALED_PRESSURE": scaled_pressure,
    "HIGHRES_IMU": highres_imu,
    "ODOMETRY": odometry,
    "DISTANCE_SENSOR": distance_sensor,
    "ESTIMATOR_STATUS": estimator_status,
    "VIBRATION": vibration,
    "PING": ping,
    "TIMESYNC": timesync,
}
ALL_BUILDERS: dict[str, Builder] = BUILDERS | RAW_BUILDERS | STATUS_BUILDERS | RARE_BUILDERS
