"""MAVLink 2 message signing: who may speak on a link, and that nothing old is said again.

Source: https://mavlink.io/en/guide/message_signing.html. A signature is the link's number, a 48-bit
timestamp (tens of microseconds since 2015) and the first 48 bits of SHA-256 over key and frame.
"""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Protocol

from missions.errors import BadInput

SIGNED = 0x01
SIGNATURE_BYTES = 13
KEY_BYTES = 32
EPOCH_2015_UNIX_S = 1_420_070_400
TICKS_PER_S = 100_000
LARGEST_TIMESTAMP = (1 << 48) - 1
# A sender that was not heard before may be this far behind what we have seen.
NEW_STREAM_MAY_LAG = 60 * TICKS_PER_S
STREAMS_AT_MOST = 1024
HEARTBEAT, RADIO_STATUS, ADSB_VEHICLE, COLLISION = 0, 109, 246, 247
# A telemetry radio injects RADIO_STATUS itself and holds no key.
FROM_RADIOS = frozenset((RADIO_STATUS,))
# What PX4 v1.17 takes unsigned (mavlink_sign_control.cpp): links are found by heartbeats.
AS_PX4 = frozenset((HEARTBEAT, RADIO_STATUS, ADSB_VEHICLE, COLLISION))
EVERYTHING = None

StreamKey = tuple[int, int, int]


class Judged(Enum):
    """What a signature is worth."""

    GOOD = "good"
    # We know no key that the system is sure to have.
    UNJUDGED = "unjudged"
    FORGED = "forged"
    REPLAYED = "replayed"


