"""The two tables that say what a transport stream holds: programs (PAT) and their streams (PMT)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

PAT_PID, PAT_ID, PMT_ID = 0x0000, 0x00, 0x02
H264, HEVC, PRIVATE_PES, METADATA_PES = 0x1B, 0x24, 0x06, 0x15
VIDEO_TYPES = frozenset({0x01, 0x02, 0x10, H264, HEVC})
REGISTRATION, METADATA, METADATA_STD = 0x05, 0x26, 0x27
KLVA = b"KLVA"
LONGEST_SECTION = 1024 + 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementaryStream:
    """One stream of a program, by its PID; `descriptors` as they stand in the table."""

    pid: int
    stream_type: int
    descriptors: bytes = b""

    @property
    def is_video(self) -> bool:
        """Whether it holds a picture of any coding that is known."""
        return self.stream_type in VIDEO_TYPES

    @property
    def may_hold_klv(self) -> bool:
        """Whether KLV may be in it: private data and metadata in PES packets, unless of others."""
        if self.stream_type not in (PRIVATE_PES, METADATA_PES):
            return False
        formats = {data[:4] for tag, data in _descriptors(self.descriptors) if tag == REGISTRATION}
        return KLVA in formats or not formats


def klv_descriptors(*, synchronous: bool) -> bytes:
    """What ST 1402 asks for beside a stream of KLV."""
    registration = bytes([REGISTRATION, 4]) + KLVA
    if not synchronous:
        return registration
    # Application format 0x0100, format by identifier, service 0, no decoder configuration.
    metadata = b"\x01\x00\xff" + KLVA + b"\x00\x0f"
    leak_and_buffer = b"\xc0\x00\x00" * 3
    return (
        registration
        + bytes([METADATA, len(metadata)])
        + metadata
        + bytes([METADATA_STD, len(leak_and_buffer)])
        + leak_and_buffer
    )


def pat_section(program: int, pmt_pid: int) -> bytes:
    """A PAT of one program."""
    return _section(PAT_ID, 1, program.to_bytes(2, "big") + (0xE000 | pmt_pid).to_bytes(2, "big"))


def pmt_section(program: int, pcr_pid: int, streams: Iterable[ElementaryStream]) -> bytes:
    """A program's PMT."""
    body = (0xE000 | pcr_pid).to_bytes(2, "big") + b"\xf0\x00"
    for each in streams:
        body += bytes([each.stream_type]) + (0xE000 | each.pid).to_bytes(2, "big")
        body += (0xF000 | len(each.descriptors)).to_bytes(2, "big") + each.descriptors
    return _section(PMT_ID, program, body)


def read_pat(section: bytes) -> list[int] | None:
    """The PIDs of PMTs; None where the section is damaged or another's."""
    if not _whole(section, PAT_ID):
        return None
    rows = section[8:-4]
    pairs = [rows[at : at + 4] for at in range(0, len(rows) - 3, 4)]
    return [
        int.from_bytes(pair[2:], "big") & 0x1FFF
        for pair in pairs
        if int.from_bytes(pair[:2], "big") != 0
    ]


def read_pmt(section: bytes) -> list[ElementaryStream] | None:
    """The streams of a program; None where the section is damaged or another's."""
    if not _whole(section, PMT_ID) or len(section) < 16:
        return None
    at = 12 + (int.from_bytes(section[10:12], "big") & 0x0FFF)
    streams, end = [], len(section) - 4
    while at + 5 <= end:
        length = int.from_bytes(section[at + 3 : at + 5], "big") & 0x0FFF
        streams.append(
            ElementaryStream(
                pid=int.from_bytes(section[at + 1 : at + 3], "big") & 0x1FFF,
                stream_type=section[at],
                descriptors=section[at + 5 : min(end, at + 5 + length)],
            )
        )
        at += 5 + length
    return streams


class SectionGatherer:
    """Puts sections together from the payloads of one PID."""

    def __init__(self) -> None:
        self._held: bytearray | None = None

    def lose(self) -> None:
        """A packet is missing: what was begun cannot be ended."""
        self._held = None

    def feed(self, payload: bytes, *, starts_unit: bool) -> list[bytes]:
        """The sections that are whole now."""
        done: list[bytes] = []
        if starts_unit:
            if not payload:
                return done
            pointer = payload[0]
            if self._held is not None:
                self._held += payload[1 : 1 + pointer]
                done += self._whole_ones()
            self._held, payload = bytearray(), payload[1 + pointer :]
        if self._held is None:
            return done
        self._held += payload
        done += self._whole_ones()
        return done

    def _whole_ones(self) -> Sequence[bytes]:
        held = bytearray() if self._held is None else self._held
        done: list[bytes] = []
        while len(held) >= 3 and held[0] != 0xFF:
            length = 3 + (int.from_bytes(held[1:3], "big") & 0x0FFF)
            if length > LONGEST_SECTION:
                self._held = None
                return done
            if len(held) < length:
                break
            done.append(bytes(held[:length]))
            del held[:length]
        return done


def crc32(data: bytes) -> int:
    """MPEG's: polynomial 0x04C11DB7, high bit first, begun with ones."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = (crc << 8 & 0xFFFFFFFF) ^ _CRC[crc >> 24 ^ byte]
    return crc


def _crc_row(index: int) -> int:
    crc = index << 24
    for _ in range(8):
        crc = (crc << 1 ^ (0x04C11DB7 if crc & 0x80000000 else 0)) & 0xFFFFFFFF
    return crc


_CRC = [_crc_row(index) for index in range(256)]


def _section(table: int, number: int, body: bytes) -> bytes:
    head = bytes([table]) + (0xB000 | len(body) + 9).to_bytes(2, "big")
    told = head + number.to_bytes(2, "big") + b"\xc1\x00\x00" + body
    return told + crc32(told).to_bytes(4, "big")


def _whole(section: bytes, table: int) -> bool:
    return len(section) >= 12 and section[0] == table and crc32(section) == 0


def _descriptors(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 2 <= len(data):
        yield data[at], data[at + 2 : at + 2 + data[at + 1]]
        at += 2 + data[at + 1]
