"""Remote ID as the ground gives it: the identity to announce, and what the vehicle only passes by.

PX4 announces a basic ID that it was given instead of its own serial number; operator ID, self ID
and system it hands to a transmitter on CAN, which a simulated vehicle does not have.
Source: PX4-Autopilot v1.17, mavlink_receiver.cpp (handle_message_open_drone_id_*) and
streams/OPEN_DRONE_ID_BASIC_ID.hpp.
"""

from collections.abc import Mapping
from typing import Any

from onboard.mavlink.codec import Message

AUTOPILOT, EVERY_COMPONENT = 1, 0
SERIAL_NUMBER, MULTIROTOR = 1, 2
# What PX4's simulation gives for a serial number: its architecture and a board's identity.
PX4_SERIAL = "1006554d49534954414"


class RemoteId:
    """What a ground station said of the vehicle and its operator; forgotten at a reboot."""

    def __init__(self, system_id: int) -> None:
        self.told: dict[str, Mapping[str, Any]] = {}
        self._system = system_id

    def hear(self, message: Message) -> bool:
        """Take an OPEN_DRONE_ID message; False where it is not for this vehicle."""
        if message.name == "OPEN_DRONE_ID_BASIC_ID" and not self._is_for_us(message):
            return False
        self.told[message.name] = message.fields
        return True

    def basic_id(self) -> dict[str, Any]:
        """The fields of OPEN_DRONE_ID_BASIC_ID."""
        given = self.told.get("OPEN_DRONE_ID_BASIC_ID")
        if given is not None:
            return {name: given[name] for name in ("id_type", "ua_type", "uas_id")}
        serial = PX4_SERIAL.encode()
        return {"id_type": SERIAL_NUMBER, "ua_type": MULTIROTOR, "uas_id": serial.ljust(20, b"\0")}

    def _is_for_us(self, message: Message) -> bool:
        to = message.target_system, message.target_component
        return to[0] == self._system and to[1] in (AUTOPILOT, EVERY_COMPONENT)
