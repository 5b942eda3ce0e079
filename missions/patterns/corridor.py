"""Flying along lines: roads, rivers, fences or pipelines with their branches, in several passes."""

import math
from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString, MultiLineString

from missions.area import Area, Line, middle, ring_en
from missions.errors import BadInput
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.path import Gaze, PathPoint, PatrolPath
from missions.patterns.inside import Inside, Point
from missions.patterns.kept_inside import keep_inside, open_ground
from missions.patterns.run_order import best_order

Array = npt.NDArray[np.float64]

# A bend is smoothed away when leaving it out moves the path by less than this part of the swath.
SMOOTH_SWATHS = 0.02
MOST_RUNS = 3000
FARTHEST_ASIDE_M = 5000.0


class Side(StrEnum):
    """Which side of a line, in the direction in which it is drawn."""

    LEFT = "left"
    RIGHT = "right"


def corridor(
    line: Line | Sequence[Line],
    *,
    swath_m: float,
    height: HeightAboveHome,
    width_m: float | None = None,
    passes: int | None = None,
    offset_m: float = 0.0,
    beside: Side | None = None,
    standoff_m: float = 0.0,
    no_fly: tuple[Area, ...] = (),
    start: GeoPoint | None = None,
    gaze: Gaze | None = None,
    trigger_distance_m: float | None = None,
) -> PatrolPath:
    """Passes along a line or a network of lines, side by side, joined by short ways.

    `passes` are given or follow from `width_m`, the width to be seen; `offset_m` shifts all of
    them, positive to the left of the line's direction. With `beside` the first pass lies
    `standoff_m` to that side and the others beyond it, and the gimbal looks back at the line.
    Several lines are one network: where they meet they branch, and each branch is flown in as many
    passes. Parts in a no-fly zone are left out and gone round.

    Raises:
        BadInput: a line has no length, all of it lies in a no-fly zone, or a number makes no sense.
    """
    lines = (line,) if isinstance(line, Line) else tuple(line)
    where = (lines[0].name if len(lines) == 1 else "") or "line"
    count = _count(passes, width_m, swath_m, where)
    shifts = _shifts(count, swath_m, offset_m, beside, standoff_m, where)
    plane = _plane(lines, where)
    branches = _branches(lines, plane, swath_m, where)
    if len(branches) * count > MOST_RUNS:
        what = f"{len(branches)} branches in {count} passes: at most {MOST_RUNS} can be flown"
        raise BadInput(where=where, what=what)
    runs = [_beside(branch, shift) for branch in branches for shift in shifts]
    ends = np.array([(run[0], run[-1]) for run in runs])
    home = np.array(plane.en(start)) if start is not None else None
    order = best_order(ends[:, 0], ends[:, 1], start=home)
    drawn = MultiLineString([run for run in runs if len(run) > 1])
    flight = _Flight(plane, Inside(open_ground(drawn, plane=plane, no_fly=no_fly)), height)
    for index, backwards in order:
        looking = _looking(beside, standoff_m, height, backwards)
        flight.along(runs[index][::-1] if backwards else runs[index], looking)
    if not flight.points:
        raise BadInput(where=where, what="all of it lies in a no-fly zone")
    lost = flight.lost_m
    return PatrolPath(
        pattern="corridor",
        points=tuple(flight.points),
        gaze=gaze if beside is None else _looking(beside, standoff_m, height, False),
        swath_m=swath_m,
        trigger_distance_m=trigger_distance_m,
        notes=(f"{where}: {lost:.0f} m lie in no-fly zones, left out",) if lost > 1.0 else (),
        figures={"branches": len(branches), "passes": count},
    )


def _count(passes: int | None, width_m: float | None, swath_m: float, where: str) -> int:
    if not (math.isfinite(swath_m) and swath_m > 0.0):
        raise BadInput(where="swath", what=f"{swath_m} m is not above zero")
    if passes is None:
        passes = 1 if width_m is None else math.ceil(min(width_m / swath_m, 1e9) - 1e-9)
    if not 1 <= passes <= MOST_RUNS:
        raise BadInput(where=where, what=f"{passes} passes: from 1 to {MOST_RUNS} can be flown")
    return passes


