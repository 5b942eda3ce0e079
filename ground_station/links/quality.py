"""How much of what a vehicle says arrives: the share lost over the last ten seconds. Pure."""

from collections import deque
from dataclasses import dataclass

from ground_station.links.link import Wire

WINDOW_S = 10.0


@dataclass(frozen=True, slots=True)
class Loss:
    """Frames of the autopilot within the window; `share` is None where none was due."""

    received: int
    lost: int

    @property
    def share(self) -> float | None:
        """0: all arrived; 1: none did."""
        due = self.received + self.lost
        return self.lost / due if due else None


class LossWindow:
    """Samples one decoder's sums for one sender; the difference over the window is the loss."""

    def __init__(self) -> None:
        self._wire: Wire | None = None
        self._samples: deque[tuple[float, int, int]] = deque()

    def sample(self, wire: Wire, sender: int, now_s: float) -> None:
        """Note the sums now; a vehicle that moved to another wire begins anew."""
        if wire is not self._wire:
            self._wire = wire
            self._samples.clear()
        count = wire.decoder.senders.get(sender)
        if count is not None:
            self._samples.append((now_s, count.received, count.lost))
        while len(self._samples) > 1 and now_s - self._samples[0][0] > WINDOW_S:
            self._samples.popleft()

    def loss(self) -> Loss:
        """What the window shows."""
        if not self._samples:
            return Loss(0, 0)
        first, last = self._samples[0], self._samples[-1]
        return Loss(received=last[1] - first[1], lost=last[2] - first[2])
