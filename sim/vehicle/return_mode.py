"""Return to home or a rally point: climb, fly there, land. PX4's direct return (RTL_TYPE 0, 3, 5).

Not simulated: return along the mission (types 2 and 4), mission landings, avoidance of fences.
Source: PX4-Autopilot v1.17, src/modules/navigator/{rtl,rtl_direct}.cpp.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from sim.vehicle.guidance import Leg, Triplet
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

INFO = 6
RALLY_ONLY = 5
NEARER_BY_M = 1.0


class Stage(Enum):
    """Where in the return the vehicle is."""

    IDLE = "idle"
    CLIMB = "climb"
    MOVE = "move"
    WAIT = "wait"
    LAND = "land"


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where to land; `yaw` None keeps the heading."""

    place: Ned
    yaw: float | None


def destination(state: NavigationState, rally: Sequence[Ned]) -> Destination:
    """Home, or a rally point nearer than it (or the nearest rally point, by RTL_TYPE 5)."""
    home = Destination(place=state.home, yaw=state.home_yaw)
    only_rally = state.settings.return_type == RALLY_ONLY
    best = home
    if only_rally:
        best = Destination(place=state.position, yaw=None)
    nearest = math.inf if only_rally else level_distance_m(state.position, state.home)
    for point in rally:
        distance = level_distance_m(state.position, point)
        if distance + NEARER_BY_M < nearest:
            nearest, best = distance, Destination(place=point, yaw=None)
    return best


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
    """Climbs, moves and lands while active."""

    def __init__(self) -> None:
        self.stage = Stage.IDLE
        self.triplet: Triplet | None = None
        self._goal = Destination(place=Ned(0.0, 0.0, 0.0), yaw=None)
        self._down = 0.0
        self._target = Ned(0.0, 0.0, 0.0)
        self._climb_at = self._target
        self._stay_s = 0.0
        self._arrival = Arrival()

    def activate(
        self, state: NavigationState, rally: Sequence[Ned], before: Triplet | None
    ) -> None:
        """The mode was entered; `before` is what was flown until then."""
        self._climb_at = held_place(state, before) or state.position
        self._goal = destination(state, rally)
        self._down = return_down(state, self._goal.place)
        below = state.position.d > self._down
        self.triplet = None
        self.stage = Stage.IDLE if state.landed else Stage.CLIMB if below else Stage.MOVE
        self._set(state)
        amsl = state.frame.origin.height_amsl_m - self._down
        above = self._goal.place.d - self._down
        state.say(
            INFO,
            f"RTL: start return at {math.ceil(amsl)} m ({math.ceil(above)} m above destination)\t",
        )

    def step(self, state: NavigationState) -> None:
        """See whether the stage is over, and go on."""
        if self.stage is Stage.IDLE:
            return
        if self._done(state):
            self.stage = self._next(state)
            self._set(state)

    def _done(self, state: NavigationState) -> bool:
        if self.stage is Stage.LAND:
            return state.landed
        reached = self._arrival.at_place(
            state,
            self._target,
            acceptance_m=math.inf if self.stage is Stage.CLIMB else state.settings.acceptance_m,
        )
        yaw = None if self.triplet is None else self.triplet.yaw
        return reached and self._arrival.stayed(state, yaw=yaw, stay_s=self._stay_s)

    def _next(self, state: NavigationState) -> Stage:
        if self.stage is Stage.CLIMB:
            return Stage.MOVE
        if self.stage is Stage.MOVE and abs(state.settings.return_land_delay_s) > 1e-6:
            return Stage.WAIT
        return Stage.IDLE if self.stage is Stage.LAND else Stage.LAND

    def _set(self, state: NavigationState) -> None:
        self._arrival.clear()
        self._stay_s = 0.0
        place = self._goal.place
        if self.stage is Stage.CLIMB:
            self._target = Ned(self._climb_at.n, self._climb_at.e, self._down)
            self.triplet = hold_at(state, self._target, yaw=state.yaw)
        elif self.stage is Stage.MOVE:
            self._move(state, Ned(place.n, place.e, self._down))
        elif self.stage is Stage.WAIT:
            delay = state.settings.return_land_delay_s
            self._stay_s = delay if delay > 0.0 else math.inf
            self._target = Ned(place.n, place.e, self._down)
            self.triplet = hold_at(state, self._target, yaw=self._goal.yaw)
        elif self.stage is Stage.LAND:
            state.say(INFO, "RTL: land at destination\t")
            self._land(state, place)
        else:
            self.triplet = idle(state.settings, state.position)
            state.events.append(Completed())

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

    def _land(self, state: NavigationState, place: Ned) -> None:
        self._target = place
        self.triplet = Triplet(
            leg=Leg.LAND,
            current=place,
            yaw=self._goal.yaw,
            acceptance_m=state.settings.acceptance_m,
            cruise_m_s=state.speed_to_fly_m_s,
        )
