"""Flying along a line: a road, a river, a fence or a pipeline, in one or several passes."""

import numpy as np
import shapely
from shapely.geometry import LineString

from missions.area import Line, middle, ring_en, ring_geo
from missions.errors import BadInput
from missions.geodesy import LocalPlane
from missions.heights import HeightAboveHome
from missions.path import Gaze, PathPoint, PatrolPath

# A bend is smoothed away when leaving it out moves the path by less than this part of the swath.
SMOOTH_SWATHS = 0.02


def corridor(
    line: Line,
    *,
    swath_m: float,
    height: HeightAboveHome,
    width_m: float | None = None,
    passes: int | None = None,
    offset_m: float = 0.0,
    gaze: Gaze | None = None,
    trigger_distance_m: float | None = None,
) -> PatrolPath:
    """Passes along a line, to and fro, side by side.

    `passes` are given or follow from `width_m`, the width to be seen; `offset_m` shifts all of
    them, positive to the left of the line's direction.

    Raises:
        BadInput: the line has no length, or a number makes no sense.
    """
    where = line.name or "line"
    count = _count(passes, width_m, swath_m, where)
    try:
        plane = LocalPlane(middle(line.points))
    except ValueError as error:
        raise BadInput(where=where, what=str(error)) from error
    drawn = LineString(ring_en(plane, line.points))
    track = LineString(shapely.get_coordinates(drawn.simplify(SMOOTH_SWATHS * swath_m)))
    if track.length <= 0.0:
        raise BadInput(where=where, what="the line has no length")
    shifts = [offset_m + (i - (count - 1) / 2.0) * swath_m for i in range(count)]
    sides = [_beside(track, shift) for shift in shifts]
    en = np.concatenate([side if i % 2 == 0 else side[::-1] for i, side in enumerate(sides)])
    return PatrolPath(
        pattern="corridor",
        points=tuple(PathPoint(position=point, height=height) for point in ring_geo(plane, en)),
        gaze=gaze,
        swath_m=swath_m,
        trigger_distance_m=trigger_distance_m,
    )


def _count(passes: int | None, width_m: float | None, swath_m: float, where: str) -> int:
    if not swath_m > 0.0:
        raise BadInput(where="swath", what=f"{swath_m} m is not above zero")
    if passes is None:
        passes = 1 if width_m is None else int(np.ceil(width_m / swath_m - 1e-9))
    if passes < 1:
        raise BadInput(where=where, what=f"{passes} passes: at least one is needed")
    return passes


def _beside(track: LineString, shift: float) -> np.ndarray:
    """The line moved sideways; where that breaks it at a sharp bend, its pieces joined in order."""
    if shift == 0.0:
        return np.array(track.coords)
    moved = shapely.offset_curve(track, shift, join_style="mitre", mitre_limit=2.0)
    parts = [part for part in shapely.get_parts(moved) if part.length > 0.0]
    parts.sort(key=lambda part: track.project(shapely.Point(part.coords[0])))
    if not parts:
        return np.array(track.coords)
    return np.concatenate([np.array(part.coords) for part in parts])
