"""Herds and crowds that walk, and two passes of a camera over them, with the truth of both.

What is counted wrong is mostly what these do on purpose: animals drift and graze between the
passes, some are not found in a whole pass however many frames show them, close neighbours merge
into one box, and adjacent lanes show the same animal twice.
"""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from benchmarks.tracking_film import (
    RECORDED_HZ,
    Array,
    Camera,
    Noise,
    Recording,
    Shot,
    film,
)
from benchmarks.tracking_scores import overlaps
from onboard.messages import ObjectClass
from onboard.track.kinds import KIND

RATE_HZ = 5.0
UP_M, SPEED_M_S, LANE_M, MARGIN_M = 40.0, 7.0, 34.0, 25.0
MERGING_IOU = 0.5
STEP = round(RECORDED_HZ / RATE_HZ)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """How one sort of gathering is: sides of a box and spacing in metres, speeds in m/s."""

    object_class: str
    sides_m: tuple[float, float]
    spacing_m: float
    graze_m_s: float
    drift_m_s: float
    fewest: int
    most: int


HERD = Sort(
    object_class="cattle",
    sides_m=(1.2, 2.2),
    spacing_m=3.5,
    graze_m_s=0.12,
    drift_m_s=0.15,
    fewest=8,
    most=140,
)
FLOCK = replace(HERD, object_class="sheep", sides_m=(0.6, 1.2), spacing_m=1.6, fewest=30, most=250)
CROWD = Sort(
    object_class="person",
    sides_m=(0.5, 0.8),
    spacing_m=1.1,
    graze_m_s=0.03,
    drift_m_s=0.0,
    fewest=20,
    most=200,
)
SORTS = {"cattle": HERD, "sheep": FLOCK, "crowd": CROWD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a flight has filmed, how many there were by kind, and how often it flew over."""

    name: str
    truth: Mapping[str, int]
    passes: int
    shots: tuple[Shot, ...]


def gathering(sort: Sort, *, name: str, seed: int, passes: int) -> Scene:
    """A gathering that lanes cover once or twice, minutes apart."""
    rng = np.random.default_rng(seed)
    count = int(np.exp(rng.uniform(math.log(sort.fewest), math.log(sort.most))))
    half_m = max(6.0, 0.5 * sort.spacing_m * math.sqrt(count) * rng.uniform(1.0, 1.5))
    start = rng.uniform(-half_m, half_m, (count, 2))
    lanes = Lanes(half_m=half_m + sort.spacing_m, away_s=rng.uniform(75.0, 150.0))
    length_s = lanes.pass_s * passes + lanes.away_s * (passes - 1)
    recording = _wandering(sort, start, length_s, rng)
    missed = rng.random((count, 2)) < rng.uniform(0.0, 0.2)
    shown = _without(recording, missed, lanes)
    noise = Noise(false_class=sort.object_class, false_a_frame=0.3, wrong_class=0.01)
    shots = film(
        shown, seed=seed, rate_hz=RATE_HZ, longest_s=length_s, noise=noise, flight=lanes.flight
    )
    return Scene(
        name=name,
        truth={KIND[ObjectClass(sort.object_class)].name: count},
        passes=passes,
        shots=tuple(map(merged, shots)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanes:
    """Parallel lanes over a square of twice `half_m`; then `away_s`, and all of them once more."""

    half_m: float
    away_s: float

    @property
    def lanes(self) -> int:
        """How many cover the square."""
        return max(1, math.ceil(2.0 * self.half_m / LANE_M))

    @property
    def lane_s(self) -> float:
        """How long one takes."""
        return 2.0 * (self.half_m + MARGIN_M) / SPEED_M_S

    @property
    def pass_s(self) -> float:
        """How long all of them take."""
        return self.lanes * self.lane_s

    def which(self, t_s: float) -> int:
        """The pass, 0 or 1, that a time belongs to."""
        return int(t_s >= self.pass_s + self.away_s / 2.0)

    def flight(self, t_s: float, shake: Array) -> Camera:
        """Looking nearly straight down along the lane; far off between the passes."""
        within_s = t_s - self.which(t_s) * (self.pass_s + self.away_s)
        lane = min(self.lanes - 1, max(0, int(within_s / self.lane_s)))
        along = SPEED_M_S * (within_s - lane * self.lane_s) - self.half_m - MARGIN_M
        east = along if lane % 2 == 0 else -along
        north = LANE_M * (lane - (self.lanes - 1) / 2.0)
        if not 0.0 <= within_s <= self.pass_s:
            north += 1e4
        heading = math.pi / 2.0 if lane % 2 == 0 else -math.pi / 2.0
        turn = np.array([heading, math.radians(-85.0), 0.0]) + shake
        # The picture's long side lies across the lane.
        return Camera(place_m=np.array([east, north, UP_M]), turn_rad=turn)


def _wandering(sort: Sort, start: Array, length_s: float, rng: np.random.Generator) -> Recording:
    """Everybody grazes, and all drift together."""
    steps, count = int(length_s * RATE_HZ) + 1, len(start)
    kept = math.exp(-1.0 / (RATE_HZ * 20.0))
    v = rng.normal(0.0, sort.graze_m_s, (count, 2))
    drift = rng.normal(0.0, sort.drift_m_s, 2)
    places = np.empty((steps, count, 2))
    places[0] = start - drift * length_s / 2.0
    for step in range(1, steps):
        v = kept * v + math.sqrt(1.0 - kept**2) * rng.normal(0.0, sort.graze_m_s, v.shape)
        places[step] = places[step - 1] + (v + drift) / RATE_HZ
    half = rng.uniform(*sort.sides_m, (count, 2)) / 2.0
    ground = np.concatenate((places - half, places + half), axis=2).reshape(-1, 4)
    size = 2.0 * float(np.abs(start).max(initial=1.0))
    return Recording(
        name=sort.object_class,
        ids=np.tile(np.arange(count), steps),
        ground=ground,
        frames=np.repeat(np.arange(steps) * STEP, count),
        hidden=np.zeros(len(ground), dtype=np.bool_),
        classes=(sort.object_class,) * len(ground),
        size_m=(size, size),
    )


def _without(recording: Recording, missed: npt.NDArray[np.bool_], lanes: Lanes) -> Recording:
    """The recording without whom no frame of a pass shows, `missed` (n, 2) by pass."""
    passes = np.array([lanes.which(frame / RECORDED_HZ) for frame in recording.frames.tolist()])
    kept = ~missed[recording.ids, passes]
    # The first row stays, so that the film is as long as the flight.
    kept[0] = True
    return replace(
        recording,
        ids=recording.ids[kept],
        ground=recording.ground[kept],
        frames=recording.frames[kept],
        hidden=recording.hidden[kept],
        classes=tuple(np.array(recording.classes)[kept].tolist()),
    )


def merged(shot: Shot) -> Shot:
    """A shot as a detector's own suppression leaves it: of two boxes that overlap, the surer."""
    iou = overlaps(shot.boxes, shot.boxes)
    kept: list[int] = []
    for row in np.argsort(-shot.scores).tolist():
        if not (iou[row, kept] > MERGING_IOU).any():
            kept.append(row)
    rows = sorted(kept)
    return replace(
        shot,
        boxes=shot.boxes[rows],
        scores=shot.scores[rows],
        classes=tuple(shot.classes[row] for row in rows),
    )


def refilmed(recording: Recording, *, seed: int, from_s: float, lasts_s: float) -> Scene:
    """A recording's people and riders, seen from two passes over it, counted over both."""
    first = int(recording.frames.min() + from_s * RECORDED_HZ)
    kept = (recording.frames >= first) & (recording.frames < first + lasts_s * RECORDED_HZ)
    part = replace(
        recording,
        ids=recording.ids[kept],
        ground=recording.ground[kept],
        frames=recording.frames[kept],
        hidden=recording.hidden[kept],
        classes=tuple(np.array(recording.classes)[kept].tolist()),
    )
    there_s = 0.4 * lasts_s

    def flight(t_s: float, shake: Array) -> Camera:
        away = there_s < t_s < lasts_s - there_s
        share = (t_s % (lasts_s - there_s)) / there_s
        east = (2.0 * share - 1.0) * 0.2 * part.size_m[0] + (1e4 if away else 0.0)
        turn = np.array([math.pi / 2.0, math.radians(-85.0), 0.0]) + shake
        return Camera(place_m=np.array([east, 0.0, UP_M]), turn_rad=turn)

    shots = tuple(film(part, seed=seed, rate_hz=RATE_HZ, longest_s=lasts_s, flight=flight))
    return Scene(
        name=recording.name,
        truth=_shown(part, shots),
        passes=2,
        shots=shots,
    )


def _shown(recording: Recording, shots: tuple[Shot, ...]) -> dict[str, int]:
    """How many of each kind were in the picture for a second."""
    ids, times = np.unique(np.concatenate([shot.truth_ids for shot in shots]), return_counts=True)
    kinds = dict(zip(recording.ids.tolist(), recording.classes, strict=True))
    long = ids[times >= RATE_HZ].tolist()
    return dict(Counter(KIND[ObjectClass(kinds[each])].name for each in long))
