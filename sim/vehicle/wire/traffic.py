"""What went over one link: messages and bytes each way, and what got lost on the way in.

The rates are those of the last whole second, as PX4's. Bytes are weighed from when somebody first
asks for them: LINK_NODE_STATUS is the only one who does.
Source: PX4-Autopilot v1.17, mavlink_main.cpp (tx_rate_avg) and mavlink_receiver.cpp
(update_rx_stats).
"""

from onboard.mavlink.codec import Message
from onboard.mavlink.codec.dialect import LAYOUT_BY_NAME
from onboard.mavlink.codec.encoder import pack_payload
from sim.vehicle.wire.outgoing import Outgoing

FRAME_BYTES = 12
WINDOW_S = 1.0
NUMBERS = 256


class Traffic:
    """One link's counts; `sent` leaves out the flight core's streams, which it counts itself."""

    def __init__(self) -> None:
        self.sent = 0
        self.received = 0
        self.lost = 0
        self._weighs = False
        self._rates_bytes_s = (0, 0)
        self._bytes = [0, 0]
        self._since_s = 0.0
        self._expected: dict[tuple[int, int], int] = {}

    def hear(self, message: Message) -> None:
        """A message came in: a gap in its sender's numbers is what was lost."""
        self.received += 1
        self._bytes[1] += len(message.frame)
        sender = (message.system_id, message.component_id)
        expected = self._expected.get(sender, message.sequence)
        self.lost += (message.sequence - expected) % NUMBERS
        self._expected[sender] = (message.sequence + 1) % NUMBERS

    def say(self, out: Outgoing) -> None:
        """A message goes out."""
        self.sent += 1
        if self._weighs:
            self._bytes[0] += _size(out)

    def stream(self, data: bytes) -> None:
        """Frames of the flight core go out."""
        self._bytes[0] += len(data)

    def rates_bytes_s(self, now_s: float) -> tuple[int, int]:
        """Bytes a second out and in, of the last window that is over."""
        passed_s = now_s - self._since_s
        if not self._weighs or passed_s >= WINDOW_S:
            if self._weighs:
                sent, received = (round(count / passed_s) for count in self._bytes)
                self._rates_bytes_s = (sent, received)
            self._weighs, self._bytes, self._since_s = True, [0, 0], now_s
        return self._rates_bytes_s


def _size(out: Outgoing) -> int:
    """Bytes of a frame; trailing zeros are cut on the wire, but for one byte."""
    if out.forwarded is not None:
        return len(out.forwarded.frame)
    payload = pack_payload(LAYOUT_BY_NAME[out.send.name], dict(out.send.fields)).rstrip(b"\0")
    return FRAME_BYTES + max(len(payload), 1)
