"""Each kind of link against pymavlink's own end of it."""

import asyncio
import os
import socket
import tty
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from ground_station.links.link import LinkPhase
from missions.errors import BadInput
from onboard.mavlink.codec import Decoder, Encoder, Send

pytestmark = pytest.mark.anyio
HEARTBEAT = Send("HEARTBEAT", {"type": 6, "autopilot": 8})
Until = Callable[[Callable[[], Any]], Awaitable[None]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_one_udp_port_serves_many_vehicles_each_at_its_own_address(
    link: Any, heard: Any, vehicle: Any, eventually: Until
) -> None:
    made = await link("udpin:127.0.0.1:0")
    ends = [vehicle(f"udpout:127.0.0.1:{made.local_port}", system_id=n) for n in (1, 2, 3)]
    for end in ends:
        end.mav.heartbeat_send(2, 12, 0, 0, 4)
    await eventually(lambda: len(heard.messages) == 3)
    assert len(made.peers()) == 3
    second = next(w for w, m in zip(heard.wires, heard.messages, strict=True) if m.system_id == 2)
    made.send(Send("PING", {"seq": 7}), to=second.peer)
    answer = await asyncio.to_thread(ends[1].recv_match, type="PING", blocking=True, timeout=5)
    assert answer.seq == 7
    assert ends[0].recv_msg() is None


async def test_each_peer_hears_frames_numbered_without_a_gap(
    link: Any, heard: Any, vehicle: Any, eventually: Until
) -> None:
    made = await link("udpin:127.0.0.1:0")
    ends = [vehicle(f"udpout:127.0.0.1:{made.local_port}", system_id=n) for n in (1, 2)]
    for end in ends:
        end.mav.heartbeat_send(2, 12, 0, 0, 4)
    await eventually(lambda: len(made.peers()) == 2)
    for _ in range(5):
        made.send(HEARTBEAT)
    for end in ends:
        numbers = [
            (await asyncio.to_thread(end.recv_match, blocking=True, timeout=5)).get_seq()
            for _ in range(5)
        ]
        assert numbers == [0, 1, 2, 3, 4]


async def test_a_udp_link_that_speaks_first_is_answered(
    link: Any, heard: Any, vehicle: Any, eventually: Until
) -> None:
    port = free_port()
    end = vehicle(f"udpin:127.0.0.1:{port}")
    made = await link(f"udpout:127.0.0.1:{port}")
    made.send(HEARTBEAT)
    assert await asyncio.to_thread(end.wait_heartbeat, timeout=5)
    end.mav.heartbeat_send(2, 12, 0, 0, 4)
    await eventually(lambda: heard.of(1))


async def test_nobody_at_the_other_end_of_udp_is_said_and_ends_when_somebody_comes(
    link: Any, heard: Any, vehicle: Any, eventually: Until
) -> None:
    port = free_port()
    made = await link(f"udpout:127.0.0.1:{port}")
    made.send(HEARTBEAT)
    await eventually(lambda: made.state.phase is LinkPhase.LOST)
    assert made.state.why == "connection refused"
    assert made.counts()["send_errors"] >= 1
    end = vehicle(f"udpin:127.0.0.1:{port}")

    def answered() -> bool:
        made.send(HEARTBEAT)
        if end.recv_msg() is not None:
            end.mav.heartbeat_send(2, 12, 0, 0, 4)
        return made.state.phase is LinkPhase.OPEN and bool(heard.of(1))

    await eventually(answered)


async def test_a_port_in_use_is_refused_by_name(link: Any) -> None:
    first = await link("udpin:127.0.0.1:0")
    with pytest.raises(BadInput) as refusal:
        await link(f"udpin:127.0.0.1:{first.local_port}")
    assert "address already in use" in str(refusal.value)
    server = await link("tcpin:127.0.0.1:0")
    with pytest.raises(BadInput) as refusal:
        await link(f"tcpin:127.0.0.1:{server.local_port}")
    assert "in use" in str(refusal.value)


async def test_a_tcp_server_takes_clients_and_lets_them_go(
    link: Any, heard: Any, vehicle: Any, eventually: Until
) -> None:
    made = await link("tcpin:127.0.0.1:0")
    ends = [vehicle(f"tcp:127.0.0.1:{made.local_port}", system_id=n) for n in (1, 2)]
    for end in ends:
        end.mav.heartbeat_send(2, 12, 0, 0, 4)
    await eventually(lambda: len(heard.messages) == 2)
    made.send(HEARTBEAT)
    for end in ends:
        assert await asyncio.to_thread(end.wait_heartbeat, timeout=5)
    ends[0].close()
    await eventually(lambda: len(made.peers()) == 1)
    # What the one that went had counted is not forgotten with it.
    assert made.counts()["messages"] == 2


async def test_a_tcp_client_dials_again_until_the_other_end_is_there_and_again_when_it_went(
    link: Any, heard: Any, eventually: Until
) -> None:
    port = free_port()
    made = await link(f"tcp:127.0.0.1:{port}")
    await eventually(lambda: made.state.phase is LinkPhase.LOST)
    assert "refused" in made.state.why or "connect" in made.state.why
    made.send(HEARTBEAT)
    assert made.counts()["undeliverable"] == 1
    for came in (1, 2):
        writers: list[asyncio.StreamWriter] = []

        async def serve(
            _reader: asyncio.StreamReader,
            writer: asyncio.StreamWriter,
            writers: list[asyncio.StreamWriter] = writers,
            came: int = came,
        ) -> None:
            writers.append(writer)
            frame = Encoder(system_id=came, component_id=1).encode("HEARTBEAT", type=2)
            writer.write(frame)

        server = await asyncio.start_server(serve, "127.0.0.1", port)
        await eventually(lambda came=came: heard.of(came))
        assert made.state.phase is LinkPhase.OPEN
        server.close()
        for writer in writers:
            writer.transport.abort()
        await eventually(lambda: made.state.phase is LinkPhase.LOST)
    assert made.counts()["reconnects"] == 2


async def test_a_peer_that_reads_nothing_stalls_nobody_and_what_it_does_not_take_is_counted(
    link: Any, eventually: Until
) -> None:
    made = await link("tcpin:127.0.0.1:0")
    with socket.create_connection(("127.0.0.1", made.local_port)):
        await eventually(made.peers)
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        frames = 60_000
        for _ in range(frames):
            made.send(Send("FILE_TRANSFER_PROTOCOL", {"payload": bytes((1,)) * 251}))
        assert made.counts()["overflow"] > 0
        assert made.counts()["overflow"] + made.counts()["frames_out"] == frames
        assert loop.time() - began_s < 30.0


class Pty:
    """A serial line whose other end the test holds; a link names the device by a path of ours."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.master = -1

    def plug(self) -> None:
        self.master, device = os.openpty()
        tty.setraw(device)
        os.set_blocking(self.master, False)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(device))
        os.close(device)

    def pull(self) -> None:
        os.close(self.master)
        self.path.unlink()


async def test_a_serial_device_that_vanishes_is_lost_and_found_again(
    link: Any, heard: Any, eventually: Until, tmp_path: Path
) -> None:
    line = Pty(tmp_path / "ttyRADIO")
    made = await link(f"serial:{line.path}:57600")
    await eventually(lambda: made.state.phase is LinkPhase.LOST)
    assert "no such file" in made.state.why
    for system_id in (1, 2):
        line.plug()
        await eventually(lambda: made.state.phase is LinkPhase.OPEN)
        frame = Encoder(system_id=system_id, component_id=1).encode("HEARTBEAT", type=2)
        os.write(line.master, b"radio boots\n" + frame)
        await eventually(lambda system_id=system_id: heard.of(system_id))
        made.send(HEARTBEAT)
        said: list[Any] = []
        reading = Decoder()
        master = line.master

        def reads(said: list[Any] = said, reading: Decoder = reading, master: int = master) -> bool:
            try:
                said.extend(reading.feed(os.read(master, 4096)))
            except BlockingIOError:
                return False
            return bool(said)

        await eventually(reads)
        assert said[0].name == "HEARTBEAT"
        line.pull()
        await eventually(lambda: made.state.phase is LinkPhase.LOST)
    assert made.counts()["dropped_bytes"] > 0
    assert made.counts()["reconnects"] == 2


async def test_a_serial_device_that_takes_nothing_stalls_nothing(
    link: Any, eventually: Until, tmp_path: Path
) -> None:
    line = Pty(tmp_path / "ttyRADIO")
    line.plug()
    made = await link(f"serial:{line.path}:57600")
    await eventually(lambda: made.state.phase is LinkPhase.OPEN)
    for _ in range(2000):
        made.send(Send("STATUSTEXT", {"text": "x" * 50}))
    assert made.counts()["overflow"] > 0
    line.pull()
    await eventually(lambda: made.state.phase is LinkPhase.LOST)


async def test_garbage_and_damage_are_counted_on_the_link(
    link: Any, heard: Any, eventually: Until
) -> None:
    made = await link("udpin:127.0.0.1:0")
    frame = Encoder(system_id=1, component_id=1).encode("HEARTBEAT", type=2)
    damaged = frame[:-1] + bytes((frame[-1] ^ 0xFF,))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
        for datagram in (b"hello", damaged, frame):
            end.sendto(datagram, ("127.0.0.1", made.local_port))
        await eventually(lambda: heard.messages)
    counts = made.counts()
    assert counts["bad_crc"] == 1
    assert counts["dropped_bytes"] > 5
    assert counts["messages"] == 1
