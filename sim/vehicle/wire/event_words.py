"""What the vehicle's events mean, as the events file of its component metadata tells it.

A ground station reads it by MAVLink FTP and then shows events in words, and which modes the checks
close. Format: https://github.com/mavlink/libevents (version 2); names, types of arguments and masks
are PX4's, the words are ours.
"""

from collections.abc import Iterable
from typing import Any

from onboard.mavlink.px4_modes import Px4Mode, custom_mode
from sim.vehicle.wire.events import event_id

NAMESPACE, COMPONENT = "px4", "1"
REASON, ACTION = "px4::arm_disarm_reason_t", "px4::failsafe_action_t"
MODES, PARTS = "px4::navigation_mode_group_t", "px4::health_component_t"
_TYPES = {
    "f": "float", "i": "int32_t", "h": "int16_t", "H": "uint16_t", "B": "uint8_t",
    "I": "uint32_t", "r": REASON, "a": ACTION,
}  # fmt: skip
# Name, letters of its arguments, words; {n} is the n-th argument, `m_v` an upward length in metres.
_SAID = """
commander_armed_by|r|Armed by {1}
commander_disarmed_by|r|Disarmed by {1}
commander_takeoff_detected||Take-off detected
commander_landing_detected||Landing detected
commander_landing_current_pos||Landing here
commander_rtl||Returning to launch
mission_execute||The mission runs
mission_climb_before_start|f|Climbing to {1:.1m_v} above home before the mission
mission_finished||Mission finished, landed
mission_finished_loiter||Mission finished, holding
vrtl_return_at|ii|Returning at {1m_v}, {2m_v} above the destination
rtl_land_at_destination||Landing at the destination
rtl_avoidance_build_failed|B|No way home around this fence can be planned (code {1}): straight home
rtl_avoiding_geofence||The way home goes around the fence
rtl_avoidance_runtime_fallback||No way home around the fence: flying straight
commander_mission_start_denied_no_mission||No valid mission to start
commander_arm_denied_resolve_failures||Not armed: resolve the failed checks first
commander_disarm_denied_not_landed||Not disarmed: the vehicle flies
commander_unsupported_arm_disarm_param|f|Arming knows no parameter {1:.3}
commander_unsupported_auto_mode||Unknown automatic mode
commander_unsupported_main_mode||Unknown main mode
commander_unsupported_base_mode||Unknown base mode
navigator_reposition_outside_geofence||That place is outside the fence
navigator_change_altitude_outside_geofence||That height is outside the fence
navigator_geofence_invalid_against_home||The fence does not hold home
navigator_geofence_invalid_against_cur_pos||The fence does not hold the vehicle
navigator_mis_geofence_violation|h|Waypoint {1} is outside the fence
commander_dl_regained||The ground station is heard again
commander_gcs_lost||The ground station is no longer heard
commander_mission_comp_lost||The companion computer is no longer heard
commander_onboard_ctrl_regained||The companion computer is heard again
commander_remote_id_lost||The Remote ID system is no longer heard
commander_open_drone_id_regained||The Remote ID system is heard again
commander_failsafe_enter_low_bat||Low battery: return advised
commander_low_bat_shutdown_failed||The battery is dangerously low, and this system cannot shut down
navigator_mis_no_pos_lock||Not yet ready for a mission: no position
mission_not_valid_refuse||No valid mission: refused
mission_not_valid_loiter||No valid mission: holding
navigator_takeoff_default_alt|f|Taking off to the usual {1:.2m}
navigator_mis_unsup_cmd|HH|Mission rejected: item {1} has command {2}, which is not supported
navigator_mis_starts_w_landing||Mission rejected: it begins with a landing
navigator_mis_takeoff_not_first||Mission rejected: the take-off is not its first item
navigator_mis_vtol_items||Mission rejected: it has items for a VTOL
navigator_mis_takeoff_too_low|f|Mission rejected: its take-off is not above {1:.1m_v}
navigator_mis_takeoff_or_land_missing||Mission rejected: it wants a take-off or a landing
navigator_mis_takeoff_missing||Mission rejected: it wants a take-off
navigator_mis_land_missing||Mission rejected: it wants a landing
navigator_mis_first_wp_far|I|The first waypoint is {1m} from home: is it the right mission?
feasibility_mis_in_air_landing_req||Mission rejected: it wants a landing
navigator_mis_add_land_or_rm_to||Mission rejected: add a landing or remove the take-off
navigator_mis_add_to_or_rm_land||Mission rejected: add a take-off or remove the landing
mavlink_mission_mis_item_busy||Mission item ignored: busy
mavlink_mission_mis_item_invalid||Mission item ignored: invalid
mavlink_mission_no_transfer||Mission item ignored: no transfer runs
mavlink_mission_sync_timeout||The transfer of the mission took too long
mavlink_mission_req_ignored||Mission request ignored
mavlink_mission_ignore_clear||Clearing the mission ignored: busy
mavlink_mission_ignore_mis_count||Mission upload ignored: busy
mavlink_mission_getlist_busy||Mission download ignored: busy
mavlink_mission_wp_unexpected||Mission request ignored: not expected
mavlink_mission_seq_out_of_bounds||No such mission item
logger_open_file_time|HBBBBB|Logging to {1}-{2}-{3}/{4}_{5}_{6}.ulg
"""
_FAILSAFES = """
commander_failsafe_enter_generic|Ia|Failsafe: {2}
commander_failsafe_enter_generic_hold|IaH|Failsafe: {2} in {3} seconds
commander_failsafe_enter_generic_warn|I|Failsafe warning:
"""
# These carry the modes that they close and the number of a component before their own arguments.
_ARMING_CHECKS = """
check_modes_global_pos||No valid global position
check_modes_local_pos||No valid position
check_modes_offboard_signal_lost||No setpoints from a companion computer
check_modes_cannot_takeoff||Not a mode to arm in
check_modes_mission||No valid mission
check_modes_manual_control||No manual control
check_estimator_heading_no_source||No heading
check_estimator_mag_fault||The compass is no longer used
check_rc_dl_no_dllink||No ground station
check_battery_low||Low battery
check_battery_critical||Critical battery
check_battery_emergency||Emergency battery level
check_failure_detector_roll||The vehicle has rolled over
check_failure_detector_pitch||The vehicle has pitched over
check_failure_detector_alt||The vehicle falls
check_gf_violation_max_hor_dist||Too far from home
check_gf_violation_max_alt||Too high above home
check_gf_violation_custom_gf||Outside the fence
check_gf_no_home||Returning at the fence wants a home
check_flight_time_limit||The flight time is over
check_rally_point_missing||No rally point
"""
_HEALTH = """
check_accel_no_data|B|No data of accelerometer {3}
check_gyro_no_data|B|No data of gyroscope {3}
check_mag_no_data|B|No data of compass {3}
check_baro_no_data|B|No data of barometer {3}
check_battery_disconnected|B|Battery {3} is disconnected
check_open_drone_id_missing||No Remote ID system
check_open_drone_id_unhealthy||The Remote ID system is not ready
"""
_REASONS = (
    "1=stick gesture 2=RC switch 3=internal command 4=external command 5=mission start 6=landing"
    " 7=inaction before flight 8=kill switch 13=RC button 14=failsafe"
)
_ACTIONS = (
    "0=none 1=warning 2=Position mode 3=Altitude mode 4=Stabilized mode 5=Hold 6=Return 7=Land"
    " 8=Descend 9=disarm 10=terminate"
)
_PARTS = (
    "0=none 1=barometer 2=airspeed 3=satellites 4=optical flow 5=vision 6=distance sensor"
    " 7=manual control 8=motors 9=UTM 10=logging 11=battery 12=links 13=rate controller"
    " 14=attitude controller 15=position controller 16=attitude 17=local position 18=mission"
    " 19=avoidance 20=system 21=camera 22=gimbal 23=payload 24=global position 25=storage"
    " 26=parachute 27=compass 28=accelerometer 29=gyroscope 30=Remote ID 31=traffic avoidance"
)
# PX4's numbers of modes (NAVIGATION_STATE); each is a group of its own.
MODE_NUMBERS = {
    Px4Mode.MANUAL: 0, Px4Mode.ALTITUDE: 1, Px4Mode.POSITION: 2, Px4Mode.MISSION: 3,
    Px4Mode.HOLD: 4, Px4Mode.RTL: 5, Px4Mode.POSITION_SLOW: 6, Px4Mode.GUIDED_COURSE: 7,
    Px4Mode.ALTITUDE_CRUISE: 8, Px4Mode.ACRO: 10, Px4Mode.DESCEND: 12, Px4Mode.TERMINATION: 13,
    Px4Mode.OFFBOARD: 14, Px4Mode.STABILIZED: 15, Px4Mode.TAKEOFF: 17, Px4Mode.LAND: 18,
    Px4Mode.FOLLOW: 19, Px4Mode.PRECISION_LAND: 20, Px4Mode.ORBIT: 21, Px4Mode.VTOL_TAKEOFF: 22,
}  # fmt: skip


