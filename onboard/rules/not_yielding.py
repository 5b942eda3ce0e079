"""A vehicle that drives over a pedestrian crossing in front of a person who is on it."""

import math

import numpy as np
import shapely
from pydantic import Field

from onboard.messages import EventKind, Explanation, ObjectClass, Severity
from onboard.rules.episodes import Episodes, EpisodeSettings, found
from onboard.rules.finding import Array, Candidate, Finding, Scene
from onboard.rules.normal import probability_above
from onboard.rules.presence import candidate_of, places
from onboard.rules.trails import Sight, Trails, sigma_along, went_m_s
from onboard.rules.zones import Zone, Zones, probability_within
from onboard.track.kinds import DRIVEN
from onboard.track.track import Track

PEOPLE = frozenset({ObjectClass.PERSON})
# A vehicle and the last step of its way.
_Way = tuple[Track, tuple[Sight, Sight]]


class NotYieldingSettings(EpisodeSettings):
    """Its way of late led over the crossing while a person was probably on it, in its way.

    In its way is who was within `near_m` of where it drove, beside or ahead of it, and was not
    walking away from there faster than `away_m_s`. Slower than `min_speed_m_s` it was giving way.
    Who has gone unseen for `unseen_s` is still taken to be where the tracker says. A person on the
    carriageway within `beside_m` of the crossing is on it: people keep to it less exactly than it
    is drawn, and all places share an error of about that.
    """

    enabled: bool = True
    near_m: float = Field(default=4.5, gt=0)
    away_m_s: float = Field(default=0.5, ge=0)
    min_speed_m_s: float = Field(default=3.0, gt=0)
    over_s: float = Field(default=1.5, gt=0)
    unseen_s: float = Field(default=1.5, ge=0)
    beside_m: float = Field(default=1.5, ge=0)
    enter_certainty: float = Field(default=0.5, ge=0, le=1)
    stay_certainty: float = Field(default=0.5, ge=0, le=1)
    dwell_s: float = Field(default=0.0, ge=0)
    gap_s: float = Field(default=2.0, gt=0)
    same_within_m: float = Field(default=12.0, gt=0)
    forget_s: float = Field(default=10.0, gt=0)


