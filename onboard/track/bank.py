"""All followed objects: their filters as arrays, and what else is known of each."""

import math
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from onboard.messages import ObjectClass
from onboard.track import kalman
from onboard.track.association import KINDS, Indices, kinds_of, log_sides
from onboard.track.track import Array, Placed, Track
from onboard.track.wandering import Lost

SIDE_MEMORY = 0.8
STILL_M_S = 0.5
# A swerve is told from smooth motion by the squared distance that one sighting in a hundred passes.
SWERVED, SWERVE_SHARE, SWERVE_S = 9.2, 0.6, 0.1
# How often a detector finds what is there, and for how long it goes on missing what it misses.
FOUND_SHARE, MISSED_FOR_S = 0.7, 0.1
PARKED_AFTER_S, PARKED_SHARE, PARKED_MEMORY_S = 1.0, 0.02, 3.0


@dataclass(slots=True)
class _Life:
    """What of a track is not in the arrays."""

    track_id: int
    first_seen_s: float
    shared_m2: Array
    box: tuple[float, float, float, float] | None
    confidence: float
    votes: Counter[ObjectClass] = field(default_factory=Counter)

    @property
    def object_class(self) -> ObjectClass:
        """What it was taken for most often."""
        return max(self.votes, key=self.votes.__getitem__)


