"""Chooses the triplet of the mode: hold, take-off, mission, return, land, orbit, follow, offboard.

Source: PX4-Autopilot v1.17, src/modules/navigator (navigator_main, loiter, takeoff, land).
"""

import math
from collections.abc import Mapping
from dataclasses import replace

from onboard.mavlink.px4_modes import Px4Mode
from sim.vehicle.guidance import Leg, OffboardSetpoint, Triplet
from sim.vehicle.mission_mode import MissionMode
from sim.vehicle.mission_progress import MissionProgress
from sim.vehicle.modes.follow import FollowMode
from sim.vehicle.modes.orbit import OrbitMode
from sim.vehicle.modes.place_modes import landing_here, reposition_target
from sim.vehicle.modes.precision_land import PrecisionLandMode
from sim.vehicle.modes.requests import RepositionRequest
from sim.vehicle.navigation import (
    Arrival,
    Completed,
    NavigationState,
    held_place,
    hold_at,
    idle,
)
from sim.vehicle.return_mode import ReturnMode
from sim.vehicle.trajectory import Ned

INFO, WARNING = 6, 4
FLOWN_BY_STICKS = {
    Px4Mode.POSITION: Leg.STICKS_POSITION,
    Px4Mode.ALTITUDE: Leg.STICKS_ALTITUDE,
    # A multirotor needs its attitude held, so that its manual mode is PX4's stabilized mode.
    Px4Mode.MANUAL: Leg.STICKS_STABILIZED,
    Px4Mode.STABILIZED: Leg.STICKS_STABILIZED,
    Px4Mode.ACRO: Leg.STICKS_ACRO,
}
CONTINUOUS = frozenset((Px4Mode.FOLLOW, Px4Mode.OFFBOARD, Px4Mode.PRECISION_LAND))


