"""A way under construction: its points, and which of its legs must stay as they are."""

import math

import numpy as np

from missions.patterns.inside import Inside, Point

SAME_M = 1e-6


class Way:
    """Points in metres; `kept[i]` says that the leg from point i to i + 1 must not be replaced."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self.kept: list[bool] = []

    def go(self, point: Point, *, kept: bool) -> None:
        """Add a straight leg, unless it has no length."""
        if self.points and math.dist(self.points[-1], point) < SAME_M:
            return
        if self.points:
            self.kept.append(kept)
        self.points.append(point)

    def go_inside(self, point: Point, inside: Inside) -> None:
        """Add the shortest way inside to a point."""
        steps = inside.route(self.points[-1], point)[1:] if self.points else [point]
        for step in steps:
            self.go(step, kept=False)

    def visit(self, stops: list[Point], inside: Inside) -> None:
        """Put a visit where it lengthens the way least: in a leg that need not stay, or out and
        back from a point."""
        at, back_to, chosen = self._cheapest(stops)
        tail, tail_kept = self.points[back_to:], self.kept[back_to:]
        del self.points[at + 1 :]
        del self.kept[at:]
        self.go_inside(chosen[0], inside)
        for stop in chosen[1:]:
            self.go(stop, kept=True)
        if tail:
            self.go_inside(tail[0], inside)
            self.points += tail[1:]
            self.kept += tail_kept

    def _cheapest(self, stops: list[Point]) -> tuple[int, int, list[Point]]:
        points = np.array(self.points)
        first = np.hypot(*(points - stops[0]).T)
        last = np.hypot(*(points - stops[-1]).T)
        legs = np.hypot(*np.diff(points, axis=0).T)
        fixed = np.where(self.kept, np.inf, 0.0)
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
