"""Bytes in, messages out: MAVLink 1 and 2 frames, however the bytes arrive in pieces.

Frames: https://mavlink.io/en/guide/serialization.html. With a `Signing`, signatures are judged;
without one they are passed over.
"""

import re
from binascii import crc_hqx
from collections.abc import Callable

from onboard.mavlink.codec.checksum import REVERSED_BYTE, REVERSED_WORD
from onboard.mavlink.codec.dialect import LAYOUT_BY_ID
from onboard.mavlink.codec.message import Message
from onboard.mavlink.codec.signing import SIGNATURE_BYTES, SIGNED, Judged, Signing

MAGIC_V1 = 0xFE
MAGIC_V2 = 0xFD
_HEADER_V1_BYTES = 6
_HEADER_V2_BYTES = 10
_CHECKSUM_BYTES = 2
_WANTS_MORE = 0
_ANY_MAGIC = re.compile(b"[\xfd\xfe]")
SENDERS_AT_MOST = 1024


class SenderCount:
    """What was heard of one component: the number its next frame should bear, and sums."""

    __slots__ = ("expected", "lost", "received", "reordered")

    def __init__(self, expected: int) -> None:
        self.expected = expected
        self.received = 0
        self.lost = 0
        self.reordered = 0


class Refused:
    """Frames that bore one system id and that signing refused; who truly sent them is not known."""

    __slots__ = ("forged", "replayed", "unsigned")

    def __init__(self) -> None:
        self.forged = 0
        self.replayed = 0
        self.unsigned = 0


