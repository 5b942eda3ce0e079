"""Protobuf's wire format, read and written field by field: enough for the graph in an ONNX file.

Source: https://protobuf.dev/programming-guides/encoding.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

VARINT, FIXED_64, LENGTH_DELIMITED, FIXED_32 = 0, 1, 2, 5
FIXED_BYTES = {FIXED_64: 8, FIXED_32: 4}

Rewrite = Callable[[bytes], bytes]


class NotProtobuf(ValueError):
    """The bytes are not in protobuf's wire format."""


class Field(NamedTuple):
    """A field: its number, wire type, content, and the whole of it as it stands in the message."""

    number: int
    wire: int
    content: bytes
    raw: bytes


def fields(message: bytes) -> Iterator[Field]:
    """Each field in turn; a varint's content is its own bytes.

    Raises:
        NotProtobuf: the message is cut short or has a wire type that there is not.
    """
    at = 0
    while at < len(message):
        start = at
        key, at = read_varint(message, at)
        wire = key & 7
        if wire == VARINT:
            _, end = read_varint(message, at)
        elif wire in FIXED_BYTES:
            end = at + FIXED_BYTES[wire]
        elif wire == LENGTH_DELIMITED:
            length, at = read_varint(message, at)
            end = at + length
        else:
            raise NotProtobuf(f"wire type {wire} at byte {start}")
        if end > len(message):
            raise NotProtobuf(f"cut short at byte {start}")
        yield Field(key >> 3, wire, message[at:end], message[start:end])
        at = end


def read_varint(message: bytes, at: int) -> tuple[int, int]:
    """An unsigned number, and the place after it."""
    value = shift = 0
    while True:
        if at >= len(message) or shift > 63:
            raise NotProtobuf(f"cut short at byte {at}")
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def varint(value: int) -> bytes:
    """A number; one below zero takes ten bytes, as protobuf has it."""
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number: int, content: bytes | str | int) -> bytes:
    """One field: a number as varint, text and bytes by length."""
    if isinstance(content, int):
        return varint(number << 3 | VARINT) + varint(content)
    raw = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | LENGTH_DELIMITED) + varint(len(raw)) + raw


def rewritten(message: bytes, rules: Mapping[int, Rewrite]) -> bytes:
    """The message with the content of some of its length-delimited fields replaced."""
    parts = []
    for each in fields(message):
        rule = rules.get(each.number)
        if rule is None or each.wire != LENGTH_DELIMITED:
            parts.append(each.raw)
        else:
            parts.append(field(each.number, rule(each.content)))
    return b"".join(parts)
