"""Minimum evidence, hysteresis and one finding an episode, for any rule.

A candidate belongs to the episode of the same zone that is nearest and near enough. An episode
begins with a candidate of at least `enter_certainty`; it holds while one of `stay_certainty` comes
again within `gap_s`; it fires once it has held for `dwell_s`, and ends `forget_s` after the last
candidate. All times are capture times.

What nobody saw speaks neither for nor against: where nothing less than `stay_certainty` was told of
it meanwhile, an episode holds over a gap of `held_unseen_s` as well.

Where every object is judged for itself, a candidate belongs to the episode of its own track. It
takes over another's only if it is a newer track, that one is a candidate no more, and its way leads
back to where that one was last.
"""

from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from onboard.messages import EventKind, Explanation, Severity
from onboard.rules.finding import Array, Candidate, Finding
from onboard.track.track import Track

# For so long an object may be followed under its old and its new number at once.
TWINS_S = 1.0


class EpisodeSettings(BaseModel):
    """When something is so, and when it is the same thing as before."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enter_certainty: float = Field(ge=0, le=1)
    stay_certainty: float = Field(ge=0, le=1)
    dwell_s: float = Field(ge=0)
    gap_s: float = Field(default=1.5, gt=0)
    held_unseen_s: float = Field(default=0.0, ge=0)
    same_within_m: float = Field(gt=0)
    forget_s: float = Field(default=180.0, gt=0)


@dataclass(slots=True)
class Episode:
    """One thing that goes on. `certainty_sum` over `frames` of the evidence since it held; it was
    `denied` if since its last candidate it was seen not to be so.
    """

    en_m: Array
    zone: str | None
    held_since_s: float
    last_s: float
    certainty_sum: float
    frames: int
    track_id: int
    denied: bool = False
    fired: bool = False

    @property
    def certainty(self) -> float:
        """The mean of its frames: one frame's luck does not carry it."""
        return self.certainty_sum / self.frames


class Episodes:
    """All episodes of one rule; `per_track` says that every object is judged for itself."""

    def __init__(self, settings: EpisodeSettings, *, per_track: bool = False) -> None:
        self._settings = settings
        self._per_track = per_track
        self._episodes: list[Episode] = []

    def observe(
        self, candidates: list[Candidate], now_s: float, *, patience_s: float = 0.0
    ) -> list[tuple[Candidate, Episode]]:
        """The candidates whose episodes fire with this frame; see `Scene.patience_s`."""
        if not candidates and not self._episodes:
            return []
        settings = self._settings
        # A clock that went back means that the vehicle has booted again.
        self._episodes = [
            each for each in self._episodes if 0.0 <= now_s - each.last_s <= settings.forget_s
        ]
        fired = []
        current = {
            each.tracks[0].track_id
            for each in candidates
            if each.certainty >= settings.stay_certainty
        }
        for candidate in sorted(candidates, key=lambda each: -each.certainty):
            episode = self._episode(candidate, now_s, max(settings.gap_s, patience_s), current)
            if episode is None or episode.fired:
                continue
            if now_s - episode.held_since_s >= settings.dwell_s:
                episode.fired = True
                fired.append((candidate, episode))
        return fired

    def holds_in(self, zone: str) -> bool:
        """Whether anything goes on in a zone that a denial would matter to."""
        return any(each.zone == zone for each in self._episodes)

    def _episode(
        self, candidate: Candidate, now_s: float, gap_s: float, current: set[int]
    ) -> Episode | None:
        settings = self._settings
        episode = self._own(candidate, now_s, current) if self._per_track else self._near(candidate)
        if episode is None:
            if candidate.certainty < settings.enter_certainty:
                return None
            episode = _begun(candidate, now_s)
            self._episodes.append(episode)
            return episode
        if candidate.certainty < settings.stay_certainty:
            episode.denied = True
            return None
        held_s = gap_s if episode.denied else max(gap_s, settings.held_unseen_s)
        if now_s - episode.last_s > held_s:
            if candidate.certainty < settings.enter_certainty:
                return None
            episode.held_since_s, episode.certainty_sum, episode.frames = now_s, 0.0, 0
        if now_s > episode.last_s or episode.frames == 0:
            episode.certainty_sum += candidate.certainty
            episode.frames += 1
        episode.last_s, episode.en_m, episode.denied = now_s, candidate.en_m, False
        episode.track_id = candidate.tracks[0].track_id
        return episode

    def _own(self, candidate: Candidate, now_s: float, current: set[int]) -> Episode | None:
        """The episode of the candidate's track, or of one that this track has taken over."""
        track = candidate.tracks[0]
        same_zone = [each for each in self._episodes if each.zone == candidate.zone]
        own = [each for each in same_zone if each.track_id == track.track_id]
        if own:
            return own[-1]
        free = [
            each
            for each in same_zone
            if each.track_id not in current and track.first_seen_s > each.last_s - TWINS_S
        ]
        velocity = _sure_velocity(track)
        ways = [candidate.en_m - each.en_m - velocity * (now_s - each.last_s) for each in free]
        near = [(float(np.hypot(*way)), each) for way, each in zip(ways, free, strict=True)]
        distance_m, episode = min(near, key=lambda pair: pair[0], default=(np.inf, None))
        return episode if distance_m <= self._settings.same_within_m else None

    def _near(self, candidate: Candidate) -> Episode | None:
        same_zone = [each for each in self._episodes if each.zone == candidate.zone]
        near = [(float(np.hypot(*(each.en_m - candidate.en_m))), each) for each in same_zone]
        distance_m, episode = min(near, key=lambda pair: pair[0], default=(np.inf, None))
        return episode if distance_m <= self._settings.same_within_m else None


def _sure_velocity(track: Track) -> Array:
    """A track's velocity (2,); none where it may as well stand still."""
    sigma_m_s = float(np.sqrt(np.trace(track.velocity_m2_s2) / 2.0))
    return track.velocity_en_m_s * (track.speed_m_s > 2.0 * sigma_m_s)


def _begun(candidate: Candidate, now_s: float) -> Episode:
    return Episode(
        en_m=candidate.en_m,
        zone=candidate.zone,
        held_since_s=now_s,
        last_s=now_s,
        certainty_sum=candidate.certainty,
        frames=1,
        track_id=candidate.tracks[0].track_id,
    )


def found(
    candidate: Candidate,
    episode: Episode,
    *,
    kind: EventKind,
    severity: Severity,
    explanation: Explanation,
    zone: str | None = None,
) -> Finding:
    """What a rule tells of an episode that fires; the rule's id is its kind's name.

    `zone` is told where the candidates have none.
    """
    return Finding(
        kind=kind,
        rule_id=kind.value,
        severity=severity,
        certainty=episode.certainty,
        en_m=candidate.en_m,
        covariance_m2=candidate.covariance_m2,
        began_s=episode.held_since_s,
        tracks=candidate.tracks,
        object_class=candidate.tracks[0].object_class,
        object_count=len(candidate.tracks),
        zone=candidate.zone or zone,
        explanation=explanation,
    )
