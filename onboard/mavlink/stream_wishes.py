"""Having a vehicle send messages often enough on this link: asked once, and anew after a reboot."""

from collections import deque
from collections.abc import Mapping

from onboard.mavlink.codec import Address, Message, Send
from onboard.mavlink.command import CommandEnd, CommandSender

SET_MESSAGE_INTERVAL = 511
AGAIN_S = 5.0


class StreamWishes:
    """`rates_hz` are messages a second by message id. A refusal is taken; silence is not."""

    def __init__(self, rates_hz: Mapping[int, float], *, own: Address, vehicle: Address) -> None:
        self._rates_hz = rates_hz
        self._own, self._vehicle = own, vehicle
        self._left = deque(rates_hz)
        self._asking: CommandSender | None = None
        self._next_s = 0.0
        self._boot_ms = 0

    def receive(self, message: Message, now_s: float) -> None:
        """Take in the vehicle's clock, and answers."""
        if self._asking is not None:
            self._asking.receive(message, now_s)
        if message.sender == self._vehicle and message.name == "SYSTEM_TIME":
            if message.time_boot_ms < self._boot_ms:
                self._left, self._asking = deque(self._rates_hz), None
            self._boot_ms = message.time_boot_ms

    def tick(self, now_s: float) -> list[Send]:
        """What is to be asked now."""
        if self._asking is not None:
            sends = self._asking.tick(now_s)
            self._settle(now_s)
            return sends
        if not self._left or now_s < self._next_s:
            return []
        rate_hz = self._rates_hz[self._left[0]]
        self._asking = CommandSender(
            own=self._own,
            vehicle=self._vehicle,
            command=SET_MESSAGE_INTERVAL,
            params=(float(self._left[0]), 1e6 / rate_hz),
        )
        return self._asking.start(now_s)

    def _settle(self, now_s: float) -> None:
        outcome = None if self._asking is None else self._asking.outcome
        if outcome is None:
            return
        self._asking = None
        asked = self._left.popleft()
        if outcome.end is CommandEnd.NO_ANSWER:
            self._left.append(asked)
            self._next_s = now_s + AGAIN_S
