"""Every message that we can say or understand, compiled once.

The facts come from pymavlink's `development` dialect (common, standard, minimal and what PX4 tries
out). pymavlink leaves out whatever the definitions mark as work in progress, yet PX4 sends it, so
those messages and fields stand here, read from https://mavlink.io/en/messages/common.html and
https://mavlink.io/en/messages/development.html. Their checksum seeds are computed from the
definition and proven by recorded frames of PX4.
"""

from collections.abc import Mapping
from typing import Any

from pymavlink.dialects.v20 import development

from onboard.mavlink.codec.layout import Field, Layout, compile_layout, seed_of, wire_order

# Messages that pymavlink lacks.
_ADDED_MESSAGES: Mapping[tuple[int, str], tuple[Field, ...]] = {
    (8, "LINK_NODE_STATUS"): (
        Field("timestamp", "uint64_t"),
        Field("tx_buf", "uint8_t"),
        Field("rx_buf", "uint8_t"),
        Field("tx_rate", "uint32_t"),
        Field("rx_rate", "uint32_t"),
        Field("rx_parse_err", "uint16_t"),
        Field("tx_overflows", "uint16_t"),
        Field("rx_overflows", "uint16_t"),
        Field("messages_sent", "uint32_t"),
        Field("messages_received", "uint32_t"),
        Field("messages_lost", "uint32_t"),
    ),
    # ArduPilot's, which our bridge says to its clients.
    (193, "EKF_STATUS_REPORT"): (
        Field("flags", "uint16_t"),
        Field("velocity_variance", "float"),
        Field("pos_horiz_variance", "float"),
        Field("pos_vert_variance", "float"),
        Field("compass_variance", "float"),
        Field("terrain_alt_variance", "float"),
    ),
    (290, "ESC_INFO"): (
        Field("index", "uint8_t"),
        Field("time_usec", "uint64_t"),
        Field("counter", "uint16_t"),
        Field("count", "uint8_t"),
        Field("connection_type", "uint8_t"),
        Field("info", "uint8_t"),
        Field("failure_flags", "uint16_t", 4),
        Field("error_count", "uint32_t", 4),
        Field("temperature", "int16_t", 4),
    ),
    (291, "ESC_STATUS"): (
        Field("index", "uint8_t"),
        Field("time_usec", "uint64_t"),
        Field("rpm", "int32_t", 4),
        Field("voltage", "float", 4),
        Field("current", "float", 4),
    ),
    (300, "PROTOCOL_VERSION"): (
        Field("version", "uint16_t"),
        Field("min_version", "uint16_t"),
        Field("max_version", "uint16_t"),
        Field("spec_version_hash", "uint8_t", 8),
        Field("library_version_hash", "uint8_t", 8),
    ),
    (380, "TIME_ESTIMATE_TO_TARGET"): (
        Field("safe_return", "int32_t"),
        Field("land", "int32_t"),
        Field("mission_next_item", "int32_t"),
        Field("mission_end", "int32_t"),
        Field("commanded_action", "int32_t"),
    ),
    (395, "COMPONENT_INFORMATION"): (
        Field("time_boot_ms", "uint32_t"),
        Field("general_metadata_file_crc", "uint32_t"),
        Field("general_metadata_uri", "char", 100),
        Field("peripherals_metadata_file_crc", "uint32_t"),
        Field("peripherals_metadata_uri", "char", 100),
    ),
    (397, "COMPONENT_METADATA"): (
        Field("time_boot_ms", "uint32_t"),
        Field("file_crc", "uint32_t"),
        Field("uri", "char", 100),
    ),
    (410, "EVENT"): (
        Field("destination_component", "uint8_t"),
        Field("destination_system", "uint8_t"),
        Field("id", "uint32_t"),
        Field("event_time_boot_ms", "uint32_t"),
        Field("sequence", "uint16_t"),
        Field("log_levels", "uint8_t"),
        Field("arguments", "uint8_t", 40),
    ),
    (411, "CURRENT_EVENT_SEQUENCE"): (
        Field("sequence", "uint16_t"),
        Field("flags", "uint8_t"),
    ),
    (412, "REQUEST_EVENT"): (
        Field("target_system", "uint8_t"),
        Field("target_component", "uint8_t"),
        Field("first_sequence", "uint16_t"),
        Field("last_sequence", "uint16_t"),
    ),
    (413, "RESPONSE_EVENT_ERROR"): (
        Field("target_system", "uint8_t"),
        Field("target_component", "uint8_t"),
        Field("sequence", "uint16_t"),
        Field("sequence_oldest_available", "uint16_t"),
        Field("reason", "uint8_t"),
    ),
    (435, "AVAILABLE_MODES"): (
        Field("number_modes", "uint8_t"),
        Field("mode_index", "uint8_t"),
        Field("standard_mode", "uint8_t"),
        Field("custom_mode", "uint32_t"),
        Field("properties", "uint32_t"),
        Field("mode_name", "char", 35),
    ),
    (436, "CURRENT_MODE"): (
        Field("standard_mode", "uint8_t"),
        Field("custom_mode", "uint32_t"),
        Field("intended_custom_mode", "uint32_t"),
    ),
    (440, "ILLUMINATOR_STATUS"): (
        Field("uptime_ms", "uint32_t"),
        Field("enable", "uint8_t"),
        Field("mode_bitmask", "uint8_t"),
        Field("error_status", "uint32_t"),
        Field("mode", "uint8_t"),
        Field("brightness", "float"),
        Field("strobe_period", "float"),
        Field("strobe_duty_cycle", "float"),
        Field("temp_c", "float"),
        Field("min_strobe_period", "float"),
        Field("max_strobe_period", "float"),
    ),
    (514, "ESTIMATOR_SENSOR_FUSION_STATUS"): (
        Field("intended", "uint8_t", 9),
        Field("active", "uint8_t", 9),
        Field("test_ratio", "float", 9),
    ),
}

