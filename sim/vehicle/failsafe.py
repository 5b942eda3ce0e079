"""PX4's failsafe state machine: actions in force, the delay in Hold, the operator's takeover.

An action that would fly somewhere waits in Hold for COM_FAIL_ACT_T first, so that a person can take
over. Source: PX4-Autopilot v1.17, src/modules/commander/failsafe/framework.cpp.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from onboard.mavlink.px4_modes import Px4Mode
from sim.vehicle.safety.actions import MODES, Action, Clears, Response, Takeover
from sim.vehicle.safety.flags import Flags
from sim.vehicle.safety.rules import Situation, fallback, judge

CRITICAL = 2
SHORTEST_DELAY_S = 0.1
DEFER_S = 30.0
LOOK_S = 0.05
_OVERRULED = (Action.HOLD, Action.RETURN, Action.LAND, Action.DESCEND)
_STEPS_DOWN = (
    (Action.FALLBACK_POSITION, Px4Mode.POSITION),
    (Action.FALLBACK_ALTITUDE, Px4Mode.ALTITUDE),
    (Action.FALLBACK_STABILIZED, Px4Mode.STABILIZED),
    (Action.HOLD, Px4Mode.HOLD),
    (Action.RETURN, Px4Mode.RTL),
    (Action.LAND, Px4Mode.LAND),
    (Action.DESCEND, Px4Mode.DESCEND),
)
_DELAYED = (
    Action.FALLBACK_POSITION,
    Action.FALLBACK_ALTITUDE,
    Action.FALLBACK_STABILIZED,
    Action.RETURN,
    Action.LAND,
    Action.DESCEND,
)
# What a mode that lands or returns already is not interrupted for.
_ON_THE_WAY = {
    Px4Mode.LAND: (Action.RETURN,),
    Px4Mode.RTL: (Action.RETURN,),
    Px4Mode.PRECISION_LAND: (Action.RETURN, Action.LAND),
}


@dataclass(slots=True)
class _Entry:
    """An action in force and whether its cause still stands."""

    response: Response
    standing: bool = True


class Failsafe:
    """`step` looks at the flags; `mode` is None while the operator's mode stands."""

    def __init__(self) -> None:
        self.selected = Action.NONE
        self.texts: list[tuple[int, str]] = []
        # What the last text is about: the action itself, not the wait in Hold before it.
        self.announced = Action.NONE
        self.taken_over = False
        self._entries: dict[str, _Entry] = {}
        self._delay_s = 0.0
        self._start_delay_s: float | None = None
        self._before_s: float | None = None
        self._was_armed = False
        self._mode_before: Px4Mode | None = None
        self._mode_requested = False
        self._sticks_moved = False
        self._defers = False
        self._defer_limit_s = 0.0
        self._deferred_since_s: float | None = None

    @property
    def active(self) -> bool:
        """Whether a failsafe holds the vehicle."""
        return self.selected > Action.WARN

    @property
    def mode(self) -> Px4Mode | None:
        """The mode that a failsafe flies."""
        if self.selected is Action.TERMINATE:
            return Px4Mode.TERMINATION
        return MODES.get(self.selected)

    @property
    def deferred(self) -> bool:
        """Whether an action would be in force if it were not put off."""
        return self._deferred_since_s is not None

    @property
    def idle(self) -> bool:
        """Whether nothing is in force and no delay is running down."""
        acts = any(each.response.action is not Action.NONE for each in self._entries.values())
        return not acts and self.selected is Action.NONE and self._delay_s == 0.0

    def operator_chose_mode(self) -> None:
        """A mode was asked for, perhaps the one that is flown."""
        self._mode_requested = True

    def sticks_moved(self) -> None:
        """The pilot moves the sticks while a failsafe flies."""
        self._sticks_moved = True

    def defer(self, *, enabled: bool, timeout_s: float = DEFER_S) -> bool:
        """Put failsafes off that may be; False where one is active already."""
        if enabled and self.active:
            return False
        if not enabled and self._defers and not self.deferred:
            self._delay_s = 0.0
        self._defers, self._defer_limit_s = enabled, timeout_s
        return True

    def step(
        self,
        flags: Flags,
        situation: Situation,
        parameters: Mapping[str, int | float],
        now_s: float,
    ) -> Px4Mode:
        """Look at the flags and return the operator's mode, which a failsafe may have changed."""
        # Looks that change nothing are left out; while this counts, every one is made.
        dt_s = 0.0 if self._before_s is None else LOOK_S
        self._before_s = now_s
        configured_s = float(parameters["COM_FAIL_ACT_T"])
        if self._start_delay_s is None:
            self._start_delay_s = configured_s
        updated = self._note_change(situation)
        self._end_deferring(now_s)
        if not self.deferred:
            self._delay_s = max(self._delay_s - dt_s, 0.0)
        self._renew(judge(flags, situation, parameters), configured_s)
        if self.selected > Action.HOLD or not flags.can_run(Px4Mode.HOLD) or self.taken_over:
            self._delay_s = 0.0
        return self._select(flags, situation, parameters, updated, now_s, dt_s, configured_s)

    def _note_change(self, situation: Situation) -> bool:
        if situation.armed != self._was_armed:
            self._remove(Clears.ON_DISARM)
            self._remove(Clears.ON_MODE_CHANGE)
            self.taken_over = False
        updated = self._mode_requested or self._mode_before is not situation.intended
        self._mode_requested = False
        if updated or self.taken_over:
            self._remove(Clears.ON_MODE_CHANGE)
        self._was_armed = situation.armed
        return updated

    def _end_deferring(self, now_s: float) -> None:
        since_s = self._deferred_since_s
        if since_s is not None and 0.0 < self._defer_limit_s < now_s - since_s:
            self._defers = False

    def _remove(self, clears: Clears) -> None:
        for cause, entry in list(self._entries.items()):
            if not entry.standing and entry.response.clears is clears:
                del self._entries[cause]

    def _renew(self, found: Mapping[str, Response], configured_s: float) -> None:
        for cause, response in found.items():
            entry = self._entries.get(cause)
            if entry is not None:
                entry.standing = True
                entry.response = replace(entry.response, action=response.action)
            else:
                self._entries[cause] = _Entry(self._begin(response, configured_s))
        for cause in [cause for cause in self._entries if cause not in found]:
            self._entries[cause].standing = False
            response = self._entries[cause].response
            if response.clears is Clears.WITH_CAUSE or (self._defers and response.deferrable):
                del self._entries[cause]

    def _begin(self, response: Response, configured_s: float) -> Response:
        if response.action >= Action.HOLD:
            self.taken_over = False
        if response.takeover is not Takeover.AUTO:
            return response
        if configured_s <= SHORTEST_DELAY_S:
            return replace(response, takeover=Takeover.MODE_SWITCH)
        if response.action is not Action.WARN and self._delay_s == 0.0:
            self._delay_s = self._start_delay_s or 0.0
        return replace(response, takeover=Takeover.ALWAYS)

    def _select(
        self,
        flags: Flags,
        situation: Situation,
        parameters: Mapping[str, int | float],
        updated: bool,
        now_s: float,
        dt_s: float,
        configured_s: float,
    ) -> Px4Mode:
        choice = _Choice(flags, situation, parameters)
        choice.worst_of([entry.response for entry in self._entries.values()])
        terminated = self.selected is Action.TERMINATE
        if terminated or situation.intended is Px4Mode.TERMINATION:
            choice.action = Action.TERMINATE
        elif not situation.armed:
            choice.action = Action.NONE
        elif self._defers and choice.deferrable and choice.action is not Action.NONE:
            choice.deferred = choice.action > Action.WARN
            choice.action = Action.NONE
        else:
            choice.settle(
                delay=self._delay_s > 0.0,
                taken_over=self.taken_over,
                wants_over=updated and self.active,
                sticks=self._sticks_moved,
            )
        self._run_delay(choice, dt_s, configured_s)
        self._note_deferred(choice, now_s)
        if choice.action > self.selected:
            self._notify(choice)
        before = self.selected
        self.taken_over, self.selected = choice.taken_over, choice.action
        intended = choice.mode or situation.intended
        self._sticks_moved = False
        if before <= Action.WARN < choice.action and intended is Px4Mode.ORBIT:
            intended = Px4Mode.HOLD
        self._mode_before = intended
        return intended

    def _run_delay(self, choice: "_Choice", dt_s: float, configured_s: float) -> None:
        left_s = self._start_delay_s or 0.0
        if choice.delayed is not Action.NONE:
            self._start_delay_s = max(left_s - dt_s, 0.0)
        else:
            self._start_delay_s = min(left_s + dt_s / 4.0, configured_s)

    def _note_deferred(self, choice: "_Choice", now_s: float) -> None:
        if not choice.deferred:
            self._deferred_since_s = None
        elif self._deferred_since_s is None:
            self._deferred_since_s = now_s

    def _notify(self, choice: "_Choice") -> None:
        if choice.action is Action.HOLD and choice.delayed is not Action.NONE:
            wait_s = int(self._delay_s + 0.5)
            self.announced = choice.delayed
            text = f"Failsafe activated: entering Hold for {wait_s} seconds\t"
            self.texts.append((CRITICAL, text))
        elif choice.action is not Action.WARN:
            self.announced = choice.action
            self.texts.append((CRITICAL, "Failsafe activated\t"))


