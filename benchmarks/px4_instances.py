"""PX4's own simulator (SIH) beside ours: instances of a build that somebody else made."""

import argparse
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.report import Row, Table, told
from missions.errors import BadInput, Failed
from onboard.mavlink.codec import Decoder, Encoder

FIRST_PORT = 18570
NOTHING: Mapping[str, str] = {}
TICKS = os.sysconf("SC_CLK_TCK")
SETTLED_AFTER_S = 12.0
AS_FAST_AS_IT_GOES = 1000.0
NOT_RUN = "PX4 was not run: no build was given (--px4 PATH)."
ABOUT_PX4 = (
    "PX4: instances of its own simulator (SIH, quadrotor X) that stand, with its links as its "
    "start script opens them; how many times real time was asked for and reached, CPU and resident "
    "memory of the process, in the same run on the same machine."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Px4Figures:
    """What instances reach together: times real time, cores and MB an instance."""

    speed: float
    cores: float
    memory_mb: float


def add_px4_arguments(parser: argparse.ArgumentParser) -> None:
    """What every benchmark takes that runs PX4 beside ours."""
    parser.add_argument("--px4", type=Path, metavar="PATH", help="a PX4 build folder to run, too")
    parser.add_argument(
        "--px4-first", type=int, default=0, help="the first PX4 instance; default %(default)s"
    )
    parser.add_argument(
        "--px4-wall", type=float, default=15.0, help="seconds a measurement; default %(default)s"
    )


def px4_table(arguments: argparse.Namespace, runs: Sequence[tuple[int, float]]) -> Table:
    """PX4's simulator, for each count of instances and factor of real time asked for.

    Raises:
        BadInput: the folder holds no PX4 build.
    """
    rows: list[Row] = []
    for count, factor in runs:
        asked = "as fast as it goes" if factor == AS_FAST_AS_IT_GOES else f"{factor:g}"
        told(f"{count} PX4 instances, times real time: {asked}")
        found = measure_px4(
            arguments.px4,
            count=count,
            factor=factor,
            first=arguments.px4_first,
            wall_s=arguments.px4_wall,
        )
        rows.append(
            {
                "instances": count,
                "times real time, asked": asked,
                "reached": found.speed,
                "cores an instance": found.cores,
                "MB an instance": found.memory_mb,
            }
        )
    return Table(title="PX4's own simulator (SIH)", rows=rows)


def measure_px4(build: Path, *, count: int, factor: float, first: int, wall_s: float) -> Px4Figures:
    """Run instances `first`, `first` + 1, ... of a PX4 build and see what they reach.

    Raises:
        BadInput: the folder holds no PX4 build.
    """
    with running_px4(build, count=count, factor=factor, first=first) as processes:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.bind(("127.0.0.1", 0))
            udp.settimeout(5.0)
            time.sleep(SETTLED_AFTER_S)
            began_boot_s, began_s = _boot_s(udp, first), time.monotonic()
            spent_s = sum(_cpu_s(process.pid) for process in processes)
            time.sleep(wall_s)
            boot_s, now_s = _boot_s(udp, first), time.monotonic()
            spent_s = sum(_cpu_s(process.pid) for process in processes) - spent_s
        memory_mb = sum(_resident_mb(process.pid) for process in processes) / count
    return Px4Figures(
        speed=(boot_s - began_boot_s) / (now_s - began_s),
        cores=spent_s / (now_s - began_s) / count,
        memory_mb=memory_mb,
    )


@contextmanager
def running_px4(
    build: Path, *, count: int, factor: float, first: int, variables: Mapping[str, str] = NOTHING
) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Instances started as PX4's documentation has it, each in a folder of its own; `variables` of
    its start script's, as PX4_HOME_LAT or PX4_SIM_MODEL.

    Raises:
        BadInput: the folder holds no PX4 build.
    """
    if not (build / "bin" / "px4").is_file():
        raise BadInput(where=str(build), what="no PX4 build (bin/px4 is missing)")
    environment = {**os.environ, "PX4_SIM_MODEL": "sihsim_quadx", "PX4_PARAM_SDLOG_BACKEND": "0"}
    environment |= variables
    if factor != 1.0:
        environment["PX4_SIM_SPEED_FACTOR"] = f"{factor:g}"
    with TemporaryDirectory(prefix="qyran-px4-") as name:
        processes = []
        for instance in range(first, first + count):
            folder = Path(name) / str(instance)
            folder.mkdir()
            arguments = ["-i", str(instance), "-d", "-w", str(folder), str(build / "etc")]
            processes.append(
                subprocess.Popen(
                    [str(build / "bin" / "px4"), *arguments],
                    cwd=folder,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
        try:
            yield processes
        finally:
            for process in processes:
                process.kill()
                process.wait()


def _boot_s(udp: socket.socket, instance: int) -> float:
    """The vehicle's own seconds since boot, off the newest frame; it answers who speaks first.

    Raises:
        Failed: it said nothing for the socket's time limit.
    """
    station = Encoder(system_id=255, component_id=190)
    udp.sendto(
        station.encode("HEARTBEAT", type=6, autopilot=8), ("127.0.0.1", FIRST_PORT + instance)
    )
    decoder, newest = Decoder(), 0.0
    until_s = time.monotonic() + 1.0
    while time.monotonic() < until_s:
        try:
            datagram = udp.recv(4096)
        except TimeoutError as error:
            raise Failed(f"PX4 instance {instance} said nothing for 5 s") from error
        for message in decoder.feed(datagram):
            if message.name == "ATTITUDE":
                newest = message.time_boot_ms / 1e3
    return newest


def _cpu_s(pid: int) -> float:
    words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / TICKS


def _resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
