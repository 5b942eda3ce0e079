"""Bytes in, messages out: MAVLink 1 and 2 frames, however the bytes arrive in pieces.

Frames: https://mavlink.io/en/guide/serialization.html. Signatures are skipped, not verified.
"""

from binascii import crc_hqx
from struct import Struct

from onboard.mavlink.codec.checksum import REVERSED_BYTE, REVERSED_WORD
from onboard.mavlink.codec.dialect import LAYOUT_BY_ID
from onboard.mavlink.codec.message import Message

MAGIC_V1 = 0xFE
MAGIC_V2 = 0xFD
SIGNED = 0x01
_SIGNATURE_BYTES = 13
_CHECKSUM_BYTES = 2
# After the magic byte. v2: length, incompatible flags, compatible flags, sequence, system,
# component, message id (24 bits, as 16 + 8). v1: length, sequence, system, component, message id.
_HEADER_V2 = Struct("<BBBBBBHB")
_HEADER_V1 = Struct("<BBBBB")
_WANTS_MORE = 0


class Decoder:
    """A byte stream's decoder; one for each peer address or serial port.

    Counters: `messages`; `bad_crc` frames; `unknown` frames (well-formed as far as one can tell, of
    a message that we do not know); `dropped_bytes` outside any frame; `reordered` frames; `lost`
    frames by (system id, component id), from gaps in the sequence.
    """

    def __init__(self) -> None:
        self.messages = 0
        self.bad_crc = 0
        self.unknown = 0
        self.dropped_bytes = 0
        self.reordered = 0
        self.lost: dict[tuple[int, int], int] = {}
        self._expected: dict[tuple[int, int], int] = {}
        self._rest = b""
        # Whether a frame should begin just here: the byte before was the last of another frame.
        self._in_step = True

    def feed(self, data: bytes) -> list[Message]:
        """All messages that `data` completes, in order; an unfinished frame waits for more."""
        buffer = self._rest + data if self._rest else bytes(data)
        decoded: list[Message] = []
        position, end = 0, len(buffer)
        while position < end:
            if buffer[position] == MAGIC_V2:
                taken = self._take_v2(buffer, position, decoded)
            elif buffer[position] == MAGIC_V1:
                taken = self._take_v1(buffer, position, decoded)
            else:
                taken = self._skip_byte()
            if taken == _WANTS_MORE:
                break
            position += taken
        self._rest = buffer[position:]
        self.messages += len(decoded)
        return decoded

    def _take_v2(self, buffer: bytes, start: int, decoded: list[Message]) -> int:
        body = start + 10
        if len(buffer) < body:
            return _WANTS_MORE
        length, incompatible, _, sequence, system, component, low, high = _HEADER_V2.unpack_from(
            buffer, start + 1
        )
        if incompatible & ~SIGNED:
            return self._skip_byte()
        end = body + length
        stop = end + _CHECKSUM_BYTES + (_SIGNATURE_BYTES if incompatible else 0)
        if len(buffer) < stop:
            return _WANTS_MORE
        header = (low | high << 16, system, component, sequence)
        return self._finish(buffer, (start, body, end, stop), header, decoded)

    def _take_v1(self, buffer: bytes, start: int, decoded: list[Message]) -> int:
        body = start + 6
        if len(buffer) < body:
            return _WANTS_MORE
        length, sequence, system, component, id = _HEADER_V1.unpack_from(buffer, start + 1)
        end = body + length
        stop = end + _CHECKSUM_BYTES
        if len(buffer) < stop:
            return _WANTS_MORE
        return self._finish(
            buffer, (start, body, end, stop), (id, system, component, sequence), decoded
        )

    def _finish(
        self,
        buffer: bytes,
        bounds: tuple[int, int, int, int],
        header: tuple[int, int, int, int],
        decoded: list[Message],
    ) -> int:
        start, body, end, stop = bounds
        id, system, component, sequence = header
        layout = LAYOUT_BY_ID.get(id)
        if layout is None:
            return self._skip_unknown(stop - start)
        covered = (buffer[start + 1 : end] + layout.seed).translate(REVERSED_BYTE)
        if crc_hqx(covered, 0xFFFF) != REVERSED_WORD[buffer[end] | buffer[end + 1] << 8]:
            self.bad_crc += 1
            return self._skip_byte()
        self._in_step = True
        size = layout.size
        payload = buffer[body:end]
        if end - body != size:
            # Trailing zeros are cut on the wire; fields of a newer sender are not ours to read.
            payload = payload[:size].ljust(size, b"\0")
        self._count_lost((system, component), sequence)
        decoded.append(Message(layout, layout.struct.unpack(payload), system, component, sequence))
        return stop - start

    def _skip_unknown(self, length: int) -> int:
        # Its checksum cannot be proven. Where no frame was due it is more likely a magic byte
        # within a damaged frame, and its claimed length would swallow good frames.
        if not self._in_step:
            return self._skip_byte()
        self.unknown += 1
        return length

    def _skip_byte(self) -> int:
        self._in_step = False
        self.dropped_bytes += 1
        return 1

    def _count_lost(self, sender: tuple[int, int], sequence: int) -> None:
        expected = self._expected.get(sender)
        self._expected[sender] = (sequence + 1) & 0xFF
        if expected == sequence:
            return
        gap = 0 if expected is None else (sequence - expected) & 0xFF
        if gap >= 0x80:
            self.reordered += 1
            return
        if gap:
            self.lost[sender] = self.lost.get(sender, 0) + gap
