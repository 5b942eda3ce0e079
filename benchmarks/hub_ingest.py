"""How many events a second of CPU a real hub process takes in, and how soon it answers."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from benchmarks.cpu import cpu_s_of, percentile
from benchmarks.link_events import report
from benchmarks.machine import Machine
from benchmarks.report import Report, Row, Table, run, told
from missions.errors import Failed
from missions.geodesy import LocalPlane
from onboard.messages import Envelope, EventKind, Severity
from sim.demo.processes import qyran_command
from sim.district.files import write_district

SEED = 7
PLACES = 40
DRONES = 5
EVERY = timedelta(seconds=2)
BEGAN = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
EVENTS_BY_BATCH = {1: 500, 50: 2000, 500: 2000}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments beside --json."""
    parser.add_argument("--runs", type=int, default=3, help="default %(default)s")


def measure(arguments: argparse.Namespace) -> Report:
    """A fresh hub for every run; one client that waits for each answer, as an aircraft does."""
    machine = Machine.now()
    if not Path("/proc/self/stat").exists():
        raise Failed("another process's CPU time is read from /proc, which this system lacks")
    with TemporaryDirectory(prefix="qyran-benchmark-") as name:
        folder = Path(name)
        plane = write_district(folder / "district", SEED).plane
        rows = [
            _row(batch, [_ingested(folder, plane, batch, count) for _ in range(arguments.runs)])
            for batch, count in EVENTS_BY_BATCH.items()
        ]
    return Report(
        name="hub_ingest",
        machine=machine,
        tables=[Table(rows=rows)],
        notes=[
            f"Medians of {arguments.runs} runs, each with a hub process of its own over an empty "
            "store and the demo's district; every answer comes after SQLite's commit.",
            f"Events of {DRONES} drones at {PLACES} places, {EVERY.seconds} s of capture time "
            "apart, without pictures; no console looks on. Latency is wall time as the client sees "
            "it, so it grows with the machine's load.",
        ],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """One run: the hub's CPU seconds, the answers' wall seconds, and what came of the events."""

    events: int
    cpu_s: float
    answer_s: Sequence[float]
    alerts: int


def _ingested(folder: Path, plane: LocalPlane, batch: int, count: int) -> Ingested:
    told(f"{count} events, {batch} at a time")
    bodies = _bodies(plane, batch, count)
    with (
        TemporaryDirectory(dir=folder) as data,
        hub_process(Path(data), folder / "district") as (process, url),
        httpx.Client(base_url=f"{url}/api/v1", timeout=60.0) as api,
    ):
        api.get("/health").raise_for_status()
        before_s = cpu_s_of(process.pid)
        answer_s = [_posted(api, body, batch) for body in bodies]
        spent_s = cpu_s_of(process.pid) - before_s
        alerts = len(api.get("/alerts").json())
    return Ingested(events=count, cpu_s=spent_s, answer_s=answer_s, alerts=alerts)


def _posted(api: httpx.Client, body: bytes, batch: int) -> float:
    began_s = time.monotonic()
    answer = api.post("/ingest", content=body, headers={"Content-Type": "application/json"})
    took_s = time.monotonic() - began_s
    accepted = len(answer.json()["accepted"]) if answer.status_code == 200 else 0
    if accepted != batch:
        raise Failed(f"the hub took {accepted} of {batch} events: HTTP {answer.status_code}")
    return took_s


@contextmanager
def hub_process(
    data: Path, district: Path | None = None
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A hub of its own over a folder, and its address."""
    arguments = ["--data", str(data), *([] if district is None else ["--district", str(district)])]
    command = qyran_command("hub", *arguments, "--listen", "127.0.0.1:0", "--json")
    environment = {key: value for key, value in os.environ.items() if key != "QYRAN_HUB_TOKEN"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            ready = process.stdout.readline()
            if not ready:
                raise Failed("the hub did not start")
            yield process, json.loads(ready)["url"]
        finally:
            process.terminate()


def _bodies(plane: LocalPlane, batch: int, count: int) -> list[bytes]:
    events = [_event(plane, number) for number in range(count)]
    batches = [events[start : start + batch] for start in range(0, count, batch)]
    return [json.dumps({"messages": each}).encode() for each in batches]


def _event(plane: LocalPlane, number: int) -> dict[str, Any]:
    row, column = divmod(number % PLACES, 8)
    place = plane.geo(200.0 * (column - 3.5), 200.0 * (row - 2.0))
    at = BEGAN + number * EVERY
    body = report(list(EventKind)[number % 4], Severity.WARNING, place=place, at=at)
    envelope = Envelope(
        drone_id=f"qyran-{number % DRONES + 1}",
        boot_id="benchmark",
        sequence=number,
        sent_at=at,
        body=body,
    )
    told_as: dict[str, Any] = envelope.model_dump(mode="json")
    return told_as


def _row(batch: int, runs: Sequence[Ingested]) -> Row:
    def middle_ms(percent: float) -> float:
        return 1e3 * statistics.median(percentile(each.answer_s, percent) for each in runs)

    return {
        "events a request": batch,
        "requests": len(runs[0].answer_s),
        "events a CPU s of the hub": statistics.median(each.events / each.cpu_s for each in runs),
        "answer, median ms": middle_ms(50),
        "answer, 95 % ms": middle_ms(95),
        "alerts made": runs[0].alerts,
    }


if __name__ == "__main__":
    sys.exit(run("hub_ingest", __doc__, add_arguments, measure))
