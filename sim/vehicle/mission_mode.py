"""Flying a mission item by item, as PX4's Mission mode does.

An item may need sub-steps (climb first, move above the landing place); while one is flown the item
itself is not advanced.
Source: PX4-Autopilot v1.17, src/modules/navigator/{mission,mission_base}.cpp.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum

from missions.plan import Command
from sim.vehicle.attention import NOWHERE, Watch
from sim.vehicle.guidance import Leg, Triplet
from sim.vehicle.mission_items import NavItem
from sim.vehicle.modes.jumps import MAX_JUMPS, Jumps
from sim.vehicle.modes.loiter_to_height import circle_m, level_first, to_height
from sim.vehicle.modes.mission_replay import MissionReplay
from sim.vehicle.navigation import (
    Arrival,
    Completed,
    Issued,
    NavigationState,
    Reached,
    hold_at,
    idle,
    level_distance_m,
)
from sim.vehicle.trajectory import Ned

INFO, CRITICAL = 6, 2
TIMED_COMMANDS = frozenset((Command.DO_GIMBAL_MANAGER_PITCHYAW, 211, 42600))
LANDINGS = frozenset((Command.NAV_LAND, Command.NAV_VTOL_LAND))


class SubStep(Enum):
    """What is flown on behalf of the current item."""

    ITEM = "item"
    CLIMB = "climb"
    MOVE_TO_LAND = "move to land"


class MissionMode:
    """Holds the mission on board and flies it while active; it has `ended` when flown to its end.

    `finished` and `reached` (-1: none) are PX4's mission_result; other modes finish it as well.
    """

    def __init__(self) -> None:
        self.items: tuple[NavItem, ...] = ()
        self.valid = False
        self.current = 0
        self.finished = self.ended = self.begun = False
        self.reached = -1
        self.triplet: Triplet | None = None
        # After its end there is nothing to fly until an item is chosen or it begins anew.
        self._planned = False
        self._jumps = Jumps()
        self._sub_step = SubStep.ITEM
        self._item: NavItem | None = None
        self._target = Ned(0.0, 0.0, 0.0)
        self._running = False
        self._arrival = Arrival()
        self._issued_at_s = 0.0
        self._climb_to_amsl_m: float | None = None
        self._disarmed_since = False
        self._replay = MissionReplay()

    def load(self, items: Sequence[NavItem], *, current: int, valid: bool) -> None:
        """Replace the mission; an active one is begun at `current` by `restart`."""
        self.items = tuple(items)
        self.valid = valid and bool(items)
        self.current = min(max(current, 0), max(len(items) - 1, 0))
        self.finished = self.ended = self.begun = False
        self.reached = -1
        self._planned = True
        self._jumps.clear()

    def activate(self, state: NavigationState) -> None:
        """The mode was entered."""
        self.triplet = None
        self._running = False
        if self._disarmed_since and self.begun and self.current + 1 == len(self.items):
            self.current = 0
            self._planned = True
            self._jumps.clear()
        self._disarmed_since = False
        self.current = self._replay.activated(self.items, self.current, state)
        self.restart(state)

    def restart(self, state: NavigationState) -> None:
        """Begin, or begin again, at the current item."""
        if not self.valid or not self.items or not self._planned:
            words = "refusing takeoff" if state.landed else "loitering"
            state.say(CRITICAL, f"No valid mission available, {words}\t")
            self._end(state)
            return
        if not self._running:
            state.say(INFO, "Executing Mission\t")
        # In the air only a mode that is entered, or a climb under way, climbs first.
        if not self._running or state.landed or self._sub_step is SubStep.CLIMB:
            self._need_climb(state)
        self._running = self.begun = True
        self.finished = self.ended = False
        self.reached = -1
        state.region_of_interest = None
        self._sub_step = SubStep.ITEM
        self._set_items(state)

    def deactivate(self, state: NavigationState) -> None:
        """The mode was left; the current item will be begun anew."""
        self._replay.left(self.current, state)
        self._running = False
        self._sub_step = SubStep.ITEM

    @property
    def running(self) -> bool:
        """Whether it is being flown."""
        return self._running

    def note_disarmed(self) -> None:
        """The vehicle is disarmed: PX4's navigator runs no mode then."""
        self._disarmed_since = True

    def set_current(self, seq: int, state: NavigationState | None) -> bool:
        """Make an item the current one; `state` is given while the mode is active."""
        if not self.valid or not 0 <= seq < len(self.items):
            return False
        if seq != self.current:
            self.current = seq
            self.ended = False
            self._planned = True
            self._replay.chosen()
            if state is not None:
                self.triplet = None
                self.restart(state)
        return True

    def step(self, state: NavigationState) -> None:
        """See whether the current item is done, and go on."""
        # PX4's navigator looks again at once when it has moved on to another item.
        for _ in range(len(self.items) + MAX_JUMPS):
            if not (self._running and self._done(state)) or not self._moved_on(state):
                break
        self._replay.step(self.current, state, climbing=self._sub_step is SubStep.CLIMB)
        self._face_region_of_interest(state)

    def _moved_on(self, state: NavigationState) -> bool:
        """The current item is done: go on; whether another one is current now."""
        before = self.current
        if self._sub_step is not SubStep.CLIMB:
            self.reached = before
            state.events.append(Reached(seq=before))
            self._arrival.clear()
        if self._item is None or self._item.autocontinue:
            self._advance(state)
        return self.current != before

    def watched(self, state: NavigationState) -> Watch | None:
        """What the mission waits for; None where every look may count."""
        item = self._item
        if not self._running or item is None:
            return NOWHERE
        if self._replay.due:
            return None
        if item.command in LANDINGS or item.command == Command.NAV_LOITER_UNLIM:
            return NOWHERE if state.region_of_interest is None else None
        if state.region_of_interest is not None or self._arrival.began or not item.has_position:
            return None
        if item.command == Command.NAV_LOITER_TO_ALT:
            return None
        room_m = state.settings.height_acceptance_m
        height_only = item.command == Command.NAV_TAKEOFF
        above_home = state.home.d - self._target.d
        if height_only and 0.0 < above_home < room_m:
            room_m = above_home / 2.0
        return Watch(
            target=self._target,
            radius_m=item.acceptance_m or state.settings.acceptance_m,
            room_m=room_m,
            height_only=height_only,
        )

    def _advance(self, state: NavigationState) -> None:
        if self._sub_step is SubStep.ITEM and not self._to_next():
            where = "landed" if state.landed else "loitering"
            state.say(INFO, f"Mission finished, {where}\t")
            self._jumps.clear()
            self._planned = False
            self._end(state)
            return
        self._set_items(state)

    def _to_next(self) -> bool:
        index = self._jumps.resolved(self.items, self.current + 1, count=True)
        if index is None:
            return False
        self.current = index
        return True

    def _ahead(self, index: int) -> NavItem | None:
        return self._jumps.next_position(self.items, index)

    def _place(self, state: NavigationState, item: NavItem) -> Ned:
        home_amsl = state.frame.origin.height_amsl_m - state.home.d
        return state.ned_at(item.latitude_deg, item.longitude_deg, item.height_amsl_m(home_amsl))

    def _need_climb(self, state: NavigationState) -> None:
        self._climb_to_amsl_m = None
        following = self._ahead(self.current)
        if following is not None:
            target = self._place(state, following)
            if state.position.d - target.d > state.settings.height_acceptance_m:
                self._climb_to_amsl_m = state.frame.origin.height_amsl_m - target.d

    def _set_items(self, state: NavigationState) -> None:
        index = self._jumps.resolved(self.items, self.current, count=False)
        if index is None:
            self._end(state)
            return
        self.current = index
        item = self.items[index]
        self._arrival.clear()
        if item.has_position:
            self._set_position(state, item)
        else:
            self._item, self._sub_step = item, SubStep.ITEM
            self._issue(state, item)

    def _set_position(self, state: NavigationState, item: NavItem) -> None:
        before, self._sub_step = self._sub_step, SubStep.ITEM
        following = self._ahead(self.current + 1)
        flown, target = item, self._place(state, item)
        if self._climb_to_amsl_m is not None and before is SubStep.ITEM:
            flown, target, following = self._climb(state, item)
        elif item.command == Command.NAV_TAKEOFF:
            flown = replace(item, command=Command.NAV_WAYPOINT, yaw=None)
        elif item.command in LANDINGS and not state.landed:
            flown, target = self._land(state, item, target, before)
            following = item if self._sub_step is SubStep.MOVE_TO_LAND else following
        self._item, self._target = flown, target
        brakes = flown.stay_s > 0.0 or not flown.autocontinue
        goes_on = not brakes and flown.command != Command.NAV_LOITER_UNLIM
        after = None if following is None or not goes_on else self._place(state, following)
        keep = before is SubStep.MOVE_TO_LAND
        levels = flown.command == Command.NAV_LOITER_TO_ALT
        aim = level_first(state, target) if levels else target
        self._set_triplet(state, flown, aim, after, keep_previous=keep)

    def _climb(self, state: NavigationState, item: NavItem) -> tuple[NavItem, Ned, NavItem]:
        assert self._climb_to_amsl_m is not None
        height = self._climb_to_amsl_m
        self._sub_step, self._climb_to_amsl_m = SubStep.CLIMB, None
        home_amsl = state.frame.origin.height_amsl_m - state.home.d
        state.say(INFO, f"Climb to {height - home_amsl:.1f} meters above home\t")
        command = Command.NAV_TAKEOFF if state.landed else Command.NAV_LOITER_TO_ALT
        down = state.frame.origin.height_amsl_m - height
        target = Ned(state.position.n, state.position.e, down)
        step = replace(item, command=command, yaw=None, stay_s=0.0, autocontinue=True)
        return step, target, item

    def _land(
        self, state: NavigationState, item: NavItem, target: Ned, before: SubStep
    ) -> tuple[NavItem, Ned]:
        far = level_distance_m(state.position, target) > state.settings.acceptance_m
        if far and before is SubStep.ITEM:
            self._sub_step = SubStep.MOVE_TO_LAND
            down = state.position.d
            if self.triplet is not None and self.triplet.leg is Leg.POSITION:
                down = self.triplet.current.d
            return (
                replace(
                    item,
                    command=Command.NAV_WAYPOINT,
                    yaw=None,
                    acceptance_m=None,
                    stay_s=0.0,
                    autocontinue=True,
                ),
                Ned(target.n, target.e, down),
            )
        return replace(item, yaw=None), target

    def _set_triplet(
        self,
        state: NavigationState,
        item: NavItem,
        target: Ned,
        after: Ned | None,
        *,
        keep_previous: bool,
    ) -> None:
        before = self.triplet
        previous = before.previous if before is not None else None
        changed = before is None or before.current != target
        if changed and before is not None and not keep_previous:
            previous = before.current
        if self._sub_step is SubStep.MOVE_TO_LAND:
            previous = None
        acceptance = item.acceptance_m or state.settings.acceptance_m
        self.triplet = Triplet(
            leg=_leg(item, state),
            current=target,
            previous=previous,
            following=after,
            yaw=item.yaw,
            acceptance_m=acceptance,
            cruise_m_s=state.speed_to_fly_m_s,
        )

    def _issue(self, state: NavigationState, item: NavItem) -> None:
        self._issued_at_s = state.now_s
        if item.command in (Command.DO_LAND_START, Command.NAV_DELAY, Command.CONDITION_GATE):
            if item.command == Command.NAV_DELAY and self.triplet is not None:
                self.triplet = replace(self.triplet, following=None)
            return
        params = item.params
        if item.command in (Command.DO_SET_ROI_LOCATION, Command.DO_SET_ROI, Command.NAV_ROI):
            home_amsl = state.frame.origin.height_amsl_m - state.home.d
            height = item.height_amsl_m(home_amsl)
            params = (*params[:4], item.latitude_deg, item.longitude_deg, height)
        self._replay.issued(item.command)
        state.events.append(Issued(command=item.command, params=params))

    def _done(self, state: NavigationState) -> bool:
        item = self._item
        if item is None:
            return False
        if item.command in LANDINGS:
            return state.landed
        if item.command == Command.NAV_LOITER_UNLIM:
            return False
        if item.command == Command.NAV_DELAY:
            self._arrival.arrive_now(state)
        elif item.command in TIMED_COMMANDS:
            return state.now_s > self._issued_at_s + state.settings.mission_command_timeout_s
        elif not item.has_position:
            return True
        elif not self._at_place(state, item):
            return False
        return self._arrival.stayed(state, yaw=item.yaw, stay_s=item.stay_s)

    def _at_place(self, state: NavigationState, item: NavItem) -> bool:
        if item.command == Command.NAV_LOITER_TO_ALT and self.triplet is not None:
            within_m = circle_m(state, item.circle_m)
            if self.triplet.current != self._target:
                self.triplet = to_height(state, self.triplet, self._target, within_m)
                return False
            return self._arrival.at_place(state, self._target, acceptance_m=within_m)
        return self._arrival.at_place(
            state,
            self._target,
            acceptance_m=item.acceptance_m or state.settings.acceptance_m,
            height_only=item.command == Command.NAV_TAKEOFF,
            target_height_above_home_m=state.home.d - self._target.d,
        )

    def _end(self, state: NavigationState) -> None:
        self._running = False
        self.finished = self.ended = self.valid
        self._item = None
        if state.landed:
            self.triplet = idle(state.settings, state.position)
        else:
            there = self.triplet is not None and self.triplet.leg in (Leg.POSITION, Leg.LOITER)
            place = self.triplet.current if self.triplet and there else state.position
            self.triplet = hold_at(state, place)
        state.events.append(Completed())

    def _face_region_of_interest(self, state: NavigationState) -> None:
        interest, triplet = state.region_of_interest, self.triplet
        if interest is None or triplet is None or triplet.leg in (Leg.TAKEOFF, Leg.LAND, Leg.IDLE):
            return
        if level_distance_m(interest, state.position) > state.settings.acceptance_m:
            yaw = bearing(state.position, interest)
            self.triplet = replace(triplet, yaw=yaw)
            if self._item is not None:
                self._item = replace(self._item, yaw=yaw)


def bearing(start: Ned, end: Ned) -> float:
    """The compass direction from one place to another, radians."""
    return math.atan2(end.e - start.e, end.n - start.n)


def _leg(item: NavItem, state: NavigationState) -> Leg:
    if item.command == Command.NAV_TAKEOFF:
        aloft = state.armed and state.flying and not (state.landed or state.maybe_landed)
        return Leg.POSITION if aloft else Leg.TAKEOFF
    if item.command in LANDINGS:
        return Leg.LAND
    if item.command in (
        Command.NAV_LOITER_TO_ALT,
        Command.NAV_LOITER_TIME,
        Command.NAV_LOITER_UNLIM,
    ):
        return Leg.LOITER
    return Leg.POSITION
