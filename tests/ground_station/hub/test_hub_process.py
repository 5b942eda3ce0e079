"""The hub as a process: killed at any moment it loses and doubles nothing, and it fails by name."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from ground_station.store import actions
from ground_station.store.database import open_sqlite

pytestmark = pytest.mark.system
ROOT = Path(__file__).resolve().parents[3]
EVENTS, PLACES, BATCH = 600, 6, 10
KILLED_AFTER = (1, 7, 15, 30)

RawEvent = Callable[..., dict[str, Any]]


def command(*arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "qyran.py"), "hub", *arguments]


@contextmanager
def running_hub(data: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A hub process on a free port, and its URL; killed when the block ends."""
    arguments = command("--data", str(data), "--listen", "127.0.0.1:0", "--json", *more)
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline())
            assert ready["ready"] is True
            yield process, ready["url"]
        finally:
            process.kill()


def ended(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), capture_output=True, text=True, timeout=60)


def named(batches: list[list[dict[str, Any]]]) -> set[str]:
    return {
        f"{event['drone_id']}:{event['boot_id']}:{event['sequence']}"
        for batch in batches
        for event in batch
    }


async def send_all(
    url: str, batches: list[list[dict[str, Any]]], after: int, then: Callable[[], object]
) -> list[dict[str, Any]]:
    """Send every batch at once; call `then` as soon as `after` replies are here."""
    replies: list[dict[str, Any]] = []

    async def send(api: httpx.AsyncClient, batch: list[dict[str, Any]]) -> None:
        reply = await api.post("/ingest", json={"messages": batch})
        replies.append(reply.json())
        if len(replies) == after:
            then()

    async with httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=30.0) as api:
        outcomes = await asyncio.gather(
            *(send(api, batch) for batch in batches), return_exceptions=True
        )
    unexpected = [
        outcome
        for outcome in outcomes
        if isinstance(outcome, BaseException) and not isinstance(outcome, httpx.TransportError)
    ]
    assert unexpected == []
    return replies


def test_hub_killed_mid_stream_has_every_event_once(tmp_path: Path, event: RawEvent) -> None:
    events = [
        event(n, east_m=500.0 * (n % PLACES), after_s=n * 0.1, drone_id=f"qyran-{n % 5 + 1}")
        for n in range(EVENTS)
    ]
    batches = [events[start : start + BATCH] for start in range(0, EVENTS, BATCH)]
    promised: set[str] = set()
    for replies_before_the_kill in KILLED_AFTER:
        with running_hub(tmp_path) as (process, url):
            replies = asyncio.run(send_all(url, batches, replies_before_the_kill, process.kill))
            process.wait()
        assert replies_before_the_kill <= len(replies) < len(batches)
        promised.update(*(reply["accepted"] + reply["duplicates"] for reply in replies))

    with running_hub(tmp_path) as (process, url):
        replies = asyncio.run(send_all(url, batches, 0, process.kill))
        alerts = httpx.get(f"{url}/api/v1/alerts").json()
        process.terminate()
        assert process.wait(timeout=20) == 0

    accepted = {each for reply in replies for each in reply["accepted"]}
    duplicates = {each for reply in replies for each in reply["duplicates"]}
    assert promised <= duplicates
    assert accepted | duplicates == named(batches)
    joined = [event_id for alert in alerts for event_id in alert["event_ids"]]
    assert sorted(joined) == sorted(named(batches))
    assert len(alerts) == PLACES
    assert asyncio.run(_chain_of(tmp_path)) == EVENTS


async def _chain_of(folder: Path) -> int:
    database = await open_sqlite(folder)
    async with database.reading() as connection:
        assert await actions.verify(connection) is None
        count = (await connection.exec_driver_sql("SELECT count(*) FROM actions")).scalar_one()
    await database.close()
    return int(count)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_hub_that_is_told_to_end_ends_well(tmp_path: Path, number: signal.Signals) -> None:
    with running_hub(tmp_path) as (process, url):
        assert httpx.get(f"{url}/api/v1/health").json()["status"] == "ok"
        process.send_signal(number)
        assert process.wait(timeout=20) == 0


def test_hub_with_a_link_runs_and_sees_no_vehicle_yet(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with running_hub(tmp_path, "--link", f"udpin:127.0.0.1:{port}") as (_, url):
        assert httpx.get(f"{url}/api/v1/vehicles").json() == []


def test_port_in_use_is_one_line_and_exit_2(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        outcome = ended("--data", str(tmp_path), "--listen", address)
    assert outcome.returncode == 2
    assert outcome.stderr == f"qyran hub: {address}: cannot listen: address already in use\n"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        pytest.param("{tmp}/file/data", "not a directory", id="a file in the way"),
        pytest.param("/proc/qyran", "no such file or directory", id="a folder nobody can make"),
    ],
)
def test_data_folder_that_cannot_be_had_is_one_line_and_exit_2(
    tmp_path: Path, data: str, what: str
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    folder = data.format(tmp=tmp_path)
    outcome = ended("--data", folder, "--listen", "127.0.0.1:0")
    assert outcome.returncode == 2
    assert outcome.stderr == f"qyran hub: {folder}: {what}\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes where it likes")
def test_read_only_data_folder_is_one_line_and_exit_2(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    outcome = ended("--data", str(tmp_path), "--listen", "127.0.0.1:0")
    assert outcome.returncode == 2
    assert outcome.stderr.endswith("permission denied\n")


@pytest.mark.parametrize(
    ("toml", "what"),
    [
        pytest.param("listen_port = 80400", "listen_port: input should be less", id="value"),
        pytest.param("lissten = 1", "lissten: extra inputs are not permitted", id="unknown key"),
        pytest.param("listen_port =", "not TOML", id="no TOML"),
        pytest.param('[drones.300]\ndrone_id="a"\nname="a"', "drones.300", id="system id"),
    ],
)
def test_wrong_configuration_is_one_line_and_exit_2(tmp_path: Path, toml: str, what: str) -> None:
    file = tmp_path / "hub.toml"
    file.write_text(toml, encoding="utf-8")
    outcome = ended("--config", str(file))
    assert outcome.returncode == 2
    assert outcome.stderr.startswith(f"qyran hub: {file}")
    assert what in outcome.stderr
    assert outcome.stderr.count("\n") == 1


def test_missing_district_is_one_line_and_exit_2(tmp_path: Path) -> None:
    outcome = ended("--data", str(tmp_path), "--district", str(tmp_path / "nowhere"))
    assert outcome.returncode == 2
    assert outcome.stderr == (
        f"qyran hub: {tmp_path}/nowhere/district.geojson: no such file or directory\n"
    )
