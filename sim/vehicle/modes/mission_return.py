"""Returning along a mission: to its landing, on or back (RTL_TYPE 1 to 4 where a mission allows).

The mission's places are flown as plain waypoints; its other items are left out.
Source: PX4-Autopilot v1.17, src/modules/navigator/rtl_direct_mission_land.cpp,
rtl_mission_fast.cpp, rtl_mission_fast_reverse.cpp.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from missions.plan import Command
from sim.vehicle.attention import NOWHERE, Watch
from sim.vehicle.guidance import Leg, Triplet
from sim.vehicle.mission_items import NavItem
from sim.vehicle.modes.avoidance import Detour
from sim.vehicle.navigation import (
    Arrival,
    Completed,
    NavigationState,
    Reached,
    held_place,
    hold_at,
    idle,
    level_distance_m,
)
from sim.vehicle.trajectory import Ned

INFO = 6
LANDINGS = (Command.NAV_LAND, Command.NAV_VTOL_LAND)


class Way(Enum):
    """How a mission is used to return."""

    LANDING = "straight to its landing pattern"
    ON = "on to its landing"
    BACK = "back to its beginning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of the way; `seq` is the mission item that it stands for."""

    leg: Leg
    place: Ned
    seq: int | None = None
    acceptance_m: float | None = None
    reports: bool = True


class MissionReturn:
    """Flies a list of stretches while active; `current` is the mission item of now."""

    def __init__(self) -> None:
        self.triplet: Triplet | None = None
        self.current: int | None = None
        self.finished = False
        self._stretches: Sequence[Stretch] = ()
        self._at = 0
        self._running = False
        self._arrival = Arrival()

    def activate(
        self, state: NavigationState, stretches: Sequence[Stretch], before: Triplet | None
    ) -> None:
        """The mode was entered with a way to fly."""
        self._stretches, self._at = stretches, 0
        self._running, self.finished = True, False
        self.triplet = None
        if state.landed or not stretches:
            self._end(state)
            return
        self._set(state)

    def step(self, state: NavigationState) -> None:
        """See whether the stretch is over, and go on."""
        if not self._running or not self._done(state):
            return
        stretch = self._stretches[self._at]
        if stretch.seq is not None and stretch.reports:
            state.events.append(Reached(seq=stretch.seq))
        self._at += 1
        if self._at >= len(self._stretches):
            where = "landed" if state.landed else "loitering"
            state.say(INFO, f"Mission finished, {where}\t")
            self._end(state)
            return
        self._set(state)

    def watched(self, state: NavigationState) -> Watch | None:
        """What the return waits for; None where every look may count."""
        if not self._running:
            return NOWHERE
        stretch = self._stretches[self._at]
        if stretch.leg is Leg.LAND or stretch.acceptance_m == math.inf:
            return NOWHERE
        if self._arrival.began:
            return None
        return Watch(
            target=stretch.place,
            radius_m=stretch.acceptance_m or state.settings.acceptance_m,
            room_m=state.settings.height_acceptance_m,
        )

    def _done(self, state: NavigationState) -> bool:
        stretch = self._stretches[self._at]
        if stretch.leg is Leg.LAND:
            return state.landed
        if stretch.acceptance_m == math.inf:
            return False
        acceptance = stretch.acceptance_m or state.settings.acceptance_m
        return self._arrival.at_place(state, stretch.place, acceptance_m=acceptance)

    def _set(self, state: NavigationState) -> None:
        stretch = self._stretches[self._at]
        self._arrival.clear()
        self.current = stretch.seq if stretch.seq is not None else self.current
        place = stretch.place
        far = level_distance_m(state.position, place) > state.settings.acceptance_m
        lands = stretch.leg is Leg.LAND and far
        if lands:
            self._stretches = (
                *self._stretches[: self._at],
                Stretch(
                    leg=Leg.POSITION,
                    place=Ned(place.n, place.e, self._height(state)),
                    seq=stretch.seq,
                    reports=stretch.reports,
                ),
                *self._stretches[self._at :],
            )
            stretch = self._stretches[self._at]
        before = None if self.triplet is None else self.triplet.current
        self.triplet = Triplet(
            leg=stretch.leg,
            current=stretch.place,
            previous=before
            if self._at > 0 and not (stretch.leg is Leg.POSITION and lands)
            else None,
            following=self._following(stretch),
            acceptance_m=stretch.acceptance_m or state.settings.acceptance_m,
            cruise_m_s=state.speed_to_fly_m_s,
        )

    def _height(self, state: NavigationState) -> float:
        flown = self.triplet
        return flown.current.d if flown and flown.leg is Leg.POSITION else state.position.d

    def _following(self, stretch: Stretch) -> Ned | None:
        last = self._at + 1 >= len(self._stretches)
        if stretch.leg is not Leg.POSITION or stretch.seq is None or last:
            return None
        return self._stretches[self._at + 1].place

    def _end(self, state: NavigationState) -> None:
        self._running, self.finished = False, True
        self.triplet = (
            idle(state.settings, state.position) if state.landed else hold_at(state, state.position)
        )
        state.events.append(Completed())