# Extension fields that pymavlink lacks, in the order of the wire; they change no seed.
_ADDED_FIELDS: Mapping[str, tuple[Field, ...]] = {
    "MISSION_CURRENT": (
        Field("mission_id", "uint32_t", extension=True),
        Field("fence_id", "uint32_t", extension=True),
        Field("rally_points_id", "uint32_t", extension=True),
    ),
    "MISSION_COUNT": (Field("opaque_id", "uint32_t", extension=True),),
    "MISSION_ACK": (Field("opaque_id", "uint32_t", extension=True),),
    "TIMESYNC": (
        Field("target_system", "uint8_t", extension=True),
        Field("target_component", "uint8_t", extension=True),
    ),
}


def _pymavlink_fields(message: Any) -> list[Field]:
    kinds = dict(zip(message.fieldnames, message.fieldtypes, strict=True))
    return [
        Field(name, kinds[name], length)
        for name, length in zip(message.ordered_fieldnames, message.array_lengths, strict=True)
    ]


def _from_pymavlink(message: Any) -> Layout:
    fields = _pymavlink_fields(message)
    known = {field.name for field in fields}
    added = [f for f in _ADDED_FIELDS.get(message.msgname, ()) if f.name not in known]
    return compile_layout(
        id=message.id, name=message.msgname, seed=message.crc_extra, fields=fields + added
    )


def _compile() -> dict[int, Layout]:
    layouts = {
        id: compile_layout(id=id, name=name, seed=seed_of(name, fields), fields=wire_order(fields))
        for (id, name), fields in _ADDED_MESSAGES.items()
    }
    for message in development.mavlink_map.values():
        layouts[message.id] = _from_pymavlink(message)
    return layouts


LAYOUT_BY_ID: Mapping[int, Layout] = _compile()
LAYOUT_BY_NAME: Mapping[str, Layout] = {layout.name: layout for layout in LAYOUT_BY_ID.values()}
