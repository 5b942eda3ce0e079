"""Follows objects on the ground: two-stage association after ByteTrack, in metres.

Zhang et al., "ByteTrack", ECCV 2022: sure detections are matched first, weak ones then only extend
what is already followed. Where that works on boxes in the picture, this works on places on the
ground, because at a few frames a second a flying camera moves the picture by more than a box.
"""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from onboard.messages import ObjectClass
from onboard.track import kalman
from onboard.track.kinds import KIND, Kind
from onboard.track.track import Array, Placed, Track

Indices = npt.NDArray[np.int64]
NEVER = 1e6


class TrackerSettings(BaseModel):
    """`gate` is a squared Mahalanobis distance; scores are a detector's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sure_score: float = Field(default=0.45, ge=0, le=1)
    weak_score: float = Field(default=0.15, ge=0, le=1)
    new_score: float = Field(default=0.5, ge=0, le=1)
    confirm_sightings: int = Field(default=2, ge=1)
    forget_unconfirmed_s: float = Field(default=0.8, gt=0)
    forget_s: float = Field(default=2.5, gt=0)
    gate: float = Field(default=13.8, gt=0)


@dataclass(slots=True)
class _Life:
    """All of a track that is not in the filters' arrays."""

    track_id: int
    kind: Kind
    first_seen_s: float
    last_seen_s: float
    shared_m2: Array
    box: tuple[float, float, float, float] | None
    confidence: float
    sightings: int = 1
    votes: Counter[ObjectClass] = field(default_factory=Counter)


