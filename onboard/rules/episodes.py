"""Minimum evidence, hysteresis and one finding an episode, for any rule.

A candidate belongs to the episode of the same zone that is nearest and near enough. An episode
begins with a candidate of at least `enter_certainty`; it holds while one of `stay_certainty` comes
again within `gap_s`; it fires once it has held for `dwell_s`, and ends `forget_s` after the last
candidate. All times are capture times.
"""

from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from onboard.rules.finding import Array, Candidate


class EpisodeSettings(BaseModel):
    """When something is so, and when it is the same thing as before."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enter_certainty: float = Field(ge=0, le=1)
    stay_certainty: float = Field(ge=0, le=1)
    dwell_s: float = Field(ge=0)
    gap_s: float = Field(default=1.5, gt=0)
    same_within_m: float = Field(gt=0)
    forget_s: float = Field(default=180.0, gt=0)


@dataclass(slots=True)
class Episode:
    """One thing that goes on. `certainty_sum` over `frames` of the evidence since it held."""

    en_m: Array
    zone: str | None
    held_since_s: float
    last_s: float
    certainty_sum: float
    frames: int
    fired: bool = False

    @property
    def certainty(self) -> float:
        """The mean of its frames: one frame's luck does not carry it."""
        return self.certainty_sum / self.frames


class Episodes:
    """All episodes of one rule."""

    def __init__(self, settings: EpisodeSettings) -> None:
        self._settings = settings
        self._episodes: list[Episode] = []

    def observe(
        self, candidates: list[Candidate], now_s: float, *, patience_s: float = 0.0
    ) -> list[tuple[Candidate, Episode]]:
        """The candidates whose episodes fire with this frame; see `Scene.patience_s`."""
        settings = self._settings
        # A clock that went back means that the vehicle has booted again.
        self._episodes = [
            each for each in self._episodes if 0.0 <= now_s - each.last_s <= settings.forget_s
        ]
        fired = []
        for candidate in sorted(candidates, key=lambda each: -each.certainty):
            episode = self._episode(candidate, now_s, max(settings.gap_s, patience_s))
            if episode is None or episode.fired:
                continue
            if now_s - episode.held_since_s >= settings.dwell_s:
                episode.fired = True
                fired.append((candidate, episode))
        return fired

    def _episode(self, candidate: Candidate, now_s: float, gap_s: float) -> Episode | None:
        settings = self._settings
        episode = self._nearest(candidate)
        if episode is None:
            if candidate.certainty < settings.enter_certainty:
                return None
            episode = Episode(candidate.en_m, candidate.zone, now_s, now_s, candidate.certainty, 1)
            self._episodes.append(episode)
            return episode
        if candidate.certainty < settings.stay_certainty:
            return None
        if now_s - episode.last_s > gap_s:
            if candidate.certainty < settings.enter_certainty:
                return None
            episode.held_since_s, episode.certainty_sum, episode.frames = now_s, 0.0, 0
        if now_s > episode.last_s or episode.frames == 0:
            episode.certainty_sum += candidate.certainty
            episode.frames += 1
        episode.last_s, episode.en_m = now_s, candidate.en_m
        return episode

    def _nearest(self, candidate: Candidate) -> Episode | None:
        same_zone = [each for each in self._episodes if each.zone == candidate.zone]
        near = [(float(np.hypot(*(each.en_m - candidate.en_m))), each) for each in same_zone]
        distance_m, episode = min(near, key=lambda pair: pair[0], default=(np.inf, None))
        return episode if distance_m <= self._settings.same_within_m else None
