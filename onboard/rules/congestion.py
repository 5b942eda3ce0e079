"""A queue of vehicles that are far slower than is usual on their road."""

from dataclasses import dataclass

import numpy as np
from pydantic import Field

from onboard.messages import EventKind, Explanation, Severity
from onboard.rules.episodes import Episodes, EpisodeSettings, found
from onboard.rules.finding import Array, Candidate, Finding, Scene
from onboard.rules.herds import distances_m, group_candidate
from onboard.rules.normal import probability_of_at_least
from onboard.rules.queues import queues, slowness
from onboard.rules.roads import Road
from onboard.rules.trails import Trails
from onboard.track.kinds import VEHICLES
from onboard.track.track import Track


class CongestionSettings(EpisodeSettings):
    """`min_count` vehicles, each `behind_m` from another at most, are slower than is usual.

    Slow is below `slow_share` of it: of the road's limit, or of `usual_km_h` where it has none. Two
    of them at least were seen to come, or to creep by `crept_m`: a row of parked cars is no queue.
    It holds for longer than a queue before a red light.
    """

    enabled: bool = True
    min_count: int = Field(default=5, ge=2)
    behind_m: float = Field(default=20.0, gt=0)
    slow_share: float = Field(default=0.25, gt=0, lt=1)
    usual_km_h: float = Field(default=50.0, gt=0)
    over_s: float = Field(default=4.0, gt=0)
    crept_m: float = Field(default=6.0, gt=0)
    remember_s: float = Field(default=180.0, gt=0)
    enter_certainty: float = Field(default=0.8, ge=0, le=1)
    stay_certainty: float = Field(default=0.5, ge=0, le=1)
    dwell_s: float = Field(default=90.0, ge=0)
    gap_s: float = Field(default=8.0, gt=0)
    same_within_m: float = Field(default=150.0, gt=0)
    forget_s: float = Field(default=600.0, gt=0)


@dataclass(slots=True)
class _Way:
    """Where a vehicle was seen first, and where and when last."""

    from_m: Array
    en_m: Array
    last_s: float


class Congestion:
    """Fires once for each queue."""

    def __init__(self, settings: CongestionSettings) -> None:
        self._settings = settings
        self._episodes = Episodes(settings)
        self._trails = Trails(lasting_s=settings.over_s, gap_s=settings.gap_s)
        self._ways: dict[int, _Way] = {}

    def observe(self, scene: Scene) -> list[Finding]:
        """Queues that have newly lasted for long enough."""
        # Who is out of sight for a moment is where the tracker says.
        vehicles = [each for each in scene.tracks if each.object_class in VEHICLES]
        self._trails.add(scene.seen(VEHICLES), scene.now_s, patience_s=scene.patience_s)
        self._follow(vehicles, scene.now_s)
        candidates = self._candidates(scene, vehicles)
        fired = self._episodes.observe(candidates, scene.now_s, patience_s=scene.patience_s)
        return [
            found(
                candidate,
                episode,
                kind=EventKind.CONGESTION,
                severity=Severity.NOTICE,
                explanation=_explanation(
                    len(candidate.tracks), scene.now_s - episode.held_since_s, episode.certainty
                ),
            )
            for candidate, episode in fired
        ]

    def _follow(self, vehicles: list[Track], now_s: float) -> None:
        self._ways = {
            track_id: way
            for track_id, way in self._ways.items()
            if 0.0 <= now_s - way.last_s <= self._settings.remember_s
        }
        for each in vehicles:
            way = self._ways.setdefault(each.track_id, _Way(each.en_m, each.en_m, now_s))
            way.en_m, way.last_s = each.en_m, now_s

    def _candidates(self, scene: Scene, vehicles: list[Track]) -> list[Candidate]:
        if len(vehicles) < self._settings.min_count:
            return []
        return [
            candidate
            for road, shares in scene.on_roads().shares
            for candidate in self._on(road, vehicles, shares)
        ]

    def _on(self, road: Road, vehicles: list[Track], shares: Array) -> list[Candidate]:
        """The queues on a road, from the probability (n,) that each vehicle is on it."""
        slow = self._slow_on(road, vehicles, shares)
        members = [each for each, share in zip(vehicles, slow.tolist(), strict=True) if share > 0.3]
        if len(members) < self._settings.min_count:
            return []
        sure = slow[slow > 0.3]
        candidates = []
        for queue in queues(road, members, within_m=self._settings.behind_m):
            certainty = probability_of_at_least(self._settings.min_count, sure[queue])
            together = [members[index] for index in queue]
            if certainty >= self._settings.stay_certainty and self._came(together):
                candidates.append(group_candidate(together, min(1.0, certainty), zone=road.id))
        return candidates

    def _slow_on(self, road: Road, vehicles: list[Track], shares: Array) -> Array:
        """The probability (n,) that each is on the road, and slow for it; 0 where that is small."""
        usual_m_s = road.limit_m_s or self._settings.usual_km_h / 3.6
        limit_m_s = self._settings.slow_share * usual_m_s
        both, on_road = np.zeros(len(vehicles)), np.flatnonzero(shares > 0.3)
        if len(on_road) >= self._settings.min_count:
            slow = [
                slowness(self._trails, vehicles[index], limit_m_s) for index in on_road.tolist()
            ]
            both[on_road] = shares[on_road] * slow
        return both

    def _came(self, queue: list[Track]) -> bool:
        """Whether two vehicles were seen to come to where the queue is."""
        crept = [
            way.en_m
            for way in self._ways.values()
            if float(np.hypot(*(way.en_m - way.from_m))) >= self._settings.crept_m
        ]
        if len(crept) < 2:
            return False
        apart_m = distances_m(np.array(crept), np.array([each.en_m for each in queue]))
        return int((apart_m.min(axis=1) <= self._settings.behind_m).sum()) >= 2


def _explanation(count: int, held_s: float, certainty: float) -> Explanation:
    percent, seconds = round(100 * certainty), round(held_s)
    return Explanation(
        kk=f"Жолда кептеліс: {count} көлік {seconds} с бойы әрең жылжып тұр, "
        f"ықтималдығы {percent} %.",
        ru=f"Затор: машин в очереди {count}, почти не движутся {seconds} с, "
        f"вероятность {percent} %.",
        en=f"Congestion: {count} vehicles have queued for {seconds} s, "
        f"with {percent} % probability.",
    )
