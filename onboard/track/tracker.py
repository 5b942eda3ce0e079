"""Follows objects on the ground: two-stage association after ByteTrack, in stabilised metres.

Zhang et al., "ByteTrack", ECCV 2022: sure detections are matched first, weak ones then only extend
what is already followed. Where that works on boxes in the picture, this works on places on the
ground, because a flying camera moves the picture by more than a box. What leaves the picture is
remembered where it was going, and is the same object when the picture comes back to it. What is
left of both is looked at for sudden moves, after observation-centric recovery (Cao et al.,
"OC-SORT", CVPR 2023).
"""

from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from onboard.track.association import (
    IMPOSSIBLE,
    KINDS,
    LATELY_BONUS,
    SWERVE_COST,
    Flags,
    Indices,
    kinds_of,
    likeliest,
    log_sides,
    unlike,
)
from onboard.track.bank import Bank
from onboard.track.looks import Looks
from onboard.track.track import Array, Placed, Track
from onboard.track.view_area import area_m2, depth_within_m, half_planes
from onboard.track.wandering import densities

# Ground that was shown so long ago is known: who stands there now, at the picture's edge, is not
# there for the first time merely because the picture came back.
SHOWN_BEFORE_S = 3.0
# Of the variance that a frame's objects share: how much is another after something was away.
SHARED_AFTER_AWAY = 0.5
SAME_BOX_IOU = 0.65
# What speaks against a track that no second sighting has borne out.
UNCONFIRMED_COST = 4.0
# Sightings of nothing: how many a frame has until that is learnt, which a frame changes by so much,
# the fewest that are believed, and what a frame shows where that is not known.
FALSE_A_FRAME, FALSE_SHARE, FEWEST_FALSE, SHOWN_M2 = 0.3, 0.01, 0.05, 2_000.0
RADIUS_M = np.array([kind.radius_m for kind in KINDS])


