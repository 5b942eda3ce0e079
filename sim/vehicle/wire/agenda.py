"""What a vehicle will say later: acknowledgements that take their time, delayed answers."""

import heapq
import math

from sim.vehicle.wire.outgoing import Outgoing


class Agenda:
    """Messages with the boot second at which they go out; same seconds keep their order."""

    def __init__(self) -> None:
        self._queue: list[tuple[float, int, Outgoing]] = []
        self._number = 0

    @property
    def next_s(self) -> float:
        """When the next message is due; infinite while none waits."""
        return self._queue[0][0] if self._queue else math.inf

    def put(self, due_s: float, outgoing: list[Outgoing]) -> None:
        """Send these at a boot second."""
        for out in outgoing:
            self._number += 1
            heapq.heappush(self._queue, (due_s, self._number, out))

    def take(self, now_s: float) -> list[Outgoing]:
        """What is due by now."""
        due: list[Outgoing] = []
        while self._queue and self._queue[0][0] <= now_s:
            due.append(heapq.heappop(self._queue)[2])
        return due

    def clear(self) -> None:
        """Forget everything, as at a reboot."""
        self._queue.clear()
