"""A vehicle that drives against the traffic of its side of the road."""

import numpy as np
from pydantic import Field

from onboard.messages import EventKind, Explanation, Severity
from onboard.rules.episodes import Episodes, EpisodeSettings, found
from onboard.rules.finding import Array, Candidate, Finding, Scene
from onboard.rules.normal import probability_above
from onboard.rules.presence import candidate_of, places
from onboard.rules.roads import Road, roads_of, seen_from
from onboard.rules.trails import Trails, length, sigma_along, went_m_s
from onboard.rules.zones import probability_within, reached
from onboard.track.kinds import DRIVEN
from onboard.track.track import Track


class WrongWaySettings(EpisodeSettings):
    """It goes against the road's direction on its side, faster than `min_speed_m_s`.

    On a road of two directions it may be overtaking: it must keep to the other side, by more than
    `margin_m`, for `two_way_dwell_s`. Within `crossing_m` of a crossing of roads it may be turning.
    Who was out of sight for `held_unseen_s` and still is on the wrong side was on it all the time.
    """

    enabled: bool = True
    min_speed_m_s: float = Field(default=2.0, gt=0)
    over_s: float = Field(default=1.5, gt=0)
    cosine: float = Field(default=0.8, gt=0, le=1)
    on_road_certainty: float = Field(default=0.5, ge=0, le=1)
    margin_m: float = Field(default=0.3, ge=0)
    two_way_dwell_s: float = Field(default=14.0, ge=0)
    crossing_m: float = Field(default=25.0, ge=0)
    enter_certainty: float = Field(default=0.9, ge=0, le=1)
    stay_certainty: float = Field(default=0.75, ge=0, le=1)
    dwell_s: float = Field(default=3.0, ge=0)
    gap_s: float = Field(default=3.0, gt=0)
    held_unseen_s: float = Field(default=9.0, ge=0)
    same_within_m: float = Field(default=15.0, gt=0)
    forget_s: float = Field(default=30.0, gt=0)


class WrongWay:
    """Fires once for each vehicle and road."""

    def __init__(self, settings: WrongWaySettings) -> None:
        self._settings = settings
        longer = settings.model_copy(update={"dwell_s": settings.two_way_dwell_s})
        self._one_way = Episodes(settings, per_track=True)
        self._two_way = Episodes(longer, per_track=True)
        self._trails = Trails(lasting_s=settings.over_s, gap_s=settings.gap_s)

    def observe(self, scene: Scene) -> list[Finding]:
        """Vehicles that have newly gone the wrong way for long enough."""
        vehicles = scene.seen(DRIVEN)
        self._trails.add(vehicles, scene.now_s, patience_s=scene.patience_s)
        moving = [each for each in vehicles if self._moves(each)]
        roads = roads_of(scene.zones)
        fired = []
        for episodes, one_way in ((self._one_way, True), (self._two_way, False)):
            kept = [road for road in roads if road.one_way is one_way]
            candidates = self._candidates(scene, moving, kept, episodes)
            fired += episodes.observe(candidates, scene.now_s, patience_s=scene.patience_s)
        return [
            found(
                candidate,
                episode,
                kind=EventKind.WRONG_WAY,
                severity=Severity.ALARM,
                explanation=_explanation(episode.certainty, scene.now_s - episode.held_since_s),
            )
            for candidate, episode in fired
        ]

    def _moves(self, vehicle: Track) -> bool:
        """Whether it surely moves, by the way that it has gone."""
        ends = self._trails.across(vehicle.track_id)
        if ends is None:
            return False
        velocity, covariance = went_m_s(*ends)
        speed_m_s = length(velocity)
        if speed_m_s <= self._settings.min_speed_m_s:
            return False
        return (
            probability_above(
                self._settings.min_speed_m_s,
                speed_m_s,
                sigma_along(covariance, velocity / speed_m_s),
            )
            > 0.95
        )

    def _candidates(
        self, scene: Scene, moving: list[Track], roads: list[Road], episodes: Episodes
    ) -> list[Candidate]:
        """Who goes the wrong way; where somebody did of late, who goes the right way as well."""
        if not moving or not roads:
            return []
        en_m, covariances_m2 = places(moving)
        straight = ~scene.zones.near_crossing(en_m, self._settings.crossing_m)
        headings = np.array([self._heading(each) for each in moving])
        candidates = []
        for road in reached(roads, en_m, covariances_m2):
            if road.line is None:
                continue
            against = self._against(road, headings, en_m, covariances_m2)
            least = 0.0 if episodes.holds_in(road.id) else self._settings.stay_certainty
            told = straight & (against >= least)
            if not told.any():
                continue
            on_road = probability_within(road.shape, en_m, covariances_m2)
            told &= on_road >= self._settings.on_road_certainty
            for index in np.flatnonzero(told).tolist():
                certainty = float(against[index])
                candidates.append(candidate_of(moving[index], certainty, zone=road.id))
        return candidates

    def _against(self, road: Road, headings: Array, en_m: Array, covariances_m2: Array) -> Array:
        """The probability (n,) that each goes against the traffic of the side that it is on."""
        assert road.line is not None
        beside = seen_from(road.line, en_m)
        cosines = (headings * beside.direction).sum(axis=1)
        if road.one_way:
            return np.asarray(cosines <= -self._settings.cosine, dtype=np.float64)
        # Along the line it must be right of it; against the line, left of it.
        wrong_m = -np.sign(cosines) * beside.right_m
        sigmas = [
            sigma_along(covariance, across)
            for covariance, across in zip(covariances_m2, beside.rightward, strict=True)
        ]
        sure = [
            probability_above(self._settings.margin_m, wrong, sigma)
            for wrong, sigma in zip(wrong_m.tolist(), sigmas, strict=True)
        ]
        return np.where(np.abs(cosines) >= self._settings.cosine, sure, 0.0)

    def _heading(self, vehicle: Track) -> Array:
        ends = self._trails.across(vehicle.track_id)
        gone = vehicle.velocity_en_m_s if ends is None else ends[1].en_m - ends[0].en_m
        return gone / max(1e-9, length(gone))


def _explanation(certainty: float, held_s: float) -> Explanation:
    percent, seconds = round(100 * certainty), round(held_s)
    return Explanation(
        kk=f"Көлік қарсы бағытта {seconds} с бойы жүріп барады, ықтималдығы {percent} %.",
        ru=f"Автомобиль едет против движения {seconds} с, вероятность {percent} %.",
        en=f"A vehicle has driven against the traffic for {seconds} s, "
        f"with {percent} % probability.",
    )
