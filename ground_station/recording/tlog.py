"""The telemetry log's form: eight big-endian bytes of unix time in µs, then a frame, and so on.

QGroundControl, Mission Planner, MAVProxy and pymavlink read and write it. A log that was cut off in
the middle of a record, or damaged, is read on from the next frame whose checksum is right.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct

from onboard.mavlink.codec.checksum import checksum
from onboard.mavlink.codec.dialect import LAYOUT_BY_ID
from onboard.mavlink.codec.message import Message

TIME_BYTES = 8
_TIME = Struct(">Q")
_MAGIC = re.compile(b"[\xfd\xfe]")
_MAGIC_V2 = 0xFD
_SIGNED = 0x01
_SIGNATURE_BYTES = 13
# A header beyond which a frame's length is known: magic, length, flags.
_HEAD_BYTES = 3


def record(time_us: int, frame: bytes) -> bytes:
    """One record: the time at which the frame was heard or said, and the frame."""
    return _TIME.pack(max(time_us, 0)) + frame


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record lies in a log: of its time, and of its frame."""

    time_us: int
    start: int
    stop: int
    message_id: int
    system_id: int
    component_id: int


class Scan:
    """Walks over a log's records in order; `skipped_bytes` were no part of one."""

    def __init__(self, log: bytes) -> None:
        self.skipped_bytes = 0
        self._log = log

    def __iter__(self) -> Iterator[Place]:
        log = self._log
        position, size = 0, len(log)
        trusted = True
        while position < size:
            place = _place(log, position)
            # In step, a magic byte where one is due says enough; out of step only a checksum does.
            if place is not None and (trusted or _proven(log, place)):
                following = place.stop + TIME_BYTES
                trusted = following >= size or log[following] in (0xFD, 0xFE)
                if trusted or _proven(log, place):
                    yield place
                    position = place.stop
                    continue
            trusted = False
            position = self._skip(position)

    def _skip(self, position: int) -> int:
        """To the next position where a time could stand before a magic byte."""
        found = _MAGIC.search(self._log, position + TIME_BYTES + 1)
        stop = len(self._log) if found is None else found.start() - TIME_BYTES
        self.skipped_bytes += stop - position
        return stop


def _place(log: bytes, start: int) -> Place | None:
    frame = start + TIME_BYTES
    if len(log) < frame + _HEAD_BYTES:
        return None
    magic = log[frame]
    length = log[frame + 1]
    if magic == _MAGIC_V2:
        stop = frame + 12 + length + (_SIGNATURE_BYTES if log[frame + 2] & _SIGNED else 0)
        sender, id_at, id_bytes = frame + 5, frame + 7, 3
    elif magic == 0xFE:
        stop = frame + 8 + length
        sender, id_at, id_bytes = frame + 3, frame + 5, 1
    else:
        return None
    if len(log) < stop:
        return None
    time_us = _TIME.unpack_from(log, start)[0]
    id = int.from_bytes(log[id_at : id_at + id_bytes], "little")
    return Place(time_us, frame, stop, id, log[sender], log[sender + 1])


def _proven(log: bytes, place: Place) -> bool:
    layout = LAYOUT_BY_ID.get(place.message_id)
    if layout is None:
        return False
    frame = log[place.start : place.stop]
    end = (10 if frame[0] == _MAGIC_V2 else 6) + frame[1]
    return checksum(frame[1:end], layout.seed) == int.from_bytes(frame[end : end + 2], "little")


def message_at(log: bytes, place: Place) -> Message | None:
    """The record's message; None where the dialect does not know it."""
    layout = LAYOUT_BY_ID.get(place.message_id)
    if layout is None:
        return None
    frame = bytes(log[place.start : place.stop])
    sequence = frame[4] if frame[0] == _MAGIC_V2 else frame[2]
    return Message(layout, frame, place.system_id, place.component_id, sequence)