class NotYielding:
    """Fires once for each vehicle and crossing."""

    def __init__(self, settings: NotYieldingSettings) -> None:
        self._settings = settings
        self._episodes = Episodes(settings, per_track=True)
        self._vehicles = Trails(lasting_s=settings.over_s, gap_s=settings.gap_s)
        self._people = Trails(lasting_s=2.0 * settings.over_s, gap_s=settings.gap_s)
        self._widened: dict[str, shapely.Geometry] = {}

    def observe(self, scene: Scene) -> list[Finding]:
        """Vehicles that have just driven over a crossing that was not free."""
        if not scene.zones.crossings:
            return []
        vehicles, people = self._of_late(scene, DRIVEN), self._of_late(scene, PEOPLE)
        self._vehicles.add(vehicles, scene.now_s, patience_s=scene.patience_s)
        self._people.add(people, scene.now_s, patience_s=scene.patience_s)
        ways = [(each, way) for each in vehicles if (way := self._way(each)) is not None]
        candidates = [
            candidate
            for crossing in scene.zones.crossings
            for candidate in self._candidates(scene, crossing, ways, people)
        ]
        fired = self._episodes.observe(candidates, scene.now_s, patience_s=scene.patience_s)
        return [
            found(
                candidate,
                episode,
                kind=EventKind.NOT_YIELDING,
                severity=Severity.WARNING,
                explanation=_explanation(candidate.tracks[0].speed_m_s, episode.certainty),
            )
            for candidate, episode in fired
        ]

    def _of_late(self, scene: Scene, classes: frozenset[ObjectClass]) -> list[Track]:
        return [
            each
            for each in scene.tracks
            if each.object_class in classes
            and scene.now_s - each.last_seen_s <= self._settings.unseen_s
        ]

    def _candidates(
        self, scene: Scene, crossing: Zone, ways: list[_Way], people: list[Track]
    ) -> list[Candidate]:
        ways = _over(crossing, ways) if people else []
        if not ways:
            return []
        on_it = probability_within(self._wider(scene.zones, crossing), *places(people))
        candidates = []
        for vehicle, way in ways:
            shares = [
                share * self._in_its_way(person, way)
                for person, share in zip(people, on_it.tolist(), strict=True)
                if share > 0.0
            ]
            certainty = max(shares, default=0.0)
            if certainty >= self._settings.stay_certainty:
                candidates.append(candidate_of(vehicle, certainty, zone=crossing.id))
        return candidates

    def _wider(self, zones: Zones, crossing: Zone) -> shapely.Geometry:
        """The crossing and the carriageway beside it."""
        if crossing.id not in self._widened:
            around = shapely.buffer(crossing.shape, self._settings.beside_m)
            beside = shapely.intersection(around, zones.all_roads())
            wider = shapely.union(crossing.shape, beside)
            shapely.prepare(wider)
            self._widened[crossing.id] = wider
        return self._widened[crossing.id]

    def _way(self, vehicle: Track) -> tuple[Sight, Sight] | None:
        """The last step of its way, where it goes fast enough."""
        sights = self._vehicles.of(vehicle.track_id)
        if len(sights) < 2:
            return None
        before, after = sights[-2], sights[-1]
        first = sights[0]
        speed_m_s = math.dist(first.en_m, after.en_m) / (after.at_s - first.at_s)
        slow = min(speed_m_s, vehicle.speed_m_s) < self._settings.min_speed_m_s
        return None if slow else (before, after)

    def _in_its_way(self, person: Track, way: tuple[Sight, Sight]) -> float:
        """The probability that the person was near the vehicle's way, and not already leaving it.

        Both share the camera's error, so only what they do not share speaks against it.
        """
        before, after = way
        ahead = after.en_m - before.en_m
        ahead = ahead / max(1e-9, float(np.hypot(*ahead)))
        aside = np.array([-ahead[1], ahead[0]])
        offset_m = float((person.en_m - after.en_m) @ aside)
        sigma_m = sigma_along(person.own_m2 + after.own_m2, aside)
        near = 1.0 - probability_above(self._settings.near_m, abs(offset_m), sigma_m)
        if near == 0.0:
            return 0.0
        away = aside * math.copysign(1.0, offset_m)
        return near * (1.0 - self._leaving(person, away))

    def _leaving(self, person: Track, away: Array) -> float:
        """The probability that the person walks away (2,), by the way that they have gone."""
        ends = self._people.across(person.track_id)
        if ends is None:
            velocity, covariance = person.velocity_en_m_s, person.velocity_m2_s2
        else:
            velocity, covariance = went_m_s(*ends)
        sigma = sigma_along(covariance, away)
        return probability_above(self._settings.away_m_s, float(velocity @ away), sigma)


def _over(crossing: Zone, ways: list[_Way]) -> list[_Way]:
    """Those whose last step leads over the crossing's middle."""
    if not ways:
        return []
    steps = shapely.linestrings([[before.en_m, after.en_m] for _, (before, after) in ways])
    crosses = np.atleast_1d(shapely.intersects(crossing.shape, steps)).tolist()
    return [way for way, is_over in zip(ways, crosses, strict=True) if is_over]


def _explanation(speed_m_s: float, certainty: float) -> Explanation:
    speed, percent = round(3.6 * speed_m_s), round(100 * certainty)
    return Explanation(
        kk=f"Көлік жаяу жүргінші өткелінен шамамен {speed} км/сағ жылдамдықпен, жаяу жүргіншіге "
        f"жол бермей өтті, ықтималдығы {percent} %.",
        ru=f"Автомобиль проехал пешеходный переход со скоростью около {speed} км/ч, "
        f"не уступив пешеходу, вероятность {percent} %.",
        en=f"A vehicle drove over the crossing at about {speed} km/h without yielding to a person, "
        f"with {percent} % probability.",
    )
