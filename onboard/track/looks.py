"""How often each place was looked at: the picture's outline on the ground, a second apart."""

from collections import deque

import numpy as np
import numpy.typing as npt

from onboard.track.track import Array
from onboard.track.view_area import depth_m

STEP_S, SOON_M = 1.0, 8.0


class Looks:
    """Outlines of late, at most `remember_s` old."""

    def __init__(self, *, remember_s: float) -> None:
        self._remember_s = remember_s
        self._views: deque[tuple[float, Array]] = deque()

    def saw(self, t_s: float, view_en: Array | None) -> None:
        """Take in what a frame shows, (k, 2)."""
        if view_en is None or (self._views and t_s - self._views[-1][0] < STEP_S):
            return
        self._views.append((t_s, view_en))
        while t_s - self._views[0][0] > self._remember_s:
            self._views.popleft()

    @property
    def known(self) -> bool:
        """Whether anybody told what frames show."""
        return bool(self._views)

    def seen_before(self, en_m: Array, t_s: float) -> npt.NDArray[np.bool_]:
        """Which of places (n, 2) were in the picture before a time."""
        seen = np.zeros(len(en_m), dtype=np.bool_)
        for at_s, view_en in self._views:
            if at_s >= t_s or seen.all():
                break
            seen |= depth_m(view_en, en_m) >= 0.0
        return seen

    def inside_soon(self, en_m: Array, sigma_m: Array) -> Array:
        """The probability (n,) that things at places (n, 2), give or take, come into the picture
        now or in the next moments, in which it moves on by some metres.
        """
        if not self._views:
            return np.ones(len(en_m))
        within = (depth_m(self._views[-1][1], en_m) + SOON_M) / sigma_m
        # The logistic curve that is nearest to the normal's.
        return np.asarray(1.0 / (1.0 + np.exp(np.clip(-1.702 * within, -50.0, 50.0))))

    def times(
        self, en_m: Array, within_m: float, from_s: float = -np.inf, to_s: float = np.inf
    ) -> Array:
        """When a place (2,) was in the picture, by so much."""
        views = [(at_s, view) for at_s, view in self._views if from_s <= at_s <= to_s]
        depths = np.array([depth_m(view, en_m[None])[0] for _, view in views])
        return np.array([at_s for at_s, _ in views])[depths >= within_m]


def intervals(times_s: Array, *, apart_s: float, least_s: float) -> list[tuple[float, float]]:
    """Runs of times with no gap above `apart_s`, as long as `least_s` at least."""
    if not len(times_s):
        return []
    breaks = np.flatnonzero(np.diff(times_s) > apart_s) + 1
    runs = np.split(times_s, breaks)
    return [(float(run[0]), float(run[-1])) for run in runs if run[-1] - run[0] >= least_s]
