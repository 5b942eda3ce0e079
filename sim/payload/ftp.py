"""MAVLink FTP over a flat folder in memory: how recorded messages reach the loudspeaker.

https://mavlink.io/en/services/ftp.html. One session at a time, as many small devices have it. A
request that comes again is answered again, and not done twice.
"""

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from struct import Struct
from struct import error as StructError

from onboard.mavlink.codec import Address, Message, Send

DATA_BYTES = 239
# PX4 forwards through a buffer of about two messages and drops the rest, so that a longer burst
# loses its end and the reader waits for a timeout; one packet a burst is as quick as plain reading.
BURST_PACKETS = 1
_HEADER = Struct("<HBBBBBBI")
ACK, NAK = 128, 129
TERMINATE, RESET, LIST, OPEN_READ, READ, CREATE, WRITE, REMOVE = 1, 2, 3, 4, 5, 6, 7, 8
OPEN_WRITE, CHECKSUM, BURST = 11, 14, 15
FAIL, INVALID_SIZE, INVALID_SESSION, NO_SESSION, END_OF_FILE, UNKNOWN = 1, 3, 4, 5, 6, 7
NOT_FOUND = 10
SESSION = 0
IDLE_S = 30.0


class MessageStore:
    """Recorded messages by name; never more than `room_bytes` in all."""

    def __init__(self, room_bytes: int) -> None:
        self.files: dict[str, bytes] = {}
        self._room_bytes = room_bytes

    def names(self) -> list[str]:
        """Names in order: the first is message 1."""
        return sorted(self.files)

    def fits(self, more: int) -> bool:
        """Whether so many bytes more have room."""
        return sum(map(len, self.files.values())) + more <= self._room_bytes


@dataclass(slots=True)
class _Session:
    name: str
    data: bytearray
    writing: bool
    used_s: float


class _Refused(Exception):
    def __init__(self, code: int) -> None:
        self.code = code


@dataclass(frozen=True, slots=True)
class _Ask:
    sequence: int
    session: int
    opcode: int
    size: int
    offset: int
    data: bytes