def _shifts(
    count: int,
    swath_m: float,
    offset_m: float,
    beside: Side | None,
    standoff_m: float,
    where: str,
) -> list[float]:
    """How far each pass lies to the left of the line, metres."""
    if beside is None:
        shifts = [offset_m + (i - (count - 1) / 2.0) * swath_m for i in range(count)]
    elif standoff_m <= 0.0:
        what = f"a stand-off of {standoff_m:g} m: looking from the side needs one above zero"
        raise BadInput(where=where, what=what)
    else:
        sign = 1.0 if beside is Side.LEFT else -1.0
        shifts = [offset_m + sign * (standoff_m + i * swath_m) for i in range(count)]
    if max(map(abs, shifts)) > FARTHEST_ASIDE_M:
        what = f"a pass {max(map(abs, shifts)):.0f} m beside the line: at most {FARTHEST_ASIDE_M:g}"
        raise BadInput(where=where, what=what)
    return shifts


def _plane(lines: tuple[Line, ...], where: str) -> LocalPlane:
    try:
        return LocalPlane(middle(tuple(point for line in lines for point in line.points)))
    except ValueError as error:
        raise BadInput(where=where, what=str(error)) from error


def _branches(
    lines: tuple[Line, ...], plane: LocalPlane, swath_m: float, where: str
) -> list[LineString]:
    """The lines, cut where they meet; a single one stays whole."""
    tracks = []
    for line in lines:
        drawn = LineString(ring_en(plane, line.points))
        # simplify answers nothing for a line without length; the drawn one is as good then.
        track = LineString(shapely.get_coordinates(drawn.simplify(SMOOTH_SWATHS * swath_m)))
        if track.length <= 0.0:
            raise BadInput(where=line.name or where, what="the line has no length")
        tracks.append(track)
    if len(tracks) == 1:
        return tracks
    met = shapely.line_merge(shapely.union_all(tracks))
    parts = [part for part in shapely.get_parts(met) if part.length > 0.0]
    return sorted(parts, key=lambda part: part.coords[0])


def _beside(track: LineString, shift: float) -> Array:
    """The line moved sideways; where that breaks it at a sharp bend, its pieces joined in order."""
    if shift == 0.0:
        return np.array(track.coords)
    moved = shapely.offset_curve(track, shift, join_style="mitre", mitre_limit=2.0)
    parts = [part for part in shapely.get_parts(moved) if part.length > 0.0]
    parts.sort(key=lambda part: track.project(shapely.Point(part.coords[0])))
    if not parts:
        return np.array(track.coords)
    return np.concatenate([np.array(part.coords) for part in parts])


def _looking(
    beside: Side | None, standoff_m: float, height: HeightAboveHome, backwards: bool
) -> Gaze | None:
    """The gimbal turned to the line, which lies to the right of who flies left of it."""
    if beside is None:
        return None
    to_right = (beside is Side.LEFT) != backwards
    return Gaze(
        pitch_rad=-math.atan2(height.m, standoff_m),
        yaw_rad=math.pi / 2.0 if to_right else -math.pi / 2.0,
    )


class _Flight:
    """The points flown so far, and how much of the runs could not be."""

    def __init__(self, plane: LocalPlane, inside: Inside, height: HeightAboveHome) -> None:
        self.points: list[PathPoint] = []
        self.lost_m = 0.0
        self._plane = plane
        self._inside = inside
        self._height = height
        self._at: Point | None = None

    def along(self, run: Array, looking: Gaze | None) -> None:
        """One run, after the way to it."""
        kept, lost_m = keep_inside([(float(x), float(y)) for x, y in run], self._inside)
        self.lost_m += lost_m
        if not kept:
            return
        way = [] if self._at is None else self._inside.route(self._at, kept[0])[1:-1]
        for i, point in enumerate([*way, *kept]):
            self.points.append(
                PathPoint(
                    position=self._plane.geo(*point),
                    height=self._height,
                    gaze=looking if i == len(way) else None,
                )
            )
        self._at = kept[-1]
