"""A vehicle that is surely faster than its road allows."""

import math

import numpy as np
from pydantic import Field

from onboard.messages import EventKind, Explanation, Severity
from onboard.rules.episodes import Episode, Episodes, EpisodeSettings, found
from onboard.rules.finding import Candidate, Finding, Scene
from onboard.rules.normal import probability_above
from onboard.rules.presence import candidate_of, places
from onboard.rules.roads import Road, roads_of
from onboard.rules.trails import Trails, length, sigma_along, went_m_s
from onboard.rules.zones import probability_within, reached
from onboard.track.kinds import DRIVEN
from onboard.track.track import Array, Track


class SpeedingSettings(EpisodeSettings):
    """The lower bound of its speed is above the road's limit and `over_km_h`, on a road probably.

    Judged both by the tracker's velocity and by the way gone in `over_s`: a track that jumps to
    another vehicle deceives each of them at a different time. A speed's error is the tracker's,
    `scale_sigma_share` of it (the camera's height), and `drift_sigma_m_s` (its attitude changing).
    """

    enabled: bool = True
    over_km_h: float = Field(default=10.0, ge=0)
    over_s: float = Field(default=2.0, gt=0)
    on_road_certainty: float = Field(default=0.5, ge=0, le=1)
    scale_sigma_share: float = Field(default=0.02, ge=0)
    drift_sigma_m_s: float = Field(default=0.4, ge=0)
    enter_certainty: float = Field(default=0.95, ge=0, le=1)
    stay_certainty: float = Field(default=0.6, ge=0, le=1)
    dwell_s: float = Field(default=1.5, ge=0)
    gap_s: float = Field(default=2.5, gt=0)
    same_within_m: float = Field(default=15.0, gt=0)
    forget_s: float = Field(default=20.0, gt=0)


class Speeding:
    """Fires once for each vehicle and road."""

    def __init__(self, settings: SpeedingSettings) -> None:
        self._settings = settings
        self._episodes = Episodes(settings, per_track=True)
        self._trails = Trails(lasting_s=settings.over_s, gap_s=settings.gap_s)
        self._limits_m_s: dict[str, float] = {}

    def observe(self, scene: Scene) -> list[Finding]:
        """Vehicles that have newly been too fast for long enough."""
        vehicles = scene.seen(DRIVEN)
        self._trails.add(vehicles, scene.now_s, patience_s=scene.patience_s)
        fired = self._episodes.observe(
            self._candidates(scene, vehicles), scene.now_s, patience_s=scene.patience_s
        )
        return [self._finding(candidate, episode) for candidate, episode in fired]

    def _finding(self, candidate: Candidate, episode: Episode) -> Finding:
        limit_m_s = self._limits_m_s[candidate.zone or ""]
        speed_m_s = candidate.tracks[0].speed_m_s
        return found(
            candidate,
            episode,
            kind=EventKind.SPEEDING,
            severity=Severity.WARNING,
            explanation=_explanation(speed_m_s, limit_m_s, episode.certainty),
        )

    def _candidates(self, scene: Scene, vehicles: list[Track]) -> list[Candidate]:
        roads = roads_of(scene.zones)
        self._limits_m_s = {road.id: road.limit_m_s for road in roads if road.limit_m_s is not None}
        fastest = max((vehicle.speed_m_s for vehicle in vehicles), default=0.0)
        roads = [road for road in roads if self._limits_m_s.get(road.id, np.inf) < fastest]
        if not roads:
            return []
        where = places(vehicles)
        roads = reached(roads, *where)
        if not roads:
            return []
        on_road = np.array([probability_within(road.shape, *where) for road in roads])
        candidates = []
        for vehicle, shares in zip(vehicles, on_road.T, strict=True):
            road = self._road_of(roads, shares)
            if road is None or shares.max() < self._settings.on_road_certainty:
                continue
            certainty = self._too_fast(vehicle, self._limits_m_s[road.id])
            if certainty >= self._settings.stay_certainty:
                candidates.append(candidate_of(vehicle, certainty, zone=road.id))
        return candidates

    def _road_of(self, roads: list[Road], shares: Array) -> Road | None:
        """The road on which it is; where that may be one of two, the one that allows more."""
        possible = [
            road for road, share in zip(roads, shares.tolist(), strict=True) if share > 0.25
        ]
        return max(possible, key=lambda road: self._limits_m_s[road.id], default=None)

    def _too_fast(self, vehicle: Track, limit_m_s: float) -> float:
        """The lesser of two probabilities that it is above what is borne with."""
        ends = self._trails.across(vehicle.track_id)
        if ends is None:
            return 0.0
        limit_m_s += self._settings.over_km_h / 3.6
        return min(
            self._above(limit_m_s, vehicle.velocity_en_m_s, vehicle.velocity_m2_s2),
            self._above(limit_m_s, *went_m_s(*ends)),
        )

    def _above(self, limit_m_s: float, velocity: Array, covariance: Array) -> float:
        speed_m_s = length(velocity)
        if speed_m_s <= limit_m_s:
            return 0.0
        sigma = math.sqrt(
            sigma_along(covariance, velocity / speed_m_s) ** 2
            + (self._settings.scale_sigma_share * speed_m_s) ** 2
            + self._settings.drift_sigma_m_s**2
        )
        return probability_above(limit_m_s, speed_m_s, sigma)


def _explanation(speed_m_s: float, limit_m_s: float, certainty: float) -> Explanation:
    speed, limit, percent = round(3.6 * speed_m_s), round(3.6 * limit_m_s), round(100 * certainty)
    return Explanation(
        kk=f"Көлік шамамен {speed} км/сағ жүріп барады, шектеу {limit} км/сағ, "
        f"асыру ықтималдығы {percent} %.",
        ru=f"Автомобиль едет около {speed} км/ч при разрешённых {limit} км/ч, "
        f"вероятность превышения {percent} %.",
        en=f"A vehicle goes at about {speed} km/h where {limit} km/h are allowed; "
        f"it is over with {percent} % probability.",
    )
