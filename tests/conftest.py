"""Fixtures that every package's tests share."""

import lzma
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from onboard.mavlink.codec import Decoder, Message

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
