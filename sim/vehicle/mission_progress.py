"""How far a mission is, as MISSION_CURRENT says it.

Source: PX4-Autopilot v1.17, mavlink_mission.cpp (update_mission_state, send_mission_current).
"""

from onboard.mavlink.mission_transfer import PlanStore
from onboard.mavlink.plan_items import MissionType
from onboard.mavlink.px4_modes import Px4Mode
from sim.vehicle.mission_mode import MissionMode

MISSION_UNKNOWN, MISSION_NONE, MISSION_READY, MISSION_RUNS, MISSION_PAUSED, MISSION_OVER = range(6)
NO_ITEMS = 65535
# In these PX4 calls the mission active.
MISSION_MODES = frozenset((Px4Mode.MISSION, Px4Mode.TAKEOFF, Px4Mode.LAND))


class MissionProgress:
    """MISSION_STATE of one vehicle's mission; PX4 leaves it as it was where nothing applies."""

    def __init__(self) -> None:
        self._state = MISSION_UNKNOWN

    def state(self, mission: MissionMode, mode: Px4Mode) -> int:
        """What is told now."""
        if not mission.items or not mission.valid:
            self._state = MISSION_NONE
        elif mission.finished:
            self._state = MISSION_OVER
        elif mode in MISSION_MODES:
            self._state = MISSION_RUNS
        elif mission.reached >= 0:
            self._state = MISSION_PAUSED
        elif mission.current < 1:
            self._state = MISSION_READY
        return self._state


def mission_total(plans: PlanStore) -> int:
    """Items on board, or the number that stands for none."""
    return len(plans.items(MissionType.MISSION)) or NO_ITEMS
