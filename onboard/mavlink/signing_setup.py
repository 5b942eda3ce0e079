"""Gives a vehicle its signing key, and sees that it signs: a machine without I/O.

SETUP_SIGNING has no answer (https://mavlink.io/en/guide/message_signing.html#key_management), so it
is sent a few times and the outcome is what the vehicle then does. The key goes over the link in
clear: only over a cable or a link that nobody else hears.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from onboard.mavlink.codec import Address, Message, Send, SigningKey

REPEAT_S = 0.5


class SigningEnd(StrEnum):
    """`done`: the vehicle was heard with (or, when cleared, without) signatures."""

    DONE = "done"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningOutcome:
    """The end, in plain words."""

    end: SigningEnd
    words: str


class SigningSetup:
    """Sends SETUP_SIGNING until a heartbeat shows that it was heeded.

    `key` None clears the vehicle's key, which PX4 heeds only in a signed message; PX4 refuses any
    change while armed and says so in a STATUSTEXT. `timestamp` gives the signing time of now
    (`signing.timestamp_at`): each repeat sets the vehicle's signing clock anew, and one that it set
    back would make all that the vehicle says next look like what it has said before.
    """

    def __init__(
        self,
        *,
        vehicle: Address,
        key: SigningKey | None,
        timestamp: Callable[[], int],
        limit_s: float = 8.0,
    ) -> None:
        self.outcome: SigningOutcome | None = None
        self._vehicle = vehicle
        self._key = key
        self._timestamp = timestamp
        self._limit_s = limit_s
        self._next_s = float("inf")
        self._end_s = float("inf")

    def start(self, now_s: float) -> list[Send]:
        """Send it for the first time."""
        self._end_s = now_s + self._limit_s
        return self._send(now_s)

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """Look for what shows that the vehicle took it, or said no."""
        if self.outcome is None and message.sender == self._vehicle:
            if message.name == "HEARTBEAT" and self._heeded(message):
                self._ended(SigningEnd.DONE, "the vehicle signs" if self._key else "cleared")
            elif message.name == "STATUSTEXT" and "signing: " in message["text"]:
                self._ended(SigningEnd.REFUSED, message["text"].partition("signing: ")[2].strip())
        return []

    def tick(self, now_s: float) -> list[Send]:
        """Send again, or give up."""
        if self.outcome is not None or now_s < self._next_s:
            return []
        if now_s >= self._end_s:
            self._ended(SigningEnd.NO_ANSWER, "no heartbeat shows that the vehicle took the key")
            return []
        return self._send(now_s)

    def _heeded(self, heartbeat: Message) -> bool:
        if self._key is None:
            return not heartbeat.signed
        # A vehicle whose key is changed signs before and after.
        return heartbeat.signed and self._key.made(heartbeat.frame)

    def _send(self, now_s: float) -> list[Send]:
        self._next_s = now_s + REPEAT_S
        fields = {
            "target_system": self._vehicle.system_id,
            "target_component": self._vehicle.component_id,
            "secret_key": bytes(32) if self._key is None else self._key.secret,
            "initial_timestamp": 0 if self._key is None else self._timestamp(),
        }
        return [Send("SETUP_SIGNING", fields)]

    def _ended(self, end: SigningEnd, words: str) -> None:
        self.outcome = SigningOutcome(end=end, words=words)
