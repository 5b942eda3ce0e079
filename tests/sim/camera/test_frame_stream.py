"""The MJPEG server: parts with their headers, the latest wins, a slow reader delays nobody."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from missions.errors import BadInput
from sim.camera.stream import Frame, FrameServer

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter


def _frame(number: int, size: int = 2000) -> Frame:
    jpeg = b"\xff\xd8" + bytes([number % 251]) * size + b"\xff\xd9"
    return Frame(jpeg=jpeg, boot_s=number * 0.4, frame_id=f"qyran-1-{number:06d}")


async def _part(reader: Reader) -> tuple[dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    headers = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    body = await reader.readexactly(int(headers["Content-Length"]))
    await reader.readexactly(2)
    return headers, body


async def _asked(server: FrameServer, path: str) -> tuple[Reader, Writer]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: camera\r\n\r\n".encode())
    return reader, writer


def _with_server(work: Callable[[FrameServer], Awaitable[None]]) -> None:
    async def run() -> None:
        server = FrameServer(host="127.0.0.1", port=0)
        await server.open()
        async with asyncio.timeout(20.0):
            await work(server)
        await server.close()

    asyncio.run(run())


def test_a_part_carries_the_picture_its_time_and_its_id() -> None:
    async def work(server: FrameServer) -> None:
        reader, writer = await _asked(server, "/stream")
        head = await reader.readuntil(b"\r\n\r\n")
        server.publish(_frame(7))
        headers, body = await _part(reader)
        writer.close()

        assert b"multipart/x-mixed-replace; boundary=qyran-frame" in head
        assert headers["Content-Type"] == "image/jpeg"
        assert headers["X-Frame-Id"] == "qyran-1-000007"
        assert float(headers["X-Timestamp"]) == pytest.approx(2.8)
        assert body == _frame(7).jpeg

    _with_server(work)


def test_a_slow_reader_misses_pictures_and_then_gets_the_newest() -> None:
    async def work(server: FrameServer) -> None:
        reader, writer = await _asked(server, "/stream")
        await reader.readuntil(b"\r\n\r\n")
        for number in range(400):
            server.publish(_frame(number, size=60_000))
            await asyncio.sleep(0)
        last = -1
        while last < 399:
            headers, _ = await _part(reader)
            assert int(headers["X-Frame-Id"][-6:]) > last
            last = int(headers["X-Frame-Id"][-6:])
        writer.close()

        assert server.missed > 300
        assert server.sent < 100

    _with_server(work)


def test_two_readers_get_the_same_picture() -> None:
    async def work(server: FrameServer) -> None:
        server.publish(_frame(1))
        readers = [await _asked(server, "/stream") for _ in range(2)]
        bodies = []
        for reader, writer in readers:
            await reader.readuntil(b"\r\n\r\n")
            bodies.append((await _part(reader))[1])
            writer.close()

        assert bodies == [_frame(1).jpeg] * 2

    _with_server(work)


@pytest.mark.parametrize(
    ("path", "status"), [("/frame", b"503"), ("/", b"404"), ("/stream/x", b"404")]
)
def test_what_is_not_there_is_said_so(path: str, status: bytes) -> None:
    async def work(server: FrameServer) -> None:
        reader, writer = await _asked(server, path)
        line = await reader.readline()
        writer.close()

        assert line.split()[1] == status

    _with_server(work)


@pytest.mark.parametrize("junk", [b"\x00" * 20000, b"POST / HTTP/1.1\r\n\r\n", b"\r\n\r\n"])
def test_junk_is_answered_or_hung_up_on(junk: bytes) -> None:
    async def work(server: FrameServer) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(junk)
        answer = await reader.read(100)
        writer.close()
        again, again_writer = await _asked(server, "/frame")
        line = await again.readline()
        again_writer.close()

        assert answer == b"" or answer.startswith(b"HTTP/1.1 4")
        assert b"503" in line

    _with_server(work)


def test_a_port_in_use_is_named() -> None:
    async def work(server: FrameServer) -> None:
        with pytest.raises(BadInput, match=str(server.port)):
            await FrameServer(host="127.0.0.1", port=server.port).open()

    _with_server(work)


async def _next(reader: Reader, writer: Writer) -> str:
    """The id of the picture that is given to one more request; empty for none."""
    writer.write(b"GET /next HTTP/1.1\r\nHost: camera\r\n\r\n")
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    headers = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    await reader.readexactly(int(headers.get("Content-Length", "0")))
    return headers.get("X-Frame-Id", "")[-2:]


def test_who_asks_for_every_picture_is_owed_the_latest_until_he_takes_it() -> None:
    async def work(server: FrameServer) -> None:
        server.publish(_frame(1))
        assert not server.owed
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        assert await _next(reader, writer) == "01"
        assert not server.owed
        server.publish(_frame(2))
        assert server.owed
        assert await _next(reader, writer) == "02"
        assert not server.owed
        writer.close()

    _with_server(work)


def test_who_asks_when_there_is_none_is_told_so_and_gets_the_next() -> None:
    async def work(server: FrameServer) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        assert await _next(reader, writer) == ""
        waiting = asyncio.create_task(_next(reader, writer))
        await asyncio.sleep(0)
        server.publish(_frame(3))
        assert await waiting == "03"
        writer.close()

    _with_server(work)


def test_who_hangs_up_is_owed_nothing() -> None:
    async def work(server: FrameServer) -> None:
        server.publish(_frame(1))
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        await _next(reader, writer)
        server.publish(_frame(2))
        writer.close()
        await writer.wait_closed()
        other, other_writer = await _asked(server, "/frame")
        await other.read()
        other_writer.close()
        assert not server.owed

    _with_server(work)
