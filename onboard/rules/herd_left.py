"""A herd that leaves its pasture: animals that were surely in it are surely out of it."""

from dataclasses import dataclass

import numpy as np
import shapely
from pydantic import Field

from onboard.messages import EventKind, Explanation, Severity
from onboard.rules.episodes import Episodes, EpisodeSettings, found
from onboard.rules.finding import Array, Candidate, Finding, Scene
from onboard.rules.herds import group_candidate, herds
from onboard.rules.presence import places
from onboard.rules.zones import Zone, probability_within, reached
from onboard.track.kinds import LIVESTOCK
from onboard.track.track import Track


class HerdLeftSettings(EpisodeSettings):
    """At least `min_count` animals of a pasture are more than `margin_m` outside it.

    An animal that is lost from sight is the same if one is found within `relink_m` and `relink_s`.
    """

    enabled: bool = True
    min_count: int = Field(default=3, ge=1)
    group_within_m: float = Field(default=30.0, gt=0)
    margin_m: float = Field(default=5.0, ge=0)
    inside_certainty: float = Field(default=0.9, ge=0, le=1)
    relink_m: float = Field(default=8.0, gt=0)
    relink_s: float = Field(default=15.0, gt=0)
    enter_certainty: float = Field(default=0.9, ge=0, le=1)
    stay_certainty: float = Field(default=0.7, ge=0, le=1)
    dwell_s: float = Field(default=5.0, ge=0)
    gap_s: float = Field(default=5.0, gt=0)
    same_within_m: float = Field(default=80.0, gt=0)
    forget_s: float = Field(default=600.0, gt=0)


@dataclass(slots=True)
class _Belonging:
    """The pasture in which an animal was, and where it was seen last."""

    pasture: str
    en_m: Array
    at_s: float


class HerdLeft:
    """Fires once for each herd and pasture."""

    def __init__(self, settings: HerdLeftSettings) -> None:
        self._settings = settings
        self._episodes = Episodes(settings)
        self._belongings: dict[int, _Belonging] = {}
        self._widened: dict[str, shapely.Geometry] = {}

    def observe(self, scene: Scene) -> list[Finding]:
        """Herds that have newly been out for long enough."""
        if not scene.zones.pastures:
            return []
        animals = scene.seen(LIVESTOCK)
        self._remember(scene, animals)
        fired = self._episodes.observe(
            self._candidates(scene, animals), scene.now_s, patience_s=scene.patience_s
        )
        return [
            found(
                candidate,
                episode,
                kind=EventKind.HERD_LEFT_PASTURE,
                severity=Severity.WARNING,
                explanation=_explanation(len(candidate.tracks), episode.certainty),
            )
            for candidate, episode in fired
        ]

    def _remember(self, scene: Scene, animals: list[Track]) -> None:
        """Which pasture each animal in sight is of, those found again included."""
        now_s = scene.now_s
        self._belongings = {
            track_id: known
            for track_id, known in self._belongings.items()
            if 0.0 <= now_s - known.at_s <= self._settings.relink_s
        }
        if not animals:
            return
        seen = {each.track_id for each in animals}
        lost = {key: each for key, each in self._belongings.items() if key not in seen}
        for animal in animals:
            known = self._belongings.get(animal.track_id) or self._found_again(animal, lost)
            if known is not None:
                known.en_m, known.at_s = animal.en_m, now_s
                self._belongings[animal.track_id] = known
        self._note_inside(scene, animals)

    def _found_again(self, animal: Track, lost: dict[int, _Belonging]) -> _Belonging | None:
        """The nearest lost animal that this one may be; each is found once."""
        near = [(float(np.hypot(*(each.en_m - animal.en_m))), key) for key, each in lost.items()]
        distance_m, key = min(near, default=(np.inf, -1))
        if distance_m > self._settings.relink_m:
            return None
        self._belongings.pop(key, None)
        return lost.pop(key)

    def _note_inside(self, scene: Scene, animals: list[Track]) -> None:
        en_m, covariances_m2 = places(animals)
        for pasture in reached(scene.zones.pastures, en_m, covariances_m2):
            inside = probability_within(pasture.shape, en_m, covariances_m2)
            for index in np.flatnonzero(inside >= self._settings.inside_certainty).tolist():
                animal = animals[index]
                self._belongings[animal.track_id] = _Belonging(pasture.id, animal.en_m, scene.now_s)

    def _candidates(self, scene: Scene, animals: list[Track]) -> list[Candidate]:
        of_pasture: dict[str, list[Track]] = {}
        for each in animals:
            if known := self._belongings.get(each.track_id):
                of_pasture.setdefault(known.pasture, []).append(each)
        candidates = []
        for pasture in scene.zones.pastures:
            of_it = of_pasture.get(pasture.id, [])
            if len(of_it) >= self._settings.min_count:
                candidates += self._out_of(pasture, of_it)
        return candidates

    def _out_of(self, pasture: Zone, animals: list[Track]) -> list[Candidate]:
        outside = 1.0 - probability_within(self._wider(pasture), *places(animals))
        out = [each for each, share in zip(animals, outside.tolist(), strict=True) if share >= 0.5]
        sure = outside[outside >= 0.5]
        candidates = []
        for herd in herds(out, within_m=self._settings.group_within_m):
            if len(herd) < self._settings.min_count:
                continue
            certainty = float(np.sort(sure[herd])[::-1][self._settings.min_count - 1])
            if certainty >= self._settings.stay_certainty:
                members = [out[index] for index in herd]
                candidates.append(group_candidate(members, certainty, zone=pasture.id))
        return candidates

    def _wider(self, pasture: Zone) -> shapely.Geometry:
        if pasture.id not in self._widened:
            wider = shapely.buffer(pasture.shape, self._settings.margin_m)
            shapely.prepare(wider)
            self._widened[pasture.id] = wider
        return self._widened[pasture.id]


def _explanation(count: int, certainty: float) -> Explanation:
    percent = round(100 * certainty)
    return Explanation(
        kk=f"Жайылымнан {count} мал шығып кетті, ықтималдығы {percent} %.",
        ru=f"Пастбище покинули животные: {count}, вероятность {percent} %.",
        en=f"{count} animals have left their pasture, with {percent} % probability.",
    )
