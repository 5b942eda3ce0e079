"""PX4's events: numbered, kept for whoever missed one, and what they say of a text.

An event's id is its name's FNV-1a hash (24 bits) under the component's number. PX4 says most texts
twice, as STATUSTEXT (ending in a tab) and as EVENT. Source: https://mavlink.io/en/services/events.html
and PX4-Autopilot v1.17, src/modules/mavlink/mavlink_events.cpp; names and levels are those that the
recordings carry.
"""

import re
import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from onboard.mavlink.codec import Address, Send

AUTOPILOT_EVENTS = 1
KEPT = 20
ARGUMENT_BYTES = 40
SEQUENCES = 0x10000
UNAVAILABLE = 0
RESET = 1
# log_levels: the log's level in the upper half, what people see in the lower.
INFO, WARNING, ERROR, CRITICAL, EMERGENCY = 0x66, 0x44, 0x33, 0x22, 0x00
CRITICAL_INFO, ERROR_INFO, CRITICAL_WARNING, ERROR_SILENT = 0x62, 0x63, 0x42, 0x73
ERROR_WARNING, WARNING_INFO, EMERGENCY_INFO, PROTOCOL = 0x43, 0x64, 0x60, 0x88


def event_id(name: str, *, component: int = AUTOPILOT_EVENTS) -> int:
    """The number of an event by its name."""
    hash = 0x811C9DC5
    for byte in name.encode():
        hash = ((hash ^ byte) * 0x01000193) & 0xFFFFFFFF
    return hash & 0xFFFFFF | component << 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event with its arguments packed little-endian."""

    name: str
    levels: int = INFO
    arguments: bytes = b""


@dataclass(frozen=True, slots=True)
class _Sent:
    sequence: int
    send: Send


class EventLog:
    """Numbers events and keeps the last ones; shared by all links."""

    def __init__(self) -> None:
        self._kept: deque[_Sent] = deque(maxlen=KEPT)
        self._next = 0

    def add(self, event: Event, boot_s: float) -> Send:
        """The EVENT to send on every link."""
        sequence, self._next = self._next, (self._next + 1) % SEQUENCES
        fields = {
            "id": event_id(event.name),
            "event_time_boot_ms": int(boot_s * 1000.0),
            "sequence": sequence,
            "log_levels": event.levels,
            "arguments": event.arguments.ljust(ARGUMENT_BYTES, b"\0"),
        }
        sent = _Sent(sequence, Send("EVENT", fields))
        self._kept.append(sent)
        return sent.send

    def current(self) -> dict[str, int]:
        """The fields of CURRENT_EVENT_SEQUENCE."""
        flags = 0 if self._kept else RESET
        return {"sequence": (self._next - 1) % SEQUENCES, "flags": flags}

    def requested(self, first: int, last: int, *, by: Address) -> list[Send]:
        """The answer to REQUEST_EVENT: events, or an error for each that is no longer kept.

        PX4 would answer 65536 times to a range that wraps around; here the range ends with it.
        """
        kept = {sent.sequence: sent.send for sent in self._kept}
        wanted = [(first + step) % SEQUENCES for step in range((last - first) % SEQUENCES + 1)]
        return [kept.get(number) or self._missing(number, by) for number in wanted[: 2 * KEPT]]

    def _missing(self, sequence: int, by: Address) -> Send:
        newest = (self._next - 1) % SEQUENCES
        after = [sent.sequence for sent in self._kept if sent.sequence != sequence]
        oldest = min(after, key=lambda kept: (kept - sequence) % SEQUENCES, default=newest)
        fields = {
            "target_system": by.system_id,
            "target_component": by.component_id,
            "sequence": sequence,
            "sequence_oldest_available": oldest,
            "reason": UNAVAILABLE,
        }
        return Send("RESPONSE_EVENT_ERROR", fields)


Pack = Callable[[re.Match[str]], bytes]
ARM_REASONS = {
    "internal command": 3,
    "external command": 4,
    "mission start": 5,
    "landing": 6,
    "auto preflight disarming": 7,
    "kill switch": 8,
    "failsafe": 14,
}


def _reason(match: re.Match[str]) -> bytes:
    return struct.pack("<B", ARM_REASONS.get(match[1], 0))


def _numbers(layout: str) -> Pack:
    kinds = [float if letter == "f" else int for letter in layout]
    return lambda match: struct.pack(
        f"<{layout}", *(kind(text) for kind, text in zip(kinds, match.groups(), strict=True))
    )


# What a text begins with (or matches), the event that says the same, its levels, its arguments.
MIRRORED: tuple[tuple[str, str, int, Pack | None], ...] = (
    ("Armed by (.*)", "commander_armed_by", INFO, _reason),
    ("Disarmed by (.*)", "commander_disarmed_by", INFO, _reason),
    ("Takeoff detected", "commander_takeoff_detected", INFO, None),
    ("Landing detected", "commander_landing_detected", INFO, None),
    ("Landing at current position", "commander_landing_current_pos", INFO, None),
    ("Returning to launch", "commander_rtl", INFO, None),
    ("Executing Mission", "mission_execute", INFO, None),
    (r"Climb to ([\d.]+) meters", "mission_climb_before_start", INFO, _numbers("f")),
    ("Mission finished, landed", "mission_finished", INFO, None),
    ("Mission finished, loitering", "mission_finished_loiter", INFO, None),
    (r"RTL: start return at (-?\d+) m \((-?\d+) m", "vrtl_return_at", INFO, _numbers("ii")),
    ("RTL: land at destination", "rtl_land_at_destination", INFO, None),
    ("RTL: avoiding geofence", "rtl_avoiding_geofence", INFO, None),
    ("RTL: no geofence avoidance path", "rtl_avoidance_runtime_fallback", 0x32, None),
    ("Mission start denied! No valid", "commander_mission_start_denied_no_mission",
     CRITICAL_INFO, None),
    ("Arming denied: Resolve", "commander_arm_denied_resolve_failures", CRITICAL_INFO, None),
    ("Disarming denied: not landed", "commander_disarm_denied_not_landed", CRITICAL_INFO, None),
    ("Unsupported ARM_DISARM param: (.*)", "commander_unsupported_arm_disarm_param", ERROR,
     _numbers("f")),
    ("Unsupported auto mode", "commander_unsupported_auto_mode", ERROR, None),
    ("Unsupported main mode", "commander_unsupported_main_mode", ERROR, None),
    ("Unsupported base mode", "commander_unsupported_base_mode", ERROR, None),
    ("Reposition is outside geofence", "navigator_reposition_outside_geofence", ERROR_INFO, None),
    ("Altitude change is outside", "navigator_change_altitude_outside_geofence", ERROR_INFO, None),
    ("Geofence invalid, doesn't contain Home", "navigator_geofence_invalid_against_home",
     CRITICAL_WARNING, None),
    ("Geofence invalid, doesn't contain current", "navigator_geofence_invalid_against_cur_pos",
     CRITICAL_WARNING, None),
    (r"Geofence violation for waypoint (\d+)", "navigator_mis_geofence_violation", ERROR_INFO,
     _numbers("h")),
    ("GCS connection regained", "commander_dl_regained", INFO, None),
    ("Connection to ground (control )?station lost", "commander_gcs_lost", WARNING_INFO, None),
    ("Connection to mission computer lost", "commander_mission_comp_lost", CRITICAL, None),
    ("Onboard controller regained", "commander_onboard_ctrl_regained", INFO, None),
    ("Remote ID system lost", "commander_remote_id_lost", CRITICAL, None),
    ("Remote ID system regained", "commander_open_drone_id_regained", INFO, None),
    ("Low battery", "commander_failsafe_enter_low_bat", WARNING_INFO, None),
    ("System does not support shutdown", "commander_low_bat_shutdown_failed", 0x30, None),
    ("Not yet ready for mission", "navigator_mis_no_pos_lock", INFO, None),
    ("No valid mission available, refusing", "mission_not_valid_refuse", ERROR_SILENT, None),
    ("No valid mission available, loiter", "mission_not_valid_loiter", ERROR_SILENT, None),
    (r"Using default takeoff altitude: ([\d.]+) m", "navigator_takeoff_default_alt", INFO,
     _numbers("f")),
    ("IGN MISSION_ITEM: Busy", "mavlink_mission_mis_item_busy", ERROR, None),
    ("IGN MISSION_ITEM: Invalid item", "mavlink_mission_mis_item_invalid", ERROR, None),
    ("IGN MISSION_ITEM: No transfer", "mavlink_mission_no_transfer", ERROR, None),
    ("Mission sync timeout", "mavlink_mission_sync_timeout", ERROR, None),
    ("Mission download request ignored", "mavlink_mission_req_ignored", WARNING, None),
    ("WPM: IGN CLEAR CMD: Busy", "mavlink_mission_ignore_clear", ERROR, None),
    ("WPM: IGN MISSION_COUNT: Busy", "mavlink_mission_ignore_mis_count", ERROR, None),
    ("WPM: REJ. CMD: Busy", "mavlink_mission_getlist_busy", ERROR, None),
    ("WPM: REJ. CMD: Req. WP was unex", "mavlink_mission_wp_unexpected", ERROR, None),
    ("WPM: WP CURR CMD: Not in list", "mavlink_mission_seq_out_of_bounds", ERROR, None),
)  # fmt: skip
_COMPILED = tuple((re.compile(text), name, levels, pack) for text, name, levels, pack in MIRRORED)


def mirrored(text: str) -> Event | None:
    """The event that says what a text says; None where PX4 has none or it is not known here."""
    words = text.rstrip("\t")
    for pattern, name, levels, pack in _COMPILED:
        match = pattern.match(words)
        if match is not None:
            arguments = b"" if pack is None else pack(match)
            return Event(name=name, levels=levels, arguments=arguments)
    return None


_ENTERS_HOLD = re.compile(r"Failsafe activated: entering Hold for (\d+) seconds")
_ENTERS = re.compile("Failsafe activated")


def failsafe_event(text: str, *, custom_mode: int, action: int) -> Event | None:
    """The event of a failsafe's text; `action` is PX4's number of what is done in the end."""
    hold = _ENTERS_HOLD.match(text)
    if hold is not None:
        packed = struct.pack("<IBH", custom_mode, action, int(hold[1]))
        name = "commander_failsafe_enter_generic_hold"
        return Event(name=name, levels=CRITICAL_WARNING, arguments=packed)
    if _ENTERS.match(text):
        packed = struct.pack("<IB", custom_mode, action)
        name = "commander_failsafe_enter_generic"
        return Event(name=name, levels=CRITICAL_WARNING, arguments=packed)
    return None
