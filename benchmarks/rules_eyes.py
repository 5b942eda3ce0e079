"""What a tracker in the air tells of the scripted hours' actors, with its faults.

A camera's pose error that all share and that drifts, a tracker's own jitter, frames missed, gaps
after which an object has a new number, numbers that change or are swapped, classes mistaken for
each other, and things that are not there.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from benchmarks.rules_actors import Actor, Played
from benchmarks.rules_place import Array
from benchmarks.rules_stage import SCENE_S
from onboard.messages import ObjectClass
from onboard.track.files import TracksFrame
from onboard.track.kinds import KIND, LIVESTOCK, VEHICLES
from onboard.track.track import Track

STEP_S = 0.5
COAST_S = 2.5
FOCAL_PX = 1400.0
GHOSTS = (
    ObjectClass.PERSON,
    ObjectClass.CAR,
    ObjectClass.CATTLE,
    ObjectClass.BOAT,
    ObjectClass.BAG,
    ObjectClass.LIGHT,
    ObjectClass.HOT_SPOT,
)
SIZES_M = {"vehicle": (2.4, 1.6), "animal": (1.6, 1.2), "boat": (3.0, 1.0)}


@dataclass
class Faults:
    """What went wrong, counted."""

    sights: int = 0
    missed: int = 0
    gaps: int = 0
    renumbered: int = 0
    swapped: int = 0
    ghosts: int = 0


@dataclass
class Eye:
    """How one scene is seen: standard deviations in metres, and the camera's slant."""

    shared_sigma_m: float
    told_share: float
    height_m: float
    pitch_rad: float
    bias_m: Array


@dataclass(eq=False)
class _Follow:
    """The tracker's state for one actor."""

    actor: Actor
    number: int
    own_sigma_m: float
    first_s: float
    last_s: float
    jitter_m: Array = field(default_factory=lambda: np.zeros(2))
    velocity_noise: Array = field(default_factory=lambda: np.zeros(2))
    gap_until_s: float = -1.0
    sightings: int = 0
    before: Array | None = None