class TrackerSettings(BaseModel):
    """`gate` is a squared Mahalanobis distance; scores are a detector's.

    What was not seen for `forget_s` is told no more, but keeps its name for `remember_s` while it
    should be in view, and for `remember_away_s` while it is not; of more than `remember_at_most`,
    those seen last. What was seen `confirm_sightings` times is told once the log odds that it is
    something are `confirm_evidence`; where one sighting is asked for, that is enough. New objects
    come with a density of `new_inside_m2` a square metre where one would have been seen before,
    `new_edge_m2` within `edge_m` of the picture's edge, where the ground was not shown before.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sure_score: float = Field(default=0.45, ge=0, le=1)
    weak_score: float = Field(default=0.15, ge=0, le=1)
    new_score: float = Field(default=0.5, ge=0, le=1)
    confirm_sightings: int = Field(default=2, ge=1)
    confirm_evidence: float = 6.0
    forget_unconfirmed_s: float = Field(default=0.8, gt=0)
    forget_s: float = Field(default=2.5, gt=0)
    lately_s: float = Field(default=1.0, gt=0)
    remember_s: float = Field(default=8.0, ge=0)
    remember_away_s: float = Field(default=60.0, ge=0)
    remember_at_most: int = Field(default=3_000, ge=1)
    new_inside_m2: float = Field(default=2e-3, gt=0)
    new_edge_m2: float = Field(default=2e-2, gt=0)
    edge_m: float = Field(default=4.0, ge=0)
    gate: float = Field(default=9.2, gt=0)


class Tracker:
    """Call `update` with each frame's placed detections, by capture time."""

    def __init__(self, settings: TrackerSettings | None = None) -> None:
        self._settings = settings or TrackerSettings()
        self._bank = Bank()
        self._looks = Looks(remember_s=self._settings.remember_away_s)
        self._now_s: float | None = None
        self._patience_s = 0.0
        self._false = FalseSightings()

    def update(
        self,
        placed: Placed,
        now_s: float,
        *,
        patience_s: float = 0.0,
        view_en: Array | None = None,
    ) -> list[Track]:
        """Take in a frame and tell of every confirmed track that is not forgotten.

        Nothing is forgotten that was seen within `patience_s`, however short the settings are.
        `view_en` (k, 2) is the convex outline of what the frame shows on the ground.

        Time that goes back means that the vehicle has booted again: everything is forgotten.
        """
        if self._now_s is not None and now_s < self._now_s:
            self._bank.keep(np.empty(0, dtype=np.int64))
            self._looks = Looks(remember_s=self._settings.remember_away_s)
        self._patience_s = patience_s
        step_s = 0.0 if self._now_s is None else max(0.0, now_s - self._now_s)
        self._now_s = now_s
        self._looks.saw(now_s, view_en)
        self._bank.predict(step_s, now_s)
        noise_m2 = self._noise(placed)
        planes = None if view_en is None else half_planes(view_en)
        used = self._associate(placed, noise_m2, now_s, planes, self._false.per_m2(view_en))
        self._begin(placed, noise_m2, used, now_s)
        self._confirm()
        self._forget(now_s, step_s, planes)
        return self._bank.told(np.flatnonzero(self._bank.confirmed & self._awake(now_s)))

    def _noise(self, placed: Placed) -> Array:
        """How far a detection may lie from its object, frame to frame, (n, 2, 2).

        Its own error, the object's size, and what is unsteady of the variance that the frame's
        objects share: most of that error stays the same from frame to frame, and hides no motion.
        """
        radius = RADIUS_M[kinds_of(placed.classes)]
        size = np.eye(2)[None] * (radius**2)[:, None, None]
        noise: Array = placed.own_m2 + placed.unsteady * placed.shared_m2 + size
        return noise

    def _associate(
        self,
        placed: Placed,
        noise_m2: Array,
        now_s: float,
        view_planes: Array | None,
        false_m2: float,
    ) -> set[int]:
        """What was seen a moment ago first, with the sure and then the weak; then what is away."""
        settings, bank = self._settings, self._bank
        seen = _Seen(placed=placed, noise_m2=noise_m2, new_cost=self._new_cost(placed, view_planes))
        sure = np.flatnonzero(placed.scores >= settings.sure_score)
        weak = np.flatnonzero(
            (placed.scores < settings.sure_score) & (placed.scores >= settings.weak_score)
        )
        lately = bank.age_s(now_s) <= self._lately_s()
        pairs = self._followed(np.flatnonzero(lately), sure, seen)
        left = _others(np.flatnonzero(lately & self._bank.confirmed), [track for track, _ in pairs])
        pairs += self._followed(left, weak, seen)
        free = _others(sure, [detection for _, detection in pairs])
        pairs += self._found_again(np.flatnonzero(~lately), free, seen, now_s)
        left = _others(left, [track for track, _ in pairs])
        pairs += self._swerved(left, _others(free, [each for _, each in pairs]), seen)
        bank.correct(pairs, placed, noise_m2, now_s, false_m2=false_m2)
        return {detection for _, detection in pairs}

    def _followed(
        self, tracks: Indices, detections: Indices, seen: "_Seen"
    ) -> list[tuple[int, int]]:
        """By where smooth motion takes what was seen lately."""
        if not len(tracks) or not len(detections):
            return []
        squared, density_cost = self._bank.near(tracks, detections, seen.placed, seen.noise_m2)
        cost = np.where(squared <= self._settings.gate, density_cost, IMPOSSIBLE)
        return self._likeliest(tracks, detections, cost, seen, bonus=LATELY_BONUS)

    def _found_again(
        self, tracks: Indices, detections: Indices, seen: "_Seen", now_s: float
    ) -> list[tuple[int, int]]:
        """By where what is out of sight may have stayed or come to since."""
        if not len(tracks) or not len(detections):
            return []
        density = densities(
            self._bank.lost(tracks, now_s),
            seen.placed.en_m[detections],
            seen.noise_m2[detections] + SHARED_AFTER_AWAY * seen.placed.shared_m2[detections],
        )
        with np.errstate(divide="ignore"):
            cost = np.minimum(-2.0 * np.log(density), IMPOSSIBLE)
        return self._likeliest(tracks, detections, cost, seen)

    def _swerved(
        self, tracks: Indices, detections: Indices, seen: "_Seen"
    ) -> list[tuple[int, int]]:
        """By how far something can have swerved that no smooth motion explains."""
        if not len(tracks) or not len(detections):
            return []
        squared, density_cost = self._bank.near(
            tracks, detections, seen.placed, seen.noise_m2, loose=True
        )
        cost = np.where(squared <= self._settings.gate, density_cost + SWERVE_COST, IMPOSSIBLE)
        return self._likeliest(tracks, detections, cost, seen)

    def _likeliest(
        self,
        tracks: Indices,
        detections: Indices,
        place_cost: Array,
        seen: "_Seen",
        *,
        bonus: float = 0.0,
    ) -> list[tuple[int, int]]:
        """The likeliest assignment, each pair against something new."""
        bank, placed = self._bank, seen.placed
        cost = place_cost + self._prior_cost()[tracks, None]
        cost = cost + unlike(
            bank.kinds[tracks],
            kinds_of(placed.classes)[detections],
            bank.log_sides[tracks],
            log_sides(placed)[detections],
        )
        pairs = likeliest(cost, seen.new_cost[detections] + bonus)
        return [(int(tracks[row]), int(detections[column])) for row, column in pairs]

    def _prior_cost(self) -> Array:
        unborne: Array = np.where(self._bank.confirmed, 0.0, UNCONFIRMED_COST)
        cost: Array = unborne + self._bank.missed_s
        return cost

    def _new_cost(self, placed: Placed, view_planes: Array | None) -> Array:
        """What speaks against each detection being something new, (n,)."""
        settings = self._settings
        density = np.full(len(placed.en_m), settings.new_inside_m2)
        if view_planes is not None:
            deep_m = depth_within_m(view_planes, placed.en_m)
            at_edge = np.flatnonzero(deep_m < settings.edge_m)
            density[at_edge] = settings.new_edge_m2
            if len(at_edge) and self._now_s is not None:
                since_s = self._now_s - SHOWN_BEFORE_S
                before = self._looks.seen_before(placed.en_m[at_edge], since_s)
                density[at_edge[before]] = settings.new_inside_m2
        cost: Array = -2.0 * np.log(density)
        return cost

    def _lately_s(self) -> float:
        return max(self._settings.lately_s, self._patience_s)

    def _begin(self, placed: Placed, noise_m2: Array, used: set[int], now_s: float) -> None:
        fresh = [
            index
            for index in np.flatnonzero(placed.scores >= self._settings.new_score).tolist()
            if index not in used
        ]
        if fresh:
            alone = ~_doubled(placed, fresh, sorted(used))
            self._bank.begin(placed, np.array(fresh)[alone], noise_m2, now_s)

    def _confirm(self) -> None:
        settings, bank = self._settings, self._bank
        enough = bank.sightings >= settings.confirm_sightings
        if settings.confirm_sightings > 1:
            enough &= bank.evidence >= settings.confirm_evidence
        bank.confirmed |= enough

    def _awake(self, now_s: float) -> Flags:
        return np.asarray(self._bank.age_s(now_s) <= max(self._settings.forget_s, self._patience_s))

    def _forget(self, now_s: float, step_s: float, view_planes: Array | None) -> None:
        settings, bank = self._settings, self._bank
        age_s = bank.age_s(now_s)
        in_view = np.ones(len(bank), dtype=np.bool_)
        if view_planes is not None:
            in_view = depth_within_m(view_planes, bank.states[:, :2]) >= 0.0
        bank.missed_s = np.where(age_s > 0.0, bank.missed_s + step_s * in_view, 0.0)
        remembered = (bank.missed_s <= settings.remember_s) & (age_s <= settings.remember_away_s)
        bank.miss(np.flatnonzero((age_s > self._patience_s) & in_view), step_s)
        new = age_s <= max(settings.forget_unconfirmed_s, self._patience_s)
        kept = np.flatnonzero(np.where(self._bank.confirmed, remembered | self._awake(now_s), new))
        latest = kept[np.argsort(age_s[kept], kind="stable")][: settings.remember_at_most]
        gone = np.ones(len(bank), dtype=np.bool_)
        gone[latest] = False
        self._false.saw(int(bank.sightings[gone & ~bank.confirmed].sum()))
        if gone.any():
            bank.keep(np.sort(latest))


