"""An object that somebody brought and left behind."""

import math
from dataclasses import dataclass

from pydantic import Field

from onboard.messages import EventKind, Explanation, ObjectClass, Severity
from onboard.rules.episodes import Episodes, EpisodeSettings, found
from onboard.rules.finding import Array, Finding, Scene
from onboard.rules.normal import probability_above
from onboard.rules.presence import candidate_of
from onboard.rules.trails import sigma_along
from onboard.track.track import Track

PEOPLE = frozenset({ObjectClass.PERSON})


class AbandonedSettings(EpisodeSettings):
    """An object that a person was with has stayed where it is, with nobody within `alone_m`.

    With it was who came within `with_m`, for `with_s` in all. It is the same object where one is
    found again within `same_within_m` and `lost_s`. Who passes by for `gap_s` does not look after
    it.
    """

    enabled: bool = True
    classes: tuple[ObjectClass, ...] = (ObjectClass.BAG,)
    with_m: float = Field(default=2.5, gt=0)
    with_s: float = Field(default=1.0, ge=0)
    alone_m: float = Field(default=6.0, gt=0)
    lost_s: float = Field(default=20.0, gt=0)
    enter_certainty: float = Field(default=0.8, ge=0, le=1)
    stay_certainty: float = Field(default=0.6, ge=0, le=1)
    dwell_s: float = Field(default=60.0, ge=0)
    gap_s: float = Field(default=12.0, gt=0)
    same_within_m: float = Field(default=2.5, gt=0)
    forget_s: float = Field(default=600.0, gt=0)


@dataclass(slots=True)
class _Object:
    """Where an object lies, and for how long somebody was seen with it."""

    en_m: Array
    last_s: float
    with_s: float = 0.0


class AbandonedObject:
    """Fires once for each object."""

    def __init__(self, settings: AbandonedSettings) -> None:
        self._settings = settings
        self._episodes = Episodes(settings)
        self._objects: list[_Object] = []

    def observe(self, scene: Scene) -> list[Finding]:
        """Objects that have newly been alone for long enough."""
        now_s = scene.now_s
        self._objects = [
            each for each in self._objects if 0.0 <= now_s - each.last_s <= self._settings.lost_s
        ]
        # Who is out of sight for a moment is where the tracker says.
        people = [each for each in scene.tracks if each.object_class in PEOPLE]
        candidates = [
            candidate_of(thing, certainty)
            for thing in scene.seen(frozenset(self._settings.classes))
            if (certainty := self._alone(thing, people, now_s)) >= self._settings.stay_certainty
        ]
        fired = self._episodes.observe(candidates, now_s, patience_s=scene.patience_s)
        return [
            found(
                candidate,
                episode,
                kind=EventKind.ABANDONED_OBJECT,
                severity=Severity.WARNING,
                explanation=_explanation(now_s - episode.held_since_s, episode.certainty),
            )
            for candidate, episode in fired
        ]

    def _alone(self, thing: Track, people: list[Track], now_s: float) -> float:
        """The probability that nobody is near something that somebody brought."""
        known = self._object(thing, now_s)
        away_m, sigma_m = _nearest(thing, people)
        if away_m <= self._settings.with_m:
            known.with_s += now_s - known.last_s
        known.en_m, known.last_s = thing.en_m, now_s
        if known.with_s < self._settings.with_s:
            return 0.0
        return probability_above(self._settings.alone_m, away_m, sigma_m)

    def _object(self, thing: Track, now_s: float) -> _Object:
        """What is known of it: of the nearest that was here lately."""
        near = [(math.dist(each.en_m, thing.en_m), each) for each in self._objects]
        away_m, known = min(near, key=lambda pair: pair[0], default=(math.inf, None))
        if known is None or away_m > self._settings.same_within_m:
            known = _Object(thing.en_m, now_s)
            self._objects.append(known)
        return known


def _nearest(thing: Track, people: list[Track]) -> tuple[float, float]:
    """How far off the nearest person is, and the standard deviation of that.

    What a frame's places share of their errors does not move them apart.
    """
    if not people:
        return math.inf, 0.0
    away_m, person = min(
        ((math.dist(each.en_m, thing.en_m), each) for each in people), key=lambda pair: pair[0]
    )
    if away_m == 0.0:
        return 0.0, 0.0
    towards = (person.en_m - thing.en_m) / away_m
    return away_m, sigma_along(thing.own_m2 + person.own_m2, towards)


def _explanation(held_s: float, certainty: float) -> Explanation:
    percent, seconds = round(100 * certainty), round(held_s)
    return Explanation(
        kk=f"Біреу қалдырған зат {seconds} с бойы иесіз тұр, ықтималдығы {percent} %.",
        ru=f"Оставленный кем-то предмет лежит без присмотра {seconds} с, вероятность {percent} %.",
        en=f"An object that somebody left has lain alone for {seconds} s, "
        f"with {percent} % probability.",
    )
