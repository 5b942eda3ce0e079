"""The scripted hours as a detector tells them, followed by the tracker that flies."""

from collections.abc import Iterator

import numpy as np

from benchmarks.rules_actors import Actor, Played
from benchmarks.rules_eyes import Eye, Eyes
from benchmarks.rules_place import Array
from benchmarks.rules_stage import SCENE_S
from onboard.rhythm import Rhythm
from onboard.track import Placed, Tracker
from onboard.track.files import TracksFrame

STEP_S = 0.25
# Boxes are this far apart, so that each tells which detection it is.
APART_PX = 10_000.0


class TrackedEyes(Eyes):
    """Sights with white noise and gaps, as detections; numbers are the tracker's."""

    def __init__(self, rng: np.random.Generator) -> None:
        super().__init__(rng)
        self._tracker, self._rhythm = Tracker(), Rhythm()
        self._gap_until_s: dict[int, float] = {}
        self._sigmas_m: dict[int, float] = {}

    def frames(self, played: Played, begin_s: float) -> Iterator[TracksFrame]:
        """A scene's frames."""
        eye = self.eye()
        actors = [*played.actors, *self.ghosts(played, begin_s)]
        self._sigmas_m = {id(each): float(self.rng.uniform(0.15, 0.45)) for each in actors}
        self._gap_until_s = {}
        for step in range(round(SCENE_S / STEP_S)):
            now_s = begin_s + step * STEP_S
            seen = [each for each in actors if self._sees(each, now_s)]
            placed = self._placed(seen, now_s, eye, step * STEP_S)
            tracks = self._tracker.update(placed, now_s, patience_s=self._rhythm.beat(now_s))
            for track in tracks:
                if track.box is not None:
                    self.who[track.track_id] = seen[int(track.box[0] // APART_PX)]
            yield TracksFrame(t_s=now_s, tracks=tuple(tracks))

    def _sees(self, actor: Actor, now_s: float) -> bool:
        if actor.at(now_s) is None:
            return False
        self.faults.sights += 1
        if now_s < self._gap_until_s.get(id(actor), -1.0):
            self.faults.missed += 1
            return False
        if self.rng.random() < STEP_S / 90.0:
            self._gap_until_s[id(actor)] = now_s + float(self.rng.uniform(1.0, 6.0))
            self.faults.gaps += 1
        missed = bool(self.rng.random() < 0.05)
        self.faults.missed += missed
        return not missed

    def _placed(self, seen: list[Actor], now_s: float, eye: Eye, into_s: float) -> Placed:
        count = len(seen)
        if not count:
            return _nothing()
        bias = np.array([np.interp(into_s, *axis) for axis in eye.bias_m])
        sigmas = np.array([self._sigmas_m[id(each)] for each in seen])
        places = np.array([each.at(now_s) for each in seen])
        told = eye.told_share**2 * np.eye(2)
        offsets = APART_PX * np.arange(count)[:, None] * np.array([1.0, 0.0, 1.0, 0.0])
        return Placed(
            en_m=places + bias + self.rng.normal(0.0, 1.0, (count, 2)) * sigmas[:, None],
            own_m2=told * (sigmas**2)[:, None, None],
            shared_m2=np.tile(told * eye.shared_sigma_m**2, (count, 1, 1)),
            scores=self.rng.uniform(0.35, 0.95, count),
            classes=tuple(self.mistaken(each.object_class) for each in seen),
            boxes=offsets + np.array([self.box(each, now_s, eye) for each in seen]),
        )


def _nothing() -> Placed:
    none: Array = np.empty((0, 2))
    return Placed(
        en_m=none,
        own_m2=np.empty((0, 2, 2)),
        shared_m2=np.empty((0, 2, 2)),
        scores=np.empty(0),
        classes=(),
        boxes=np.empty((0, 4)),
    )
