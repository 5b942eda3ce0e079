"""What a whole aircraft's process takes: memory, CPU beside detection, and how soon it is back."""

import argparse
import os
import signal
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from benchmarks.evaluation_data import evaluation_data
from benchmarks.hub_ingest import hub_process
from benchmarks.loopback_flight import LoopbackFlight
from benchmarks.machine import Machine
from benchmarks.onboard_films import crowded_frames, drawn_frames, real_frames, shown
from benchmarks.onboard_process import Used, process, state, used
from benchmarks.report import Report, Row, Table, run, told
from missions.errors import Failed
from onboard.detect.simulated_world import SimulatedWorldDetector
from sim.district.files import write_district

GOAL_RSS_MB, GOAL_CPU_MS, GOAL_RESTART_S = 400, 5.0, 2.0
SEED = 7
RATE_HZ, OVERLOAD_HZ = 5.0, 25.0
FRAMES = 10
FEW, MANY = 10, 100
# Of the thread that takes frames; keep_state is within tell_state.
OF_MAIN_THREAD = (
    "wait_for_frame",
    "pose",
    "place",
    "track",
    "calibrate",
    "judge",
    "report",
    "record",
    "tell_state",
)
PATIENCE_S = 60.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments beside --json."""
    parser.add_argument("--seconds", type=float, default=40.0, help="of each; default %(default)s")
    parser.add_argument("--kills", type=int, default=5, help="default %(default)s, 0 for none")


def measure(arguments: argparse.Namespace) -> Report:
    """Each in a process of its own, with a camera, a vehicle and a hub on loopback."""
    machine = Machine.now()
    with TemporaryDirectory(prefix="qyran-benchmark-") as name:
        folder = Path(name)
        found = {
            f"{FEW} objects": _simulated(folder / "a", arguments.seconds, FEW),
            f"{MANY} objects": _simulated(folder / "b", arguments.seconds, MANY),
        }
        notes = []
        try:
            for name, at, rate_hz in (
                ("YOLOX-nano", "c", RATE_HZ),
                ("the same, camera too fast", "d", OVERLOAD_HZ),
            ):
                found[name] = _real(folder / at, arguments.seconds, rate_hz, name)
        except Failed as missing:
            notes.append(f"Not measured with a real detector: {missing}")
        told("killing it")
        back_s = _back_s(folder / "e", arguments.kills) if arguments.kills else ()
    return Report(
        name="onboard_resources",
        machine=machine,
        tables=[
            Table(title="A process", rows=[_row(*each) for each in found.items()]),
            Table(title="Where it goes, CPU ms a frame", rows=_stages(found)),
            *([_restarts(back_s)] if back_s else []),
        ],
        notes=[
            *notes,
            f"Goals: {GOAL_RSS_MB} MB and {GOAL_CPU_MS:g} CPU-ms a frame. RSS is the peak of the "
            "whole process, its libraries and model included (MB of 10^6 bytes). CPU beside "
            "detection and motion: all threads of the process, decoding, the camera's stream, "
            "telemetry, tracking, rules, outbox, hub and recording included, less the process's "
            "CPU while it detects and estimates the camera's motion from the picture.",
            f"{FEW} and {MANY} objects: people and cars of the simulated world's colours in "
            "960x540, in the demo's district with all its zones, recording. The others are "
            "1280x720, recording, and tell of whatever is new.",
            "By stage: CPU of the thread that takes frames, over the whole run. Reading is waiting "
            "for a picture and decoding it. Other threads are the camera's stream, telemetry, the "
            "recorder and the uplinks; their work for frames that are dropped is counted too.",
            "Frames that come too fast are dropped before they are decoded, and counted.",
            "Back: from the kill to the hub hearing the next process's state (wall time).",
        ],
    )


def _restarts(back_s: Sequence[float]) -> Table:
    return Table(
        title="Killed with SIGKILL under --keep",
        rows=[
            {
                "kills": len(back_s),
                "goal s": GOAL_RESTART_S,
                "median s": statistics.median(back_s),
                "most s": max(back_s),
            }
        ],
    )


def _simulated(folder: Path, for_s: float, count: int) -> Used:
    told(f"{count} objects of the simulated world")
    frames = crowded_frames(count, 960, 540)
    write_district(folder / "district", SEED)
    flight = LoopbackFlight(
        # No two pictures are the same bytes.
        picture=lambda number: frames[number % len(frames)] + number.to_bytes(4, "big"),
        rate_hz=RATE_HZ,
    )
    arguments = ("--district", str(folder / "district" / "district.geojson"))
    recording = ("--record", str(folder / "recording"))
    return used(flight, folder, *arguments, *recording, warm_s=5.0, for_s=for_s, sightings=False)


def _real(folder: Path, for_s: float, rate_hz: float, name: str) -> Used:
    told(f"{name}, {rate_hz:g} Hz")
    model = evaluation_data("data", "models", "yolox_nano_coco_416.onnx")
    frames = real_frames(FRAMES, 1280)
    flight = LoopbackFlight(picture=shown(frames, rate_hz), rate_hz=rate_hz)
    arguments = ("--model", str(model), "--record", str(folder / "recording"))
    return used(flight, folder, *arguments, warm_s=5.0, for_s=for_s)


def _row(name: str, found: Used) -> Row:
    return {
        "process": name,
        "frames": found.frames,
        "dropped": found.summary["frames"]["dropped"],
        "detections a frame": _a_frame(found, found.summary["detections"]),
        "peak RSS, MB": found.peak_rss_mb,
        "CPU ms a frame": _whole_ms(found),
        "beside detection and motion": _whole_ms(found) - _seeing_ms(found),
        "and decoding": _whole_ms(found) - _seeing_ms(found) - _stage_ms(found, "wait_for_frame"),
    }


def _stages(found: Mapping[str, Used]) -> list[Row]:
    rows: list[Row] = [
        {"stage": "reading" if stage == OF_MAIN_THREAD[0] else stage}
        | {name: _stage_ms(each, stage) for name, each in found.items()}
        for stage in OF_MAIN_THREAD
    ]
    return [*rows, {"stage": "other threads"} | {n: _others_ms(each) for n, each in found.items()}]


def _whole_ms(found: Used) -> float:
    return 1e3 * found.cpu_s / max(1, found.frames)


def _seeing_ms(found: Used) -> float:
    # A network works in threads of its own; what others do meanwhile is then counted with it.
    alone = found.summary["detector"] == SimulatedWorldDetector.name
    by_stage = found.summary["stage_cpu_ms" if alone else "stage_all_cpu_ms"]
    return float(by_stage.get("detect", 0.0)) + _stage_ms(found, "motion")


def _stage_ms(found: Used, stage: str) -> float:
    """CPU of the thread that takes frames, a frame: some stages are not worked at in each."""
    mean_ms = found.summary["stage_cpu_ms"].get(stage, 0.0)
    return _a_frame(found, mean_ms * found.summary["stage_times"].get(stage, 0))


def _others_ms(found: Used) -> float:
    of_main_ms = sum(_stage_ms(found, stage) for stage in OF_MAIN_THREAD)
    return _whole_ms(found) - _seeing_ms(found) - of_main_ms


def _a_frame(found: Used, total: float) -> float:
    return total / max(1, int(found.summary["frames"]["processed"]))


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