class Decoder:
    """A byte stream's decoder; one for each peer address or serial port.

    Counters: `messages`; `bad_crc` frames; `unknown` frames (well-formed as far as one can tell, of
    a message that we do not know); `dropped_bytes` outside any frame; `reordered` frames; `lost`
    frames by (system id, component id), from gaps in the sequence; `forged`, `replayed` and
    `unsigned` frames that signing refused, and the same by system id (`refused`); `untracked`
    frames of more senders than are kept. `on_unknown` is called with each frame that counts as
    unknown, for a recorder.
    """

    def __init__(
        self,
        *,
        signing: Signing | None = None,
        on_unknown: Callable[[bytes], None] | None = None,
    ) -> None:
        self.messages = 0
        self.bad_crc = 0
        self.unknown = 0
        self.dropped_bytes = 0
        self.reordered = 0
        self.forged = 0
        self.replayed = 0
        self.unsigned = 0
        self.untracked = 0
        self.senders: dict[int, SenderCount] = {}
        self.refused: dict[int, Refused] = {}
        self.signing = signing
        self._on_unknown = on_unknown
        self._rest = b""
        # Whether a frame should begin just here: the byte before was the last of another frame.
        self._in_step = True

    @property
    def lost(self) -> dict[tuple[int, int], int]:
        """Frames that never came, by (system id, component id); only those that lost any."""
        return {
            (key >> 8, key & 0xFF): each.lost for key, each in self.senders.items() if each.lost
        }

    def feed(self, data: bytes) -> list[Message]:
        """All messages that `data` completes, in order; an unfinished frame waits for more."""
        buffer = self._rest + data if self._rest else bytes(data)
        decoded: list[Message] = []
        position, end = 0, len(buffer)
        while position < end:
            magic = buffer[position]
            if magic == MAGIC_V2:
                taken = self._take_v2(buffer, position, end, decoded)
            elif magic == MAGIC_V1:
                taken = self._take_v1(buffer, position, end, decoded)
            else:
                taken = self._skip_to_magic(buffer, position)
            if taken == _WANTS_MORE:
                break
            position += taken
        self._rest = buffer[position:]
        self.messages += len(decoded)
        return decoded

    def _take_v2(self, buffer: bytes, start: int, end: int, decoded: list[Message]) -> int:
        if end - start < _HEADER_V2_BYTES:
            return _WANTS_MORE
        flags = buffer[start + 2]
        if flags & ~SIGNED:
            return self._skip_byte()
        size = buffer[start + 1] + _HEADER_V2_BYTES + _CHECKSUM_BYTES
        stop = start + size + (SIGNATURE_BYTES if flags else 0)
        if end < stop:
            return _WANTS_MORE
        frame = buffer[start:stop]
        id = frame[7] | frame[8] << 8 | frame[9] << 16
        layout = LAYOUT_BY_ID.get(id)
        if layout is None:
            return self._skip_unknown(frame)
        covered = (frame[1 : size - 2] + layout.seed).translate(REVERSED_BYTE)
        if crc_hqx(covered, 0xFFFF) != REVERSED_WORD[frame[size - 2] | frame[size - 1] << 8]:
            self.bad_crc += 1
            return self._skip_byte()
        self._in_step = True
        message = Message(layout, frame, frame[5], frame[6], frame[4])
        if self.signing is None or self._authentic(self.signing, message):
            sequence = frame[4]
            sender = self.senders.get(frame[5] << 8 | frame[6])
            if sender is not None and sender.expected == sequence:
                sender.received += 1
                sender.expected = (sequence + 1) & 0xFF
            else:
                self._count(frame[5] << 8 | frame[6], sequence)
            decoded.append(message)
        return stop - start

    def _take_v1(self, buffer: bytes, start: int, end: int, decoded: list[Message]) -> int:
        if end - start < _HEADER_V1_BYTES:
            return _WANTS_MORE
        stop = start + buffer[start + 1] + _HEADER_V1_BYTES + _CHECKSUM_BYTES
        if end < stop:
            return _WANTS_MORE
        frame = buffer[start:stop]
        layout = LAYOUT_BY_ID.get(frame[5])
        if layout is None:
            return self._skip_unknown(frame)
        covered = (frame[1:-2] + layout.seed).translate(REVERSED_BYTE)
        if crc_hqx(covered, 0xFFFF) != REVERSED_WORD[frame[-2] | frame[-1] << 8]:
            self.bad_crc += 1
            return self._skip_byte()
        self._in_step = True
        message = Message(layout, frame, frame[3], frame[4], frame[2])
        if self.signing is None or self._authentic(self.signing, message):
            self._count(frame[3] << 8 | frame[4], frame[2])
            decoded.append(message)
        return stop - start

    def _authentic(self, signing: Signing, message: Message) -> bool:
        if message.signed:
            judged = signing.judge(message.frame, message.system_id, message.component_id)
            if judged is Judged.GOOD or judged is Judged.UNJUDGED:
                return True
            of = self._refused_of(message.system_id)
            if judged is Judged.FORGED:
                self.forged += 1
                of.forged += 1
            else:
                self.replayed += 1
                of.replayed += 1
            return False
        if signing.passes_unsigned(message.id, message.system_id):
            return True
        self.unsigned += 1
        self._refused_of(message.system_id).unsigned += 1
        return False

    def _refused_of(self, system_id: int) -> Refused:
        return self.refused.setdefault(system_id, Refused())

    def _skip_unknown(self, frame: bytes) -> int:
        # Its checksum cannot be proven. Where no frame was due it is more likely a magic byte
        # within a damaged frame, and its claimed length would swallow good frames.
        if not self._in_step:
            return self._skip_byte()
        self.unknown += 1
        if self._on_unknown is not None:
            self._on_unknown(frame)
        return len(frame)

    def _skip_to_magic(self, buffer: bytes, start: int) -> int:
        found = _ANY_MAGIC.search(buffer, start)
        skipped = (len(buffer) if found is None else found.start()) - start
        self._in_step = False
        self.dropped_bytes += skipped
        return skipped

    def _skip_byte(self) -> int:
        self._in_step = False
        self.dropped_bytes += 1
        return 1

    def _count(self, key: int, sequence: int) -> None:
        sender = self.senders.get(key)
        if sender is None:
            if len(self.senders) >= SENDERS_AT_MOST:
                self.untracked += 1
                return
            sender = self.senders[key] = SenderCount(sequence)
        sender.received += 1
        if sender.expected == sequence:
            sender.expected = (sequence + 1) & 0xFF
            return
        gap = (sequence - sender.expected) & 0xFF
        if gap >= 0x80:
            # It overtook, or was sent twice: what was expected is still expected.
            self.reordered += 1
            sender.reordered += 1
            return
        sender.lost += gap
        sender.expected = (sequence + 1) & 0xFF
