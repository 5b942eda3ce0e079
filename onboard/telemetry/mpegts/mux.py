"""A transport stream of one program: a picture, where there is one, and KLV beside it.

Synchronous KLV (stream type 0x15, stream id 0xFC, cells, with the picture's time) or asynchronous
(0x06, 0xBD, no time), as MISB ST 1402 has both. Times are seconds from the stream's beginning.
"""

from collections.abc import Iterator

from onboard.telemetry.mpegts.packets import packet
from onboard.telemetry.mpegts.pes import (
    CLOCK_HZ,
    METADATA_ID,
    PRIVATE_ID,
    VIDEO_ID,
    cell_bytes,
    pes_bytes,
)
from onboard.telemetry.mpegts.tables import (
    METADATA_PES,
    PAT_PID,
    PRIVATE_PES,
    ElementaryStream,
    klv_descriptors,
    pat_section,
    pmt_section,
)

PROGRAM, PMT_PID, VIDEO_PID, KLV_PID = 1, 0x1000, 0x0100, 0x0101
TABLES_EVERY_S = 0.1
# The clock starts so far behind the times, that a decoder has its buffer filled.
AHEAD_S = 0.7
START_S = 1.0


class Mux:
    """Gives the packets of each unit; units must come in the order of their (decoding) times."""

    def __init__(self, *, video_type: int | None, synchronous: bool = True) -> None:
        self._synchronous = synchronous
        self._clock_pid = KLV_PID if video_type is None else VIDEO_PID
        klv = ElementaryStream(
            pid=KLV_PID,
            stream_type=METADATA_PES if synchronous else PRIVATE_PES,
            descriptors=klv_descriptors(synchronous=synchronous),
        )
        video = (
            () if video_type is None else (ElementaryStream(pid=VIDEO_PID, stream_type=video_type),)
        )
        self._sections = {
            PAT_PID: pat_section(PROGRAM, PMT_PID),
            PMT_PID: pmt_section(PROGRAM, self._clock_pid, (*video, klv)),
        }
        self._next_tables_s: float | None = None
        self._continuity: dict[int, int] = {}
        self._cells = 0

    def klv(self, t_s: float, data: bytes) -> bytes:
        """KLV that belongs to an instant."""
        if self._synchronous:
            pes = pes_bytes(METADATA_ID, cell_bytes(data, self._cells), pts=_ticks(t_s))
            self._cells += 1
        else:
            pes = pes_bytes(PRIVATE_ID, data)
        return self._tables(t_s) + b"".join(self._packets(KLV_PID, pes, t_s, key=True))

    def video(self, t_s: float, data: bytes, *, decoded_s: float, key: bool) -> bytes:
        """A picture that is shown at one time and decoded at another, not later one."""
        pes = pes_bytes(VIDEO_ID, data, pts=_ticks(t_s), dts=_ticks(decoded_s))
        return self._tables(decoded_s) + b"".join(self._packets(VIDEO_PID, pes, decoded_s, key=key))

    def _tables(self, t_s: float) -> bytes:
        if self._next_tables_s is not None and t_s < self._next_tables_s:
            return b""
        self._next_tables_s = t_s + TABLES_EVERY_S
        return b"".join(
            b"".join(self._packets(pid, b"\x00" + section, None, key=False))
            for pid, section in self._sections.items()
        )

    def _packets(self, pid: int, data: bytes, t_s: float | None, *, key: bool) -> Iterator[bytes]:
        """One unit cut into packets; the clock is told with each of the stream that keeps it."""
        first, left = True, data
        keeps_clock = t_s is not None and pid == self._clock_pid
        while left:
            pcr = None
            if first and keeps_clock and t_s is not None:
                pcr = round((t_s + START_S - AHEAD_S) * CLOCK_HZ) * 300
            continuity = self._continuity[pid] = self._continuity.get(pid, -1) + 1
            whole, left = packet(
                pid, left, continuity, starts_unit=first, pcr=pcr, random_access=first and key
            )
            yield whole
            first = False


def _ticks(t_s: float) -> int:
    return round((t_s + START_S) * CLOCK_HZ)
