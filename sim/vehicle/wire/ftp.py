"""MAVLink FTP on the autopilot: list, read, burst read, write, remove, rename, check.

Ten sessions at most per vehicle, each ended by its own Terminate; a request that comes again is
answered again and not done twice.
Source: https://mavlink.io/en/services/ftp.html; PX4-Autopilot v1.17, mavlink_ftp.cpp.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from struct import Struct
from struct import error as StructError

from onboard.mavlink.codec import Address, Message, Send
from sim.vehicle.wire.files import FAIL, FileRefused, VehicleFiles

DATA_BYTES = 239
BURST_PACKETS = 40
SESSIONS_AT_MOST = 10
IDLE_S = 10.0
_HEADER = Struct("<HBBBBBBI")
_WORD = Struct("<I")
ACK, NAK = 128, 129
TERMINATE, RESET, LIST, OPEN_READ, READ, CREATE, WRITE, REMOVE = 1, 2, 3, 4, 5, 6, 7, 8
MAKE_FOLDER, REMOVE_FOLDER, OPEN_WRITE, TRUNCATE, RENAME = 9, 10, 11, 12, 13
CHECKSUM, BURST = 14, 15
INVALID_SIZE, INVALID_SESSION, NO_SESSION, END_OF_FILE, UNKNOWN = 3, 4, 5, 6, 7


@dataclass(slots=True)
class _Session:
    path: str
    data: bytes
    writing: bool
    used_s: float


@dataclass(frozen=True, slots=True)
class _Ask:
    sequence: int
    session: int
    opcode: int
    size: int
    offset: int
    data: bytes

    @property
    def path(self) -> str:
        return self.data.split(b"\0", 1)[0].decode("utf-8", "replace")


class FtpServer:
    """Answers FILE_TRANSFER_PROTOCOL on one link. Counts in `refused` what it did not grant."""

    def __init__(self, files: VehicleFiles) -> None:
        self.refused = 0
        self._files = files
        self._sessions: dict[int, _Session] = {}
        self._last: tuple[Address, bytes] | None = None
        self._last_answer: list[Send] = []
        self._doings: dict[int, Callable[[_Ask, float], tuple[int, bytes]]] = {
            0: lambda ask, now_s: (ask.session, b""),
            TERMINATE: self._terminate,
            RESET: self._reset,
            LIST: self._list,
            OPEN_READ: self._open_read,
            READ: self._read,
            CREATE: self._create,
            WRITE: self._write,
            REMOVE: self._done(lambda ask: self._files.remove(ask.path)),
            MAKE_FOLDER: self._done(lambda ask: self._files.make_folder(ask.path)),
            REMOVE_FOLDER: self._done(lambda ask: self._files.remove_folder(ask.path)),
            OPEN_WRITE: self._open_write,
            TRUNCATE: self._done(self._truncate),
            RENAME: self._done(self._rename),
            CHECKSUM: self._checksum,
        }

    def receive(self, message: Message, now_s: float) -> list[Send]:
        """Answer a request; what is shorter than a header is passed over."""
        payload, to = bytes(message.payload), message.sender
        if self._last == (to, payload):
            return self._last_answer
        try:
            ask = _ask_of(payload)
        except StructError:
            self.refused += 1
            return []
        if ask.opcode == BURST:
            answer = self._burst(ask, to, now_s)
        else:
            answer = [self._answer(ask, to, now_s)]
        self._last, self._last_answer = (to, payload), answer
        return answer

    def _answer(self, ask: _Ask, to: Address, now_s: float) -> Send:
        try:
            doing = self._doings.get(ask.opcode)
            if doing is None:
                raise FileRefused(UNKNOWN)
            session, data = doing(ask, now_s)
        except FileRefused as refusal:
            return self._refusal(ask, to, refusal.code)
        return _reply(ask, to, ACK, data, session=session, offset=ask.offset)

    def _refusal(self, ask: _Ask, to: Address, code: int) -> Send:
        self.refused += 1
        return _reply(ask, to, NAK, bytes((code,)), session=ask.session, offset=ask.offset)

    def _done(self, doing: Callable[[_Ask], None]) -> Callable[[_Ask, float], tuple[int, bytes]]:
        def do(ask: _Ask, now_s: float) -> tuple[int, bytes]:
            doing(ask)
            return ask.session, b""

        return do

    def _open(self, path: str, data: bytes, *, writing: bool, now_s: float) -> int:
        # A partner that died in the middle must not hold a session for good.
        for number, session in list(self._sessions.items()):
            if now_s - session.used_s > IDLE_S:
                del self._sessions[number]
        free = next((n for n in range(SESSIONS_AT_MOST) if n not in self._sessions), None)
        if free is None:
            raise FileRefused(NO_SESSION)
        self._sessions[free] = _Session(path, data, writing, now_s)
        return free

    def _session(self, ask: _Ask, now_s: float) -> _Session:
        session = self._sessions.get(ask.session)
        if session is None:
            raise FileRefused(INVALID_SESSION)
        session.used_s = now_s
        return session

    def _terminate(self, ask: _Ask, now_s: float) -> tuple[int, bytes]:
        self._session(ask, now_s)
        del self._sessions[ask.session]
        return ask.session, b""

    def _reset(self, ask: _Ask, now_s: float) -> tuple[int, bytes]:
        self._sessions.clear()
        return ask.session, b""

    def _list(self, ask: _Ask, now_s: float) -> tuple[int, bytes]:
        entries = self._files.listing(ask.path)[ask.offset :]
        packed = b""
        for entry in entries:
            line = entry.encode() + b"\0"
            if len(packed) + len(line) > DATA_BYTES:
                break
            packed += line
        if not packed:
            raise FileRefused(END_OF_FILE)
        return ask.session, packed

    def _open_read(self, ask: _Ask, now_s: float) -> tuple[int, bytes]:
        data = self._files.read(ask.path)
        session = self._open(ask.path, data, writing=False, now_s=now_s)
        return session, _WORD.pack(len(data))

    def _create(self, ask: _Ask, now_s: float) -> tuple[int, bytes]:
        self._files.write(ask.path, b"")
        return self._open(ask.path, b"", writing=True, now_s=now_s), b""

    def _open_write(self, ask: _Ask, now_s: float) -> tuple[int, bytes]:
        data = self._files.read(ask.path)
        self._files.write(ask.path, data)
        session = self._open(ask.path, data, writing=True, now_s=now_s)
        return session, _WORD.pack(len(data))

    def _read(self, ask: _Ask, now_s: float) -> tuple[int, bytes]:
        data = self._session(ask, now_s).data
        if ask.offset >= len(data):
            raise FileRefused(END_OF_FILE)
        return ask.session, data[ask.offset : ask.offset + _size(ask)]

    def _write(self, ask: _Ask, now_s: float) -> tuple[int, bytes]:
        session = self._session(ask, now_s)
        if not session.writing or ask.offset > len(session.data):
            raise FileRefused(FAIL)
        end = ask.offset + len(ask.data)
        session.data = session.data[: ask.offset] + ask.data + session.data[end:]
        self._files.write(session.path, session.data)
        return ask.session, _WORD.pack(len(ask.data))

    def _truncate(self, ask: _Ask) -> None:
        data = self._files.read(ask.path)
        if ask.offset > len(data):
            raise FileRefused(FAIL)
        self._files.write(ask.path, data[: ask.offset])

    def _rename(self, ask: _Ask) -> None:
        old, _, new = ask.data.partition(b"\0")
        new = new.split(b"\0", 1)[0]
        self._files.rename(old.decode("utf-8", "replace"), new.decode("utf-8", "replace"))

    def _checksum(self, ask: _Ask, now_s: float) -> tuple[int, bytes]:
        return ask.session, _WORD.pack(file_crc32(self._files.read(ask.path)))

    def _burst(self, ask: _Ask, to: Address, now_s: float) -> list[Send]:
        try:
            data = self._session(ask, now_s).data
        except FileRefused as refusal:
            return [self._refusal(ask, to, refusal.code)]
        if ask.offset >= len(data):
            return [self._refusal(ask, to, END_OF_FILE)]
        step = _size(ask)
        starts = list(range(ask.offset, len(data), step))[:BURST_PACKETS]
        return [
            _reply(
                ask,
                to,
                ACK,
                data[start : start + step],
                session=ask.session,
                offset=start,
                ahead=number,
                last=start == starts[-1],
            )
            for number, start in enumerate(starts, start=1)
        ]


def file_crc32(data: bytes) -> int:
    """CRC-32 as MAVLink FTP has it: zlib's polynomial, begun at 0 and not inverted."""
    return zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF


def _size(ask: _Ask) -> int:
    return min(ask.size or DATA_BYTES, DATA_BYTES)


def _ask_of(payload: bytes) -> _Ask:
    sequence, session, opcode, size, _, _, _, offset = _HEADER.unpack_from(payload)
    data = payload[_HEADER.size : _HEADER.size + min(size, DATA_BYTES)]
    return _Ask(sequence, session, opcode, size, offset, data)


def _reply(
    ask: _Ask,
    to: Address,
    opcode: int,
    data: bytes,
    *,
    session: int,
    offset: int,
    ahead: int = 1,
    last: bool = False,
) -> Send:
    sequence = (ask.sequence + ahead) & 0xFFFF
    header = _HEADER.pack(sequence, session, opcode, len(data), ask.opcode, int(last), 0, offset)
    fields = {
        "target_system": to.system_id,
        "target_component": to.component_id,
        "payload": header + data,
    }
    return Send("FILE_TRANSFER_PROTOCOL", fields)
