"""What PX4 answers to each uploaded item: MAV_MISSION_RESULT.

Judged by the protocol alone, as PX4 does before its ACK; whether the mission can be flown is the
navigator's verdict and comes later. Source: PX4-Autopilot v1.17 (bb59c637), mavlink_mission.cpp
(parse_mavlink_mission_item, handle_mission_item_both). One parser reads all three kinds of plan:
what belongs in none but a mission is taken into a fence, too, and passed over there.
"""

from math import isfinite, isnan

from missions.plan import Frame
from missions.px4_commands import (
    FENCE_AND_RALLY_COMMANDS,
    FENCE_RETURN_POINT,
    GLOBAL_COMMANDS,
    MISSION_COMMANDS,
    ROI_COMMANDS,
    ROI_MODES_GLOBAL,
    ROI_MODES_MISSION,
    USED_PARAMS,
)
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

POLYGON_COMMANDS = frozenset((5001, 5002))
FENCE_COMMANDS = frozenset((FENCE_RETURN_POINT, 5001, 5002, 5003, 5004))
_POSITION_FRAMES = frozenset(
    (Frame.GLOBAL, Frame.GLOBAL_RELATIVE_ALT, Frame.GLOBAL_INT, Frame.GLOBAL_RELATIVE_ALT_INT)
)
_MINIMUM_VERTICES = 3
_ALL = frozenset(range(1, 8))
UNUSED_PARAMETERS = {command: _ALL - used for command, used in USED_PARAMS.items()}


def item_result(item: WireItem, mission_type: int) -> int:
    """MAV_MISSION_RESULT of PX4 for the item: 0 where it accepts it."""
    result = _parsed(item)
    if result != ACCEPTED:
        return result
    if mission_type == MissionType.FENCE and item.command in POLYGON_COMMANDS:
        return ERROR if vertex_count(item) < _MINIMUM_VERTICES else ACCEPTED
    if mission_type == MissionType.MISSION and item.command in FENCE_AND_RALLY_COMMANDS:
        return ERROR
    return ACCEPTED


def vertex_count(item: WireItem) -> int:
    """How many vertices a polygon has, as PX4 reads it: rounded, in 16 bits; no number is 0."""
    return _as_int(item.param1 + 0.5, not_one=0) & 0xFFFF


def _parsed(item: WireItem) -> int:
    """What PX4's parser says; the parameters come before the command."""
    placed = item.frame in _POSITION_FRAMES
    if not placed and item.frame != Frame.MISSION:
        return UNSUPPORTED_FRAME
    for number in sorted(UNUSED_PARAMETERS.get(item.command, ())):
        if not _is_blank(item, number):
            return INVALID_PARAM1 + number - 1
    known = item.command in (_PLACED if placed else MISSION_COMMANDS)
    if known and item.command in ROI_COMMANDS:
        modes = ROI_MODES_GLOBAL if placed else ROI_MODES_MISSION
        return ACCEPTED if _as_int(item.param1, not_one=-1) in modes else INVALID_PARAM1
    return ACCEPTED if known else UNSUPPORTED


_PLACED = GLOBAL_COMMANDS | FENCE_AND_RALLY_COMMANDS | {FENCE_RETURN_POINT}


def _is_blank(item: WireItem, number: int) -> bool:
    if number in (5, 6):
        value = (item.x, item.y)[number - 5]
        # 0 is a place, where a place is meant.
        return value in (INT32_MAX, INT32_MIN) or (value == 0 and item.frame == Frame.MISSION)
    given = item.z if number == 7 else float(getattr(item, f"param{number}"))
    return given == 0.0 or isnan(given)


def _as_int(value: float, *, not_one: int) -> int:
    """As C casts it on PX4's processors; `not_one` for what fits no integer."""
    return int(value) if isfinite(value) and INT32_MIN <= value <= INT32_MAX else not_one
