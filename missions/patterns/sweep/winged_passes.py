"""Straight passes over an area for what cannot stop: laid out, cut where they must not go on.

A pass is long enough to see all of its strip in straight flight, across dents of the outline too;
what is seen before and after it is not counted. Where something must not be flown over, a pass ends
where a whole circle still fits beside it, so that it can always be left. Metres east and north; a
course is from north to the right.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely import affinity
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from missions.patterns.sweep.level_lines import LevelLines, Spans, without
from missions.patterns.turns.circles import TurningRoom

Array = npt.NDArray[np.float64]

SHORTEST_PASS_M = 1.0
# Where there is no room for the whole run, the least to settle on the line, in radii.
SETTLE_RADII = 0.3
MOST_PASSES = 2000
ROUNDING_M = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """A straight pass: where what it shows begins and ends, the runs before and behind that."""

    begin: tuple[float, float]
    end: tuple[float, float]
    run_m: float
    behind_m: float | None = None

    @property
    def course_rad(self) -> float:
        """From begin to end."""
        return math.atan2(self.end[0] - self.begin[0], self.end[1] - self.begin[1])

    @property
    def runs_m(self) -> tuple[float, float]:
        """Before its beginning and behind its end."""
        return self.run_m, self.run_m if self.behind_m is None else self.behind_m

    def states(self, *, back: bool) -> tuple[Array, Array]:
        """Place and course at both ends of the whole run, as it is flown."""
        first, last = (self.end, self.begin) if back else (self.begin, self.end)
        into_m, out_m = self.runs_m[::-1] if back else self.runs_m
        course = self.course_rad + (math.pi if back else 0.0)
        sine, cosine = math.sin(course), math.cos(course)
        enter = (first[0] - into_m * sine, first[1] - into_m * cosine, course % (2.0 * math.pi))
        leave = (last[0] + out_m * sine, last[1] + out_m * cosine, course % (2.0 * math.pi))
        return np.array(enter), np.array(leave)

    def strip(self, swath_m: float) -> BaseGeometry:
        """What it shows."""
        return LineString((self.begin, self.end)).buffer(swath_m / 2.0, cap_style="flat")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is to be seen, and where the flight may not go.

    `forbidden` is never flown over. `allowed` None lets turns lie outside what is seen. `room` is
    where circles fit, None where nothing is in the way.
    """

    polygon: BaseGeometry
    forbidden: BaseGeometry
    allowed: BaseGeometry | None = None
    room: TurningRoom | None = None

    def may_fly(self, line: BaseGeometry) -> bool:
        """Whether a way keeps to it."""
        if not self.forbidden.is_empty and line.intersects(self.forbidden):
            return False
        return self.allowed is None or bool(self.allowed.covers(line))


def passes_at(
    ground: Ground, course_rad: float, *, swath_m: float, run_m: float, radius_m: float
) -> list[Pass]:
    """The passes at one course, from one side of the ground to the other.

    A gap in what a strip shows that is shorter than a full turn is flown across, where it may be.
    """
    lines = Lines(ground, course_rad, run_m=run_m, radius_m=radius_m)
    _, low, _, high = lines.polygon.bounds
    count = max(1, math.ceil((high - low) / swath_m - 1e-6))
    places = low + (np.arange(min(count, MOST_PASSES)) + 0.5) * (high - low) / count
    turn_m = 2.0 * math.pi * radius_m
    return lines.passes(
        [(y, _stretches(lines.polygon, y, swath_m, turn_m)) for y in places.tolist()]
    )


