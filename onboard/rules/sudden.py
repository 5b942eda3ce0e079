"""People who suddenly come together, or suddenly run apart.

Both are one motion, told by how fast people come nearer to the middle of their own group, or go
farther from it. So a procession, which moves as a whole, does neither.
"""

from dataclasses import dataclass

import numpy as np
from pydantic import Field

from onboard.messages import EventKind, Explanation, ObjectClass, Severity
from onboard.rules.circles import fullest_circles
from onboard.rules.episodes import Episodes, EpisodeSettings, found
from onboard.rules.finding import Array, Candidate, Finding, Scene
from onboard.rules.herds import group_candidate
from onboard.rules.normal import probability_above
from onboard.rules.trails import Trails
from onboard.track.track import Track

PEOPLE = frozenset({ObjectClass.PERSON})


class SuddenSettings(EpisodeSettings):
    """At least `min_count` people who are, or were, within `radius_m` of one place.

    On average each goes to the middle, or away from it, faster than `min_speed_m_s` for `over_s`.
    """

    enabled: bool = True
    min_count: int = Field(default=10, ge=3)
    radius_m: float = Field(default=12.0, gt=0)
    min_speed_m_s: float = Field(gt=0)
    over_s: float = Field(default=8.0, gt=0)
    enter_certainty: float = Field(default=0.9, ge=0, le=1)
    stay_certainty: float = Field(default=0.5, ge=0, le=1)
    dwell_s: float = Field(default=1.0, ge=0)
    gap_s: float = Field(default=3.0, gt=0)
    same_within_m: float = Field(default=60.0, gt=0)


class GatheringSettings(SuddenSettings):
    """Faster than people who only stroll up one by one."""

    min_speed_m_s: float = Field(default=0.7, gt=0)


class ScatteringSettings(SuddenSettings):
    """Faster than people who walk home in all directions.

    Judged over a shorter time and by fewer: who bolts is often lost, and found again as another.
    """

    min_count: int = Field(default=6, ge=3)
    radius_m: float = Field(default=15.0, gt=0)
    over_s: float = Field(default=4.0, gt=0)
    min_speed_m_s: float = Field(default=1.6, gt=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Motion:
    """`inward` says whether the group is together at the end of the motion."""

    kind: EventKind
    severity: Severity
    inward: bool


class _Sudden:
    """Fires once for each motion."""

    def __init__(self, settings: SuddenSettings, motion: _Motion) -> None:
        self._settings, self._motion = settings, motion
        self._episodes = Episodes(settings)
        self._trails = Trails(lasting_s=settings.over_s, gap_s=settings.gap_s)

    def observe(self, scene: Scene) -> list[Finding]:
        """Groups that have newly moved so."""
        people = scene.seen(PEOPLE)
        self._trails.add(people, scene.now_s, patience_s=scene.patience_s)
        candidates = self._candidates(people)
        fired = self._episodes.observe(candidates, scene.now_s, patience_s=scene.patience_s)
        return [
            found(
                candidate,
                episode,
                kind=self._motion.kind,
                severity=self._motion.severity,
                explanation=self._explanation(len(candidate.tracks), episode.certainty),
            )
            for candidate, episode in fired
        ]

    def _ends(self, track_id: int) -> tuple[Array, Array] | None:
        ends = self._trails.across(track_id)
        return None if ends is None else (ends[0].en_m, ends[1].en_m)

    def _candidates(self, seen: list[Track]) -> list[Candidate]:
        moved = [(each, ends) for each in seen if (ends := self._ends(each.track_id)) is not None]
        if len(moved) < self._settings.min_count:
            return []
        people = [each for each, _ in moved]
        then_m, now_m = np.array([ends for _, ends in moved]).transpose(1, 0, 2)
        together_m, apart_m = (now_m, then_m) if self._motion.inward else (then_m, now_m)
        candidates = []
        for members in fullest_circles(together_m, self._settings.radius_m):
            if len(members) < self._settings.min_count:
                break
            certainty = self._certainty(together_m[members], apart_m[members])
            if certainty >= self._settings.stay_certainty:
                group = [people[index] for index in members.tolist()]
                candidates.append(group_candidate(group, certainty))
        return candidates

    def _certainty(self, together_m: Array, apart_m: Array) -> float:
        """The probability that the mean speed is above the limit, by how much people differ."""
        gone_m = _from_middle(apart_m) - _from_middle(together_m)
        speeds = gone_m / self._settings.over_s
        sigma = float(speeds.std(ddof=1)) / np.sqrt(len(speeds))
        return probability_above(self._settings.min_speed_m_s, float(speeds.mean()), sigma)

    def _explanation(self, count: int, certainty: float) -> Explanation:
        percent, seconds = round(100 * certainty), round(self._settings.over_s)
        if self._motion.inward:
            return Explanation(
                kk=f"{seconds} с ішінде {count} адам бір жерге жиналды, ықтималдығы {percent} %.",
                ru=f"За {seconds} с в одном месте собралось людей: {count}, "
                f"вероятность {percent} %.",
                en=f"{count} people came together within {seconds} s, "
                f"with {percent} % probability.",
            )
        return Explanation(
            kk=f"{seconds} с ішінде {count} адам жан-жаққа бытырап қашты, ықтималдығы {percent} %.",
            ru=f"За {seconds} с разбежалось людей: {count}, вероятность {percent} %.",
            en=f"{count} people ran apart within {seconds} s, with {percent} % probability.",
        )


def _from_middle(en_m: Array) -> Array:
    """How far each (n, 2) is from the middle of all, which a few stragglers do not move."""
    away: Array = np.hypot(*(en_m - np.median(en_m, axis=0)).T)
    return away


class Gathering(_Sudden):
    """Fires once for each group that comes together."""

    def __init__(self, settings: GatheringSettings) -> None:
        motion = _Motion(kind=EventKind.SUDDEN_GATHERING, severity=Severity.WARNING, inward=True)
        super().__init__(settings, motion)


class Scattering(_Sudden):
    """Fires once for each group that runs apart."""

    def __init__(self, settings: ScatteringSettings) -> None:
        motion = _Motion(kind=EventKind.SUDDEN_SCATTERING, severity=Severity.ALARM, inward=False)
        super().__init__(settings, motion)
