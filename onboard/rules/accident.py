"""The pattern of a road accident: who stops so hard, and what is seen around it after.

No single sight tells an accident. Each sign speaks for it with so many nats of log odds, and a rule
fires where they add up to enough: naive Bayes, with weights that are estimates, not counts.
"""

import math
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from onboard.messages import EventKind, ObjectClass, Severity
from onboard.rules.accident_signs import Signs, told
from onboard.rules.episodes import Episodes, EpisodeSettings, found
from onboard.rules.finding import Array, Candidate, Finding, Scene
from onboard.rules.herds import group_candidate
from onboard.rules.normal import probability_above
from onboard.rules.presence import places
from onboard.rules.trails import Sight, Trails, sigma_along, went_m_s
from onboard.rules.zones import probability_within
from onboard.track.kinds import DRIVEN, VEHICLES
from onboard.track.track import Track

PEOPLE = frozenset({ObjectClass.PERSON})
# A track this slow stands, as far as its own noise lets tell.
STANDS_M_S, PASSES_M_S = 1.2, 3.0
# What stands so near to where one stopped is that one.
OWN_M = 4.0


class AccidentSettings(EpisodeSettings):
    """A vehicle on a carriageway lost `hard_m_s2` for two seconds, and stands.

    Signs beside it: another that stands, or stopped as hard, within `touch_m`; people on the
    carriageway within `near_m`, on no crossing; two others that drove past; and that it still
    stands after `stands_s`. Near a crossing there are other reasons to brake. What each adds to the
    log odds, and what these begin with, is in nats.
    """

    enabled: bool = True
    hard_m_s2: float = Field(default=4.5, gt=0)
    touch_m: float = Field(default=9.0, gt=0)
    near_m: float = Field(default=12.0, gt=0)
    crossing_m: float = Field(default=20.0, ge=0)
    stands_s: float = Field(default=12.0, gt=0)
    remember_s: float = Field(default=120.0, gt=0)
    prior_nats: float = -5.0
    hard_nats: float = 3.0
    both_hard_nats: float = 3.0
    beside_nats: float = 1.5
    people_nats: float = 2.0
    passed_nats: float = 1.0
    stands_nats: float = 1.5
    crossing_nats: float = -3.0
    enter_certainty: float = Field(default=0.9, ge=0, le=1)
    stay_certainty: float = Field(default=0.7, ge=0, le=1)
    dwell_s: float = Field(default=2.0, ge=0)
    gap_s: float = Field(default=5.0, gt=0)
    same_within_m: float = Field(default=25.0, gt=0)
    forget_s: float = Field(default=600.0, gt=0)


@dataclass(slots=True)
class _Stop:
    """A hard stop: where, when, how surely, and what has been seen of it since."""

    en_m: Array
    at_s: float
    hard: float
    near_crossing: bool
    last_s: float
    people: bool = False
    passed: frozenset[int] = frozenset()


