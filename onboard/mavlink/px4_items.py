"""What PX4 answers to each uploaded item: MAV_MISSION_RESULT.

Judged by the protocol alone, as PX4 does before its ACK (`missions.px4_parser`); whether the
mission can be flown is the navigator's verdict and comes later.
"""

from collections.abc import Callable

from missions import px4_parser
from missions.px4_commands import FENCE_RETURN_POINT
from missions.px4_parser import (
    POLYGON_COMMANDS,
    UNUSED_PARAMETERS,
    ItemFault,
    MissionResult,
    WireParams,
    fence_item_fault,
    mission_item_fault,
    parser_fault,
)
from onboard.mavlink.plan_items import MissionType, WireItem

__all__ = [
    "ACCEPTED",
    "ERROR",
    "FENCE_COMMANDS",
    "INVALID_PARAM1",
    "NO_SPACE",
    "OPERATION_CANCELLED",
    "POLYGON_COMMANDS",
    "RESULT_WORDS",
    "UNSUPPORTED",
    "UNSUPPORTED_FRAME",
    "UNUSED_PARAMETERS",
    "item_result",
    "vertex_count",
]

# Plain numbers, as messages hold them.
ACCEPTED = int(MissionResult.ACCEPTED)
ERROR = int(MissionResult.ERROR)
UNSUPPORTED_FRAME = int(MissionResult.UNSUPPORTED_FRAME)
UNSUPPORTED = int(MissionResult.UNSUPPORTED)
NO_SPACE = int(MissionResult.NO_SPACE)
INVALID_PARAM1 = int(MissionResult.INVALID_PARAM1)
OPERATION_CANCELLED = 15

RESULT_WORDS = {
    ACCEPTED: "accepted",
    ERROR: "the vehicle is busy with another transfer or will not take the plan",
    UNSUPPORTED_FRAME: "the vehicle does not support an item's frame",
    UNSUPPORTED: "the vehicle does not support an item's command",
    NO_SPACE: "the plan is longer than the vehicle can hold",
    int(MissionResult.INVALID): "an item has a wrong value",
    **{
        INVALID_PARAM1 + index: f"an item's parameter {index + 1} has a wrong value"
        for index in range(7)
    },
    13: "an item came out of order",
    14: "the vehicle takes no plan from us",
    OPERATION_CANCELLED: "the vehicle cancelled the transfer",
}

FENCE_COMMANDS = frozenset((FENCE_RETURN_POINT, 5001, 5002, 5003, 5004))
_JUDGES: dict[int, Callable[[int, int, WireParams], ItemFault | None]] = {
    MissionType.MISSION: mission_item_fault,
    MissionType.FENCE: fence_item_fault,
}


def item_result(item: WireItem, mission_type: int) -> int:
    """MAV_MISSION_RESULT of PX4 for the item: 0 where it accepts it."""
    judge = _JUDGES.get(mission_type, parser_fault)
    params = (item.param1, item.param2, item.param3, item.param4, item.x, item.y, item.z)
    fault = judge(item.command, item.frame, params)
    return ACCEPTED if fault is None else int(fault.result)


def vertex_count(item: WireItem) -> int:
    """How many vertices a polygon has, as PX4 reads it."""
    return px4_parser.vertex_count(item.param1)