def to_landing(
    state: NavigationState,
    items: Sequence[NavItem],
    start: int,
    down: float,
    detour: Detour,
    before: Triplet | None,
) -> list[Stretch]:
    """Climb here, go around the fence, then fly the mission's landing pattern."""
    stretches: list[Stretch] = []
    seq = next((i for i in range(start, len(items)) if items[i].has_position), None)
    if state.position.d > down:
        amsl = state.frame.origin.height_amsl_m - down
        state.say(INFO, f"RTL Mission land: climb to {math.ceil(amsl - 1e-4)} m\t")
        place = held_place(state, before) or state.position
        climb = Ned(place.n, place.e, down)
        stretches.append(Stretch(leg=Leg.POSITION, place=climb, seq=start, reports=False))
    stretches += [
        Stretch(leg=Leg.POSITION, place=Ned(n, e, down), seq=start, reports=False)
        for n, e in detour.places
    ]
    return stretches + ([] if seq is None else onward(state, items, seq))


def onward(state: NavigationState, items: Sequence[NavItem], first: int) -> list[Stretch]:
    """From an item on to the landing."""
    placed = [i for i in range(max(first, 0), len(items)) if items[i].has_position]
    stretches = [_stretch(state, items[i], i) for i in placed]
    for index, stretch in enumerate(stretches):
        if stretch.leg is Leg.LAND:
            return stretches[: index + 1]
    return stretches


def backward(state: NavigationState, items: Sequence[NavItem], last: int) -> list[Stretch]:
    """From an item back to the take-off, then home; `last` is the item to begin with."""
    stretches: list[Stretch] = []
    placed = [i for i in range(min(last, len(items) - 1), -1, -1) if items[i].has_position]
    for seq in placed:
        place = _place(state, items[seq])
        stretches.append(Stretch(leg=Leg.POSITION, place=place, seq=seq))
        if items[seq].command == Command.NAV_TAKEOFF:
            break
    end = stretches[-1].seq if stretches else None
    home, delay_s = state.home, state.settings.return_land_delay_s
    if delay_s < 0.0:
        above = Ned(home.n, home.e, home.d - state.settings.return_descend_m)
        stretches.append(Stretch(leg=Leg.POSITION, place=above, seq=end, acceptance_m=math.inf))
    else:
        stretches.append(Stretch(leg=Leg.LAND, place=home, seq=end, reports=False))
    return stretches


def _stretch(state: NavigationState, item: NavItem, seq: int) -> Stretch:
    lands = item.command in LANDINGS
    return Stretch(
        leg=Leg.LAND if lands else Leg.POSITION,
        place=_place(state, item),
        seq=seq,
        acceptance_m=item.acceptance_m,
    )


def _place(state: NavigationState, item: NavItem) -> Ned:
    home_amsl = state.frame.origin.height_amsl_m - state.home.d
    return state.ned_at(item.latitude_deg, item.longitude_deg, item.height_amsl_m(home_amsl))
