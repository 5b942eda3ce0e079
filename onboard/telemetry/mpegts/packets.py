"""Transport packets of 188 bytes, found in bytes that begin anywhere and may be damaged.

Packets with a time code before them (192 bytes, M2TS) or with parity behind them (204) are read.
"""

from collections.abc import Iterator
from dataclasses import dataclass

PACKET_BYTES = 188
STRIDES = (188, 192, 204)
SYNC = 0x47
# So many in a row are no chance.
SURE = 5
NULL_PID = 0x1FFF


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportPacket:
    """One packet; `continuity` counts those of one PID that carry `payload`."""

    pid: int
    starts_unit: bool
    continuity: int
    payload: bytes
    discontinuity: bool
    damaged: bool
    scrambled: bool


class PacketFinder:
    """Takes bytes in pieces of any size and yields packets; `skipped_bytes` belong to none."""

    def __init__(self) -> None:
        self.skipped_bytes = 0
        self._held = bytearray()
        self._stride: int | None = None

    def feed(self, data: bytes) -> Iterator[TransportPacket]:
        """Take in what came next."""
        self._held += data
        yield from self._found(SURE)

    def close(self) -> Iterator[TransportPacket]:
        """Nothing more will come: fewer packets in a row are believed."""
        yield from self._found(1)
        self.skipped_bytes += len(self._held)
        self._held.clear()

    def _found(self, sure: int) -> Iterator[TransportPacket]:
        at = 0
        while at + PACKET_BYTES <= len(self._held):
            if self._stride is None or self._held[at] != SYNC:
                begin = self._seek(at, sure)
                self.skipped_bytes += (len(self._held) if begin is None else begin) - at
                if begin is None:
                    # What is too short to tell is kept for what comes next.
                    keep = min(len(self._held) - at, (sure + 1) * STRIDES[-1])
                    self.skipped_bytes -= keep
                    at = len(self._held) - keep
                    break
                at = begin
            packet = parsed(bytes(self._held[at : at + PACKET_BYTES]))
            at += self._stride or PACKET_BYTES
            if packet is not None:
                yield packet
        del self._held[: min(at, len(self._held))]

    def _seek(self, begin: int, sure: int) -> int | None:
        """The next place where packets stand in a row; sets how far they are apart."""
        for at in range(begin, len(self._held) - PACKET_BYTES + 1):
            if self._held[at] != SYNC:
                continue
            for stride in STRIDES:
                row = self._held[at : at + stride * sure : stride]
                if len(row) == sure and row.count(SYNC) == sure:
                    self._stride = stride
                    return at
        self._stride = None
        return None


def parsed(data: bytes) -> TransportPacket | None:
    """The packet of 188 bytes; None for stuffing, and where its adaptation field cannot be."""
    pid = (data[1] & 0x1F) << 8 | data[2]
    control = data[3] >> 4 & 3
    at, discontinuity = 4, False
    if control & 2:
        at = 5 + data[4]
        discontinuity = data[4] > 0 and bool(data[5] & 0x80)
    if pid == NULL_PID or at > PACKET_BYTES:
        return None
    return TransportPacket(
        pid=pid,
        starts_unit=bool(data[1] & 0x40),
        continuity=data[3] & 0x0F,
        payload=data[at:] if control & 1 else b"",
        discontinuity=discontinuity,
        damaged=bool(data[1] & 0x80),
        scrambled=bool(data[3] & 0xC0),
    )


def packet(
    pid: int,
    payload: bytes,
    continuity: int,
    *,
    starts_unit: bool,
    pcr: int | None = None,
    random_access: bool = False,
) -> tuple[bytes, bytes]:
    """A packet with as much of a payload as fits, and what is left; `pcr` counts at 27 MHz."""
    field = b""
    if pcr is not None:
        base, extension = divmod(pcr, 300)
        base &= (1 << 33) - 1
        clock = (base << 15 | 0x3F << 9 | extension).to_bytes(6, "big")
        field = bytes([0x10 | 0x40 * random_access]) + clock
    elif random_access:
        field = bytes([0x40])
    room = PACKET_BYTES - 4 - (len(field) + 1 if field else 0)
    if len(payload) < room:
        field = _stuffed(field, room - len(payload))
        room = len(payload)
    has_field = len(payload[:room]) < PACKET_BYTES - 4
    control = 0x20 * has_field | 0x10 * bool(payload)
    head = bytes([SYNC, 0x40 * starts_unit | pid >> 8, pid & 0xFF, control | (continuity & 0x0F)])
    adaptation = bytes([len(field)]) + field if has_field else b""
    return head + adaptation + payload[:room], payload[room:]


def _stuffed(field: bytes, spare: int) -> bytes:
    """An adaptation field with so many bytes of nothing in it."""
    if field:
        return field + b"\xff" * spare
    # The field's own length takes one of them, its flags another.
    return b"" if spare == 1 else b"\x00" + b"\xff" * (spare - 2)
