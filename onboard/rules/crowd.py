"""Many people close together."""

import math

import numpy as np
from pydantic import Field

from onboard.messages import EventKind, Explanation, ObjectClass, Severity
from onboard.rules.episodes import Episodes, EpisodeSettings
from onboard.rules.finding import Candidate, Finding, Scene
from onboard.track.track import Track

PEOPLE = frozenset({ObjectClass.PERSON})


class CrowdSettings(EpisodeSettings):
    """At least `min_count` people within `radius_m` of one place.

    `count_sigma_share` is the standard deviation of a count, as a share of it.
    """

    enabled: bool = True
    min_count: int = Field(default=20, ge=2)
    radius_m: float = Field(default=12.0, gt=0)
    count_sigma_share: float = Field(default=0.1, gt=0)
    enter_certainty: float = Field(default=0.5, ge=0, le=1)
    stay_certainty: float = Field(default=0.1, ge=0, le=1)
    dwell_s: float = Field(default=3.0, ge=0)
    same_within_m: float = Field(default=60.0, gt=0)


class Crowd:
    """Fires once for each gathering."""

    def __init__(self, settings: CrowdSettings) -> None:
        self._settings = settings
        self._episodes = Episodes(settings)

    def observe(self, scene: Scene) -> list[Finding]:
        """Gatherings that have newly lasted for long enough."""
        fired = self._episodes.observe(
            self._candidates(scene), scene.now_s, patience_s=scene.patience_s
        )
        return [
            Finding(
                kind=EventKind.CROWD,
                rule_id="crowd",
                severity=Severity.WARNING,
                certainty=episode.certainty,
                en_m=candidate.en_m,
                covariance_m2=candidate.covariance_m2,
                began_s=episode.held_since_s,
                tracks=candidate.tracks,
                object_class=ObjectClass.PERSON,
                object_count=len(candidate.tracks),
                explanation=_explanation(len(candidate.tracks), self._settings.radius_m),
            )
            for candidate, episode in fired
        ]

    def _candidates(self, scene: Scene) -> list[Candidate]:
        people = scene.seen(PEOPLE)
        if len(people) < self._settings.min_count // 2:
            return []
        en_m = np.array([each.en_m for each in people])
        apart_m = np.hypot(*(en_m[:, None] - en_m[None]).transpose(2, 0, 1))
        near = apart_m <= self._settings.radius_m
        left = np.ones(len(people), dtype=bool)
        candidates = []
        while left.any():
            counts = np.where(left, (near & left[None]).sum(axis=1), 0)
            middle = int(counts.argmax())
            members = near[middle] & left
            certainty = self._certainty(int(counts[middle]))
            if certainty < self._settings.stay_certainty:
                break
            candidates.append(
                _candidate([people[index] for index in np.flatnonzero(members)], certainty)
            )
            left &= ~members
        return candidates

    def _certainty(self, count: int) -> float:
        """The probability that the true count is at least what is asked for."""
        sigma = self._settings.count_sigma_share * count
        margin = (count - self._settings.min_count + 0.5) / sigma
        return 0.5 * (1.0 + math.erf(margin / math.sqrt(2.0)))


def _candidate(members: list[Track], certainty: float) -> Candidate:
    en_m = np.array([each.en_m for each in members])
    own = np.mean([each.own_m2 for each in members], axis=0) / len(members)
    shared = np.mean([each.covariance_m2 - each.own_m2 for each in members], axis=0)
    return Candidate(
        en_m=en_m.mean(axis=0),
        covariance_m2=own + shared + np.cov(en_m.T) / len(members),
        certainty=certainty,
        tracks=tuple(members),
    )


def _explanation(count: int, radius_m: float) -> Explanation:
    metres = round(radius_m)
    return Explanation(
        kk=f"{metres} м шеңберде {count} адам жиналды.",
        ru=f"В радиусе {metres} м собралось людей: {count}.",
        en=f"{count} people have gathered within {metres} m.",
    )
