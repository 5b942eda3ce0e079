"""QGroundControl's corridor scan where its file stores no waypoints: made as it makes them.

Lines lie side by side over the corridor's width, the first to the left of the polyline, each with
its corners where the edges beside it meet; every second one is flown backwards.
Source: QGroundControl CorridorScanComplexItem.cc, QGCMapPolyline.cc (behaviour, not code).
"""

import math

import numpy as np
import numpy.typing as npt

from missions.area import ring_en
from missions.files.located import Located
from missions.files.qgc_survey import (
    CLOSEST_LINES_M,
    MOST_LINES,
    Grid,
    style_grid,
    trigger,
    triggers,
    waypoint,
)
from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import MissionItem

Array = npt.NDArray[np.float64]

# Entry points: the other side first, the other end first, both.
OTHER_SIDE, OTHER_END = (1, 3), (2, 3)
# QGroundControl flies a corner as far out as its edges meet; a sharper one is cut off here.
SHARPEST_CORNER = 10.0


def corridor_items(
    entry: Located, line: tuple[GeoPoint, ...], notes: list[str]
) -> tuple[MissionItem, ...]:
    """The mission items of a CorridorScan over its polyline.

    Raises:
        BadInput: a part of the item is missing or wrong, or it would have too many lines.
    """
    style = entry.at("TransectStyleComplexItem")
    corner = entry.at("EntryPoint").integer()
    grid = style_grid(style, angle_deg=0.0, entry=corner, alternate=False)
    if grid.hover:
        notes.append("hovering for each picture is left out of the corridor")
    plane = LocalPlane(line[0]) if line else None
    points = np.empty((0, 2)) if plane is None else _without_repeats(ring_en(plane, line))
    if plane is None or len(points) < 2:
        raise entry.at("polyline").refuse("a corridor needs two points that are apart")
    items: list[MissionItem] = []
    for way in _ways(points, _offsets(entry, grid), grid):
        items += _flown(plane, way, grid, first=not items)
    if triggers(grid) and grid.trigger_in_turns:
        items.append(trigger(0.0))
    return tuple(items)


def _without_repeats(points: Array) -> Array:
    apart = np.hypot(*np.diff(points, axis=0).T) > 1e-3
    return np.asarray(points[np.concatenate(([True], apart))])


def _offsets(entry: Located, grid: Grid) -> list[float]:
    """How far to the left of the polyline each line lies, metres."""
    width = entry.at("CorridorWidth").number()
    if width <= 0.0 or grid.spacing_m < CLOSEST_LINES_M:
        return [0.0]
    count = math.ceil(width / grid.spacing_m)
    if count > MOST_LINES:
        raise entry.refuse(f"lines {grid.spacing_m:g} m apart would be more than {MOST_LINES}")
    if count == 1:
        return [0.0]
    return [width / 2.0 - (i + 0.5) * grid.spacing_m for i in range(count)]


def _ways(points: Array, offsets: list[float], grid: Grid) -> list[Array]:
    """Each line's points in the order and direction in which they are flown."""
    beside = [_without_repeats(_beside(points, offset)) for offset in offsets]
    found = [way for way in beside if len(way) > 1]
    if grid.entry in OTHER_SIDE:
        found.reverse()
    backwards = int(grid.entry in OTHER_END)
    return [way[::-1] if (i + backwards) % 2 else way for i, way in enumerate(found)]


def _beside(points: Array, offset: float) -> Array:
    """The polyline moved to the left, its corners where the moved edges meet."""
    edges = np.diff(points, axis=0)
    unit = edges / np.hypot(*edges.T)[:, None]
    left = np.column_stack((-unit[:, 1], unit[:, 0])) * offset
    corners = [points[0] + left[0]]
    for i in range(1, len(edges)):
        turn = unit[i - 1, 0] * unit[i, 1] - unit[i - 1, 1] * unit[i, 0]
        end, begin = points[i] + left[i - 1], points[i] + left[i]
        if abs(turn) < 1e-9:
            corners.append(begin)
            continue
        between = begin - end
        ahead = (between[0] * unit[i, 1] - between[1] * unit[i, 0]) / turn
        sharp = abs(ahead) > SHARPEST_CORNER * abs(offset)
        corners += [end, begin] if sharp else [end + ahead * unit[i - 1]]
    return np.array([*corners, points[-1] + left[-1]])


def _flown(plane: LocalPlane, way: Array, grid: Grid, *, first: bool) -> list[MissionItem]:
    turns = grid.turnaround_m > 0.0
    ends = plane.geo_from_en(_with_turnarounds(way, grid.turnaround_m) if turns else way)
    points = [waypoint(latitude, longitude, grid) for latitude, longitude in ends]
    if not triggers(grid):
        return points
    if grid.trigger_in_turns:
        return [points[0], trigger(grid.trigger_m), *points[1:]] if first else points
    begin, end = (2, len(points) - 1) if turns else (1, len(points))
    return [
        *points[:begin],
        trigger(grid.trigger_m),
        *points[begin:end],
        trigger(0.0),
        *points[end:],
    ]


def _with_turnarounds(way: Array, beyond_m: float) -> Array:
    before = (way[0] - way[1]) / np.hypot(*(way[0] - way[1])) * beyond_m
    after = (way[-1] - way[-2]) / np.hypot(*(way[-1] - way[-2])) * beyond_m
    return np.vstack((way[:1] + before, way, way[-1:] + after))
