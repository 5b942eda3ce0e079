"""QGroundControl's .plan: writing a Plan. Complex items are written back as they were read."""

import json
import math
from typing import Any

from missions.area import middle
from missions.errors import Failed
from missions.geodesy import GeoPoint
from missions.plan import RELATIVE_FRAMES, Command, Frame, MissionItem, Params, Plan

PX4 = 12
QUADROTOR = 2
ALTITUDE_RELATIVE, ALTITUDE_ABSOLUTE, ALTITUDE_TERRAIN_FRAME = 1, 2, 4


def qgc_from_plan(plan: Plan) -> str:
    """The text of a .plan file that QGroundControl opens.

    Raises:
        Failed: the plan has neither a home nor any item with a position, which QGC needs.
    """
    document = {
        "fileType": "Plan",
        "geoFence": _fence(plan),
        "groundStation": "QGroundControl",
        "mission": _mission(plan),
        "rallyPoints": {
            "points": [[*_pair(point.position), point.height.m] for point in plan.rally],
            "version": 2,
        },
        "version": 1,
    }
    return json.dumps(document, indent=4, ensure_ascii=False, allow_nan=False) + "\n"


def _mission(plan: Plan) -> dict[str, Any]:
    return {
        "cruiseSpeed": 15.0 if plan.cruise_speed_m_s is None else plan.cruise_speed_m_s,
        "firmwareType": PX4,
        "globalPlanAltitudeMode": ALTITUDE_RELATIVE,
        "hoverSpeed": 5.0 if plan.hover_speed_m_s is None else plan.hover_speed_m_s,
        "items": _items(plan),
        "plannedHomePosition": _home(plan),
        "vehicleType": QUADROTOR,
        "version": 2,
    }


def _home(plan: Plan) -> list[float | None]:
    if plan.home is not None:
        return [*_pair(plan.home.position), _number(plan.home.height.m)]
    placed = [
        GeoPoint(latitude_deg=item.latitude_deg, longitude_deg=item.longitude_deg)
        for item in plan.items
        if item.has_position and math.isfinite(item.latitude_deg + item.longitude_deg)
    ]
    rings = [point for polygon in plan.fence.polygons for point in polygon.ring]
    if not placed and not rings:
        raise Failed("a .plan file needs a home position, and this plan has no place at all")
    return [*_pair(placed[0] if placed else middle(tuple(rings))), None]


def _items(plan: Plan) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    starts = {one.first_item: one for one in plan.complex_items}
    index = 0
    while index < len(plan.items):
        if index in starts and starts[index].item_count > 0:
            found.append(dict(starts[index].source))
            index += starts[index].item_count
        else:
            found.append(_simple(plan.items[index], index + 1))
            index += 1
    return found


def _simple(item: MissionItem, number: int) -> dict[str, Any]:
    written: dict[str, Any] = {
        "autoContinue": item.autocontinue,
        "command": int(item.command),
        "doJumpId": number,
        "frame": int(item.frame),
        "params": [_number(value) for value in _params(item)],
        "type": "SimpleItem",
    }
    if item.has_position:
        written["AMSLAltAboveTerrain"] = None
        written["Altitude"] = _number(item.params[6])
        written["AltitudeMode"] = _altitude_mode(item.frame)
    return written


def _params(item: MissionItem) -> Params:
    # A jump names the doJumpId written above, which counts from 1.
    if item.command != Command.DO_JUMP:
        return item.params
    return (item.params[0] + 1.0, *item.params[1:])


def _altitude_mode(frame: int) -> int:
    if frame in RELATIVE_FRAMES:
        return ALTITUDE_RELATIVE
    terrain = (Frame.GLOBAL_TERRAIN_ALT, Frame.GLOBAL_TERRAIN_ALT_INT)
    return ALTITUDE_TERRAIN_FRAME if frame in terrain else ALTITUDE_ABSOLUTE


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value


def _pair(point: GeoPoint) -> tuple[float, float]:
    return point.latitude_deg, point.longitude_deg


def _fence(plan: Plan) -> dict[str, Any]:
    fence = plan.fence
    written: dict[str, Any] = {
        "circles": [
            {
                "circle": {"center": _pair(circle.center), "radius": circle.radius_m},
                "inclusion": circle.inclusion,
                "version": 1,
            }
            for circle in fence.circles
        ],
        "polygons": [
            {
                "polygon": [_pair(point) for point in polygon.ring],
                "inclusion": polygon.inclusion,
                "version": 1,
            }
            for polygon in fence.polygons
        ],
        "version": 2,
    }
    if fence.breach_return is not None:
        point, height = fence.breach_return
        written["breachReturn"] = [*_pair(point), height.m]
    return written
