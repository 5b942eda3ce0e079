"""Names and fields in, MAVLink 2 frames out."""

from struct import Struct
from struct import error as StructError
from typing import Any

from onboard.mavlink.codec.checksum import checksum
from onboard.mavlink.codec.dialect import LAYOUT_BY_NAME
from onboard.mavlink.codec.errors import BadField, UnknownMessage
from onboard.mavlink.codec.layout import Layout
from onboard.mavlink.codec.message import Send
from onboard.mavlink.codec.signing import SIGNED, Signing

MAGIC = b"\xfd"
_HEADER = Struct("<BBBBBBHB")


def pack_payload(layout: Layout, fields: dict[str, Any]) -> bytes:
    """The full payload, trailing zeros included; fields that are not given are zero.

    Raises `BadField`.
    """
    values = list(layout.blank)
    for name, value in fields.items():
        _put(layout, values, name, value)
    try:
        return layout.struct.pack(*values)
    except (StructError, OverflowError):
        raise _misfit(layout, fields) from None


def _put(layout: Layout, values: list[Any], name: str, value: Any) -> None:
    try:
        place = layout.places[name]
        if type(place) is int:
            values[place] = value
        else:
            place.write(values, value)  # type: ignore[union-attr]
    except (KeyError, ValueError, TypeError):
        raise BadField(message=layout.name, field=name, value=value) from None


def _misfit(layout: Layout, fields: dict[str, Any]) -> BadField:
    """Find the one field that keeps the rest from being packed."""
    for name, value in fields.items():
        values = list(layout.blank)
        _put(layout, values, name, value)
        try:
            layout.struct.pack(*values)
        except (StructError, OverflowError):
            return BadField(message=layout.name, field=name, value=value)
    return BadField(message=layout.name, field="", value=fields)


class Encoder:
    """One component's voice on one link: it numbers the frames that it makes, and signs them.

    `signing` may be set and cleared at any time: a vehicle gets its key while it runs. `sequence`
    is the next frame's number; whoever makes frames of the component elsewhere moves it on. What
    names no target is signed for the system `towards`, where 0 is nobody in particular.
    """

    def __init__(
        self, *, system_id: int, component_id: int, signing: Signing | None = None
    ) -> None:
        self.system_id = system_id
        self.component_id = component_id
        self.signing = signing
        self.sequence = 0
        self.towards = 0

    def encode(self, name: str, /, **fields: Any) -> bytes:
        """A frame of message `name`; fields not given are zero. char[] takes str, arrays sequences.

        Raises `UnknownMessage` and `BadField`.
        """
        layout = LAYOUT_BY_NAME.get(name)
        if layout is None:
            raise UnknownMessage(message=name)
        # The wire carries at least one byte of payload, whatever it holds.
        payload = pack_payload(layout, fields)
        payload = payload.rstrip(b"\0") or payload[:1]
        to = fields.get("target_system") or self.towards
        signing = self.signing
        if signing is not None and not signing.signs_to(to):
            signing = None
        header = _HEADER.pack(
            len(payload),
            0 if signing is None else SIGNED,
            0,
            self.sequence,
            self.system_id,
            self.component_id,
            layout.id & 0xFFFF,
            layout.id >> 16,
        )
        self.sequence = (self.sequence + 1) & 0xFF
        body = header + payload
        frame = MAGIC + body + checksum(body, layout.seed).to_bytes(2, "little")
        return frame if signing is None else frame + signing.sign(frame, to)

    def encode_send(self, send: Send) -> bytes:
        """The frame of what a protocol machine asked to send."""
        return self.encode(send.name, **send.fields)
