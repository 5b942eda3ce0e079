"""PX4 as the checks know it: its limits, its parameters, and the commands that it accepts.

Read in PX4's `mavlink_mission.cpp` and `FeasibilityChecker.cpp` (after v1.17) and held against
recorded uploads. A command's numbers are the parameters that PX4 uses; every other one must be 0 or
NaN.
"""

from dataclasses import dataclass
from enum import IntEnum


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Px4Profile:
    """Limits and parameters of one vehicle; the defaults are PX4's in SITL.

    `max_items` is 500 to 1,000 on many boards. `vtol` says whether VTOL items can be flown.
    """

    max_items: int = 10_000
    max_fence_items: int = 64
    max_rally_points: int = 32
    vtol: bool = False
    mis_tko_land_req: int = 0
    mis_dist_1wp_m: float = 10_000.0
    gf_max_hor_dist_m: float = 0.0
    gf_max_ver_dist_m: float = 0.0


# With a position: frames 0, 3, 5 and 6.
GLOBAL_COMMANDS: dict[int, frozenset[int]] = {
    16: frozenset((1, 2, 4)),
    17: frozenset((3, 4)),
    19: frozenset((1, 2, 3, 4)),
    21: frozenset((2, 4)),
    22: frozenset((1, 4)),
    31: frozenset((1, 2, 4)),
    80: frozenset((1,)),
    84: frozenset((4,)),
    85: frozenset((4,)),
    195: frozenset(()),
    201: frozenset((1,)),
    4501: frozenset(()),
}

# Without a position: MAV_FRAME_MISSION.
MISSION_COMMANDS: dict[int, frozenset[int]] = {
    20: frozenset(()),
    80: frozenset((1, 2, 3)),
    93: frozenset((1, 2, 3, 4)),
    112: frozenset((1,)),
    177: frozenset((1, 2)),
    178: frozenset((1, 2, 3)),
    179: frozenset((1, 2, 3, 4, 5, 6, 7)),
    187: frozenset((1, 2, 3, 4, 5, 6, 7)),
    189: frozenset(()),
    196: frozenset((1, 5, 6, 7)),
    197: frozenset((1,)),
    200: frozenset((1, 2, 3, 4)),
    201: frozenset((1, 2, 3)),
    203: frozenset((1, 2, 3, 4, 5, 6, 7)),
    204: frozenset((1, 2, 3, 4, 5, 6, 7)),
    205: frozenset((1, 2, 3, 4, 5, 6, 7)),
    206: frozenset((1, 2, 3, 4)),
    211: frozenset((1, 2)),
    212: frozenset((1, 2)),
    214: frozenset((1, 2, 3)),
    260: frozenset((1, 2, 3, 4, 5, 6)),
    400: frozenset((1, 2)),
    530: frozenset((1, 2)),
    532: frozenset((1, 2, 3)),
    534: frozenset((1, 2, 3, 4)),
    1000: frozenset((1, 2, 3, 4, 5, 7)),
    1001: frozenset((1, 2, 3, 4, 7)),
    2000: frozenset((1, 2, 3, 4)),
    2001: frozenset((1,)),
    2003: frozenset((1, 2, 3)),
    2500: frozenset((1, 2, 3)),
    2501: frozenset((1, 2)),
    3000: frozenset((1, 2)),
    42600: frozenset((1, 2, 3, 4)),
}

# NAV_DELAY is refused in a global frame by its coordinates, not as an unknown command.
DELAY = 93
# MAV_ROI_NONE, WPNEXT and WPINDEX without a position; NONE and LOCATION with one.
ROI_COMMANDS = frozenset((80, 201))
ROI_MODES_MISSION = frozenset((0, 1, 2))
ROI_MODES_GLOBAL = frozenset((0, 3))

# Fence and rally items do not belong in a mission: PX4 answers ERROR.
FENCE_AND_RALLY_COMMANDS = frozenset((5000, 5001, 5002, 5003, 5004, 5100))
# The navigator looks at the positions of these only.
FLOWN_TO = frozenset((16, 17, 19, 21, 22, 31, 84, 85))
GATE = 4501
TAKEOFFS = frozenset((22, 84))
VTOL_COMMANDS = frozenset((84, 85, 3000))
# What may stand before a take-off: everything that is not flown to.
NOT_POSITIONS = frozenset(MISSION_COMMANDS) - {20, 112} | {80, 195, 201}
