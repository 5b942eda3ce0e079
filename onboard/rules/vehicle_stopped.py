"""A vehicle that stands on a carriageway.

Whether it moves is judged over a few seconds, and against how its place's error changes: that of
the camera's place, height and attitude shrinks by metres while a drone comes nearer, and that of a
box which the frame's edge cuts does too. Neither is motion of the vehicle.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from pydantic import Field

from onboard.messages import EventKind, Explanation, Severity
from onboard.rules.episodes import Episode, Episodes, EpisodeSettings, found
from onboard.rules.finding import Array, Candidate, Finding, Scene
from onboard.rules.presence import candidate_of, places
from onboard.rules.queues import queues
from onboard.track.kinds import VEHICLES
from onboard.track.track import Track

# The finest step of boot time, milliseconds: sums of shorter steps come out beside it.
CLOCK_STEP_S = 0.001
# Standard deviations of a one-sided 95 %.
SURELY = 1.64
# Faster than this a vehicle is in no queue.
QUEUEING_M_S = 3.0


class VehicleStoppedSettings(EpisodeSettings):
    """It moves if within `lately_s` it went surely (95 %) faster than `max_speed_m_s`.

    Where its place's error alone changes by more than that, nothing can be told, and it has not
    begun to stand. It stands if it has not moved for `dwell_s` and has probably gone slower than
    that both over all of this time and of late. Within `crossing_m` of where two roads meet a
    vehicle may wait its turn, behind others too, and stands only after `crossing_dwell_s`. One that
    is found again within `relink_s` and `relink_m` has stood all the while. Nothing is told of who
    was in a queue in the last `queue_s`, of `queue_count` with `queue_gap_m` between them at most:
    that is congestion.
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
    relink_s: float = Field(default=8.0, ge=0)
    relink_m: float = Field(default=3.0, gt=0)
    queue_count: int = Field(default=4, ge=2)
    queue_gap_m: float = Field(default=20.0, gt=0)
    queue_s: float = Field(default=30.0, ge=0)
    same_within_m: float = Field(default=8.0, gt=0)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a vehicle was seen, with the covariance (2, 2) of that."""

    at_s: float
    en_m: Array
    covariance_m2: Array


@dataclass(slots=True)
class _Stand:
    """Where a vehicle has stood since, its places of late, the oldest first, and its last queue."""

    since: _Place
    lately: deque[_Place]
    queued_s: float = -math.inf


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
            self._candidates(scene, standing),
            scene.now_s,
            patience_s=scene.patience_s,
        )
        return [self._finding(scene, candidate, episode) for candidate, episode in fired]

    def _finding(self, scene: Scene, candidate: Candidate, episode: Episode) -> Finding:
        (vehicle,) = candidate.tracks
        since_s = self._stands[vehicle.track_id].since.at_s
        finding = found(
            candidate,
            episode,
            kind=EventKind.VEHICLE_STOPPED,
            severity=Severity.WARNING,
            zone=scene.zones.carriageway_at(candidate.en_m),
            explanation=_explanation(scene.now_s - since_s, episode.certainty),
        )
        return replace(finding, began_s=since_s)

    def _standing(self, scene: Scene) -> list[Track]:
        """The vehicles that have not moved for long enough, and whose mean speed is small."""
        vehicles = scene.seen(VEHICLES)
        self._forget(scene)
        self._find_again(vehicles)
        queueing = self._queueing(scene)
        standing = []
        for vehicle, dwell_s in zip(vehicles, self._dwells_s(scene, vehicles), strict=True):
            stand = self._stand(vehicle, scene.now_s)
            if vehicle.track_id in queueing:
                stand.queued_s = scene.now_s
            if scene.now_s - stand.queued_s <= self._settings.queue_s:
                continue
            elapsed_s = scene.now_s - stand.since.at_s
            if elapsed_s < dwell_s or elapsed_s <= 0.0:
                continue
            here = stand.lately[-1]
            if self._slow(stand.since, here) and self._slow(stand.lately[0], here):
                standing.append(vehicle)
        return standing

    def _forget(self, scene: Scene) -> None:
        """Drop the stands of vehicles that have not been seen for too long."""
        kept_s = max(self._settings.gap_s, self._settings.relink_s, scene.patience_s)
        self._stands = {
            track_id: stand
            for track_id, stand in self._stands.items()
            if 0.0 <= scene.now_s - stand.lately[-1].at_s <= kept_s
        }

    def _find_again(self, vehicles: Sequence[Track]) -> None:
        """Let a vehicle that is new go on with the stand of one that is lost, where it was."""
        seen = {each.track_id for each in vehicles}
        for vehicle in vehicles:
            if vehicle.track_id in self._stands:
                continue
            lost = [
                (math.dist(stand.lately[-1].en_m, vehicle.en_m), track_id)
                for track_id, stand in self._stands.items()
                if track_id not in seen and stand.lately[-1].at_s <= vehicle.first_seen_s
            ]
            away_m, track_id = min(lost, default=(math.inf, -1))
            if away_m <= self._settings.relink_m:
                self._stands[vehicle.track_id] = self._stands.pop(track_id)

    def _queueing(self, scene: Scene) -> set[int]:
        """The numbers of the vehicles that are one of so many so near each other."""
        settings = self._settings
        slow = {
            each.track_id
            for each in scene.tracks
            if each.object_class in VEHICLES and each.speed_m_s <= QUEUEING_M_S
        }
        if len(slow) < settings.queue_count:
            return set()
        found, on_roads = set[int](), scene.on_roads()
        for road, shares in on_roads.shares:
            on_it = [
                each
                for each, share in zip(on_roads.vehicles, shares.tolist(), strict=True)
                if share >= 0.5 and each.track_id in slow
            ]
            if len(on_it) < settings.queue_count:
                continue
            for queue in queues(road, on_it, within_m=settings.queue_gap_m):
                if len(queue) >= settings.queue_count:
                    found |= {on_it[index].track_id for index in queue}
        return found

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
        on_road = scene.zones.on_carriageway(*places(standing))
        return [
            candidate_of(vehicle, probability)
            for vehicle, probability in zip(standing, on_road.tolist(), strict=True)
        ]


def _place(vehicle: Track, now_s: float) -> _Place:
    return _Place(now_s, vehicle.en_m, vehicle.covariance_m2)


def _apart(before: _Place, here: _Place) -> tuple[float, float]:
    """How far a vehicle seems to have moved, and by how much its place's error alone must have."""
    moved_m = math.dist(before.en_m, here.en_m)
    return moved_m, math.sqrt(_least_change_m2(before.covariance_m2, here.covariance_m2))


