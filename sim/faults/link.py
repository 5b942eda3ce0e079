"""A link that loses, delays, doubles, reorders, corrupts and throttles what passes through it.

One direction of one link. It holds datagrams and gives them out by virtual time; there is no socket
here. The words and their meaning are those of Linux's netem (tc-netem(8)), the bursts those of
Gilbert and Elliott. The same seed and the same calls give the same datagrams.
"""

import heapq
from dataclasses import dataclass
from random import Random

from pydantic import BaseModel, ConfigDict, Field

Share = float
CONGESTED_S = 1.0
BITS_A_BYTE = 8


class LinkFaults(BaseModel):
    """What one direction of a link does to datagrams; shares are 0..1, times virtual seconds.

    `burst` is the mean number of datagrams that are lost in a row (1: losses are independent).
    `jitter_s` is the standard deviation of the delay and may reorder by itself; a `reorder`ed
    datagram overtakes those that are held back by `delay_s`. `rate_bit_s` throttles to a rate; what
    would wait longer than `queue_s` for its turn is dropped. `down` passes nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    down: bool = False
    loss: Share = Field(default=0.0, ge=0.0, le=1.0)
    burst: float = Field(default=1.0, ge=1.0, le=10_000.0)
    delay_s: float = Field(default=0.0, ge=0.0, le=3600.0)
    jitter_s: float = Field(default=0.0, ge=0.0, le=60.0)
    duplicate: Share = Field(default=0.0, ge=0.0, le=1.0)
    reorder: Share = Field(default=0.0, ge=0.0, le=1.0)
    corrupt: Share = Field(default=0.0, ge=0.0, le=1.0)
    rate_bit_s: float | None = Field(default=None, gt=0.0)
    queue_s: float = Field(default=CONGESTED_S, gt=0.0, le=3600.0)

    @property
    def clean(self) -> bool:
        """Whether every datagram passes at once and whole."""
        return self == _CLEAN


_CLEAN = LinkFaults()


@dataclass(slots=True)
class LinkCounters:
    """What became of the datagrams so far."""

    entered: int = 0
    delivered: int = 0
    lost: int = 0
    congested: int = 0
    duplicated: int = 0
    overtook: int = 0
    corrupted: int = 0


class FaultyLink:
    """Takes datagrams in with `push` and gives those that have arrived with `due`."""

    def __init__(self, *, seed: str, faults: LinkFaults = _CLEAN) -> None:
        self._faults, self._clean = faults, faults.clean
        self.counters = LinkCounters()
        self._random = Random(seed)
        self._held: list[tuple[float, int, bytes]] = []
        self._number = 0
        self._losing = False
        self._free_at_s = 0.0

    @property
    def faults(self) -> LinkFaults:
        """What is wrong with the link; what is under way already arrives as it would have."""
        return self._faults

    @faults.setter
    def faults(self, faults: LinkFaults) -> None:
        self._faults, self._clean = faults, faults.clean

    @property
    def idle(self) -> bool:
        """Whether nothing is wrong and nothing is under way: a datagram may go around the link."""
        return self._clean and not self._held

    @property
    def next_s(self) -> float:
        """When the next datagram arrives; infinite where none is under way."""
        return self._held[0][0] if self._held else float("inf")

    def push(self, data: bytes, now_s: float) -> None:
        """A datagram enters the link."""
        self.counters.entered += 1
        if self._clean:
            self._hold(data, now_s)
            return
        if self._lose():
            self.counters.lost += 1
            return
        sent_s = self._sent_s(len(data), now_s)
        if sent_s is None:
            self.counters.congested += 1
            return
        self._hold(self._corrupted(data), self._arrival_s(sent_s))
        if self._random.random() < self.faults.duplicate:
            self.counters.duplicated += 1
            self._hold(data, self._arrival_s(sent_s))

    def due(self, now_s: float) -> list[bytes]:
        """Datagrams that have arrived by now, in the order of their arrival."""
        arrived: list[bytes] = []
        while self._held and self._held[0][0] <= now_s:
            arrived.append(heapq.heappop(self._held)[2])
        self.counters.delivered += len(arrived)
        return arrived

    def _hold(self, data: bytes, at_s: float) -> None:
        self._number += 1
        heapq.heappush(self._held, (at_s, self._number, data))

    def _lose(self) -> bool:
        """Gilbert's two states: within a burst all is lost, outside nothing."""
        faults = self.faults
        if faults.down or faults.loss >= 1.0:
            return True
        if faults.loss == 0.0:
            return False
        ends = 1.0 / faults.burst
        # So that the share of time within bursts is `loss`.
        begins = ends * faults.loss / (1.0 - faults.loss)
        if faults.burst == 1.0:
            return self._random.random() < faults.loss
        chance = 1.0 - ends if self._losing else min(begins, 1.0)
        self._losing = self._random.random() < chance
        return self._losing

    def _sent_s(self, size_bytes: int, now_s: float) -> float | None:
        """When the last bit has left at the throttled rate; None where the queue is full."""
        rate = self.faults.rate_bit_s
        if rate is None:
            return now_s
        begins_s = max(now_s, self._free_at_s)
        if begins_s - now_s > self.faults.queue_s:
            return None
        self._free_at_s = begins_s + size_bytes * BITS_A_BYTE / rate
        return self._free_at_s

    def _arrival_s(self, sent_s: float) -> float:
        faults = self.faults
        if faults.reorder > 0.0 and self._random.random() < faults.reorder:
            self.counters.overtook += 1
            return sent_s
        if faults.jitter_s == 0.0:
            return sent_s + faults.delay_s
        return sent_s + max(0.0, self._random.gauss(faults.delay_s, faults.jitter_s))

    def _corrupted(self, data: bytes) -> bytes:
        if not data or self.faults.corrupt == 0.0 or self._random.random() >= self.faults.corrupt:
            return data
        self.counters.corrupted += 1
        bit = self._random.randrange(len(data) * BITS_A_BYTE)
        flipped = bytearray(data)
        flipped[bit // BITS_A_BYTE] ^= 1 << (bit % BITS_A_BYTE)
        return bytes(flipped)
