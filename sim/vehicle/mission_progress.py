"""How far a mission is, as MISSION_CURRENT says it."""

from onboard.mavlink.mission_transfer import PlanStore
from onboard.mavlink.plan_items import MissionType
from sim.vehicle.mission_mode import MissionMode

MISSION_NONE, MISSION_READY, MISSION_RUNS, MISSION_PAUSED, MISSION_OVER = 1, 2, 3, 4, 5
NO_ITEMS = 65535


def mission_state(mission: MissionMode, *, in_mission_mode: bool) -> int:
    """MISSION_STATE of the mission on board."""
    if not mission.items or not mission.valid:
        return MISSION_NONE
    if mission.finished:
        return MISSION_OVER
    if in_mission_mode:
        return MISSION_RUNS
    return MISSION_PAUSED if mission.begun else MISSION_READY


def mission_total(plans: PlanStore) -> int:
    """Items on board, or the number that stands for none."""
    return len(plans.items(MissionType.MISSION)) or NO_ITEMS
