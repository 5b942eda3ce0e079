"""Counting: herds, flocks and crowds flown over once and twice, and recorded scenes re-filmed."""

import argparse
import sys
import time
from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.counting_scenes import RATE_HZ, SORTS, Scene, gathering, refilmed
from benchmarks.evaluation_data import evaluation_data
from benchmarks.machine import Machine
from benchmarks.onboard_tracking import detections_of, posed
from benchmarks.report import Report, Row, Table, run, told
from benchmarks.tracking_film import read_recording
from benchmarks.tracking_scores import SAME_IOU, overlaps
from missions.errors import Failed
from onboard.count import Count, Counter
from onboard.track import Tracker
from onboard.track.kinds import KIND
from onboard.track.replay.following import follow
from onboard.track.replay.results import Followed

GOAL_INTERVAL = "85-95"
# Recordings, from when, for how long.
RECORDED = (
    ("hyang_video12", 0.0, 60.0),
    ("hyang_video12", 90.0, 60.0),
    ("hyang_video12", 180.0, 60.0),
    ("nexus_video4", 0.0, 35.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one scene."""

    truth: int
    count: int
    low: int
    high: int
    names: int
    doubled: int
    cpu_s: float

    @property
    def held(self) -> bool:
        """Whether the interval holds the truth."""
        return self.low <= self.truth <= self.high


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments beside --json."""
    parser.add_argument("--scenes", type=int, default=10, help="of each sort; default %(default)s")
    parser.add_argument("--seed", type=int, default=3001, help="default %(default)s")


def measure(arguments: argparse.Namespace) -> Report:
    """Film, follow and count every scene."""
    machine = Machine.now()
    outcomes: dict[tuple[str, int], list[Outcome]] = {}
    for scene in _scenes(arguments):
        told(f"{scene.name}, {scene.passes} passes, {dict(scene.truth)}")
        outcomes.setdefault((scene.name, scene.passes), []).extend(_outcomes(scene))
    return Report(
        name="onboard_counting",
        machine=machine,
        tables=[Table(rows=_rows(outcomes))],
        notes=_notes(arguments),
    )


def _scenes(arguments: argparse.Namespace) -> Iterator[Scene]:
    for name, sort in SORTS.items():
        for passes in (1, 2):
            for seed in range(arguments.seed, arguments.seed + arguments.scenes):
                yield gathering(sort, name=name, seed=seed, passes=passes)
    try:
        folder = evaluation_data("data", "tracks")
    except Failed as missing:
        told(f"without re-filmed scenes: {missing}")
        return
    for name, from_s, lasts_s in RECORDED:
        recording = read_recording(folder / f"{name}.txt.gz")
        for seed in range(arguments.seed, arguments.seed + max(1, arguments.scenes // 6)):
            yield refilmed(recording, seed=seed, from_s=from_s, lasts_s=lasts_s)


def _outcomes(scene: Scene) -> list[Outcome]:
    frames = list(follow(detections_of(scene.shots), posed(scene.shots), Tracker(), fps=RATE_HZ))
    counter = Counter()
    began_s = time.process_time()
    for frame in frames:
        counter.observe(frame.t_s, frame.tracks, frame.view_en)
    counts = {KIND[each.object_class].name: each for each in counter.counted().kinds}
    cpu_s = time.process_time() - began_s
    doubled = _doubled(scene, frames, counter)
    return [
        _outcome(truth, counts.get(kind), doubled, cpu_s / len(frames))
        for kind, truth in scene.truth.items()
    ]


def _outcome(truth: int, count: Count | None, doubled: int, cpu_s: float) -> Outcome:
    estimate = None if count is None else count.estimate
    return Outcome(
        truth=truth,
        count=0 if estimate is None else estimate.count,
        low=0 if estimate is None else estimate.low,
        high=0 if estimate is None else estimate.high,
        names=0 if count is None else count.tracks,
        doubled=doubled,
        cpu_s=cpu_s,
    )


def _doubled(scene: Scene, frames: Sequence[Followed], counter: Counter) -> int:
    """How many more objects the likeliest whole has than there are true ones behind its tracks."""
    truths: dict[int, Tally[int]] = defaultdict(Tally)
    for shot, frame in zip(scene.shots, frames, strict=True):
        seen = [track for track in frame.tracks if track.box is not None]
        iou = overlaps(shot.truth_boxes, np.array([track.box for track in seen]).reshape(-1, 4))
        for row, column in zip(*np.nonzero(iou >= SAME_IOU), strict=True):
            truths[seen[column].track_id][int(shot.truth_ids[row])] += 1
    behind = {name: each.most_common(1)[0][0] for name, each in truths.items()}
    told_of = sum(any(name in behind for name in names) for names in counter.objects())
    return max(0, told_of - len(set(behind.values())))


def _rows(outcomes: Mapping[tuple[str, int], Sequence[Outcome]]) -> list[Row]:
    goal: Row = {
        "scenes": "goal",
        "passes": None,
        "counts": None,
        "truth": None,
        "tracks": None,
        "counted": None,
        "median error, %": None,
        "in the 90 % interval, %": GOAL_INTERVAL,
        "its width, %": None,
        "counted twice, %": 0,
        "CPU ms a frame": None,
    }
    measured = [_row(name, passes, each) for (name, passes), each in outcomes.items()]
    together = [one for each in outcomes.values() for one in each]
    return [goal, *measured, _row("all", 0, together)]


def _row(name: str, passes: int, outcomes: Sequence[Outcome]) -> Row:
    truth = np.array([each.truth for each in outcomes])
    error = np.array([abs(each.count - each.truth) for each in outcomes]) / truth
    width = np.array([each.high - each.low for each in outcomes]) / truth
    return {
        "scenes": name,
        "passes": passes or None,
        "counts": len(outcomes),
        "truth": int(truth.sum()),
        "tracks": sum(each.names for each in outcomes),
        "counted": sum(each.count for each in outcomes),
        "median error, %": 100.0 * float(np.median(error)),
        "in the 90 % interval, %": round(100.0 * float(np.mean([o.held for o in outcomes]))),
        "its width, %": 100.0 * float(np.median(width)),
        "counted twice, %": 100.0 * sum(each.doubled for each in outcomes) / int(truth.sum()),
        "CPU ms a frame": 1000.0 * float(np.mean([each.cpu_s for each in outcomes])),
    }


def _notes(arguments: argparse.Namespace) -> list[str]:
    return [
        f"{arguments.scenes} scenes of each sort (seeds from {arguments.seed}), filmed at "
        f"{RATE_HZ:g} Hz from 40 m with the tracking benchmark's detector and telemetry errors; "
        "of two boxes that overlap by half the detector tells one.",
        "Animals graze and drift together; 0 to 20 % of each sort's objects, a share that differs "
        "from scene to scene and that the count is not told, are not found in a whole pass. "
        "Between two passes lie 75 to 150 s.",
        "Re-filmed: Stanford Drone scenes with their own walkers, riders and cars, a count a kind; "
        "truth is who was in the picture for a second.",
        "'tracks' is what counting names would say; 'counted twice' how many more objects the "
        "likeliest whole has than there are behind its tracks. Widths are shares of the truth.",
        "The model's constants were chosen on scenes 1 to 14, 201 to 216, 301 to 307 and 1001 to "
        "2004.",
    ]


if __name__ == "__main__":
    sys.exit(run("onboard_counting", __doc__ or "", add_arguments, measure))
