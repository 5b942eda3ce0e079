"""Pictures in a Matroska file, one cluster each: whatever was written can be played.

RFC 9559 and RFC 8794 (EBML). The segment's size is left unknown, so that nothing is ever gone back
to: a file that was cut short by a kill plays up to the last whole picture. Pictures are stored as
they came (Motion JPEG), byte for byte, so that their hashes hold.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

EBML, SEGMENT, INFO, TRACKS = 0x1A45DFA3, 0x18538067, 0x1549A966, 0x1654AE6B
CLUSTER, TIMESTAMP, SIMPLE_BLOCK = 0x1F43B675, 0xE7, 0xA3
UNKNOWN_SIZE = b"\x01" + b"\xff" * 7
# Track 1, no offset from the cluster's time, a key frame.
BLOCK_HEAD = b"\x81\x00\x00\x80"
EPOCH = datetime(2001, 1, 1, tzinfo=UTC)


def head(width_px: int, height_px: int, began_at: datetime) -> bytes:
    """What stands before the first picture."""
    since_ns = int((began_at - EPOCH).total_seconds() * 1e9)
    ebml = (
        _number(0x4286, 1)
        + _number(0x42F7, 1)
        + _number(0x42F2, 4)
        + _number(0x42F3, 8)
        + _element(0x4282, b"matroska")
        + _number(0x4287, 4)
        + _number(0x4285, 2)
    )
    info = (
        _number(0x2AD7B1, 1_000_000)
        + _element(0x4461, since_ns.to_bytes(8, "big", signed=True))
        + _element(0x4D80, b"qyran")
        + _element(0x5741, b"qyran")
    )
    size = _element(0xE0, _number(0xB0, width_px) + _number(0xBA, height_px))
    track = _number(0xD7, 1) + _number(0x73C5, 1) + _number(0x83, 1) + _number(0x9C, 0)
    entry = _element(0xAE, track + _element(0x86, b"V_MJPEG") + size)
    segment = SEGMENT.to_bytes(4, "big") + UNKNOWN_SIZE
    return _element(EBML, ebml) + segment + _element(INFO, info) + _element(TRACKS, entry)


def picture(jpeg: bytes, at_ms: int) -> bytes:
    """One picture, `at_ms` after the file's beginning."""
    return _element(CLUSTER, _number(TIMESTAMP, at_ms) + _element(SIMPLE_BLOCK, BLOCK_HEAD + jpeg))


def pictures(data: bytes) -> Iterator[bytes]:
    """Every whole picture of a file, up to where it was cut short or is no Matroska."""
    for kind, start, end in _elements(data, 0, len(data)):
        if kind == SEGMENT:
            for cluster, inner, stop in _elements(data, start, end):
                if cluster == CLUSTER:
                    yield from _blocks(data, inner, stop)


def _blocks(data: bytes, start: int, end: int) -> Iterator[bytes]:
    for kind, inner, stop in _elements(data, start, end):
        if kind == SIMPLE_BLOCK:
            yield data[inner + len(BLOCK_HEAD) : stop]


def _elements(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Id, begin and end of the content of each element that is whole."""
    while at < end:
        id_length = 9 - data[at].bit_length()
        kind = int.from_bytes(data[at : at + id_length], "big")
        at += id_length
        size_length = 9 - data[at].bit_length() if at < end else 9
        if id_length > 4 or size_length > 8:
            return
        told = data[at : at + size_length]
        at += size_length
        size = int.from_bytes(told, "big") & ((1 << 7 * size_length) - 1)
        stop = end if told == UNKNOWN_SIZE else at + size
        if stop > end:
            return
        yield kind, at, stop
        at = stop


def _element(kind: int, content: bytes) -> bytes:
    # Eight bytes of size for every element: some bytes more, and no case to tell apart.
    size = (len(content) | 1 << 56).to_bytes(8, "big")
    return kind.to_bytes((kind.bit_length() + 7) // 8, "big") + size + content


def _number(kind: int, value: int) -> bytes:
    return _element(kind, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))
