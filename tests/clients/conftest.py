"""Processes that clients need, and waits that end."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Start = Callable[..., subprocess.Popen[str]]


def _until(
    condition: Callable[[], object], *, within_s: float = 60.0, what: str = "", every_s: float = 0.1
) -> None:
    end_s = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end_s, f"not within {within_s} s: {what}"
        time.sleep(every_s)


@pytest.fixture
def until() -> Callable[..., None]:
    """Waits until a condition holds; fails when it does not within `within_s`."""
    return _until


@pytest.fixture
def free_udp_port() -> int:
    """A UDP port that nobody has now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Start]:
    """Starts Python modules as processes; what still runs at the end of the test is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: object) -> subprocess.Popen[str]:
        log = (tmp_path / f"process-{len(started)}.log").open("w+")
        made = subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            text=True,
            cwd=tmp_path,
        )
        log.close()
        started.append(made)
        return made

    yield start
    for made in started:
        made.kill()
        made.communicate()


@pytest.fixture
def said(tmp_path: Path) -> Callable[[int], str]:
    """What the n-th process has said so far."""
    return lambda number=0: (tmp_path / f"process-{number}.log").read_text(errors="replace")
