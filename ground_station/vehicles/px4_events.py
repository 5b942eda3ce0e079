"""PX4's events that object to a plan, in words: some come without a STATUSTEXT beside them.

An event's id is the low 24 bits of the FNV-1a hash of its name, above them the component that
defines it (1: the autopilot). Its arguments are packed little-endian in the order of its text.
Names and argument types are those of PX4 v1.17 (navigator and geofence).
"""

import struct
from dataclasses import dataclass

from onboard.mavlink.codec import Message

AUTOPILOT_EVENTS = 1 << 24
FNV_OFFSET, FNV_PRIME = 0x811C9DC5, 0x01000193


@dataclass(frozen=True, slots=True)
class Objection:
    """What an event says, with a place for each of its arguments (`arguments`: struct format)."""

    words: str
    arguments: str = ""

    def said(self, packed: bytes) -> str:
        """The words with this event's arguments in them."""
        values = struct.unpack_from("<" + self.arguments, packed)
        return self.words.format(*values)


def event_id(name: str) -> int:
    """The id under which PX4 sends the event of this name."""
    value = FNV_OFFSET
    for byte in name.encode("ascii"):
        value = ((value ^ byte) * FNV_PRIME) & 0xFFFFFFFF
    return AUTOPILOT_EVENTS | (value & 0xFFFFFF)


OBJECTIONS = {
    event_id(name): objection
    for name, objection in {
        "navigator_mis_no_home_rel_alt": Objection(
            "waypoint {} is relative to home, and there is no home position", "h"
        ),
        "navigator_mis_unsup_cmd": Objection("item {}: command {} is not supported", "HH"),
        "navigator_mis_starts_w_landing": Objection("the mission starts with a landing"),
        "navigator_mis_starts_w_landing2": Objection("the mission starts with a landing"),
        "navigator_mis_takeoff_too_low": Objection(
            "the takeoff is too low: at least {:.1f} m are needed", "f"
        ),
        "navigator_mis_takeoff_not_first": Objection("the takeoff is not the first waypoint"),
        "navigator_mis_approach_wp_below_land": Objection(
            "the approach waypoint must be above the landing point"
        ),
        "navigator_mis_land_wp_inside_orbit_radius": Objection(
            "the landing point must be outside of the orbit"
        ),
        "navigator_mis_unsupported_landing_approach_wp": Objection(
            "the landing approach must begin with a waypoint or a loiter to altitude"
        ),
        "navigator_mis_glide_slope_too_steep": Objection(
            "the landing glide slope is steeper than {}.{} degrees", "BB"
        ),
        "navigator_mis_multiple_land": Objection("there is more than one landing start"),
        "navigator_mis_land_before_rtl": Objection("a landing start stands before a return"),
        "navigator_mis_invalid_land": Objection("the landing start is not valid"),
        "navigator_mis_takeoff_missing": Objection("a takeoff is required"),
        "navigator_mis_land_missing": Objection("a landing is required"),
        "navigator_mis_takeoff_or_land_missing": Objection("takeoff or landing is missing"),
        "feasibility_mis_in_air_landing_req": Objection("a landing is required"),
        "navigator_mis_add_land_or_rm_to": Objection("add a landing or remove the takeoff"),
        "navigator_mis_add_to_or_rm_land": Objection("add a takeoff or remove the landing"),
        "navigator_mis_wp_gate_too_close": Objection(
            "a waypoint and a gate are {:.3f} m apart: at least {:.3f} m are needed", "ff"
        ),
        "navigator_mis_vtol_items": Objection("it has VTOL items and the vehicle is no VTOL"),
        "navigator_mis_geofence_no_home": Objection("the geofence needs a valid home position"),
        "navigator_mis_geofence_no_home2": Objection("the geofence needs a valid home position"),
        "navigator_mis_geofence_violation": Objection("waypoint {} is outside the geofence", "h"),
        "navigator_mis_dm_read_fail": Objection("the vehicle cannot read its item {}", "H"),
        "navigator_geofence_invalid_against_home": Objection(
            "the geofence does not contain the home position"
        ),
        "navigator_geofence_invalid_against_cur_pos": Objection(
            "the geofence does not contain the vehicle"
        ),
        "navigator_geofence_import_failed": Objection("the geofence could not be stored"),
    }.items()
}


def objection(event: Message) -> str | None:
    """What an EVENT objects to in a plan, or None where it is about something else."""
    found = OBJECTIONS.get(event["id"])
    return None if found is None else found.said(bytes(event["arguments"]))
