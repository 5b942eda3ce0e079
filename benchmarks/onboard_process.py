"""A whole aircraft's process between a camera and a hub of its own, and what it used and told."""

import json
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from benchmarks.cpu import cpu_s_of
from benchmarks.hub_ingest import hub_process
from benchmarks.loopback_flight import GROUND_AMSL_M, LoopbackFlight, flying
from missions.errors import Failed
from sim.demo.processes import qyran_command

START_S, END_S = 60.0, 30.0
CAMERA = f"""
ground_height_amsl_m = {GROUND_AMSL_M}
[camera]
horizontal_field_of_view_rad = 1.22
"""
# Whatever is new is an event, so that there are some without waiting for one.
SIGHTINGS = """
[rules.sighting]
enabled = true
forget_s = 1.0
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """Of one process, after it had warmed up: `cpu_s` of `frames` that it took.

    `summary` is what it printed at its end; `to_hub_s` from an event's capture to its being stored.
    """

    peak_rss_mb: float
    cpu_s: float
    frames: int
    summary: dict[str, Any]
    to_hub_s: Sequence[float]


@contextmanager
def process(
    flight: LoopbackFlight, folder: Path, hub_url: str, *arguments: str, sightings: bool = True
) -> Iterator["subprocess.Popen[str]"]:
    """`qyran onboard` on a flight; it is ended if it still runs."""
    config = folder / "onboard.toml"
    config.write_text(CAMERA + SIGHTINGS * sightings, encoding="utf-8")
    with flying(flight) as link:
        command = qyran_command(
            *("onboard", *link, "--hub", hub_url, "--config", str(config), "--json"),
            *("--outbox", str(folder / "outbox"), *arguments),
        )
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as started:
            try:
                yield started
            finally:
                started.kill()


def used(
    flight: LoopbackFlight,
    folder: Path,
    *arguments: str,
    warm_s: float,
    for_s: float,
    sightings: bool = True,
) -> Used:
    """Fly for a while and measure.

    Raises:
        Failed: the process did not start, or not well.
    """
    data = folder / "hub"
    data.mkdir(parents=True)
    with (
        hub_process(data) as (_, hub_url),
        process(flight, folder, hub_url, *arguments, sightings=sightings) as started,
        httpx.Client(base_url=f"{hub_url}/api/v1") as hub,
    ):
        _wait_until_it_tells(hub)
        time.sleep(warm_s)
        before = (cpu_s_of(started.pid), _taken(hub), time.time())
        time.sleep(for_s)
        after = (cpu_s_of(started.pid), _taken(hub))
        peak_mb = peak_rss_mb(started.pid)
        started.send_signal(signal.SIGTERM)
        told, _ = started.communicate(timeout=END_S)
        to_hub_s = _to_hub_s(data, since_unix_s=before[2])
    return Used(
        peak_rss_mb=peak_mb,
        cpu_s=after[0] - before[0],
        frames=after[1] - before[1],
        summary=json.loads(told),
        to_hub_s=to_hub_s,
    )


def state(hub: httpx.Client) -> dict[str, Any]:
    """What the aircraft told the hub of itself last; empty where it has not yet."""
    aircraft: dict[str, Any] = hub.get("/health").json()["aircraft"]
    told: dict[str, Any] = next(iter(aircraft.values()), {})
    return told


def peak_rss_mb(pid: int) -> float:
    """The most resident memory of a process so far, megabytes (10^6)."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise Failed("the system does not tell a process's memory")


def _wait_until_it_tells(hub: httpx.Client) -> None:
    end_s = time.monotonic() + START_S
    while not state(hub).get("frames_seen"):
        if time.monotonic() > end_s:
            raise Failed(f"the aircraft's process did not begin within {START_S:g} s")
        time.sleep(0.1)


def _taken(hub: httpx.Client) -> int:
    told = state(hub)
    return int(told["frames_seen"] - told["frames_dropped"])


def _to_hub_s(data: Path, *, since_unix_s: float) -> list[float]:
    with sqlite3.connect(data / "hub.sqlite") as database:
        rows = database.execute(
            "SELECT received_at, json_extract(body, '$.body.captured_at') FROM messages"
            " WHERE kind = 'event'"
        ).fetchall()
    times = [(_unix_s(received), _unix_s(captured)) for received, captured in rows]
    return [received - captured for received, captured in times if captured > since_unix_s]


def _unix_s(text: str) -> float:
    told = datetime.fromisoformat(text.replace("Z", "+00:00"))
    # SQLite keeps no zone: what the hub stored is UTC.
    return (told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp()
