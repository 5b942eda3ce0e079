"""What a whole aircraft's process takes: memory, CPU beside detection, and how soon it is back."""

import argparse
import os
import signal
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from benchmarks.evaluation_data import evaluation_data
from benchmarks.hub_ingest import hub_process
from benchmarks.loopback_flight import LoopbackFlight
from benchmarks.machine import Machine
from benchmarks.onboard_films import drawn_frames, real_frames, shown
from benchmarks.onboard_process import Used, process, state, used
from benchmarks.report import Report, Row, Table, run, told
from missions.errors import Failed

GOAL_RSS_MB, GOAL_CPU_MS, GOAL_RESTART_S = 400, 5.0, 2.0
RATE_HZ, OVERLOAD_HZ = 5.0, 25.0
FRAMES = 10
PATIENCE_S = 60.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments beside --json."""
    parser.add_argument("--seconds", type=float, default=40.0, help="of each; default %(default)s")
    parser.add_argument("--kills", type=int, default=5, help="default %(default)s")


def measure(arguments: argparse.Namespace) -> Report:
    """Each in a process of its own, with a camera, a vehicle and a hub on loopback."""
    machine = Machine.now()
    with TemporaryDirectory(prefix="qyran-benchmark-") as name:
        folder = Path(name)
        rows = [_simulated(folder / "a", arguments.seconds)]
        notes = []
        try:
            rows += [
                _real(folder / "b", arguments.seconds, RATE_HZ, "YOLOX-nano, recording"),
                _real(folder / "c", arguments.seconds, OVERLOAD_HZ, "the same, camera too fast"),
            ]
        except Failed as missing:
            notes.append(f"Not measured with a real detector: {missing}")
        told("killing it")
        back_s = _back_s(folder / "d", arguments.kills)
    return Report(
        name="onboard_resources",
        machine=machine,
        tables=[
            Table(title="A process", rows=rows),
            Table(
                title="Killed with SIGKILL under --keep",
                rows=[
                    {
                        "kills": len(back_s),
                        "goal s": GOAL_RESTART_S,
                        "median s": statistics.median(back_s),
                        "most s": max(back_s),
                    }
                ],
            ),
        ],
        notes=[
            *notes,
            f"Goals: {GOAL_RSS_MB} MB and {GOAL_CPU_MS:g} CPU-ms a frame. RSS is the peak of the "
            "whole process, its libraries and model included (MB of 10^6 bytes). CPU beside "
            "detection: all threads of the process, decoding, the camera's stream, telemetry, "
            "tracking, rules, outbox, hub and recording included, less the process's CPU while it "
            "detects.",
            "Frames that come too fast are dropped before they are decoded, and counted.",
            "Back: from the kill to the hub hearing the next process's state (wall time).",
        ],
    )


def _simulated(folder: Path, for_s: float) -> Row:
    told("the simulated world's detector")
    frames = drawn_frames(FRAMES, 960, 540)
    flight = LoopbackFlight(picture=shown(frames, RATE_HZ), rate_hz=RATE_HZ)
    return _row("simulated world, 960x540", used(flight, folder, warm_s=5.0, for_s=for_s))


def _real(folder: Path, for_s: float, rate_hz: float, name: str) -> Row:
    told(f"{name}, {rate_hz:g} Hz")
    model = evaluation_data("data", "models", "yolox_nano_coco_416.onnx")
    frames = real_frames(FRAMES, 1280)
    flight = LoopbackFlight(picture=shown(frames, rate_hz), rate_hz=rate_hz)
    arguments = ("--model", str(model), "--record", str(folder / "recording"))
    return _row(f"{name}, 1280x720", used(flight, folder, *arguments, warm_s=5.0, for_s=for_s))


def _row(name: str, found: Used) -> Row:
    summary = found.summary
    whole_ms = 1e3 * found.cpu_s / max(1, found.frames)
    detect_ms = summary["stage_all_cpu_ms"].get("detect", 0.0)
    # Pictures are decoded while one is waited for.
    decode_ms = summary["stage_cpu_ms"].get("wait_for_frame", 0.0)
    return {
        "process": name,
        "frames": found.frames,
        "dropped": summary["frames"]["dropped"],
        "peak RSS, MB": found.peak_rss_mb,
        "CPU ms a frame": whole_ms,
        "detection": detect_ms,
        "beside detection": whole_ms - detect_ms,
        "of that decoding": decode_ms,
    }


def _back_s(folder: Path, kills: int) -> Sequence[float]:
    """For each kill, how long the hub heard nothing of a new process."""
    data = folder / "hub"
    data.mkdir(parents=True)
    frames = drawn_frames(FRAMES, 960, 540)
    flight = LoopbackFlight(picture=shown(frames, RATE_HZ), rate_hz=RATE_HZ)
    with (
        hub_process(data) as (_, url),
        process(flight, folder, url, "--keep") as keeper,
        httpx.Client(base_url=f"{url}/api/v1") as hub,
    ):
        back_s = []
        _wait(hub, restarts=0)
        for number in range(kills):
            time.sleep(2.0)
            killed_s = time.monotonic()
            os.kill(_child(keeper.pid), signal.SIGKILL)
            _wait(hub, restarts=number + 1)
            back_s.append(time.monotonic() - killed_s)
        keeper.send_signal(signal.SIGTERM)
        keeper.wait()
    return back_s


def _wait(hub: httpx.Client, *, restarts: int) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while state(hub).get("restarts") != restarts:
        if time.monotonic() > end_s:
            raise Failed(f"the process was not back within {PATIENCE_S:g} s")
        time.sleep(0.01)


def _child(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return int(children[0])


if __name__ == "__main__":
    sys.exit(run("onboard_resources", __doc__, add_arguments, measure))
