"""KML 2.2 of a plan or of a drawing, for a map on any screen.

Heights of a plan are written above sea level where its home's height is known; else above the
ground, which is right only as far as the ground is level with the home. Source: OGC 12-007r2.
"""

import math
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

import numpy as np

from missions.area import Area, Ring, Shapes, ring_geo
from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import RELATIVE_FRAMES, Command, Fence, FenceCircle, Frame, MissionItem, Plan

LOOKED_AT = frozenset((Command.DO_SET_ROI_LOCATION, Command.DO_SET_ROI, Command.NAV_ROI))
ABSOLUTE = frozenset((Frame.GLOBAL, Frame.GLOBAL_INT))
CIRCLE_POINTS = 72
# Not allowed in XML 1.0, however written.
CONTROL = {code: None for code in range(32) if code not in (9, 10, 13)} | {
    0xFFFE: None,
    0xFFFF: None,
}


def kml_from_plan(plan: Plan, name: str = "plan") -> tuple[str, tuple[str, ...]]:
    """The text of a .kml with path, waypoints, fence, rally points and home; and what was lost."""
    home_m = plan.home.height.m if plan.home is not None else math.nan
    placed = [
        (index, item)
        for index, item in enumerate(plan.items)
        if item.has_position and math.isfinite(item.latitude_deg + item.longitude_deg)
    ]
    marks = [_item(index, item, home_m) for index, item in placed]
    flown = [item for _, item in placed if item.command not in LOOKED_AT]
    if len(flown) > 1:
        marks.insert(0, _path(flown, home_m))
    marks += _fence(plan.fence)
    for point in plan.rally:
        mode, height = _above_home(point.height.m, home_m)
        marks.append(_mark("rally", {"kind": "rally"}, _point(point.position, height, mode)))
    if plan.home is not None:
        place = _point(plan.home.position, None, "clampToGround")
        marks.append(_mark("home", {"kind": "home"}, place))
    return _document(name, marks), _lost(plan, home_m)


def kml_from_shapes(shapes: Shapes, name: str = "drawing") -> str:
    """The text of a .kml with the areas and their holes, the no-fly areas, lines and places."""
    marks = [_mark(one.name, one.properties, _polygon(one)) for one in shapes.areas]
    marks += [
        _mark(one.name, {**one.properties, "kind": "no_fly"}, _polygon(one))
        for one in shapes.no_fly
    ]
    marks += [
        _mark(one.name, one.properties, f"<LineString>{_coordinates(one.points)}</LineString>")
        for one in shapes.lines
    ]
    marks += [
        _mark(one.name, one.properties, _point(one.position, None, "clampToGround"))
        for one in shapes.places
    ]
    return _document(name, marks)


def _lost(plan: Plan, home_m: float) -> tuple[str, ...]:
    lost = []
    plain = sum(not item.has_position for item in plan.items)
    if plain:
        lost.append(f"{plain} items without a position (speed, camera, ...) are left out")
    if math.isnan(home_m) and any(item.frame in RELATIVE_FRAMES for item in plan.items):
        lost.append("heights above home are drawn above the ground: the home's height is not known")
    if plan.complex_items:
        lost.append("surveys and scans are drawn as plain waypoints")
    return tuple(lost)


def _item(index: int, item: MissionItem, home_m: float) -> str:
    looked_at = item.command in LOOKED_AT
    told = {
        "kind": "roi" if looked_at else "item",
        "item": index,
        "command": int(item.command),
        "frame": int(item.frame),
    }
    mode, height = _height(item, home_m)
    place = GeoPoint(latitude_deg=item.latitude_deg, longitude_deg=item.longitude_deg)
    return _mark(str(index), told, _point(place, height, mode))


def _path(flown: list[MissionItem], home_m: float) -> str:
    modes = {_height(item, home_m)[0] for item in flown}
    mode = modes.pop() if len(modes) == 1 else "clampToGround"
    words = []
    for item in flown:
        height = _height(item, home_m)[1]
        above = "" if height is None or mode == "clampToGround" else f",{height!r}"
        words.append(f"{item.longitude_deg!r},{item.latitude_deg!r}{above}")
    line = (
        f"<LineString><altitudeMode>{mode}</altitudeMode>"
        f"<coordinates>{' '.join(words)}</coordinates></LineString>"
    )
    return _mark("path", {"kind": "path"}, line)


def _height(item: MissionItem, home_m: float) -> tuple[str, float | None]:
    if not math.isfinite(item.params[6]):
        return "clampToGround", None
    if item.frame in ABSOLUTE:
        return "absolute", item.params[6]
    if item.frame in RELATIVE_FRAMES:
        return _above_home(item.params[6], home_m)
    return "relativeToGround", item.params[6]


def _above_home(height_m: float, home_m: float) -> tuple[str, float]:
    if math.isnan(home_m):
        return "relativeToGround", height_m
    return "absolute", height_m + home_m


def _fence(fence: Fence) -> list[str]:
    marks = []
    for polygon in fence.polygons:
        told = {"kind": "fence", "inclusion": polygon.inclusion}
        marks.append(_mark("fence", told, _polygon(Area(outer=polygon.ring))))
    for circle in fence.circles:
        told = {"kind": "fence", "inclusion": circle.inclusion, "radius_m": circle.radius_m}
        marks.append(_mark("fence", told, _polygon(Area(outer=_round(circle)))))
    return marks


def _round(circle: FenceCircle) -> Ring:
    steps = [2.0 * math.pi * i / CIRCLE_POINTS for i in range(CIRCLE_POINTS)]
    ring = [(circle.radius_m * math.cos(s), circle.radius_m * math.sin(s)) for s in steps]
    return ring_geo(LocalPlane(circle.center), np.array(ring))


def _polygon(area: Area) -> str:
    holes = "".join(f"<innerBoundaryIs>{_ring(hole)}</innerBoundaryIs>" for hole in area.holes)
    return f"<Polygon><outerBoundaryIs>{_ring(area.outer)}</outerBoundaryIs>{holes}</Polygon>"


def _ring(ring: Ring) -> str:
    return f"<LinearRing>{_coordinates((*ring, ring[0]))}</LinearRing>"


def _coordinates(points: Ring) -> str:
    words = " ".join(f"{point.longitude_deg!r},{point.latitude_deg!r}" for point in points)
    return f"<coordinates>{words}</coordinates>"


def _point(point: GeoPoint, height_m: float | None, mode: str) -> str:
    above = "" if height_m is None else f",{height_m!r}"
    at = f"{point.longitude_deg!r},{point.latitude_deg!r}{above}"
    return f"<Point><altitudeMode>{mode}</altitudeMode><coordinates>{at}</coordinates></Point>"


def _mark(name: str, told: Mapping[str, Any], geometry: str) -> str:
    data = "".join(
        f"<Data name={_quoted(key)}><value>{_text(value)}</value></Data>"
        for key, value in told.items()
    )
    extended = f"<ExtendedData>{data}</ExtendedData>" if data else ""
    return f"<Placemark><name>{_text(name)}</name>{extended}{geometry}</Placemark>"


def _text(value: Any) -> str:
    said = str(value).lower() if isinstance(value, bool) else str(value)
    return escape(said.translate(CONTROL).encode("utf-8", "replace").decode("utf-8"))


def _quoted(value: str) -> str:
    return '"' + _text(value).replace('"', "&quot;") + '"'


def _document(name: str, marks: list[str]) -> str:
    inner = "\n".join(marks)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>{_text(name)}</name>\n{inner}\n</Document></kml>\n"
    )