class _Choice:
    """The action that is taken of those in force (FailsafeBase::getSelectedAction)."""

    def __init__(
        self, flags: Flags, situation: Situation, parameters: Mapping[str, int | float]
    ) -> None:
        self._flags, self._situation, self._parameters = flags, situation, parameters
        self.action = self.delayed = Action.NONE
        self.takeover = Takeover.ALWAYS
        self.deferrable = True
        self.deferred = self.taken_over = False
        self.mode: Px4Mode | None = None

    def worst_of(self, responses: list[Response]) -> None:
        """Take the gravest action and the strictest of the conditions."""
        for response in responses:
            if response.action is not Action.NONE:
                self.action = max(self.action, response.action)
                self.takeover = max(self.takeover, response.takeover)
                self.deferrable = self.deferrable and response.deferrable

    def settle(self, *, delay: bool, taken_over: bool, wants_over: bool, sticks: bool) -> None:
        """Wait in Hold, give way to the operator, fall back to what is possible."""
        if (
            delay
            and not taken_over
            and self.takeover <= Takeover.MODE_SWITCH
            and self.action in _DELAYED
        ):
            self.delayed, self.action = self.action, Action.HOLD
            self.takeover = Takeover.MODE_SWITCH
        allowed = self.takeover <= Takeover.MODE_SWITCH and (taken_over or wants_over)
        by_sticks = sticks and self.takeover is Takeover.ALWAYS
        if (allowed or by_sticks) and self.action in _OVERRULED:
            self.action, self.delayed, self.taken_over = Action.WARN, Action.NONE, True
            self.mode = Px4Mode.POSITION if by_sticks and not taken_over else None
            intended = self.mode or self._situation.intended
            possible = fallback(self._flags, intended, self._parameters)
            self.action = max(self.action, possible)
        self._step_down()
        self._leave_alone()

    def _step_down(self) -> None:
        for action, mode in _STEPS_DOWN:
            if action < self.action:
                continue
            if self.action > Action.DESCEND or self.action < Action.FALLBACK_POSITION:
                return
            terminates = action is Action.DESCEND and int(self._parameters["COM_POS_FS_ACT"]) == 1
            if self._flags.can_run(mode) and not terminates:
                self.action = action
                return
        if Action.FALLBACK_POSITION <= self.action <= Action.DESCEND:
            self.action = Action.TERMINATE

    def _leave_alone(self) -> None:
        intended = self._situation.intended
        kept = _ON_THE_WAY.get(intended, ())
        wanted = self.action in kept or self.delayed in kept
        if wanted and self._flags.can_run(intended):
            self.action, self.delayed = Action.WARN, Action.NONE
