"""What DJI's action groups have the aircraft do at its waypoints, as mission items.

A group begins at a waypoint and is fired on reaching it, or every so many metres or seconds until
its last waypoint. Source: DJI Cloud API, WPML, common elements (actionGroup).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from missions.files.xml_tree import Element
from missions.plan import Command, Frame, MissionItem

NAN = math.nan
# GIMBAL_MANAGER_FLAGS: roll and pitch held to the horizon; yaw held to north.
ROLL_LOCK, PITCH_LOCK, YAW_LOCK = 4.0, 8.0, 16.0
IN_CONTROL, NOT_SECOND = -2.0, -1.0
LONGEST_HOVER_S = 86_400.0
PITCHYAW = Command.DO_GIMBAL_MANAGER_PITCHYAW
GIMBAL = frozenset((PITCHYAW, Command.DO_GIMBAL_MANAGER_CONFIGURE))

Note = Callable[[str], None]


@dataclass(slots=True)
class _Point:
    before: list[MissionItem] = field(default_factory=list)
    items: list[MissionItem] = field(default_factory=list)
    dwell_s: float = 0.0
    yaw_deg: float = NAN
    turns_gimbal: bool = False


class Actions:
    """What is done at each waypoint of a wayline."""

    def __init__(self, count: int) -> None:
        self._points = [_Point() for _ in range(count)]
        self._gimbal_taken = False
        self._pitch_deg: float | None = None
        self.at_start: list[MissionItem] = []

    def at(self, index: int) -> list[MissionItem]:
        """The items that follow the waypoint."""
        found = self._points[index].items
        for one in (*self._points[index].before, *found):
            if one.command == PITCHYAW and not math.isnan(one.params[0]):
                self._pitch_deg = one.params[0]
        return found

    def before(self, index: int) -> list[MissionItem]:
        """The items that stand before the waypoint: the gimbal's, where it then hovers."""
        return self._points[index].before

    def dwell_s(self, index: int) -> float:
        """How long it hovers before anything else is done there."""
        return self._points[index].dwell_s

    def yaw_deg(self, index: int) -> float:
        """Where it turns first, clockwise from north; NaN where it does not."""
        return self._points[index].yaw_deg

    def turned_to(self, pitch_deg: float | None, index: int) -> list[MissionItem]:
        """The gimbal to a pitch, unless it looks there or an action turned it here."""
        if pitch_deg is None or self._points[index].turns_gimbal or pitch_deg == self._pitch_deg:
            return []
        if self._pitch_deg is None and pitch_deg == 0.0:
            return []
        self._pitch_deg = pitch_deg
        return self.gimbal(pitch_deg, 0.0)

    def gimbal(self, pitch_deg: float, yaw_deg: float, *, north: bool = False) -> list[MissionItem]:
        """Turn the gimbal; before the first time, take control of it."""
        flags = ROLL_LOCK + PITCH_LOCK + (YAW_LOCK if north else 0.0)
        turn = plain(PITCHYAW, pitch_deg, yaw_deg, NAN, NAN, flags)
        if self._gimbal_taken:
            return [turn]
        self._gimbal_taken = True
        control = (IN_CONTROL, IN_CONTROL, NOT_SECOND, NOT_SECOND)
        return [plain(Command.DO_GIMBAL_MANAGER_CONFIGURE, *control), turn]

    def add(self, index: int, items: list[MissionItem]) -> None:
        """Do something at a waypoint after what is done there already."""
        self._points[index].items += items

    def hover(self, index: int, seconds: float) -> None:
        """Wait: on arrival as part of the waypoint, later as a delay.

        A gimbal that turns first is turned on the way there, so that it looks there as it waits.
        """
        point = self._points[index]
        if all(one.command in GIMBAL for one in point.items):
            point.before += point.items
            point.items = []
            point.dwell_s += seconds
        else:
            self.add(index, [plain(Command.NAV_DELAY, seconds, -1.0, -1.0, -1.0)])

    def turn(self, index: int, yaw_deg: float) -> bool:
        """Turn the aircraft on arrival; False where it turns a second time there."""
        if self._points[index].items or not math.isnan(self._points[index].yaw_deg):
            return False
        self._points[index].yaw_deg = yaw_deg
        return True

    def turned_here(self, index: int) -> None:
        """An action turned the gimbal at this waypoint."""
        self._points[index].turns_gimbal = True


def actions_of(folder: Element, count: int, note: Note) -> Actions:
    """The actions of a wayline of `count` waypoints; `note` hears of what PX4 has no item for.

    Raises:
        BadInput: an action's number is missing or wrong.
    """
    actions = Actions(count)
    for group in (
        *folder.all("startActionGroup"),
        *(one for mark in folder.all("Placemark") for one in mark.all("actionGroup")),
    ):
        _group(group, actions, count, note)
    return actions


