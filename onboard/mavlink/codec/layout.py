"""How one message lies on the wire, compiled to a single `struct.Struct`.

Field order, alignment and the seed of the checksum: https://mavlink.io/en/guide/serialization.html.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Any

from onboard.mavlink.codec.checksum import checksum

STRUCT_CODES = {
    "char": "c",
    "uint8_t": "B",
    "int8_t": "b",
    "uint16_t": "H",
    "int16_t": "h",
    "uint32_t": "I",
    "int32_t": "i",
    "uint64_t": "Q",
    "int64_t": "q",
    "float": "f",
    "double": "d",
}
TYPE_SIZES = {kind: Struct("<" + code).size for kind, code in STRUCT_CODES.items()}

Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `length` is 0 for a scalar; the seed leaves an `extension` field out."""

    name: str
    kind: str
    length: int = 0
    extension: bool = False

    @property
    def struct_code(self) -> str:
        """The field's part of the struct format: characters and bytes stay together as bytes."""
        if self.length and self.kind in ("char", "uint8_t"):
            return f"{self.length}s"
        return f"{self.length or ''}{STRUCT_CODES[self.kind]}"

    @property
    def value_count(self) -> int:
        """How many values the struct yields for the field."""
        return self.length if self.length and not self.struct_code.endswith("s") else 1


@dataclass(frozen=True, slots=True)
class TextPlace:
    """Where a char[] stands among the values; it reads as str up to the first NUL."""

    start: int
    length: int

    def read(self, values: Values) -> str:
        """The text; bytes that are not UTF-8 read as the replacement character."""
        raw: bytes = values[self.start]
        return raw.partition(b"\0")[0].decode("utf-8", "replace")

    def write(self, values: list[Any], value: str | bytes) -> None:
        """Put `value` in, ValueError where it is too long."""
        raw = value.encode("utf-8") if isinstance(value, str) else bytes(value)
        if len(raw) > self.length and isinstance(value, str):
            # A replacement character stands for at least one byte that was no UTF-8 and takes
            # three itself: said back, as in an answer that repeats a name, it would not fit.
            raw = value.replace("\N{REPLACEMENT CHARACTER}", "?").encode("utf-8")
        if len(raw) > self.length:
            raise ValueError(value)
        values[self.start] = raw


@dataclass(frozen=True, slots=True)
class BytesPlace:
    """Where an uint8[] stands among the values; it reads as bytes."""

    start: int
    length: int

    def read(self, values: Values) -> bytes:
        """All of the array, padding included."""
        raw: bytes = values[self.start]
        return raw

    def write(self, values: list[Any], value: Sequence[int]) -> None:
        """Put `value` in, ValueError where it is too long or holds no bytes."""
        if len(value) > self.length:
            raise ValueError(value)
        values[self.start] = bytes(value)


@dataclass(frozen=True, slots=True)
class ArrayPlace:
    """Where a numeric array stands among the values; it reads as a tuple."""

    start: int
    length: int

    def read(self, values: Values) -> Values:
        """All of the array."""
        return values[self.start : self.start + self.length]

    def write(self, values: list[Any], value: Sequence[float]) -> None:
        """Put `value` in from the front, ValueError where it is too long."""
        if len(value) > self.length:
            raise ValueError(value)
        values[self.start : self.start + len(value)] = value


# A scalar's place is its bare index: the hot path asks `type(place) is int` and nothing more.
Place = int | TextPlace | BytesPlace | ArrayPlace


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """One message's compiled facts; `places` is in the order of the wire."""

    id: int
    name: str
    seed: bytes
    struct: Struct
    size: int
    places: Mapping[str, Place]
    blank: tuple[Any, ...]


def _place(field: Field, start: int) -> Place:
    if not field.length:
        return start
    if field.kind == "char":
        return TextPlace(start, field.length)
    if field.kind == "uint8_t":
        return BytesPlace(start, field.length)
    return ArrayPlace(start, field.length)


def _blank(field: Field) -> tuple[Any, ...]:
    if field.struct_code.endswith("s"):
        return (b"",)
    # HEARTBEAT carries the version of the protocol, which the definitions fix at 3.
    return (3 if field.name == "mavlink_version" else 0,) * field.value_count


def compile_layout(*, id: int, name: str, seed: int, fields: Sequence[Field]) -> Layout:
    """Compile `fields`, which stand in the order of the wire."""
    compiled = Struct("<" + "".join(field.struct_code for field in fields))
    places: dict[str, Place] = {}
    blank: tuple[Any, ...] = ()
    for field in fields:
        places[field.name] = _place(field, len(blank))
        blank += _blank(field)
    return Layout(id, name, bytes((seed,)), compiled, compiled.size, places, blank)


def wire_order(fields: Sequence[Field]) -> list[Field]:
    """Fields as they stand on the wire: base fields by falling size of type, then extensions."""
    base = [field for field in fields if not field.extension]
    extensions = [field for field in fields if field.extension]
    return sorted(base, key=lambda field: -TYPE_SIZES[field.kind]) + extensions


def seed_of(name: str, fields: Sequence[Field]) -> int:
    """CRC_EXTRA of a definition: a digest of its name and of its base fields on the wire."""
    text = f"{name} ".encode()
    for field in wire_order(fields):
        if not field.extension:
            text += f"{field.kind} {field.name} ".encode()
            text += bytes((field.length,)) if field.length else b""
    crc = checksum(text)
    return (crc & 0xFF) ^ (crc >> 8)
