"""Which mission items PX4 takes, and which of their parameters it uses: facts of its parser.

Read in PX4's `mavlink_mission.cpp` and `mavlink_command_params.hpp` (v1.17, commit bb59c637) and
held against uploads to it.
"""

from collections.abc import Mapping
from types import MappingProxyType

# The parameters of a mission item that PX4 uses. Every other one must be unset: 0 or NaN, and
# INT32_MAX or INT32_MIN for a latitude or longitude. What is not named here is not looked at.
_POSITION = frozenset((5, 6, 7))
USED_PARAMS: Mapping[int, frozenset[int]] = MappingProxyType(
    {
        16: _POSITION | {1, 2, 4},
        17: _POSITION | {3, 4},
        19: _POSITION | {1, 2, 3, 4},
        20: frozenset(),
        21: _POSITION | {1, 2, 4},
        22: _POSITION | {1, 4},
        31: _POSITION | {1, 2, 4},
        80: _POSITION | {1, 2, 3},
        84: _POSITION | {4},
        85: _POSITION | {3, 4},
        93: frozenset((1, 2, 3, 4)),
        112: frozenset((1,)),
        114: frozenset((1,)),
        176: frozenset((1, 2, 3)),
        177: frozenset((1, 2)),
        178: frozenset((1, 2, 3)),
        179: _POSITION | {1, 2, 3, 4},
        189: _POSITION,
        195: _POSITION,
        196: frozenset((1,)),
        197: frozenset((1,)),
        201: frozenset((1, 2, 3)),
        206: frozenset((1, 2, 3, 4)),
        211: frozenset((1, 2)),
        212: frozenset((1, 2)),
        214: frozenset((1, 2, 3)),
        224: frozenset(),
        400: frozenset((1, 2)),
        420: frozenset((1, 2, 3, 4)),
        530: frozenset((1, 2)),
        532: frozenset((1, 2, 3)),
        534: frozenset((1, 2, 3)),
        611: frozenset(),
        2000: frozenset((1, 2, 3, 4)),
        2001: frozenset((1,)),
        2003: frozenset((1, 2, 3, 4)),
        2500: frozenset((1, 2, 3)),
        2501: frozenset((1, 2)),
        3000: frozenset((1, 2)),
        4501: frozenset(),
        5000: _POSITION,
        5001: frozenset((1, 5, 6)),
        5002: frozenset((1, 5, 6)),
        5003: frozenset((1, 5, 6)),
        5004: frozenset((1, 5, 6)),
        5100: _POSITION,
        42600: frozenset((1, 2, 3, 4)),
    }
)

# With a position: frames 0, 3, 5 and 6. 212 and 400 are taken without one, too.
GLOBAL_COMMANDS = frozenset((16, 17, 19, 21, 22, 31, 80, 84, 85, 195, 201, 212, 400, 4501))
# Without a position: MAV_FRAME_MISSION.
MISSION_COMMANDS = frozenset(
    {20, 80, 93, 112, 177, 178, 179, 187, 189, 196, 197}
    | {200, 201, 203, 204, 205, 206, 211, 212, 214, 260, 400, 530, 532, 534}
    | {1000, 1001, 2000, 2001, 2003, 2500, 2501, 3000, 42600}
)

# MAV_ROI_NONE, WPNEXT and WPINDEX without a position; NONE and LOCATION with one.
ROI_COMMANDS = frozenset((80, 201))
ROI_MODES_MISSION = frozenset((0, 1, 2))
ROI_MODES_GLOBAL = frozenset((0, 3))

# Fence and rally items do not belong in a mission: PX4 answers ERROR, but takes a return point.
FENCE_AND_RALLY_COMMANDS = frozenset((5001, 5002, 5003, 5004, 5100))
FENCE_RETURN_POINT = 5000
