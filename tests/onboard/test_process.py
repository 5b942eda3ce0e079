"""The whole process over loopback: a camera's stream and MAVLink in, events at a hub."""

import json
import math
import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import qyran
from missions.geodesy import GeoPoint, LocalPlane, distance_m
from onboard.geolocate.rotation import quaternion_from_euler
from onboard.mavlink.codec import Encoder
from onboard.messages import Envelope
from onboard.outbox import Outbox

ROOT = Path(__file__).resolve().parents[2]
HOME = GeoPoint(latitude_deg=44.85, longitude_deg=65.51)
PLANE = LocalPlane(HOME)
BEGAN_UNIX_S = datetime(2026, 9, 1, 6, 0, tzinfo=UTC).timestamp()
HEIGHT_M = 50.0
PERSON_BGR = (150, 40, 210)
BOOT_S = [10.0 + 0.4 * number for number in range(30)]


def district(folder: Path) -> Path:
    """A closed area 40 m square, whose middle lies 50 m north of the camera."""
    corners = [(-20, 30), (20, 30), (20, 70), (-20, 70), (-20, 30)]
    ring = [PLANE.geo(*corner) for corner in corners]
    shape = [[[each.longitude_deg, each.latitude_deg] for each in ring]]
    area = {
        "type": "Feature",
        "properties": {"id": "closed-1", "kind": "closed_area"},
        "geometry": {"type": "Polygon", "coordinates": shape},
    }
    file = folder / "district.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [area]}))
    return file


def frame_with_person() -> bytes:
    """What a camera at 50 m, 45 degrees down, sees of a person 50 m ahead: in the middle."""
    image = np.full((540, 960, 3), (118, 130, 134), dtype=np.uint8)
    cv2.rectangle(image, (477, 262), (483, 277), PERSON_BGR, -1)
    return cv2.imencode(".jpg", image)[1].tobytes()


def telemetry(boot_s: float) -> bytes:
    encoder, boot_ms = Encoder(system_id=1, component_id=1), round(boot_s * 1000)
    q = quaternion_from_euler(roll_rad=0.0, pitch_rad=-math.pi / 4, yaw_rad=0.0)
    return b"".join(
        (
            encoder.encode(
                "SYSTEM_TIME",
                time_boot_ms=boot_ms,
                time_unix_usec=round((BEGAN_UNIX_S + boot_s) * 1e6),
            ),
            encoder.encode(
                "GLOBAL_POSITION_INT",
                time_boot_ms=boot_ms,
                lat=448_500_000,
                lon=655_100_000,
                alt=179_000,
                relative_alt=50_000,
            ),
            encoder.encode("GIMBAL_DEVICE_ATTITUDE_STATUS", time_boot_ms=boot_ms, q=q, flags=64),
        )
    )


def free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def flight(link_port: int) -> Iterator[str]:
    """A vehicle that tells its pose around each frame that its camera sends."""
    jpeg, pace = frame_with_person(), threading.Event()

    class Camera(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            kind = b"multipart/x-mixed-replace; boundary=frame"
            self.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Type: " + kind + b"\r\n\r\n")
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
                for boot_s in BOOT_S:
                    link.sendto(telemetry(boot_s - 0.1), ("127.0.0.1", link_port))
                    head = f"--frame\r\nContent-Length: {len(jpeg)}\r\nX-Timestamp: {boot_s}\r\n"
                    self.wfile.write(head.encode() + b"\r\n" + jpeg + b"\r\n")
                    link.sendto(telemetry(boot_s + 0.1), ("127.0.0.1", link_port))
                    pace.wait(0.05)
            pace.wait(30.0)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Camera) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"mjpeg+http://127.0.0.1:{server.server_address[1]}/stream"
        pace.set()
        server.shutdown()


def wait_for_events(hub: Any, count: int, process: "subprocess.Popen[str]") -> None:
    settled = threading.Event()
    tries = iter(range(400))
    while (len(hub.accepted) < count or len(hub.pictures) < count) and process.poll() is None:
        next(tries)
        settled.wait(0.05)


