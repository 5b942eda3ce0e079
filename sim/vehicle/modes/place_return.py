"""Returning straight to a place: climb, around the fence, there, wait, land (PX4's RtlDirect).

Source: PX4-Autopilot v1.17, src/modules/navigator/rtl_direct.cpp.
"""

import math
from dataclasses import dataclass
from enum import Enum

from sim.vehicle.attention import NOWHERE, Watch
from sim.vehicle.guidance import Leg, Triplet
from sim.vehicle.modes.avoidance import Detour
from sim.vehicle.modes.loiter_to_height import circle_m, level_first, to_height
from sim.vehicle.navigation import (
    Arrival,
    Completed,
    NavigationState,
    held_place,
    hold_at,
    idle,
    level_distance_m,
)
from sim.vehicle.trajectory import Ned

INFO, CRITICAL = 6, 2
DELAY_MATTERS_S = 1e-6


class Stage(Enum):
    """Where in the return the vehicle is."""

    IDLE = "idle"
    CLIMB = "climb"
    AVOID = "avoid"
    MOVE = "move"
    SINK = "sink"
    WAIT = "wait"
    ABOVE = "above"
    LAND = "land"


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where to land; `yaw` None keeps the heading."""

    place: Ned
    yaw: float | None


class PlaceReturn:
    """Climbs, moves and lands while active."""

    def __init__(self) -> None:
        self.stage = Stage.IDLE
        self.triplet: Triplet | None = None
        self._goal = Destination(place=Ned(0.0, 0.0, 0.0), yaw=None)
        self._down = 0.0
        self._target = Ned(0.0, 0.0, 0.0)
        self._climb_at = self._target
        self._detour: list[Ned] = []
        self._passed = 0
        self._stay_s = 0.0
        self._any_height = False
        self._arrival = Arrival()

    def activate(
        self,
        state: NavigationState,
        goal: Destination,
        down: float,
        detour: Detour,
        before: Triplet | None,
    ) -> None:
        """The mode was entered; `before` is what was flown until then."""
        self._climb_at = held_place(state, before) or state.position
        self._goal, self._down = goal, down
        self._detour = [Ned(n, e, down) for n, e in detour.places]
        self._passed = 0
        self.triplet = None
        self.stage = self._first(state)
        self._set(state)
        if not state.armed:
            # PX4's navigator runs no mode then: a return is begun once armed.
            return
        amsl = state.frame.origin.height_amsl_m - self._down
        above = self._goal.place.d - self._down
        up, beside = math.ceil(amsl - 1e-4), math.ceil(above - 1e-4)
        state.say(INFO, f"RTL: start return at {up} m ({beside} m above destination)\t")
        if detour.places:
            state.say(INFO, "RTL: avoiding geofence\t")
        elif detour.blind:
            state.say(CRITICAL, "RTL: no geofence avoidance path; flying directly\t")

    def step(self, state: NavigationState) -> None:
        """See whether the stage is over, and go on."""
        if self.stage is not Stage.IDLE and self._done(state):
            self.stage = self._next(state)
            self._set(state)

    def watched(self, state: NavigationState) -> Watch | None:
        """What the return waits for; None where every look may count."""
        if self.stage in (Stage.LAND, Stage.IDLE):
            return NOWHERE
        if self._arrival.began or self.stage in (Stage.WAIT, Stage.ABOVE):
            return None
        climbing = self.stage in (Stage.CLIMB, Stage.SINK)
        if climbing and self.triplet is not None and self.triplet.current != self._target:
            return None
        radius_m = math.inf if climbing else state.settings.acceptance_m
        room_m = state.settings.height_acceptance_m
        return Watch(target=self._target, radius_m=radius_m, room_m=room_m)

    def _first(self, state: NavigationState) -> Stage:
        if state.landed:
            return Stage.IDLE
        if state.position.d > self._down:
            return Stage.CLIMB
        return Stage.AVOID if self._detour else Stage.MOVE

    def _done(self, state: NavigationState) -> bool:
        if self.stage is Stage.LAND:
            return state.landed
        climbing = self.stage in (Stage.CLIMB, Stage.SINK)
        if climbing and self.triplet is not None and self.triplet.current != self._target:
            within_m = circle_m(state, None)
            self.triplet = to_height(state, self.triplet, self._target, within_m)
            return False
        target = self._target
        if self._any_height:
            target = Ned(target.n, target.e, state.position.d)
        reached = self._arrival.at_place(
            state,
            target,
            acceptance_m=math.inf if climbing else state.settings.acceptance_m,
        )
        yaw = None if self.triplet is None else self.triplet.yaw
        return reached and self._arrival.stayed(state, yaw=yaw, stay_s=self._stay_s)

    def _next(self, state: NavigationState) -> Stage:
        if self.stage in (Stage.CLIMB, Stage.AVOID):
            return Stage.AVOID if self._passed < len(self._detour) else Stage.MOVE
        if self.stage is Stage.MOVE:
            waits = abs(state.settings.return_land_delay_s) > DELAY_MATTERS_S
            return Stage.SINK if waits else Stage.LAND
        return {
            Stage.SINK: Stage.WAIT,
            Stage.WAIT: Stage.ABOVE,
            Stage.ABOVE: Stage.LAND,
        }.get(self.stage, Stage.IDLE)

    def _set(self, state: NavigationState) -> None:
        self._arrival.clear()
        self._stay_s, self._any_height = 0.0, False
        place = self._goal.place
        if self.stage is Stage.CLIMB:
            self._target = Ned(self._climb_at.n, self._climb_at.e, self._down)
            self.triplet = hold_at(state, level_first(state, self._target), yaw=state.yaw)
        elif self.stage is Stage.AVOID:
            self._avoid(state)
        elif self.stage is Stage.MOVE:
            self._move(state, Ned(place.n, place.e, self._down))
        elif self.stage is Stage.LAND:
            state.say(INFO, "RTL: land at destination\t")
            self._land(state, place)
        elif self.stage is Stage.IDLE:
            self.triplet = idle(state.settings, state.position)
            state.events.append(Completed())
        else:
            self._wait(state, place)

    def _avoid(self, state: NavigationState) -> None:
        target = self._detour[self._passed]
        first = self._passed == 0
        self._passed += 1
        place, before = self._goal.place, self.triplet
        last = self._passed == len(self._detour)
        after = Ned(place.n, place.e, self._down) if last else self._detour[self._passed]
        here = state.position
        self._target = target
        self.triplet = Triplet(
            leg=Leg.POSITION,
            current=target,
            previous=None if first or before is None else before.current,
            following=after,
            yaw=math.atan2(target.e - here.e, target.n - here.n),
            acceptance_m=state.settings.acceptance_m,
            cruise_m_s=state.speed_to_fly_m_s,
        )

    def _move(self, state: NavigationState, target: Ned) -> None:
        near = level_distance_m(state.position, target) < state.settings.return_min_distance_m
        before = self.triplet
        self._target = target
        self.triplet = Triplet(
            leg=Leg.POSITION,
            current=target,
            previous=None if before is None else before.current,
            yaw=self._goal.yaw if near else None,
            acceptance_m=state.settings.acceptance_m,
            cruise_m_s=state.speed_to_fly_m_s,
        )

    def _wait(self, state: NavigationState, place: Ned) -> None:
        """Sink to the height of RTL_DESCEND_ALT and stay there for RTL_LAND_DELAY."""
        down = max(place.d - state.settings.return_descend_m, self._down)
        self._target = Ned(place.n, place.e, down)
        sinks = self.stage is Stage.SINK
        aim = level_first(state, self._target) if sinks else self._target
        self.triplet = hold_at(state, aim, yaw=self._goal.yaw)
        if self.stage is Stage.WAIT:
            delay_s = state.settings.return_land_delay_s
            self._stay_s = delay_s if delay_s > 0.0 else math.inf
            self._any_height = delay_s > 0.0
            if delay_s < 0.0:
                state.say(INFO, "RTL: completed, loitering\t")
        self._any_height = self._any_height or self.stage is Stage.ABOVE

    def _land(self, state: NavigationState, place: Ned) -> None:
        self._target = place
        self.triplet = Triplet(
            leg=Leg.LAND,
            current=place,
            yaw=self._goal.yaw,
            acceptance_m=state.settings.acceptance_m,
            cruise_m_s=state.speed_to_fly_m_s,
        )
