"""The whole demo, run again and again: what it found, how well, how soon. Takes minutes."""

import argparse
import json
import resource
import socket
import statistics
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.machine import Machine
from benchmarks.report import Report, Row, Table, run, told
from missions.errors import Failed
from sim.demo.processes import qyran_command
from sim.demo.workspace import CAMERA_PORT, COMPANION_PORT, GCS_PORT

DRONES = 5
UDP_PORTS = (
    GCS_PORT,
    *(base + i for base in (COMPANION_PORT, 14580, 18570) for i in range(DRONES)),
)
TCP_PORTS = tuple(CAMERA_PORT + i for i in range(DRONES))
OFFSETS = range(700, 20_000, 300)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments beside --json."""
    parser.add_argument("--runs", type=int, default=2, help="default %(default)s")
    parser.add_argument("--seed", type=int, default=7, help="of the first; default %(default)s")
    parser.add_argument(
        "--seed-step", type=int, default=0, help="added a run; default %(default)s: all alike"
    )


def measure(arguments: argparse.Namespace) -> Report:
    """Run it so many times, one after another."""
    machine = Machine.now()
    seeds = [arguments.seed + arguments.seed_step * i for i in range(arguments.runs)]
    rows = [_row(number, seed) for number, seed in enumerate(seeds, start=1)]
    return Report(
        name="demo",
        machine=machine,
        tables=[Table(rows=rows), *_middle(rows)],
        notes=[
            "`qyran demo --once --json` at its own speed, five times faster than life; every "
            "figure but the times is the demo's own judgement against the simulation's record.",
            "CPU seconds are those of all its processes. Latency runs from the publishing of the "
            "frame to the hub's creation of the alert, wall time, over the found events.",
        ],
    )


def _row(number: int, seed: int) -> Row:
    told(f"run {number}, seed {seed}")
    before_s = _children_cpu_s()
    with TemporaryDirectory(prefix="qyran-benchmark-") as folder:
        ended = subprocess.run(
            qyran_command("demo", "--once", "--json", *_arguments(Path(folder), seed)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    if not ended.stdout.strip():
        last = (ended.stderr.strip().splitlines() or ["it printed nothing"])[-1]
        raise Failed(f"the demo gave no outcome (status {ended.returncode}): {last}")
    return _told_row(number, seed, json.loads(ended.stdout), _children_cpu_s() - before_s)


def _arguments(folder: Path, seed: int) -> list[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        hub_port = free.getsockname()[1]
    return [
        f"--workspace={folder / 'demo'}",
        f"--seed={seed}",
        f"--hub-port={hub_port}",
        f"--port-offset={_free_offset()}",
    ]


def _free_offset() -> int:
    """An offset at which every port of the demo is free, so that another demo may run beside."""
    for offset in OFFSETS:
        if _all_free(offset):
            return offset
    raise Failed("no room for the demo's ports")


def _all_free(offset: int) -> bool:
    kinds = [(socket.SOCK_DGRAM, port) for port in UDP_PORTS]
    kinds += [(socket.SOCK_STREAM, port) for port in TCP_PORTS]
    with ExitStack() as held:
        for kind, port in kinds:
            tried = held.enter_context(socket.socket(socket.AF_INET, kind))
            try:
                tried.bind(("127.0.0.1", port + offset))
            except OSError:
                return False
    return True


def _children_cpu_s() -> float:
    """CPU seconds of all processes below this one that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _told_row(number: int, seed: int, outcome: dict[str, Any], spent_s: float) -> Row:
    events = outcome["events"]
    error, latency = events["position_error_m"] or {}, events["frame_to_alert_s"] or {}
    return {
        "run": number,
        "seed": seed,
        "complete": "yes" if outcome["complete"] else "no",
        "s in all": float(outcome["wall_s"]),
        "CPU s": spent_s,
        "expected": events["expected"],
        "found": events["found"],
        "missed": len(events["missed"]),
        "false": len(events["false"]),
        "told twice": len(events["duplicates"]),
        "error, median m": error.get("median"),
        "error, largest m": error.get("largest"),
        "frame to alert, median s": latency.get("median"),
        "frame to alert, largest s": latency.get("largest"),
    }


def _middle(rows: Sequence[Row]) -> list[Table]:
    if len(rows) < 2:
        return []
    names = ("s in all", "CPU s", "error, median m", "frame to alert, median s")
    row: Row = {name: _median([each[name] for each in rows]) for name in names}
    return [Table(title="Medians of the runs", rows=[row])]


def _median(values: Sequence[object]) -> float | None:
    numbers = [value for value in values if isinstance(value, float)]
    return statistics.median(numbers) if numbers else None


if __name__ == "__main__":
    sys.exit(run("demo", __doc__, add_arguments, measure))
