"""QGroundControl's landing patterns (fixed wing and VTOL): the mission items they stand for.

Source: QGroundControl LandingComplexItem.cc (behaviour, not code). Version 1 said of each height
whether it is above home; where the two differ QGroundControl takes both as above home, and so is
it done here, with a note.
"""

import math

from missions.files.located import Located
from missions.plan import Command, Frame, MissionItem

LAND_COMMANDS = {
    "fwLandingPattern": Command.NAV_LAND,
    "vtolLandingPattern": Command.NAV_VTOL_LAND,
}


def landing_items(entry: Located, kind: str, notes: list[str]) -> tuple[MissionItem, ...]:
    """The mission items of a landing pattern; `kind` is one of `LAND_COMMANDS`.

    Raises:
        BadInput: a part of the item is missing or wrong.
    """
    frame = _frame(entry, notes)
    items = [_plain(Command.DO_LAND_START)]
    if _flag(entry, "stopTakingPhotos"):
        items += [_plain(Command.DO_SET_CAM_TRIGG_DIST), _plain(Command.IMAGE_STOP_CAPTURE)]
    if _flag(entry, "stopVideoPhotos"):
        items.append(_plain(Command.VIDEO_STOP_CAPTURE))
    approach = entry.get("landingApproachCoordinate") or entry.at("loiterCoordinate")
    if _flag(entry, "useLoiterToAlt", default=True):
        radius = entry.at("loiterRadius").number()
        turn = radius if entry.at("loiterClockwise").boolean() else -radius
        items.append(_placed(Command.NAV_LOITER_TO_ALT, frame, approach, (1.0, turn, 0.0, 1.0)))
    else:
        items.append(_placed(Command.NAV_WAYPOINT, frame, approach, (0.0, 0.0, 0.0, math.nan)))
    land = entry.at("landCoordinate")
    items.append(_placed(LAND_COMMANDS[kind], frame, land, (0.0, 0.0, 0.0, math.nan)))
    return tuple(items)


def _frame(entry: Located, notes: list[str]) -> Frame:
    both = entry.get("altitudesAreRelative")
    if both is not None:
        return Frame.GLOBAL_RELATIVE_ALT if both.boolean() else Frame.GLOBAL
    loiter = entry.at("loiterAltitudeRelative").boolean()
    if loiter != entry.at("landAltitudeRelative").boolean():
        notes.append("landing pattern: heights of two kinds are both taken as above home")
        return Frame.GLOBAL_RELATIVE_ALT
    return Frame.GLOBAL_RELATIVE_ALT if loiter else Frame.GLOBAL


def _flag(entry: Located, key: str, *, default: bool = False) -> bool:
    found = entry.get(key)
    return default if found is None else found.boolean()


def _plain(command: Command) -> MissionItem:
    zeros = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    return MissionItem(command=command, frame=Frame.MISSION, params=zeros)


def _placed(
    command: Command, frame: Frame, coordinate: Located, first: tuple[float, float, float, float]
) -> MissionItem:
    point = coordinate.latitude_longitude()
    place = (point.latitude_deg, point.longitude_deg, coordinate.at(2).number())
    return MissionItem(command=command, frame=frame, params=(*first, *place))
