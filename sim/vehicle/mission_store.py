"""The plans on board and PX4's verdict on them, which comes after the upload's ACK.

Source: PX4-Autopilot v1.17, src/modules/navigator/{mission_base,geofence}.cpp.
"""

from collections.abc import Mapping

from onboard.mavlink.mission_transfer import PlanStore
from onboard.mavlink.plan_items import MissionType
from sim.vehicle.feasibility import Circumstances, judge
from sim.vehicle.fence import FenceOnBoard, FencePart, parts_from_wire
from sim.vehicle.mission_items import DEGREES_PER_UNIT, NavItem, nav_item
from sim.vehicle.navigation import NavigationState
from sim.vehicle.navigator import Navigator
from sim.vehicle.trajectory import Ned

CRITICAL = 2
# PX4's navigator reads a fence item by item, one in each of its loops, after a few to begin with;
# a mission is judged at once unless it waits for a fence (geofence.cpp run, canRunMission...).
LOOP_S, LOOPS_BEFORE_FENCE = 0.05, 5
GLOBAL_RELATIVE = (3, 6)


class MissionStore:
    """Watches the uploaded plans and hands them to the navigator once judged."""

    def __init__(self, store: PlanStore, navigator: Navigator, *, stored: bool = False) -> None:
        self.plans = store
        self.fence = FenceOnBoard()
        self._navigator = navigator
        # Plans from before a reboot are read and judged like new ones.
        self._seen = {kind: 0 if stored else store.revision(kind) for kind in MissionType}
        self._judge_at_s: float | None = None
        self._items: tuple[NavItem, ...] = ()
        self._acts = True

    @property
    def waiting(self) -> bool:
        """Whether a verdict is still to come."""
        return self._judge_at_s is not None or any(
            self.plans.revision(kind) != seen for kind, seen in self._seen.items()
        )

    def step(self, parameters: Mapping[str, int | float], now_s: float, *, home: bool) -> None:
        """Notice changes and pass judgement when it is due; `home` says whether it is known."""
        for kind in MissionType:
            revision = self.plans.revision(kind)
            if revision != self._seen[kind]:
                self._seen[kind] = revision
                self._changed(kind, now_s)
        if self._judge_at_s is not None and now_s >= self._judge_at_s and home:
            self._judge_at_s = None
            self._judge(parameters)

    def limit(self, parameters: Mapping[str, int | float]) -> None:
        """Take the fence's parameters into use."""
        self.fence = self._fence(self.fence.parts, parameters)
        self._acts = int(parameters["GF_ACTION"]) != 0

    def _changed(self, kind: MissionType, now_s: float) -> None:
        state = self._navigator.state
        if kind is MissionType.RALLY:
            self._navigator.rally = tuple(
                self._rally_place(state, item.x, item.y, item.z, item.frame)
                for item in self.plans.items(kind)
            )
            return
        if kind is MissionType.MISSION:
            # Until the verdict what was on board before may be started, as with PX4.
            self._items = tuple(nav_item(item) for item in self.plans.items(kind))
            self._judge_at_s = max(self._judge_at_s or 0.0, now_s)
        else:
            self._take_fence(state)
            loops = LOOPS_BEFORE_FENCE + len(self.plans.items(kind))
            self._judge_at_s = now_s + loops * LOOP_S

    def _take_fence(self, state: NavigationState) -> None:
        kept: list[FencePart] = []
        for part in parts_from_wire(self.plans.items(MissionType.FENCE), state.frame):
            if not part.allows(state.home):
                state.say(CRITICAL, "Geofence invalid, doesn't contain Home position\t")
            elif self._acts and not state.landed and not part.allows(state.position):
                text = "Geofence invalid, doesn't contain current vehicle position\t"
                state.say(CRITICAL, text)
            else:
                kept.append(part)
        self.fence = FenceOnBoard(
            parts=tuple(kept),
            max_horizontal_m=self.fence.max_horizontal_m,
            max_vertical_m=self.fence.max_vertical_m,
        )
        self._navigator.returning.around.take_fence(self.fence.parts)

    def _judge(self, parameters: Mapping[str, int | float]) -> None:
        navigator = self._navigator
        state = navigator.state
        circumstances = Circumstances(
            home=state.home,
            landed=state.landed,
            fence=self.fence,
            takeoff_land_required=int(parameters.get("MIS_TKO_LAND_REQ", 0)),
            first_waypoint_far_m=float(parameters.get("MIS_DIST_1WP", 10_000.0)),
        )
        verdict = judge(self._items, circumstances, lambda item: _place(state, item))
        for text in verdict.texts:
            state.say(CRITICAL, text)
        self._hand_over(verdict.valid)

    def _hand_over(self, valid: bool) -> None:
        mission = self._navigator.mission
        if self._items is mission.items:
            mission.valid = valid
            return
        flagged = self.plans.flagged_current() or 0
        mission.load(self._items, current=flagged, valid=valid)
        self._navigator.load_mission_changed()

    def _fence(
        self, parts: tuple[FencePart, ...], parameters: Mapping[str, int | float]
    ) -> FenceOnBoard:
        return FenceOnBoard(
            parts=parts,
            max_horizontal_m=float(parameters["GF_MAX_HOR_DIST"]),
            max_vertical_m=float(parameters["GF_MAX_VER_DIST"]),
        )

    def _rally_place(
        self, state: NavigationState, x: int, y: int, height_m: float, frame: int
    ) -> Ned:
        home_amsl = state.frame.origin.height_amsl_m - state.home.d
        amsl = height_m + (home_amsl if frame in GLOBAL_RELATIVE else 0.0)
        return state.ned_at(x * DEGREES_PER_UNIT, y * DEGREES_PER_UNIT, amsl)


def _place(state: NavigationState, item: NavItem) -> Ned:
    home_amsl = state.frame.origin.height_amsl_m - state.home.d
    return state.ned_at(item.latitude_deg, item.longitude_deg, item.height_amsl_m(home_amsl))
