"""Livestock on a carriageway."""

import numpy as np
from pydantic import Field

from onboard.messages import EventKind, Explanation, Severity
from onboard.rules.episodes import Episodes, EpisodeSettings, found
from onboard.rules.finding import Candidate, Finding, Scene
from onboard.rules.herds import group_candidate
from onboard.rules.normal import probability_of_at_least
from onboard.track.kinds import LIVESTOCK


class AnimalsOnRoadSettings(EpisodeSettings):
    """At least `min_count` animals within `group_within_m` of each other are on a carriageway."""

    enabled: bool = True
    min_count: int = Field(default=2, ge=1)
    group_within_m: float = Field(default=25.0, gt=0)
    enter_certainty: float = Field(default=0.9, ge=0, le=1)
    stay_certainty: float = Field(default=0.7, ge=0, le=1)
    dwell_s: float = Field(default=2.0, ge=0)
    same_within_m: float = Field(default=80.0, gt=0)


class AnimalsOnRoad:
    """Fires once for each herd that comes onto a road."""

    def __init__(self, settings: AnimalsOnRoadSettings) -> None:
        self._settings = settings
        self._episodes = Episodes(settings)

    def observe(self, scene: Scene) -> list[Finding]:
        """Herds that have newly been on a road for long enough."""
        fired = self._episodes.observe(
            self._candidates(scene), scene.now_s, patience_s=scene.patience_s
        )
        return [
            found(
                candidate,
                episode,
                kind=EventKind.ANIMALS_ON_ROAD,
                severity=Severity.ALARM,
                explanation=_explanation(len(candidate.tracks), episode.certainty),
                zone=scene.zones.carriageway_at(candidate.en_m),
            )
            for candidate, episode in fired
        ]

    def _candidates(self, scene: Scene) -> list[Candidate]:
        animals = scene.seen(LIVESTOCK)
        if len(animals) < self._settings.min_count or not scene.zones.carriageways:
            return []
        en_m = np.array([each.en_m for each in animals])
        covariances = np.array([each.covariance_m2 for each in animals])
        probabilities = scene.zones.on_carriageway(en_m, covariances)
        candidates = []
        left = probabilities > 0.1
        while left.any():
            seed = int(np.argmax(np.where(left, probabilities, -1.0)))
            near = left & (np.hypot(*(en_m - en_m[seed]).T) <= self._settings.group_within_m)
            left &= ~near
            certainty = probability_of_at_least(self._settings.min_count, probabilities[near])
            if certainty >= self._settings.stay_certainty:
                on_road = np.flatnonzero(near & (probabilities >= 0.5)).tolist()
                members = tuple(animals[index] for index in on_road or [seed])
                candidates.append(group_candidate(members, min(1.0, certainty)))
        return candidates


def _explanation(count: int, certainty: float) -> Explanation:
    percent = round(100 * certainty)
    return Explanation(
        kk=f"Жолдың жүру бөлігінде {count} мал бар, ықтималдығы {percent} %.",
        ru=f"На проезжей части животных: {count}, вероятность {percent} %.",
        en=f"{count} animals are on the carriageway, with {percent} % probability.",
    )
