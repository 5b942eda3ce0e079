"""The world at any instant: fixed steps behind, and the stretch between two of them in between."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from sim.world.objects import Snapshot
from sim.world.world import STEP_S, World


class Timeline:
    """Steps a world ahead of the vehicles and interpolates it to the instant of an exposure."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._before = world.snapshot()
        self._after = self._before

    @property
    def until_s(self) -> float:
        """The latest instant that `at` can show."""
        return self._after.now_s

    def advance(self, now_s: float, took_off_s: Mapping[str, float], *, most_steps: int) -> bool:
        """Step until `now_s` is covered; False where `most_steps` did not suffice."""
        for _ in range(most_steps):
            if self.until_s >= now_s:
                return True
            self._world.step(STEP_S, took_off_s)
            self._before, self._after = self._after, self._world.snapshot()
        return self.until_s >= now_s

    def at(self, now_s: float) -> Snapshot:
        """Every object at an instant of the last step; earlier or later ones are its ends."""
        before, after = self._before, self._after
        span_s = after.now_s - before.now_s
        share = 1.0 if span_s <= 0.0 else np.clip((now_s - before.now_s) / span_s, 0.0, 1.0)
        jumped = np.hypot(*(after.en - before.en).T)[:, None] > 5.0
        between = before.en + (after.en - before.en) * share
        return replace(
            after,
            now_s=before.now_s + float(share) * span_s,
            en=np.where(jumped, after.en, between),
            stride=before.stride + (after.stride - before.stride) * share,
        )