class FalseSightings:
    """How many sightings of a frame are of nothing, learnt from what no second one bore out."""

    def __init__(self) -> None:
        self._a_frame = FALSE_A_FRAME

    def saw(self, count: int) -> None:
        """A frame has come, and so many sightings of earlier ones were of nothing."""
        self._a_frame += FALSE_SHARE * (count - self._a_frame)

    def per_m2(self, view_en: Array | None) -> float:
        """How many a square metre of a frame that shows this, (k, 2)."""
        shown_m2 = SHOWN_M2 if view_en is None else max(area_m2(view_en), 1.0)
        return max(self._a_frame, FEWEST_FALSE) / shown_m2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A frame's detections, their `noise_m2` and what speaks against each being new."""

    placed: Placed
    noise_m2: Array
    new_cost: Array


def _others(indices: Indices, without: list[int]) -> Indices:
    taken = set(without)
    left = [index for index in indices.tolist() if index not in taken]
    return np.array(left, dtype=np.int64)


def _doubled(placed: Placed, fresh: list[int], used: list[int]) -> Flags:
    """Which of the fresh detections is a second box round an object that has one, (n,) bool."""
    boxes, kinds = placed.boxes, kinds_of(placed.classes)
    doubled = np.zeros(len(fresh), dtype=np.bool_)
    if not used:
        return doubled
    one, other = boxes[fresh][:, None], boxes[used][None]
    corner = np.minimum(one[..., 2:], other[..., 2:]) - np.maximum(one[..., :2], other[..., :2])
    common = np.prod(np.maximum(corner, 0.0), axis=2)
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    iou = common / np.maximum(areas[fresh][:, None] + areas[used][None] - common, 1e-9)
    same: Flags = (iou > SAME_BOX_IOU) & (kinds[fresh][:, None] == kinds[used][None])
    return np.asarray(same.any(axis=1))
