"""All links as one, with vehicles by pymavlink behind them."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from ground_station.links.address import read_link_address
from ground_station.links.secrets import signing_key
from ground_station.links.switchboard import Switchboard
from ground_station.recording.reader import open_tlog
from ground_station.recording.recorder import TlogRecorder
from ground_station.recording.tlog import record
from missions.errors import BadInput
from onboard.mavlink.codec import Address, Encoder, Message, Send, SigningKey

pytestmark = pytest.mark.anyio
OWN = Address(255, 190)
KEY = SigningKey.from_passphrase("steppe eagle")
Until = Callable[[Callable[[], Any]], Awaitable[None]]


@pytest.fixture
async def board() -> AsyncIterator[Any]:
    opened: list[Switchboard] = []

    async def make(*links: str, **more: Any) -> tuple[Switchboard, list[Message]]:
        made = Switchboard(
            addresses=[read_link_address(each) for each in links],
            own=OWN,
            unix_s=time.time,
            **more,
        )
        heard: list[Message] = []
        made.listen(heard.append)
        await made.open()
        opened.append(made)
        return made, heard

    yield make
    for each in opened:
        await each.close()


def only_log(folder: Path) -> Path:
    (file,) = folder.glob("*.tlog")
    return file


def now_s() -> float:
    return asyncio.get_running_loop().time()


async def test_ports_of_one_vehicle_each_reach_their_own(
    board: Any, vehicle: Any, eventually: Until
) -> None:
    made, heard = await board("udpin:127.0.0.1:0", "udpin:127.0.0.1:0")
    ends = [
        vehicle(f"udpout:127.0.0.1:{link.local_port}", system_id=number)
        for number, link in enumerate(made.links, start=1)
    ]
    for end in ends:
        end.mav.heartbeat_send(2, 12, 0, 0, 4)
    await eventually(lambda: len(heard) == 2)
    for number in (1, 2):
        made.send(number, Send("PING", {"seq": number, "target_system": number}))
    for number, end in enumerate(ends, start=1):
        ping = await asyncio.to_thread(end.recv_match, type="PING", blocking=True, timeout=5)
        assert ping.seq == number
    made.beat()
    for end in ends:
        assert await asyncio.to_thread(end.wait_heartbeat, timeout=5)
    view = made.view(now_s())
    assert [v.system_id for v in view.vehicles] == [1, 2]
    assert view.totals["messages"] == 2


async def test_a_signed_vehicle_is_heard_and_an_unsigned_or_forged_one_is_counted(
    board: Any, vehicle: Any, eventually: Until
) -> None:
    made, heard = await board("udpin:127.0.0.1:0", key=KEY)
    ends = [vehicle(f"udpout:127.0.0.1:{made.links[0].local_port}", system_id=n) for n in (1, 2, 3)]
    ends[0].setup_signing(KEY.secret, sign_outgoing=True)
    ends[1].setup_signing(SigningKey.from_passphrase("another").secret, sign_outgoing=True)
    for end in ends:
        end.mav.heartbeat_send(2, 12, 0, 0, 4)
    await eventually(lambda: made.totals()["forged"] and made.totals()["unsigned"] and heard)
    assert [message.system_id for message in heard] == [1]
    made.send(1, Send("PING", {"seq": 5}))
    ping = await asyncio.to_thread(ends[0].recv_match, type="PING", blocking=True, timeout=5)
    assert ping.get_signed()
    assert made.view(now_s()).vehicles[0].signed


async def test_everything_heard_and_said_is_recorded(
    board: Any, vehicle: Any, eventually: Until, tmp_path: Path
) -> None:
    recorder = TlogRecorder(tmp_path)
    made, heard = await board("udpin:127.0.0.1:0", recorder=recorder)
    end = vehicle(f"udpout:127.0.0.1:{made.links[0].local_port}")
    end.mav.heartbeat_send(2, 12, 0, 0, 4)
    await eventually(lambda: heard)
    made.beat()
    await made.close()
    tlog = open_tlog(only_log(tmp_path))
    assert [m.system_id for n in range(len(tlog)) if (m := tlog.message(n))] == [1, 255]


async def test_a_recorded_flight_comes_as_a_link_and_its_end_is_said(
    board: Any, eventually: Until, tmp_path: Path
) -> None:
    encoder = Encoder(system_id=4, component_id=1)
    station = Encoder(system_id=255, component_id=190).encode("HEARTBEAT", type=6, autopilot=8)
    log = b"".join(
        record(1_000_000 * n, encoder.encode("HEARTBEAT", type=2, custom_mode=n))
        + record(1_000_000 * n, station)
        for n in range(20)
    )
    file = tmp_path / "flight.tlog"
    file.write_bytes(log)
    made, heard = await board(f"replay:{file}?speed=1000&from=5")
    await eventually(lambda: made.view(now_s()).links[0].state == "lost")
    assert [message.custom_mode for message in heard] == list(range(5, 20))
    assert made.view(now_s()).links[0].why == "the recording is over"
    # The station of that day, though it had our id, is not here now.
    assert made.view(now_s()).stations == ()
    made.send(4, Send("PING", {}))
    assert made.totals()["undeliverable"] == 1


async def test_links_are_opened_all_or_none(board: Any) -> None:
    made, _ = await board("udpin:127.0.0.1:0")
    port = made.links[0].local_port
    with pytest.raises(BadInput):
        await board("tcpin:127.0.0.1:0", f"udpin:127.0.0.1:{port}")


def test_the_key_comes_from_the_environment_or_a_file_that_only_its_owner_reads(
    tmp_path: Path,
) -> None:
    file = tmp_path / "key"
    file.write_text("steppe eagle\n")
    with pytest.raises(BadInput, match="others may read"):
        signing_key(file, {})
    file.chmod(0o600)
    assert signing_key(file, {}) == KEY
    assert signing_key(None, {"QYRAN_SIGNING_PASSPHRASE": "steppe eagle"}) == KEY
    assert signing_key(None, {}) is None
