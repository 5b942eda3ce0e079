"""Chooses the triplet of the mode: hold, reposition, take-off, mission, return, land, descend.

Source: PX4-Autopilot v1.17, src/modules/navigator (navigator_main, loiter, takeoff, land).
"""

from dataclasses import replace

from onboard.mavlink.px4_modes import Px4Mode
from sim.vehicle.guidance import Leg, Triplet
from sim.vehicle.mission_mode import MissionMode
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

INFO = 6


class Navigator:
    """One active mode at a time; `step` is called about twenty times a second."""

    def __init__(self, state: NavigationState) -> None:
        self.state = state
        self.mode = Px4Mode.HOLD
        self.mission = MissionMode()
        self.returning = ReturnMode()
        self.rally: tuple[Ned, ...] = ()
        self.triplet = idle(state.settings, state.position)
        self._arrival = Arrival()
        self._takeoff_down: float | None = None

    def switch(self, mode: Px4Mode) -> None:
        """Enter a mode; entering the active one again changes nothing."""
        if mode is self.mode and mode is not Px4Mode.TAKEOFF:
            return
        if self.mode is Px4Mode.MISSION:
            self.mission.deactivate()
        self.mode = mode
        self._enter()

    def take_off_to(self, height_amsl_m: float | None) -> None:
        """Set the height of the coming take-off; None for the parameter's."""
        origin = self.state.frame.origin.height_amsl_m
        self._takeoff_down = None if height_amsl_m is None else origin - height_amsl_m

    def reposition(self, place: Ned, *, yaw: float | None) -> None:
        """Go to a place and hold there; the hold mode must be active."""
        self.triplet = replace(hold_at(self.state, place, yaw=yaw), previous=self.state.position)

    def rearmed(self) -> None:
        """The vehicle was armed: what it waits for on the ground begins from here."""
        if self.mode is not Px4Mode.MISSION:
            self._enter()

    def step(self) -> None:
        """Look at the state and move the active mode on."""
        state = self.state
        if self.mode is Px4Mode.MISSION:
            self.mission.step(state)
            if self.mission.triplet is not None:
                self.triplet = self.mission.triplet
        elif self.mode is Px4Mode.RTL:
            self.returning.step(state)
            if self.returning.triplet is not None:
                self.triplet = self.returning.triplet
        elif self.mode is Px4Mode.TAKEOFF:
            self._step_takeoff()
        elif self.mode is Px4Mode.LAND and state.landed and self.triplet.leg is Leg.LAND:
            self.triplet = idle(state.settings, state.position)
            state.events.append(Completed())
        if self.mode is not Px4Mode.MISSION and not state.armed:
            self.mission.note_disarmed()
        if self.triplet.cruise_m_s != state.speed_to_fly_m_s:
            self.triplet = replace(self.triplet, cruise_m_s=state.speed_to_fly_m_s)

    def load_mission_changed(self) -> None:
        """The mission on board was replaced; an active mission mode begins it."""
        if self.mode is Px4Mode.MISSION:
            self.mission.triplet = None
            self.mission.restart(self.state)

    def _enter(self) -> None:
        state = self.state
        state.cruise_m_s = None
        if self.mode is Px4Mode.MISSION:
            self.mission.activate(state)
            if self.mission.triplet is not None:
                self.triplet = self.mission.triplet
        elif self.mode is Px4Mode.RTL:
            self.returning.activate(state, self.rally, self.triplet)
            if self.returning.triplet is not None:
                self.triplet = self.returning.triplet
        elif self.mode is Px4Mode.TAKEOFF:
            self._enter_takeoff()
        elif self.mode is Px4Mode.LAND:
            self.triplet = self._land(Leg.LAND)
        elif self.mode is Px4Mode.DESCEND:
            self.triplet = self._land(Leg.DESCEND)
        elif state.landed:
            self.triplet = idle(state.settings, state.position)
        else:
            place = held_place(state, self.triplet) or state.stop_point()
            self.triplet = hold_at(state, place)

    def _land(self, leg: Leg) -> Triplet:
        state = self.state
        if state.landed:
            return idle(state.settings, state.position)
        return Triplet(
            leg=leg,
            current=state.stop_point(),
            acceptance_m=state.settings.acceptance_m,
            cruise_m_s=state.speed_to_fly_m_s,
        )

    def _enter_takeoff(self) -> None:
        state = self.state
        down = self._takeoff_down
        if down is None:
            height = state.settings.takeoff_height_m
            down = state.position.d - height
            state.say(INFO, f"Using default takeoff altitude: {height:.1f} m\t")
        target = Ned(state.position.n, state.position.e, down)
        self._arrival.clear()
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
            self.triplet = hold_at(state, target)
            state.events.append(Completed())
