"""Straight passes over an area for what cannot stop: laid out, cut where they must not go on.

A pass is long enough to see all of its strip in straight flight, across dents of the outline too;
what is seen before and after it is not counted. Metres east and north; a course is from north to
the right.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely import affinity
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

Array = npt.NDArray[np.float64]

SHORTEST_PASS_M = 1.0
# An end nearer than this to where the whole pass ends is not cut.
CUT_M = 0.01
MOST_PASSES = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """A straight pass: where what it shows begins and ends, the run before and behind that."""

    begin: tuple[float, float]
    end: tuple[float, float]
    run_m: float

    @property
    def course_rad(self) -> float:
        """From begin to end."""
        return math.atan2(self.end[0] - self.begin[0], self.end[1] - self.begin[1])

    def states(self, *, back: bool) -> tuple[Array, Array]:
        """Place and course at both ends of the whole run, as it is flown."""
        first, last = (self.end, self.begin) if back else (self.begin, self.end)
        course = self.course_rad + (math.pi if back else 0.0)
        de, dn = self.run_m * math.sin(course), self.run_m * math.cos(course)
        enter = (first[0] - de, first[1] - dn, course % (2.0 * math.pi))
        leave = (last[0] + de, last[1] + dn, course % (2.0 * math.pi))
        return np.array(enter), np.array(leave)

    def strip(self, swath_m: float) -> BaseGeometry:
        """What it shows."""
        return LineString((self.begin, self.end)).buffer(swath_m / 2.0, cap_style="flat")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is to be seen, and where the flight may not go.

    `forbidden` is never flown over. `allowed` None lets turns lie outside what is seen.
    """

    polygon: BaseGeometry
    forbidden: BaseGeometry
    allowed: BaseGeometry | None = None

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
    A pass that ends before something forbidden ends early enough to turn away from it.
    """
    # Turned so that the passes run along x.
    angle = math.pi / 2.0 - course_rad
    polygon = affinity.rotate(ground.polygon, -angle, origin=(0.0, 0.0), use_radians=True)
    _, low, _, high = polygon.bounds
    count = max(1, math.ceil((high - low) / swath_m - 1e-6))
    found: list[Pass] = []
    for y in low + (np.arange(min(count, MOST_PASSES)) + 0.5) * (high - low) / count:
        for x0, x1 in _stretches(polygon, float(y), swath_m, 2.0 * math.pi * radius_m):
            found += _allowed_parts(ground, angle, (x0, x1, float(y)), run_m, radius_m)
    return found


def _stretches(polygon: BaseGeometry, y: float, swath_m: float, turn_m: float) -> list[list[float]]:
    """Where along its strip a pass has something to show."""
    left, _, right, _ = polygon.bounds
    # Clipping by a rectangle is many times quicker than an overlay; only the ends are wanted.
    strip = (left - 1.0, y - swath_m / 2.0, right + 1.0, y + swath_m / 2.0)
    pieces = shapely.get_parts(shapely.clip_by_rect(polygon, *strip))
    spans = sorted(
        [piece.bounds[0], piece.bounds[2]]
        for piece in pieces
        if isinstance(piece, Polygon) and not piece.is_empty
    )
    merged: list[list[float]] = []
    for begin, end in spans:
        if merged and begin - merged[-1][1] < turn_m:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([begin, end])
    return merged


def _allowed_parts(
    ground: Ground, angle: float, span: tuple[float, float, float], run_m: float, radius_m: float
) -> list[Pass]:
    """A pass with its runs, cut by what may not be flown over; each part with its own runs."""
    x0, x1, y = span
    whole = LineString(((x0 - run_m, y), (x1 + run_m, y)))
    line = affinity.rotate(whole, angle, origin=(0.0, 0.0), use_radians=True)
    if ground.may_fly(line):
        return [_pass(angle, x0, x1, y, run_m)]
    left = line.difference(ground.forbidden)
    if ground.allowed is not None:
        left = left.intersection(ground.allowed)
    found = []
    for part in shapely.get_parts(left):
        along = affinity.rotate(part, -angle, origin=(0.0, 0.0), use_radians=True)
        first, _, last, _ = along.bounds
        begin = x0 if first <= x0 - run_m + CUT_M else first + run_m + radius_m
        end = x1 if last >= x1 + run_m - CUT_M else last - run_m - radius_m
        begin, end = max(begin, x0), min(end, x1)
        if end - begin >= SHORTEST_PASS_M:
            found.append(_pass(angle, begin, end, y, run_m))
    return found


def _pass(angle: float, x0: float, x1: float, y: float, run_m: float) -> Pass:
    cosine, sine = math.cos(angle), math.sin(angle)
    begin = (x0 * cosine - y * sine, x0 * sine + y * cosine)
    end = (x1 * cosine - y * sine, x1 * sine + y * cosine)
    return Pass(begin=begin, end=end, run_m=run_m)
