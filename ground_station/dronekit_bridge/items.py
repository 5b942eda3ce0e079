"""Mission items between the two habits: float degrees and a home slot, 1e-7 degrees and none.

https://mavlink.io/en/services/mission.html (MISSION_ITEM is the deprecated form). ArduPilot keeps
home as item 0, ignores `autocontinue`, takes any frame for a command without a place and reads
latitude and longitude 0 as 'where it then is'; PX4 does none of these.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import isnan, nan
from typing import Any

from ground_station.dronekit_bridge.known import Place
from ground_station.dronekit_bridge.words import Dialect
from missions.plan import GLOBAL_FRAMES, Frame
from onboard.mavlink.codec import Message
from onboard.mavlink.plan_items import INT32_MAX, INT32_MIN, MissionType, WireItem
from onboard.mavlink.px4_items import ACCEPTED, item_result

WAYPOINT, DO_JUMP = 16, 177
# These have a place; the fourth parameter of each is a yaw, which ArduPilot does not read.
_WITH_A_PLACE = frozenset((16, 17, 19, 21, 22, 31))
_WITH_A_YAW = frozenset((16, 17, 19, 21, 22))
_FLOAT_FRAME = {
    int(Frame.GLOBAL_INT): int(Frame.GLOBAL),
    int(Frame.GLOBAL_RELATIVE_ALT_INT): int(Frame.GLOBAL_RELATIVE_ALT),
}
# A float32 longitude is right to some metres only.
SAME_PLACE_DEG = 3e-5
_DEGREES = 1e7


def from_client(message: Message) -> WireItem:
    """The item in a client's MISSION_ITEM or MISSION_ITEM_INT, as MISSION_ITEM_INT holds it."""
    if message.name == "MISSION_ITEM_INT":
        return WireItem.from_message(message)
    scale = _DEGREES if message["frame"] in GLOBAL_FRAMES else 1.0
    fields = {name: message[name] for name in WireItem.__slots__ if name not in ("x", "y")}
    return WireItem(**fields, x=_whole(message.x, scale), y=_whole(message.y, scale))


def to_float(item: WireItem) -> dict[str, Any]:
    """The item's fields as MISSION_ITEM holds them, in the frame that old clients know."""
    scale = _DEGREES if item.frame in GLOBAL_FRAMES else 1.0
    fields = {name: getattr(item, name) for name in WireItem.__slots__}
    return fields | {
        "frame": _FLOAT_FRAME.get(item.frame, item.frame),
        "x": _given(item.x) / scale,
        "y": _given(item.y) / scale,
    }


def home_slot(home: Place | None) -> WireItem:
    """Item 0 as ArduPilot tells it: the home position; all zero while none is known."""
    if home is None:
        return WireItem(frame=int(Frame.GLOBAL), command=WAYPOINT)
    return WireItem(
        frame=int(Frame.GLOBAL),
        command=WAYPOINT,
        x=round(home.latitude_deg * _DEGREES),
        y=round(home.longitude_deg * _DEGREES),
        z=home.amsl_m,
    )


def is_home_slot(item: WireItem, home: Place | None, dialect: Dialect) -> bool:
    """Whether a client's item 0 only says where home is.

    For an ArduCopter it is any waypoint there with a height above sea level, for that is never
    flown; for PX4 it is one that names the very place of home, as a download through here gave it.
    """
    if item.command != WAYPOINT or item.frame not in (Frame.GLOBAL, Frame.GLOBAL_INT):
        return False
    if dialect is Dialect.ARDUPILOT or (item.x, item.y) == (0, 0):
        return True
    return home is not None and (
        abs(item.x / _DEGREES - home.latitude_deg) < SAME_PLACE_DEG
        and abs(item.y / _DEGREES - home.longitude_deg) < SAME_PLACE_DEG
    )


def for_px4(
    items: Sequence[WireItem], *, slots: int, here: Place | None, dialect: Dialect
) -> tuple[WireItem, ...]:
    """A client's mission as PX4 will take it, `slots` (0 or 1) home items before it left out.

    `here` is where an item without a place before any with one is taken to be.
    """
    place = None if here is None else (here.latitude_deg, here.longitude_deg)
    taken: list[WireItem] = []
    for item in items[slots:]:
        if dialect is Dialect.ARDUPILOT:
            item = _as_ardupilot_means(item, place)
        item = _jumping(_in_a_frame_that_px4_takes(item), -slots)
        if item.command in _WITH_A_PLACE and item.frame in GLOBAL_FRAMES:
            place = item.x / _DEGREES, item.y / _DEGREES
        taken.append(replace(item, current=int(not taken)))
    return tuple(taken)


def for_client(items: Sequence[WireItem], home: Place | None) -> tuple[WireItem, ...]:
    """The mission on board as ArduPilot would give it: home first, jumps counted with it."""
    return (home_slot(home), *(_jumping(item, 1) for item in items))


def _as_ardupilot_means(item: WireItem, place: tuple[float, float] | None) -> WireItem:
    item = replace(item, autocontinue=1)
    if item.command in _WITH_A_YAW and item.frame in GLOBAL_FRAMES:
        item = replace(item, param4=nan)
    if item.command in _WITH_A_PLACE and (item.x, item.y) == (0, 0) and place is not None:
        item = replace(item, x=round(place[0] * _DEGREES), y=round(place[1] * _DEGREES))
    return item


def _in_a_frame_that_px4_takes(item: WireItem) -> WireItem:
    """PX4 wants a command without a place in MAV_FRAME_MISSION; others write any frame."""
    if item_result(item, MissionType.MISSION) == ACCEPTED or item.frame not in GLOBAL_FRAMES:
        return item
    whole = {name: _as_plain(getattr(item, name)) for name in ("x", "y")}
    plain = replace(item, frame=int(Frame.MISSION), x=whole["x"], y=whole["y"])
    return plain if item_result(plain, MissionType.MISSION) == ACCEPTED else item


def _jumping(item: WireItem, shift: int) -> WireItem:
    if item.command != DO_JUMP:
        return item
    return replace(item, param1=max(item.param1 + shift, 0.0))


def _as_plain(degrees_e7: int) -> int:
    """A parameter that was scaled as a coordinate, as the plain number that was meant."""
    return 0 if isnan(_given(degrees_e7)) else round(degrees_e7 / _DEGREES)


def _whole(value: float, scale: float) -> int:
    if isnan(value) or not INT32_MIN < value * scale < INT32_MAX:
        return INT32_MAX
    return round(value * scale)


def _given(value: int) -> float:
    return nan if value in (INT32_MIN, INT32_MAX) else float(value)