class Navigator:
    """One active mode at a time; `step` is called about twenty times a second."""

    def __init__(self, state: NavigationState, parameters: Mapping[str, int | float]) -> None:
        self.state = state
        self.parameters = parameters
        self.mode = Px4Mode.HOLD
        self.mission = MissionMode()
        self.progress = MissionProgress()
        self.returning = ReturnMode()
        self.orbit = OrbitMode()
        self.follow = FollowMode()
        self.precision_land = PrecisionLandMode()
        self.offboard: OffboardSetpoint | None = None
        self.rally: tuple[Ned, ...] = ()
        self.triplet = idle(state.settings, state.position)
        self._arrival = Arrival()
        self._takeoff_down: float | None = None
        # What the last reposition asked for; it holds on the way there and no longer.
        self._asked_m_s: float | None = None

    def switch(self, mode: Px4Mode) -> None:
        """Enter a mode; entering the active one again changes nothing."""
        if mode is self.mode and mode is not Px4Mode.TAKEOFF:
            return
        self._note_mission(leaving=True)
        if self.mode is Px4Mode.MISSION:
            self.mission.deactivate(self.state)
        self.orbit.deactivate()
        self.follow.deactivate()
        self.mode = mode
        self._enter()

    def lands_already(self, mode: Px4Mode) -> bool:
        """Whether a return changes nothing: the mission is past the start of its landing."""
        if mode is not Px4Mode.RTL or self.mode is not Px4Mode.MISSION:
            return False
        self._note_mission(leaving=False)
        around = self.returning.around
        start, landing = around.landing_begins, around.landing
        if start is None or landing is None:
            return False
        placed = (i for i in range(start + 1, landing + 1) if around.items[i].has_position)
        return next(placed, landing) < around.current <= landing

    def take_off_to(self, height_amsl_m: float | None) -> None:
        """Set the height of the coming take-off; None for the parameter's."""
        origin = self.state.frame.origin.height_amsl_m
        self._takeoff_down = None if height_amsl_m is None else origin - height_amsl_m

    def reposition(self, place: Ned, *, yaw: float | None) -> None:
        """Go to a place and hold there; the hold mode must be active."""
        self.reposition_as(RepositionRequest(place=place, down_m=place.d, yaw=yaw))

    def reposition_as(self, request: RepositionRequest) -> None:
        """Do what a reposition asks for; the hold mode must be active."""
        self._asked_m_s = request.speed_m_s
        self.triplet = reposition_target(self.state, request, self.triplet)

    def change_speed(self, speed_m_s: float) -> None:
        """Fly at a speed until the mode changes; below zero is the default speed."""
        self.state.cruise_m_s = speed_m_s if speed_m_s > 0.0 else None
        if speed_m_s > 0.0:
            self._asked_m_s = None

    def hold_here(self) -> None:
        """Stay at the place of now: a fence was breached."""
        state = self.state
        place = held_place(state, self.triplet) or state.position
        self._asked_m_s = None
        self.triplet = hold_at(state, Ned(place.n, place.e, state.position.d))

    def rearmed(self) -> None:
        """The vehicle was armed: what it waits for on the ground begins from here."""
        if self.mode is not Px4Mode.MISSION or not self.mission.running:
            self._enter()

    def step(self) -> None:
        """Look at the state and move the active mode on."""
        state, mode = self.state, self.mode
        if mode is not Px4Mode.RTL and self.returning.around.fence:
            self._note_mission(leaving=False)
            self.returning.note(state)
        if mode is Px4Mode.MISSION:
            self.mission.step(state)
        elif mode is Px4Mode.RTL:
            self.returning.step(state)
            self._follow_return()
        elif mode is Px4Mode.TAKEOFF:
            self._step_takeoff()
        elif mode is Px4Mode.FOLLOW:
            self.follow.step(state, self.parameters)
        elif mode is Px4Mode.PRECISION_LAND:
            self.precision_land.step(state, self.parameters)
        self._take_triplet()
        if state.landed and self.triplet.leg is Leg.LAND and mode in _LANDINGS:
            self.triplet = idle(state.settings, state.position)
            self.mission.finished |= mode is Px4Mode.LAND
            state.events.append(Completed())
        if not state.armed:
            self.mission.note_disarmed()
        speed_m_s = self._asked_m_s or state.speed_to_fly_m_s
        if self.triplet.cruise_m_s != speed_m_s:
            self.triplet = replace(self.triplet, cruise_m_s=speed_m_s)

    @property
    def wants_every_tick(self) -> bool:
        """Whether a look between two events may change something: targets that move, searches."""
        return self.mode in CONTINUOUS

    @property
    def next_look_s(self) -> float:
        """When a look does something at any place: the way back is noted now and then."""
        return math.inf if self.mode is Px4Mode.RTL else self.returning.next_note_s

    def load_mission_changed(self) -> None:
        """The mission on board was replaced; an active mission mode begins it."""
        if self.mode is Px4Mode.MISSION:
            self.mission.triplet = None
            self.mission.restart(self.state)

    def _note_mission(self, *, leaving: bool) -> None:
        around, mission = self.returning.around, self.mission
        around.rally = self.rally
        around.items, around.valid = mission.items, mission.valid
        around.current = mission.current
        around.in_mission = leaving and self.mode is Px4Mode.MISSION

    def _follow_return(self) -> None:
        """A return along the mission moves the mission's current item."""
        current = self.returning.mission_current
        if current is not None and current != self.mission.current:
            self.mission.current = current
        if self.returning.mission_finished:
            self.mission.finished = self.mission.ended = True

    def _take_triplet(self) -> None:
        flown: Triplet | None = None
        if self.mode is Px4Mode.MISSION:
            flown = self.mission.triplet
        elif self.mode is Px4Mode.RTL:
            flown = self.returning.triplet
        elif self.mode is Px4Mode.ORBIT:
            flown = self.orbit.triplet
        elif self.mode is Px4Mode.FOLLOW:
            flown = self.follow.triplet
        elif self.mode is Px4Mode.PRECISION_LAND:
            flown = self.precision_land.triplet
        elif self.mode is Px4Mode.OFFBOARD:
            flown = self._as_asked()
        if flown is not None:
            self.triplet = flown

    def _as_asked(self) -> Triplet:
        state, asked = self.state, self.offboard or OffboardSetpoint(velocity=(0.0, 0.0, 0.0))
        return Triplet(
            leg=asked.kind,
            current=state.position,
            acceptance_m=state.settings.acceptance_m,
            cruise_m_s=state.speed_to_fly_m_s,
            offboard=asked,
        )

    def _enter(self) -> None:
        state, mode = self.state, self.mode
        state.cruise_m_s = self._asked_m_s = None
        if mode is Px4Mode.MISSION and not state.armed:
            self.triplet = idle(state.settings, state.position)  # Nothing is flown while disarmed.
        elif mode is Px4Mode.MISSION:
            self.mission.activate(state)
        elif mode is Px4Mode.RTL:
            self.returning.activate(state, self.triplet)
            self._follow_return()
        elif mode is Px4Mode.TAKEOFF:
            self._enter_takeoff()
        elif mode is Px4Mode.LAND:
            self.mission.finished = False
            self.triplet = landing_here(state, Leg.LAND)
        elif mode in (Px4Mode.DESCEND, Px4Mode.TERMINATION):
            self.triplet = landing_here(state, Leg.DESCEND)
        elif mode is Px4Mode.OFFBOARD:
            pass
        elif mode in FLOWN_BY_STICKS:
            self.triplet = replace(hold_at(state, state.position), leg=FLOWN_BY_STICKS[mode])
        elif state.landed:
            self.triplet = idle(state.settings, state.position)
        elif mode is Px4Mode.ORBIT:
            self.orbit.activate(state)
        elif mode is Px4Mode.FOLLOW:
            self.follow.activate(state)
        elif mode is Px4Mode.PRECISION_LAND:
            self.precision_land.activate(state)
        else:
            place = held_place(state, self.triplet) or state.stop_point()
            self.triplet = hold_at(state, place)
        self._take_triplet()

    def _enter_takeoff(self) -> None:
        state = self.state
        down = self._takeoff_down
        if down is None:
            height = state.settings.takeoff_height_m
            down = state.position.d - height
            state.say(INFO, f"Using default takeoff altitude: {height:.1f} m\t")
        target = Ned(state.position.n, state.position.e, down)
        self._arrival.clear()
        self.mission.finished = False
        self.triplet = replace(
            hold_at(state, target), leg=Leg.LOITER if state.flying else Leg.TAKEOFF
        )

    def _step_takeoff(self) -> None:
        state, target = self.state, self.triplet.current
        if self.triplet.leg is not Leg.TAKEOFF:
            return
        reached = self._arrival.at_place(
            state,
            target,
            acceptance_m=state.settings.acceptance_m,
            height_only=True,
            target_height_above_home_m=state.home.d - target.d,
        )
        if reached:
            self._takeoff_down = None
            self.mission.finished = True
            self.triplet = hold_at(state, target)
            state.events.append(Completed())


_LANDINGS = (Px4Mode.LAND, Px4Mode.PRECISION_LAND)
