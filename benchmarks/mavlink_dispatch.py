"""Bytes to vehicle state: our links, decoder and sessions against pymavlink's own decoding."""

import argparse
import asyncio
import statistics
import sys
import time
from typing import Any

import pymavlink
from pymavlink.dialects.v20 import development

from benchmarks.cpu import cpu_s
from benchmarks.machine import Machine
from benchmarks.mavlink_decode import recorded_frames
from benchmarks.report import Report, Row, Table, run, told
from ground_station.hub.vehicles_port import DroneName
from ground_station.links.address import read_link_address
from ground_station.links.link import Link
from ground_station.links.switchboard import Switchboard
from ground_station.vehicles.machine import GROUND_STATION
from ground_station.vehicles.session import VehicleSession
from onboard.mavlink.codec import Message
from onboard.mavlink.codec.checksum import checksum
from onboard.mavlink.codec.dialect import LAYOUT_BY_ID

TRACES = ("11_patrol_lawnmower_2x.gcs", "02_mission_square_1x.gcs", "01_boot_idle_1x.gcs")
VEHICLES = 20
GOAL_PER_S = 100_000.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments beside --json."""
    parser.add_argument("--runs", type=int, default=5, help="default %(default)s")
    parser.add_argument("--vehicles", type=int, default=VEHICLES, help="default %(default)s")


def measure(arguments: argparse.Namespace) -> Report:
    """Each recording as many vehicles say it at once; the two sides turn by turn."""
    machine = Machine.now()
    rows = []
    for trace in TRACES:
        told(trace)
        frames = [f for f in recorded_frames(trace) if f[5] == 1]
        rows.append(_row(trace, _as_a_fleet(frames, arguments.vehicles), arguments.runs))
    return Report(
        name="mavlink_dispatch",
        machine=machine,
        tables=[Table(rows=rows)],
        notes=[
            f"PX4 v1.17's frames in the order in which it sent them, said by {arguments.vehicles} "
            "vehicles in turn (system ids and checksums made anew), fed one by one as datagrams; "
            f"medians of {arguments.runs} runs, CPU seconds of the process.",
            "Ours: decoding with checksums and loss counting, the route of each component, ground "
            "station and echo checks, loss sampling, and each vehicle's session: state, texts, "
            "wishes, machines (none under way). What nobody reads is never unpacked.",
            "pymavlink: `parse_buffer` alone (compiled checksum: "
            f"{development.mcrf4xx is not None}), with no dispatch behind it, and the same with a "
            "dictionary of the newest message by system and type behind it, as mavutil keeps it; "
            f"pymavlink {pymavlink.__version__}.",
            "Neither reads a socket here; a datagram costs the kernel and Python alike.",
            f"Goal: {GOAL_PER_S:,.0f} messages a CPU second.",
        ],
    )


def _as_a_fleet(frames: list[bytes], vehicles: int) -> list[bytes]:
    """Each frame said by one vehicle after the other, as they would arrive on one port."""
    share = frames[: max(1, len(frames) // vehicles)]
    return [_said_by(frame, system) for frame in share for system in range(1, vehicles + 1)]


def _said_by(frame: bytes, system: int) -> bytes:
    layout = LAYOUT_BY_ID[int.from_bytes(frame[7:10], "little")]
    body = frame[1:5] + bytes((system,)) + frame[6:-2]
    return frame[:1] + body + checksum(body, layout.seed).to_bytes(2, "little")


def _row(trace: str, frames: list[bytes], runs: int) -> Row:
    known = [f for f in frames if int.from_bytes(f[7:10], "little") in development.mavlink_map]
    ours, theirs, theirs_kept = [], [], []
    for _ in range(runs):
        ours.append(len(frames) / asyncio.run(_ours_s(frames)))
        theirs.append(len(known) / cpu_s(lambda: _theirs(known)))
        theirs_kept.append(len(known) / cpu_s(lambda: _theirs_kept(known)))
    rate = statistics.median(ours)
    return {
        "recording": trace,
        "frames": len(frames),
        "ours, to the state, a CPU s": rate,
        "pymavlink, decoding only": statistics.median(theirs),
        "pymavlink, newest kept": statistics.median(theirs_kept),
        "goal reached": "yes" if rate >= GOAL_PER_S else "no",
    }


async def _ours_s(frames: list[bytes]) -> float:
    """CPU seconds to take every frame from a link to its vehicle's session."""
    board = Switchboard(
        addresses=[read_link_address("udpin:127.0.0.1:0")], own=GROUND_STATION, unix_s=time.time
    )
    sessions: dict[int, VehicleSession] = {}
    now_s = asyncio.get_running_loop().time

    def receive(message: Message) -> None:
        session = sessions.get(message.system_id)
        if session is None:
            session = sessions[message.system_id] = VehicleSession(
                system_id=message.system_id,
                name=DroneName(f"d{message.system_id}", "Drone"),
                transmit=lambda _send: None,
            )
        session.receive(message, now_s())

    board.listen(receive)
    link: Link = board.links[0]
    took_s = cpu_s(lambda: _feed(link, frames))
    heard = sum(link.counts()[name] for name in ("messages", "unknown"))
    assert heard == len(frames), (heard, len(frames))
    return took_s


def _feed(link: Link, frames: list[bytes]) -> None:
    peers = [("10.0.0.1", port) for port in range(256)]
    for frame in frames:
        link.feed(peers[frame[5]], frame)


def _theirs(frames: list[bytes]) -> None:
    links = [development.MAVLink(None) for _ in range(256)]
    for frame in frames:
        links[frame[5]].parse_buffer(frame)


def _theirs_kept(frames: list[bytes]) -> None:
    links = [development.MAVLink(None) for _ in range(256)]
    newest: dict[tuple[int, str], Any] = {}
    for frame in frames:
        for message in links[frame[5]].parse_buffer(frame):
            newest[message.get_srcSystem(), message.get_type()] = message


if __name__ == "__main__":
    sys.exit(run("mavlink_dispatch", __doc__, add_arguments, measure))
