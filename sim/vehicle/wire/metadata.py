"""Component metadata that the vehicle offers: its parameters and events, as files to fetch.

COMPONENT_METADATA names a general file, which names the others (mftp:// is MAVLink FTP). Files are
compressed by xz, as PX4's. https://mavlink.io/en/services/component_information.html
"""

import json
import lzma
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sim.vehicle.parameters import Value, px4_defaults
from sim.vehicle.wire.event_words import events_file
from sim.vehicle.wire.ftp import file_crc32

GENERAL_PATH = "/etc/extras/component_general.json.xz"
PARAMETERS_PATH = "/etc/extras/parameters.json.xz"
EVENTS_PATH = "/etc/extras/all_events.json.xz"
PARAMETER_METADATA, EVENTS_METADATA = 1, 4
# What these parameters decide, in our words; the rest are told by name, type and default.
_MEANINGS: Mapping[str, tuple[str, str]] = {
    "NAV_DLL_ACT": ("", "What happens when the ground station falls silent; 0 is nothing"),
    "COM_DL_LOSS_T": ("s", "How long the ground station may be silent"),
    "COM_LOW_BAT_ACT": ("", "What happens when the battery runs low"),
    "COM_FAIL_ACT_T": ("s", "How long a failsafe waits in Hold for the operator"),
    "BAT_LOW_THR": ("norm", "Charge below which the battery is low"),
    "BAT_CRIT_THR": ("norm", "Charge below which the battery is critical"),
    "BAT_EMERGEN_THR": ("norm", "Charge below which the vehicle lands at once"),
    "GF_ACTION": ("", "What happens when the fence is breached"),
    "RTL_RETURN_ALT": ("m", "Height above home of the way home"),
    "RTL_TYPE": ("", "Where the vehicle returns to"),
    "MPC_XY_CRUISE": ("m/s", "Speed of a mission"),
    "NAV_ACC_RAD": ("m", "How near a waypoint counts as reached"),
    "MIS_TAKEOFF_ALT": ("m", "Height of a take-off that names none"),
}


@lru_cache(maxsize=1)
def metadata_files() -> Mapping[str, bytes]:
    """The files by path."""
    described = [_described(name, value) for name, value in px4_defaults().items()]
    parameters = _packed({"version": 1, "parameters": described})
    events = _packed(events_file())
    kinds = (
        (PARAMETER_METADATA, PARAMETERS_PATH, parameters),
        (EVENTS_METADATA, EVENTS_PATH, events),
    )
    types = [
        {"type": kind, "uri": f"mftp:/{path}", "fileCrc": file_crc32(data)}
        for kind, path, data in kinds
    ]
    general = _packed({"version": 1, "metadataTypes": types})
    return {GENERAL_PATH: general, PARAMETERS_PATH: parameters, EVENTS_PATH: events}


def general_fields(boot_s: float) -> dict[str, Any]:
    """The fields of COMPONENT_METADATA."""
    return {
        "time_boot_ms": int(boot_s * 1000.0),
        "file_crc": file_crc32(metadata_files()[GENERAL_PATH]),
        "uri": f"mftp:/{GENERAL_PATH}",
    }


def _described(name: str, value: Value) -> dict[str, Any]:
    units, meaning = _MEANINGS.get(name, ("", ""))
    told: dict[str, Any] = {
        "name": name,
        "type": "Int32" if isinstance(value, int) else "Float",
        "default": value,
        "group": name.split("_", 1)[0],
        "category": "Standard",
    }
    if units:
        told["units"] = units
    if meaning:
        told["shortDesc"] = meaning
    return told


def _packed(content: dict[str, Any]) -> bytes:
    text = json.dumps(content, separators=(",", ":"))
    return lzma.compress(text.encode(), check=lzma.CHECK_CRC32, preset=6)
