"""Parts of a `multipart/x-mixed-replace` stream, however its bytes arrive. No socket in here.

RFC 2046, 5.1; cameras leave out `Content-Length` at times, then a part ends at the next boundary.
"""

from collections.abc import Mapping
from dataclasses import dataclass

HEADER_LIMIT = 16_384
PART_LIMIT = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """One part; header names are in lower case."""

    headers: Mapping[str, str]
    body: bytes


class MultipartParser:
    """Feed bytes, get whole parts. `malformed` counts parts that had to be given up."""

    def __init__(self, boundary: str) -> None:
        self._delimiter = b"--" + boundary.strip('"').removeprefix("--").encode("latin-1")
        self._buffer = bytearray()
        self._headers: dict[str, str] | None = None
        self.malformed = 0

    def feed(self, data: bytes) -> list[Part]:
        """All parts that these bytes complete."""
        self._buffer += data
        parts: list[Part] = []
        while (part := self._next()) is not None:
            parts.append(part)
        if len(self._buffer) > PART_LIMIT:
            self._give_up()
        return parts

    def _next(self) -> Part | None:
        if self._headers is None and not self._read_headers():
            return None
        assert self._headers is not None
        body = self._read_body(self._headers.get("content-length", ""))
        if body is None:
            return None
        part = Part(self._headers, body)
        self._headers = None
        return part

    def _read_headers(self) -> bool:
        start = self._buffer.find(self._delimiter)
        if start < 0:
            self._keep_tail()
            return False
        end = self._buffer.find(b"\r\n\r\n", start)
        if end < 0:
            if len(self._buffer) - start > HEADER_LIMIT:
                self._give_up()
            return False
        lines = self._buffer[start + len(self._delimiter) : end].decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines if ":" in line)
        self._headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        del self._buffer[: end + 4]
        return True

    def _read_body(self, length: str) -> bytes | None:
        if length.isdigit() and int(length) <= PART_LIMIT:
            if len(self._buffer) < int(length):
                return None
            return self._cut(int(length))
        end = self._buffer.find(b"\r\n" + self._delimiter)
        return None if end < 0 else self._cut(end)

    def _cut(self, length: int) -> bytes:
        body = bytes(self._buffer[:length])
        del self._buffer[:length]
        return body

    def _keep_tail(self) -> None:
        if len(self._buffer) > len(self._delimiter):
            del self._buffer[: -len(self._delimiter)]

    def _give_up(self) -> None:
        self.malformed += 1
        self._headers = None
        self._buffer.clear()
