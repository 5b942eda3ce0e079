"""What REQUEST_MESSAGE brings: facts about the vehicle that are not streamed.

The 28 modes, the version and the capabilities are those that PX4 v1.17 reported itself
(01_boot_idle_1x.json).
"""

import math
from collections.abc import Callable
from typing import Any

from onboard.mavlink.codec import Send
from sim.vehicle.aircraft import Aircraft
from sim.vehicle.raw_telemetry import ALL_BUILDERS
from sim.vehicle.wire.metadata import general_fields

Answers = Callable[[Aircraft, float], list[Send]]

CAPABILITIES = 59647
FLIGHT_VERSION = 0x011100FF
GIT_HASH = (0, 0, 0, 205, 55, 198, 89, 187)
NO_NAME = "(Mode not available)"
# standard mode, main, sub, properties, name
MODES: tuple[tuple[int, int, int, int, str], ...] = (
    (0, 1, 0, 1, "Manual"),
    (4, 2, 0, 0, ""),
    (1, 3, 0, 0, ""),
    (6, 4, 4, 1, ""),
    (0, 4, 3, 1, "Hold"),
    (5, 4, 5, 1, ""),
    (0, 3, 2, 1, "Position Slow"),
    (0, 4, 19, 1, "Guided Course"),
    (0, 11, 0, 1, "Altitude Cruise"),
    (0, 5, 0, 1, "Acro"),
    (0, 4, 20, 3, "Descend"),
    (0, 10, 0, 3, "Termination"),
    (0, 6, 0, 1, "Offboard"),
    (0, 7, 0, 1, "Stabilized"),
    (8, 4, 2, 1, ""),
    (7, 4, 6, 1, ""),
    (0, 4, 8, 1, "Follow Target"),
    (0, 4, 9, 1, "Precision Landing"),
    (2, 3, 1, 1, ""),
    (0, 4, 10, 1, "VTOL Takeoff"),
    *((0, 4, sub, 2, NO_NAME) for sub in range(11, 19)),
)


def _version(aircraft: Aircraft, which: float) -> list[Send]:
    fields = {
        "capabilities": CAPABILITIES,
        "flight_sw_version": FLIGHT_VERSION,
        "middleware_sw_version": FLIGHT_VERSION,
        "board_version": 1,
        "flight_custom_version": GIT_HASH,
        "middleware_custom_version": GIT_HASH,
        "uid": aircraft.config.system_id,
    }
    return [Send("AUTOPILOT_VERSION", fields)]


def _modes(aircraft: Aircraft, which: float) -> list[Send]:
    wanted = (
        range(1, len(MODES) + 1) if which == 0 else (int(which) if math.isfinite(which) else 0,)
    )
    return [Send("AVAILABLE_MODES", _mode(index)) for index in wanted if 1 <= index <= len(MODES)]


def _mode(index: int) -> dict[str, Any]:
    standard, main, sub, properties, name = MODES[index - 1]
    return {
        "number_modes": len(MODES),
        "mode_index": index,
        "standard_mode": standard,
        "custom_mode": main << 16 | sub << 24,
        "properties": properties,
        "mode_name": name,
    }


def _storage(aircraft: Aircraft, which: float) -> list[Send]:
    if which not in (0.0, 1.0):
        return []
    fields = {
        "time_boot_ms": int(aircraft.boot_s * 1000.0),
        "storage_id": 1,
        "storage_count": 1,
        "status": 2,
        "total_capacity": 64_000.0,
        "available_capacity": 64_000.0,
    }
    return [Send("STORAGE_INFORMATION", fields)]


def _flight(aircraft: Aircraft, which: float) -> list[Send]:
    return [Send("FLIGHT_INFORMATION", {"time_boot_ms": int(aircraft.boot_s * 1000.0)})]


def _gimbal_manager(aircraft: Aircraft, which: float) -> list[Send]:
    told = aircraft.gimbal.information
    if told is None or not aircraft.gimbal.enabled:
        return []
    # PX4 passes the device's ranges on, all but those of its roll.
    kept = ("cap_flags", "pitch_min", "pitch_max", "yaw_min", "yaw_max")
    fields = {
        "time_boot_ms": int(aircraft.boot_s * 1000.0),
        "gimbal_device_id": aircraft.gimbal.device_id,
        **{name: told[name] for name in kept},
    }
    return [Send("GIMBAL_MANAGER_INFORMATION", fields)]


def _metadata(aircraft: Aircraft, which: float) -> list[Send]:
    return [Send("COMPONENT_METADATA", general_fields(aircraft.boot_s))]


def _information(aircraft: Aircraft, which: float) -> list[Send]:
    told = general_fields(aircraft.boot_s)
    fields = {
        "time_boot_ms": told["time_boot_ms"],
        "general_metadata_file_crc": told["file_crc"],
        "general_metadata_uri": told["uri"],
    }
    return [Send("COMPONENT_INFORMATION", fields)]


def _protocol(aircraft: Aircraft, which: float) -> list[Send]:
    return [Send("PROTOCOL_VERSION", {"version": 200, "min_version": 100, "max_version": 200})]


def _streamed(name: str) -> Answers:
    return lambda aircraft, which: [Send(name, ALL_BUILDERS[name](aircraft, aircraft.boot_s))]


INFORMATION: dict[str, Answers] = {
    "AUTOPILOT_VERSION": _version,
    "PROTOCOL_VERSION": _protocol,
    "AVAILABLE_MODES": _modes,
    "STORAGE_INFORMATION": _storage,
    "FLIGHT_INFORMATION": _flight,
    "GIMBAL_MANAGER_INFORMATION": _gimbal_manager,
    "COMPONENT_METADATA": _metadata,
    "COMPONENT_INFORMATION": _information,
    "CURRENT_MODE": _streamed("CURRENT_MODE"),
}
