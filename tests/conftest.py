"""Fixtures that every package's tests share."""

import contextlib
import lzma
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from onboard.mavlink.codec import Decoder, Message

# How long an example takes says something of the machine, nothing of the code.
settings.register_profile("qyran", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("qyran")

BESIDE_THE_PROJECT = Path(__file__).resolve().parents[2] / "shared"


def _shared(folder: str) -> Path:
    root = Path(os.environ.get("QYRAN_SHARED", BESIDE_THE_PROJECT)) / folder
    if not root.is_dir():
        pytest.skip(f"evaluation data is not here: {root} (set QYRAN_SHARED to its folder)")
    return root


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of evaluation data, which is never part of the repository."""
    return _shared("data")


@pytest.fixture(scope="session")
def shared_reference() -> Path:
    """The folder of recorded PX4 flights and notes."""
    return _shared("reference")


Frames = list[tuple[float, bytes]]


def _frames(log: bytes) -> Iterator[tuple[float, bytes]]:
    """A telemetry log is 8 bytes of big-endian unix µs, a MAVLink 2 frame, and so on."""
    position = 0
    while position < len(log):
        time_s = int.from_bytes(log[position : position + 8], "big") / 1e6
        start = position + 8
        signature = 13 * (log[start + 2] & 1)
        position = start + 12 + log[start + 1] + signature
        yield time_s, log[start:position]


@pytest.fixture(scope="session")
def recorded_frames(shared_reference: Path) -> Callable[[str], Frames]:
    """Reads a recording by the name of its file in px4-traces, without `.tlog.xz`."""
    cache: dict[str, Frames] = {}

    def read(name: str) -> Frames:
        if name not in cache:
            path = shared_reference / "px4-traces" / f"{name}.tlog.xz"
            cache[name] = list(_frames(lzma.decompress(path.read_bytes())))
        return cache[name]

    return read


@pytest.fixture(scope="session")
def recorded_messages(
    recorded_frames: Callable[[str], Frames],
) -> Callable[[str, str], list[tuple[float, Message]]]:
    """Reads the messages whose names begin with a prefix, with their times, from a recording."""

    def read(name: str, prefix: str) -> list[tuple[float, Message]]:
        decoder = Decoder()
        return [
            (time_s, message)
            for time_s, frame in recorded_frames(name)
            for message in decoder.feed(frame)
            if message.name.startswith(prefix)
        ]

    return read


# PX4's instances from here on; those past 9 share the port that their companion links speak to.
FIRST_PX4_INSTANCE = 32
GROUND_PORT, COMPANION_PORT = 18570, 14580
HOME_DEG = (47.397743, 8.545594)
HOME_AMSL_M = 489.4
HOMES_APART_DEG = 0.0001
UP_WITHIN_S = 180.0
SIM_IS_UP, PX4_IS_UP = "ready: ", "Startup script returned successfully"
# What PX4 wants before it looks for a gimbal on MAVLink.
LOOKS_FOR_A_GIMBAL = {"PX4_PARAM_MNT_MODE_IN": "4", "PX4_PARAM_MNT_MODE_OUT": "2"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--px4",
        type=Path,
        metavar="PATH",
        help="a build folder of PX4 with bin/px4 and etc/: whatever flies a vehicle on UDP is then "
        "also run on PX4's own simulation (SIH)",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Without PX4 its half of the suite is not collected, so nothing counts as skipped."""
    marks = metafunc.definition.iter_markers("parametrize")
    given = any(mark.args[0] == "vehicle_kind" for mark in marks)
    if "vehicle_kind" in metafunc.fixturenames and not given:
        kinds: list[Any] = ["simulated"]
        if metafunc.config.getoption("--px4") is not None:
            kinds.append(pytest.param("px4", marks=pytest.mark.px4))
        metafunc.parametrize("vehicle_kind", kinds, scope="session")


@dataclass(frozen=True, kw_only=True)
class VehicleOnUdp:
    """A vehicle that waits on two UDP ports, and answers whoever speaks there first.

    `speed` is its seconds a real one.
    """

    kind: str
    speed: float
    system_id: int
    ground_port: int
    companion_port: int
    latitude_deg: float
    longitude_deg: float
    amsl_m: float = HOME_AMSL_M


VehiclesOnUdp = Callable[..., list[VehicleOnUdp]]


def _free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _offset(vehicles: int) -> int:
    """An offset at which the ports of so many simulated vehicles are free."""
    ports = [
        port + index
        for port in (18570, 14550, 14580, 14540, 14280, 14030, 13030, 13280)
        for index in range(vehicles)
    ]
    # Not the same for each run: a station that an earlier one left would speak to the new vehicle
    # first, and be answered in place of the test.
    first = 2000 + os.getpid() % 300 * 61
    return next(n for n in range(first, 40_000, 61) if all(_free(port + n) for port in ports))


def _simulated(count: int, speed: float, folder: Path) -> tuple[list[Any], list[VehicleOnUdp]]:
    offset = _offset(count)
    arguments = ["--vehicles", count, "--speed", speed, "--port-offset", offset]
    home = f"{HOME_DEG[0]},{HOME_DEG[1]},{HOME_AMSL_M}"
    process = _qyran("sim", *arguments, "--home", home, log=folder / "sim.log")
    return [process], [_on_udp("simulated", speed, index, index, offset) for index in range(count)]


def _qyran(*arguments: Any, log: Path) -> Any:
    with log.open("w") as writing:
        return subprocess.Popen(
            [sys.executable, "-m", "qyran", *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
            cwd=log.parent,
        )


def _px4(
    build: Path, count: int, speed: float, folder: Path, *, payload: bool
) -> tuple[list[Any], list[VehicleOnUdp]]:
    free = (n for n in range(FIRST_PX4_INSTANCE, 200) if _free(GROUND_PORT + n))
    instances = [next(free) for _ in range(count)]
    vehicles = [
        _on_udp("px4", speed, place, instance, 0) for place, instance in enumerate(instances)
    ]
    started = []
    for instance, vehicle in zip(instances, vehicles, strict=True):
        more = dict(LOOKS_FOR_A_GIMBAL) if payload else {}
        if speed != 1.0:
            # Named at all, it makes PX4's startup change what it takes for a lost link.
            more["PX4_SIM_SPEED_FACTOR"] = str(speed)
        started.append(_one_px4(build, instance, vehicle, folder / f"px4-{instance}", more))
        if payload:
            its = ("--instance", instance, "--speed", speed)
            started.append(_qyran("sim", "payload", *its, log=folder / f"payload-{instance}.log"))
    return started, vehicles


def _one_px4(
    build: Path, instance: int, vehicle: VehicleOnUdp, folder: Path, more: dict[str, str]
) -> Any:
    folder.mkdir()
    environment = os.environ | {
        "PX4_SIM_MODEL": "sihsim_quadx",
        "PX4_HOME_LAT": str(vehicle.latitude_deg),
        "PX4_HOME_LON": str(vehicle.longitude_deg),
        "PX4_HOME_ALT": str(vehicle.amsl_m),
        "PX4_PARAM_SDLOG_BACKEND": "0",
        **more,
    }
    arguments = [build / "bin" / "px4", "-i", instance, "-d", "-w", folder, build / "etc"]
    with (folder / "px4.log").open("w") as log:
        return subprocess.Popen(
            list(map(str, arguments)),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            env=environment,
        )


def _until_up(folder: Path, logs: int, words: str) -> None:
    end_s = time.monotonic() + UP_WITHIN_S
    while sum(words in log.read_text(errors="replace") for log in folder.rglob("*.log")) < logs:
        assert time.monotonic() < end_s, "the vehicles did not start"
        time.sleep(0.1)


def _on_udp(kind: str, speed: float, place: int, instance: int, offset: int) -> VehicleOnUdp:
    return VehicleOnUdp(
        kind=kind,
        speed=speed,
        system_id=instance + 1,
        ground_port=GROUND_PORT + instance + offset,
        companion_port=COMPANION_PORT + instance + offset,
        latitude_deg=HOME_DEG[0],
        longitude_deg=HOME_DEG[1] + place * HOMES_APART_DEG,
    )


@pytest.fixture
def vehicles_on_udp(
    vehicle_kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[VehiclesOnUdp]:
    """Starts `count` fresh vehicles as processes of their own: simulated, or PX4 where asked for.

    They have said that they are up when they are handed over: no client waits for an import.

    `speed` is the simulated ones' times real time, `px4_speed` is PX4's. With `payload` each PX4
    has a gimbal, camera, light and loudspeaker, too: the simulated ones carry theirs always.
    """
    started: list[Any] = []

    def start(
        count: int = 1, *, speed: float = 4.0, px4_speed: float = 1.0, payload: bool = False
    ) -> list[VehicleOnUdp]:
        build = request.config.getoption("--px4")
        px4 = vehicle_kind == "px4"
        made = (
            _px4(build, count, px4_speed, tmp_path, payload=payload)
            if px4
            else _simulated(count, speed, tmp_path)
        )
        started.extend(made[0])
        _until_up(tmp_path, count if px4 else 1, PX4_IS_UP if px4 else SIM_IS_UP)
        return made[1]

    yield start
    for process in started:
        process.terminate()
    for process in started:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10.0)
        process.kill()
        process.wait()


@pytest.fixture
def vehicle_on_udp(vehicles_on_udp: VehiclesOnUdp) -> VehicleOnUdp:
    """One fresh vehicle."""
    return vehicles_on_udp()[0]
