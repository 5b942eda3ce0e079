"""A first look at an object of a class that is asked for: a notice with a picture, no alarm."""

import numpy as np
from pydantic import Field

from onboard.messages import EventKind, Explanation, ObjectClass, Severity
from onboard.rules.episodes import Episodes, EpisodeSettings
from onboard.rules.finding import Candidate, Finding, Scene
from onboard.track.track import Track

NAMES = {
    ObjectClass.PERSON: ("адам", "человек", "person"),
    ObjectClass.CAR: ("жеңіл көлік", "легковой автомобиль", "car"),
    ObjectClass.TRUCK: ("жүк көлігі", "грузовик", "truck"),
    ObjectClass.BUS: ("автобус", "автобус", "bus"),
    ObjectClass.MOTORCYCLE: ("мотоцикл", "мотоцикл", "motorcycle"),
    ObjectClass.BICYCLE: ("велосипед", "велосипед", "bicycle"),
    ObjectClass.BOAT: ("қайық", "лодка", "boat"),
    ObjectClass.CATTLE: ("сиыр", "корова", "cow"),
    ObjectClass.HORSE: ("жылқы", "лошадь", "horse"),
    ObjectClass.SHEEP: ("қой", "овца", "sheep"),
    ObjectClass.DOG: ("ит", "собака", "dog"),
    ObjectClass.BAG: ("сөмке", "сумка", "bag"),
    ObjectClass.TENT: ("шатыр", "палатка", "tent"),
    ObjectClass.LIGHT: ("жарық", "свет", "light"),
    ObjectClass.HOT_SPOT: ("ыстық нүкте", "горячая точка", "hot spot"),
    ObjectClass.OTHER: ("нысан", "объект", "object"),
}


class SightingSettings(EpisodeSettings):
    """`enabled` None means: only where the source is a folder of pictures.

    Objects of a class within `same_within_m` and `forget_s` of each other are one sighting.
    """

    enabled: bool | None = None
    classes: tuple[ObjectClass, ...] = (
        ObjectClass.PERSON,
        ObjectClass.CAR,
        ObjectClass.TRUCK,
        ObjectClass.BUS,
        ObjectClass.CATTLE,
        ObjectClass.HORSE,
        ObjectClass.SHEEP,
    )
    enter_certainty: float = Field(default=0.3, ge=0, le=1)
    stay_certainty: float = Field(default=0.3, ge=0, le=1)
    dwell_s: float = Field(default=0.0, ge=0)
    same_within_m: float = Field(default=25.0, gt=0)
    forget_s: float = Field(default=60.0, gt=0)


class Sighting:
    """Fires once for each place and class."""

    def __init__(self, settings: SightingSettings) -> None:
        self._settings = settings
        self._episodes = {each: Episodes(settings) for each in settings.classes}

    def observe(self, scene: Scene) -> list[Finding]:
        """Objects that are new here, gathered by class and place."""
        found = []
        for object_class, episodes in self._episodes.items():
            fired = episodes.observe(self._candidates(scene, object_class), scene.now_s)
            found += [
                _finding(object_class, candidate, episode.certainty, episode.held_since_s)
                for candidate, episode in fired
            ]
        return found

    def _candidates(self, scene: Scene, object_class: ObjectClass) -> list[Candidate]:
        left = sorted(scene.seen(frozenset({object_class})), key=lambda each: -each.confidence)
        candidates = []
        while left:
            first = left[0]
            near = [
                each
                for each in left
                if float(np.hypot(*(each.en_m - first.en_m))) <= self._settings.same_within_m
            ]
            left = [each for each in left if each not in near]
            candidates.append(_candidate(first, near))
        return candidates


def _candidate(first: Track, near: list[Track]) -> Candidate:
    return Candidate(
        en_m=first.en_m,
        covariance_m2=first.covariance_m2,
        certainty=first.confidence,
        tracks=tuple(near),
    )


def _finding(
    object_class: ObjectClass, candidate: Candidate, certainty: float, began_s: float
) -> Finding:
    count = len(candidate.tracks)
    percent = round(100 * certainty)
    kk, ru, en = NAMES[object_class]
    return Finding(
        kind=EventKind.SIGHTING,
        rule_id=f"sighting.{object_class}",
        severity=Severity.NOTICE,
        certainty=certainty,
        en_m=candidate.en_m,
        covariance_m2=candidate.covariance_m2,
        began_s=began_s,
        tracks=candidate.tracks,
        object_class=object_class,
        object_count=count,
        explanation=Explanation(
            kk=f"Көрінді: {kk}, саны {count}, детектор бағасы {percent} %.",
            ru=f"Замечен объект: {ru}, количество {count}, оценка детектора {percent} %.",
            en=f"Seen: {en}, count {count}, detector score {percent} %.",
        ),
    )
