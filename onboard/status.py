"""What an aircraft's process tells of itself: to the hub once a second, and to its log."""

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onboard.building import Parts
from onboard.messages import CalibrationReport, StatusReport
from onboard.tally import Tally
from onboard.watch.camera import CameraWatch
from onboard.watch.clock import ClockWatch
from onboard.watch.late_detector import LateDetector
from onboard.watch.memory import resident_mb
from onboard.watch.problems import Problem, state_of, words_of

MISSED_IN_A_ROW = 3
RESTART_TOLD_S = 60.0
LOG_EVERY_S = 60.0


@dataclass(slots=True, kw_only=True)
class Watched:
    """What watches over the process, and how it began (`since_s`, monotonic)."""

    camera: CameraWatch
    clock: ClockWatch
    restarts: int
    restarted_after: str
    state_refused: str
    since_s: float


def status_report(parts: Parts, tally: Tally, watched: Watched, now_s: float) -> StatusReport:
    """How the process fares now."""
    counts, outbox = parts.source.counts, parts.outbox
    problems = _problems(parts, tally, watched, now_s)
    return StatusReport(
        source=parts.source.facts.name,
        detector=parts.detector.name,
        frames_seen=counts.seen,
        frames_dropped=counts.dropped + tally.over_rate,
        frames_corrupt=counts.corrupt,
        frames_frozen=watched.camera.frozen,
        frames_without_pose=tally.without_pose,
        outbox_waiting=outbox.waiting,
        outbox_refused=outbox.counts.refused,
        outbox_dropped=outbox.dropped,
        pictures_waiting=outbox.pictures_waiting,
        stage_ms=parts.stages.late_ms(),
        stage_p95_ms=parts.stages.late_p95_ms(),
        state=state_of(problems),
        problems=tuple(each.name for each in problems),
        text=words_of(problems),
        restarts=watched.restarts,
        memory_mb=round(resident_mb(), 1),
        link_bytes_s=0.0 if parts.uplink is None else round(parts.uplink.rate.bytes_s),
        recording="" if parts.recorder is None else parts.recorder.words,
        calibration=parts.pipeline.calibration_words,
        calibrated=calibration_report(parts.pipeline.calibration_told),
    )


def calibration_report(told: Mapping[str, Any] | None) -> CalibrationReport | None:
    """What `LiveCalibration.told` says, as the hub is told of it; None until anything taught."""
    if told is None or not told["sightings_believed"]:
        return None
    sigma = {name: float(error["sigma"]) for name, error in told["errors"].items()}
    return CalibrationReport(
        heading_sigma_rad=sigma["yaw_rad"],
        pitch_sigma_rad=sigma["pitch_rad"],
        position_sigma_m=math.hypot(sigma["east_m"], sigma["north_m"]) / math.sqrt(2.0),
        anchors=told["anchors"],
        landmarks=told["landmarks"],
    )


def _problems(parts: Parts, tally: Tally, watched: Watched, now_s: float) -> list[Problem]:
    """The camera first, then what follows from it."""
    found: list[Problem] = []
    if not parts.source.facts.plays_once:
        counts = parts.source.counts
        found += watched.camera.problems(counts.problem, counts.seen, now_s)
    if isinstance(parts.detector, LateDetector):
        found += parts.detector.problems()
    found += _link_problems(parts)
    if parts.posing.problem():
        found.append(Problem("telemetry_silent", parts.posing.problem()))
    if tally.without_pose_in_a_row >= MISSED_IN_A_ROW:
        found.append(Problem("no_pose", f"frames cannot be placed: {tally.why_no_pose}"))
    found += watched.clock.problems(now_s)
    return found + _process_problems(parts, watched, now_s)


def _link_problems(parts: Parts) -> list[Problem]:
    found, outbox = [], parts.outbox
    if outbox.counts.disk_error:
        held = f"{outbox.held_in_memory} held in memory only"
        found.append(Problem("outbox_disk", f"outbox: {outbox.counts.disk_error}; {held}"))
    if parts.uplink is not None and parts.uplink.problem:
        found.append(Problem("hub_unreachable", parts.uplink.problem))
    if parts.recorder is not None and parts.recorder.counts.problem:
        found.append(Problem("recording", parts.recorder.counts.problem))
    return found


def _process_problems(parts: Parts, watched: Watched, now_s: float) -> list[Problem]:
    if now_s - watched.since_s > RESTART_TOLD_S:
        return []
    found = []
    if watched.restarted_after:
        found.append(Problem("restarted", f"started again: {watched.restarted_after}"))
    if watched.state_refused:
        words = f"tracks of before are not gone on with: {watched.state_refused}"
        found.append(Problem("state_refused", words))
    return found


class StateLog:
    """A line on stderr when the state changes, and once a minute."""

    def __init__(self) -> None:
        self._problems: tuple[str, ...] | None = None
        self._next_s = 0.0

    def tell(self, status: StatusReport, now_s: float) -> None:
        """Log what is worth it."""
        if status.problems == self._problems and now_s < self._next_s:
            return
        self._problems, self._next_s = status.problems, now_s + LOG_EVERY_S
        stages = " ".join(f"{name}={ms:g}" for name, ms in status.stage_p95_ms.items())
        print(
            f"qyran onboard: {status.state}{': ' if status.text else ''}{status.text}; "
            f"{status.frames_seen} frames, {status.frames_dropped} dropped, "
            f"{status.outbox_waiting} events waiting, {status.memory_mb:g} MB, "
            f"calibrated: {status.calibration or 'not yet'}, "
            f"95 % of late in ms: {stages}",
            file=sys.stderr,
            flush=True,
        )
