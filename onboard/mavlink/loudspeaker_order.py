"""One order to a loudspeaker, sent again until it is answered, followed until it has been heard."""

from onboard.mavlink.codec import Address, Message, Send
from onboard.mavlink.command import RESULT_WORDS, CommandEnd, CommandOutcome
from onboard.mavlink.loudspeaker import PROGRESS_UNKNOWN, Order, SpeakerAck, packet_of, tunnel

_ACCEPTED, _IN_PROGRESS = 0, 5


class LoudspeakerOrder:
    """An order in its packets: `start`, then `receive` and `tick` until `outcome` is there.

    `packets` share one request number, which must differ from those of the last orders. Waits
    `answer_timeout_s` for each of `attempts`, and while a message sounds `progress_timeout_s` from
    the last sign of life. `progress` is 0..1 once something sounds.
    """

    def __init__(
        self,
        *,
        own: Address,
        speaker: Address,
        packets: list[Order],
        answer_timeout_s: float = 1.0,
        attempts: int = 4,
        progress_timeout_s: float = 10.0,
    ) -> None:
        self.outcome: CommandOutcome | None = None
        self.progress: float | None = None
        self._own = own
        self._speaker = speaker
        self._packets = packets
        self._answer_timeout_s = answer_timeout_s
        self._attempts = attempts
        self._progress_timeout_s = progress_timeout_s
        self._sent = 0
        self._in_progress = False
        self._deadline_s = float("inf")

    def start(self, now_s: float) -> list[Send]:
        """Send the order for the first time."""
        return self._send(now_s)

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """Take in a message; anything but this order's answer is passed over."""
        if self.outcome is None and message.name == "TUNNEL" and self._is_for_us(message):
            packet = packet_of(message)
            if isinstance(packet, SpeakerAck) and packet.request == self._packets[0].request:
                self._answered(packet, now_s)
        return []

    def tick(self, now_s: float) -> list[Send]:
        """Send again, or give up, where the wait is over."""
        if self.outcome is not None or now_s < self._deadline_s:
            return []
        if self._sent >= self._attempts:
            words = f"the loudspeaker did not answer {self._sent} requests"
            self.outcome = CommandOutcome(end=CommandEnd.NO_ANSWER, result=None, words=words)
            return []
        # While it sounds this asks for the final answer, which may have been lost.
        return self._send(now_s)

    def _is_for_us(self, message: Message) -> bool:
        return (
            message.sender == self._speaker
            and message.target_system in (0, self._own.system_id)
            and message.target_component in (0, self._own.component_id)
        )

    def _answered(self, ack: SpeakerAck, now_s: float) -> None:
        if ack.result == _IN_PROGRESS:
            self._in_progress = True
            self._sent = 1
            self._deadline_s = now_s + self._progress_timeout_s
            if ack.progress != PROGRESS_UNKNOWN:
                self.progress = ack.progress / 100.0
            return
        end = CommandEnd.ACCEPTED if ack.result == _ACCEPTED else CommandEnd.REFUSED
        words = ack.reason or RESULT_WORDS.get(ack.result, f"the answer was {ack.result}")
        self.outcome = CommandOutcome(end=end, result=ack.result, words=words)

    def _send(self, now_s: float) -> list[Send]:
        self._sent += 1
        self._deadline_s = now_s + self._answer_timeout_s
        return [tunnel(packet, self._speaker) for packet in self._packets]
