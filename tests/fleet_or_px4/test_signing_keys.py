"""A vehicle is given its key, a new one, and none: pymavlink with the same key is the witness."""

import asyncio
import hashlib
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from pymavlink import mavutil

from ground_station.hub.signing_views import SigningResult, WhoseKey
from ground_station.hub.vehicles_port import UploadResult
from ground_station.vehicles import vehicles_over_links
from onboard.mavlink.plan_hash import plan_hashes

pytestmark = pytest.mark.system
WITHIN_S = 90.0
ANSWERED_WITHIN_S = 4.0
REQUEST_MESSAGE, AUTOPILOT_VERSION = 512, 148


def _station(port: int, vehicle: Any, folder: Path, body: Callable[[Any], Awaitable[None]]) -> None:
    async def run() -> None:
        link = f"udpout:127.0.0.1:{port}"
        station = vehicles_over_links(links=[link], names={}, lean_streams=False, keys=folder)
        await station.start()
        try:
            async with asyncio.timeout(WITHIN_S):
                await _ready(station, vehicle.system_id)
                await body(station)
        finally:
            await station.close()

    asyncio.run(run())


async def _ready(station: Any, system_id: int) -> None:
    heard = asyncio.Event()
    station.subscribe(lambda change: heard.set())
    while system_id not in {view.system_id for view in station.views()}:
        heard.clear()
        await heard.wait()
    ready = await station.session(system_id).until(
        lambda state: state.ready_to_arm is True and state.home is not None, timeout_s=60.0
    )
    assert ready


def _link(station: Any) -> Any:
    (view,) = station.links().vehicles
    return view


class Witness:
    """pymavlink on the companion's port, with a key or none."""

    def __init__(self, vehicle: Any) -> None:
        url = f"udpout:127.0.0.1:{vehicle.companion_port}"
        self._end = mavutil.mavlink_connection(url, source_system=77, dialect="development")
        self._system_id = vehicle.system_id

    def with_key(self, passphrase: str) -> None:
        key = hashlib.sha256(passphrase.encode()).digest()
        self._end.setup_signing(key, sign_outgoing=True)

    def without_key(self) -> None:
        self._end.disable_signing()

    def is_answered(self) -> bool:
        while self._end.recv_msg() is not None:
            pass
        self._end.mav.command_long_send(
            self._system_id, 1, REQUEST_MESSAGE, 0, AUTOPILOT_VERSION, *(0,) * 6
        )
        answer = self._end.recv_match(
            type="COMMAND_ACK",
            condition=f"COMMAND_ACK.command=={REQUEST_MESSAGE}",
            blocking=True,
            timeout=ANSWERED_WITHIN_S,
        )
        return answer is not None

    @property
    def good_and_bad(self) -> tuple[int, int]:
        signing = self._end.mav.signing
        return signing.goodsig_count, signing.badsig_count

    def close(self) -> None:
        self._end.close()


def _qyran_signing(
    action: str, port: int, system_id: int, keys: Path
) -> subprocess.CompletedProcess[str]:
    arguments = ["--vehicle", str(system_id), "--link", f"udpout:127.0.0.1:{port}"]
    return subprocess.run(
        [sys.executable, "-m", "qyran", "signing", action, *arguments, "--keys", str(keys)],
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )


def test_key_is_given_changed_kept_over_a_restart_and_taken_away(
    vehicle_on_udp: Any, relay: Any, plan_near: Any, tmp_path: Path
) -> None:
    system_id = vehicle_on_udp.system_id
    file = tmp_path / "keys" / f"{system_id}.key"
    plan = plan_near(vehicle_on_udp)
    witness = Witness(vehicle_on_udp)

    async def given(station: Any) -> None:
        assert await asyncio.to_thread(witness.is_answered)
        outcome = await station.give_signing_key(system_id, WhoseKey.OWN)
        assert outcome.outcome is SigningResult.DONE, outcome.reason
        assert file.stat().st_mode & 0o777 == 0o600
        assert (_link(station).signed, _link(station).key) == (True, "own")
        assert not await asyncio.to_thread(witness.is_answered)
        witness.with_key(file.read_text().strip())
        assert await asyncio.to_thread(witness.is_answered)
        good, bad = witness.good_and_bad
        assert (good > 0, bad) == (True, 0)
        proven = await station.upload(system_id, plan)
        assert proven.mission_hash == plan_hashes(plan).mission

    async def changed(station: Any) -> None:
        assert _link(station).key == "own"
        before = file.read_text()
        outcome = await station.give_signing_key(system_id, WhoseKey.OWN)
        assert outcome.outcome is SigningResult.DONE, outcome.reason
        assert file.read_text() != before
        assert sorted(each.name for each in file.parent.iterdir()) == [file.name]
        assert not await asyncio.to_thread(witness.is_answered)
        witness.with_key(file.read_text().strip())
        assert await asyncio.to_thread(witness.is_answered)

    async def taken(station: Any) -> None:
        proven = await station.upload(system_id, plan_near(vehicle_on_udp, legs=5))
        assert proven.outcome == "proven", proven.reason
        outcome = await station.take_signing_key(system_id)
        assert outcome.outcome is SigningResult.DONE, outcome.reason
        assert list(file.parent.iterdir()) == []
        assert _link(station).key == "none"
        witness.without_key()
        assert await asyncio.to_thread(witness.is_answered)
        proven = await station.upload(system_id, plan)
        assert proven.outcome is UploadResult.PROVEN, proven.reason

    for body in (given, changed, taken):
        _station(relay.port, vehicle_on_udp, tmp_path / "keys", body)
    said = _qyran_signing("give", relay.port, system_id, file.parent)
    assert (said.returncode, said.stdout) == (0, "done\n"), said.stderr
    passphrase = file.read_text().strip()
    assert passphrase not in said.stdout + said.stderr
    witness.with_key(passphrase)
    assert witness.is_answered()
    removed = _qyran_signing("remove", relay.port, system_id, file.parent)
    assert (removed.returncode, removed.stdout) == (0, "done\n"), removed.stderr
    assert list(file.parent.iterdir()) == []
    witness.close()
