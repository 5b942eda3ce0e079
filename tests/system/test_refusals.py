"""Bad input at the command line: one line that says what and where, status 2, no traceback."""

import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.system
Start = Callable[..., subprocess.Popen[str]]


def _refusal(process: subprocess.Popen[str]) -> str:
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2, said
    assert said.count("\n") == 1, said
    return said


def test_a_malformed_plan_is_refused_with_its_line(qyran: Start, tmp_path: Path) -> None:
    (tmp_path / "broken.plan").write_text('{\n  "fileType": "Plan",\n  oops\n}', encoding="utf-8")
    assert "broken.plan: line 3" in _refusal(qyran("check", "broken.plan"))


def test_a_missing_plan_is_refused_by_name(qyran: Start) -> None:
    assert "nowhere.plan" in _refusal(qyran("fly", "nowhere.plan"))


def test_a_model_that_is_no_model_is_refused_by_name(qyran: Start, tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"not a model")
    (tmp_path / "frames").mkdir()
    said = _refusal(qyran("onboard", "--source=frames", "--model=model.onnx"))
    assert "model.onnx" in said


def test_a_folder_without_one_readable_picture_is_refused(qyran: Start, tmp_path: Path) -> None:
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "a.jpg").write_bytes(b"\xff\xd8 cut short")
    assert "frames" in _refusal(qyran("onboard", "--source=frames"))


def test_a_port_in_use_is_named_by_the_hub(qyran: Start) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        said = _refusal(qyran("hub", f"--listen=127.0.0.1:{port}"))
    assert str(port) in said


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("serial:/dev/no-such-radio:57600", "no such file or directory"),
        ("serial:/dev/null:57600", "inappropriate ioctl for device"),
        ("tcp:127.0.0.1:1", "connection refused"),
    ],
)
def test_a_link_that_never_opened_is_named_with_its_reason(
    qyran: Start, tmp_path: Path, link: str, why: str
) -> None:
    rows = [f"{seq}\t0\t3\t16\t0\t0\t0\t0\t44.85\t65.51\t20\t1\n" for seq in range(2)]
    (tmp_path / "a.waypoints").write_text("QGC WPL 110\n" + "".join(rows), encoding="utf-8")
    process = qyran("fly", "a.waypoints", f"--link={link}", "--wait-s=2")
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1, said
    assert said.count("\n") == 1
    assert f"within 2 s; link {link}: " in said
    assert why in said


@pytest.mark.parametrize(
    "argument", ["--system-id=0", "--system-id=256", "--wait-s=0", "--wait-s=nan"]
)
def test_a_number_that_means_nothing_is_refused_by_fly(qyran: Start, argument: str) -> None:
    process = qyran("fly", "a.plan", argument)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert argument.partition("=")[0] in said.splitlines()[-1]


def test_a_configuration_of_the_simulation_is_refused_by_line_and_key(
    qyran: Start, tmp_path: Path
) -> None:
    (tmp_path / "sim.toml").write_text('seed = 7\nspeed = "quick"\n', encoding="utf-8")
    assert "sim.toml, line 2: speed: " in _refusal(qyran("sim", "--config=sim.toml"))


@pytest.fixture(params=["size=24k", "ro"], ids=["full", "read-only"])
def bad_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A disk of its own that holds almost nothing, or that cannot be written."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", request.param, "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("this user cannot mount a disk to fill")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_bad_disk_is_named_by_the_hub(qyran: Start, bad_disk: Path) -> None:
    data = bad_disk / "hub"
    assert str(data) in _refusal(qyran("hub", "--listen=127.0.0.1:0", f"--data={data}"))


def test_a_bad_disk_is_named_by_the_aircraft(qyran: Start, bad_disk: Path, tmp_path: Path) -> None:
    (tmp_path / "frames").mkdir()
    outbox = bad_disk / "outbox"
    said = _refusal(qyran("onboard", f"--source={tmp_path / 'frames'}", f"--outbox={outbox}"))
    assert str(outbox) in said


def test_a_bad_disk_is_named_by_the_demo(qyran: Start, bad_disk: Path, hub_port: int) -> None:
    folder = bad_disk / "demo"
    demo = qyran("demo", "--once", f"--workspace={folder}", f"--hub-port={hub_port}")
    _, said = demo.communicate(timeout=60)
    assert demo.returncode == 2
    assert str(folder) in said.splitlines()[-1]
    assert "Traceback" not in said


def test_a_plan_that_cannot_be_written_is_refused_by_name(qyran: Start, tmp_path: Path) -> None:
    (tmp_path / "line.geojson").write_text(
        '{"type": "LineString", "coordinates": [[65.51, 44.85], [65.52, 44.85]]}', encoding="utf-8"
    )
    arguments = ("plan", "line.geojson", "--pattern=corridor", "--swath-m=40")
    assert "/dev/full" in _refusal(qyran(*arguments, "--out=/dev/full/line.plan"))


def test_a_demo_does_not_empty_a_folder_that_is_not_its_own(qyran: Start, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep", encoding="utf-8")
    assert "mine" in _refusal(qyran("demo", "--once", "--workspace=mine"))
    assert (tmp_path / "mine" / "letter.txt").exists()


def test_a_demo_whose_link_is_taken_says_which(
    qyran: Start, port_offset: int, hub_port: int
) -> None:
    port = 14550 + port_offset
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", port))
        arguments = (f"--port-offset={port_offset}", f"--hub-port={hub_port}")
        demo = qyran("demo", "--once", *arguments)
        _, said = demo.communicate(timeout=120)
    assert demo.returncode == 2
    assert said.splitlines()[-1] == (
        f"qyran demo: --port-offset {port_offset}: udp port {port} is not to be had: "
        "address already in use"
    )


def test_an_unknown_subcommand_is_refused_with_the_list(qyran: Start) -> None:
    process = qyran("hunt")
    _, said = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "demo" in said


@pytest.mark.parametrize(
    "name",
    [
        "demo",
        "plan",
        "check",
        "convert",
        "react",
        "fly",
        "sim",
        "replay",
        "bridge",
        "signing",
        "hub",
        "onboard",
    ],
)
def test_every_subcommand_has_help_with_an_example(qyran: Start, name: str) -> None:
    process = qyran(name, "--help")
    printed, said = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert f"\n  qyran {name} " in printed
    assert "exit status: 0 done" in printed


@pytest.mark.parametrize("name", ["compare", "payload", "play", "check", "fault"])
def test_every_sim_action_has_help_with_an_example(qyran: Start, name: str) -> None:
    process = qyran("sim", name, "--help")
    printed, said = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert f"\n  qyran sim {name} " in printed
    assert "exit status: 0 done" in printed
