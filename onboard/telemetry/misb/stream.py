"""Packets out of a stream of bytes that may begin anywhere, be cut and be damaged.

What cannot be read is passed over up to the next key, and counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from onboard.telemetry.misb.datalink import KEY, Packet, WrongChecksum, read_packet
from onboard.telemetry.misb.klv import KEY_BYTES, KlvFault, length_at

LONGEST_PACKET = 1 << 16


@dataclass(slots=True)
class KlvCounts:
    """How many packets came whole, how many did not and why, and bytes that belong to none."""

    packets: int = 0
    wrong_checksum: int = 0
    malformed: int = 0
    skipped_bytes: int = 0


class KlvScanner:
    """Takes bytes in pieces of any size and yields packets as they become whole."""

    def __init__(self) -> None:
        self.counts = KlvCounts()
        self._held = bytearray()

    def feed(self, data: bytes) -> Iterator[Packet]:
        """Take in what came next."""
        self._held += data
        yield from self._packets(last=False)

    def close(self) -> Iterator[Packet]:
        """Nothing more will come: what is held but not whole is malformed."""
        yield from self._packets(last=True)
        self.counts.skipped_bytes += len(self._held)
        self._held.clear()

    def _packets(self, *, last: bool) -> Iterator[Packet]:
        while self._seek():
            end = self._end(last=last)
            if end is None:
                return
            packet = self._read(end)
            if packet is not None:
                yield packet

    def _seek(self) -> bool:
        """Drop what is before the next key; whether there is one."""
        at = self._held.find(KEY)
        # A key may have come in part: so much is kept.
        drop = at if at >= 0 else max(0, len(self._held) - KEY_BYTES + 1)
        self.counts.skipped_bytes += drop
        del self._held[:drop]
        return at >= 0

    def _end(self, *, last: bool) -> int | None:
        """Where the first packet ends; None where that has not come yet."""
        head = bytes(self._held[: KEY_BYTES + 9])
        try:
            length, begin = length_at(head, KEY_BYTES)
        except KlvFault:
            complete = last or len(self._held) >= KEY_BYTES + 9
            return KEY_BYTES if complete else None
        if length > LONGEST_PACKET:
            return KEY_BYTES
        end = begin + length
        if end <= len(self._held):
            return end
        return KEY_BYTES if last else None

    def _read(self, end: int) -> Packet | None:
        """The first `end` bytes as a packet; where they are none, only the key is passed over."""
        try:
            packet = read_packet(bytes(self._held[:end]))
        except KlvFault as fault:
            wrong_sum = isinstance(fault, WrongChecksum)
            self.counts.wrong_checksum += wrong_sum
            self.counts.malformed += not wrong_sum
            self.counts.skipped_bytes += KEY_BYTES
            del self._held[:KEY_BYTES]
            return None
        self.counts.packets += 1
        del self._held[:end]
        return packet