class Eyes:
    """Looks at scenes one after another; `who` tells which actor each number is now."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self._next = 1
        self.who: dict[int, Actor] = {}
        self.faults = Faults()

    def frames(self, played: Played, begin_s: float) -> Iterator[TracksFrame]:
        """A scene's frames."""
        eye = self.eye()
        actors = [*played.actors, *self.ghosts(played, begin_s)]
        follows: dict[int, _Follow] = {}
        for step in range(round(SCENE_S / STEP_S)):
            now_s = begin_s + step * STEP_S
            bias = np.array([np.interp(step * STEP_S, *axis) for axis in eye.bias_m])
            tracks = []
            for actor in actors:
                place = actor.at(now_s)
                if place is not None:
                    track = self._seen(follows, actor, place, now_s, eye, bias)
                    tracks += [] if track is None else [track]
            self._swap(follows, now_s)
            yield TracksFrame(t_s=now_s, tracks=tuple(tracks))

    def eye(self) -> Eye:
        """How the next scene is seen."""
        rng = self.rng
        sigma = float(rng.uniform(0.3, 2.0))
        knots = np.arange(0.0, SCENE_S + 12.0, 12.0)
        walk = [rng.normal(0.0, sigma, len(knots)) for _ in range(2)]
        return Eye(
            shared_sigma_m=sigma,
            told_share=float(rng.uniform(0.85, 1.3)),
            height_m=float(rng.uniform(50, 90)),
            pitch_rad=math.radians(float(rng.uniform(35, 65))),
            bias_m=np.array([[knots, each] for each in walk]),
        )

    def _seen(
        self,
        follows: dict[int, _Follow],
        actor: Actor,
        place: Array,
        now_s: float,
        eye: Eye,
        bias: Array,
    ) -> Track | None:
        """A track of an actor; None where it is forgotten, or not yet sure."""
        rng = self.rng
        follow = follows.get(id(actor))
        if follow is None:
            follow = follows[id(actor)] = self._follow(actor, now_s)
        if now_s >= follow.gap_until_s and rng.random() < STEP_S / 90.0:
            follow.gap_until_s = now_s + float(rng.uniform(1.0, 6.0))
            self.faults.gaps += 1
        missed = now_s < follow.gap_until_s or rng.random() < 0.05
        if not missed and (now_s - follow.last_s > COAST_S or rng.random() < STEP_S / 200.0):
            self._renumber(follow, now_s)
        self.faults.sights += 1
        self.faults.missed += missed
        if not missed:
            follow.last_s, follow.sightings = now_s, follow.sightings + 1
        velocity = np.zeros(2)
        if follow.before is not None:
            velocity = (place - follow.before) / STEP_S
        follow.before = place
        follow.jitter_m = 0.6 * follow.jitter_m + rng.normal(0, 0.8 * follow.own_sigma_m, 2)
        follow.velocity_noise = 0.6 * follow.velocity_noise + rng.normal(0, 0.2, 2)
        if follow.sightings < 2 or now_s - follow.last_s > COAST_S:
            return None
        return self._track(follow, place + bias, velocity, now_s, eye)

    def _follow(self, actor: Actor, now_s: float) -> _Follow:
        follow = _Follow(actor, 0, float(self.rng.uniform(0.15, 0.45)), now_s, now_s)
        self._renumber(follow, now_s)
        self.faults.renumbered -= 1
        return follow

    def _renumber(self, follow: _Follow, now_s: float) -> None:
        follow.number, follow.first_s, follow.sightings = self._next, now_s, 0
        self.who[self._next] = follow.actor
        self._next += 1
        self.faults.renumbered += 1

    def _track(
        self, follow: _Follow, place: Array, velocity: Array, now_s: float, eye: Eye
    ) -> Track:
        own = np.eye(2) * (follow.own_sigma_m * eye.told_share) ** 2
        shared = np.eye(2) * (eye.shared_sigma_m * eye.told_share) ** 2
        return Track(
            track_id=follow.number,
            object_class=self.mistaken(follow.actor.object_class),
            confidence=float(self.rng.uniform(0.5, 0.95)),
            en_m=place + follow.jitter_m,
            velocity_en_m_s=velocity + follow.velocity_noise,
            covariance_m2=own + shared,
            own_m2=own,
            velocity_m2_s2=np.eye(2) * (0.25 * eye.told_share) ** 2,
            box=self.box(follow.actor, now_s, eye) if follow.last_s == now_s else None,
            first_seen_s=follow.first_s,
            last_seen_s=follow.last_s,
            sightings=follow.sightings,
        )

    def mistaken(self, true: ObjectClass) -> ObjectClass:
        """A class as it is told: now and then another of its kind."""
        if self.rng.random() < 0.98:
            return true
        alike = VEHICLES if true in VEHICLES else LIVESTOCK if true in LIVESTOCK else {true}
        return sorted(alike)[int(self.rng.integers(len(alike)))]

    def box(self, actor: Actor, now_s: float, eye: Eye) -> tuple[float, float, float, float]:
        """A box (left, top, right, bottom) in pixels, of the size that the slant gives it."""
        px_per_m = FOCAL_PX * math.sin(eye.pitch_rad) / eye.height_m
        width_m, height_m = self._size_m(actor, now_s, eye.pitch_rad)
        width, height = px_per_m * np.array([width_m, height_m]) * self.rng.lognormal(0, 0.1, 2)
        return (0.0, 0.0, float(width), float(height))

    def _size_m(self, actor: Actor, now_s: float, pitch_rad: float) -> tuple[float, float]:
        cos, sin = math.cos(pitch_rad), math.sin(pitch_rad)
        if actor.object_class is not ObjectClass.PERSON:
            return SIZES_M.get(KIND[actor.object_class].name, (1.0, 1.0))
        if actor.wide_s is not None and actor.wide_s[0] <= now_s <= actor.wide_s[1]:
            across = 1.7 * abs(math.cos(actor.across_rad)) + 0.5 * abs(math.sin(actor.across_rad))
            along = 1.7 * abs(math.sin(actor.across_rad)) + 0.5 * abs(math.cos(actor.across_rad))
            return across, along * sin + 0.3 * cos
        if actor.squat:
            return 0.7, 0.9 * cos + 0.7 * sin
        return 0.55, 1.7 * cos + 0.45 * sin

    def _swap(self, follows: dict[int, _Follow], now_s: float) -> None:
        """Now and then two of a kind that come within 3 m of each other change their numbers."""
        present = [each for each in follows.values() if each.last_s == now_s]
        by_kind: dict[str, list[_Follow]] = {}
        for each in present:
            by_kind.setdefault(KIND[each.actor.object_class].name, []).append(each)
        for alike in by_kind.values():
            places = np.array([each.before for each in alike])
            for index, one in enumerate(alike[:-1]):
                other = (
                    index + 1 + int(np.argmin(np.hypot(*(places[index + 1 :] - places[index]).T)))
                )
                near = math.dist(places[index], places[other]) < 3.0
                if near and self.rng.random() < 0.05 * STEP_S:
                    two = alike[other]
                    one.number, two.number = two.number, one.number
                    one.first_s, two.first_s = two.first_s, one.first_s
                    self.who[one.number], self.who[two.number] = one.actor, two.actor
                    self.faults.swapped += 1

    def ghosts(self, played: Played, begin_s: float) -> list[Actor]:
        """False tracks: near something real, or anywhere that something real has been."""
        rng = self.rng
        ghosts = []
        for _ in range(int(rng.poisson(4.0))):
            near = played.actors[int(rng.integers(len(played.actors)))]
            place = near.en_m[int(rng.integers(len(near.en_m)))] + rng.normal(0.0, 15.0, 2)
            from_s = begin_s + float(rng.uniform(0.0, SCENE_S - 8.0))
            spans = np.array([from_s, from_s + float(rng.uniform(1.0, 5.0))])
            ghosts.append(
                Actor(
                    GHOSTS[int(rng.integers(len(GHOSTS)))],
                    spans,
                    place + rng.normal(0, 0.5, (2, 2)),
                )
            )
        self.faults.ghosts += len(ghosts)
        return ghosts
