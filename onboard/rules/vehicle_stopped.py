"""A vehicle that stands on a carriageway.

Whether it moves is judged over a few seconds, and against how its place's error changes: that of
the camera's place, height and attitude shrinks by metres while a drone comes nearer, and that of a
box which the frame's edge cuts does too. Neither is motion of the vehicle.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from onboard.messages import EventKind, Explanation, Severity
from onboard.rules.episodes import Episode, Episodes, EpisodeSettings
from onboard.rules.finding import Array, Candidate, Finding, Scene
from onboard.track.kinds import VEHICLES
from onboard.track.track import Track

# The finest step of boot time, milliseconds: sums of shorter steps come out beside it.
CLOCK_STEP_S = 0.001
# Standard deviations of a one-sided 95 %.
SURELY = 1.64


class VehicleStoppedSettings(EpisodeSettings):
    """It moves if within `lately_s` it went surely (95 %) faster than `max_speed_m_s`.

    Where its place's error alone changes by more than that, nothing can be told, and it has not
    begun to stand. It stands if it has not moved for `dwell_s` and has probably gone slower than
    that both over all of this time and of late. Within `crossing_m` of where two roads meet a
    vehicle may wait its turn, behind others too, and stands only after `crossing_dwell_s`.
    """

    enabled: bool = True
    max_speed_m_s: float = Field(default=0.5, gt=0)
    lately_s: float = Field(default=3.0, gt=0)
    enter_certainty: float = Field(default=0.7, ge=0, le=1)
    stay_certainty: float = Field(default=0.5, ge=0, le=1)
    dwell_s: float = Field(default=13.0, ge=0)
    crossing_m: float = Field(default=30.0, ge=0)
    crossing_dwell_s: float = Field(default=90.0, ge=0)
    gap_s: float = Field(default=2.5, gt=0)
    same_within_m: float = Field(default=8.0, gt=0)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a vehicle was seen, with the covariance (2, 2) of that."""

    at_s: float
    en_m: Array
    covariance_m2: Array


@dataclass(slots=True)
class _Stand:
    """Where a vehicle has stood since, and its places of late, the oldest first."""

    since: _Place
    lately: deque[_Place]


class VehicleStopped:
    """Fires once for each vehicle that stands too long."""

    def __init__(self, settings: VehicleStoppedSettings) -> None:
        self._settings = settings
        self._episodes = Episodes(settings.model_copy(update={"dwell_s": 0.0}))
        self._stands: dict[int, _Stand] = {}

    def observe(self, scene: Scene) -> list[Finding]:
        """Vehicles that have newly stood on a road for long enough."""
        standing = self._standing(scene)
        fired = self._episodes.observe(
            self._candidates(scene, standing), scene.now_s, patience_s=scene.patience_s
        )
        return [self._finding(scene, candidate, episode) for candidate, episode in fired]

    def _finding(self, scene: Scene, candidate: Candidate, episode: Episode) -> Finding:
        (vehicle,) = candidate.tracks
        since_s = self._stands[vehicle.track_id].since.at_s
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
        """The vehicles that have not moved for long enough, and whose mean speed is small."""
        settings = self._settings
        gap_s = max(settings.gap_s, scene.patience_s)
        self._stands = {
            track_id: stand
            for track_id, stand in self._stands.items()
            if 0.0 <= scene.now_s - stand.lately[-1].at_s <= gap_s
        }
        standing = []
        vehicles = scene.seen(VEHICLES)
        for vehicle, dwell_s in zip(vehicles, self._dwells_s(scene, vehicles), strict=True):
            stand = self._stand(vehicle, scene.now_s)
            elapsed_s = scene.now_s - stand.since.at_s
            if elapsed_s < dwell_s or elapsed_s <= 0.0:
                continue
            here = stand.lately[-1]
            if self._slow(stand.since, here) and self._slow(stand.lately[0], here):
                standing.append(vehicle)
        return standing

    def _dwells_s(self, scene: Scene, vehicles: Sequence[Track]) -> list[float]:
        """How long each vehicle must have stood where it is now."""
        if not vehicles:
            return []
        settings = self._settings
        places = np.array([vehicle.en_m for vehicle in vehicles])
        near = scene.zones.near_crossing(places, settings.crossing_m)
        dwells: list[float] = np.where(near, settings.crossing_dwell_s, settings.dwell_s).tolist()
        return dwells

    def _stand(self, vehicle: Track, now_s: float) -> _Stand:
        """The vehicle's stand, begun anew where it moves."""
        here = _place(vehicle, now_s)
        stand = self._stands.setdefault(vehicle.track_id, _Stand(here, deque()))
        lately = stand.lately
        while len(lately) > 1 and now_s - lately[1].at_s >= self._settings.lately_s - CLOCK_STEP_S:
            lately.popleft()
        if lately and self._may_move(lately[0], here):
            stand.since = here
        lately.append(here)
        return stand

    def _may_move(self, before: _Place, here: _Place) -> bool:
        """Whether it surely moves, or its place is still too unsure to tell."""
        moved_m, sigma_m = _apart(before, here)
        limit_m = self._settings.max_speed_m_s * (here.at_s - before.at_s)
        return max(moved_m - SURELY * sigma_m, SURELY * sigma_m) > limit_m

    def _slow(self, before: _Place, here: _Place) -> bool:
        """Whether it has gone no faster than the limit, as far as can be seen."""
        moved_m, _ = _apart(before, here)
        return moved_m <= self._settings.max_speed_m_s * (here.at_s - before.at_s)

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


def _place(vehicle: Track, now_s: float) -> _Place:
    return _Place(now_s, vehicle.en_m, vehicle.covariance_m2)


def _apart(before: _Place, here: _Place) -> tuple[float, float]:
    """How far a vehicle seems to have moved, and by how much its place's error alone must have."""
    moved_m = float(np.hypot(*(here.en_m - before.en_m)))
    return moved_m, math.sqrt(_least_change_m2(before.covariance_m2, here.covariance_m2))


def _least_change_m2(before_m2: Array, here_m2: Array) -> float:
    """The least mean square by which an error changes from one covariance (2, 2) to another.

    The squared 2-Wasserstein distance of two centred Gaussians (Olkin, Pukelsheim 1982); for 2x2
    the trace of the root of a product M is sqrt(tr M + 2 sqrt(det M)).
    """
    determinants = float(np.linalg.det(before_m2) * np.linalg.det(here_m2))
    product = float(np.trace(before_m2 @ here_m2)) + 2.0 * math.sqrt(max(0.0, determinants))
    change_m2 = float(np.trace(before_m2 + here_m2)) - 2.0 * math.sqrt(max(0.0, product))
    return max(0.0, change_m2)


def _explanation(stood_s: float, certainty: float) -> Explanation:
    seconds, percent = round(stood_s), round(100 * certainty)
    return Explanation(
        kk=f"Көлік жолдың жүру бөлігінде кемінде {seconds} с тұр, ықтималдығы {percent} %.",
        ru=f"Автомобиль стоит на проезжей части не менее {seconds} с, вероятность {percent} %.",
        en=f"A vehicle has stood on the carriageway for at least {seconds} s, "
        f"with {percent} % probability.",
    )
