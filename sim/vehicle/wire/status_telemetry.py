"""The messages of PX4's full profiles about motors, satellites, Remote ID, orbit and time to home.

Contents: PX4-Autopilot v1.17, src/modules/mavlink/streams, and 01_boot_idle_1x.
"""

import math

from sim.vehicle.aircraft import Aircraft
from sim.vehicle.rotation import quaternion_from_euler
from sim.vehicle.telemetry import Builder, Fields

NAN = math.nan
NOT_KNOWN_8, NOT_KNOWN_16 = 255, 65535
ESC_TEMPERATURE_CDEG = 5000
ON_GROUND, IN_AIR = 1, 2
ODID_GROUND, ODID_AIRBORNE, ODID_EMERGENCY = 1, 2, 3
ODID_EPOCH_2019_S = 1_546_300_800
ODID_SPEED_MAX_CM_S, ODID_CLIMB_MAX_CM_S = 25425, 6200
FULL_RPM = 10_000.0
DEFAULT_CLIMB_M_S, DEFAULT_DESCENT_M_S = 3.0, 1.5


def esc_info(aircraft: Aircraft, at_s: float) -> Fields:
    """ESC_INFO of four ESCs, all online."""
    return {
        "time_usec": int(at_s * 1e6),
        "count": 4,
        "info": 15,
        "temperature": (ESC_TEMPERATURE_CDEG,) * 4,
    }


def esc_status(aircraft: Aircraft, at_s: float) -> Fields:
    """ESC_STATUS: SIH has no electrical model of a motor, only its speed."""
    running = aircraft.commander.armed
    rpm = round(FULL_RPM * math.sqrt(max(aircraft.flight.body.thrust, 0.0))) if running else 0
    return {"time_usec": int(at_s * 1e6), "rpm": (rpm,) * 4}


def gnss_integrity(aircraft: Aircraft, at_s: float) -> Fields:
    """GNSS_INTEGRITY: the simulated receiver says nothing of its quality."""
    return {
        "id": 4,
        "corrections_quality": NOT_KNOWN_8,
        "system_status_summary": NOT_KNOWN_8,
        "gnss_signal_quality": NOT_KNOWN_8,
        "post_processing_quality": NOT_KNOWN_8,
        "raim_hfom": NOT_KNOWN_16,
        "raim_vfom": NOT_KNOWN_16,
    }


def sensor_fusion(aircraft: Aircraft, at_s: float) -> Fields:
    """ESTIMATOR_SENSOR_FUSION_STATUS: GPS, barometer, range finder and compass in use."""
    return {
        "intended": bytes((1, 1, 0, 0, 1, 1, 1, 0, 0)),
        "active": bytes((1, 0, 0, 0, 1, 1, 1, 0, 0)),
        "test_ratio": (NAN,) * 9,
    }


def time_to_home(aircraft: Aircraft, at_s: float) -> Fields:
    """TIME_ESTIMATE_TO_TARGET: seconds that a return takes; the rest PX4 does not tell."""
    unknown = dict.fromkeys(("land", "mission_next_item", "mission_end", "commanded_action"), -1)
    return {"safe_return": round(return_time_s(aircraft)), **unknown}


def return_time_s(aircraft: Aircraft) -> float:
    """Climb to the return altitude, way home and descent, at the speeds set; 0 on the ground."""
    if aircraft.landed:
        return 0.0
    values = aircraft.parameters.values
    position, home = aircraft.flight.body.position, aircraft.state.home
    away_m = math.hypot(position.n - home.n, position.e - home.e)
    height_m = home.d - position.d
    top_m = max(height_m, float(values["RTL_RETURN_ALT"]))
    return (
        (top_m - height_m) / DEFAULT_CLIMB_M_S
        + away_m / max(float(values["MPC_XY_CRUISE"]), 0.1)
        + top_m / DEFAULT_DESCENT_M_S
    )


def remote_id_location(aircraft: Aircraft, at_s: float) -> Fields:
    """OPEN_DRONE_ID_LOCATION, always sent by PX4; unknown is what SIH does not measure."""
    body, place = aircraft.flight.body, aircraft.geo()
    velocity = body.velocity
    course_deg = round(math.degrees(math.atan2(velocity.e, velocity.n)) % 360.0)
    speed_cm_s = int(math.hypot(velocity.n, velocity.e) * 100.0)
    climb_cm_s = round(-velocity.d * 100.0)
    return {
        "status": _remote_id_status(aircraft),
        "direction": min(100 * course_deg, 35999),
        "speed_horizontal": min(speed_cm_s, ODID_SPEED_MAX_CM_S),
        "speed_vertical": max(-ODID_CLIMB_MAX_CM_S, min(climb_cm_s, ODID_CLIMB_MAX_CM_S)),
        "latitude": round(place.latitude_deg * 1e7),
        "longitude": round(place.longitude_deg * 1e7),
        "altitude_barometric": place.height_amsl_m,
        "altitude_geodetic": float(round(place.height_amsl_m)),
        "height": aircraft.state.home.d - body.position.d,
        "horizontal_accuracy": 12,
        "vertical_accuracy": 5,
        "speed_accuracy": 3,
        "timestamp": 65535.0,
    }


def _remote_id_status(aircraft: Aircraft) -> int:
    commander = aircraft.commander
    if commander.armed and commander.failsafe.active:
        return ODID_EMERGENCY
    return ODID_GROUND if aircraft.landed else ODID_AIRBORNE