def events_file() -> dict[str, Any]:
    """The content of the events file."""
    check = [_argument("modes", MODES), _argument("health_component_index", "uint8_t")]
    parts = [_argument(name, PARTS) for name in ("error", "warning")]
    modes = [_argument(name, MODES) for name in ("can_arm", "can_run")]
    chunk = [_argument("chunk_idx", "uint8_t")]
    summary = _event("commander_arming_check_summary", chunk + parts + modes, "Arming checks")
    health = _event(
        "commander_health_summary", [*chunk, _argument("is_present", PARTS), *parts], "Health"
    )
    groups = {
        "default": [
            *_events(_SAID, []),
            *(each | {"type": "append_health_and_arming_messages"} for each in _events(_FAILSAFES)),
        ],
        "arming_check": [summary | {"type": "summary"}, *_events(_ARMING_CHECKS, check)],
        "health": [health | {"type": "summary"}, *_events(_HEALTH, check)],
    }
    described = {
        "namespace": NAMESPACE,
        "event_groups": {name: {"events": _numbered(group)} for name, group in groups.items()},
        "enums": _enums(),
        "supported_protocols": ["health_and_arming_check"],
        "navigation_mode_groups": {
            "groups": {str(number): [custom_mode(mode)] for mode, number in MODE_NUMBERS.items()}
        },
    }
    return {"version": 2, "components": {COMPONENT: described}}


