"""QGroundControl's survey where its file stores no waypoints: they are made as it makes them.

Versions 2 and 3 never store them. Lines of the grid start at the middle of the polygon's bounds,
run at the grid's angle and keep the two farthest crossings of the polygon; every second one is
flown backwards. Source: QGroundControl SurveyComplexItem.cc, TransectStyleComplexItem.cc
(behaviour, not code).
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString, Polygon

from missions.area import ring_en
from missions.files.located import Located
from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import Command, Frame, MissionItem

Array = npt.NDArray[np.float64]

# Lines overshoot the bounds, so that they cross the polygon at any angle.
OVERSHOOT_M = 2000.0
# Closer lines are a slip of the pen: QGroundControl then flies a single one.
CLOSEST_LINES_M, SINGLE_LINE_M = 0.5, 100_000.0
MOST_LINES = 20_000
HOVER_S = 4.0
BOTTOM_LEFT, BOTTOM_RIGHT, TOP_RIGHT = 2, 3, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """What a survey's lines and pictures are made from; the angle is clockwise from north."""

    angle_deg: float
    spacing_m: float
    turnaround_m: float
    entry: int
    alternate: bool
    refly_across: bool
    height_m: float
    frame: Frame
    trigger_m: float
    trigger_in_turns: bool
    hover: bool


def old_grid(entry: Located) -> Grid:
    """The grid of a survey of version 2 or 3, which keeps it under `grid`.

    Raises:
        BadInput: a part of the item is missing or wrong.
    """
    grid = entry.at("grid")
    corner = grid.get("entryLocation")
    return Grid(
        angle_deg=grid.at("angle").number(),
        spacing_m=grid.at("spacing").number(),
        turnaround_m=grid.at("turnAroundDistance").number(),
        entry=TOP_RIGHT if corner is None else corner.integer(),
        alternate=False,
        refly_across=_flag(entry, "refly90Degrees"),
        height_m=grid.at("altitude").number(),
        frame=_frame(_flag(grid, "relativeAltitude", default=True)),
        trigger_m=entry.at("cameraTriggerDistance").number(),
        trigger_in_turns=_flag(entry, "cameraTriggerInTurnaround", default=True),
        hover=_flag(entry, "hoverAndCapture"),
    )


def transect_grid(entry: Located) -> Grid:
    """The grid of a survey of version 4 or 5, for a file whose waypoints are empty.

    Raises:
        BadInput: a part of the item is missing or wrong.
    """
    style = entry.at("TransectStyleComplexItem")
    return style_grid(
        style,
        angle_deg=entry.at("angle").number(),
        entry=entry.at("entryLocation").integer(),
        alternate=_flag(entry, "flyAlternateTransects"),
    )


def style_grid(style: Located, *, angle_deg: float, entry: int, alternate: bool) -> Grid:
    """What the common part of surveys and corridor scans says of lines and pictures.

    Raises:
        BadInput: a part of it is missing or wrong.
    """
    camera = style.at("CameraCalc")
    mode = camera.get("DistanceMode")
    relative = (
        _flag(camera, "DistanceToSurfaceRelative", default=True)
        if mode is None
        else mode.integer() != 2
    )
    return Grid(
        angle_deg=angle_deg,
        spacing_m=camera.at("AdjustedFootprintSide").number(),
        turnaround_m=style.at("TurnAroundDistance").number(),
        entry=entry,
        alternate=alternate,
        refly_across=_flag(style, "Refly90Degrees"),
        height_m=camera.at("DistanceToSurface").number(),
        frame=_frame(relative),
        trigger_m=camera.at("AdjustedFootprintFrontal").number(),
        trigger_in_turns=_flag(style, "CameraTriggerInTurnAround", default=True),
        hover=_flag(style, "HoverAndCapture"),
    )


def survey_items(entry: Located, ring: tuple[GeoPoint, ...], grid: Grid) -> tuple[MissionItem, ...]:
    """The mission items of a survey over a polygon.

    Raises:
        BadInput: the grid would have more lines than a flight can have, or none.
    """
    plane = LocalPlane(ring[0])
    polygon = Polygon(ring_en(plane, ring))
    low_east, low_north, high_east, high_north = polygon.bounds
    spacing = grid.spacing_m if grid.spacing_m >= CLOSEST_LINES_M else SINGLE_LINE_M
    if (max(high_east - low_east, high_north - low_north) + OVERSHOOT_M) / spacing > MOST_LINES:
        raise entry.refuse(f"lines {spacing:g} m apart would be more than {MOST_LINES}")
    lines = _lines(polygon, grid, spacing, 0.0)
    if grid.refly_across:
        across = _lines(polygon, grid, spacing, 90.0)
        lines = [*lines, *_nearest_first(across, lines[-1][1])] if lines else across
    if not lines:
        raise entry.refuse("no line of the survey crosses its polygon")
    items: list[MissionItem] = []
    for line in lines:
        items += _flown(plane, line, grid, first=not items)
    if triggers(grid) and grid.trigger_in_turns:
        items.append(trigger(0.0))
    return tuple(items)


def _lines(polygon: Polygon, grid: Grid, spacing: float, turn_deg: float) -> list[Array]:
    """Each line's two ends, shape (2, 2), in the order and direction in which they are flown."""
    found = _crossings(polygon, _clamped(grid.angle_deg) + turn_deg, spacing)
    if grid.entry in (BOTTOM_LEFT, BOTTOM_RIGHT):
        found = [line[::-1] for line in found]
    if grid.entry in (TOP_RIGHT, BOTTOM_RIGHT):
        found.reverse()
    if grid.alternate:
        found = [*found[::2], *found[1::2][::-1]]
    return [line[::-1] if index % 2 else line for index, line in enumerate(found)]


