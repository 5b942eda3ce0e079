"""How often each place was looked at: the picture's outline on the ground, a second apart."""

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onboard.track.track import Array
from onboard.track.view_area import depth_m, half_planes

Indices = npt.NDArray[np.int64]
STEP_S, SOON_M = 1.0, 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    t_s: float
    outline: Array
    planes: Array
    box: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class _Views:
    """All outlines: `t_s` (v,), `boxes` (v, 4) around each, `planes` (v, k, 3)."""

    t_s: Array
    boxes: Array
    planes: Array

    def showing(self, en_m: Array, within_m: float) -> tuple[Indices, Indices]:
        """Which outlines hold which of places (n, 2) by so much, which is not negative."""
        low, high = self.boxes[:, None, :2], self.boxes[:, None, 2:]
        view, place = np.nonzero(((low <= en_m) & (en_m <= high)).all(axis=2))
        planes = self.planes[view]
        across = (planes[..., :2] * en_m[place, None]).sum(axis=2) + planes[..., 2]
        deep = across.min(axis=1, initial=np.inf) >= within_m
        return view[deep], place[deep]


class Looks:
    """Outlines of late, at most `remember_s` old."""

    def __init__(self, *, remember_s: float) -> None:
        self._remember_s = remember_s
        self._views: deque[_View] = deque()
        self._together: _Views | None = None

    def saw(self, t_s: float, view_en: Array | None) -> None:
        """Take in what a frame shows, (k, 2)."""
        if view_en is None or (self._views and t_s - self._views[-1].t_s < STEP_S):
            return
        box = np.concatenate((view_en.min(axis=0), view_en.max(axis=0)))
        planes = half_planes(view_en)
        self._views.append(_View(t_s=t_s, outline=view_en, planes=planes, box=box))
        while t_s - self._views[0].t_s > self._remember_s:
            self._views.popleft()
        self._together = None

    @property
    def known(self) -> bool:
        """Whether anybody told what frames show."""
        return bool(self._views)

    def seen_before(self, en_m: Array, t_s: float) -> npt.NDArray[np.bool_]:
        """Which of places (n, 2) were in the picture before a time."""
        seen = np.zeros(len(en_m), dtype=np.bool_)
        if self._views:
            views = self._stacked()
            view, place = views.showing(en_m, 0.0)
            seen[place[views.t_s[view] < t_s]] = True
        return seen

    def inside_soon(self, en_m: Array, sigma_m: Array) -> Array:
        """The probability (n,) that things at places (n, 2), give or take, come into the picture
        now or in the next moments, in which it moves on by some metres.
        """
        if not self._views:
            return np.ones(len(en_m))
        return inside_soon(self._views[-1].outline, en_m, sigma_m)

    def times(
        self, en_m: Array, within_m: float, from_s: float = -np.inf, to_s: float = np.inf
    ) -> Array:
        """When a place (2,) was in the picture, by so much, which is not negative."""
        if not self._views:
            return np.empty(0)
        views = self._stacked()
        times_s = views.t_s[views.showing(en_m[None], within_m)[0]]
        return times_s[(times_s >= from_s) & (times_s <= to_s)]

    def _stacked(self) -> _Views:
        self._together = self._together or _together(self._views)
        return self._together


def inside_soon(view_en: Array, en_m: Array, sigma_m: Array) -> Array:
    """As `Looks.inside_soon`, of one picture's outline (k, 2)."""
    within = (depth_m(view_en, en_m) + SOON_M) / sigma_m
    # The logistic curve that is nearest to the normal's.
    return np.asarray(1.0 / (1.0 + np.exp(np.clip(-1.702 * within, -50.0, 50.0))))


def intervals(times_s: Array, *, apart_s: float, least_s: float) -> list[tuple[float, float]]:
    """Runs of times with no gap above `apart_s`, as long as `least_s` at least."""
    if not len(times_s):
        return []
    breaks = np.flatnonzero(np.diff(times_s) > apart_s) + 1
    runs = np.split(times_s, breaks)
    return [(float(run[0]), float(run[-1])) for run in runs if run[-1] - run[0] >= least_s]


def _together(views: deque[_View]) -> _Views:
    most = max(len(each.planes) for each in views)
    return _Views(
        t_s=np.array([each.t_s for each in views]),
        boxes=np.array([each.box for each in views]),
        planes=np.array([_padded(each.planes, most) for each in views]),
    )


def _padded(planes: Array, most: int) -> Array:
    # A half-plane twice is the same as once.
    return planes[np.minimum(np.arange(most), len(planes) - 1)]
