"""Precision landing with no target to be seen: wait, search, land normally, as PX4 falls back.

Source: PX4-Autopilot v1.17, src/modules/navigator/precland.cpp (started by mode: target required).
"""

from collections.abc import Mapping
from dataclasses import replace
from enum import Enum

from sim.vehicle.guidance import Leg, Triplet
from sim.vehicle.modes.place_modes import landing_here
from sim.vehicle.navigation import NavigationState, hold_at
from sim.vehicle.trajectory import Ned

LOOKS_FOR_S = 2.0


class _Stage(Enum):
    START = "start"
    SEARCH = "search"
    LAND = "land"


class PrecisionLandMode:
    """Looks for a landing target that nobody simulates, then lands where it is."""

    def __init__(self) -> None:
        self.triplet: Triplet | None = None
        self._stage = _Stage.START
        self._until_s = 0.0

    def activate(self, state: NavigationState) -> None:
        """The mode was entered."""
        self._stage, self._until_s = _Stage.START, state.now_s + LOOKS_FOR_S
        self.triplet = hold_at(state, state.position, yaw=None)

    def step(self, state: NavigationState, parameters: Mapping[str, int | float]) -> None:
        """Go on when the time of a stage is over."""
        if self._stage is _Stage.LAND or state.now_s < self._until_s or self.triplet is None:
            return
        search_s = float(parameters["PLD_SRCH_TOUT"])
        if self._stage is _Stage.START and search_s > 0.0:
            self._stage, self._until_s = _Stage.SEARCH, state.now_s + search_s
            here = self.triplet.current
            down = -float(parameters["PLD_SRCH_ALT"])
            self.triplet = replace(hold_at(state, Ned(here.n, here.e, down)), leg=Leg.POSITION)
            return
        self._stage = _Stage.LAND
        self.triplet = landing_here(state, Leg.LAND)
