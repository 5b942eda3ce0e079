"""Our own sweeps and corridors as items that QGroundControl can edit: survey and CorridorScan.

QGroundControl flies the waypoints that the item stores until somebody edits the item; then it
makes its own from the polygon or line, the spacing and the camera. Holes and no-fly zones have no
place in either item: an edited one would fly over them, which is noted.
Source: QGroundControl TransectStyleComplexItem.cc, CameraCalc.cc (the keys of their files).
"""

import itertools
import math
from dataclasses import dataclass, replace
from typing import Any

from missions.area import Area, Line
from missions.camera import CameraModel
from missions.files.qgc_simple import simple_item
from missions.geodesy import GeoPoint, LocalPlane
from missions.path import PatrolPath
from missions.plan import Command, ComplexItem, MissionItem, Plan

MANUAL_CAMERA = "Manual (no camera specs)"
CUSTOM_CAMERA = "Custom Camera"
DISTANCE_RELATIVE = 1
REACHED_BY = frozenset((Command.NAV_WAYPOINT, Command.NAV_LOITER_TIME))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """What the lines were spaced by; `camera` None writes a manual one, known by its footprint.

    `spacing_m` is between lines, `trigger_m` along them (None takes no pictures).
    """

    spacing_m: float
    trigger_m: float | None = None
    camera: CameraModel | None = None
    side_overlap: float = 0.0
    front_overlap: float = 0.0


def with_survey(plan: Plan, area: Area, path: PatrolPath, pictures: Pictures) -> Plan:
    """The plan with its sweep as an editable survey; unchanged but for a note where it has none."""
    run = run_of(plan, path)
    if run is None:
        return _noted(plan, "the sweep is written as plain waypoints: it is not one run of items")
    notes = ["an edited survey would be flown over the area's holes"] if area.holes else []
    source = {
        "angle": round(_angle_deg(path), 3),
        "complexItemType": "survey",
        "entryLocation": 0,
        "flyAlternateTransects": False,
        "polygon": _pairs(area.outer),
        "splitConcavePolygons": False,
        "version": 5,
    }
    return _editable(plan, run, source, pictures, path.points[0].height.m, notes)


def with_corridor(
    plan: Plan, line: Line, path: PatrolPath, pictures: Pictures, *, width_m: float
) -> Plan:
    """The plan with its corridor as an editable CorridorScan, likewise."""
    run = run_of(plan, path)
    if run is None:
        return _noted(plan, "the corridor is written as plain waypoints: not one run of items")
    source = {
        "complexItemType": "CorridorScan",
        "CorridorWidth": width_m,
        "EntryPoint": 0,
        "polyline": _pairs(line.points),
        "version": 2,
    }
    return _editable(plan, run, source, pictures, path.points[0].height.m, [])


def style_with_items(
    style: dict[str, Any], items: tuple[MissionItem, ...], first: int
) -> dict[str, Any]:
    """A transect style that holds these waypoints; `first` is the plan's index of the first."""
    written = [simple_item(item, first + i + 1) for i, item in enumerate(items)]
    places = [[i.latitude_deg, i.longitude_deg] for i in items if i.command in REACHED_BY]
    return {**style, "Items": written, "VisualTransectPoints": places}


def _editable(
    plan: Plan,
    run: tuple[int, int],
    source: dict[str, Any],
    pictures: Pictures,
    height_m: float,
    notes: list[str],
) -> Plan:
    first, count = run
    style = {
        "CameraCalc": _camera_calc(pictures, height_m),
        "CameraShots": 0,
        "CameraTriggerInTurnAround": True,
        "HoverAndCapture": False,
        "Refly90Degrees": False,
        "TurnAroundDistance": 0,
        "version": 2,
    }
    whole = style_with_items(style, plan.items[first : first + count], first)
    item = ComplexItem(
        kind=source["complexItemType"],
        first_item=first,
        item_count=count,
        source={"type": "ComplexItem", **source, "TransectStyleComplexItem": whole},
    )
    return replace(plan, complex_items=(*plan.complex_items, item), notes=(*plan.notes, *notes))


def run_of(plan: Plan, path: PatrolPath) -> tuple[int, int] | None:
    """The first item that flies the path, and how many do, the trigger's end among them."""
    start, end = path.points[0].position, path.points[-1].position
    at = [i for i, item in enumerate(plan.items) if item.command in REACHED_BY]
    first = next((i for i in at if _is_at(plan.items[i], start)), None)
    last = next((i for i in reversed(at) if _is_at(plan.items[i], end)), None)
    taken = [range(c.first_item, c.first_item + c.item_count) for c in plan.complex_items]
    if first is None or last is None or last <= first:
        return None
    stop = last + 1
    if stop < len(plan.items) and plan.items[stop].command == Command.DO_SET_CAM_TRIGG_DIST:
        stop += 1
    if any(set(one) & set(range(first, stop)) for one in taken):
        return None
    return first, stop - first


def _is_at(item: MissionItem, place: GeoPoint) -> bool:
    return (item.latitude_deg, item.longitude_deg) == (place.latitude_deg, place.longitude_deg)


def _angle_deg(path: PatrolPath) -> float:
    """The way of the longest leg, clockwise from north, from -90 to 90 degrees."""
    plane = LocalPlane(path.points[0].position)
    points = [plane.en(point.position) for point in path.points]
    legs = [(b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(points)]
    east, north = max(legs, key=lambda leg: math.hypot(*leg), default=(0.0, 1.0))
    return math.degrees(math.atan2(east, north) + math.pi / 2.0) % 180.0 - 90.0


def _camera_calc(pictures: Pictures, height_m: float) -> dict[str, Any]:
    trigger = pictures.trigger_m or 0.0
    known: dict[str, Any] = {
        "AdjustedFootprintFrontal": trigger,
        "AdjustedFootprintSide": pictures.spacing_m,
        "CameraName": MANUAL_CAMERA,
        "DistanceMode": DISTANCE_RELATIVE,
        "DistanceToSurface": height_m,
        "version": 2,
    }
    camera = pictures.camera
    if camera is None or camera.sensor_width_mm is None or camera.sensor_height_mm is None:
        return known
    focal = camera.focal_length_mm or 1.0
    density = height_m * camera.sensor_width_mm * 100.0 / (camera.image_width_px * focal)
    return {
        **known,
        "CameraName": CUSTOM_CAMERA,
        "FixedOrientation": False,
        "FocalLength": focal,
        "FrontalOverlap": round(pictures.front_overlap * 100.0, 2),
        "ImageDensity": density,
        "ImageHeight": camera.image_height_px,
        "ImageWidth": camera.image_width_px,
        "Landscape": True,
        "MinTriggerInterval": camera.min_trigger_interval_s,
        "SensorHeight": camera.sensor_height_mm,
        "SensorWidth": camera.sensor_width_mm,
        "SideOverlap": round(pictures.side_overlap * 100.0, 2),
        "ValueSetIsDistance": True,
    }


def _pairs(points: tuple[GeoPoint, ...]) -> list[list[float]]:
    return [[point.latitude_deg, point.longitude_deg] for point in points]


def _noted(plan: Plan, note: str) -> Plan:
    return replace(plan, notes=(*plan.notes, note))
