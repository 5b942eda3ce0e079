"""How many simulated seconds a second of CPU buys, and what memory a simulated vehicle takes."""

import argparse
import multiprocessing
import resource
import statistics
import sys
from collections.abc import Sequence
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.cpu import cpu_s
from benchmarks.machine import Machine
from benchmarks.patrol import Scene, scene, started
from benchmarks.report import Report, Row, Table, run, told
from onboard.mavlink.codec import Encoder
from sim.clock import SteppedClock
from sim.vehicle.config import StreamProfile, VehicleConfig
from sim.vehicle.gimbal import DEVICE_ID
from sim.vehicle.link import AUTOPILOT
from sim.vehicle.vehicle import COMPANION, GROUND, Vehicle

# A tick of the simulation's loop at the demo's five-fold speed.
TICK_S = 0.04
STREAMS: tuple[StreamProfile, ...] = ("lean", "px4")
FEW, MANY = 1, 41
MEMORY_AFTER_S = 20.0
STATM = Path("/proc/self/statm")


class Wire:
    """Encodes what vehicles say, as their sockets do, and counts it instead of sending it."""

    def __init__(self, vehicles: Sequence[Vehicle]) -> None:
        self.messages = 0
        self.sent_bytes = 0
        self._vehicles = vehicles
        self._encoders = {
            (vehicle.name, link, component): Encoder(
                system_id=vehicle.config.system_id, component_id=component
            )
            for vehicle in vehicles
            for link in (GROUND, COMPANION)
            for component in (AUTOPILOT, DEVICE_ID)
        }

    def step(self, now_s: float) -> None:
        """Move every vehicle on to a virtual second."""
        for vehicle in self._vehicles:
            for out in vehicle.step(now_s):
                encoder = self._encoders[vehicle.name, out.link, out.component_id]
                self.sent_bytes += len(encoder.encode_send(out.send))
                self.messages += 1

    def fly(self, clock: SteppedClock, seconds: float) -> None:
        """Move on by so many virtual seconds."""
        for _ in range(round(seconds / TICK_S)):
            self.step(clock.advance(TICK_S))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments beside --json."""
    parser.add_argument("--runs", type=int, default=3, help="default %(default)s")
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="simulated, a run; default %(default)s"
    )


def measure(arguments: argparse.Namespace) -> Report:
    """Fly the demo's patrols, one alone and five together."""
    machine = Machine.now()
    with scene() as made:
        rows = [_row(made, count, streams, arguments) for count in (1, 5) for streams in STREAMS]
    return Report(
        name="simulated_vehicle",
        machine=machine,
        tables=[Table(rows=rows), *_memory()],
        notes=[
            f"Medians of {arguments.runs} runs of {arguments.seconds:g} simulated seconds from the "
            "start of a mission (take-off, climb, transit), physics at 50 Hz, both MAVLink links "
            "encoded; no sockets, no world, no cameras.",
            f"Memory: resident size of a process of {MANY} standing vehicles with lean "
            f"streams after {MEMORY_AFTER_S:g} simulated seconds, less that of a process of {FEW}.",
        ],
    )


def _row(made: Scene, count: int, streams: StreamProfile, arguments: argparse.Namespace) -> Row:
    told(f"{count} vehicles with {streams} streams")
    spent_s: list[float] = []
    for _ in range(arguments.runs):
        clock = SteppedClock()
        wire = Wire(started(made, made.patrols[:count], clock, streams))
        spent_s.append(cpu_s(partial(wire.fly, clock, arguments.seconds)))
    return {
        "vehicles": count,
        "streams": streams,
        "simulated s a CPU s": arguments.seconds / statistics.median(spent_s),
        "messages a simulated s": wire.messages / arguments.seconds,
        "kB a simulated s": wire.sent_bytes / arguments.seconds / 1e3,
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
    clock = SteppedClock()
    vehicles = [
        Vehicle(VehicleConfig(instance=number, drone_id=f"qyran-{number + 1}"), clock=clock)
        for number in range(count)
    ]
    Wire(vehicles).fly(clock, MEMORY_AFTER_S)
    pages = int(STATM.read_text(encoding="ascii").split()[1])
    sending.send(pages * resource.getpagesize() / 1e6)


if __name__ == "__main__":
    sys.exit(run("simulated_vehicle", __doc__, add_arguments, measure))