class SigningKey:
    """A secret of 32 bytes; it never shows in a repr or a log."""

    __slots__ = ("secret",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise BadInput(
                where="signing key", what=f"{len(secret)} bytes long; it must be {KEY_BYTES}"
            )
        self.secret = bytes(secret)

    @classmethod
    def from_passphrase(cls, passphrase: str) -> "SigningKey":
        """SHA-256 of the passphrase in UTF-8, as QGroundControl, MAVProxy and Mission Planner do.

        Raises:
            BadInput: the passphrase is empty.
        """
        if not passphrase:
            raise BadInput(where="signing key", what="the passphrase is empty")
        return cls(hashlib.sha256(passphrase.encode("utf-8")).digest())

    def digest(self, said: bytes) -> bytes:
        """The six bytes that end a signed frame, of all that stands before them."""
        return hashlib.sha256(self.secret + said).digest()[:6]

    def made(self, frame: bytes) -> bool:
        """Whether the signature at the end of a frame is by this key."""
        return hmac.compare_digest(self.digest(frame[:-6]), frame[-6:])

    def __repr__(self) -> str:
        return "SigningKey(...)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SigningKey) and hmac.compare_digest(self.secret, other.secret)

    def __hash__(self) -> int:
        return hash(self.secret)


def timestamp_at(unix_s: float) -> int:
    """The signing timestamp of a time of day, never below zero nor above 48 bits."""
    return min(max(int((unix_s - EPOCH_2015_UNIX_S) * TICKS_PER_S), 0), LARGEST_TIMESTAMP)


class SigningStreams:
    """The newest timestamp of each (link id, system id, component id), shared by all links.

    Were each link to keep its own, what was heard on one could be replayed on another.
    """

    def __init__(self) -> None:
        self.newest: dict[StreamKey, int] = {}
        # What was last said or heard by anyone; what we say next is later than that.
        self.timestamp = 0

    def take(self, key: StreamKey, timestamp: int) -> bool:
        """Whether `timestamp` moves its stream forward; if so it is remembered."""
        newest = self.newest.get(key)
        if newest is None:
            if len(self.newest) >= STREAMS_AT_MOST:
                return False
            if timestamp + NEW_STREAM_MAY_LAG < self.timestamp:
                return False
        elif timestamp <= newest:
            return False
        self.newest[key] = timestamp
        self.timestamp = max(self.timestamp, timestamp)
        return True


class Ring(Protocol):
    """Who has which key: `onboard.mavlink.codec.key_ring`."""

    def speaks(self, system_id: int) -> SigningKey | None: ...

    def tried(self, system_id: int) -> Sequence[SigningKey]: ...

    def heard_with(self, system_id: int, key: SigningKey) -> None: ...

    def has_own(self, system_id: int) -> bool: ...

    def is_released(self, system_id: int) -> bool: ...


class OneKey:
    """The ring of those who have one key for everybody."""

    def __init__(self, key: SigningKey) -> None:
        self._key = key

    def speaks(self, system_id: int) -> SigningKey | None:
        """Always the same."""
        return self._key

    def tried(self, system_id: int) -> Sequence[SigningKey]:
        """Always the same."""
        return (self._key,)

    def heard_with(self, system_id: int, key: SigningKey) -> None:
        """Nothing follows."""

    def has_own(self, system_id: int) -> bool:
        """Nobody."""
        return False

    def is_released(self, system_id: int) -> bool:
        """Nobody."""
        return False


class Signing:
    """One link's signing: our signature on what leaves, the judgement of what arrives.

    `unix_s` is asked for the time of day at each signature: a function, so that tests and the
    simulated clock decide. `accept_unsigned` holds the message ids that pass without a good
    signature; None lets every unsigned message pass (forged and replayed ones still do not).
    `key` is one for everybody or a ring, where systems may have keys of their own: one that has
    must sign whatever `accept_unsigned` says.
    """

    def __init__(
        self,
        *,
        key: SigningKey | Ring,
        link_id: int,
        unix_s: Callable[[], float],
        streams: SigningStreams | None = None,
        accept_unsigned: frozenset[int] | None = FROM_RADIOS,
    ) -> None:
        self._ring: Ring = OneKey(key) if isinstance(key, SigningKey) else key
        self.link_id = link_id & 0xFF
        self.streams = SigningStreams() if streams is None else streams
        self._unix_s = unix_s
        self._accept_unsigned = accept_unsigned

    def signs_to(self, system_id: int) -> bool:
        """Whether what is meant for a system (0: everybody) is signed."""
        return self._ring.speaks(system_id) is not None

    def sign(self, frame: bytes, to: int = 0) -> bytes:
        """The 13 bytes to put behind `frame`, which is whole, flag and checksum included; `to` is
        the system that it is meant for."""
        key = self._ring.speaks(to)
        assert key is not None
        streams = self.streams
        stamp = min(max(timestamp_at(self._unix_s()), streams.timestamp + 1), LARGEST_TIMESTAMP)
        streams.timestamp = stamp
        said = bytes((self.link_id,)) + stamp.to_bytes(6, "little")
        return said + key.digest(frame + said)

    def judge(self, frame: bytes, system_id: int, component_id: int) -> Judged:
        """Judge the signature at the end of `frame`; a good one moves its stream forward."""
        tried = self._ring.tried(system_id)
        if not tried:
            return Judged.UNJUDGED
        key = next((key for key in tried if key.made(frame)), None)
        if key is None:
            known = self._ring.speaks(system_id) is not None
            return Judged.FORGED if known else Judged.UNJUDGED
        timestamp = int.from_bytes(frame[-12:-6], "little")
        if self.streams.take((frame[-13], system_id, component_id), timestamp):
            self._ring.heard_with(system_id, key)
            return Judged.GOOD
        return Judged.REPLAYED

    def passes_unsigned(self, message_id: int, system_id: int) -> bool:
        """Whether a message of this id and sender is taken without a signature."""
        ring = self._ring
        if ring.is_released(system_id) or not ring.tried(system_id):
            return True
        if ring.has_own(system_id):
            return message_id in FROM_RADIOS
        if ring.speaks(system_id) is None:
            # It was given a key and has not been heard with it.
            return True
        return self._accept_unsigned is None or message_id in self._accept_unsigned
