"""The whole process, while what it lives on fails: each is told at the hub, and passes."""

import itertools
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from benchmarks.loopback_flight import LoopbackFlight, flying
from onboard.recording.verify import verify

ROOT = Path(__file__).resolve().parents[2]
PERSON_BGR = (150, 40, 210)
PATIENCE_S = 60.0


def person(number: int) -> bytes:
    """A person 50 m ahead of a camera at 50 m that looks 45 degrees down, and some noise."""
    image = np.full((540, 960, 3), (118, 130, 134), dtype=np.uint8)
    cv2.rectangle(image, (477, 262), (483, 277), PERSON_BGR, -1)
    image[0, 0] = number % 251
    return cv2.imencode(".jpg", image)[1].tobytes()


PICTURES = [person(40 * number) for number in range(6)]


@contextmanager
def aircraft(
    flight: LoopbackFlight, hub: Any, folder: Path, *arguments: str
) -> Iterator["subprocess.Popen[str]"]:
    with flying(flight) as link:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "qyran", "onboard", *link, "--hub", hub.url),
                *("--outbox", str(folder / "outbox"), "--ground-height-amsl-m", "129"),
                *arguments,
            ],
            text=True,
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)


def until(holds: Callable[[], Any]) -> Any:
    """Wait for what comes to hold, and give it."""
    pause, end_s = threading.Event(), time.monotonic() + PATIENCE_S
    tries = iter(lambda: time.monotonic() < end_s, False)
    found = (holds() or pause.wait(0.05) for _ in tries)
    return next(filter(None, found))


def last_status(hub: Any) -> dict[str, Any]:
    told = [each["body"] for each in hub.live if each["body"]["kind"] == "status"]
    newest: dict[str, Any] = told[-1] if told else {"state": "", "problems": []}
    return newest


def tracked(hub: Any) -> list[tuple[str, int]]:
    """Boot and id of every track that was told of, in order."""
    return [
        (message["boot_id"], track["track_id"])
        for message in hub.live
        if message["body"]["kind"] == "tracks"
        for track in message["body"]["tracks"]
    ]


def well(hub: Any) -> bool:
    return bool(last_status(hub)["state"] == "ok" and last_status(hub)["frames_seen"] > 0)


def show(number: int) -> bytes:
    return PICTURES[number % len(PICTURES)]


def test_every_trouble_is_told_at_the_hub_and_passes(fake_hub: Any, tmp_path: Path) -> None:
    flight = LoopbackFlight(picture=show, rate_hz=8.0, north_m=lambda s: 5.0 * math.sin(s))

    def told(*problems: str) -> Callable[[], bool]:
        return lambda: bool({*problems} & {*last_status(fake_hub)["problems"]})

    with aircraft(flight, fake_hub, tmp_path, "--record", str(tmp_path / "recording")):
        until(lambda: well(fake_hub))
        flight.picture = lambda _: PICTURES[0]
        until(told("camera_frozen"))
        assert last_status(fake_hub)["state"] == "blind"
        flight.picture = lambda number: show(number)[:-40]
        until(told("pictures_corrupt"))
        flight.picture = lambda _: None
        until(told("camera_silent"))
        flight.picture = show
        until(lambda: well(fake_hub))
        flight.telemetry = False
        until(told("telemetry_silent", "no_pose"))
        flight.telemetry = True
        until(lambda: well(fake_hub))
        flight.booted_unix_s += 3_600.0
        until(told("clock_jumped"))
        assert last_status(fake_hub)["state"] == "degraded"
    verdict = verify(tmp_path / "recording")
    assert verdict.faults == ()
    assert sum(each.frames for each in verdict.segments) > 50


