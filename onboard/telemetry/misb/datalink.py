"""The UAS Datalink Local Set (MISB ST 0601): packets with time stamp, version and checksum."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from onboard.telemetry.misb.klv import (
    KEY_BYTES,
    KlvFault,
    item_bytes,
    items,
    length_bytes,
    running_sum,
    value_at,
)
from onboard.telemetry.misb.tags import Value, numbers, tags

KEY = bytes.fromhex("060e2b34020b01010e01030101000000")
VERSION = 19
CHECKSUM, TIME = 1, 2
CHECKSUM_ITEM_BYTES = 4


class WrongChecksum(KlvFault):
    """A packet that came whole but changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One packet: items by name in the standard's units, and what is not known by its tag.

    An item that was sent empty, or that says that its value is not known, is not in `values`.
    """

    values: Mapping[str, Value]
    unknown: Mapping[int, bytes] = field(default_factory=dict)

    def number(self, name: str) -> float | None:
        """An item's number, if it was told."""
        value = self.values.get(name)
        return float(value) if isinstance(value, int | float) else None

    @property
    def time_us(self) -> int:
        """The precision time stamp: microseconds since 1970."""
        return int(self.number("time_us") or 0)


def packet_bytes(values: Mapping[str, Value], unknown: Mapping[int, bytes] | None = None) -> bytes:
    """A packet of items by name, and of `unknown` ones by tag: the time first, the checksum last.

    The version is added where it is not among them.

    Raises:
        OutOfRange: a value does not fit.
        KeyError: an item is not known.
    """
    told = dict(unknown or {})
    for name, value in {"version": VERSION, **values}.items():
        told[numbers()[name]] = tags()[numbers()[name]].encoded(value)
    order = sorted(told, key=lambda tag: (tag != TIME, tag))
    body = b"".join(item_bytes(tag, told[tag]) for tag in order)
    head = KEY + length_bytes(len(body) + CHECKSUM_ITEM_BYTES)
    whole = head + body + bytes([CHECKSUM, 2])
    return whole + running_sum(whole).to_bytes(2, "big")


def read_packet(data: bytes) -> Packet:
    """The packet of bytes that begin with its key.

    Raises:
        KlvFault: it is cut, an item cannot be, or it has no time stamp.
        WrongChecksum: the sum is not that of what came, or there is none.
    """
    if data[:KEY_BYTES] != KEY:
        raise KlvFault("not the key of ST 0601")
    body, end = value_at(data, KEY_BYTES)
    _check_sum(data[:end], body)
    values: dict[str, Value] = {}
    unknown: dict[int, bytes] = {}
    for number, value in items(body):
        tag = tags().get(number)
        if tag is not None:
            read = tag.decoded(value)
            values.update({} if read is None else {tag.name: read})
        elif number != CHECKSUM:
            unknown[number] = value
    if "time_us" not in values:
        raise KlvFault("no time stamp")
    return Packet(values=values, unknown=unknown)


def _check_sum(whole: bytes, body: bytes) -> None:
    if body[-CHECKSUM_ITEM_BYTES:-2] != bytes([CHECKSUM, 2]):
        raise WrongChecksum("no checksum at the end")
    if running_sum(whole[:-2]) != int.from_bytes(whole[-2:], "big"):
        raise WrongChecksum("the checksum is another")
