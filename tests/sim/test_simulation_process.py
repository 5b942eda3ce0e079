"""`qyran sim` as a process and its configuration: ready line, cameras, truth, and a clean end."""

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from missions.errors import BadInput
from sim.configuration import read_simulation_config
from sim.district.files import write_district

VEHICLE = """
[[vehicles]]
instance = 0
drone_id = "qyran-1"
home_latitude_deg = 44.8464838
home_longitude_deg = 65.5076025
"""


def _free_offset() -> int:
    """An offset at which the camera's and the first vehicle's ports are free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return 20_000 + port % 15_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("simulation")
    write_district(made / "district", 7)
    text = (
        f"speed = 10\nseed = 7\nport_offset = {_free_offset()}\n"
        'district_folder = "district"\nscenario_file = "district/scenario.toml"\n'
        f'run_folder = "run"\n[camera]\nframe_rate_on_ground_hz = 2.0\n{VEHICLE}'
    )
    (made / "sim.toml").write_text(text, encoding="utf-8")
    return made


@pytest.fixture
def running(folder: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "qyran", "sim", "--config", str(folder / "sim.toml"), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


@pytest.mark.system
def test_a_camera_shows_pictures_truth_is_written_and_sigterm_ends_it(
    running: tuple[subprocess.Popen[str], dict[str, Any]], folder: Path
) -> None:
    process, ready = running

    with urllib.request.urlopen(ready["vehicles"][0]["camera"], timeout=30) as stream:
        part = stream.read(3000)
        stream.read(150_000)
    process.send_signal(signal.SIGTERM)
    _, ended = process.communicate(timeout=30)
    lines = (folder / "run" / "truth" / "frames.qyran-1.jsonl").read_text().splitlines()
    frame = json.loads(lines[0])

    assert ready["ready"] is True
    assert b"X-Timestamp: " in part
    assert frame["frame_id"].encode() in part or len(lines) > 1
    assert set(frame) == {"frame_id", "boot_s", "utc", "pose", "objects", "wall_unix_s"}
    assert process.returncode == 0
    assert json.loads(ended.splitlines()[-1])["frames"]["qyran-1"] >= 1


@pytest.mark.system
def test_a_camera_port_in_use_is_one_line_and_status_2(folder: Path) -> None:
    port = read_simulation_config(folder / "sim.toml").camera_port(0)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        ended = subprocess.run(
            [sys.executable, "-m", "qyran", "sim", "--config", str(folder / "sim.toml")],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert str(port) in ended.stderr


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("speed = 0\n" + VEHICLE, "speed"),
        ("sped = 1\n" + VEHICLE, "sped"),
        ("speed = 1\n", "vehicles"),
        (VEHICLE + VEHICLE, "same instance"),
        ('scenario_file = "x.toml"\n' + VEHICLE, "district_folder"),
        ("[camera]\nwidth_px = 1\n" + VEHICLE, r"camera\.width_px"),
        ("speed = = 1", "sim.toml"),
    ],
)
def test_a_wrong_configuration_names_the_key(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "sim.toml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(BadInput, match=named):
        read_simulation_config(file)


def test_paths_are_relative_to_the_file(folder: Path) -> None:
    config = read_simulation_config(folder / "sim.toml")

    assert config.district_folder == folder / "district"
    assert config.run_folder == folder / "run"


def test_a_missing_configuration_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"none\.toml"):
        read_simulation_config(tmp_path / "none.toml")