def _least_change_m2(before_m2: Array, here_m2: Array) -> float:
    """The least mean square by which an error changes from one covariance (2, 2) to another.

    The squared 2-Wasserstein distance of two centred Gaussians (Olkin, Pukelsheim 1982); for 2x2
    the trace of the root of a product M is sqrt(tr M + 2 sqrt(det M)).
    """
    (a, b), (c, d) = before_m2.tolist()
    (e, f), (g, h) = here_m2.tolist()
    determinants = (a * d - b * c) * (e * h - f * g)
    product = (a * e + b * g) + (c * f + d * h) + 2.0 * math.sqrt(max(0.0, determinants))
    change_m2: float = (a + e) + (d + h) - 2.0 * math.sqrt(max(0.0, product))
    return max(0.0, change_m2)


def _explanation(stood_s: float, certainty: float) -> Explanation:
    seconds, percent = round(stood_s), round(100 * certainty)
    return Explanation(
        kk=f"Көлік жолдың жүру бөлігінде кемінде {seconds} с тұр, ықтималдығы {percent} %.",
        ru=f"Автомобиль стоит на проезжей части не менее {seconds} с, вероятность {percent} %.",
        en=f"A vehicle has stood on the carriageway for at least {seconds} s, "
        f"with {percent} % probability.",
    )
