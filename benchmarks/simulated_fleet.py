"""A hundred vehicles as fast as they go, fifty over UDP in real time, and PX4's SIH beside them."""

import argparse
import asyncio
import socket
import statistics
import sys
import time
from functools import partial

from benchmarks.cpu import cpu_s, percentile
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
from onboard.mavlink.codec import Decoder
from sim.clock import VirtualClock
from sim.vehicle.config import FleetConfig, LinkName, VehicleConfig
from sim.vehicle.shell import TICK_S, Fleet
from sim.vehicle.wire.ports import GROUND, ports_of
from sim.vehicle.wire.rates import PROFILES

CLIMBED_AFTER_S = 30.0
ONE_LINK: tuple[LinkName, ...] = ("ground",)
TWO_LINKS: tuple[LinkName, ...] = ("ground", "companion")
OFFSET = 22_000
SETTLED_S = 8.0
RECEIVE_BUFFER = 1 << 23
# Two as fast as they go take both processors for themselves and answer nobody for half a minute.
PX4_RUNS = ((1, 1.0), (2, 1.0), (1, AS_FAST_AS_IT_GOES))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments beside --json."""
    parser.add_argument("--runs", type=int, default=3, help="default %(default)s")
    parser.add_argument("--vehicles", type=int, default=100, help="default %(default)s")
    parser.add_argument(
        "--seconds", type=float, default=20.0, help="simulated, a run; default %(default)s"
    )
    parser.add_argument("--over-udp", type=int, default=50, help="vehicles; default %(default)s")
    parser.add_argument(
        "--wall", type=float, default=15.0, help="seconds of real time; default %(default)s"
    )
    add_px4_arguments(parser)


def measure(arguments: argparse.Namespace) -> Report:
    """As fast as possible in one process, then over UDP at 1x, then PX4."""
    machine = Machine.now()
    tables = [_together(arguments), _over_udp(arguments)]
    notes = [
        "In one process: all vehicles on missions, lean streams on every link encoded to MAVLink "
        "frames, no sockets; times real time by the wall, medians of the runs.",
        "Over UDP: vehicles standing with PX4's full rates on all four links of each, one process "
        "that sends, one thread that reads the ground stations' port and counts; lateness is how "
        "far behind its tick the fleet's loop came.",
    ]
    if arguments.px4 is None:
        notes.append(NOT_RUN)
    else:
        tables.append(px4_table(arguments, PX4_RUNS))
        notes.append(ABOUT_PX4)
    return Report(name="simulated_fleet", machine=machine, tables=tables, notes=notes)


def _together(arguments: argparse.Namespace) -> Table:
    rows = [_flown(links, arguments) for links in (ONE_LINK, TWO_LINKS)]
    return Table(title="In one process", rows=rows)


def _flown(links: tuple[LinkName, ...], arguments: argparse.Namespace) -> Row:
    count, seconds = arguments.vehicles, arguments.seconds
    told(f"{count} vehicles in one process, a lean stream on {len(links)} links")
    flown = FlownPatrols(count, streams="lean", links=links).start()
    flown.fly(CLIMBED_AFTER_S)
    before = flown.messages
    took_s: list[float] = []
    spent_s: list[float] = []
    for _ in range(arguments.runs):
        began_s = time.monotonic()
        spent_s.append(cpu_s(partial(flown.fly, seconds)))
        took_s.append(time.monotonic() - began_s)
    median_s = statistics.median(spent_s)
    return {
        "vehicles": count,
        "lean streams each": len(links),
        "times real time": seconds / statistics.median(took_s),
        "simulated s a CPU s": seconds / median_s,
        "us a vehicle-second": median_s / seconds / count * 1e6,
        "messages a vehicle-second": (flown.messages - before) / seconds / count / arguments.runs,
    }


def _over_udp(arguments: argparse.Namespace) -> Table:
    told(f"{arguments.over_udp} vehicles over UDP")
    return Table(
        title="Over UDP at 1x",
        rows=[asyncio.run(_real_time(arguments.over_udp, arguments.wall))],
    )


async def _real_time(count: int, wall_s: float) -> Row:
    config = FleetConfig(
        vehicles=tuple(
            VehicleConfig(
                instance=number, drone_id=f"drone-{number + 1}", streams="px4", payload=False
            )
            for number in range(count)
        ),
        base_port_offset=OFFSET,
    )
    fleet = Fleet(config, clock=VirtualClock())
    await fleet.open()
    port = ports_of(GROUND, 0, offset=OFFSET).remote
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        udp.bind((config.bind_host, port))
        udp.setblocking(False)
        try:
            await _pumped(fleet, SETTLED_S, udp)
            spent_s, began_s = time.process_time(), time.monotonic()
            late_s, messages = await _pumped(fleet, wall_s, udp)
            spent_s, lasted_s = time.process_time() - spent_s, time.monotonic() - began_s
        finally:
            fleet.close()
    expected = sum(PROFILES["px4"][GROUND].values())
    return {
        "vehicles": count,
        "cores": spent_s / lasted_s,
        "messages a second on ground links": messages / lasted_s,
        "of PX4's table, %": messages / lasted_s / (expected * count) * 100.0,
        "lateness p50, ms": percentile(late_s, 50) * 1e3,
        "lateness p99, ms": percentile(late_s, 99) * 1e3,
    }


async def _pumped(fleet: Fleet, wall_s: float, udp: socket.socket) -> tuple[list[float], int]:
    """Run the fleet's loop for a while; how late each turn came and how many messages arrived."""
    decoder, late_s, messages = Decoder(), list[float](), 0
    until_s = time.monotonic() + wall_s
    due_s = time.monotonic()
    while time.monotonic() < until_s:
        behind = fleet.pump()
        late_s.append(max(time.monotonic() - due_s - TICK_S, 0.0))
        messages += _received(udp, decoder)
        due_s = time.monotonic()
        await asyncio.sleep(0.0 if behind else TICK_S)
    return late_s, messages


def _received(udp: socket.socket, decoder: Decoder) -> int:
    messages = 0
    while True:
        try:
            messages += len(decoder.feed(udp.recv(65535)))
        except BlockingIOError:
            return messages


if __name__ == "__main__":
    sys.exit(run("simulated_fleet", __doc__, add_arguments, measure))
