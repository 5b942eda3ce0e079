"""QGroundControl's .plan: writing a Plan.

Complex items are written back as they were read, unless somebody changed the mission items that
one expanded into: a survey or a corridor then stores the changed ones and stays editable, any
other is written as plain items, and so is one that QGroundControl would not open.
"""

import json
import math
from typing import Any

from missions.area import middle
from missions.errors import BadInput, Failed
from missions.files.located import Located
from missions.files.qgc_editable import style_with_items
from missions.files.qgc_made_for import made_for_written, vehicle_type
from missions.files.qgc_opens import STYLE, as_written_today, opens
from missions.files.qgc_plan import expanded_items
from missions.files.qgc_simple import ALTITUDE_RELATIVE, number_or_null, simple_item
from missions.geodesy import GeoPoint
from missions.plan import ComplexItem, MissionItem, Plan

PX4 = 12

# The complex items as they are to be written, by the first item that each stands for; None where
# one can no longer stand for its items.
_Whole = dict[int, dict[str, Any] | None]


def qgc_from_plan(plan: Plan) -> str:
    """The text of a .plan file that QGroundControl opens; raises as `qgc_and_lost`."""
    return qgc_and_lost(plan)[0]


def qgc_and_lost(plan: Plan) -> tuple[str, tuple[str, ...]]:
    """The text of a .plan file that QGroundControl opens, and what it cannot hold of a plan:
    complex items whose expansion was changed by hand, or that QGroundControl would not open.

    Raises:
        Failed: the plan has neither a home nor any item with a position, which QGC needs; or a
            number that JSON has none for.
    """
    whole = {one.first_item: _complex(plan, one) for one in plan.complex_items if one.item_count}
    return _text(plan, whole), tuple(
        f"{one.kind} (items {one.first_item + 1} to {one.first_item + one.item_count}) {_why(one)} "
        "and is written as plain items"
        for one in plan.complex_items
        if one.item_count > 0 and whole[one.first_item] is None
    )


def _text(plan: Plan, whole: _Whole) -> str:
    document = {
        "fileType": "Plan",
        "geoFence": _fence(plan),
        "groundStation": "QGroundControl",
        "mission": _mission(plan, whole),
        "rallyPoints": {
            "points": [[*_pair(one.position), number_or_null(one.height.m)] for one in plan.rally],
            "version": 2,
        },
        "version": 1,
        **made_for_written(plan.made_for),
    }
    try:
        return json.dumps(document, indent=4, ensure_ascii=False, allow_nan=False) + "\n"
    except ValueError as unwritable:
        what = "the plan has a number that a .plan file cannot hold: an infinite one, or no radius"
        raise Failed(what) from unwritable


def _mission(plan: Plan, whole: _Whole) -> dict[str, Any]:
    return {
        "cruiseSpeed": 15.0 if plan.cruise_speed_m_s is None else plan.cruise_speed_m_s,
        "firmwareType": PX4,
        "globalPlanAltitudeMode": ALTITUDE_RELATIVE,
        "hoverSpeed": 5.0 if plan.hover_speed_m_s is None else plan.hover_speed_m_s,
        "items": _items(plan, whole),
        "plannedHomePosition": _home(plan),
        "vehicleType": vehicle_type(plan.made_for),
        "version": 2,
    }


def _home(plan: Plan) -> list[float | None]:
    if plan.home is not None:
        return [*_pair(plan.home.position), number_or_null(plan.home.height.m)]
    placed = [
        GeoPoint(latitude_deg=item.latitude_deg, longitude_deg=item.longitude_deg)
        for item in plan.items
        if item.has_position and math.isfinite(item.latitude_deg + item.longitude_deg)
    ]
    rings = [point for polygon in plan.fence.polygons for point in polygon.ring]
    if not placed and not rings:
        raise Failed("a .plan file needs a home position, and this plan has no place at all")
    return [*_pair(placed[0] if placed else middle(tuple(rings))), None]


def _items(plan: Plan, whole: _Whole) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    counts = {one.first_item: one.item_count for one in plan.complex_items if one.item_count}
    index = 0
    while index < len(plan.items):
        entry = whole.get(index)
        if entry is not None:
            found.append(entry)
            index += counts[index]
        else:
            found.append(simple_item(plan.items[index], index + 1))
            index += 1
    return found


def _why(one: ComplexItem) -> str:
    if opens(as_written_today(one.source)):
        return "was changed"
    version = one.source.get("version", "unknown")
    return f"is as QGroundControl does not open it (version {version})"


def _complex(plan: Plan, one: ComplexItem) -> dict[str, Any] | None:
    """The item as it is to be written, or None where it can no longer stand for its items."""
    source = as_written_today(one.source)
    if not opens(source):
        return None
    flown = plan.items[one.first_item : one.first_item + one.item_count]
    if _same(flown, _expansion(source)):
        return source
    style = source.get(STYLE)
    if not isinstance(style, dict) or len(flown) != one.item_count:
        return None
    return {**source, STYLE: style_with_items(style, flown, one.first_item)}


def _expansion(source: dict[str, Any]) -> tuple[MissionItem, ...]:
    try:
        return expanded_items(Located(source, text="", file="complex item"), [])
    except BadInput:
        return ()


def _same(one: tuple[MissionItem, ...], other: tuple[MissionItem, ...]) -> bool:
    return [_meaning(item) for item in one] == [_meaning(item) for item in other]


def _meaning(item: MissionItem) -> tuple[object, ...]:
    # NaN is not equal to itself, null is; a command is equal to its number, its text is not.
    params = tuple(number_or_null(value) for value in item.params)
    return int(item.command), int(item.frame), item.autocontinue, params


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
