"""QGroundControl's .plan (JSON), root version 1: reading it into a Plan.

Complex items (survey, CorridorScan, StructureScan) keep their source beside the mission items they
expand into. Source: https://docs.qgroundcontrol.com/master/en/qgc-dev-guide/file_formats/plan.html
"""

from dataclasses import replace

from missions.files.located import Located
from missions.files.structure_scan import structure_scan_items
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome, HeightAmsl
from missions.plan import (
    Command,
    ComplexItem,
    Fence,
    FenceCircle,
    FencePolygon,
    Home,
    MissionItem,
    Params,
    Plan,
    RallyPoint,
)

CALCULATED_ABOVE_TERRAIN = 3


def plan_from_qgc(text: str, file: str) -> Plan:
    """The plan that a .plan file holds.

    Raises:
        BadInput: it is not such a file, or a part of it is missing or wrong: file, line and key.
    """
    root = Located.parse(text, file)
    kind = root.at("fileType")
    if kind.text() != "Plan":
        raise kind.refuse(f'should be "Plan", not "{kind.value}"')
    _version(root, {1})
    mission, fence, rally = root.at("mission"), root.at("geoFence"), root.at("rallyPoints")
    return _mission(mission, _fence(fence), _rally(rally))


def _version(part: Located, known: set[int]) -> int:
    version = part.at("version")
    if version.integer() not in known:
        raise version.refuse(f"version {version.value} is not known")
    return version.integer()


def _mission(mission: Located, fence: Fence, rally: tuple[RallyPoint, ...]) -> Plan:
    _version(mission, {2})
    items: list[MissionItem] = []
    numbers: dict[int, int] = {}
    jumps: list[tuple[int, Located]] = []
    complex_items: list[ComplexItem] = []
    notes: list[str] = []
    for entry in mission.at("items").each():
        kind = entry.at("type")
        if kind.text() == "SimpleItem":
            _remember(entry, len(items), numbers, jumps)
            items.append(_simple(entry, notes))
        elif kind.text() == "ComplexItem":
            expanded = _expanded(entry, notes)
            name = entry.at("complexItemType").text()
            complex_items.append(
                ComplexItem(
                    kind=name,
                    first_item=len(items),
                    item_count=len(expanded),
                    source=entry.object(),
                )
            )
            items.extend(expanded)
        else:
            raise kind.refuse(f'"{kind.value}" is neither SimpleItem nor ComplexItem')
    for index, entry in jumps:
        items[index] = _jump_to_index(items[index], entry, numbers)
    return Plan(
        items=tuple(items),
        home=_home(mission.at("plannedHomePosition")),
        fence=fence,
        rally=rally,
        cruise_speed_m_s=_speed(mission, "cruiseSpeed"),
        hover_speed_m_s=_speed(mission, "hoverSpeed"),
        complex_items=tuple(complex_items),
        notes=tuple(notes),
    )


def _remember(
    entry: Located, index: int, numbers: dict[int, int], jumps: list[tuple[int, Located]]
) -> None:
    number = entry.get("doJumpId")
    if number is not None:
        numbers[number.integer()] = index
    if entry.at("command").integer() == Command.DO_JUMP:
        jumps.append((index, entry))


def _jump_to_index(item: MissionItem, entry: Located, numbers: dict[int, int]) -> MissionItem:
    """In a file a jump names a doJumpId, which counts from 1; on the wire it names an index."""
    target = numbers.get(int(item.params[0])) if item.params[0] == item.params[0] else None
    if target is None:
        raise entry.refuse(f"jumps to doJumpId {item.params[0]:g}, which no item has")
    return replace(item, params=(float(target), *item.params[1:]))


def _speed(mission: Located, key: str) -> float | None:
    found = mission.get(key)
    return None if found is None else found.number()


def _home(entry: Located) -> Home:
    position = entry.latitude_longitude()
    return Home(position=position, height=HeightAmsl(entry.at(2).number_or_nan()))


