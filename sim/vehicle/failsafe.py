"""What PX4 does by itself: lost ground station, low battery, breached fence.

An action that would fly somewhere waits in Hold for COM_FAIL_ACT_T first, so that a person can take
over. Source: PX4-Autopilot v1.17, src/modules/commander/failsafe.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from onboard.mavlink.px4_modes import Px4Mode
from sim.vehicle.battery import ChargeState

INFO, CRITICAL, EMERGENCY = 6, 2, 0


class Action(IntEnum):
    """What is done, the graver the greater."""

    NONE = 0
    WARN = 1
    HOLD = 2
    RETURN = 3
    LAND = 4
    DESCEND = 5


_MODES = {
    Action.HOLD: Px4Mode.HOLD,
    Action.RETURN: Px4Mode.RTL,
    Action.LAND: Px4Mode.LAND,
    Action.DESCEND: Px4Mode.DESCEND,
}
_LINK_ACTIONS = {1: Action.HOLD, 2: Action.RETURN, 3: Action.LAND, 5: Action.DESCEND}
_FENCE_ACTIONS = {
    1: Action.WARN,
    2: Action.HOLD,
    3: Action.RETURN,
    4: Action.DESCEND,
    5: Action.LAND,
}
_BATTERY_TEXTS = {
    ChargeState.LOW: (CRITICAL, "Low battery\t"),
    ChargeState.CRITICAL: (CRITICAL, "Critical battery\t"),
    ChargeState.EMERGENCY: (EMERGENCY, "Emergency battery level\t"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the failsafes look at; `ground_silent_s` None while no ground station was ever heard."""

    airborne: bool
    ground_silent_s: float | None
    battery: ChargeState
    breached: bool


class Failsafe:
    """The action in force; `mode` is None while the operator's mode stands."""

    def __init__(self) -> None:
        self.mode: Px4Mode | None = None
        self.texts: list[tuple[int, str]] = []
        self._causes: dict[str, Action] = {}
        self._overruled: dict[str, Action] = {}
        self._goal = Action.NONE
        self._hold_until_s = 0.0
        self._battery = ChargeState.OK
        self._breached = False
        self._linked = True

    @property
    def active(self) -> bool:
        """Whether a failsafe holds the vehicle."""
        return self.mode is not None

    def step(self, facts: Facts, parameters: Mapping[str, int | float], now_s: float) -> None:
        """Look at the facts; `mode` and `texts` say what came of it."""
        self._causes = {
            "link": self._link(facts, parameters),
            "battery": self._battery_action(facts, parameters),
            "fence": self._fence(facts, parameters),
        }
        if not facts.airborne:
            self._clear()
            return
        for cause, action in list(self._overruled.items()):
            if self._causes[cause] is not action:
                del self._overruled[cause]
        standing = [a for cause, a in self._causes.items() if cause not in self._overruled]
        self._pursue(max(standing, default=Action.NONE), parameters, now_s)

    def operator_chose_mode(self) -> None:
        """A person took over: the causes of now act no more until they pass or grow worse."""
        if self.mode is not None:
            self._overruled = {c: a for c, a in self._causes.items() if a >= Action.HOLD}
            self._goal, self.mode = Action.NONE, None

    def _pursue(self, wanted: Action, parameters: Mapping[str, int | float], now_s: float) -> None:
        if wanted > max(self._goal, Action.WARN):
            if self._goal is Action.NONE:
                self._begin(wanted, parameters, now_s)
            self._goal = wanted
        elif wanted < Action.HOLD and self.mode is Px4Mode.HOLD:
            self._clear()
        if self._goal >= Action.HOLD and now_s >= self._hold_until_s:
            mode = _MODES[self._goal]
            if mode is not self.mode:
                self.texts.append((CRITICAL, "Failsafe activated\t"))
                self.mode = mode

    def _begin(self, wanted: Action, parameters: Mapping[str, int | float], now_s: float) -> None:
        delay = parameters["COM_FAIL_ACT_T"] if wanted is not Action.HOLD else 0.0
        self._hold_until_s = now_s + delay
        if delay > 0.0:
            text = f"Failsafe activated: entering Hold for {delay:.0f} seconds\t"
            self.texts.append((CRITICAL, text))
            self.mode = Px4Mode.HOLD

    def _clear(self) -> None:
        self.mode = None
        self._goal = Action.NONE
        self._overruled.clear()

    def _link(self, facts: Facts, parameters: Mapping[str, int | float]) -> Action:
        silent = facts.ground_silent_s
        lost = silent is not None and silent > parameters["COM_DL_LOSS_T"]
        if not lost and not self._linked:
            self.texts.append((INFO, "GCS connection regained\t"))
        self._linked = not lost
        if not lost:
            return Action.NONE
        return _LINK_ACTIONS.get(int(parameters["NAV_DLL_ACT"]), Action.NONE)

    def _battery_action(self, facts: Facts, parameters: Mapping[str, int | float]) -> Action:
        if facts.battery > self._battery:
            self.texts.append(_BATTERY_TEXTS[facts.battery])
        self._battery = facts.battery
        chosen = int(parameters["COM_LOW_BAT_ACT"])
        if facts.battery is ChargeState.EMERGENCY and chosen in (2, 3):
            return Action.LAND
        if facts.battery is ChargeState.CRITICAL:
            return {2: Action.LAND, 3: Action.RETURN}.get(chosen, Action.NONE)
        return Action.NONE

    def _fence(self, facts: Facts, parameters: Mapping[str, int | float]) -> Action:
        action = _FENCE_ACTIONS.get(int(parameters["GF_ACTION"]), Action.NONE)
        if facts.breached and not self._breached and action is not Action.NONE:
            self.texts.append((CRITICAL, "Geofence: approaching or outside geofence"))
        self._breached = facts.breached
        return action if facts.breached else Action.NONE
