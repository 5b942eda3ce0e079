"""Keys, lengths and values (SMPTE ST 336, MISB ST 0107): what every local set is made of."""

from collections.abc import Iterable, Iterator

KEY_BYTES = 16
LONGEST_VALUE = 1 << 20


class KlvFault(ValueError):
    """Bytes that are no such set: our peer's fault, to be counted."""


def length_bytes(length: int) -> bytes:
    """A length as BER writes it: one byte below 128, else the count of bytes and the bytes."""
    if length < 0x80:
        return bytes([length])
    size = (length.bit_length() + 7) // 8
    return bytes([0x80 | size]) + length.to_bytes(size, "big")


def length_at(data: bytes, at: int) -> tuple[int, int]:
    """A BER length and where the value after it begins.

    Raises:
        KlvFault: it is cut, of the indefinite form, or longer than anything sent.
    """
    if at >= len(data):
        raise KlvFault("cut within a length")
    first = data[at]
    if first < 0x80:
        return first, at + 1
    size = first & 0x7F
    if not 0 < size <= 8 or at + 1 + size > len(data):
        raise KlvFault("no length of known form")
    length = int.from_bytes(data[at + 1 : at + 1 + size], "big")
    if length > LONGEST_VALUE:
        raise KlvFault(f"a length of {length} bytes")
    return length, at + 1 + size


def tag_bytes(tag: int) -> bytes:
    """A tag or identifier as BER-OID writes it: seven bits a byte, all but the last marked."""
    parts = [tag & 0x7F]
    while tag := tag >> 7:
        parts.append(0x80 | (tag & 0x7F))
    return bytes(reversed(parts))


def tag_at(data: bytes, at: int) -> tuple[int, int]:
    """A BER-OID number and where what follows it begins.

    Raises:
        KlvFault: it is cut, or of more than eight bytes.
    """
    tag = 0
    for index in range(at, min(at + 8, len(data))):
        tag = tag << 7 | (data[index] & 0x7F)
        if not data[index] & 0x80:
            return tag, index + 1
    raise KlvFault("no tag of known form")


def items(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The tags and values of a local set.

    Raises:
        KlvFault: an item is cut.
    """
    at = 0
    while at < len(data):
        tag, at = tag_at(data, at)
        value, at = value_at(data, at)
        yield tag, value


def value_at(data: bytes, at: int) -> tuple[bytes, int]:
    """A value that stands behind its length, and where what follows it begins.

    Raises:
        KlvFault: it is cut.
    """
    length, at = length_at(data, at)
    if at + length > len(data):
        raise KlvFault("cut within a value")
    return data[at : at + length], at + length


def item_bytes(tag: int, value: bytes) -> bytes:
    """One item of a local set."""
    return tag_bytes(tag) + length_bytes(len(value)) + value


def set_bytes(values: Iterable[tuple[int, bytes]]) -> bytes:
    """A local set's value."""
    return b"".join(item_bytes(tag, value) for tag, value in values)


def uint_bytes(value: int) -> bytes:
    """An unsigned number in as few bytes as hold it."""
    return value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big")


def running_sum(data: bytes) -> int:
    """The 16-bit sum over 16-bit words that ST 0601 and ST 0903 call a checksum."""
    return (sum(data[0::2]) * 256 + sum(data[1::2])) & 0xFFFF
