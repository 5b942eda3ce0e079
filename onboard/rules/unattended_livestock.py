"""A herd outside every pasture with nobody near it for a time."""

from collections import deque

import numpy as np
import numpy.typing as npt
from pydantic import Field

from onboard.messages import EventKind, Explanation, ObjectClass, Severity
from onboard.rules.episodes import Episodes, EpisodeSettings, found
from onboard.rules.finding import Array, Candidate, Finding, Scene
from onboard.rules.herds import distances_m, group_candidate, herds
from onboard.rules.presence import places
from onboard.track.kinds import LIVESTOCK, VEHICLES
from onboard.track.track import Track

Flags = npt.NDArray[np.bool_]
HERDERS = VEHICLES | {ObjectClass.PERSON, ObjectClass.MOTORCYCLE, ObjectClass.BICYCLE}


class UnattendedLivestockSettings(EpisodeSettings):
    """At least `min_count` animals, outside every pasture, are alone for `dwell_s`.

    A person, or a vehicle no faster than `herding_m_s`, within `near_m` of any of them looks after
    them once followed for `herder_s` (no false sight lasts), and for `remember_s` after being seen.
    """

    enabled: bool = True
    min_count: int = Field(default=2, ge=1)
    group_within_m: float = Field(default=30.0, gt=0)
    near_m: float = Field(default=80.0, gt=0)
    herding_m_s: float = Field(default=6.0, gt=0)
    herder_s: float = Field(default=6.0, ge=0)
    remember_s: float = Field(default=30.0, ge=0)
    enter_certainty: float = Field(default=0.9, ge=0, le=1)
    stay_certainty: float = Field(default=0.7, ge=0, le=1)
    dwell_s: float = Field(default=120.0, ge=0)
    gap_s: float = Field(default=15.0, gt=0)
    same_within_m: float = Field(default=60.0, gt=0)
    forget_s: float = Field(default=600.0, gt=0)


class UnattendedLivestock:
    """Fires once for each herd."""

    def __init__(self, settings: UnattendedLivestockSettings) -> None:
        self._settings = settings
        self._episodes = Episodes(settings)
        self._herders: deque[tuple[float, Array]] = deque()

    def observe(self, scene: Scene) -> list[Finding]:
        """Herds that have newly been alone for long enough."""
        self._look_for_herders(scene)
        fired = self._episodes.observe(
            self._candidates(scene), scene.now_s, patience_s=scene.patience_s
        )
        return [
            found(
                candidate,
                episode,
                kind=EventKind.UNATTENDED_LIVESTOCK,
                severity=Severity.NOTICE,
                explanation=_explanation(
                    len(candidate.tracks), scene.now_s - episode.held_since_s, episode.certainty
                ),
            )
            for candidate, episode in fired
        ]

    def _look_for_herders(self, scene: Scene) -> None:
        herders = self._herders
        while herders and not 0.0 <= scene.now_s - herders[0][0] <= self._settings.remember_s:
            herders.popleft()
        slow = [
            each.en_m
            for each in scene.seen(HERDERS)
            if each.speed_m_s <= self._settings.herding_m_s
            and scene.now_s - each.first_seen_s >= self._settings.herder_s
        ]
        if slow:
            herders.append((scene.now_s, np.array(slow)))

    def _candidates(self, scene: Scene) -> list[Candidate]:
        animals = scene.seen(LIVESTOCK)
        if len(animals) < self._settings.min_count:
            return []
        en_m, covariances_m2 = places(animals)
        outside = 1.0 - scene.zones.in_pasture(en_m, covariances_m2)
        attended = self._attended(en_m)
        candidates = []
        for herd in herds(animals, within_m=self._settings.group_within_m):
            certainty = float(np.sort(outside[herd])[::-1][: self._settings.min_count].min())
            if len(herd) < self._settings.min_count or certainty < self._settings.stay_certainty:
                continue
            if not attended[herd].any():
                candidates.append(self._candidate(animals, herd, outside, certainty))
        return candidates

    def _attended(self, en_m: Array) -> Flags:
        """Which animals (n, 2) somebody is near, or was of late, (n,)."""
        if not self._herders:
            return np.zeros(len(en_m), dtype=np.bool_)
        near_m = self._settings.near_m
        seen = np.concatenate([each for _, each in self._herders])
        low, high = en_m.min(axis=0) - near_m, en_m.max(axis=0) + near_m
        seen = seen[((seen >= low) & (seen <= high)).all(axis=1)]
        return np.asarray((distances_m(en_m, seen) <= near_m).any(axis=1))

    def _candidate(
        self, animals: list[Track], herd: list[int], outside: Array, certainty: float
    ) -> Candidate:
        members = [animals[index] for index in herd if outside[index] >= 0.5]
        return group_candidate(members, certainty)


def _explanation(count: int, held_s: float, certainty: float) -> Explanation:
    percent, seconds = round(100 * certainty), round(held_s)
    return Explanation(
        kk=f"{count} мал {seconds} с бойы қараусыз жүр, ықтималдығы {percent} %.",
        ru=f"Скот ({count}) без присмотра {seconds} с, вероятность {percent} %.",
        en=f"{count} animals have been unattended for {seconds} s, with {percent} % probability.",
    )
