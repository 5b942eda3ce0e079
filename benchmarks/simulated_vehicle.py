"""How many simulated seconds a second of CPU buys for one vehicle, and what memory one takes."""

import argparse
import multiprocessing
import resource
import statistics
import sys
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.cpu import cpu_s
from benchmarks.flown_patrols import FlownPatrols
from benchmarks.machine import Machine
from benchmarks.px4_instances import (
    ABOUT_PX4,
    AS_FAST_AS_IT_GOES,
    NOT_RUN,
    add_px4_arguments,
    px4_table,
)
from benchmarks.report import Report, Row, Table, run, told
from sim.vehicle.config import StreamProfile

# What is flown; whether gimbal and camera are in the same process.
KINDS: tuple[tuple[StreamProfile, bool], ...] = (("lean", False), ("lean", True), ("px4", False))
FEW, MANY = 1, 41
MEMORY_AFTER_S = 20.0
CLIMBED_AFTER_S = 30.0
PX4_RUNS = ((1, 1.0), (1, AS_FAST_AS_IT_GOES))
STATM = Path("/proc/self/statm")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments beside --json."""
    parser.add_argument("--runs", type=int, default=3, help="default %(default)s")
    parser.add_argument(
        "--seconds", type=float, default=120.0, help="simulated, a run; default %(default)s"
    )
    add_px4_arguments(parser)


def measure(arguments: argparse.Namespace) -> Report:
    """Fly one patrol with each kind of streams."""
    machine = Machine.now()
    beside = [] if arguments.px4 is None else [px4_table(arguments, PX4_RUNS)]
    return Report(
        name="simulated_vehicle",
        machine=machine,
        tables=[Table(rows=[_row(*kind, arguments) for kind in KINDS]), *_memory(), *beside],
        notes=[
            f"Medians of {arguments.runs} runs of {arguments.seconds:g} simulated seconds of a "
            "mission on its lanes, physics at 50 Hz, every link encoded to MAVLink frames; no "
            "sockets, no world, no cameras.",
            f"Memory: resident size of a process of {MANY} standing vehicles with lean "
            f"streams after {MEMORY_AFTER_S:g} simulated seconds, less that of a process of {FEW}.",
            ABOUT_PX4 if beside else NOT_RUN,
        ],
    )


def _row(streams: StreamProfile, payload: bool, arguments: argparse.Namespace) -> Row:
    told(f"one vehicle with {streams} streams")
    spent_s: list[float] = []
    for _ in range(arguments.runs):
        flown = FlownPatrols(1, streams=streams, payload=payload).start()
        flown.fly(CLIMBED_AFTER_S)
        before = flown.sent_bytes
        spent_s.append(cpu_s(partial(flown.fly, arguments.seconds)))
    return {
        "streams": streams,
        "gimbal and camera": "in the process" if payload else "none",
        "simulated s a CPU s": arguments.seconds / statistics.median(spent_s),
        "kB a simulated s": (flown.sent_bytes - before) / arguments.seconds / 1e3,
    }


def _memory() -> list[Table]:
    """Empty where the system does not tell (only Linux does)."""
    if not STATM.exists():
        return []
    told("memory")
    few, many = _resident_mb(FEW), _resident_mb(MANY)
    row: Row = {
        f"process of {FEW}, MB": few,
        f"process of {MANY}, MB": many,
        "a vehicle, MB": (many - few) / (MANY - FEW),
    }
    return [Table(title="Memory", rows=[row])]


def _resident_mb(count: int) -> float:
    """Of a process of its own, which has done nothing else before."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_tell_resident, args=(count, sending))
    process.start()
    resident_mb = float(receiving.recv())
    process.join()
    return resident_mb


def _tell_resident(count: int, sending: Connection) -> None:
    FlownPatrols(count, streams="lean").fly(MEMORY_AFTER_S)
    pages = int(STATM.read_text(encoding="ascii").split()[1])
    sending.send(pages * resource.getpagesize() / 1e6)


if __name__ == "__main__":
    sys.exit(run("simulated_vehicle", __doc__, add_arguments, measure))
