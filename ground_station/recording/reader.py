"""A telemetry log opened for reading: indexed once, then sought in by time, message and item."""

import bisect
import lzma
import zlib
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ground_station.recording.tlog import Place, Scan, message_at
from missions.errors import BadInput, place_of
from onboard.mavlink.codec.dialect import LAYOUT_BY_NAME
from onboard.mavlink.codec.message import Message

AUTOPILOT = 1
# A compressed log is unpacked into memory, no further than this.
UNPACKED_AT_MOST = 1 << 30
MISSION_ITEM_REACHED, MISSION_CURRENT = 46, 42


class Record(NamedTuple):
    """One record of a log: its number, the unix time in µs and the frame as it went by."""

    number: int
    time_us: int
    frame: bytes


class Tlog:
    """A log and its index: 16 bytes of memory a record, each search O(log n).

    Times never run backwards in the index: a record that says an earlier time than one before it
    counts as of that one (two writers, or a clock that was set).
    """

    def __init__(self, log: bytes, *, name: str = "tlog") -> None:
        self.name = name
        self._log = log
        self._times = array("Q")
        self._places = array("Q")
        self._by_message: dict[int, array[int]] = {}
        self.systems: set[int] = set()
        self.stations: set[int] = set()
        self.skipped_bytes = 0
        self._items: dict[tuple[int, int], int] | None = None
        self._index()

    def __len__(self) -> int:
        return len(self._times)

    @property
    def began_us(self) -> int:
        """The unix time of the first record, µs; 0 for an empty log."""
        return self._times[0] if self._times else 0

    @property
    def duration_s(self) -> float:
        """From the first record to the last."""
        return (self._times[-1] - self._times[0]) / 1e6 if self._times else 0.0

    def record(self, number: int) -> Record:
        """The record of this number, from 0. Raises IndexError."""
        packed = self._places[number]
        start, length = packed >> 16, packed & 0xFFFF
        return Record(number, self._times[number], bytes(self._log[start : start + length]))

    def message(self, number: int) -> Message | None:
        """The message of this number; None where the dialect does not know it."""
        frame = self.record(number).frame
        v2 = frame[0] == 0xFD
        id = int.from_bytes(frame[7:10] if v2 else frame[5:6], "little")
        sender = frame[5:7] if v2 else frame[3:5]
        place = Place(0, 0, len(frame), id, sender[0], sender[1])
        return message_at(frame, place)

    def records(self, first: int = 0) -> Iterator[Record]:
        """Every record from `first` on."""
        return (self.record(number) for number in range(first, len(self)))

    def at_time(self, after_s: float) -> int:
        """The first record at or after so many seconds from the beginning."""
        return bisect.bisect_left(self._times, self.began_us + int(after_s * 1e6))

    def of_message(self, name: str, *, first: int = 0) -> int | None:
        """The first record from `first` on with a message of this name.

        Raises:
            BadInput: no message is called so.
        """
        layout = LAYOUT_BY_NAME.get(name)
        if layout is None:
            raise BadInput(where=f"message {name}", what="is not one of MAVLink's")
        found = self._by_message.get(layout.id, array("I"))
        place = bisect.bisect_left(found, first)
        return found[place] if place < len(found) else None

    def of_item(self, seq: int, *, system_id: int | None = None) -> int | None:
        """The record that first says that a mission item is flown to, or was reached."""
        if self._items is None:
            self._items = self._first_of_items()
        found = (
            n
            for (system, item), n in self._items.items()
            if item == seq and (system_id in (None, system))
        )
        return min(found, default=None)

    def _first_of_items(self) -> dict[tuple[int, int], int]:
        items: dict[tuple[int, int], int] = {}
        for message_id in (MISSION_CURRENT, MISSION_ITEM_REACHED):
            for number in self._by_message.get(message_id, ()):
                message = self.message(number)
                if message is not None and message.component_id == AUTOPILOT:
                    items.setdefault((message.system_id, message["seq"]), number)
        return items

    def after_s(self, number: int) -> float:
        """How long after the beginning a record was made."""
        return (self._times[number] - self.began_us) / 1e6

    def counts(self) -> dict[int, int]:
        """How many records there are of each message id."""
        return {message_id: len(each) for message_id, each in self._by_message.items()}

    def _index(self) -> None:
        scan = Scan(self._log)
        latest = 0
        for number, place in enumerate(scan):
            latest = max(latest, place.time_us)
            self._times.append(latest)
            self._places.append(place.start << 16 | place.stop - place.start)
            numbers = self._by_message.get(place.message_id)
            if numbers is None:
                numbers = self._by_message[place.message_id] = array("I")
            numbers.append(number)
            if place.component_id == AUTOPILOT:
                self.systems.add(place.system_id)
            elif place.message_id == 0 and self._is_station(number):
                self.stations.add(place.system_id)
        self.skipped_bytes = scan.skipped_bytes

    def _is_station(self, number: int) -> bool:
        message = self.message(number)
        return message is not None and message["type"] == 6


def open_tlog(file: Path) -> Tlog:
    """A log from a file; `.xz` and `.gz` are unpacked.

    Raises:
        BadInput: it cannot be read, or holds no record.
    """
    try:
        log = _contents(file)
    except OSError as error:
        raise place_of(error, str(file)) from error
    except (lzma.LZMAError, zlib.error, EOFError) as error:
        raise BadInput(where=str(file), what=f"cannot be unpacked: {error}") from error
    tlog = Tlog(log, name=str(file))
    if not len(tlog):
        raise BadInput(where=str(file), what="holds no MAVLink frame")
    return tlog


def _contents(file: Path) -> bytes:
    # Read, not mapped: a map of a log that its writer cuts short would end this process.
    packed = file.read_bytes()
    if file.suffix == ".xz":
        return _limited(file, lzma.LZMADecompressor().decompress(packed, UNPACKED_AT_MOST))
    if file.suffix == ".gz":
        return _limited(file, zlib.decompressobj(wbits=31).decompress(packed, UNPACKED_AT_MOST))
    return packed


def _limited(file: Path, unpacked: bytes) -> bytes:
    if len(unpacked) >= UNPACKED_AT_MOST:
        raise BadInput(where=str(file), what="is larger than 1 GiB when unpacked")
    return unpacked
