"""A camera's pictures over HTTP: multipart/x-mixed-replace, the latest wins.

`GET /stream` never ends; each part has Content-Type, Content-Length, X-Timestamp (the vehicle's
boot seconds at mid-exposure) and X-Frame-Id. `GET /frame` is the latest picture alone. A reader
that is slow misses pictures and delays nobody.

`GET /next` is the picture after the one that its connection was given last, or 204 where none comes
for a while; the connection is kept. Who reads so is waited for (`owed`): simulated time stands
still rather than that he misses one.
"""

import asyncio
import contextlib
import socket
import time
from dataclasses import dataclass

from missions.errors import BadInput

BOUNDARY = "qyran-frame"
REQUEST_WITHIN_S = 5.0
LARGEST_REQUEST = 8192
SEND_BUFFER_BYTES = 128 * 1024
NEXT_WITHIN_S = 0.5
# Who has not asked for this long hangs, and is waited for no more until he asks again.
PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One picture as it is sent: JPEG bytes, the boot second of its exposure, its id."""

    jpeg: bytes
    boot_s: float
    frame_id: str

    @property
    def headers(self) -> str:
        """The part's header lines."""
        return (
            "Content-Type: image/jpeg\r\n"
            f"Content-Length: {len(self.jpeg)}\r\n"
            f"X-Timestamp: {self.boot_s:.6f}\r\n"
            f"X-Frame-Id: {self.frame_id}\r\n"
        )


class _Asking:
    """One connection that asks for picture after picture."""

    def __init__(self, given: int) -> None:
        self.given = given
        self.given_s = time.monotonic()


class FrameServer:
    """Serves one camera on one TCP port. `sent` and `missed` count parts over all readers."""

    def __init__(self, *, host: str, port: int) -> None:
        self._asking: set[_Asking] = set()
        self.sent = 0
        self.missed = 0
        self._host = host
        self._port = port
        self._latest: Frame | None = None
        self._number = 0
        self._news = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._readers: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Listen; port 0 takes any free one.

        Raises:
            BadInput: the port is in use or may not be taken; it is named.
        """
        try:
            self._server = await asyncio.start_server(
                self._serve, self._host, self._port, limit=LARGEST_REQUEST
            )
        except OSError as error:
            where = f"tcp port {self._port} on {self._host}"
            raise BadInput(where=where, what=(error.strerror or str(error)).lower()) from error

    @property
    def port(self) -> int:
        """The port that it listens on."""
        if self._server is None:
            return self._port
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def owed(self) -> bool:
        """Whether one who asks for every picture has not taken the latest yet."""
        since_s = time.monotonic() - PATIENCE_S
        return any(each.given != self._number and each.given_s > since_s for each in self._asking)

    def publish(self, frame: Frame) -> None:
        """Make a picture the latest one and wake every reader."""
        self._latest = frame
        self._number += 1
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def close(self) -> None:
        """Stop listening and hang up on every reader."""
        if self._server is not None:
            self._server.close()
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._readers.add(task)
        try:
            path = await _requested(reader)
            if path == "/next":
                await self._one_by_one(reader, writer)
            else:
                await self._answer(path, writer)
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError):
            self.missed += 1  # The reader went away, which readers may.
        except asyncio.LimitOverrunError:
            writer.write(_plain("431 Request Header Fields Too Large"))
        except asyncio.CancelledError:
            pass  # The server is closing; the connection is closed below.
        finally:
            self._readers.discard(task)
            writer.close()

    async def _answer(self, path: str, writer: asyncio.StreamWriter) -> None:
        if path == "/stream":
            await self._stream(writer)
        elif path == "/frame" and self._latest is not None:
            head = f"HTTP/1.1 200 OK\r\nConnection: close\r\n{self._latest.headers}\r\n"
            writer.write(head.encode() + self._latest.jpeg)
        elif path == "/frame":
            writer.write(_plain("503 Service Unavailable"))
        else:
            writer.write(_plain("404 Not Found"))
        await writer.drain()

    async def _one_by_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer each request with the next picture until the reader hangs up."""
        asking = _Asking(self._number - 1 if self._latest is not None else self._number)
        self._asking.add(asking)
        try:
            path = "/next"
            while path == "/next":
                await self._give_next(asking, writer)
                asking.given_s = time.monotonic()
                path = await _requested(reader, within_s=None)
        finally:
            self._asking.discard(asking)

    async def _give_next(self, asking: _Asking, writer: asyncio.StreamWriter) -> None:
        if asking.given == self._number:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(NEXT_WITHIN_S):
                    await self._news.wait()
        if asking.given == self._number or self._latest is None:
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        else:
            self.missed += self._number - asking.given - 1
            asking.given, frame = self._number, self._latest
            writer.write(f"HTTP/1.1 200 OK\r\n{frame.headers}\r\n".encode() + frame.jpeg)
            self.sent += 1
        await writer.drain()

    async def _stream(self, writer: asyncio.StreamWriter) -> None:
        """Send the latest picture as often as there is a new one and the reader has room."""
        _keep_little(writer)
        writer.write(
            (
                "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nConnection: close\r\n"
                f"Content-Type: multipart/x-mixed-replace; boundary={BOUNDARY}\r\n\r\n"
            ).encode()
        )
        await writer.drain()
        shown = 0
        while True:
            if self._number == shown or self._latest is None:
                await self._news.wait()
                continue
            if shown:
                self.missed += self._number - shown - 1
            shown, frame = self._number, self._latest
            head = f"--{BOUNDARY}\r\n{frame.headers}\r\n"
            writer.write(head.encode() + frame.jpeg + b"\r\n")
            await writer.drain()
            self.sent += 1


async def _requested(
    reader: asyncio.StreamReader, *, within_s: float | None = REQUEST_WITHIN_S
) -> str:
    """The path of a GET request; empty for anything else."""
    async with asyncio.timeout(within_s):
        head = await reader.readuntil(b"\r\n\r\n")
    words = head.split(b"\r\n", 1)[0].split()
    if len(words) != 3 or words[0] != b"GET":
        return ""
    return words[1].split(b"?")[0].decode("ascii", "replace")


def _keep_little(writer: asyncio.StreamWriter) -> None:
    """Small buffers, so that a slow reader gets a new picture next and not a queue of old ones."""
    writer.transport.set_write_buffer_limits(high=0)
    raw = writer.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _plain(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
