"""The odds of each new track being one that was seen before."""

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from onboard.count.individual import Individual, places
from onboard.count.settings import CountSettings
from onboard.track.association import kinds_of
from onboard.track.kinds import ANIMAL
from onboard.track.looks import Looks
from onboard.track.track import Array, Track
from onboard.track.wandering import Lost, densities

NEAR_M, HERD_M = 15.0, 30.0
NEAR_S, HERD_S = 3.0, 20.0
# Of what goes its way: how often it comes under the camera again, and how often what is met on
# ground that was seen before is something that has come meanwhile.
COMES_AGAIN, CAME = 0.3, 0.2
LEAST_ODDS = 1e-4
# How much of a herd's measured drift is drift: the rest is the camera's own.
HERD_SHARE = 0.6


class Odds:
    """Pairs of tracks with their odds, judged once for each new track.

    The odds are those of Reid (1979): found again at a density of places, against not found again
    and a new object there, of which there are as many as the ground around has of its kind.
    """

    def __init__(self, settings: CountSettings) -> None:
        self._settings = settings
        self._of: dict[int, list[tuple[int, float]]] = {}
        self._drifts: dict[int, tuple[float, Array]] = {}

    def pairs(self) -> Iterator[tuple[int, int, float]]:
        """The earlier track, the later one, and the odds."""
        for later, earlier in self._of.items():
            for name, odds in earlier:
                yield name, later, odds

    def forget(self, name: int) -> None:
        """A track is no more."""
        self._of.pop(name, None)
        self._drifts.pop(name, None)

    def add(self, new: Individual, known: Mapping[int, Individual], looks: Looks) -> None:
        """Judge a new track against all of its kind that had ended when it began."""
        began = new.began
        alike = {name: each for name, each in known.items() if each.kind is new.kind}
        ended = {
            name: each
            for name, each in alike.items()
            if each.ended.last_seen_s < began.first_seen_s
        }
        if not ended:
            return
        tracks = [each.ended for each in ended.values()]
        gone = lost(
            tracks,
            drift=np.array([self._drift(name, alike) for name in ended]),
            now_s=began.first_seen_s,
        )
        density = densities(gone, began.en_m[None], began.covariance_m2[None])[:, 0]
        again = self._settings.recall * (1.0 - gone.ways()[:, 2] * (1.0 - COMES_AGAIN))
        again *= np.array([each.real() for each in ended.values()])
        odds = again * density / self._new_m2(new, alike, tracks, looks)
        # What does not come into the picture is not missed in it.
        odds /= 1.0 - again * looks.inside_soon(gone.drifted_en_m(), gone.drift_sigma_m())
        found = [
            (name, float(each))
            for name, each in zip(ended, odds.tolist(), strict=True)
            if each > LEAST_ODDS
        ]
        if found:
            self._of[began.track_id] = found

    def _new_m2(
        self, new: Individual, alike: Mapping[int, Individual], ended: list[Track], looks: Looks
    ) -> float:
        """The density of objects that are there and were not found before."""
        began = new.began
        lately = [
            each.ended
            for each in alike.values()
            if began.last_seen_s - each.ended.last_seen_s <= NEAR_S
        ]
        near = 1 + int((np.hypot(*(places(lately) - began.en_m).T) <= NEAR_M).sum())
        density = near / (math.pi * NEAR_M**2)
        if looks.known:
            before = bool(looks.seen_before(began.en_m[None], began.first_seen_s - NEAR_S)[0])
        else:
            before = bool((np.hypot(*(places(ended) - began.en_m).T) <= NEAR_M).any())
        if not before:
            return density
        goes = float(lost([began]).ways()[0, 2])
        return density * ((1.0 - goes) * (1.0 - self._settings.recall) + goes * CAME)

    def _drift(self, name: int, alike: Mapping[int, Individual]) -> Array:
        """The velocity that a track drifts with, once it is out of sight: its herd's."""
        track = alike[name].ended
        if alike[name].kind is not ANIMAL:
            return track.velocity_en_m_s
        last_s, drift = self._drifts.get(name, (math.nan, track.velocity_en_m_s))
        if last_s != track.last_seen_s:
            others = [
                each.ended
                for each in alike.values()
                if abs(each.ended.last_seen_s - track.last_seen_s) <= HERD_S
                and abs(each.ended.en_m - track.en_m).max() <= HERD_M
            ]
            drift = HERD_SHARE * np.median([each.velocity_en_m_s for each in others], axis=0)
            self._drifts[name] = (track.last_seen_s, drift)
        return drift


def lost(tracks: Sequence[Track], *, drift: Array | None = None, now_s: float = 0.0) -> Lost:
    """Tracks as they were when they were seen last."""
    velocity = np.array([track.velocity_en_m_s for track in tracks])
    return Lost(
        kinds=kinds_of(tuple(track.object_class for track in tracks)),
        en_m=places(tracks),
        covariance_m2=np.array([track.covariance_m2 for track in tracks]),
        velocity=velocity,
        velocity_m2_s2=np.array([track.velocity_m2_s2 for track in tracks]),
        drift=velocity if drift is None else drift,
        gap_s=np.maximum(0.0, now_s - np.array([track.last_seen_s for track in tracks])),
    )