class Bank:
    """Rows of all arrays are tracks.

    `missed_s` is for how long each was in view and not seen; `still`, `seen_states` and
    `seen_covariances` are as each was seen last. `evidence` is the log odds that it is something,
    `confirmed` once that was enough.
    """

    def __init__(self) -> None:
        self._lives: list[_Life] = []
        self._next_id = 1
        self.states: Array = np.empty((0, 4))
        self.covariances: Array = np.empty((0, 4, 4))
        self.kinds: Indices = np.empty(0, dtype=np.int64)
        self.log_sides: Array = np.empty((0, 2))
        self.last_seen_s: Array = np.empty(0)
        self.missed_s: Array = np.empty(0)
        self.still: npt.NDArray[np.bool_] = np.empty(0, dtype=np.bool_)
        self.seen_states: Array = np.empty((0, 4))
        self.seen_covariances: Array = np.empty((0, 4, 4))
        self.sightings: npt.NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self.evidence: Array = np.empty(0)
        self.confirmed: npt.NDArray[np.bool_] = np.empty(0, dtype=np.bool_)

    def __len__(self) -> int:
        return len(self._lives)

    def age_s(self, now_s: float | None) -> Array:
        """For how long each has not been seen."""
        return (0.0 if now_s is None else now_s) - self.last_seen_s

    def near(
        self,
        tracks: Indices,
        detections: Indices,
        placed: Placed,
        noise_m2: Array,
        *,
        loose: bool = False,
    ) -> tuple[Array, Array]:
        """Squared distances (n, m) of detections to tracks, and twice the negative log density.

        With `loose` what a track may have come to is wider by how far it may have swerved.
        """
        covariances = self.covariances[tracks]
        if loose:
            covariances[:, (0, 1), (0, 1)] += SWERVES_M2[self.kinds[tracks], None]
        squared, log_determinant = kalman.distances(
            self.states[tracks], covariances, placed.en_m[detections], noise_m2[detections]
        )
        return squared, squared + log_determinant + 2.0 * math.log(2.0 * math.pi)

    def lost(self, tracks: Indices, now_s: float) -> Lost:
        """Some tracks, as they were when they were seen last."""
        states, covariances = self.seen_states[tracks], self.seen_covariances[tracks]
        return Lost(
            kinds=self.kinds[tracks],
            en_m=states[:, :2],
            covariance_m2=covariances[:, :2, :2],
            velocity=states[:, 2:],
            velocity_m2_s2=covariances[:, 2:, 2:],
            drift=states[:, 2:],
            gap_s=self.age_s(now_s)[tracks],
        )

    def predict(self, step_s: float, now_s: float) -> None:
        """Let time pass. What stood still when it was lost from sight most often still stands."""
        for life in self._lives:
            life.box = None
        if self._lives and step_s > 0.0:
            parked = self.still & (self.age_s(now_s) > PARKED_AFTER_S)
            self.states, self.covariances = kalman.predict(
                self.states,
                self.covariances,
                step_s=step_s,
                restless_m2_s3=RESTLESS[self.kinds] * np.where(parked, PARKED_SHARE, 1.0),
                memory_s=np.where(parked, PARKED_MEMORY_S, MEMORY_S[self.kinds]),
            )

    def correct(
        self,
        pairs: list[tuple[int, int]],
        placed: Placed,
        noise_m2: Array,
        now_s: float,
        *,
        false_m2: float,
    ) -> None:
        """Take in what was seen: pairs of track and detection.

        So many detections a square metre of a frame are of nothing.
        """
        if not pairs:
            return
        tracks, detections = (np.array(side) for side in zip(*pairs, strict=True))
        en_m, noise_m2 = placed.en_m[detections], noise_m2[detections]
        S = self.covariances[tracks, :2, :2] + noise_m2
        apart_m = en_m - self.states[tracks, :2]
        squared = (apart_m[:, None] @ np.linalg.inv(S) @ apart_m[..., None])[:, 0, 0]
        density_cost = squared + np.log(np.linalg.det(S)) + 2.0 * math.log(2.0 * math.pi)
        self.evidence[tracks] += believed(placed.scores[detections]) - 0.5 * density_cost
        self.evidence[tracks] += math.log(FOUND_SHARE / false_m2)
        self._loosen(tracks, apart_m, squared)
        states, covariances = kalman.update(
            self.states[tracks], self.covariances[tracks], en_m, noise_m2
        )
        self.states[tracks] = self.seen_states[tracks] = states
        self.covariances[tracks] = self.seen_covariances[tracks] = covariances
        self.last_seen_s[tracks] = now_s
        self.sightings[tracks] += 1
        speed = np.hypot(states[:, 2], states[:, 3])
        unsure = np.sqrt((covariances[:, 2, 2] + covariances[:, 3, 3]) / 2.0)
        self.still[tracks] = (speed < STILL_M_S) & (unsure < 2.0 * STILL_M_S)
        self._learn_sides(tracks, log_sides(placed)[detections])
        for track, detection in pairs:
            life = self._lives[track]
            life.shared_m2 = placed.shared_m2[detection]
            life.box = _box(placed, detection)
            life.confidence += 0.4 * (float(placed.scores[detection]) - life.confidence)
            life.votes[placed.classes[detection]] += 1
            self.kinds[track] = CLASS_KIND[life.object_class]

    def miss(self, unseen: Indices, step_s: float) -> None:
        """Some were in view in this frame, and were not found."""
        again = min(1.0, step_s / MISSED_FOR_S)
        self.evidence[unseen] += again * math.log(1.0 - FOUND_SHARE)

    def begin(self, placed: Placed, fresh: Indices, noise_m2: Array, now_s: float) -> None:
        """Follow detections that belong to no track."""
        count = len(fresh)
        kinds = kinds_of(placed.classes)[fresh]
        states = np.zeros((count, 4))
        states[:, :2] = placed.en_m[fresh]
        covariances = np.zeros((count, 4, 4))
        covariances[:, :2, :2] = noise_m2[fresh]
        covariances[:, (2, 3), (2, 3)] = (FIRST_M_S[kinds] ** 2)[:, None]
        self.states = np.concatenate((self.states, states))
        self.covariances = np.concatenate((self.covariances, covariances))
        self.seen_states = np.concatenate((self.seen_states, states))
        self.seen_covariances = np.concatenate((self.seen_covariances, covariances))
        self.kinds = np.concatenate((self.kinds, kinds))
        self.log_sides = np.concatenate((self.log_sides, log_sides(placed)[fresh]))
        self.last_seen_s = np.concatenate((self.last_seen_s, np.full(count, now_s)))
        self.missed_s = np.concatenate((self.missed_s, np.zeros(count)))
        self.still = np.concatenate((self.still, np.zeros(count, dtype=np.bool_)))
        self.sightings = np.concatenate((self.sightings, np.ones(count, dtype=np.int64)))
        self.evidence = np.concatenate((self.evidence, believed(placed.scores[fresh])))
        self.confirmed = np.concatenate((self.confirmed, np.zeros(count, dtype=np.bool_)))
        self._lives += [self._born(placed, index, now_s) for index in fresh.tolist()]

    def keep(self, indices: Indices) -> None:
        """Forget all others."""
        self._lives = [self._lives[index] for index in indices.tolist()]
        self.states, self.covariances = self.states[indices], self.covariances[indices]
        self.seen_states = self.seen_states[indices]
        self.seen_covariances = self.seen_covariances[indices]
        self.kinds, self.log_sides = self.kinds[indices], self.log_sides[indices]
        self.last_seen_s, self.missed_s = self.last_seen_s[indices], self.missed_s[indices]
        self.still, self.sightings = self.still[indices], self.sightings[indices]
        self.evidence, self.confirmed = self.evidence[indices], self.confirmed[indices]

    def told(self, indices: Indices) -> list[Track]:
        """What is told of some tracks."""
        lives = [self._lives[index] for index in indices.tolist()]
        if not lives:
            return []
        states, covariances = self.states[indices], self.covariances[indices]
        own_m2 = covariances[:, :2, :2]
        covariances_m2 = own_m2 + np.array([life.shared_m2 for life in lives])
        last_seen_s = self.last_seen_s[indices].tolist()
        sightings = self.sightings[indices].tolist()
        sides_m = np.exp(self.log_sides[indices]).tolist()
        return [
            Track(
                track_id=life.track_id,
                object_class=life.object_class,
                confidence=life.confidence,
                en_m=states[row, :2],
                velocity_en_m_s=states[row, 2:],
                covariance_m2=covariances_m2[row],
                own_m2=own_m2[row],
                velocity_m2_s2=covariances[row, 2:, 2:],
                box=life.box,
                first_seen_s=life.first_seen_s,
                last_seen_s=last_seen_s[row],
                sightings=sightings[row],
                size_m=_size(sides_m[row]),
            )
            for row, life in enumerate(lives)
        ]

    def _loosen(self, tracks: Indices, apart_m: Array, squared: Array) -> None:
        """What was found where smooth motion does not lead forgets how it moved."""
        far = squared > SWERVED
        if not far.any():
            return
        wider_m2 = (apart_m[far] ** 2).sum(axis=1)[:, None]
        self.covariances[tracks[far, None], (0, 1), (0, 1)] += wider_m2
        variance = SPEED_M_S[self.kinds[tracks[far]]] ** 2
        self.covariances[tracks[far, None], (2, 3), (2, 3)] += variance[:, None]

    def _learn_sides(self, tracks: Indices, seen: Array) -> None:
        known = self.log_sides[tracks]
        mixed = SIDE_MEMORY * known + (1.0 - SIDE_MEMORY) * seen
        self.log_sides[tracks] = np.where(
            np.isnan(known), seen, np.where(np.isnan(seen), known, mixed)
        )

    def _born(self, placed: Placed, index: int, now_s: float) -> _Life:
        life = _Life(
            track_id=self._next_id,
            first_seen_s=now_s,
            shared_m2=placed.shared_m2[index],
            box=_box(placed, index),
            confidence=float(placed.scores[index]),
        )
        life.votes[placed.classes[index]] += 1
        self._next_id += 1
        return life


RESTLESS = np.array([kind.restless_m2_s3 for kind in KINDS])
MEMORY_S = np.array([kind.memory_s for kind in KINDS])
ACROSS_M = np.array([kind.across_m for kind in KINDS])
SPEED_M_S = np.array([kind.speed_m_s for kind in KINDS])
FIRST_M_S = np.array([kind.first_m_s for kind in KINDS])
SWERVES_M2 = (SWERVE_SHARE * ACROSS_M + SWERVE_S * SPEED_M_S) ** 2
CLASS_KIND = {each: int(kinds_of((each,))[0]) for each in ObjectClass}


def believed(scores: Array) -> Array:
    """The log odds that detections are something, by a detector's scores (n,)."""
    share = np.clip(scores, 0.02, 0.98)
    return np.asarray(np.log(share / (1.0 - share)))


def _size(sides_m: list[float]) -> tuple[float, float] | None:
    width_m, height_m = sides_m
    return None if math.isnan(width_m + height_m) else (width_m, height_m)


def _box(placed: Placed, index: int) -> tuple[float, float, float, float]:
    left, top, right, bottom = placed.boxes[index].tolist()
    return left, top, right, bottom
