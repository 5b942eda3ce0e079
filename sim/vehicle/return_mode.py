"""Return: which of PX4's six ways (RTL_TYPE) is flown, where to, and how high.

Source: PX4-Autopilot v1.17, src/modules/navigator/rtl.cpp.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from missions.plan import Command
from sim.vehicle.attention import Watch
from sim.vehicle.fence import FencePart
from sim.vehicle.guidance import Triplet
from sim.vehicle.mission_items import NavItem
from sim.vehicle.modes.avoidance import Detour, FenceDetours
from sim.vehicle.modes.mission_return import (
    LANDINGS,
    MissionReturn,
    Way,
    backward,
    onward,
    to_landing,
)
from sim.vehicle.modes.place_return import Destination, PlaceReturn
from sim.vehicle.navigation import NavigationState, level_distance_m
from sim.vehicle.trajectory import Ned

HOME, NOT_HOME, ALONG, NEAREST, SHORTER, RALLY_ONLY = 0, 1, 2, 3, 4, 5
NEARER_BY_M = 2.0
SAME_PLACE_M = 10.0
MARGIN_RADII = 2.0
INFO, WARNING = 6, 4
# PX4 looks for its way back every two seconds; in its loop of 50 ms that makes 2.016 s, from the
# second second on (TIME_ESTIMATE_TO_TARGET in the recordings comes with it).
FIRST_NOTE_S, NOTES_EVERY_S = 2.008, 2.0165
GOAL_MOVED_M = 0.1


@dataclass(slots=True, kw_only=True)
class Surroundings:
    """What a return may use: rally points, the fence, the mission on board."""

    rally: tuple[Ned, ...] = ()
    fence: tuple[FencePart, ...] = ()
    items: Sequence[NavItem] = ()
    valid: bool = False
    current: int = 0
    in_mission: bool = False
    detours: FenceDetours | None = field(default=None)
    noted: Ned | None = None
    goal: Ned | None = None

    def take_fence(self, parts: tuple[FencePart, ...]) -> None:
        """A new fence: what was found out about the old one does not hold."""
        self.fence, self.detours = parts, None
        self.noted = self.goal = None

    @property
    def landing_begins(self) -> int | None:
        """The DO_LAND_START, or the landing itself where the mission has none."""
        if not self.valid or self.landing is None:
            return None
        marks = (i for i, item in enumerate(self.items) if item.command == Command.DO_LAND_START)
        return next(marks, self.landing)

    @property
    def landing(self) -> int | None:
        """The landing item."""
        lands = (i for i, item in enumerate(self.items) if item.command in LANDINGS)
        return next(lands, None)


def return_down(state: NavigationState, goal: Ned) -> float:
    """The down coordinate at which to return (RTL::computeReturnAltitude)."""
    settings = state.settings
    highest = goal.d - settings.return_height_m
    if settings.return_cone_deg <= 0.0:
        return min(state.position.d, highest)
    distance = level_distance_m(state.position, goal)
    if distance <= settings.acceptance_m:
        wanted = goal.d - 2.0 * distance
    else:
        wanted = highest
        if distance <= settings.return_min_distance_m:
            cone = math.radians(min(max(settings.return_cone_deg, 1.0), 89.0))
            wanted = max(goal.d - distance / math.tan(cone), wanted)
        wanted = min(wanted, goal.d - 2.0 * settings.acceptance_m)
    return max(min(wanted, state.position.d), min(highest, state.position.d))


class ReturnMode:
    """One return at a time: to a place, or along the mission."""

    def __init__(self) -> None:
        self.around = Surroundings()
        self.to_place = PlaceReturn()
        self.by_mission = MissionReturn()
        self._along = False
        self._note_at_s = FIRST_NOTE_S

    @property
    def triplet(self) -> Triplet | None:
        """What is flown."""
        return self.by_mission.triplet if self._along else self.to_place.triplet

    @property
    def mission_current(self) -> int | None:
        """The mission item that a return along the mission has come to."""
        return self.by_mission.current if self._along else None

    @property
    def mission_finished(self) -> bool:
        """Whether a return along the mission is over."""
        return self._along and self.by_mission.finished

    def activate(self, state: NavigationState, before: Triplet | None) -> None:
        """The mode was entered; `before` is what was flown until then."""
        way = self._way(state)
        goal = self._nearest(state)
        if way is None and goal is None:
            way = Way.LANDING
        self._along = way is not None
        if way is None:
            assert goal is not None
            down = return_down(state, goal.place)
            self.to_place.activate(state, goal, down, self._detour(state, goal.place), before)
            return
        self._activate_mission(state, way, before)

    @property
    def next_note_s(self) -> float:
        """When a place from which a way back leads is noted next; infinite without a fence."""
        return self._note_at_s if self.around.fence else math.inf

    def note(self, state: NavigationState) -> None:
        """While another mode is active: remember the place if a way back leads from it."""
        if state.now_s < self._note_at_s:
            return
        missed = math.floor((state.now_s - self._note_at_s) / NOTES_EVERY_S)
        self._note_at_s += (missed + 1) * NOTES_EVERY_S
        goal, planner = self._way_to(state), self._planner(state)
        if goal is None or planner is None:
            return
        around = self.around
        if around.goal is None or math.dist(around.goal, goal) > GOAL_MOVED_M:
            around.goal = goal
            if planner.breaches(goal):
                state.say(WARNING, "RTL destination breaches geofence, will fly directly\t")
        if planner.leads(state.position, goal):
            around.noted = state.position

    def _way_to(self, state: NavigationState) -> Ned | None:
        """Where a way around the fence would lead; None where the mission is flown home."""
        if self._way(state) is not None:
            return None
        goal = self._nearest(state)
        return self._pattern_begins(state) if goal is None else goal.place

    def step(self, state: NavigationState) -> None:
        """See what is over, and go on."""
        if self._along:
            self.by_mission.step(state)
        else:
            self.to_place.step(state)

    def watched(self, state: NavigationState) -> Watch | None:
        """What the return waits for; None where every look may count."""
        return self.by_mission.watched(state) if self._along else self.to_place.watched(state)

    def _planner(self, state: NavigationState) -> FenceDetours | None:
        around = self.around
        if around.detours is None and around.fence:
            margin_m = MARGIN_RADII * state.settings.acceptance_m
            around.detours = FenceDetours(around.fence, margin_m)
        return around.detours

    def _detour(self, state: NavigationState, goal: Ned) -> Detour:
        planner = self._planner(state)
        if planner is None:
            return Detour()
        return planner.path(state.position, goal, self.around.noted)

    def _pattern_begins(self, state: NavigationState) -> Ned | None:
        """The first place of the mission's landing pattern."""
        items, start = self.around.items, self.around.landing_begins
        if start is None or self.around.landing is None:
            return None
        placed = (i for i in range(start + 1, len(items)) if items[i].has_position)
        return _item_place(state, items[next(placed, self.around.landing)])

    def _way(self, state: NavigationState) -> Way | None:
        kind, around = state.settings.return_type, self.around
        start = around.landing_begins
        if kind not in (ALONG, SHORTER) or not around.valid:
            return None
        if start is None:
            return Way.BACK
        if kind == SHORTER and start - around.current >= around.current:
            return Way.BACK
        return Way.ON

    def _nearest(self, state: NavigationState) -> Destination | None:
        """Home, a nearer rally point, or None for the mission's landing."""
        kind, here = state.settings.return_type, state.position
        best: Destination | None = Destination(place=state.home, yaw=state.home_yaw)
        nearest = level_distance_m(here, state.home)
        if kind == RALLY_ONLY:
            best, nearest = Destination(place=here, yaw=None), math.inf
        if kind == NOT_HOME:
            nearest = math.inf
        landing = self.around.landing if self.around.landing_begins is not None else None
        if kind in (NOT_HOME, NEAREST) and landing is not None:
            distance = level_distance_m(here, _item_place(state, self.around.items[landing]))
            if distance + NEARER_BY_M < nearest:
                nearest, best = distance, None
        for point in self.around.rally:
            apart = level_distance_m(point, state.home) > SAME_PLACE_M
            distance = level_distance_m(here, point)
            if (apart or kind == RALLY_ONLY) and distance + NEARER_BY_M < nearest:
                nearest, best = distance, Destination(place=point, yaw=None)
        return best

    def _activate_mission(self, state: NavigationState, way: Way, before: Triplet | None) -> None:
        around, items = self.around, self.around.items
        state.say(INFO, "Executing Mission\t")
        if way is Way.LANDING:
            start, landing = around.landing_begins, around.landing
            assert start is not None
            assert landing is not None
            goal = _item_place(state, items[landing])
            detour = self._detour(state, self._pattern_begins(state) or goal)
            down = return_down(state, goal)
            stretches = to_landing(state, items, start, down, detour, before)
        elif way is Way.ON:
            stretches = onward(state, items, self._first_on(state))
        else:
            stretches = backward(state, items, self._first_back(state))
        self.by_mission.activate(state, stretches, before)

    def _first_on(self, state: NavigationState) -> int:
        return self.around.current if self.around.in_mission else self._closest(state)

    def _first_back(self, state: NavigationState) -> int:
        return self.around.current - 1 if self.around.in_mission else self._closest(state)

    def _closest(self, state: NavigationState) -> int:
        placed = [i for i, item in enumerate(self.around.items) if item.has_position]
        return min(
            placed,
            key=lambda i: math.dist(state.position, _item_place(state, self.around.items[i])),
            default=0,
        )


def _item_place(state: NavigationState, item: NavItem) -> Ned:
    home_amsl = state.frame.origin.height_amsl_m - state.home.d
    return state.ned_at(item.latitude_deg, item.longitude_deg, item.height_amsl_m(home_amsl))