class Tracker:
    """Call `update` with each frame's placed detections, by capture time."""

    def __init__(self, settings: TrackerSettings | None = None) -> None:
        self._settings = settings or TrackerSettings()
        self._lives: list[_Life] = []
        self._states: Array = np.empty((0, 4))
        self._covariances: Array = np.empty((0, 4, 4))
        self._now_s: float | None = None
        self._next_id = 1

    def update(self, placed: Placed, now_s: float, *, patience_s: float = 0.0) -> list[Track]:
        """Take in a frame and tell of every confirmed track that is not forgotten.

        Nothing is forgotten that was seen within `patience_s`, however short the settings are.

        Time that goes back means that the vehicle has booted again: everything is forgotten.
        """
        if self._now_s is not None and now_s < self._now_s:
            self._keep(np.empty(0, dtype=np.int64))
        self._predict(now_s)
        used = self._associate(placed, now_s)
        self._begin(placed, used, now_s)
        self._forget(now_s, patience_s)
        return [self._told(index) for index in range(len(self._lives)) if self._confirmed(index)]

    def _predict(self, now_s: float) -> None:
        step_s = 0.0 if self._now_s is None else max(0.0, now_s - self._now_s)
        self._now_s = now_s
        for life in self._lives:
            life.box = None
        if self._lives and step_s > 0.0:
            noise = np.array([life.kind.acceleration_m_s2 for life in self._lives])
            self._states, self._covariances = kalman.predict(
                self._states, self._covariances, step_s=step_s, acceleration_m_s2=noise
            )

    def _associate(self, placed: Placed, now_s: float) -> set[int]:
        settings = self._settings
        sure = np.flatnonzero(placed.scores >= settings.sure_score)
        weak = np.flatnonzero(
            (placed.scores < settings.sure_score) & (placed.scores >= settings.weak_score)
        )
        everyone = np.arange(len(self._lives))
        pairs = self._matched(everyone, sure, placed)
        left = np.setdiff1d(everyone, [track for track, _ in pairs])
        lately = [
            index
            for index in left.tolist()
            if self._confirmed(index) and now_s - self._lives[index].last_seen_s <= 1.0
        ]
        pairs += self._matched(np.array(lately, dtype=np.int64), weak, placed)
        self._correct(pairs, placed, now_s)
        return {detection for _, detection in pairs}

    def _matched(
        self, tracks: Indices, detections: Indices, placed: Placed
    ) -> list[tuple[int, int]]:
        if not len(tracks) or not len(detections):
            return []
        # Half a second to load: whoever only asks for help, or asks for too much, does not wait.
        from scipy.optimize import linear_sum_assignment

        squared, log_determinant = kalman.distances(
            self._states[tracks],
            self._covariances[tracks],
            placed.en_m[detections],
            _noise(placed, detections),
        )
        track_kinds = np.array([id(self._lives[index].kind) for index in tracks])
        kinds = np.array([id(KIND[placed.classes[index]]) for index in detections])
        allowed = (squared <= self._settings.gate) & (track_kinds[:, None] == kinds[None])
        # The likelihood's ln det keeps a track that is unsure from taking what suits a sure one.
        cost = np.where(allowed, squared + log_determinant, NEVER)
        rows, columns = linear_sum_assignment(cost)
        return [
            (int(tracks[row]), int(detections[column]))
            for row, column in zip(rows, columns, strict=True)
            if allowed[row, column]
        ]

    def _correct(self, pairs: list[tuple[int, int]], placed: Placed, now_s: float) -> None:
        if not pairs:
            return
        tracks, detections = (np.array(side) for side in zip(*pairs, strict=True))
        self._states[tracks], self._covariances[tracks] = kalman.update(
            self._states[tracks],
            self._covariances[tracks],
            placed.en_m[detections],
            _noise(placed, detections),
        )
        for track, detection in pairs:
            life = self._lives[track]
            life.last_seen_s = now_s
            life.sightings += 1
            life.shared_m2 = placed.shared_m2[detection]
            life.box = _box(placed, detection)
            life.confidence += 0.4 * (float(placed.scores[detection]) - life.confidence)
            life.votes[placed.classes[detection]] += 1

    def _begin(self, placed: Placed, used: set[int], now_s: float) -> None:
        fresh = [
            index
            for index in np.flatnonzero(placed.scores >= self._settings.new_score).tolist()
            if index not in used
        ]
        if not fresh:
            return
        states = np.zeros((len(fresh), 4))
        states[:, :2] = placed.en_m[fresh]
        covariances = np.zeros((len(fresh), 4, 4))
        covariances[:, :2, :2] = _noise(placed, np.array(fresh))
        for row, index in enumerate(fresh):
            kind = KIND[placed.classes[index]]
            covariances[row, 2, 2] = covariances[row, 3, 3] = kind.speed_m_s**2
            self._lives.append(self._born(placed, index, kind, now_s))
        self._states = np.concatenate((self._states, states))
        self._covariances = np.concatenate((self._covariances, covariances))

    def _born(self, placed: Placed, index: int, kind: Kind, now_s: float) -> _Life:
        life = _Life(
            track_id=self._next_id,
            kind=kind,
            first_seen_s=now_s,
            last_seen_s=now_s,
            shared_m2=placed.shared_m2[index],
            box=_box(placed, index),
            confidence=float(placed.scores[index]),
        )
        life.votes[placed.classes[index]] += 1
        self._next_id += 1
        return life

    def _confirmed(self, index: int) -> bool:
        return self._lives[index].sightings >= self._settings.confirm_sightings

    def _forget(self, now_s: float, patience_s: float) -> None:
        settings = self._settings
        kept = [
            index
            for index, life in enumerate(self._lives)
            if now_s - life.last_seen_s
            <= max(
                settings.forget_s if self._confirmed(index) else settings.forget_unconfirmed_s,
                patience_s,
            )
        ]
        if len(kept) < len(self._lives):
            self._keep(np.array(kept, dtype=np.int64))

    def _keep(self, indices: Indices) -> None:
        self._lives = [self._lives[index] for index in indices.tolist()]
        self._states = self._states[indices]
        self._covariances = self._covariances[indices]

    def _told(self, index: int) -> Track:
        life = self._lives[index]
        own = self._covariances[index, :2, :2].copy()
        return Track(
            track_id=life.track_id,
            object_class=life.votes.most_common(1)[0][0],
            confidence=life.confidence,
            en_m=self._states[index, :2].copy(),
            velocity_en_m_s=self._states[index, 2:].copy(),
            covariance_m2=own + life.shared_m2,
            own_m2=own,
            velocity_m2_s2=self._covariances[index, 2:, 2:].copy(),
            box=life.box,
            first_seen_s=life.first_seen_s,
            last_seen_s=life.last_seen_s,
            sightings=life.sightings,
        )


def _noise(placed: Placed, detections: Indices) -> Array:
    """How far a detection may lie from its object, frame to frame, (n, 2, 2).

    Its own error, the object's size, and a tenth of the variance that the frame's objects share:
    most of that error stays the same from frame to frame, and hides no motion.
    """
    radius = np.array([KIND[placed.classes[index]].radius_m for index in detections.tolist()])
    size = np.eye(2)[None] * (radius**2)[:, None, None]
    noise: Array = placed.own_m2[detections] + 0.1 * placed.shared_m2[detections] + size
    return noise


def _box(placed: Placed, index: int) -> tuple[float, float, float, float]:
    left, top, right, bottom = placed.boxes[index].tolist()
    return left, top, right, bottom
