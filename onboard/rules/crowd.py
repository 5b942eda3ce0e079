"""Many people close together, and so close together that it is dangerous."""

import math
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from onboard.messages import EventKind, Explanation, ObjectClass, Severity
from onboard.rules.circles import fullest_circles
from onboard.rules.episodes import Episodes, EpisodeSettings, found
from onboard.rules.finding import Candidate, Finding, Scene
from onboard.rules.herds import group_candidate
from onboard.rules.normal import probability_above

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


class DenseCrowdSettings(CrowdSettings):
    """As a crowd, in a circle so small that this is two people a square metre by default.

    Fruin, "Pedestrian Planning and Design", 1971: from there on people touch and cannot walk on.
    """

    min_count: int = Field(default=40, ge=2)
    radius_m: float = Field(default=2.5, gt=0)
    dwell_s: float = Field(default=5.0, ge=0)
    gap_s: float = Field(default=4.0, gt=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    """How much of a crowd is told, and how urgently."""

    kind: EventKind
    severity: Severity


class Crowd:
    """Fires once for each gathering."""

    level = _Level(kind=EventKind.CROWD, severity=Severity.WARNING)

    def __init__(self, settings: CrowdSettings) -> None:
        self._settings = settings
        self._episodes = Episodes(settings)

    def observe(self, scene: Scene) -> list[Finding]:
        """Gatherings that have newly lasted for long enough."""
        fired = self._episodes.observe(
            self._candidates(scene), scene.now_s, patience_s=scene.patience_s
        )
        return [
            found(
                candidate,
                episode,
                kind=self.level.kind,
                severity=self.level.severity,
                explanation=_explanation(candidate, self._settings.radius_m),
            )
            for candidate, episode in fired
        ]

    def _candidates(self, scene: Scene) -> list[Candidate]:
        people = scene.seen(PEOPLE)
        if len(people) < self._settings.min_count // 2:
            return []
        en_m = np.array([each.en_m for each in people])
        candidates = []
        for members in fullest_circles(en_m, self._settings.radius_m):
            certainty = self._certainty(len(members))
            if certainty < self._settings.stay_certainty:
                break
            together = [people[index] for index in members.tolist()]
            candidates.append(group_candidate(together, certainty))
        return candidates

    def _certainty(self, count: int) -> float:
        """The probability that the true count is at least what is asked for."""
        sigma = self._settings.count_sigma_share * count
        return probability_above(self._settings.min_count - 0.5, count, sigma)


class DenseCrowd(Crowd):
    """Fires once for each crush."""

    level = _Level(kind=EventKind.DENSE_CROWD, severity=Severity.ALARM)


def _density_m2(candidate: Candidate) -> float:
    """People a square metre, over the circle that holds nine tenths of them."""
    away_m = [math.dist(each.en_m, candidate.en_m) for each in candidate.tracks]
    radius_m = max(1.0, float(np.quantile(away_m, 0.9)))
    return 0.9 * len(away_m) / (math.pi * radius_m**2)


def _explanation(candidate: Candidate, radius_m: float) -> Explanation:
    count, density = len(candidate.tracks), f"{_density_m2(candidate):.1f}"
    return Explanation(
        kk=f"{radius_m:g} м шеңберде {count} адам жиналды, 1 м² жерде {density} адам.",
        ru=f"В радиусе {radius_m:g} м собралось людей: {count}, {density} на м².",
        en=f"{count} people have gathered within {radius_m:g} m, {density} a square metre.",
    )
