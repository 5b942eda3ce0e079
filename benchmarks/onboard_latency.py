"""From the capture of a picture to its event at the hub, with a real detector on real frames."""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.cpu import percentile
from benchmarks.evaluation_data import evaluation_data
from benchmarks.loopback_flight import LoopbackFlight, level
from benchmarks.machine import Machine
from benchmarks.onboard_films import real_frames, shown
from benchmarks.onboard_process import Used, used
from benchmarks.report import Report, Row, Table, run
from missions.errors import Failed

GOAL_S, GOAL_AFTER_DETECTION_S = 0.5, 0.1
AFTER_DETECTION = ("place", "motion", "track", "judge", "report", "outbox_to_hub")
BEFORE = ("decode", "pose", "detect")
FRAMES, WIDTH_PX = 12, 1280
# About as AU-AIR's oblique frames were taken.
HEIGHT_M, PITCH_RAD = 20.0, -0.6


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments beside --json."""
    parser.add_argument("--seconds", type=float, default=60.0, help="default %(default)s")
    parser.add_argument("--rate", type=float, default=4.0, help="pictures a second")


def measure(arguments: argparse.Namespace) -> Report:
    """One aircraft's process, one hub's, loopback between them."""
    machine = Machine.now()
    model = evaluation_data("data", "models", "yolox_nano_coco_416.onnx")
    frames = real_frames(FRAMES, WIDTH_PX)
    flight = LoopbackFlight(
        picture=shown(frames, arguments.rate),
        rate_hz=arguments.rate,
        height_m=HEIGHT_M,
        q_ned_from_gimbal=level(PITCH_RAD),
    )
    with TemporaryDirectory(prefix="qyran-benchmark-") as name:
        found = used(
            flight,
            Path(name),
            *("--model", str(model)),
            warm_s=5.0,
            for_s=arguments.seconds,
        )
    if not found.to_hub_s:
        raise Failed("not one event arrived")
    return Report(
        name="onboard_latency",
        machine=machine,
        tables=[
            Table(title="From end to end", rows=_whole(found)),
            Table(title="By stage", rows=_stages(found)),
        ],
        notes=[
            f"{found.frames} frames of {WIDTH_PX} px taken at {arguments.rate:g} Hz, YOLOX-nano at "
            "the default budget; events where the picture changes (sightings, which have no "
            "dwell). Capture is when the camera gives the picture to its stream, by the vehicle's "
            "clock; arrival is by the hub's, which is the same one here.",
            "After detection: the sum of the stages' 95 %, which is more than the 95 % of the sum. "
            "outbox_to_hub is from the event on the disk to the hub's answer, its commit included.",
            "Wall time: it grows with the machine's other load. CPU: all of the process's threads "
            "while the stage goes on, two of them in detect.",
        ],
    )


def _whole(found: Used) -> list[Row]:
    p95_ms = found.summary["stage_p95_ms"]
    after_ms = sum(p95_ms.get(stage, 0.0) for stage in AFTER_DETECTION)
    return [
        {
            "from": "capture to the event at the hub",
            "goal, 95 % ms": 1e3 * GOAL_S,
            "median ms": 1e3 * percentile(found.to_hub_s, 50),
            "95 % ms": 1e3 * percentile(found.to_hub_s, 95),
            "events": len(found.to_hub_s),
        },
        {
            "from": "detection to the hub's answer",
            "goal, 95 % ms": 1e3 * GOAL_AFTER_DETECTION_S,
            "median ms": None,
            "95 % ms": after_ms,
            "events": len(found.to_hub_s),
        },
    ]


def _stages(found: Used) -> list[Row]:
    summary = found.summary
    return [
        {
            "stage": stage,
            "mean ms": summary["stage_ms"].get(stage),
            "95 % ms": summary["stage_p95_ms"].get(stage),
            "mean CPU ms": summary["stage_all_cpu_ms"].get(stage),
        }
        for stage in (*BEFORE, *AFTER_DETECTION)
    ]


if __name__ == "__main__":
    sys.exit(run("onboard_latency", __doc__, add_arguments, measure))