def _events(table: str, first: Iterable[dict[str, str]] = ()) -> list[dict[str, Any]]:
    return [_row(line, list(first)) for line in table.strip().splitlines()]


def _row(line: str, arguments: list[dict[str, str]]) -> dict[str, Any]:
    name, letters, words = line.split("|")
    own = [_argument(f"arg{n}", _TYPES[letter]) for n, letter in enumerate(letters)]
    return _event(name, arguments + own, words)


def _event(name: str, arguments: list[dict[str, str]], words: str) -> dict[str, Any]:
    told: dict[str, Any] = {"name": name, "message": words}
    return told | {"arguments": arguments} if arguments else told


def _argument(name: str, kind: str) -> dict[str, str]:
    return {"name": name, "type": kind}


def _numbered(events: list[dict[str, Any]]) -> dict[str, Any]:
    return {str(event_id(event["name"]) & 0xFFFFFF): event for event in events}


def _enums() -> dict[str, Any]:
    modes = " ".join(
        f"{number}={mode.name.replace('_', ' ').capitalize()}"
        for mode, number in MODE_NUMBERS.items()
    )
    return {
        "arm_disarm_reason_t": _enum("uint8_t", _REASONS, "What armed or disarmed the vehicle"),
        "failsafe_action_t": _enum("uint8_t", _ACTIONS, "What a failsafe does"),
        "health_component_t": _enum("uint32_t", _PARTS, "Parts of the vehicle", bits=True),
        "navigation_mode_group_t": _enum("uint32_t", modes, "Flight modes", bits=True),
    }


def _enum(kind: str, words: str, description: str, *, bits: bool = False) -> dict[str, Any]:
    """An enumeration of `number=words`; of bits, the number is the bit's."""
    entries: dict[str, Any] = {}
    number, text = "", ""
    for word in [*words.split(" "), "="]:
        if "=" in word:
            if number:
                value = 1 << int(number) if bits else int(number)
                name = text.lower().replace(" ", "_")
                entries[str(value)] = {"name": name, "description": text}
            number, _, text = word.partition("=")
        else:
            text = f"{text} {word}"
    told: dict[str, Any] = {"type": kind, "description": description, "entries": entries}
    return told | {"is_bitfield": True} if bits else told
