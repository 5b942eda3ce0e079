"""A person in an area where nobody may be."""

import numpy as np
from pydantic import Field

from onboard.messages import EventKind, Explanation, ObjectClass, Severity
from onboard.rules.episodes import Episodes, EpisodeSettings
from onboard.rules.finding import Candidate, Finding, Scene
from onboard.rules.zones import probability_within

PEOPLE = frozenset({ObjectClass.PERSON})


class IntrusionSettings(EpisodeSettings):
    """A person is in the area with at least this probability for at least this long."""

    enabled: bool = True
    enter_certainty: float = Field(default=0.9, ge=0, le=1)
    stay_certainty: float = Field(default=0.8, ge=0, le=1)
    dwell_s: float = Field(default=2.0, ge=0)
    same_within_m: float = Field(default=150.0, gt=0)


class Intrusion:
    """Fires once for each stay in an area."""

    def __init__(self, settings: IntrusionSettings) -> None:
        self._settings = settings
        self._episodes = Episodes(settings)

    def observe(self, scene: Scene) -> list[Finding]:
        """People who have newly been in a closed area for long enough."""
        fired = self._episodes.observe(
            self._candidates(scene), scene.now_s, patience_s=scene.patience_s
        )
        return [
            Finding(
                kind=EventKind.INTRUSION,
                rule_id="intrusion",
                severity=Severity.ALARM,
                certainty=episode.certainty,
                en_m=candidate.en_m,
                covariance_m2=candidate.covariance_m2,
                began_s=episode.held_since_s,
                tracks=candidate.tracks,
                object_class=ObjectClass.PERSON,
                object_count=1,
                zone=candidate.zone,
                explanation=_explanation(episode.certainty, scene.now_s - episode.held_since_s),
            )
            for candidate, episode in fired
        ]

    def _candidates(self, scene: Scene) -> list[Candidate]:
        people = scene.seen(PEOPLE)
        if not people:
            return []
        en_m = np.array([each.en_m for each in people])
        covariances = np.array([each.covariance_m2 for each in people])
        found = []
        for zone in scene.zones.closed_areas:
            probabilities = probability_within(zone.shape, en_m, covariances)
            for person, probability in zip(people, probabilities.tolist(), strict=True):
                if probability >= self._settings.stay_certainty:
                    found.append(
                        Candidate(
                            en_m=person.en_m,
                            covariance_m2=person.covariance_m2,
                            certainty=probability,
                            tracks=(person,),
                            zone=zone.id,
                        )
                    )
        return found


def _explanation(certainty: float, held_s: float) -> Explanation:
    percent, seconds = round(100 * certainty), round(held_s)
    return Explanation(
        kk=f"Адам жабық аумақта {seconds} с бойы тұр, ықтималдығы {percent} %.",
        ru=f"Человек находится в закрытой зоне {seconds} с, вероятность {percent} %.",
        en=f"A person has been in the closed area for {seconds} s, with {percent} % probability.",
    )
