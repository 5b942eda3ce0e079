"""What PX4's parser says to one mission item as the wire carries it: the one judge of ours.

Source: PX4-Autopilot v1.17 (bb59c637), mavlink_mission.cpp (parse_mavlink_mission_item,
handle_mission_item_both). One parser reads all three kinds of plan: what belongs in none but a
mission is taken into a fence, too, and passed over there.
"""

import math
from dataclasses import dataclass
from enum import IntEnum

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

INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1
# A latitude or longitude that is not given: 0 is a place, where a place is meant.
UNSET_COORDINATES = (INT32_MIN, INT32_MAX)
PLACED_FRAMES = frozenset(
    (Frame.GLOBAL, Frame.GLOBAL_RELATIVE_ALT, Frame.GLOBAL_INT, Frame.GLOBAL_RELATIVE_ALT_INT)
)
_PLACED_COMMANDS = GLOBAL_COMMANDS | FENCE_AND_RALLY_COMMANDS | {FENCE_RETURN_POINT}
_NUMBERS = frozenset(range(1, 8))
UNUSED_PARAMETERS = {command: _NUMBERS - used for command, used in USED_PARAMS.items()}
POLYGON_COMMANDS = frozenset((5001, 5002))
LEAST_VERTICES = 3

# Parameters 1 to 7 of an item; the fifth and sixth are integers on the wire.
WireParams = tuple[float, float, float, float, int, int, float]


class MissionResult(IntEnum):
    """MAV_MISSION_RESULT, as far as PX4 answers with it."""

    ACCEPTED = 0
    ERROR = 1
    UNSUPPORTED_FRAME = 2
    UNSUPPORTED = 3
    NO_SPACE = 4
    INVALID = 5
    INVALID_PARAM1 = 6
    INVALID_PARAM2 = 7
    INVALID_PARAM3 = 8
    INVALID_PARAM4 = 9
    INVALID_PARAM5_X = 10
    INVALID_PARAM6_Y = 11
    INVALID_PARAM7 = 12


@dataclass(frozen=True, slots=True)
class ItemFault:
    """Why PX4 refuses an item: its answer, the rule's name, and the parameter that is wrong."""

    result: MissionResult
    rule: str
    number: int = 0


def parser_fault(command: int, frame: int, params: WireParams) -> ItemFault | None:
    """What PX4's parser refuses an item for, whatever plan it is of; None where it takes it.

    It looks at the frame first, then at the parameters, even of commands that it does not accept.
    """
    placed = frame in PLACED_FRAMES
    if not placed and frame != Frame.MISSION:
        return ItemFault(MissionResult.UNSUPPORTED_FRAME, "px4-frame")
    for number in sorted(UNUSED_PARAMETERS.get(command, ())):
        if not is_unset(params, number, placed=placed):
            return _wrong("px4-unused-param", number)
    if command not in (_PLACED_COMMANDS if placed else MISSION_COMMANDS):
        return ItemFault(MissionResult.UNSUPPORTED, "px4-command")
    modes = ROI_MODES_GLOBAL if placed else ROI_MODES_MISSION
    if command in ROI_COMMANDS and as_int(params[0], not_one=-1) not in modes:
        return _wrong("px4-roi-mode", 1)
    return None


def mission_item_fault(command: int, frame: int, params: WireParams) -> ItemFault | None:
    """What PX4 refuses an item of a mission for: what belongs to a fence, too."""
    fault = parser_fault(command, frame, params)
    if fault is None and command in FENCE_AND_RALLY_COMMANDS:
        return ItemFault(MissionResult.ERROR, "px4-fence-item")
    return fault


def fence_item_fault(command: int, frame: int, params: WireParams) -> ItemFault | None:
    """What PX4 refuses an item of a fence for: a polygon of too few corners, too."""
    fault = parser_fault(command, frame, params)
    few = command in POLYGON_COMMANDS and vertex_count(params[0]) < LEAST_VERTICES
    return ItemFault(MissionResult.ERROR, "px4-fence-vertices") if few and not fault else fault


def vertex_count(first_parameter: float) -> int:
    """How many vertices a polygon has, as PX4 reads it: rounded, in 16 bits; no number is 0."""
    return as_int(first_parameter + 0.5, not_one=0) & 0xFFFF


def is_unset(params: WireParams, number: int, *, placed: bool) -> bool:
    """Whether PX4 takes a parameter for not given."""
    value = params[number - 1]
    if number in (5, 6):
        return value in UNSET_COORDINATES or (value == 0 and not placed)
    return value == 0.0 or math.isnan(value)


def as_int(value: float, *, not_one: int) -> int:
    """As C casts it on PX4's processors; `not_one` for what fits no integer."""
    return int(value) if math.isfinite(value) and INT32_MIN <= value <= INT32_MAX else not_one


def _wrong(rule: str, number: int) -> ItemFault:
    return ItemFault(MissionResult(MissionResult.INVALID_PARAM1 + number - 1), rule, number)