def _crossings(polygon: Polygon, angle_deg: float, spacing: float) -> list[Array]:
    low_east, low_north, high_east, high_north = polygon.bounds
    middle = np.array([(low_east + high_east) / 2.0, (low_north + high_north) / 2.0])
    half = (max(high_east - low_east, high_north - low_north) + OVERSHOOT_M) / 2.0
    angle = math.radians(angle_deg)
    along = np.array([math.sin(angle), math.cos(angle)])
    aside = np.array([math.cos(angle), -math.sin(angle)])
    offsets = np.arange(-half, half, spacing)
    found = [
        line
        for offset in offsets
        if (line := _crossing(polygon, middle + offset * aside, along, half)) is not None
    ]
    if len(found) < 2:
        line = _crossing(polygon, middle, along, half)
        return [] if line is None else [line]
    return found


def _crossing(polygon: Polygon, middle: Array, along: Array, half: float) -> Array | None:
    """From the far end back to the near one: QGroundControl's grid flows from north to south."""
    line = LineString([middle + half * along, middle - half * along])
    points = shapely.get_coordinates(shapely.intersection(line, polygon.exterior))
    if len(points) < 2:
        return None
    reach = points @ along
    ends: Array = np.array([points[int(reach.argmax())], points[int(reach.argmin())]])
    return ends if float(np.ptp(reach)) > 1e-6 else None


def _clamped(angle_deg: float) -> float:
    if angle_deg > 90.0:
        return angle_deg - 180.0
    return angle_deg + 180.0 if angle_deg < -90.0 else angle_deg


def _nearest_first(lines: list[Array], end: Array) -> list[Array]:
    """The lines across, begun at whichever corner is nearest to where the first pass ended."""
    ways = [
        lines,
        [line[::-1] for line in lines],
        lines[::-1],
        [line[::-1] for line in lines[::-1]],
    ]
    return min(ways, key=lambda way: float(np.hypot(*(way[0][0] - end))))


def _flown(plane: LocalPlane, line: Array, grid: Grid, *, first: bool) -> list[MissionItem]:
    ends = plane.geo_from_en(_with_turnarounds(line, grid.turnaround_m))
    points = [waypoint(latitude, longitude, grid) for latitude, longitude in ends]
    if grid.hover and grid.trigger_m > 0.0:
        return _hovering(plane, line, grid, points)
    if not triggers(grid):
        return points
    if grid.trigger_in_turns:
        return [points[0], trigger(grid.trigger_m), *points[1:]] if first else points
    entry, leave = (1, 2) if grid.turnaround_m > 0.0 else (0, 1)
    return [
        *points[: entry + 1],
        trigger(grid.trigger_m),
        *points[entry + 1 : leave + 1],
        trigger(0.0),
        *points[leave + 1 :],
    ]


def _with_turnarounds(line: Array, turnaround_m: float) -> Array:
    if turnaround_m <= 0.0:
        return line
    ahead = (line[1] - line[0]) / np.hypot(*(line[1] - line[0])) * turnaround_m
    return np.array([line[0] - ahead, line[0], line[1], line[1] + ahead])


def _hovering(
    plane: LocalPlane, line: Array, grid: Grid, ends: list[MissionItem]
) -> list[MissionItem]:
    length = float(np.hypot(*(line[1] - line[0])))
    count = math.floor(length / grid.trigger_m) if grid.trigger_m < length else 0
    if count > MOST_LINES:
        count = MOST_LINES
    steps = [grid.trigger_m * (i + 1) for i in range(count)]
    inner = [line[0] + (line[1] - line[0]) * step / length for step in steps]
    stops = plane.geo_from_en(np.array([line[0], *inner, line[1]]))
    taken: list[MissionItem] = []
    for latitude, longitude in stops:
        taken += [waypoint(latitude, longitude, grid, hold_s=HOVER_S), _picture()]
    return [ends[0], *taken, ends[-1]] if grid.turnaround_m > 0.0 else taken


def triggers(grid: Grid) -> bool:
    """Whether pictures are taken by distance."""
    return grid.trigger_m > 0.0 and not grid.hover


def waypoint(latitude: float, longitude: float, grid: Grid, hold_s: float = 0.0) -> MissionItem:
    """A point of a line."""
    params = (hold_s, 0.0, 0.0, math.nan, float(latitude), float(longitude), grid.height_m)
    return MissionItem(command=Command.NAV_WAYPOINT, frame=grid.frame, params=params)


def trigger(distance_m: float) -> MissionItem:
    """Pictures so many metres apart from here on; 0 ends them."""
    return MissionItem(
        command=Command.DO_SET_CAM_TRIGG_DIST,
        frame=Frame.MISSION,
        params=(distance_m, 0.0, 1.0 if distance_m > 0.0 else 0.0, 0.0, 0.0, 0.0, 0.0),
    )


def _picture() -> MissionItem:
    return MissionItem(
        command=Command.IMAGE_START_CAPTURE,
        frame=Frame.MISSION,
        params=(0.0, 0.0, 1.0, math.nan, math.nan, math.nan, math.nan),
    )


def _flag(entry: Located, key: str, *, default: bool = False) -> bool:
    found = entry.get(key)
    return default if found is None else found.boolean()


def _frame(relative: bool) -> Frame:
    return Frame.GLOBAL_RELATIVE_ALT if relative else Frame.GLOBAL