def _group(group: Element, actions: Actions, count: int, note: Note) -> None:
    first = _index(group, "actionGroupStartIndex", count)
    last = _index(group, "actionGroupEndIndex", count)
    trigger = group.get("actionTrigger")
    kind = "reachPoint" if trigger is None else trigger.said("actionTriggerType", "reachPoint")
    for action in group.all("action"):
        name = action.at("actionActuatorFunc").text
        if not name:
            raise action.at("actionActuatorFunc").refuse("names no action")
        given = action.get("actionActuatorFuncParam") or action
        if kind in ("multipleDistance", "multipleTiming") and name == "takePhoto":
            assert trigger is not None
            _pictures_on_the_way(trigger, kind, (first, last), actions)
        elif kind == "reachPoint":
            _done_at(first, name, given, actions, note)
        elif name == "gimbalEvenlyRotate":
            note("a gimbal turned evenly along a leg is turned at the leg's end")
            actions.add(last, actions.gimbal(given.at("gimbalPitchRotateAngle").number(), 0.0))
            actions.turned_here(last)
        else:
            note(f"the action {name} on {kind} is left out")


def _pictures_on_the_way(
    trigger: Element, kind: str, way: tuple[int, int], actions: Actions
) -> None:
    every = trigger.at("actionTriggerParam")
    if every.number() <= 0.0:
        raise every.refuse(f"{every.text} is not above zero")
    first, last = way
    if kind == "multipleDistance":
        start = plain(Command.DO_SET_CAM_TRIGG_DIST, every.number(), 0.0, 1.0)
        stop = plain(Command.DO_SET_CAM_TRIGG_DIST)
    else:
        start = plain(Command.IMAGE_START_CAPTURE, 0.0, every.number())
        stop = plain(Command.IMAGE_STOP_CAPTURE)
    actions.add(first, [start])
    if last > first:
        actions.add(last, [stop])


def _done_at(index: int, name: str, given: Element, actions: Actions, note: Note) -> None:
    if name == "takePhoto":
        actions.add(index, [_picture()])
    elif name == "startRecord":
        actions.add(index, [plain(Command.VIDEO_START_CAPTURE)])
    elif name == "stopRecord":
        actions.add(index, [plain(Command.VIDEO_STOP_CAPTURE)])
    elif name == "hover":
        time = given.at("hoverTime")
        if not 0.0 <= time.number() <= LONGEST_HOVER_S:
            raise time.refuse(f"{time.text} s is not between 0 and {LONGEST_HOVER_S:g}")
        actions.hover(index, time.number())
    elif name == "rotateYaw":
        if not actions.turn(index, given.at("aircraftHeading").number()):
            note("a turn of the aircraft after other actions is left out")
    elif name == "gimbalRotate":
        _gimbal_turned(index, given, actions, note)
    elif name == "orientedShoot":
        pitch, yaw = (given.at(f"gimbal{axis}RotateAngle").number() for axis in ("Pitch", "Yaw"))
        actions.add(index, [*actions.gimbal(pitch, yaw, north=True), _picture()])
        actions.turned_here(index)
    else:
        note(f"the action {name} is left out")


def _gimbal_turned(index: int, given: Element, actions: Actions, note: Note) -> None:
    if given.said("gimbalRotateMode", "absoluteAngle") != "absoluteAngle":
        note("a gimbal turned by a relative angle is left out")
        return
    if given.said("gimbalRollRotateEnable") == "1":
        note("a gimbal's roll is left out")
    # The pitch is turned where the file does not say: files of DJI Fly leave the switch out.
    pitch = _enabled(given, "Pitch", otherwise=True)
    yaw = _enabled(given, "Yaw", otherwise=False)
    if math.isnan(pitch) and math.isnan(yaw):
        return
    north = given.said("gimbalHeadingYawBase") == "north"
    actions.add(index, actions.gimbal(pitch, 0.0 if math.isnan(yaw) else yaw, north=north))
    actions.turned_here(index)


def _enabled(given: Element, axis: str, *, otherwise: bool) -> float:
    switch = given.said(f"gimbal{axis}RotateEnable", "1" if otherwise else "0")
    angle = given.get(f"gimbal{axis}RotateAngle")
    return NAN if switch == "0" or angle is None else angle.number()


def _index(group: Element, name: str, count: int) -> int:
    found = group.get(name)
    if found is None:
        return 0
    value = found.number()
    if value != int(value) or not 0 <= value < count:
        raise found.refuse(f"{found.text} is no waypoint: there are {count}")
    return int(value)


def _picture() -> MissionItem:
    return plain(Command.IMAGE_START_CAPTURE, 0.0, 0.0, 1.0)


def plain(
    command: Command,
    one: float = 0.0,
    two: float = 0.0,
    three: float = 0.0,
    four: float = 0.0,
    five: float = 0.0,
) -> MissionItem:
    """An item without a place."""
    params = (one, two, three, four, five, 0.0, 0.0)
    return MissionItem(command=command, frame=Frame.MISSION, params=params)