def _simple(entry: Located, notes: list[str]) -> MissionItem:
    if "params" not in entry.object() and "coordinate" in entry.object():
        return _old_simple(entry)
    params = entry.at("params")
    if len(params.values()) != 7:
        raise params.refuse(f"should be seven numbers, not {len(params.values())}")
    values = [one.number_or_nan() for one in params.each()]
    auto = entry.get("autoContinue")
    mode = entry.get("AltitudeMode")
    if mode is not None and mode.integer() == CALCULATED_ABOVE_TERRAIN:
        notes.append("heights were calculated above terrain when the file was written")
    return MissionItem(
        command=entry.at("command").integer(),
        frame=entry.at("frame").integer(),
        params=_seven(values),
        autocontinue=True if auto is None else auto.boolean(),
    )


def _old_simple(entry: Located) -> MissionItem:
    """The form before params held seven values: param1..4 and a coordinate."""
    coordinate = entry.at("coordinate")
    values = [entry.at(f"param{i}").number_or_nan() for i in (1, 2, 3, 4)]
    values += [coordinate.at(i).number_or_nan() for i in (0, 1, 2)]
    return MissionItem(
        command=entry.at("command").integer(),
        frame=entry.at("frame").integer(),
        params=_seven(values),
    )


def _seven(values: list[float]) -> Params:
    one, two, three, four, five, six, seven = values
    return one, two, three, four, five, six, seven


def _expanded(entry: Located, notes: list[str]) -> tuple[MissionItem, ...]:
    kind = entry.at("complexItemType")
    if kind.text() == "survey":
        _version(entry, {2, 3, 4, 5})
        _ring(entry.at("polygon"))
        return _transects(entry, notes)
    if kind.text() == "CorridorScan":
        _version(entry, {1, 2})
        for point in entry.at("polyline").each():
            point.latitude_longitude()
        return _transects(entry, notes)
    if kind.text() == "StructureScan":
        _version(entry, {2, 3})
        return structure_scan_items(entry, _ring(entry.at("polygon")))
    raise kind.refuse(f'complex item "{kind.value}" is not known')


def _transects(entry: Located, notes: list[str]) -> tuple[MissionItem, ...]:
    # Version 2 of a survey kept its items beside its own keys, later ones in the transect style.
    holder = entry.get("TransectStyleComplexItem") or entry
    items = holder.at("Items")
    if not items.values():
        raise items.refuse("is empty: the item was never expanded into waypoints")
    return tuple(_simple(one, notes) for one in items.each())


def _ring(entry: Located) -> tuple[GeoPoint, ...]:
    ring = tuple(point.latitude_longitude() for point in entry.each())
    if len(ring) > 1 and ring[0] == ring[-1]:
        ring = ring[:-1]
    if len(ring) < 3:
        raise entry.refuse(f"a polygon needs three points, not {len(ring)}")
    return ring


def _fence(fence: Located) -> Fence:
    _version(fence, {1, 2})
    polygons = fence.get("polygons")
    circles = fence.get("circles")
    back = fence.get("breachReturn")
    old = fence.get("polygon")
    found = tuple(_fence_polygon(one) for one in (polygons.each() if polygons else []))
    if old is not None and old.values():
        found += (FencePolygon(ring=_ring(old), inclusion=True),)
    return Fence(
        polygons=found,
        circles=tuple(_fence_circle(one) for one in (circles.each() if circles else [])),
        breach_return=None
        if back is None
        else (back.latitude_longitude(), HeightAboveHome(back.at(2).number())),
    )


def _fence_polygon(entry: Located) -> FencePolygon:
    return FencePolygon(ring=_ring(entry.at("polygon")), inclusion=entry.at("inclusion").boolean())


def _fence_circle(entry: Located) -> FenceCircle:
    circle = entry.at("circle")
    radius = circle.at("radius")
    if radius.number() <= 0.0:
        raise radius.refuse(f"{radius.value} m is not above zero")
    return FenceCircle(
        center=circle.at("center").latitude_longitude(),
        radius_m=radius.number(),
        inclusion=entry.at("inclusion").boolean(),
    )


def _rally(rally: Located) -> tuple[RallyPoint, ...]:
    _version(rally, {1, 2})
    return tuple(
        RallyPoint(
            position=point.latitude_longitude(), height=HeightAboveHome(point.at(2).number())
        )
        for point in rally.at("points").each()
    )
