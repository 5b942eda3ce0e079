"""The messages that an aircraft streams: one builder a message, fields as MAVLink names them.

Source of contents: https://mavlink.io/en/messages/common.html and PX4's recordings.
"""

import math
from collections.abc import Callable
from typing import Any

from onboard.mavlink.plan_items import MissionType
from onboard.mavlink.px4_modes import Px4Mode, custom_mode
from sim.vehicle.aircraft import Aircraft
from sim.vehicle.cell_voltages import UNKNOWN_MV, cell_fields, told_millivolts
from sim.vehicle.mission_progress import MISSION_MODES, mission_total
from sim.vehicle.rotation import quaternion_from_euler
from sim.vehicle.wire.health_report import FIRST_S, facts_of, sensor_bits

Fields = dict[str, Any]
Builder = Callable[[Aircraft, float], Fields]

NAN = math.nan
PREARM_OK = 1 << 28
STANDARD_MODES = {
    Px4Mode.HOLD: 0,
    Px4Mode.POSITION: 1,
    Px4Mode.ORBIT: 2,
    Px4Mode.ALTITUDE: 4,
    Px4Mode.RTL: 5,
    Px4Mode.MISSION: 6,
    Px4Mode.LAND: 7,
    Px4Mode.TAKEOFF: 8,
}


def _ms(boot_s: float) -> int:
    return int(boot_s * 1000.0) & 0xFFFFFFFF


def _us(boot_s: float) -> int:
    return int(boot_s * 1e6)


def _e7(degrees: float) -> int:
    return round(degrees * 1e7)


def heartbeat(aircraft: Aircraft, at_s: float) -> Fields:
    """HEARTBEAT of the autopilot."""
    commander = aircraft.commander
    return {
        "type": 2,
        "autopilot": 12,
        "base_mode": commander.base_mode,
        "custom_mode": custom_mode(aircraft.mode),
        "system_status": commander.system_status,
        "mavlink_version": 3,
    }


def sys_status(aircraft: Aircraft, at_s: float) -> Fields:
    """SYS_STATUS; bit 28 of the health says that it may be armed."""
    prearm = PREARM_OK if aircraft.commander.prearm_ok else 0
    facts = facts_of(aircraft) if aircraft.boot_s >= FIRST_S else None
    present, enabled, healthy = sensor_bits(facts)
    return {
        "onboard_control_sensors_present": present,
        "onboard_control_sensors_enabled": enabled,
        "onboard_control_sensors_health": healthy | prearm,
        "load": 180,
        "voltage_battery": min(told_millivolts(aircraft.battery.voltage_v), UNKNOWN_MV),
        "current_battery": -1,
        "battery_remaining": math.ceil(aircraft.battery.remaining * 100.0),
        "onboard_control_sensors_health_extended": 1,
    }


def battery_status(aircraft: Aircraft, at_s: float) -> Fields:
    """BATTERY_STATUS; there is no current sensor."""
    return {
        "battery_function": 1,
        "type": 1,
        "temperature": 32767,
        "voltages": cell_fields(told_millivolts(aircraft.battery.voltage_v)),
        "current_battery": -1,
        "energy_consumed": -1,
        "battery_remaining": round(aircraft.battery.remaining * 100.0),
        "charge_state": int(aircraft.battery.state),
    }


def system_time(aircraft: Aircraft, at_s: float) -> Fields:
    """SYSTEM_TIME: UTC beside the time since boot."""
    return {
        "time_unix_usec": aircraft.unix_us(),
        "time_boot_ms": _ms(aircraft.boot_s),
    }


def attitude(aircraft: Aircraft, at_s: float) -> Fields:
    """ATTITUDE."""
    roll, pitch, yaw = aircraft.attitude()
    return {
        "time_boot_ms": _ms(at_s),
        "roll": roll,
        "pitch": pitch,
        "yaw": yaw,
        "yawspeed": aircraft.flight.body.yaw_rate,
    }


def attitude_quaternion(aircraft: Aircraft, at_s: float) -> Fields:
    """ATTITUDE_QUATERNION: north-east-down from body."""
    w, x, y, z = quaternion_from_euler(*aircraft.attitude())
    return {
        "time_boot_ms": _ms(at_s),
        "q1": w,
        "q2": x,
        "q3": y,
        "q4": z,
        "yawspeed": aircraft.flight.body.yaw_rate,
    }


def attitude_target(aircraft: Aircraft, at_s: float) -> Fields:
    """ATTITUDE_TARGET, with the attitude that is flown."""
    return {
        "time_boot_ms": _ms(at_s),
        "q": quaternion_from_euler(*aircraft.attitude()),
        "thrust": aircraft.flight.command.collective,
    }


def local_position(aircraft: Aircraft, at_s: float) -> Fields:
    """LOCAL_POSITION_NED."""
    p, v = aircraft.flight.belief.position, aircraft.flight.belief.velocity
    return {
        "time_boot_ms": _ms(at_s),
        "x": p.n,
        "y": p.e,
        "z": p.d,
        "vx": v.n,
        "vy": v.e,
        "vz": v.d,
    }