def test_a_person_in_a_closed_area_becomes_one_event_with_place_and_picture(
    fake_hub: Any, tmp_path: Path
) -> None:
    port = free_udp_port()
    with flight(port) as stream:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "qyran", "onboard", "--source", stream, "--json"),
                *("--link", f"udpin:127.0.0.1:{port}", "--hub", fake_hub.url),
                *("--district", str(district(tmp_path)), "--outbox", str(tmp_path / "outbox")),
            ],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        wait_for_events(fake_hub, 1, process)
        process.send_signal(signal.SIGTERM)
        told, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    (message,) = fake_hub.accepted
    event = message["body"]
    assert (event["event_kind"], event["zone"]) == ("intrusion", "closed-1")
    place = GeoPoint(
        latitude_deg=event["position"]["latitude_deg"],
        longitude_deg=event["position"]["longitude_deg"],
    )
    assert distance_m(place, PLANE.geo(0.0, 50.0)) < 2.0
    captured = datetime.fromisoformat(event["captured_at"]).timestamp() - BEGAN_UNIX_S
    assert min(abs(captured - boot_s) for boot_s in BOOT_S) < 0.01
    assert fake_hub.pictures[event["picture"]["sha256"]] == frame_with_person()
    (box,) = event["picture"]["boxes"]
    assert box["left_px"] == pytest.approx(477, abs=3)
    assert {each["body"]["kind"] for each in fake_hub.live} == {"tracks", "view", "status"}
    summary = json.loads(told)
    assert summary["frames"]["without_pose"] == 0
    assert len(summary["events"]) == 1


@contextmanager
def silent_server() -> Iterator[tuple[int, threading.Event]]:
    """Takes in connections and never answers; the event says that one has come."""
    came, over = threading.Event(), threading.Event()

    class Silent(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            came.set()
            over.wait(30.0)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Silent) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_address[1], came
        over.set()
        server.shutdown()


def test_sigterm_ends_the_process_soon_although_hub_and_camera_hang(
    tmp_path: Path, make_event: Callable[..., Envelope]
) -> None:
    outbox = Outbox(tmp_path / "outbox")
    outbox.put(make_event(0))
    outbox.close()
    with silent_server() as (hub, came), silent_server() as (camera, _):
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "qyran", "onboard", "--json"),
                *("--source", f"mjpeg+http://127.0.0.1:{camera}/stream"),
                *("--hub", f"http://127.0.0.1:{hub}", "--outbox", str(tmp_path / "outbox")),
            ],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert came.wait(30.0)
        told_s = time.monotonic()
        process.send_signal(signal.SIGTERM)
        told, _ = process.communicate(timeout=20)
        took_s = time.monotonic() - told_s
    assert process.returncode == 0
    assert took_s < 4.0
    assert json.loads(told)["outbox"]["waiting"] == 1
    assert len(Outbox(tmp_path / "outbox").next_batch(10)) == 1


# Tells its own process to end while the heavy parts are being loaded.
ENDED_AT_THE_START = """
import os, signal, sys
import qyran

class Ends:
    def find_spec(self, name, path=None, target=None):
        if name == "onboard.aircraft":
            os.kill(os.getpid(), signal.SIGTERM)

sys.meta_path.insert(0, Ends())
sys.exit(qyran.main(["onboard", *sys.argv[1:]]))
"""


