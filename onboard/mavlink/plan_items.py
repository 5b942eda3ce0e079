"""A plan on the wire: MISSION_ITEM_INT's fields for the mission, the fence and the rally points.

Encoding of items: https://mavlink.io/en/services/mission.html, `missions.item_encoding`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from math import nan
from typing import Any

from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome
from missions.item_encoding import DoesNotFit, encoded
from missions.plan import (
    GLOBAL_FRAMES,
    Fence,
    FenceCircle,
    FencePolygon,
    Frame,
    MissionItem,
    Plan,
    RallyPoint,
)
from missions.px4_parser import UNSET_COORDINATES
from onboard.mavlink.codec import Address, MavlinkError, Message

# MAV_CMD of fence and rally items.
FENCE_POLYGON_INCLUSION = 5001
FENCE_POLYGON_EXCLUSION = 5002
FENCE_CIRCLE_INCLUSION = 5003
FENCE_CIRCLE_EXCLUSION = 5004
RALLY_POINT = 5100

INT32_MIN, INT32_MAX = UNSET_COORDINATES


class MissionType(IntEnum):
    """MAV_MISSION_TYPE."""

    MISSION = 0
    FENCE = 1
    RALLY = 2


class ItemNotSendable(MavlinkError):
    """An item of our own plan does not fit MISSION_ITEM_INT: `what` holds `value`."""

    def __init__(self, *, what: str, value: float) -> None:
        self.what = what
        self.value = value
        super().__init__(f"{what} of {value!r} does not fit a mission item on the wire")


class PlanNotUnderstood(MavlinkError):
    """The peer's fence or rally items make no plan: item `index`, `what` is wrong with it."""

    def __init__(self, *, index: int, what: str) -> None:
        self.index = index
        self.what = what
        super().__init__(f"item {index}: {what}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WireItem:
    """The fields of MISSION_ITEM_INT that do not say where it stands or who it is for."""

    frame: int
    command: int
    current: int = 0
    autocontinue: int = 1
    param1: float = 0.0
    param2: float = 0.0
    param3: float = 0.0
    param4: float = 0.0
    x: int = 0
    y: int = 0
    z: float = 0.0

    @classmethod
    def from_message(cls, message: Message) -> "WireItem":
        """The item in a MISSION_ITEM_INT."""
        return cls(**{name: message[name] for name in cls.__slots__})

    def fields(self, *, seq: int, mission_type: MissionType, to: Address) -> dict[str, Any]:
        """The fields of MISSION_ITEM_INT that carries the item as number `seq` to `to`."""
        return {name: getattr(self, name) for name in self.__slots__} | {
            "seq": seq,
            "mission_type": mission_type,
            "target_system": to.system_id,
            "target_component": to.component_id,
        }


def wire_from_item(item: MissionItem, *, current: int = 0) -> WireItem:
    """The item as MISSION_ITEM_INT holds it (`missions.item_encoding`).

    Raises `ItemNotSendable`.
    """
    try:
        sent = encoded(item)
    except DoesNotFit as error:
        raise ItemNotSendable(what=error.what, value=error.value) from None
    one, two, three, four = sent.params
    return WireItem(
        frame=int(item.frame),
        command=int(item.command),
        current=current,
        autocontinue=int(item.autocontinue),
        param1=one,
        param2=two,
        param3=three,
        param4=four,
        x=sent.x,
        y=sent.y,
        z=sent.z,
    )


def item_from_wire(item: WireItem) -> MissionItem:
    """The item as the planners know it; an x or y of INT32_MAX or INT32_MIN reads as NaN."""
    scale = 1e7 if item.frame in GLOBAL_FRAMES else 1.0
    x, y = (nan if value in UNSET_COORDINATES else value / scale for value in (item.x, item.y))
    return MissionItem(
        command=item.command,
        frame=item.frame,
        params=(item.param1, item.param2, item.param3, item.param4, x, y, item.z),
        autocontinue=bool(item.autocontinue),
    )


def mission_wire(plan: Plan) -> tuple[WireItem, ...]:
    """The mission's items; the first is flagged current, so that PX4 starts there."""
    return tuple(
        wire_from_item(item, current=int(index == 0)) for index, item in enumerate(plan.items)
    )


def _fence_item(point: GeoPoint, *, command: int, param1: float) -> WireItem:
    params = (param1, 0.0, 0.0, 0.0, point.latitude_deg, point.longitude_deg, 0.0)
    return wire_from_item(MissionItem(command=command, frame=Frame.GLOBAL, params=params))


def fence_wire(plan: Plan) -> tuple[WireItem, ...]:
    """The fence's items, polygons first: some versions of PX4 misread a circle before a polygon.

    The breach return point stays behind: PX4 has no use for one.
    """
    items: list[WireItem] = []
    for polygon in plan.fence.polygons:
        command = FENCE_POLYGON_INCLUSION if polygon.inclusion else FENCE_POLYGON_EXCLUSION
        size = float(len(polygon.ring))
        items += [_fence_item(vertex, command=command, param1=size) for vertex in polygon.ring]
    for circle in plan.fence.circles:
        command = FENCE_CIRCLE_INCLUSION if circle.inclusion else FENCE_CIRCLE_EXCLUSION
        items.append(_fence_item(circle.center, command=command, param1=circle.radius_m))
    return tuple(items)


def rally_wire(plan: Plan) -> tuple[WireItem, ...]:
    """The rally points' items."""
    return tuple(wire_from_item(_rally_item(point)) for point in plan.rally)


def _rally_item(point: RallyPoint) -> MissionItem:
    where = (point.position.latitude_deg, point.position.longitude_deg, point.height.m)
    return MissionItem(
        command=RALLY_POINT, frame=Frame.GLOBAL_RELATIVE_ALT, params=(0.0, 0.0, 0.0, 0.0, *where)
    )


def wire_of(plan: Plan, mission_type: MissionType) -> tuple[WireItem, ...]:
    """The plan's items of one type."""
    make = {
        MissionType.MISSION: mission_wire,
        MissionType.FENCE: fence_wire,
        MissionType.RALLY: rally_wire,
    }
    return make[mission_type](plan)


def plan_from_wire(
    *,
    mission: Sequence[WireItem] = (),
    fence: Sequence[WireItem] = (),
    rally: Sequence[WireItem] = (),
) -> Plan:
    """The plan that a vehicle holds. Raises `PlanNotUnderstood`."""
    return Plan(
        items=tuple(item_from_wire(item) for item in mission),
        fence=_fence(fence),
        rally=tuple(_rally(index, item) for index, item in enumerate(rally)),
    )


def _point(item: WireItem) -> GeoPoint:
    return GeoPoint(latitude_deg=item.x / 1e7, longitude_deg=item.y / 1e7)


def _rally(index: int, item: WireItem) -> RallyPoint:
    if item.command != RALLY_POINT:
        raise PlanNotUnderstood(index=index, what=f"command {item.command} is no rally point")
    return RallyPoint(position=_point(item), height=HeightAboveHome(item.z))


def _fence(items: Sequence[WireItem]) -> Fence:
    polygons: list[FencePolygon] = []
    circles: list[FenceCircle] = []
    for index, run in _fence_runs(items):
        first = run[0]
        if first.command in (FENCE_POLYGON_INCLUSION, FENCE_POLYGON_EXCLUSION):
            inclusion = first.command == FENCE_POLYGON_INCLUSION
            ring = tuple(_point(vertex) for vertex in run)
            polygons.append(FencePolygon(ring=ring, inclusion=inclusion))
        elif first.command in (FENCE_CIRCLE_INCLUSION, FENCE_CIRCLE_EXCLUSION):
            inclusion = first.command == FENCE_CIRCLE_INCLUSION
            circles.append(
                FenceCircle(center=_point(first), radius_m=first.param1, inclusion=inclusion)
            )
        else:
            raise PlanNotUnderstood(index=index, what=f"command {first.command} is no fence")
    return Fence(polygons=tuple(polygons), circles=tuple(circles))


def _fence_runs(items: Sequence[WireItem]) -> Iterator[tuple[int, Sequence[WireItem]]]:
    """The fence cut into its shapes, each with the index of its first item."""
    index = 0
    while index < len(items):
        first = items[index]
        polygon = first.command in (FENCE_POLYGON_INCLUSION, FENCE_POLYGON_EXCLUSION)
        length = _vertex_count(index, first) if polygon else 1
        run = items[index : index + length]
        if len(run) < length or any(vertex.command != first.command for vertex in run):
            raise PlanNotUnderstood(index=index, what=f"a polygon of {length} is cut short")
        yield index, run
        index += length


def _vertex_count(index: int, first: WireItem) -> int:
    if not (first.param1.is_integer() and first.param1 >= 3):
        raise PlanNotUnderstood(index=index, what=f"a polygon of {first.param1} vertices")
    return int(first.param1)