def global_position(aircraft: Aircraft, at_s: float) -> Fields:
    """GLOBAL_POSITION_INT."""
    body, place = aircraft.flight.belief, aircraft.geo()
    v = body.velocity
    return {
        "time_boot_ms": _ms(at_s),
        "lat": _e7(place.latitude_deg),
        "lon": _e7(place.longitude_deg),
        "alt": round(place.height_amsl_m * 1000.0),
        "relative_alt": round((aircraft.state.home.d - body.position.d) * 1000.0),
        "vx": round(v.n * 100.0),
        "vy": round(v.e * 100.0),
        "vz": round(v.d * 100.0),
        "hdg": round(math.degrees(body.yaw) * 100.0) % 36000,
    }


def gps_raw(aircraft: Aircraft, at_s: float) -> Fields:
    """GPS_RAW_INT: what the receiver measures, ten satellites as SIH has them."""
    place, v, estimate = aircraft.gps_place(), aircraft.flight.body.velocity, aircraft.estimate
    height_mm = round(place.height_amsl_m * 1000.0)
    return {
        "time_usec": _us(at_s),
        "fix_type": estimate.fix_type,
        "lat": _e7(place.latitude_deg),
        "lon": _e7(place.longitude_deg),
        "alt": height_mm,
        "alt_ellipsoid": height_mm,
        "eph": 70,
        "epv": 110,
        "vel": round(math.hypot(v.n, v.e) * 100.0),
        "cog": round(math.degrees(math.atan2(v.e, v.n)) * 100.0) % 36000,
        "satellites_visible": estimate.satellites,
        "h_acc": 900,
        "v_acc": 1780,
        "vel_acc": 400,
    }


def home_position(aircraft: Aircraft, at_s: float) -> Fields:
    """HOME_POSITION."""
    place, home = aircraft.home(), aircraft.state.home
    return {
        "latitude": _e7(place.latitude_deg),
        "longitude": _e7(place.longitude_deg),
        "altitude": round(place.height_amsl_m * 1000.0),
        "x": home.n,
        "y": home.e,
        "z": home.d,
        "q": quaternion_from_euler(0.0, 0.0, aircraft.state.home_yaw),
        "time_usec": _us(at_s),
    }


def extended_sys_state(aircraft: Aircraft, at_s: float) -> Fields:
    """EXTENDED_SYS_STATE."""
    return {"landed_state": aircraft.landed_state}


def mission_current(aircraft: Aircraft, at_s: float) -> Fields:
    """MISSION_CURRENT, with the hashes of all three plans."""
    plans, mission = aircraft.plans, aircraft.navigator.mission
    return {
        "seq": mission.current,
        "total": mission_total(plans),
        "mission_state": aircraft.navigator.progress.state(mission, aircraft.mode),
        "mission_mode": 1 if aircraft.mode in MISSION_MODES else 2,
        "mission_id": plans.hash(MissionType.MISSION),
        "fence_id": plans.hash(MissionType.FENCE),
        "rally_points_id": plans.hash(MissionType.RALLY),
    }


def vfr_hud(aircraft: Aircraft, at_s: float) -> Fields:
    """VFR_HUD; no airspeed sensor."""
    body = aircraft.flight.belief
    return {
        "airspeed": NAN,
        "groundspeed": math.hypot(body.velocity.n, body.velocity.e),
        "heading": round(math.degrees(body.yaw)) % 360,
        "throttle": round(aircraft.flight.command.collective * 100.0),
        "alt": aircraft.geo().height_amsl_m,
        "climb": -body.velocity.d,
    }


def altitude(aircraft: Aircraft, at_s: float) -> Fields:
    """ALTITUDE."""
    body = aircraft.flight.belief
    amsl = aircraft.geo().height_amsl_m
    return {
        "time_usec": _us(at_s),
        "altitude_monotonic": amsl,
        "altitude_amsl": amsl,
        "altitude_local": -body.position.d,
        "altitude_relative": aircraft.state.home.d - body.position.d,
        "altitude_terrain": -body.ground_d,
        "bottom_clearance": body.height_above_ground_m,
    }


def current_mode(aircraft: Aircraft, at_s: float) -> Fields:
    """CURRENT_MODE."""
    return {
        "standard_mode": STANDARD_MODES.get(aircraft.mode, 0),
        "custom_mode": custom_mode(aircraft.mode),
        "intended_custom_mode": custom_mode(aircraft.commander.intended),
    }


BUILDERS: dict[str, Builder] = {
    "HEARTBEAT": heartbeat,
    "SYS_STATUS": sys_status,
    "BATTERY_STATUS": battery_status,
    "SYSTEM_TIME": system_time,
    "ATTITUDE": attitude,
    "ATTITUDE_QUATERNION": attitude_quaternion,
    "ATTITUDE_TARGET": attitude_target,
    "LOCAL_POSITION_NED": local_position,
    "GLOBAL_POSITION_INT": global_position,
    "GPS_RAW_INT": gps_raw,
    "HOME_POSITION": home_position,
    "EXTENDED_SYS_STATE": extended_sys_state,
    "MISSION_CURRENT": mission_current,
    "VFR_HUD": vfr_hud,
    "ALTITUDE": altitude,
    "CURRENT_MODE": current_mode,
}