def test_sigterm_during_start_up_ends_with_status_0(tmp_path: Path) -> None:
    arguments = ["--source", "mjpeg+http://127.0.0.1:1/s", "--outbox", str(tmp_path / "outbox")]
    done = subprocess.run(
        [sys.executable, "-c", ENDED_AT_THE_START, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "0 of 0 frames" in done.stdout


def pictures(folder: Path, count: int = 3) -> Path:
    """A folder of still pictures, each with the person in it, and one that is corrupt."""
    folder.mkdir()
    for number in range(count):
        (folder / f"{number}.jpg").write_bytes(frame_with_person())
    (folder / "corrupt.jpg").write_bytes(frame_with_person()[:-50])
    return folder


def fixed_pose(folder: Path) -> Path:
    file = folder / "onboard.toml"
    file.write_text(
        'drone_id = "mast-1"\noutbox = "kept"\n[uplink]\ndrain_s = 0.5\n'
        "[fixed_pose]\nlatitude_deg = 44.85\nlongitude_deg = 65.51\nheight_above_ground_m = 50\n"
        "bearing_rad = 0.0\nelevation_rad = -0.785398\n"
    )
    return file


def test_a_folder_of_pictures_is_told_as_a_sighting_and_ends(
    fake_hub: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, config = pictures(tmp_path / "frames"), fixed_pose(tmp_path)
    arguments = ["--source", str(source), "--config", str(config), "--hub", fake_hub.url, "--json"]
    assert qyran.main(["onboard", *arguments]) == 0
    (message,) = fake_hub.accepted
    assert message["drone_id"] == "mast-1"
    assert message["body"]["event_kind"] == "sighting"
    assert len(fake_hub.pictures) == 1
    summary = json.loads(capsys.readouterr().out)
    assert summary["frames"] == {
        "seen": 4,
        "processed": 3,
        "dropped": 0,
        "corrupt": 1,
        "without_pose": 0,
    }


def test_a_hub_that_never_answers_ends_a_folder_with_one_line_and_status_1(
    fake_hub: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake_hub.stop()
    source, config = pictures(tmp_path / "frames"), fixed_pose(tmp_path)
    arguments = ["--source", str(source), "--config", str(config), "--hub", fake_hub.url]
    assert qyran.main(["onboard", *arguments]) == 1
    told = capsys.readouterr().err.strip().splitlines()
    assert len(told) == 1
    assert f"1 events and 1 pictures are kept in {tmp_path / 'kept'}" in told[0]


def test_a_video_without_a_frame_is_bad_input_that_names_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "empty.avi"
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"MJPG"), 10.0, (96, 54))
    writer.write(np.zeros((54, 96, 3), dtype=np.uint8))
    writer.release()
    whole = file.read_bytes()
    file.write_bytes(whole[: whole.index(b"movi") + 4])
    arguments = ["--source", str(file), "--outbox", str(tmp_path / "outbox")]
    assert qyran.main(["onboard", *arguments]) == 2
    (told,) = capsys.readouterr().err.strip().splitlines()
    assert f"{file}: not one frame can be read" in told


def test_pictures_without_any_pose_end_with_status_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = pictures(tmp_path / "frames")
    arguments = ["--source", str(source), "--outbox", str(tmp_path / "outbox")]
    assert qyran.main(["onboard", *arguments]) == 1
    assert "no frame of 3 had a pose" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "arguments: source: is not given"),
        (["--source", "nowhere"], "source nowhere: no such folder"),
        (["--source", "x", "--config", "none.toml"], "none.toml: no such file"),
        (["--source", "frames", "--model", "none.onnx"], "none.onnx: no such file"),
        (["--source", "frames", "--district", "none.geojson"], "none.geojson: no such file"),
        (["--source", "frames", "--outbox", "/proc/1/outbox"], "outbox /proc/1/outbox"),
        (["--source", "frames", "--hub", "hub:8040"], "hub hub:8040: not http"),
        (["--source", "frames", "--link", "tcp:1"], "link tcp:1: not udpin"),
        (["--source", "frames", "--input-size", "big"], "--input-size big: not WIDTHxHEIGHT"),
        (["--source", "frames", "--rate", "-1"], "arguments: rate_hz"),
        (["--source", "frames", "--config", "wrong.toml"], "wrong.toml: rules.crowd.min_cuont"),
        (["--source", "frames", "--config", "broken.toml"], "broken.toml: not TOML"),
    ],
)
def test_bad_input_is_one_line_that_names_the_place(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    told: str,
) -> None:
    pictures(tmp_path / "frames")
    (tmp_path / "wrong.toml").write_text("[rules.crowd]\nmin_cuont = 3\n")
    (tmp_path / "broken.toml").write_text("drone_id = \n")
    monkeypatch.chdir(tmp_path)
    assert qyran.main(["onboard", *arguments]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert told in lines[0]


def test_the_process_loads_neither_model_runtime_nor_optimiser_before_it_needs_them() -> None:
    program = (
        "import sys, onboard.building, onboard.aircraft;"
        "late = ('onnxruntime', 'scipy.optimize', 'sim', 'ground_station');"
        "print([m for m in late if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=dict(os.environ),
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.shared_data
def test_real_drone_frames_are_placed_near_their_roundabout(
    fake_hub: Any, tmp_path: Path, shared_data: Path
) -> None:
    """AU-AIR frames, a real model: cars stand within 150 m of the roundabout's middle."""
    arguments = [
        *("--source", str(shared_data / "aerial" / "auair"), "--input-size", "1280x736"),
        *("--model", str(shared_data / "models" / "yolox_nano_coco_416.onnx")),
        *("--hub", fake_hub.url, "--outbox", str(tmp_path / "outbox")),
    ]
    assert qyran.main(["onboard", *arguments]) == 0
    roundabout = GeoPoint(latitude_deg=56.2066, longitude_deg=10.1888)
    places = [each["body"]["position"] for each in fake_hub.accepted]
    distances = [
        distance_m(
            roundabout,
            GeoPoint(latitude_deg=each["latitude_deg"], longitude_deg=each["longitude_deg"]),
        )
        for each in places
    ]
    assert len(distances) >= 40
    assert float(np.median(distances)) < 60.0
    assert len(fake_hub.pictures) >= 20
