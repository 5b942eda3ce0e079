"""The newest tracks, view and status of each aircraft: latest wins, nothing is stored."""

import time
from collections.abc import Callable
from typing import Any

from onboard.messages import Envelope


class Live:
    """What each aircraft said last, by kind. A message older than what is known is counted."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._heard_s: dict[tuple[str, str], float] = {}
        self._latest: dict[tuple[str, str], Envelope] = {}
        self.received = 0
        self.stale = 0

    def receive(self, envelope: Envelope) -> bool:
        """Whether this is news; times of different boots are not compared."""
        key = (envelope.drone_id, envelope.body.kind)
        known = self._latest.get(key)
        if (
            known is not None
            and known.boot_id == envelope.boot_id
            and envelope.sent_at < known.sent_at
        ):
            self.stale += 1
            return False
        self._latest[key], self._heard_s[key] = envelope, self._clock()
        self.received += 1
        return True

    def latest(self, kind: str) -> list[dict[str, Any]]:
        """The newest of one kind of every aircraft, as clients see it, and how old it is here."""
        now_s = self._clock()
        return [
            {**live_view(envelope), "heard_s_ago": round(now_s - self._heard_s[key], 1)}
            for key, envelope in sorted(self._latest.items(), key=lambda item: item[0])
            if key[1] == kind
        ]


def live_view(envelope: Envelope) -> dict[str, Any]:
    """A live message as clients see it: the body with its aircraft and its time."""
    return {
        "id": envelope.id,
        "drone_id": envelope.drone_id,
        "sent_at": envelope.sent_at,
        **envelope.body.model_dump(mode="json"),
    }
