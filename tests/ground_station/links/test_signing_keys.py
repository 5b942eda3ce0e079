"""Keys of single vehicles at the ground station: kept, judged apart, given only in private."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from ground_station.hub.signing_views import SigningResult, WhoseKey
from ground_station.links.address import read_link_address
from ground_station.links.key_store import KeyStore
from ground_station.links.link import Voice, Wire
from ground_station.links.open_links import new_link
from ground_station.links.privacy import overheard
from ground_station.links.switchboard import Switchboard
from ground_station.vehicles import vehicles_over_links
from missions.errors import BadInput
from onboard.mavlink.codec import Address, Decoder, Encoder, Message, Send, SigningKey

pytestmark = pytest.mark.anyio
OWN = Address(255, 190)
KEY, ANOTHER = SigningKey.from_passphrase("steppe eagle"), SigningKey.from_passphrase("another")
Until = Callable[[Callable[[], Any]], Awaitable[None]]


def test_a_key_is_on_disk_for_its_owner_alone_before_it_is_given(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys")
    key = store.make(1)
    (file,) = (tmp_path / "keys").iterdir()
    assert file.name == "1.next.key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert SigningKey.from_passphrase(file.read_text().strip()) == key
    assert list(store.given()) == [(1, key)]
    assert list(store.current()) == []


def test_a_key_that_may_have_been_taken_is_given_again_and_not_lost(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    first = store.make(1)
    assert KeyStore(tmp_path).make(1) == first
    store.took(1)
    assert list(store.current()) == [(1, first)]
    second = store.make(1)
    assert second != first
    # The process ends here: both are known to the next.
    after = KeyStore(tmp_path)
    assert (list(after.current()), list(after.given())) == ([(1, first)], [(1, second)])
    after.withdraw(1)
    assert list(after.current()) == [(1, first)]
    after.forget(1)
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_others_may_read_is_refused_and_without_a_folder_none_is_made(
    tmp_path: Path,
) -> None:
    store = KeyStore(tmp_path)
    store.make(1)
    (tmp_path / "1.next.key").chmod(0o644)
    with pytest.raises(BadInput, match="others may read"):
        list(store.given())
    with pytest.raises(BadInput, match="no folder"):
        KeyStore(None).make(1)


def _wire(link: str, host: str, *heard: bytes) -> Wire:
    voice = Voice(own=OWN, receiver=lambda _wire, _message: None)
    decoder = Decoder()
    for frame in heard:
        decoder.feed(frame)
    return Wire(
        link=new_link(read_link_address(link), voice),
        peer=(host, 1),
        decoder=decoder,
        encoder=Encoder(system_id=255, component_id=190),
    )


RADIO = Encoder(system_id=51, component_id=68).encode("RADIO_STATUS", rssi=100)


@pytest.mark.parametrize(
    ("wire", "secure"),
    [
        (_wire("serial:/dev/ttyACM0:57600", "/dev/ttyACM0"), True),
        (_wire("serial:/dev/ttyUSB0:57600", "/dev/ttyUSB0", RADIO), False),
        (_wire("udpin:0.0.0.0:14550", "127.0.0.1"), True),
        (_wire("udpin:0.0.0.0:14550", "10.0.0.2"), False),
        (_wire("tcp:10.0.0.2:5760", "10.0.0.2"), False),
        (_wire("tcp:10.8.0.2:5760", "10.8.0.2"), True),
        (_wire("replay:flight.tlog", "127.0.0.1"), False),
    ],
)
def test_a_key_is_given_over_a_cable_within_the_machine_or_over_what_is_trusted(
    wire: Wire, secure: bool
) -> None:
    assert (overheard(wire, {"tcp:10.8.0.2:5760"}) == "") is secure


@pytest.fixture
async def board() -> AsyncIterator[tuple[Switchboard, list[Message]]]:
    made = Switchboard(
        addresses=[read_link_address("udpin:127.0.0.1:0")], own=OWN, unix_s=time.time
    )
    heard: list[Message] = []
    made.listen(heard.append)
    await made.open()
    yield made, heard
    await made.close()


def _port(board: Switchboard) -> int:
    port: int = board.links[0].local_port  # type: ignore[attr-defined]
    return port


async def test_each_vehicle_is_judged_and_spoken_to_by_its_own_key_and_has_its_own_counts(
    board: tuple[Switchboard, list[Message]], vehicle: Any, eventually: Until
) -> None:
    made, heard = board
    made.ring.proven(1, KEY)
    made.ring.proven(2, ANOTHER)
    made.keys_changed()
    ends = [vehicle(f"udpout:127.0.0.1:{_port(made)}", system_id=n) for n in (1, 2, 3)]
    ends[0].setup_signing(KEY.secret, sign_outgoing=True)
    ends[1].setup_signing(ANOTHER.secret, sign_outgoing=True)
    for end in ends:
        end.mav.heartbeat_send(2, 12, 0, 0, 4)
    await eventually(lambda: {message.system_id for message in heard} == {1, 2, 3})
    made.beat()
    for end, signed in zip(ends, (True, True, False), strict=True):
        beat = await asyncio.to_thread(end.wait_heartbeat, timeout=5)
        assert beat.get_signed() is signed
        assert end.mav.signing.badsig_count == 0
    forger = vehicle(f"udpout:127.0.0.1:{_port(made)}", system_id=1)
    forger.setup_signing(ANOTHER.secret, sign_outgoing=True)
    plain = vehicle(f"udpout:127.0.0.1:{_port(made)}", system_id=2)
    for each in (forger, plain):
        each.mav.ping_send(0, 0, 0, 0)
    await eventually(lambda: made.totals()["forged"] and made.totals()["unsigned"])
    loop_s = asyncio.get_running_loop().time()
    told = {each.system_id: each for each in made.view(loop_s).vehicles}
    assert told[1].refused["forged"] == 1
    assert told[2].refused["unsigned"] == 1
    assert sum(told[3].refused.values()) == 0
    assert [told[n].key for n in (1, 2, 3)] == ["own", "own", "none"]


async def test_other_ground_stations_on_a_vehicle_are_listed_and_change_nothing(
    board: tuple[Switchboard, list[Message]], vehicle: Any, eventually: Until
) -> None:
    made, heard = board
    end = vehicle(f"udpout:127.0.0.1:{_port(made)}", system_id=1)
    end.mav.heartbeat_send(2, 12, 0, 0, 4)
    await eventually(lambda: heard)
    # The vehicle forwards what another station says to it.
    end.mav.srcSystem, end.mav.srcComponent = 254, 190
    end.mav.heartbeat_send(6, 8, 0, 0, 4)
    end.mav.command_long_send(1, 1, 400, 0, 1, 0, 0, 0, 0, 0, 0)
    await eventually(lambda: len(heard) == 3)
    view = made.view(asyncio.get_running_loop().time())
    assert [station.system_id for station in view.stations] == [254]
    assert [each.system_id for each in view.vehicles] == [1]
    made.send(1, Send("PING", {"seq": 9, "target_system": 1}))
    ping = await asyncio.to_thread(end.recv_match, type="PING", blocking=True, timeout=5)
    assert (ping.seq, ping.get_srcSystem()) == (9, 255)


async def test_a_key_is_not_given_over_a_link_that_others_hear(
    tmp_path: Path, vehicle: Any, eventually: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    station = vehicles_over_links(
        links=["udpin:127.0.0.1:0"], names={}, lean_streams=False, keys=tmp_path / "keys"
    )
    monkeypatch.setattr("ground_station.links.privacy._this_machine", lambda host: False)
    await station.start()
    try:
        end = vehicle(f"udpout:127.0.0.1:{_port(station._board)}", system_id=1)
        end.mav.heartbeat_send(2, 12, 0, 0, 4)
        await eventually(station.views)
        outcome = await station.give_signing_key(1, WhoseKey.OWN)
        assert outcome.outcome is SigningResult.REFUSED
        assert "not secure" in outcome.reason
        assert not (tmp_path / "keys").exists()
        common = await station.give_signing_key(1, WhoseKey.COMMON)
        assert common.outcome is SigningResult.REFUSED
    finally:
        await station.close()
