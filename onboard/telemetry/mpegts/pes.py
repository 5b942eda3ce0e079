"""Packetised elementary streams: units of video or metadata with their times."""

from dataclasses import dataclass

VIDEO_ID, PRIVATE_ID, METADATA_ID = 0xE0, 0xBD, 0xFC
CLOCK_HZ = 90_000
WRAP = 1 << 33
CELL_BYTES = 5
# One whole cell, random access; the sequence number stands before it.
CELL_FLAGS = 0xDF
LONGEST_CELL = 0xFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One PES packet of one stream; its times count at 90 kHz and go round after 26 hours.

    `pts` is when it is shown, `dts` when it is decoded.
    """

    pid: int
    stream_id: int
    pts: int | None
    dts: int | None
    data: bytes


def pes_bytes(
    stream_id: int, data: bytes, *, pts: int | None = None, dts: int | None = None
) -> bytes:
    """A PES packet; a video's may be longer than its length can tell."""
    times = b""
    if pts is not None:
        with_dts = dts is not None and dts != pts
        times = _clock(0x3 if with_dts else 0x2, pts)
        times += _clock(0x1, dts) if with_dts and dts is not None else b""
    flags = {0: 0x00, 5: 0x80, 10: 0xC0}[len(times)]
    head = bytes([0x84, flags, len(times)]) + times
    length = len(head) + len(data)
    told = length if length <= 0xFFFF else 0
    return b"\x00\x00\x01" + bytes([stream_id]) + told.to_bytes(2, "big") + head + data


def whole_length(data: bytes | bytearray) -> int | None:
    """How long a PES packet that begins so is; 0 where it does not tell, None where not yet known.

    A unit that does not begin as one is 0 bytes long as well.
    """
    if len(data) < 6:
        return None
    length = int.from_bytes(data[4:6], "big")
    return 6 + length if length else 0


def read_unit(pid: int, data: bytes) -> Unit | None:
    """The unit of a PES packet; None where it is none."""
    if len(data) < 9 or data[:3] != b"\x00\x00\x01" or data[6] >> 6 != 2:
        return None
    begin = 9 + data[8]
    if begin > len(data):
        return None
    pts = _read_clock(data[9:14]) if data[7] & 0x80 and data[8] >= 5 else None
    dts = _read_clock(data[14:19]) if data[7] >> 6 == 3 and data[8] >= 10 else pts
    return Unit(pid=pid, stream_id=data[3], pts=pts, dts=dts, data=data[begin:])


def cell_bytes(data: bytes, sequence: int) -> bytes:
    """A metadata access unit cell (H.222.0, 2.12.4) around synchronous metadata.

    Raises:
        ValueError: it is longer than one cell.
    """
    if len(data) > LONGEST_CELL:
        raise ValueError(f"{len(data)} bytes in one metadata cell")
    return bytes([0, sequence & 0xFF, CELL_FLAGS]) + len(data).to_bytes(2, "big") + data


def without_cells(data: bytes) -> bytes:
    """What cells hold, one behind another; the data itself where there is none around it."""
    parts: list[bytes] = []
    at = 0
    while at + CELL_BYTES <= len(data):
        length = int.from_bytes(data[at + 3 : at + CELL_BYTES], "big")
        if at + CELL_BYTES + length > len(data):
            return data if not parts else b"".join(parts)
        parts.append(data[at + CELL_BYTES : at + CELL_BYTES + length])
        at += CELL_BYTES + length
    return b"".join(parts) if parts else data


def _clock(mark: int, ticks: int) -> bytes:
    ticks %= WRAP
    return bytes(
        [
            mark << 4 | ticks >> 29 & 0x0E | 1,
            ticks >> 22 & 0xFF,
            ticks >> 14 & 0xFE | 1,
            ticks >> 7 & 0xFF,
            ticks << 1 & 0xFE | 1,
        ]
    )


def _read_clock(data: bytes) -> int:
    return (
        (data[0] & 0x0E) << 29
        | data[1] << 22
        | (data[2] & 0xFE) << 14
        | data[3] << 7
        | data[4] >> 1
    )
