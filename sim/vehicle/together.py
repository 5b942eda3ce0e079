"""Moves vehicles on: the flight core runs until one of them must be looked after, again and again.

Vehicles that share a core advance in one call of its kernel. What they say is `Said`: messages, and
the flight core's streams as frames that want only a number and a checksum.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from onboard.mavlink.codec import Decoder, Send
from onboard.mavlink.codec.dialect import LAYOUT_BY_ID
from sim.vehicle.core.fleet import KEPT_FORM
from sim.vehicle.core.frames import stamp
from sim.vehicle.core.messages import IDS
from sim.vehicle.core.run import DONE, SERVE
from sim.vehicle.wire.outgoing import AUTOPILOT, Outgoing

if TYPE_CHECKING:
    from sim.vehicle.vehicle import Vehicle

UNBOUNDED = 1 << 62


@dataclass(frozen=True, slots=True)
class StreamFrames:
    """Frames of the autopilot on one link, one after another, still without number and checksum."""

    link: str
    data: bytes

    def stamped(self, number: int, *, most: int = UNBOUNDED) -> tuple[int, list[bytes]]:
        """Number and check-sum the frames: the next number, datagrams of at most `most` bytes."""
        stamped = bytearray(self.data)
        frames = np.frombuffer(stamped, np.uint8)
        if most == UNBOUNDED:
            number, _, _ = stamp(frames, number, EXTRAS, most)
            return number, [bytes(stamped)]
        datagrams: list[bytes] = []
        at = 0
        while at < len(frames):
            number, length, _ = stamp(frames[at:], number, EXTRAS, most)
            datagrams.append(frames[at : at + length].tobytes())
            at += length
        return number, datagrams

    def outgoing(self) -> list[Outgoing]:
        """The same as single messages."""
        _, datagrams = self.stamped(0)
        return [
            Outgoing(self.link, AUTOPILOT, Send(message.name, message.fields))
            for datagram in datagrams
            for message in Decoder().feed(datagram)
        ]


Said = Outgoing | StreamFrames


def advance(vehicles: Sequence["Vehicle"], now_s: Sequence[float]) -> list[list[Said]]:
    """Move vehicles of one core on, each to its virtual second; what each says, in order."""
    said: list[list[Said]] = [[] for _ in vehicles]
    core = vehicles[0].aircraft.flight.core
    indexes = np.array([vehicle.aircraft.index for vehicle in vehicles])
    until = np.array([each.steps_at(at_s) for each, at_s in zip(vehicles, now_s, strict=True)])
    left = np.arange(len(vehicles))
    while len(left):
        why = np.empty(len(left), np.int64)
        core.run(indexes[left], until[left], why)
        stopped = np.flatnonzero(why != DONE)
        left = left[stopped]
        for each, reason in zip(left.tolist(), why[stopped].tolist(), strict=True):
            vehicles[each].attend(reason, said[each])
            if reason == SERVE:
                # It may have booted anew, and counts its steps from there.
                until[each] = vehicles[each].steps_at(now_s[each])
    for each in np.flatnonzero(core.length[indexes].max(axis=1)).tolist():
        vehicles[each].drain(said[each])
    return said


def _extras() -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """CRC_EXTRA of the messages that the flight core sends, by id."""
    ids = {*IDS, *KEPT_FORM[:, 0].tolist()}
    extras = np.zeros(max(ids) + 1, np.uint8)
    for id in ids:
        extras[id] = LAYOUT_BY_ID[id].seed[0]
    return extras


EXTRAS = _extras()
