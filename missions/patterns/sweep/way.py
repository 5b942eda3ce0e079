"""A way under construction: its points, and which of its legs must stay as they are."""

import math

import numpy as np
import numpy.typing as npt

from missions.patterns.inside import Inside, Point

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

SAME_M = 1e-6
ROOM = 64


class Way:
    """Points in metres; `kept[i]` says that the leg from point i to i + 1 must not be replaced."""

    def __init__(self) -> None:
        # With room to grow: thousands of visits are put into ways of thousands of points.
        self._points, self._kept = np.zeros((ROOM, 2)), np.zeros(ROOM, np.bool_)
        self._count = 0

    @property
    def points(self) -> Array:
        """The points, shape (n, 2), as they are now."""
        return self._points[: self._count].copy()

    @property
    def kept(self) -> Flags:
        """One flag a leg, shape (n - 1,), as they are now."""
        return self._kept[: max(0, self._count - 1)].copy()

    def go(self, point: Point, *, kept: bool) -> None:
        """Add a straight leg, unless it has no length."""
        if self._count and math.dist(self._last(), point) < SAME_M:
            return
        self.add(point, kept=kept)

    def add(self, point: Point, *, kept: bool) -> None:
        """Add a leg even if it has no length."""
        if self._count == len(self._points):
            self._points = np.concatenate((self._points, np.zeros_like(self._points)))
            self._kept = np.concatenate((self._kept, np.zeros_like(self._kept)))
        if self._count:
            self._kept[self._count - 1] = kept
        self._points[self._count] = point
        self._count += 1

    def go_inside(self, point: Point, inside: Inside) -> None:
        """Add the shortest way inside to a point."""
        steps = inside.route(self._last(), point)[1:] if self._count else [point]
        for step in steps:
            self.go(step, kept=False)

    def visit(self, stops: list[Point], inside: Inside) -> None:
        """Put a visit where it lengthens the way least: in a leg that need not stay, or out and
        back from a point."""
        at, back_to, chosen = self._cheapest(stops)
        tail, tail_kept = self.points[back_to:], self.kept[back_to:]
        self._count = at + 1
        self.go_inside(chosen[0], inside)
        for stop in chosen[1:]:
            self.go(stop, kept=True)
        if len(tail):
            self.go_inside((float(tail[0, 0]), float(tail[0, 1])), inside)
            self._append(tail[1:], tail_kept)

    def _append(self, points: Array, kept: Flags) -> None:
        count = self._count + len(points)
        if count > len(self._points):
            more = 2 * count - len(self._points)
            self._points = np.concatenate((self._points, np.zeros((more, 2))))
            self._kept = np.concatenate((self._kept, np.zeros(more, np.bool_)))
        self._points[self._count : count] = points
        self._kept[self._count - 1 : count - 1] = kept
        self._count = count

    def _last(self) -> Point:
        east, north = self._points[self._count - 1]
        return float(east), float(north)

    def _cheapest(self, stops: list[Point]) -> tuple[int, int, list[Point]]:
        points = self._points[: self._count]
        first = np.hypot(*(points - stops[0]).T)
        last = np.hypot(*(points - stops[-1]).T)
        legs = np.hypot(*np.diff(points, axis=0).T)
        fixed = np.where(self._kept[: self._count - 1], np.inf, 0.0)
        end = len(points) - 1
        forward = first[:-1] + last[1:] - legs + fixed
        backward = last[:-1] + first[1:] - legs + fixed
        around = first + last
        options = [
            (float(around.min()), int(around.argmin()), int(around.argmin()), stops),
            (float(first[-1]), end, end + 1, stops),
            (float(last[-1]), end, end + 1, stops[::-1]),
            (float(forward.min()), int(forward.argmin()), int(forward.argmin()) + 1, stops),
            (
                float(backward.min()),
                int(backward.argmin()),
                int(backward.argmin()) + 1,
                stops[::-1],
            ),
        ]
        _, at, back_to, chosen = min(options, key=lambda option: option[0])
        return at, back_to, chosen