class Accident:
    """Fires once for each accident."""

    def __init__(self, settings: AccidentSettings) -> None:
        self._settings = settings
        self._episodes = Episodes(settings)
        self._trails = Trails(lasting_s=3.0, gap_s=2.5)
        self._stops: list[_Stop] = []

    def observe(self, scene: Scene) -> list[Finding]:
        """What has newly become so probable that somebody should look."""
        vehicles = scene.seen(DRIVEN)
        self._trails.add(vehicles, scene.now_s, patience_s=scene.patience_s)
        self._forget(scene.now_s)
        if scene.zones.carriageways:
            self._note_stops(scene, [each for each in vehicles if each.object_class in VEHICLES])
        suspected = self._suspected(scene, vehicles) if self._stops else []
        fired = self._episodes.observe(
            [each for each, _ in suspected], scene.now_s, patience_s=scene.patience_s
        )
        return [
            found(
                candidate,
                episode,
                kind=EventKind.ACCIDENT,
                severity=Severity.ALARM,
                explanation=told(signs, episode.certainty),
            )
            for candidate, episode in fired
            for suspect, signs in suspected
            if suspect is candidate
        ]

    def _forget(self, now_s: float) -> None:
        """Drop stops that are long ago, and those whose vehicle is gone."""
        kept_s = self._settings.remember_s
        self._stops = [
            each
            for each in self._stops
            if 0.0 <= now_s - each.at_s <= kept_s and now_s - each.last_s <= kept_s / 4.0
        ]

    def _note_stops(self, scene: Scene, vehicles: list[Track]) -> None:
        stopped = [(each, hard) for each in vehicles if (hard := self._hard(each)) > 0.3]
        if not stopped:
            return
        en_m, covariances_m2 = places([each for each, _ in stopped])
        on_road = scene.zones.on_carriageway(en_m, covariances_m2)
        crossing = scene.zones.near_crossing(en_m, self._settings.crossing_m)
        for index, (vehicle, hard) in enumerate(stopped):
            certainty = hard * float(on_road[index])
            known = self._stop_at(vehicle.en_m, within_m=3.0)
            if known is not None and scene.now_s - known.at_s < 4.0:
                known.hard, known.en_m = max(known.hard, certainty), vehicle.en_m
            elif known is None and certainty > 0.3:
                near = bool(crossing[index])
                self._stops.append(_Stop(vehicle.en_m, scene.now_s, certainty, near, scene.now_s))

    def _hard(self, vehicle: Track) -> float:
        """The probability that it lost so much speed within its trail, and hardly moves now."""
        sights = self._trails.of(vehicle.track_id)
        first, last = _ends(sights)
        if first is None or last is None:
            return 0.0
        (before, before_m2), (after, after_m2) = first, last
        speed_m_s = float(np.hypot(*before))
        if speed_m_s < PASSES_M_S or float(np.hypot(*after)) > STANDS_M_S:
            return 0.0
        along = before / speed_m_s
        elapsed_s = (sights[-1].at_s + sights[-2].at_s - sights[0].at_s - sights[1].at_s) / 2.0
        lost_m_s = speed_m_s - float(after @ along)
        sigma = sigma_along(before_m2 + after_m2, along)
        return probability_above(self._settings.hard_m_s2 * elapsed_s, lost_m_s, sigma)

    def _stop_at(self, en_m: Array, *, within_m: float) -> _Stop | None:
        near = [(math.dist(each.en_m, en_m), each) for each in self._stops]
        away_m, stop = min(near, key=lambda pair: pair[0], default=(math.inf, None))
        return stop if away_m <= within_m else None

    def _suspected(self, scene: Scene, vehicles: list[Track]) -> list[tuple[Candidate, Signs]]:
        """Stops that are probably accidents, and what speaks for each."""
        people = self._people_on_road(scene)
        standing = [each for each in vehicles if each.speed_m_s <= STANDS_M_S]
        moving = [each for each in vehicles if each.speed_m_s >= PASSES_M_S]
        suspected = []
        for stop in self._stops:
            beside = _near(standing, stop.en_m, self._settings.touch_m)
            if not _near(beside, stop.en_m, OWN_M):
                continue
            stop.last_s = scene.now_s
            stop.people |= bool(_near(people, stop.en_m, self._settings.near_m))
            passing = _near(moving, stop.en_m, self._settings.near_m)
            stop.passed |= {each.track_id for each in passing}
            signs = self._signs(stop, beside, scene.now_s)
            certainty = self._certainty(signs)
            if certainty >= self._settings.stay_certainty:
                suspected.append((group_candidate(beside, certainty), signs))
        return suspected

    def _people_on_road(self, scene: Scene) -> list[Track]:
        people = scene.seen(PEOPLE)
        if not people:
            return []
        en_m, covariances_m2 = places(people)
        on_road = scene.zones.on_carriageway(en_m, covariances_m2)
        for crossing in scene.zones.crossings:
            on_road -= probability_within(crossing.shape, en_m, covariances_m2)
        return [each for each, share in zip(people, on_road.tolist(), strict=True) if share > 0.7]

    def _signs(self, stop: _Stop, beside: list[Track], now_s: float) -> Signs:
        others = [
            each.hard
            for each in self._stops
            if each is not stop
            and abs(each.at_s - stop.at_s) <= 4.0
            and math.dist(each.en_m, stop.en_m) <= self._settings.touch_m
        ]
        return Signs(
            hard=stop.hard,
            other_hard=max(others, default=0.0),
            beside=len(beside) >= 2,
            people=stop.people,
            passed=len(stop.passed) >= 2,
            stood_s=now_s - stop.at_s,
            near_crossing=stop.near_crossing,
        )

    def _certainty(self, signs: Signs) -> float:
        """Another that stopped as hard speaks for more than one that only stands there."""
        settings = self._settings
        odds = settings.prior_nats + settings.hard_nats * signs.hard
        if signs.other_hard > 0.0:
            odds += settings.both_hard_nats * signs.other_hard
        else:
            odds += settings.beside_nats * signs.beside
        odds += settings.people_nats * signs.people
        odds += settings.passed_nats * signs.passed
        odds += settings.stands_nats * (signs.stood_s >= settings.stands_s)
        odds += settings.crossing_nats * signs.near_crossing
        return 1.0 / (1.0 + math.exp(-odds))


def _ends(
    sights: tuple[Sight, ...],
) -> tuple[tuple[Array, Array] | None, tuple[Array, Array] | None]:
    """The velocities and their covariances at a trail's two ends, over two sights each."""
    if len(sights) < 4:
        return None, None
    return went_m_s(sights[0], sights[1]), went_m_s(sights[-2], sights[-1])


def _near(tracks: list[Track], en_m: Array, within_m: float) -> list[Track]:
    return [each for each in tracks if math.dist(each.en_m, en_m) <= within_m]
