"""SETUP_SIGNING as PX4 takes it: one key for all links, given unsigned or signed, never in flight.

A key makes every link sign what it sends and take unsigned only what PX4 exempts. A blank key ends
signing, and is believed only when it is itself signed.
Source: PX4-Autopilot v1.17, src/modules/mavlink/{mavlink_main,mavlink_sign_control}.cpp.
"""

from onboard.mavlink.codec import Message, SigningKey
from onboard.mavlink.codec.signing import KEY_BYTES

INFO, CRITICAL = 6, 2
BLANK = bytes(KEY_BYTES)


class SigningSetup:
    """The key in force; `revision` grows with each change, so that links notice."""

    def __init__(self) -> None:
        self.key: SigningKey | None = None
        self.timestamp = 0
        self.revision = 0

    def receive(self, message: Message, *, armed: bool) -> tuple[int, str] | None:
        """Take SETUP_SIGNING and return severity and text of what PX4 says to it."""
        if armed:
            return CRITICAL, "MAVLink signing: rejected while armed"
        secret, timestamp = bytes(message.secret_key), message.initial_timestamp
        if secret == BLANK and timestamp == 0:
            return self._end(signed=message.signed)
        self.key, self.timestamp = SigningKey(secret), timestamp
        self.revision += 1
        return INFO, "MAVLink signing key accepted"

    def _end(self, *, signed: bool) -> tuple[int, str]:
        if self.key is not None and not signed:
            return CRITICAL, "MAVLink signing: blank key rejected"
        self.revision += self.key is not None
        self.key, self.timestamp = None, 0
        return INFO, "MAVLink signing disabled"