def child_of(process: "subprocess.Popen[str]") -> int:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return int(children[0]) if children else 0


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are found in /proc")
def test_a_process_that_is_killed_comes_back_and_goes_on_with_its_tracks(
    fake_hub: Any, tmp_path: Path
) -> None:
    flight = LoopbackFlight(picture=show, rate_hz=8.0)
    with aircraft(flight, fake_hub, tmp_path, "--keep") as keeper:
        (boot, track) = until(lambda: tracked(fake_hub))[-1]
        until(lambda: (tmp_path / "outbox" / "state.json").exists())
        first = child_of(keeper)
        os.kill(first, signal.SIGKILL)
        until(lambda: tracked(fake_hub)[-1][0] != boot)
        assert child_of(keeper) not in (0, first)
        after = [each for each in tracked(fake_hub) if each[0] != boot]
        assert {each[1] for each in after} == {track}
        until(lambda: last_status(fake_hub)["restarts"] == 1)
        assert "ended by SIGKILL" in last_status(fake_hub)["text"]
    assert keeper.returncode == 0


HANGS = """
import sys, threading
import qyran
from onboard.detect.simulated_world import SimulatedWorldDetector

def hang(self, image, *, sight=None):
    threading.Event().wait()

SimulatedWorldDetector.detect = hang
sys.exit(qyran.main(["onboard", *sys.argv[1:]]))
"""


def test_a_detector_that_hangs_is_named_and_ends_the_process(tmp_path: Path) -> None:
    config = tmp_path / "onboard.toml"
    config.write_text("watchdog_s = 1.0\nground_height_amsl_m = 129.0\n")
    flight = LoopbackFlight(picture=show, rate_hz=8.0)
    with flying(flight) as link:
        arguments = [*link, "--config", str(config), "--outbox", str(tmp_path / "outbox")]
        done = subprocess.run(
            [sys.executable, "-c", HANGS, *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            cwd=ROOT,
        )
    assert done.returncode == 70
    assert "stuck in detect for" in done.stderr


@pytest.mark.shared_data
def test_a_model_that_is_cut_short_is_told_and_taken_once_it_is_whole(
    fake_hub: Any, tmp_path: Path, shared_data: Path
) -> None:
    whole = (shared_data / "models" / "yolox_nano_coco_416.onnx").read_bytes()
    model = tmp_path / "model.onnx"
    model.write_bytes(whole[: len(whole) // 2])
    flight = LoopbackFlight(picture=show, rate_hz=4.0)
    with aircraft(flight, fake_hub, tmp_path, "--model", str(model)):
        until(lambda: "no_model" in last_status(fake_hub)["problems"])
        assert last_status(fake_hub)["state"] == "blind"
        model.with_suffix(".new").write_bytes(whole)
        model.with_suffix(".new").rename(model)
        until(lambda: well(fake_hub))
        assert last_status(fake_hub)["detector"] != "none"


SLOW = HANGS.replace(
    "threading.Event().wait()", "threading.Event().wait(0.5); return plain(self, image)"
)
SLOW = SLOW.replace("def hang", "plain = SimulatedWorldDetector.detect\n\ndef hang")


def test_a_detector_slower_than_the_camera_drops_frames_and_does_not_grow(
    fake_hub: Any, tmp_path: Path
) -> None:
    numbers = itertools.count()
    grey = np.random.default_rng(1).integers(0, 255, (540, 960), dtype=np.uint8)
    noise = np.repeat(grey[..., None], 3, axis=2)
    large = cv2.imencode(".jpg", noise, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
    flight = LoopbackFlight(picture=lambda _: large + bytes([next(numbers) % 251]), rate_hz=25.0)
    with flying(flight) as link:
        process = subprocess.Popen(
            [
                *(sys.executable, "-c", SLOW, *link, "--hub", fake_hub.url),
                *("--outbox", str(tmp_path / "outbox"), "--ground-height-amsl-m", "129"),
            ],
            cwd=ROOT,
        )
        until(lambda: last_status(fake_hub).get("frames_dropped", 0) > 60)
        before = last_status(fake_hub)
        until(lambda: last_status(fake_hub)["frames_dropped"] > before["frames_dropped"] + 150)
        after = last_status(fake_hub)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
    assert 0.0 < before["memory_mb"] < 400.0
    assert after["memory_mb"] < before["memory_mb"] + 20.0
