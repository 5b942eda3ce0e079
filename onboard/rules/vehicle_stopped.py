"""A vehicle that stands on a carriageway."""

import math
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from onboard.messages import EventKind, Explanation, Severity
from onboard.rules.episodes import Episode, Episodes, EpisodeSettings
from onboard.rules.finding import Array, Candidate, Finding, Scene
from onboard.track.kinds import VEHICLES
from onboard.track.track import Track


class VehicleStoppedSettings(EpisodeSettings):
    """It stands if, since `dwell_s`, its mean speed is surely (95 %) below `max_speed_m_s`.

    It stops standing when it has moved by more than `moved_m` or is surely faster now. Twelve
    seconds are longer than a wait at a crossing.
    """

    enabled: bool = True
    max_speed_m_s: float = Field(default=0.5, gt=0)
    moved_m: float = Field(default=2.5, gt=0)
    enter_certainty: float = Field(default=0.7, ge=0, le=1)
    stay_certainty: float = Field(default=0.5, ge=0, le=1)
    dwell_s: float = Field(default=12.0, ge=0)
    gap_s: float = Field(default=2.5, gt=0)
    same_within_m: float = Field(default=8.0, gt=0)


@dataclass(slots=True)
class _Anchor:
    """Where and when a vehicle was first seen to stand."""

    en_m: Array
    own_m2: Array
    since_s: float
    last_s: float


class VehicleStopped:
    """Fires once for each vehicle that stands too long."""

    def __init__(self, settings: VehicleStoppedSettings) -> None:
        self._settings = settings
        self._episodes = Episodes(settings.model_copy(update={"dwell_s": 0.0}))
        self._anchors: dict[int, _Anchor] = {}

    def observe(self, scene: Scene) -> list[Finding]:
        """Vehicles that have newly stood on a road for long enough."""
        standing = self._standing(scene)
        fired = self._episodes.observe(
            self._candidates(scene, standing), scene.now_s, patience_s=scene.patience_s
        )
        return [self._finding(scene, candidate, episode) for candidate, episode in fired]

    def _finding(self, scene: Scene, candidate: Candidate, episode: Episode) -> Finding:
        (vehicle,) = candidate.tracks
        since_s = self._anchors[vehicle.track_id].since_s
        return Finding(
            kind=EventKind.VEHICLE_STOPPED,
            rule_id="vehicle_stopped",
            severity=Severity.WARNING,
            certainty=episode.certainty,
            en_m=candidate.en_m,
            covariance_m2=candidate.covariance_m2,
            began_s=since_s,
            tracks=candidate.tracks,
            object_class=vehicle.object_class,
            object_count=1,
            zone=scene.zones.carriageway_at(candidate.en_m),
            explanation=_explanation(scene.now_s - since_s, episode.certainty),
        )

    def _standing(self, scene: Scene) -> list[Track]:
        """The vehicles whose anchor is old enough, and whose mean speed is surely small."""
        settings = self._settings
        self._anchors = {
            track_id: anchor
            for track_id, anchor in self._anchors.items()
            if 0.0 <= scene.now_s - anchor.last_s <= max(settings.gap_s, scene.patience_s)
        }
        standing = []
        for vehicle in scene.seen(VEHICLES):
            anchor = self._anchor(vehicle, scene.now_s)
            elapsed_s = scene.now_s - anchor.since_s
            if elapsed_s < settings.dwell_s or elapsed_s <= 0.0:
                continue
            moved_m = float(np.hypot(*(vehicle.en_m - anchor.en_m)))
            sigma_m = math.sqrt(float(np.trace(vehicle.own_m2 + anchor.own_m2)) / 2.0)
            if (moved_m + 1.64 * sigma_m) / elapsed_s <= settings.max_speed_m_s:
                standing.append(vehicle)
        return standing

    def _anchor(self, vehicle: Track, now_s: float) -> _Anchor:
        anchor = self._anchors.get(vehicle.track_id)
        if anchor is None or self._moves(vehicle, anchor):
            anchor = _Anchor(vehicle.en_m, vehicle.own_m2, now_s, now_s)
            self._anchors[vehicle.track_id] = anchor
        anchor.last_s = now_s
        return anchor

    def _moves(self, vehicle: Track, anchor: _Anchor) -> bool:
        moved_m = float(np.hypot(*(vehicle.en_m - anchor.en_m)))
        speed_sigma = math.sqrt(float(np.trace(vehicle.velocity_m2_s2)) / 2.0)
        surely_m_s = vehicle.speed_m_s - 1.64 * speed_sigma
        return moved_m > self._settings.moved_m or surely_m_s > 2.0 * self._settings.max_speed_m_s

    def _candidates(self, scene: Scene, standing: list[Track]) -> list[Candidate]:
        if not standing or not scene.zones.carriageways:
            return []
        on_road = scene.zones.on_carriageway(
            np.array([each.en_m for each in standing]),
            np.array([each.covariance_m2 for each in standing]),
        )
        return [
            Candidate(
                en_m=vehicle.en_m,
                covariance_m2=vehicle.covariance_m2,
                certainty=probability,
                tracks=(vehicle,),
            )
            for vehicle, probability in zip(standing, on_road.tolist(), strict=True)
        ]


def _explanation(stood_s: float, certainty: float) -> Explanation:
    seconds, percent = round(stood_s), round(100 * certainty)
    return Explanation(
        kk=f"Көлік жолдың жүру бөлігінде кемінде {seconds} с тұр, ықтималдығы {percent} %.",
        ru=f"Автомобиль стоит на проезжей части не менее {seconds} с, вероятность {percent} %.",
        en=f"A vehicle has stood on the carriageway for at least {seconds} s, "
        f"with {percent} % probability.",
    )