class FtpServer:
    """Answers FILE_TRANSFER_PROTOCOL. A file is stored when its session ends."""

    def __init__(self, store: MessageStore, *, own: Address) -> None:
        self._store = store
        self._own = own
        self._session: _Session | None = None
        self._last: tuple[Address, bytes] | None = None
        self._last_answer: list[Send] = []
        self._doings: dict[int, Callable[[_Ask, float], bytes]] = {
            TERMINATE: self._terminate,
            RESET: self._terminate,
            LIST: self._list,
            OPEN_READ: self._open_read,
            READ: self._read,
            CREATE: self._create,
            OPEN_WRITE: self._create,
            WRITE: self._write,
            REMOVE: self._remove,
            CHECKSUM: self._checksum,
        }

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """Answer a request."""
        payload = bytes(message.payload)
        if self._last == (message.sender, payload):
            return self._last_answer
        try:
            ask = _ask_of(payload)
        except StructError:
            return []
        answer = self._burst(ask, message.sender, now_s) if ask.opcode == BURST else []
        answer = answer or [self._answer(ask, message.sender, now_s)]
        self._last, self._last_answer = (message.sender, payload), answer
        return answer

    def _answer(self, ask: _Ask, to: Address, now_s: float) -> Send:
        try:
            doing = self._doings.get(ask.opcode)
            if doing is None:
                raise _Refused(UNKNOWN)
            return self._reply(ask, to, ACK, doing(ask, now_s), offset=ask.offset)
        except _Refused as refusal:
            return self._reply(ask, to, NAK, bytes((refusal.code,)), offset=ask.offset)

    def _reply(
        self,
        ask: _Ask,
        to: Address,
        opcode: int,
        data: bytes,
        *,
        offset: int,
        ahead: int = 1,
        last: bool = False,
    ) -> Send:
        sequence = (ask.sequence + ahead) & 0xFFFF
        header = _HEADER.pack(
            sequence, SESSION, opcode, len(data), ask.opcode, int(last), 0, offset
        )
        fields = {
            "target_system": to.system_id,
            "target_component": to.component_id,
            "payload": header + data,
        }
        return Send("FILE_TRANSFER_PROTOCOL", fields)

    def _open(self, ask: _Ask, now_s: float) -> _Session:
        session = self._session
        if session is None or ask.session != SESSION:
            raise _Refused(INVALID_SESSION)
        session.used_s = now_s
        return session

    def _begin(self, name: str, data: bytes, *, writing: bool, now_s: float) -> None:
        busy = self._session
        # A console that died in the middle must not lock the loudspeaker for good.
        if busy is not None and now_s - busy.used_s < IDLE_S and busy.name != name:
            raise _Refused(NO_SESSION)
        self._session = _Session(name, bytearray(data), writing, now_s)

    def _terminate(self, ask: _Ask, now_s: float) -> bytes:
        session, self._session = self._session, None
        if session is not None and session.writing:
            self._store.files[session.name] = bytes(session.data)
        return b""

    def _list(self, ask: _Ask, now_s: float) -> bytes:
        lines = [f"F{name}\t{len(self._store.files[name])}" for name in self._store.names()]
        listing = b""
        for line in lines[ask.offset :]:
            entry = line.encode("utf-8") + b"\0"
            if len(listing) + len(entry) > DATA_BYTES:
                break
            listing += entry
        if not listing:
            raise _Refused(END_OF_FILE)
        return listing

    def _open_read(self, ask: _Ask, now_s: float) -> bytes:
        data = self._file(ask)
        self._begin(_name(ask), data, writing=False, now_s=now_s)
        return len(data).to_bytes(4, "little")

    def _create(self, ask: _Ask, now_s: float) -> bytes:
        name = _name(ask)
        if not name or not name.isprintable() or "/" in name:
            raise _Refused(FAIL)
        self._begin(name, b"", writing=True, now_s=now_s)
        return b""

    def _read(self, ask: _Ask, now_s: float) -> bytes:
        data = self._open(ask, now_s).data
        if ask.offset >= len(data):
            raise _Refused(END_OF_FILE)
        return bytes(data[ask.offset : ask.offset + min(ask.size or DATA_BYTES, DATA_BYTES)])

    def _write(self, ask: _Ask, now_s: float) -> bytes:
        session = self._open(ask, now_s)
        end = ask.offset + len(ask.data)
        if not session.writing or not self._store.fits(max(end, len(session.data))):
            raise _Refused(FAIL)
        if end > len(session.data):
            session.data.extend(bytes(end - len(session.data)))
        session.data[ask.offset : end] = ask.data
        return b""

    def _remove(self, ask: _Ask, now_s: float) -> bytes:
        self._file(ask)
        del self._store.files[_name(ask)]
        return b""

    def _checksum(self, ask: _Ask, now_s: float) -> bytes:
        return ftp_crc32(self._file(ask)).to_bytes(4, "little")

    def _burst(self, ask: _Ask, to: Address, now_s: float) -> list[Send]:
        try:
            data = bytes(self._open(ask, now_s).data)
        except _Refused:
            return []
        step = min(ask.size or DATA_BYTES, DATA_BYTES)
        count = min(math.ceil((len(data) - ask.offset) / step), BURST_PACKETS)
        starts = [ask.offset + number * step for number in range(max(count, 0))]
        packets = [
            self._reply(
                ask,
                to,
                ACK,
                data[start : start + step],
                offset=start,
                ahead=number,
                last=number == count,
            )
            for number, start in enumerate(starts, start=1)
        ]
        if not packets:
            packets = [self._reply(ask, to, NAK, bytes((END_OF_FILE,)), offset=ask.offset)]
        return packets

    def _file(self, ask: _Ask) -> bytes:
        data = self._store.files.get(_name(ask))
        if data is None:
            raise _Refused(NOT_FOUND)
        return data


def ftp_crc32(data: bytes) -> int:
    """CRC-32 as MAVLink FTP has it: zlib's polynomial, begun at 0 and not inverted."""
    return zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF


def _ask_of(payload: bytes) -> _Ask:
    sequence, session, opcode, size, _, _, _, offset = _HEADER.unpack_from(payload)
    data = payload[_HEADER.size : _HEADER.size + min(size, DATA_BYTES)]
    return _Ask(sequence, session, opcode, size, offset, data)


def _name(ask: _Ask) -> str:
    return ask.data.rstrip(b"\0").decode("utf-8", "replace").lstrip("/")