class Lines:
    """Straight flight at one course: in a frame turned so that it goes along x."""

    def __init__(self, ground: Ground, course_rad: float, *, run_m: float, radius_m: float) -> None:
        self._angle = math.pi / 2.0 - course_rad
        self._run_m, self._radius_m = run_m, radius_m
        self.polygon = self._turned(ground.polygon)
        self._forbidden = self._cut_by(ground.forbidden)
        self._allowed = None if ground.allowed is None else self._cut_by(ground.allowed)
        self._middles = None if ground.room is None else self._cut_by(ground.room.middles)

    def turned(self, points: Array) -> Array:
        """Points of the plane, (n, 2), in this frame."""
        cosine, sine = math.cos(self._angle), math.sin(self._angle)
        there: Array = points @ np.array(((cosine, -sine), (sine, cosine)))
        return there

    def _turned(self, shape: BaseGeometry) -> BaseGeometry:
        return affinity.rotate(shape, -self._angle, origin=(0.0, 0.0), use_radians=True)

    def _cut_by(self, shape: BaseGeometry) -> LevelLines:
        return LevelLines(self._turned(shape))

    def passes(self, asked: Sequence[tuple[float, Spans]]) -> list[Pass]:
        """Passes along lines, each by its place across, that show what is wanted of it, as far as
        they may."""
        if self._middles is None:
            return [
                self._pass(y, x0, x1, self._run_m, self._run_m)
                for y, wanted in asked
                for x0, x1 in wanted
            ]
        some = [(y, wanted) for y, wanted in asked if wanted]
        if not some:
            return []
        # All lines at once: asked one by one they take several times as long.
        lines = self._lines(some)
        free = self._free(lines)
        beside = np.array((self._radius_m, 0.0, 0.0))
        left, right = (self._middles.within(lines + side * beside) for side in (-1.0, 1.0))
        found: list[Pass] = []
        for (y, wanted), spans, one, other in zip(some, free, left, right, strict=True):
            found += self._along(y, wanted, spans, [*one, *other])
        return found

    def _along(self, y: float, wanted: Spans, free: Spans, ends: Spans) -> list[Pass]:
        found = []
        for low, high in free:
            inner = [(max(a, low), min(b, high)) for a, b in ends if b > low and a < high]
            for x0, x1 in wanted:
                one = self._between(y, x0, x1, inner)
                found += [one] if one is not None else []
        return found

    def _between(self, y: float, x0: float, x1: float, ends: Spans) -> Pass | None:
        """A pass with runs that begin and end where a circle fits."""
        settle = SETTLE_RADII * self._radius_m
        if not ends:
            return None
        begin = max(x0, min(a for a, _ in ends) + settle)
        end = min(x1, max(b for _, b in ends) - settle)
        if end - begin < SHORTEST_PASS_M:
            return None
        before = _last_within(ends, begin - self._run_m)
        before = before if before is not None else _last_within(ends, begin - settle)
        mirrored = [(-b, -a) for a, b in ends]
        behind = _last_within(mirrored, -(end + self._run_m))
        behind = behind if behind is not None else _last_within(mirrored, -(end + settle))
        assert before is not None
        assert behind is not None
        return self._pass(y, begin, end, begin - before, -behind - end)

    def _free(self, lines: Array) -> list[Spans]:
        whole = [[(begin, end)] for _, begin, end in lines.tolist()]
        allowed = whole if self._allowed is None else self._allowed.within(lines)
        taken = self._forbidden.within(lines)
        return [without(one, away) for one, away in zip(allowed, taken, strict=True)]

    def _lines(self, asked: Sequence[tuple[float, Spans]]) -> Array:
        """Lines about what is wanted of them, with room for runs and turns: y, and both ends."""
        reach = 2.0 * self._run_m + 4.0 * self._radius_m
        rows = [(y, wanted[0][0] - reach, wanted[-1][1] + reach) for y, wanted in asked]
        return np.array(rows)

    def _pass(self, y: float, x0: float, x1: float, before: float, behind: float) -> Pass:
        cosine, sine = math.cos(self._angle), math.sin(self._angle)
        begin = (x0 * cosine - y * sine, x0 * sine + y * cosine)
        end = (x1 * cosine - y * sine, x1 * sine + y * cosine)
        return Pass(begin=begin, end=end, run_m=before, behind_m=behind)


def _last_within(spans: Spans, most: float) -> float | None:
    """The greatest place in any span that is at most so far along."""
    found = [min(b, most) for a, b in spans if a <= most + ROUNDING_M]
    return max(found, default=None)


def _stretches(polygon: BaseGeometry, y: float, swath_m: float, turn_m: float) -> Spans:
    """Where along its strip a pass has something to show."""
    left, _, right, _ = polygon.bounds
    # Clipping by a rectangle is many times quicker than an overlay; only the ends are wanted.
    strip = (left - 1.0, y - swath_m / 2.0, right + 1.0, y + swath_m / 2.0)
    pieces = shapely.get_parts(shapely.clip_by_rect(polygon, *strip))
    return merged(
        [
            (piece.bounds[0], piece.bounds[2])
            for piece in pieces
            if isinstance(piece, Polygon) and not piece.is_empty
        ],
        turn_m,
    )


def merged(spans: Spans, gap_m: float) -> Spans:
    """Spans in order, those less than a gap apart made one."""
    found: Spans = []
    for begin, end in sorted(spans):
        if found and begin - found[-1][1] < gap_m:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return found
