"""Real processes over loopback, on ports of their own."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Start = Callable[..., subprocess.Popen[str]]


def _udp_is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@pytest.fixture
def port_offset() -> int:
    """An offset to PX4's ports under which ground and companion links are free."""
    wanted = [
        base + instance for base in (14550, 14540, 18570, 14580, 14800) for instance in range(5)
    ]
    for offset in range(1000, 20000, 500):
        if all(_udp_is_free(port + offset) for port in wanted):
            return offset
    pytest.fail("no free range of UDP ports")


@pytest.fixture
def hub_port() -> int:
    """A TCP port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def qyran(tmp_path: Path) -> Iterator[Start]:
    """Starts `qyran` subcommands; what still runs at the end of the test is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str | Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "qyran", *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
