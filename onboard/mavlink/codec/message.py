"""One received message, and what a protocol machine asks its shell to send."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onboard.mavlink.codec.layout import Layout, Values

MAGIC_V2 = 0xFD
_SIGNED = 0x01


@dataclass(frozen=True, slots=True)
class Address:
    """A MAVLink component: `Address(1, 1)` is the autopilot of system 1."""

    system_id: int
    component_id: int


@dataclass(frozen=True, slots=True)
class Send:
    """A message to transmit: the shell gives it to `Encoder.encode_send`."""

    name: str
    fields: Mapping[str, Any]


class Message:
    """A decoded message; its fields read as attributes. Nothing writes to it after it is made.

    Fields that share a name with the header (`STATUSTEXT.id`, `EVENT.sequence`,
    `PARAM_EXT_VALUE.name`) read as `message["id"]`. char[] is str, uint8[] is bytes, any other
    array is a tuple. `frame` holds the bytes as they came; they are unpacked when a field is first
    read, for most of what a vehicle says interests nobody.
    """

    __slots__ = ("_values", "component_id", "frame", "layout", "name", "sequence", "system_id")

    def __init__(
        self, layout: Layout, frame: bytes, system_id: int, component_id: int, sequence: int
    ) -> None:
        self.layout = layout
        self.name = layout.name
        self.frame = frame
        self.system_id = system_id
        self.component_id = component_id
        self.sequence = sequence
        self._values: Values | None = None

    @property
    def id(self) -> int:
        """The message's number in the dialect."""
        return self.layout.id

    @property
    def sender(self) -> Address:
        """Who sent it."""
        return Address(self.system_id, self.component_id)

    @property
    def signed(self) -> bool:
        """Whether the frame carries a signature; a decoder with a key has judged it good."""
        return self.frame[0] == MAGIC_V2 and bool(self.frame[2] & _SIGNED)

    @property
    def values(self) -> Values:
        """All values in the order of the wire."""
        values = self._values
        if values is None:
            values = self._values = self._unpacked()
        return values

    @property
    def fields(self) -> dict[str, Any]:
        """All fields by name, in the order of the wire."""
        return {name: self[name] for name in self.layout.places}

    def _unpacked(self) -> Values:
        frame, layout = self.frame, self.layout
        start = 10 if frame[0] == MAGIC_V2 else 6
        length = frame[1]
        if length >= layout.size:
            # Fields of a newer sender, behind those that we know, are not ours to read.
            return layout.struct.unpack_from(frame, start)
        # Trailing zeros are cut on the wire.
        return layout.struct.unpack(frame[start : start + length].ljust(layout.size, b"\0"))

    def __getitem__(self, name: str) -> Any:
        place = self.layout.places[name]
        values = self._values
        if values is None:
            values = self._values = self._unpacked()
        return values[place] if type(place) is int else place.read(values)  # type: ignore[union-attr]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in self.__slots__:
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"{self.name} has no field {name}") from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[Any, ...]:
        header = (self.layout.id, self.system_id, self.component_id, self.sequence)
        return (*header, self.values)

    def __repr__(self) -> str:
        sender = f"{self.system_id}/{self.component_id} #{self.sequence}"
        return f"<{self.name} from {sender} {self.fields}>"
