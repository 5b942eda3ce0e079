"""A person who lies still, as far as a picture's box shows it."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from pydantic import Field

from onboard.messages import EventKind, Explanation, ObjectClass, Severity
from onboard.rules.episodes import Episodes, EpisodeSettings, found
from onboard.rules.finding import Candidate, Finding, Scene
from onboard.rules.normal import probability_above
from onboard.rules.presence import candidate_of
from onboard.rules.trails import Trails, length, sigma_along, went_m_s
from onboard.track.track import Track

PEOPLE = frozenset({ObjectClass.PERSON})


class PersonDownSettings(EpisodeSettings):
    """Of late the box was wider than high in this share of frames, and the person did not move.

    A box is wide if its width is `wide` times its height, `min_side_px` at least, and
    `min_length_m` where its size is known: seen from straight above, who stands is wider than
    deep, but not as wide as one who lies is long. Its share is taken over `over_s`, with one frame
    of doubt to either side. Who lies along the camera's sight has a high box and cannot be told
    from one who stands.
    """

    enabled: bool = True
    wide: float = Field(default=1.3, gt=0)
    min_side_px: float = Field(default=8.0, gt=0)
    min_length_m: float = Field(default=1.05, ge=0)
    max_speed_m_s: float = Field(default=0.4, gt=0)
    over_s: float = Field(default=5.0, gt=0)
    enter_certainty: float = Field(default=0.75, ge=0, le=1)
    stay_certainty: float = Field(default=0.55, ge=0, le=1)
    dwell_s: float = Field(default=8.0, ge=0)
    gap_s: float = Field(default=4.0, gt=0)
    same_within_m: float = Field(default=5.0, gt=0)
    forget_s: float = Field(default=300.0, gt=0)


@dataclass(slots=True)
class _Shapes:
    """When one person's box was wide of late, the oldest first, and how often."""

    lately: deque[tuple[float, bool]] = field(default_factory=deque)
    wide: int = 0

    def add(self, now_s: float, is_wide: bool, *, over_s: float) -> None:
        self.lately.append((now_s, is_wide))
        self.wide += is_wide
        while now_s - self.lately[0][0] > over_s:
            _, was_wide = self.lately.popleft()
            self.wide -= was_wide

    @property
    def wide_share(self) -> float:
        """With one frame of doubt to either side."""
        return (self.wide + 0.5) / (len(self.lately) + 1)


class PersonDown:
    """Fires once for each person and place."""

    def __init__(self, settings: PersonDownSettings) -> None:
        self._settings = settings
        self._episodes = Episodes(settings, per_track=True)
        self._trails = Trails(lasting_s=settings.over_s, gap_s=settings.gap_s)
        self._shapes: dict[int, _Shapes] = {}

    def observe(self, scene: Scene) -> list[Finding]:
        """People who have newly lain for long enough."""
        people = scene.seen(PEOPLE)
        self._trails.add(people, scene.now_s, patience_s=scene.patience_s)
        self._look(people, scene.now_s)
        fired = self._episodes.observe(
            self._candidates(people), scene.now_s, patience_s=scene.patience_s
        )
        return [
            found(
                candidate,
                episode,
                kind=EventKind.PERSON_DOWN,
                severity=Severity.ALARM,
                explanation=_explanation(episode.certainty, scene.now_s - episode.held_since_s),
            )
            for candidate, episode in fired
        ]

    def _look(self, people: list[Track], now_s: float) -> None:
        """Take in every box's shape, and forget those of tracks that are no more."""
        oldest_s = now_s - self._settings.over_s - self._settings.gap_s
        self._shapes = {
            track_id: shapes
            for track_id, shapes in self._shapes.items()
            if oldest_s <= shapes.lately[-1][0] <= now_s
        }
        for person in people:
            shapes = self._shapes.setdefault(person.track_id, _Shapes())
            shapes.add(now_s, self._is_wide(person), over_s=self._settings.over_s)

    def _is_wide(self, person: Track) -> bool:
        if person.box is None:
            return False
        left, top, right, bottom = person.box
        width, height = right - left, bottom - top
        if person.size_m is not None and person.size_m[0] < self._settings.min_length_m:
            return False
        return width >= max(self._settings.min_side_px, self._settings.wide * height)

    def _candidates(self, people: list[Track]) -> list[Candidate]:
        candidates = []
        for person in people:
            share = self._shapes[person.track_id].wide_share
            if share < self._settings.stay_certainty:
                continue
            certainty = share * self._still(person)
            if certainty >= self._settings.stay_certainty:
                candidates.append(candidate_of(person, certainty))
        return candidates

    def _still(self, person: Track) -> float:
        """The probability that the person went slower than the limit of late."""
        ends = self._trails.across(person.track_id)
        if ends is None:
            return 0.0
        velocity, covariance = went_m_s(*ends)
        speed_m_s = length(velocity)
        direction = velocity / speed_m_s if speed_m_s > 0.0 else np.array([1.0, 0.0])
        sigma = sigma_along(covariance, direction)
        return 1.0 - probability_above(self._settings.max_speed_m_s, speed_m_s, sigma)


def _explanation(certainty: float, held_s: float) -> Explanation:
    percent, seconds = round(100 * certainty), round(held_s)
    return Explanation(
        kk=f"Адам {seconds} с бойы қимылсыз жатыр, ықтималдығы {percent} %.",
        ru=f"Человек лежит без движения {seconds} с, вероятность {percent} %.",
        en=f"A person has lain still for {seconds} s, with {percent} % probability.",
    )
