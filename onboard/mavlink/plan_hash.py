"""The number by which PX4 knows a plan, so that a plan can be proven to be on board.

PX4 reports it as `opaque_id` in MISSION_COUNT and MISSION_ACK, and as `mission_id`, `fence_id` and
`rally_points_id` in MISSION_CURRENT: a CRC32 (reflected polynomial 0xEDB88320, start 0, no final
inversion) chained over the items as they were uploaded (mavlink_mission.cpp,
`crc32_for_mission_item`). Proven by every accepted upload in the recordings.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from struct import Struct
from zlib import crc32

from missions.plan import Plan
from onboard.mavlink.plan_items import WireItem, fence_wire, mission_wire, rally_wire

# frame, command, autocontinue, four parameters, x and y as their raw bits, z.
_PACKED = Struct("<BHBffffiif")
_INVERT = 0xFFFFFFFF


def items_hash(items: Iterable[WireItem]) -> int:
    """The hash of items of any mission type as they stand on the wire; 0 for none."""
    packed = b"".join(_pack(item) for item in items)
    # zlib inverts before and after; PX4 does neither.
    return crc32(packed, _INVERT) ^ _INVERT


def _pack(item: WireItem) -> bytes:
    params = (item.param1, item.param2, item.param3, item.param4, item.x, item.y, item.z)
    return _PACKED.pack(item.frame, item.command, item.autocontinue, *params)


def mission_hash(items: Iterable[WireItem]) -> int:
    """MISSION_CURRENT.mission_id once these items are the mission."""
    return items_hash(items)


def fence_hash(items: Iterable[WireItem]) -> int:
    """MISSION_CURRENT.fence_id once these items are the fence."""
    return items_hash(items)


def rally_hash(items: Iterable[WireItem]) -> int:
    """MISSION_CURRENT.rally_points_id once these items are the rally points."""
    return items_hash(items)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanHashes:
    """The three hashes that MISSION_CURRENT shows while a plan is on board; 0 where it has none."""

    mission: int
    fence: int
    rally: int


def plan_hashes(plan: Plan) -> PlanHashes:
    """The hashes that PX4 will report after `plan` has been sent as `plan_items` writes it."""
    return PlanHashes(
        mission=mission_hash(mission_wire(plan)),
        fence=fence_hash(fence_wire(plan)),
        rally=rally_hash(rally_wire(plan)),
    )
