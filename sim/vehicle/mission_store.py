"""The plans on board and PX4's verdict on them, which comes after the upload's ACK.

Source: PX4-Autopilot v1.17, src/modules/navigator/{mission_base,geofence}.cpp.
"""

from collections.abc import Mapping
from dataclasses import replace

from onboard.mavlink.mission_transfer import PlanStore
from onboard.mavlink.plan_items import MissionType
from sim.vehicle.feasibility import Circumstances, judge
from sim.vehicle.fence import FenceOnBoard, FencePart, parts_from_wire
from sim.vehicle.fence_graph import GraphFault, graph_fault
from sim.vehicle.mission_items import DEGREES_PER_UNIT, NavItem, nav_item
from sim.vehicle.navigation import NavigationState, Text
from sim.vehicle.navigator import Navigator
from sim.vehicle.parameters import ParameterStore
from sim.vehicle.return_mode import MARGIN_RADII
from sim.vehicle.sphere import Degrees, Projection
from sim.vehicle.trajectory import Ned
from sim.vehicle.wire.events import WARNING_INFO, Event

CRITICAL, WARNING = 2, 4
# PX4's navigator reads a fence item by item, one in each of its loops, after a few to begin with;
# a mission is judged at once unless it waits for a fence (geofence.cpp run, canRunMission...).
LOOP_S, LOOPS_BEFORE_FENCE = 0.05, 5
GLOBAL_RELATIVE = (3, 6)


class MissionStore:
    """Watches the uploaded plans and hands them to the navigator once judged."""

    def __init__(self, store: PlanStore, navigator: Navigator, *, stored: bool = False) -> None:
        self.plans = store
        frame = navigator.state.frame
        # PX4's projection begins at the first place that it asks about, which is home.
        self._projection: Projection | None = None
        origin = Degrees(*frame.origin[:2])
        self.fence = FenceOnBoard(frame=frame, projection=Projection(origin))
        self._navigator = navigator
        # Plans from before a reboot are read and judged like new ones.
        self._seen = {kind: 0 if stored else store.revision(kind) for kind in MissionType}
        self._fence_at_s: float | None = None
        self._judges = False
        self._items: tuple[NavItem, ...] = ()
        self._acts = True

    @property
    def waiting(self) -> bool:
        """Whether a verdict is still to come."""
        return self._judges or any(
            self.plans.revision(kind) != seen for kind, seen in self._seen.items()
        )

    def step(self, parameters: ParameterStore, now_s: float, *, home: bool) -> None:
        """Notice changes and pass judgement when it is due; `home` says whether it is known."""
        for kind in MissionType:
            revision = self.plans.revision(kind)
            if revision != self._seen[kind]:
                self._seen[kind] = revision
                self._changed(kind, now_s)
        if self._fence_at_s is not None and now_s >= self._fence_at_s:
            self._fence_at_s = None
            self._take_fence(home=home)
        if self._judges and self._fence_at_s is None and home:
            self._judges = False
            self._judge(parameters.values)
            if self._items:
                parameters.list_all()

    def limit(self, parameters: Mapping[str, int | float]) -> None:
        """Take the fence's parameters into use."""
        self.fence = replace(
            self.fence,
            max_horizontal_m=float(parameters["GF_MAX_HOR_DIST"]),
            max_vertical_m=float(parameters["GF_MAX_VER_DIST"]),
        )
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
        else:
            # There is none until it is read.
            self.fence = replace(self.fence, parts=())
            self._navigator.returning.around.take_fence(())
            loops = LOOPS_BEFORE_FENCE + len(self.plans.items(kind))
            self._fence_at_s = now_s + loops * LOOP_S
        self._judges = True

    def _take_fence(self, *, home: bool) -> None:
        state = self._navigator.state
        parts = parts_from_wire(self.plans.items(MissionType.FENCE), state.frame)
        if self._projection is None and any(part.middle for part in parts):
            self._projection = Projection(_degrees(state, state.home))
        projection = self._projection or self.fence.projection
        kept: list[FencePart] = []
        for part in parts:
            if home and not part.allows(_degrees(state, state.home), projection):
                state.say(CRITICAL, "Geofence invalid, doesn't contain Home position\t")
            elif self._breached(part, projection):
                text = "Geofence invalid, doesn't contain current vehicle position\t"
                state.say(CRITICAL, text)
            else:
                kept.append(part)
        self.fence = replace(self.fence, parts=tuple(kept), projection=projection)
        fault = graph_fault(kept, MARGIN_RADII * state.settings.acceptance_m)
        if fault is not None:
            state.events.append(_no_way_around(fault))
            kept = []
        self._navigator.returning.around.take_fence(tuple(p for p in kept if p.has_outline))

    def _breached(self, part: FencePart, projection: Projection) -> bool:
        state = self._navigator.state
        here = _degrees(state, state.position)
        return self._acts and not state.landed and not part.allows(here, projection)

    def _judge(self, parameters: Mapping[str, int | float]) -> None:
        state = self._navigator.state
        circumstances = Circumstances(
            home=state.frame.geo(state.home),
            landed=state.landed,
            fence=self.fence,
            takeoff_land_required=int(parameters["MIS_TKO_LAND_REQ"]),
            first_waypoint_far_m=float(parameters["MIS_DIST_1WP"]),
        )
        verdict = judge(self._items, circumstances)
        state.events += verdict.said
        self._hand_over(verdict.valid)

    def _hand_over(self, valid: bool) -> None:
        mission = self._navigator.mission
        if self._items is mission.items:
            mission.valid = valid
            return
        flagged = self.plans.flagged_current() or 0
        mission.load(self._items, current=flagged, valid=valid)
        self._navigator.load_mission_changed()

    def _rally_place(
        self, state: NavigationState, x: int, y: int, height_m: float, frame: int
    ) -> Ned:
        home_amsl = state.frame.origin.height_amsl_m - state.home.d
        amsl = height_m + (home_amsl if frame in GLOBAL_RELATIVE else 0.0)
        return state.ned_at(x * DEGREES_PER_UNIT, y * DEGREES_PER_UNIT, amsl)


def _no_way_around(fault: GraphFault) -> Text:
    return Text(
        severity=WARNING,
        text=f"Geofence data invalid (code {fault:d}), RTL will fly directly\t",
        event=Event(
            name="rtl_avoidance_build_failed", levels=WARNING_INFO, arguments=bytes((fault,))
        ),
    )


def _degrees(state: NavigationState, place: Ned) -> Degrees:
    return Degrees(*state.frame.geo(place)[:2])
