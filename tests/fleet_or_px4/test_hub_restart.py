"""A hub that is killed in the middle of an upload: the next one puts the plan of before back."""

import contextlib
import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from missions.files.qgc_plan_write import qgc_from_plan
from onboard.mavlink.plan_hash import plan_hashes

pytestmark = pytest.mark.system
WITHIN_S = 90.0


class Hub:
    """A hub's process and its API."""

    def __init__(self, folder: Path, relay: Any) -> None:
        options = ["--listen", "127.0.0.1:0", "--link", f"udpout:127.0.0.1:{relay.port}", "--json"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "qyran", "hub", "--data", str(folder / "hub"), *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
        )
        assert self.process.stdout is not None
        self._url = json.loads(self.process.stdout.readline())["url"] + "/api/v1/vehicles"

    def vehicle(self, system_id: int) -> dict[str, Any]:
        with urllib.request.urlopen(self._url, timeout=10.0) as answer:
            known = {each["system_id"]: each for each in json.load(answer)}
        found: dict[str, Any] = known.get(system_id, {})
        return found

    def upload(self, system_id: int, plan: Any) -> dict[str, Any]:
        url = f"{self._url}/{system_id}/plan"
        asked = urllib.request.Request(url, data=qgc_from_plan(plan).encode(), method="POST")
        with urllib.request.urlopen(asked, timeout=WITHIN_S) as answer:
            outcome: dict[str, Any] = json.load(answer)
        return outcome

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def _until(holds: Callable[[], Any]) -> None:
    end_s = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < end_s, "it did not come true in time"
        time.sleep(0.1)


def _hashes(plan: Any) -> tuple[int, int, int]:
    expected = plan_hashes(plan)
    return (expected.mission, expected.fence, expected.rally)


def test_a_hub_killed_in_the_middle_of_an_upload_is_healed_by_the_next(
    vehicle_on_udp: Any, relay: Any, plan_near: Any, tmp_path: Path
) -> None:
    before = plan_near(vehicle_on_udp)
    new = plan_near(vehicle_on_udp, legs=40, fence_deg=0.02, height_m=20.0)
    system_id = vehicle_on_udp.system_id
    first = Hub(tmp_path, relay)
    try:
        _until(lambda: first.vehicle(system_id).get("home"))
        _until(lambda: first.upload(system_id, before)["outcome"] == "proven")
        relay.cut_after = 20
        threading.Thread(target=_upload, args=(first, system_id, new), daemon=True).start()
        assert relay.cut.wait(WITHIN_S)
    finally:
        first.kill()
    # The new fence is on board with the mission of before.
    _until(lambda: relay.on_board is not None and relay.on_board[1] == _hashes(new)[1])
    assert relay.on_board is not None
    assert relay.on_board[0] == _hashes(before)[0]
    relay.cut_after = None
    relay.cut.clear()
    second = Hub(tmp_path, relay)
    try:
        _until(lambda: relay.on_board == _hashes(before))
        _until(lambda: "back, proven by its hashes" in second.vehicle(system_id)["plan_notice"])
        assert not list((tmp_path / "hub").rglob("*.upload.json"))
    finally:
        second.kill()


def _upload(hub: Hub, system_id: int, plan: Any) -> None:
    with contextlib.suppress(OSError):
        hub.upload(system_id, plan)
