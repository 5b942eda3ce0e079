"""Packets with their times in the video, from a transport stream or from bare KLV."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from onboard.telemetry.misb.datalink import Packet
from onboard.telemetry.misb.stream import KlvCounts, KlvScanner
from onboard.telemetry.mpegts.demux import Demux, TransportCounts
from onboard.telemetry.mpegts.pes import CLOCK_HZ, WRAP, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamedPacket:
    """A packet, its own time on the stream's clock, and when the picture before it is decoded.

    Asynchronous metadata has no time of its own; bare KLV has neither.
    """

    packet: Packet
    at_s: float | None = None
    picture_s: float | None = None


class VideoStream:
    """Takes a stream's bytes in pieces of any size and yields packets as they become whole.

    `first_picture_s` is the earliest time of a picture so far, None without a picture; `transport`
    what the transport stream held and lost, None for bare KLV; `klv` what became of packets.
    """

    def __init__(self, *, transport: bool) -> None:
        self._demux = Demux() if transport else None
        self._scanners: dict[int, KlvScanner] = {}
        self._picture_s: float | None = None
        self._last_ticks: int | None = None
        self.first_picture_s: float | None = None

    @property
    def transport(self) -> TransportCounts | None:
        """Of the stream's packets and units."""
        return None if self._demux is None else self._demux.counts

    @property
    def klv(self) -> KlvCounts:
        """Of all streams of metadata together."""
        each = [scanner.counts for scanner in self._scanners.values()]
        return KlvCounts(
            packets=sum(one.packets for one in each),
            wrong_checksum=sum(one.wrong_checksum for one in each),
            malformed=sum(one.malformed for one in each),
            skipped_bytes=sum(one.skipped_bytes for one in each),
        )

    def feed(self, data: bytes) -> Iterator[StreamedPacket]:
        """Take in what came next."""
        if self._demux is None:
            for packet in self._scanner(0).feed(data):
                yield StreamedPacket(packet=packet)
        else:
            for unit in self._demux.feed(data):
                yield from self._unit(unit, self._demux)

    def close(self) -> Iterator[StreamedPacket]:
        """Nothing more will come."""
        if self._demux is not None:
            for unit in self._demux.close():
                yield from self._unit(unit, self._demux)
        for scanner in self._scanners.values():
            for packet in scanner.close():
                yield StreamedPacket(packet=packet, picture_s=self._picture_s)

    def _scanner(self, pid: int) -> KlvScanner:
        return self._scanners.setdefault(pid, KlvScanner())

    def _unit(self, unit: Unit, demux: Demux) -> Iterator[StreamedPacket]:
        at_s = self._unwrapped_s(unit.pts)
        if demux.streams[unit.pid].is_video:
            self._picture_s = self._unwrapped_s(unit.dts)
            if at_s is not None and (self.first_picture_s is None or at_s < self.first_picture_s):
                self.first_picture_s = at_s
            return
        for packet in self._scanner(unit.pid).feed(unit.data):
            yield StreamedPacket(packet=packet, at_s=at_s, picture_s=self._picture_s)

    def _unwrapped_s(self, ticks: int | None) -> float | None:
        """Seconds of a clock that goes round, near where it was last."""
        if ticks is None:
            return None
        if self._last_ticks is not None:
            ticks += round((self._last_ticks - ticks) / WRAP) * WRAP
        self._last_ticks = ticks
        return ticks / CLOCK_HZ


def times_in_video(
    packets: Sequence[StreamedPacket], first_picture_s: float | None
) -> list[float | None]:
    """Seconds from the first picture; without a picture, from the first packet by its own clock.

    A packet without a time in the stream is placed by its own clock, which is as far from the
    stream's as the middle one of all packets tells; None where none does.
    """
    if first_picture_s is None:
        return [(each.packet.time_us - packets[0].packet.time_us) * 1e-6 for each in packets]
    known = [(each, each.picture_s if each.at_s is None else each.at_s) for each in packets]
    offsets = [at_s - each.packet.time_us * 1e-6 for each, at_s in known if at_s is not None]
    if not offsets:
        return [None] * len(packets)
    offset_s = statistics.median(offsets)
    return [
        (each.packet.time_us * 1e-6 + offset_s if each.at_s is None else each.at_s)
        - first_picture_s
        for each in packets
    ]
