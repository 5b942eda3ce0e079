"""STATUSTEXT on one link: numbered, cut into pieces, twenty a second, none older than 5 s.

Source: PX4-Autopilot v1.17, src/modules/mavlink/streams/STATUSTEXT.hpp; the pace is read off
02_mission_square_1x.
"""

import math
from collections import deque

from onboard.mavlink.codec import Send
from sim.vehicle.navigation import Text

PIECE_BYTES = 50
APART_S = 0.05
STALE_S = 5.0
STALE_BY_S = 1e-3
WAITING_AT_MOST = 64


class TextQueue:
    """The texts that wait to be said on one link."""

    def __init__(self) -> None:
        self.dropped = 0
        self._waiting: deque[tuple[float, Text]] = deque()
        self._next_s = 0.0
        self._number = 0

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def put(self, text: Text, now_s: float) -> None:
        """Say a text as soon as its turn comes."""
        if len(self._waiting) >= WAITING_AT_MOST:
            self._waiting.popleft()
            self.dropped += 1
        self._waiting.append((now_s, text))

    def due_s(self, *, wanted: bool) -> float:
        """When the next text may be said, or grows stale; infinite without one."""
        if not self._waiting:
            return math.inf
        return self._next_s if wanted else self._waiting[0][0] + STALE_S + STALE_BY_S

    def take(self, now_s: float, *, wanted: bool) -> list[Send]:
        """The pieces of the text that is due; where nobody wants texts they grow stale here."""
        while self._waiting and now_s - self._waiting[0][0] > STALE_S:
            self._waiting.popleft()
            self.dropped += 1
        if not (wanted and self._waiting and now_s >= self._next_s):
            return []
        self._next_s = now_s + APART_S
        _, text = self._waiting.popleft()
        number, self._number = self._number, (self._number + 1) & 0xFFFF
        return _pieces(text, number)


def _pieces(text: Text, number: int) -> list[Send]:
    words = text.text
    cut = [words[at : at + PIECE_BYTES] for at in range(0, len(words), PIECE_BYTES)]
    return [
        Send(
            "STATUSTEXT",
            {"severity": text.severity, "text": piece, "id": number, "chunk_seq": index},
        )
        for index, piece in enumerate(cut)
    ]
