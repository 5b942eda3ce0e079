"""The newest tracks, view and status of each aircraft: latest wins, nothing is stored."""

from typing import Any

from onboard.messages import Envelope


class Live:
    """What each aircraft said last, by kind. A message older than what is known is counted."""

    def __init__(self) -> None:
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
        self._latest[key] = envelope
        self.received += 1
        return True

    def latest(self, kind: str) -> list[dict[str, Any]]:
        """The newest of one kind of every aircraft, as clients see it."""
        return [
            live_view(envelope)
            for (_, known_kind), envelope in sorted(self._latest.items())
            if known_kind == kind
        ]


def live_view(envelope: Envelope) -> dict[str, Any]:
    """A live message as clients see it: the body with its aircraft and its time."""
    return {
        "drone_id": envelope.drone_id,
        "sent_at": envelope.sent_at,
        **envelope.body.model_dump(mode="json"),
    }
