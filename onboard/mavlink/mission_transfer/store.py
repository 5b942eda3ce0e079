"""The plans that a vehicle holds, shared by all of its links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from onboard.mavlink.plan_hash import items_hash
from onboard.mavlink.plan_items import MissionType, WireItem

# PX4's limits in SITL; fence vertices and circles count together.
PX4_LIMITS: Mapping[int, int] = {
    MissionType.MISSION: 10_000,
    MissionType.FENCE: 64,
    MissionType.RALLY: 32,
}


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """One type's items with their hash, and how often they have changed."""

    items: tuple[WireItem, ...] = ()
    hash: int = 0
    revision: int = 0


class PlanStore:
    """A vehicle's mission, fence and rally points; each is replaced whole or not at all.

    `current_seq` is the mission item that a download flags as current; the vehicle keeps it.
    `uploader` is the link that a transfer is under way on: PX4 takes one upload at a time.
    """

    def __init__(self) -> None:
        self.current_seq = 0
        self.uploader: object | None = None
        self._plans = {mission_type: StoredPlan() for mission_type in MissionType}

    def items(self, mission_type: MissionType) -> tuple[WireItem, ...]:
        """The items as they were uploaded."""
        return self._plans[mission_type].items

    def hash(self, mission_type: MissionType) -> int:
        """What MISSION_CURRENT reports; 0 for no plan."""
        return self._plans[mission_type].hash

    def revision(self, mission_type: MissionType) -> int:
        """How often the plan has changed; sending the plan on board again changes nothing."""
        return self._plans[mission_type].revision

    def flagged_current(self) -> int | None:
        """The last mission item that its sender flagged current: where PX4 goes on in flight."""
        items = self._plans[MissionType.MISSION].items
        return next((seq for seq in reversed(range(len(items))) if items[seq].current), None)

    def replace(self, mission_type: MissionType, items: Sequence[WireItem]) -> bool:
        """Put `items` in place of what was there; False where that is the same plan already."""
        before = self._plans[mission_type]
        hash = items_hash(items)
        if hash == before.hash and len(items) == len(before.items):
            return False
        self._plans[mission_type] = StoredPlan(tuple(items), hash, before.revision + 1)
        return True
