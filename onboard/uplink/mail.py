"""What other drones say, brought by the hub in its replies: an aircraft only ever calls the hub."""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterable

from pydantic import ValidationError

from onboard.messages import Envelope, HandoverAnswerReport, HandoverReport, IngestReply

ForDrones = HandoverReport | HandoverAnswerReport
REMEMBERED = 1_000


class Mail:
    """Shared by all that speak to one hub, on any thread. `told` takes each message once.

    `taken`, `repeated` and `unreadable` count what was brought.
    """

    def __init__(self, told: Callable[[ForDrones, str], None] = lambda *_: None) -> None:
        self.told = told
        self.taken = self.repeated = self.unreadable = 0
        self._lock = threading.Lock()
        self._known: deque[str] = deque(maxlen=REMEMBERED)
        self._received: dict[str, None] = {}

    @property
    def received(self) -> tuple[str, ...]:
        """What the hub is to be told that it has arrived."""
        with self._lock:
            return tuple(self._received)

    def take(self, reply: IngestReply, named: Iterable[str]) -> None:
        """A reply to a request that had `named` what was received."""
        with self._lock:
            for each in named:
                self._received.pop(each, None)
            new = [read for raw in reply.brought if (read := self._read(raw)) is not None]
        for envelope in new:
            if isinstance(envelope.body, HandoverReport | HandoverAnswerReport):
                self.told(envelope.body, envelope.drone_id)

    def _read(self, raw: dict[str, object]) -> Envelope | None:
        # What cannot be read is not wanted again either.
        name = ":".join(str(raw.get(key)) for key in ("drone_id", "boot_id", "sequence"))
        self._received[name] = None
        if name in self._known:
            self.repeated += 1
            return None
        self._known.append(name)
        try:
            envelope = Envelope.model_validate(raw)
        except ValidationError:
            self.unreadable += 1
            return None
        self.taken += 1
        return envelope


def request_content(messages: Iterable[str], received: Iterable[str]) -> bytes:
    """An `IngestRequest` of messages that are JSON already."""
    content = '{"messages":[' + ",".join(messages) + "]"
    named = list(received)
    return (content + (f',"received":{json.dumps(named)}' if named else "") + "}").encode("utf-8")
