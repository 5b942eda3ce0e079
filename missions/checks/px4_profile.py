"""PX4 as the checks know it: its limits, its parameters, and the commands that it accepts.

Read in PX4's `mavlink_mission.cpp`, `mavlink_command_params.hpp`, `FeasibilityChecker.cpp` and
`mission_item_utils.h` (v1.17, commit bb59c637) and held against uploads to it.
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


# What PX4's airframes of wings set MIS_TKO_LAND_REQ to.
LAND_NEEDED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Px4Profile:
    """Limits and parameters of one vehicle; the defaults are PX4's in SITL.

    `max_items` is 500 to 1,000 on many boards. `vtol` and `fixed_wing` say what it is: a multirotor
    where neither is set. `landed` says that the plan is uploaded while it stands. The names are
    those of PX4's parameters, with their units. `avoids_fence`: it is built with
    NAVIGATOR_GEOFENCE_AVOIDANCE, so that a direct return goes round the fence where it can; older
    versions and small boards (fmu-v2 to v4, ...) are not. `mis_tko_land_req` None is the airframe's
    own: a landing for wings, nothing for a multirotor.
    """

    max_items: int = 10_000
    max_fence_items: int = 64
    max_rally_points: int = 32
    vtol: bool = False
    fixed_wing: bool = False
    landed: bool = True
    mis_tko_land_req: int | None = None
    mis_dist_1wp_m: float = 10_000.0
    gf_max_hor_dist_m: float = 0.0
    gf_max_ver_dist_m: float = 0.0
    fw_lnd_ang_deg: float = 5.0
    nav_acc_rad_m: float = 10.0
    nav_loiter_rad_m: float = 80.0
    rtl_type: int = 0
    rtl_return_alt_m: float = 30.0
    rtl_cone_ang_deg: int = 45
    rtl_min_dist_m: float = 10.0
    rtl_loiter_rad_m: float = 80.0
    avoids_fence: bool = False

    @property
    def takeoff_land_required(self) -> int:
        """MIS_TKO_LAND_REQ as it is on board."""
        if self.mis_tko_land_req is not None:
            return self.mis_tko_land_req
        return 0 if self.multirotor else LAND_NEEDED

    @property
    def multirotor(self) -> bool:
        """Whether it can neither glide nor circle: it stops where a mission loiters."""
        return not (self.vtol or self.fixed_wing)


# The parameters of a mission item that PX4 uses. Every other one must be unset: 0 or NaN, and
# INT32_MAX or INT32_MIN for a latitude or longitude. What is not named here is not looked at.
_POSITION = frozenset((5, 6, 7))
USED_PARAMS: dict[int, frozenset[int]] = {
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
# The navigator looks at the positions of these only.
FLOWN_TO = frozenset((16, 17, 19, 21, 22, 31, 84, 85))
GATE = 4501
TAKEOFFS = frozenset((22, 84))
VTOL_COMMANDS = frozenset((84, 85, 3000))
# What the navigator knows; as PX4 stores them, so that 80 is 201 and 112 is 93.
NAVIGATED = frozenset((0, 201, 4501)) | FLOWN_TO | (MISSION_COMMANDS - {80, 112}) | {195}
# What may stand before a take-off: PX4 does not count it as a waypoint, though it counts a return,
# a gate and an actuator.
NOT_POSITIONS = frozenset(
    {
        0,
        93,
        177,
        178,
        179,
        189,
        195,
        196,
        197,
        200,
        201,
        203,
        204,
        205,
        206,
        214,
        260,
        530,
        532,
        534,
    }
    | {1000, 1001, 2000, 2001, 2003, 2500, 2501, 3000}
)
