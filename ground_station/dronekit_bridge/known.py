"""What the bridge knows of the vehicle behind it: who it is, where it stands and what it does."""

from contextlib import suppress
from dataclasses import dataclass
from math import nan

from onboard.mavlink.codec import Address, Message
from onboard.mavlink.parameters import ParameterType
from onboard.mavlink.px4_modes import Px4Mode, px4_mode

AUTOPILOT_COMPONENT = 1
NO_AUTOPILOT = 8
ARMED = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Degrees (WGS 84) and metres above mean sea level."""

    latitude_deg: float
    longitude_deg: float
    amsl_m: float


class Known:
    """Fills itself from the vehicle's messages; `system_id` 0 takes the first autopilot heard."""

    def __init__(self, *, system_id: int = 0) -> None:
        self.vehicle: Address | None = None
        self.client = Address(255, 190)
        self.home: Place | None = None
        self.position: Place | None = None
        self.heading_rad = nan
        self.mode = Px4Mode.UNKNOWN
        self.armed = False
        self.mission_total = 0
        self.parameter_kinds: dict[str, ParameterType] = {}
        self._wanted_system_id = system_id

    def is_ours(self, message: Message) -> bool:
        """Whether the message comes from the bridge's vehicle or a component aboard it."""
        if self.vehicle is None and self._is_autopilot(message):
            self.vehicle = message.sender
        return self.vehicle is not None and message.system_id == self.vehicle.system_id

    def hear(self, message: Message) -> None:
        """Take in what the autopilot says of itself."""
        if message.sender == self.vehicle:
            keep = _KEEPERS.get(message.name)
            if keep is not None:
                keep(self, message)

    def _is_autopilot(self, message: Message) -> bool:
        return (
            message.name == "HEARTBEAT"
            and message.component_id == AUTOPILOT_COMPONENT
            and message.autopilot != NO_AUTOPILOT
            and self._wanted_system_id in (0, message.system_id)
        )


def _heartbeat(known: Known, message: Message) -> None:
    known.mode = px4_mode(message.custom_mode)
    known.armed = bool(message.base_mode & ARMED)


def _home(known: Known, message: Message) -> None:
    known.home = Place(
        latitude_deg=message.latitude / 1e7,
        longitude_deg=message.longitude / 1e7,
        amsl_m=message.altitude / 1e3,
    )


def _position(known: Known, message: Message) -> None:
    known.position = Place(
        latitude_deg=message.lat / 1e7, longitude_deg=message.lon / 1e7, amsl_m=message.alt / 1e3
    )


def _attitude(known: Known, message: Message) -> None:
    known.heading_rad = message.yaw


def _mission(known: Known, message: Message) -> None:
    known.mission_total = 0 if message.total == 0xFFFF else message.total


def _parameter(known: Known, message: Message) -> None:
    # A type that is none is not remembered: nothing could be written in it.
    with suppress(ValueError):
        known.parameter_kinds[message.param_id] = ParameterType(message.param_type)


_KEEPERS = {
    "HEARTBEAT": _heartbeat,
    "HOME_POSITION": _home,
    "GLOBAL_POSITION_INT": _position,
    "ATTITUDE": _attitude,
    "MISSION_CURRENT": _mission,
    "PARAM_VALUE": _parameter,
}
