"""The tab-separated .waypoints file (`QGC WPL`): reading and writing mission items.

Versions 100 and 110 hold the home position in their first row, 120 does not. Source:
https://mavlink.io/en/file_formats/#mission_plain_text_file and QGroundControl's reader.
"""

import math
from dataclasses import replace

from missions.errors import BadInput
from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from missions.plan import Command, Fence, Frame, Home, MissionItem, Plan

WITH_HOME = ("QGC WPL 100", "QGC WPL 110")
WITHOUT_HOME = "QGC WPL 120"
COLUMNS = (
    *("seq", "current", "frame", "command", "param1", "param2", "param3", "param4"),
    *("latitude", "longitude", "altitude", "autocontinue"),
)


def plan_from_waypoints(text: str, file: str) -> Plan:
    """The plan that a .waypoints file holds.

    Raises:
        BadInput: it is not such a file or a field is wrong: file, line and column are named.
    """
    lines = text.splitlines()
    header = " ".join(lines[0].split()) if lines else ""
    if header not in (*WITH_HOME, WITHOUT_HOME):
        raise BadInput(where=f"{file}: line 1", what='should be "QGC WPL 110"')
    kept = [
        (line, f"{file}: line {number}")
        for number, line in enumerate(lines[1:], 2)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    rows = [_row(line, where) for line, where in kept]
    _refuse_out_of_order(kept)
    if header == WITHOUT_HOME or not rows:
        return Plan(items=tuple(item for item, _ in rows))
    first, where = rows[0]
    items = tuple(_jumping(item, -1.0) for item, _ in rows[1:])
    return Plan(items=items, home=_home(first, where))


def waypoints_from_plan(plan: Plan) -> tuple[str, tuple[str, ...]]:
    """The text of a .waypoints file, and what of the plan such a file cannot hold."""
    before = 1 if plan.home is not None else 0
    rows = [_written(i, _jumping(item, float(before))) for i, item in enumerate(plan.items, before)]
    header = WITHOUT_HOME
    if plan.home is not None:
        header = WITH_HOME[-1]
        rows.insert(0, _written(0, _home_item(plan.home)))
    return "\n".join((header, *rows)) + "\n", tuple(_lost(plan))


def _jumping(item: MissionItem, shift: float) -> MissionItem:
    """Where row 0 is home, a jump counts it; a plan's index does not."""
    if item.command != Command.DO_JUMP:
        return item
    return replace(item, params=(item.params[0] + shift, *item.params[1:]))


def _lost(plan: Plan) -> list[str]:
    lost = []
    if plan.fence != Fence():
        lost.append("the fence is left out: .waypoints holds mission items only")
    if plan.rally:
        lost.append("the rally points are left out: .waypoints holds mission items only")
    if plan.complex_items:
        lost.append("surveys and scans are written as plain waypoints")
    return lost


def _row(line: str, where: str) -> tuple[MissionItem, str]:
    fields = line.split()
    if len(fields) != len(COLUMNS):
        what = f"should have {len(COLUMNS)} columns ({' '.join(COLUMNS)}), not {len(fields)}"
        raise BadInput(where=where, what=what)
    numbers = [
        _number(text, f"{where}: {name}") for text, name in zip(fields, COLUMNS, strict=True)
    ]
    frame, command = (_whole(numbers[i], f"{where}: {COLUMNS[i]}") for i in (2, 3))
    one, two, three, four, five, six, seven = numbers[4:11]
    item = MissionItem(
        command=command,
        frame=frame,
        params=(one, two, three, four, five, six, seven),
        autocontinue=numbers[11] != 0.0,
    )
    if item.has_position and not math.isnan(five + six):
        _position(item, where)
    return item, where


def _refuse_out_of_order(rows: list[tuple[str, str]]) -> None:
    """The first row is home, and jumps count rows: neither holds where they stand otherwise."""
    before = -math.inf
    for line, where in rows:
        seq = float(line.split()[0])
        if not seq > before:
            raise BadInput(where=f"{where}: seq", what=f"{seq:g} stands after {before:g}")
        before = seq


def _number(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise BadInput(where=where, what=f'"{text}" is not a number') from error
    if math.isinf(value):
        raise BadInput(where=where, what=f'"{text}" is not a finite number')
    return math.nan if math.isnan(value) else value


def _whole(value: float, where: str) -> int:
    if math.isnan(value) or value != int(value):
        raise BadInput(where=where, what=f"{value} is not a whole number")
    return int(value)


def _position(item: MissionItem, where: str) -> GeoPoint:
    try:
        return GeoPoint(latitude_deg=item.latitude_deg, longitude_deg=item.longitude_deg)
    except ValueError as error:
        raise BadInput(where=where, what=str(error)) from error


def _home(row: MissionItem, where: str) -> Home:
    return Home(position=_position(row, where), height=HeightAmsl(row.params[6]))


def _home_item(home: Home) -> MissionItem:
    place = home.position
    params = (0.0, 0.0, 0.0, 0.0, place.latitude_deg, place.longitude_deg, home.height.m)
    return MissionItem(command=16, frame=Frame.GLOBAL, params=params)


def _written(number: int, item: MissionItem) -> str:
    fields = (
        number,
        int(number == 0),
        int(item.frame),
        int(item.command),
        *(repr(float(value)) for value in item.params),
        int(item.autocontinue),
    )
    return "\t".join(str(field) for field in fields)
