"""A transport stream's units of metadata and the times of its pictures, from bytes in any pieces.

A stream that begins in the middle, loses packets or is damaged is read as far as it goes; what is
lost is counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from onboard.telemetry.mpegts.packets import PacketFinder, TransportPacket
from onboard.telemetry.mpegts.pes import METADATA_ID, Unit, read_unit, whole_length, without_cells
from onboard.telemetry.mpegts.tables import (
    PAT_PID,
    ElementaryStream,
    SectionGatherer,
    read_pat,
    read_pmt,
)

LONGEST_UNIT = 1 << 20


@dataclass(slots=True)
class TransportCounts:
    """What a stream held and what of it was lost.

    `gaps` are places where packets are missing, `before_tables` packets that came before it was
    known what is in them, `cut_units` units that have no end.
    """

    packets: int = 0
    gaps: int = 0
    duplicates: int = 0
    damaged: int = 0
    scrambled: int = 0
    broken_tables: int = 0
    before_tables: int = 0
    cut_units: int = 0
    malformed_units: int = 0
    skipped_bytes: int = 0


class Demux:
    """Takes bytes and yields units: those that may hold KLV whole, those of video as they begin."""

    def __init__(self) -> None:
        self.counts = TransportCounts()
        self.streams: dict[int, ElementaryStream] = {}
        self._finder = PacketFinder()
        self._tables: dict[int, SectionGatherer] = {PAT_PID: SectionGatherer()}
        self._last: dict[int, TransportPacket] = {}
        self._open: dict[int, bytearray] = {}

    def feed(self, data: bytes) -> Iterator[Unit]:
        """Take in what came next."""
        for packet in self._finder.feed(data):
            yield from self._take(packet)
        self.counts.skipped_bytes = self._finder.skipped_bytes

    def close(self) -> Iterator[Unit]:
        """Nothing more will come: units without a told length end here."""
        for packet in self._finder.close():
            yield from self._take(packet)
        self.counts.skipped_bytes = self._finder.skipped_bytes
        for pid in list(self._open):
            yield from self._ended(pid)

    def _take(self, packet: TransportPacket) -> Iterator[Unit]:
        self.counts.packets += 1
        if packet.damaged or packet.scrambled:
            self.counts.damaged += packet.damaged
            self.counts.scrambled += packet.scrambled
            self._lose(packet.pid)
            return
        if not packet.payload or not self._follows(packet):
            return
        if packet.pid in self._tables:
            self._read_table(packet)
        elif packet.pid in self.streams:
            yield from self._gather(packet)
        else:
            self.counts.before_tables += not self.streams

    def _follows(self, packet: TransportPacket) -> bool:
        """Whether it is no copy of the last one of its PID; counts what is missing before it."""
        last = self._last.get(packet.pid)
        self._last[packet.pid] = packet
        if last is None or packet.discontinuity:
            return True
        if packet.continuity == last.continuity and packet.payload == last.payload:
            self.counts.duplicates += 1
            return False
        if packet.continuity != (last.continuity + 1) & 0x0F:
            self.counts.gaps += 1
            self._lose(packet.pid)
        return True

    def _lose(self, pid: int) -> None:
        if pid in self._tables:
            self._tables[pid].lose()
        if self._open.pop(pid, None):
            self.counts.cut_units += 1

    def _read_table(self, packet: TransportPacket) -> None:
        gatherer = self._tables[packet.pid]
        for section in gatherer.feed(packet.payload, starts_unit=packet.starts_unit):
            if packet.pid == PAT_PID:
                programs = read_pat(section)
                for pid in programs or []:
                    self._tables.setdefault(pid, SectionGatherer())
                self.counts.broken_tables += programs is None
            else:
                streams = read_pmt(section)
                self.streams.update({each.pid: each for each in streams or []})
                self.counts.broken_tables += streams is None

    def _gather(self, packet: TransportPacket) -> Iterator[Unit]:
        pid, stream = packet.pid, self.streams[packet.pid]
        if stream.is_video:
            if packet.starts_unit:
                yield from self._made(pid, packet.payload)
        elif stream.may_hold_klv:
            yield from self._gather_klv(pid, packet)

    def _gather_klv(self, pid: int, packet: TransportPacket) -> Iterator[Unit]:
        if packet.starts_unit:
            yield from self._ended(pid)
            self._open[pid] = bytearray()
        held = self._open.get(pid)
        if held is None:
            return
        held += packet.payload
        length = whole_length(held)
        if len(held) > LONGEST_UNIT:
            del self._open[pid]
            self.counts.malformed_units += 1
        elif length and len(held) >= length:
            yield from self._ended(pid)

    def _ended(self, pid: int) -> Iterator[Unit]:
        """The open unit of a PID, if it is whole."""
        held = self._open.pop(pid, None)
        if held is None:
            return
        length = whole_length(held) or len(held)
        if len(held) < length:
            self.counts.cut_units += 1
        else:
            yield from self._made(pid, bytes(held[:length]))

    def _made(self, pid: int, data: bytes) -> Iterator[Unit]:
        unit = read_unit(pid, data)
        if unit is None:
            self.counts.malformed_units += 1
        elif unit.stream_id == METADATA_ID:
            yield replace(unit, data=without_cells(unit.data))
        else:
            yield unit
