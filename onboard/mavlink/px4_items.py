"""What PX4 answers to each uploaded item: MAV_MISSION_RESULT.

Judged by the protocol alone, as PX4 does before its ACK; whether the mission can be flown is the
navigator's verdict and comes later. Supported commands and frames were read in PX4's
mavlink_mission.cpp (after v1.17) and hold against every upload in the recordings; which parameters
a command leaves unused comes from the MAVLink definitions.
"""

from math import isnan
from typing import Any

from pymavlink.dialects.v20 import development

from missions.plan import Frame
from onboard.mavlink.plan_items import INT32_MAX, INT32_MIN, MissionType, WireItem

ACCEPTED = 0
ERROR = 1
UNSUPPORTED_FRAME = 2
UNSUPPORTED = 3
NO_SPACE = 4
INVALID_PARAM1 = 6
OPERATION_CANCELLED = 15

RESULT_WORDS = {
    ACCEPTED: "accepted",
    ERROR: "the vehicle is busy with another transfer or will not take the plan",
    UNSUPPORTED_FRAME: "the vehicle does not support an item's frame",
    UNSUPPORTED: "the vehicle does not support an item's command",
    NO_SPACE: "the plan is longer than the vehicle can hold",
    5: "an item has a wrong value",
    **{
        INVALID_PARAM1 + index: f"an item's parameter {index + 1} has a wrong value"
        for index in range(7)
    },
    13: "an item came out of order",
    14: "the vehicle takes no plan from us",
    OPERATION_CANCELLED: "the vehicle cancelled the transfer",
}

FENCE_COMMANDS = frozenset((5000, 5001, 5002, 5003, 5004))
_POLYGON_COMMANDS = frozenset((5001, 5002))
RALLY_COMMANDS = frozenset((5100,))
# 93 has no position, yet PX4 tells its wrong parameters apart before it tells the frame.
GLOBAL_COMMANDS = frozenset((16, 17, 19, 21, 22, 31, 80, 84, 85, 93, 195, 201, 4501))
MISSION_COMMANDS = frozenset(
    {20, 80, 93, 112, 177, 178, 179, 187, 189, 196, 197}
    | {200, 201, 203, 204, 205, 206, 211, 212, 214, 260, 400, 530, 532, 534}
    | {1000, 1001, 2000, 2001, 2003, 2500, 2501, 3000, 42600}
)
_POSITION_FRAMES = frozenset(
    (Frame.GLOBAL, Frame.GLOBAL_RELATIVE_ALT, Frame.GLOBAL_INT, Frame.GLOBAL_RELATIVE_ALT_INT)
)
_MINIMUM_VERTICES = 3
# PX4 reads parameters that the definitions call empty: LOITER_TIME's second is 'force heading'.
_ALSO_USED = {19: frozenset((2,))}


def _unused_parameters(command: int, entry: Any) -> frozenset[int]:
    unused = {
        number
        for number, words in entry.param.items()
        if words.startswith(("Empty", "Reserved")) or not words
    }
    return frozenset(unused) - _ALSO_USED.get(command, frozenset())


_COMMAND_ENTRIES: dict[int, Any] = development.enums["MAV_CMD"]
UNUSED_PARAMETERS = {
    command: _unused_parameters(command, _COMMAND_ENTRIES[command])
    for command in GLOBAL_COMMANDS | MISSION_COMMANDS
    if command in _COMMAND_ENTRIES
}


def item_result(item: WireItem, mission_type: int) -> int:
    """MAV_MISSION_RESULT of PX4 for the item: 0 where it accepts it."""
    if item.frame not in _POSITION_FRAMES and item.frame != Frame.MISSION:
        return UNSUPPORTED_FRAME
    if mission_type == MissionType.FENCE:
        return _fence_result(item)
    if mission_type == MissionType.RALLY:
        return ACCEPTED if item.command in RALLY_COMMANDS else UNSUPPORTED
    return _mission_result(item)


def _fence_result(item: WireItem) -> int:
    if item.command not in FENCE_COMMANDS:
        return UNSUPPORTED
    too_few = item.command in _POLYGON_COMMANDS and not item.param1 >= _MINIMUM_VERTICES
    return ERROR if too_few else ACCEPTED


def _mission_result(item: WireItem) -> int:
    if item.command in FENCE_COMMANDS | RALLY_COMMANDS:
        return ERROR
    commands = MISSION_COMMANDS if item.frame == Frame.MISSION else GLOBAL_COMMANDS
    if item.command not in commands:
        return UNSUPPORTED
    for number in sorted(UNUSED_PARAMETERS.get(item.command, ())):
        if not _is_blank(item, number):
            return INVALID_PARAM1 + number - 1
    return ACCEPTED


def _is_blank(item: WireItem, number: int) -> bool:
    if number in (5, 6):
        return (item.x, item.y)[number - 5] in (0, INT32_MAX, INT32_MIN)
    value = item.z if number == 7 else float(getattr(item, f"param{number}"))
    return value == 0.0 or isnan(value)
