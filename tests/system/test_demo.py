"""The main job, end to end: real processes fly, see, alert and act, and are judged by the truth."""

import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.system
Start = Callable[..., subprocess.Popen[str]]
# Simulated time waits for a busy machine; what is found is the test.
TIME_LIMIT_S = 1200.0


def _demo(qyran: Start, folder: Path, *, port_offset: int, hub_port: int) -> subprocess.Popen[str]:
    return qyran(
        "demo",
        "--once",
        "--json",
        f"--workspace={folder}",
        f"--port-offset={port_offset}",
        f"--hub-port={hub_port}",
    )


def _report(demo: subprocess.Popen[str]) -> dict[str, Any]:
    printed, said = demo.communicate(timeout=TIME_LIMIT_S)
    assert demo.returncode == 0, f"{printed}\n{said}"
    report: dict[str, Any] = json.loads(printed)
    return report


def test_the_demo_finds_all_that_was_scripted_and_nothing_else(
    qyran: Start, tmp_path: Path, port_offset: int, hub_port: int
) -> None:
    report = _report(_demo(qyran, tmp_path / "demo", port_offset=port_offset, hub_port=hub_port))
    events = report["events"]
    assert events["expected"] == events["found"] == 4
    assert events["missed"] == events["false"] == events["duplicates"] == []
    assert {each["kind"] for each in events["findings"]} == {
        "crowd",
        "vehicle_stopped",
        "animals_on_road",
        "intrusion",
    }
    assert events["position_error_m"]["largest"] < 15.0
    assert report["traffic_events"] >= 2
    assert report["incidents"] == 4
    assert all(flight["cross_track_m"]["p95"] < 5.0 for flight in report["flights"].values())


def test_a_hub_killed_during_the_demo_has_every_event_once_afterwards(
    qyran: Start, tmp_path: Path, port_offset: int, hub_port: int
) -> None:
    folder = tmp_path / "demo"
    demo = _demo(qyran, folder, port_offset=port_offset, hub_port=hub_port)
    _kill_hub_when_it_has_an_alert(demo, folder, hub_port)
    _kill_hub_again(demo, folder)
    report = _report(demo)
    assert report["hub_restarts"] == 2
    assert report["events"]["found"] == 4

    sent = _events_sent(folder)
    with closing(sqlite3.connect(folder / "hub" / "hub.sqlite")) as store:
        stored = [row[0] for row in store.execute("SELECT id FROM messages ORDER BY id")]
        in_alerts = [
            row[0] for row in store.execute("SELECT message_id FROM alert_events ORDER BY 1")
        ]
    assert len(sent) >= 4
    assert stored == sent
    assert in_alerts == sent


def _kill_hub_when_it_has_an_alert(
    demo: subprocess.Popen[str], folder: Path, hub_port: int
) -> None:
    url = f"http://127.0.0.1:{hub_port}/api/v1/alerts"
    while demo.poll() is None and not _alerts(url):
        time.sleep(0.2)
    _kill(folder)


def _kill_hub_again(demo: subprocess.Popen[str], folder: Path) -> None:
    """Two seconds after the next one has started."""
    before = (folder / "logs" / "hub.pid").read_text(encoding="ascii")
    while demo.poll() is None and (folder / "logs" / "hub.pid").read_text("ascii") == before:
        time.sleep(0.05)
    time.sleep(2.0)
    _kill(folder)


def _kill(folder: Path) -> None:
    os.kill(int((folder / "logs" / "hub.pid").read_text(encoding="ascii")), signal.SIGKILL)


def _alerts(url: str) -> list[Any]:
    try:
        answer = httpx.get(url, timeout=2.0, trust_env=False)
    except httpx.TransportError:
        return []
    found: list[Any] = answer.json() if answer.status_code == 200 else []
    return found


def _events_sent(folder: Path) -> list[str]:
    """The ids of the events that the five aircraft say, at their end, that they made."""
    logs = sorted((folder / "logs").glob("qyran-*.log"))
    assert len(logs) == 5
    said = [log.read_text(encoding="utf-8") for log in logs]
    summaries = [json.loads(text[text.index("{") :]) for text in said]
    return sorted(event["id"] for summary in summaries for event in summary["events"])
