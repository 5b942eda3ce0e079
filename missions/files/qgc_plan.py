"""QGroundControl's .plan (JSON), root version 1: reading it into a Plan.

Complex items (survey, CorridorScan, StructureScan, landing patterns) keep their source beside the
mission items they expand into. Source: https://docs.qgroundcontrol.com/master/en/qgc-dev-guide/file_formats/plan.html
"""

from dataclasses import replace

from missions.files.located import Located
from missions.files.qgc_corridor import corridor_items
from missions.files.qgc_landing import LAND_COMMANDS, landing_items
from missions.files.qgc_made_for import kind_of_type, made_for_in
from missions.files.qgc_survey import old_grid, survey_items, transect_grid
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
PX4 = 12
# Version 2 wrote the kind of a complex item as its type.
OLD_SURVEY = "survey"


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
    return _mission(root, mission, _fence(fence), _rally(rally))


def _version(part: Located, known: set[int]) -> int:
    version = part.at("version")
    if version.integer() not in known:
        raise version.refuse(f"version {version.value} is not known")
    return version.integer()


def _mission(root: Located, mission: Located, fence: Fence, rally: tuple[RallyPoint, ...]) -> Plan:
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
        elif kind.text() in ("ComplexItem", OLD_SURVEY):
            expanded = expanded_items(entry, notes)
            name = _complex_kind(entry).text()
            complex_items.append(
                ComplexItem(
                    kind=name,
                    first_item=len(items),
                    item_count=len(expanded),
                    source=entry.object(),
                )
            )
            _remember_within(entry, len(items), numbers)
            items.extend(expanded)
        else:
            raise kind.refuse(f'"{kind.value}" is neither SimpleItem nor ComplexItem')
    _other_autopilot(mission, notes)
    made_for = made_for_in(root, complex_items, notes)
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
        notes=tuple(dict.fromkeys(notes)),
        made_for=made_for,
    )


def _other_autopilot(mission: Located, notes: list[str]) -> None:
    """A Plan has no place for these: one written from it says PX4, and flies in the air."""
    firmware, vehicle = mission.get("firmwareType"), mission.get("vehicleType")
    if firmware is not None and firmware.integer() != PX4:
        notes.append(f"was made for another autopilot (firmwareType {firmware.integer()})")
    if vehicle is not None and kind_of_type(vehicle.integer()) is None:
        notes.append(f"was made for another vehicle (vehicleType {vehicle.integer()})")


def _remember(
    entry: Located, index: int, numbers: dict[int, int], jumps: list[tuple[int, Located]]
) -> None:
    number = entry.get("doJumpId")
    if number is not None:
        numbers[number.integer()] = index
    if entry.at("command").integer() == Command.DO_JUMP:
        jumps.append((index, entry))


def _remember_within(entry: Located, first: int, numbers: dict[int, int]) -> None:
    """Waypoints that a survey stores can be jumped to as well."""
    stored = (entry.get("TransectStyleComplexItem") or entry).get("Items")
    for index, one in enumerate(stored.each() if stored is not None else []):
        number = one.get("doJumpId")
        if number is not None:
            numbers.setdefault(number.integer(), first + index)


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
        command=_of_mavlink(entry.at("command"), 0xFFFF),
        frame=_of_mavlink(entry.at("frame"), 0xFF),
        params=_seven(values),
        autocontinue=True if auto is None else auto.boolean(),
    )


def _of_mavlink(entry: Located, most: int) -> int:
    if not 0 <= entry.number() <= most:
        raise entry.refuse(f"{entry.value} is not from 0 to {most}")
    return entry.integer()


def _old_simple(entry: Located) -> MissionItem:
    """The form before params held seven values: param1..4 and a coordinate."""
    coordinate = entry.at("coordinate")
    values = [entry.at(f"param{i}").number_or_nan() for i in (1, 2, 3, 4)]
    values += [coordinate.at(i).number_or_nan() for i in (0, 1, 2)]
    return MissionItem(
        command=_of_mavlink(entry.at("command"), 0xFFFF),
        frame=_of_mavlink(entry.at("frame"), 0xFF),
        params=_seven(values),
    )


def _seven(values: list[float]) -> Params:
    one, two, three, four, five, six, seven = values
    return one, two, three, four, five, six, seven


def expanded_items(entry: Located, notes: list[str]) -> tuple[MissionItem, ...]:
    """The mission items that a complex item stands for; what was lost on the way is noted.

    Raises:
        BadInput: the item is of no known kind or version, or a part of it is missing or wrong.
    """
    kind = _complex_kind(entry)
    if kind.text() == "survey":
        return _survey(entry, notes)
    if kind.text() == "CorridorScan":
        _version(entry, {1, 2})
        line = tuple(point.latitude_longitude() for point in entry.at("polyline").each())
        if _is_empty(entry):
            notes.append("corridor without waypoints: its lines were made anew as QGC makes them")
            return corridor_items(entry, line, notes)
        return _transects(entry, notes)
    if kind.text() == "StructureScan":
        _version(entry, {2, 3})
        return structure_scan_items(entry, _ring(entry.at("polygon")))
    if kind.text() in LAND_COMMANDS:
        _version(entry, {1, 2})
        return landing_items(entry, kind.text(), notes)
    raise kind.refuse(f'complex item "{kind.value}" is not known')


def _complex_kind(entry: Located) -> Located:
    kind = entry.at("type")
    return kind if kind.text() == OLD_SURVEY else entry.at("complexItemType")


def _survey(entry: Located, notes: list[str]) -> tuple[MissionItem, ...]:
    version = _version(entry, {2, 3, 4, 5})
    ring = _ring(entry.at("polygon"))
    if version < 4 and "TransectStyleComplexItem" not in entry.object() and not _stored(entry):
        notes.append(f"survey of version {version}: its lines were made anew as QGC makes them")
        return survey_items(entry, ring, old_grid(entry))
    if version >= 4 and _is_empty(entry):
        notes.append("survey without waypoints: its lines were made anew as QGC makes them")
        return survey_items(entry, ring, transect_grid(entry))
    return _transects(entry, notes)


def _is_empty(entry: Located) -> bool:
    """Whether the item was stored without the waypoints that it stands for."""
    style = entry.get("TransectStyleComplexItem")
    return style is not None and style.at("Items").values() == []


def _stored(entry: Located) -> bool:
    return "Items" in entry.object()


def _transects(entry: Located, notes: list[str]) -> tuple[MissionItem, ...]:
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
            position=point.latitude_longitude(), height=HeightAboveHome(point.at(2).number_or_nan())
        )
        for point in rally.at("points").each()
    )