def remote_id_system(aircraft: Aircraft, at_s: float) -> Fields:
    """OPEN_DRONE_ID_SYSTEM: the operator is where the vehicle took off."""
    home = aircraft.home()
    return {
        "operator_latitude": round(home.latitude_deg * 1e7),
        "operator_longitude": round(home.longitude_deg * 1e7),
        "operator_altitude_geo": home.height_amsl_m,
        "area_count": 1,
        "area_ceiling": -1000.0,
        "area_floor": -1000.0,
    }


def remote_id_basic(aircraft: Aircraft, at_s: float) -> Fields:
    """OPEN_DRONE_ID_BASIC_ID: what a ground station gave, or PX4's own number."""
    return aircraft.remote_id.basic_id()


def autopilot_state(aircraft: Aircraft, at_s: float) -> Fields:
    """AUTOPILOT_STATE_FOR_GIMBAL_DEVICE."""
    velocity = aircraft.flight.belief.velocity
    return {
        "time_boot_us": int(at_s * 1e6),
        "q": quaternion_from_euler(*aircraft.attitude()),
        "vx": velocity.n,
        "vy": velocity.e,
        "vz": velocity.d,
        "feed_forward_angular_velocity_z": aircraft.flight.guidance.yaw_rate,
        "estimator_status": 1023 if aircraft.commander.ready else 0,
        "landed_state": ON_GROUND if aircraft.landed else IN_AIR,
    }


def gimbal_set_attitude(aircraft: Aircraft, at_s: float) -> Fields:
    """GIMBAL_DEVICE_SET_ATTITUDE: the manager's word to the device."""
    manager = aircraft.gimbal
    setpoint = manager.setpoint(aircraft.flight.body.position)
    x, y, z = setpoint.rates
    return {
        "target_system": aircraft.config.system_id,
        "target_component": manager.device_id,
        "flags": setpoint.flags,
        "q": setpoint.rotation,
        "angular_velocity_x": x,
        "angular_velocity_y": y,
        "angular_velocity_z": z,
    }


def gimbal_manager_status(aircraft: Aircraft, at_s: float) -> Fields:
    """GIMBAL_MANAGER_STATUS: what the device said last, and who has control."""
    manager = aircraft.gimbal
    status = manager.status or {}
    return {
        "time_boot_ms": int(at_s * 1000.0),
        "flags": status.get("flags", 0),
        "gimbal_device_id": manager.device_id,
        "primary_control_sysid": manager.primary.system_id,
        "primary_control_compid": manager.primary.component_id,
    }


def gimbal_attitude(aircraft: Aircraft, at_s: float) -> Fields:
    """GIMBAL_DEVICE_ATTITUDE_STATUS as the device says it, for the lean profile."""
    if aircraft.gimbal.renew is not None:
        aircraft.gimbal.renew()
    return aircraft.gimbal.status or {}


def orbit_status(aircraft: Aircraft, at_s: float) -> Fields:
    """ORBIT_EXECUTION_STATUS while a circle is flown; nothing but the time otherwise."""
    status = aircraft.modes.orbit_status
    fields: Fields = {"time_usec": int(at_s * 1e6)}
    if status is None:
        return fields
    centre = aircraft.frame.geo(status.centre)
    return fields | {
        "radius": status.radius_m,
        "x": round(centre.latitude_deg * 1e7),
        "y": round(centre.longitude_deg * 1e7),
        "z": centre.height_amsl_m,
    }


def global_origin(aircraft: Aircraft, at_s: float) -> Fields:
    """GPS_GLOBAL_ORIGIN: the origin of the local frame."""
    origin = aircraft.frame.origin
    return {
        "latitude": round(origin.latitude_deg * 1e7),
        "longitude": round(origin.longitude_deg * 1e7),
        "altitude": round(origin.height_amsl_m * 1000.0),
        "time_usec": int(at_s * 1e6),
    }


def compass_calibration(aircraft: Aircraft, at_s: float) -> Fields:
    """MAG_CAL_REPORT: no calibration ran."""
    ones = dict.fromkeys(("diag_x", "diag_y", "diag_z", "orientation_confidence"), 1.0)
    return {**ones, "scale_factor": 1.0, "cal_status": 4}


STATUS_BUILDERS: dict[str, Builder] = {
    "ESC_INFO": esc_info,
    "ESC_STATUS": esc_status,
    "GNSS_INTEGRITY": gnss_integrity,
    "ESTIMATOR_SENSOR_FUSION_STATUS": sensor_fusion,
    "TIME_ESTIMATE_TO_TARGET": time_to_home,
    "OPEN_DRONE_ID_LOCATION": remote_id_location,
    "OPEN_DRONE_ID_SYSTEM": remote_id_system,
    "OPEN_DRONE_ID_BASIC_ID": remote_id_basic,
    "AUTOPILOT_STATE_FOR_GIMBAL_DEVICE": autopilot_state,
    "GIMBAL_DEVICE_SET_ATTITUDE": gimbal_set_attitude,
    "GIMBAL_MANAGER_STATUS": gimbal_manager_status,
    "GIMBAL_DEVICE_ATTITUDE_STATUS": gimbal_attitude,
    "GPS_GLOBAL_ORIGIN": global_origin,
    "ORBIT_EXECUTION_STATUS": orbit_status,
    "MAG_CAL_REPORT": compass_calibration,
}
