"""Plays a log again: at any speed, paused, stepped, from any place. Pure: it is told the time."""

from collections.abc import Iterator

from ground_station.recording.reader import Record, Tlog

# However late a tick is, no more than this is played at once.
RECORDS_A_TICK = 2000
# A recording that stood still for longer (the recorder was off) is not waited out.
LONGEST_GAP_S = 10.0


class Player:
    """Gives the records whose time has come. `speed` is times real time."""

    def __init__(self, tlog: Tlog, *, speed: float = 1.0, first: int = 0) -> None:
        self.tlog = tlog
        self.next = first
        self.paused = False
        self._speed = speed
        self._played_s = 0.0
        self._told_s: float | None = None
        self.seek(first)

    @property
    def ended(self) -> bool:
        """Whether the last record has been given."""
        return self.next >= len(self.tlog)

    @property
    def speed(self) -> float:
        """Times real time."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._speed = speed

    @property
    def at_s(self) -> float:
        """Seconds of the log that lie behind the place where it plays now."""
        return self._played_s

    def seek(self, number: int) -> None:
        """Go to a record; it is the next to be given."""
        self.next = min(max(number, 0), len(self.tlog))
        if not self.ended:
            self._played_s = self.tlog.after_s(self.next)

    def due(self, now_s: float) -> list[Record]:
        """The records whose time has come since the last call; none while paused."""
        before_s, self._told_s = self._told_s, now_s
        if self.paused or self.ended:
            return []
        if before_s is not None:
            self._played_s += (now_s - before_s) * self._speed
        self._shorten_gap()
        return list(self._until(self._played_s))

    def step(self) -> Record | None:
        """The next record, whatever its time; None at the end."""
        if self.ended:
            return None
        record = self.tlog.record(self.next)
        self._played_s = self.tlog.after_s(self.next)
        self.next += 1
        return record

    def wait_s(self) -> float:
        """How long until the next record is due; 0 where it is due."""
        if self.ended or self.paused:
            return 0.0
        return max(0.0, (self.tlog.after_s(self.next) - self._played_s) / self._speed)

    def _shorten_gap(self) -> None:
        gap_s = self.tlog.after_s(self.next) - self._played_s
        if gap_s > LONGEST_GAP_S:
            self._played_s += gap_s - LONGEST_GAP_S

    def _until(self, played_s: float) -> Iterator[Record]:
        last = min(self.next + RECORDS_A_TICK, len(self.tlog))
        while self.next < last and self.tlog.after_s(self.next) <= played_s:
            yield self.tlog.record(self.next)
            self.next += 1
