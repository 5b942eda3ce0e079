"""In which sentence a decision is told, and how soon a person must look."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from onboard.executive.actions import Left, Said
from onboard.executive.chart import Guard, Signal, State, Transition
from onboard.executive.other_hands import Hand
from onboard.executive.reaction import Planned
from onboard.executive.refusal import Refusal
from onboard.executive.sayings import NOT_REACTING, Sentence, refusal_sentence, sentence
from onboard.executive.watch import Watch
from onboard.messages import Explanation, Severity

BY_SIGNAL: Mapping[Signal, tuple[str, ...]] = {
    Signal.LANDED: ("landed",),
    Signal.LOW: ("low",),
    Signal.ASKED: ("asked",),
    Signal.NOTICED: ("stopping",),
    Signal.FLIES_MISSION: ("patrolling",),
}
# The signal's own sentence, then what is done about it.
WITH_TARGET: Mapping[Signal, str] = {
    Signal.LINK_LOST: "link_lost",
    Signal.STRAYED: "strayed",
    Signal.FAILED: "failed",
    Signal.TIME_UP: "time_up",
    Signal.GONE: "gone",
    Signal.RESTS: "rests",
    Signal.LINK_BACK: "link_back",
    Signal.LEFT_BEHIND: "left_behind",
}
PRESSING = frozenset(("low", "link_lost", "yielded_failsafe", "going_home", "failed", "no_relief"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A transition, and what fills its sentences."""

    transition: Transition
    hand: Hand | None
    plan: Planned | None
    left: Left | None
    words: str
    stays_s: float
    speed_m_s: float
    event: Explanation | None


def reasons_of(made: Transition, hand: Hand | None) -> tuple[str, ...]:
    """The sentences of a transition; `hand` is whose hand took the vehicle where one did."""
    if made.signal is Signal.TAKEN and hand is not None:
        return (f"yielded_{hand}",)
    if made.signal is Signal.FAILED and made.target is State.YIELDED:
        return ("helpless",)
    if made.signal is Signal.OVER or made.guard is Guard.OVER:
        return ("over",)
    if made.signal is Signal.TIME_UP and made.target is State.YIELDED:
        return ("yielded_mode",)
    if made.signal in WITH_TARGET:
        return (WITH_TARGET[made.signal], made.target.value)
    if made.signal is Signal.DONE and made.target is State.PATROLLING:
        return ("rejoined",)
    return BY_SIGNAL.get(made.signal, (made.target.value,))


class Telling:
    """Makes the words of one vehicle's decisions."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def transition(self, made: Made, now_s: float) -> Said:
        """A transition with all that belongs to it."""
        reasons = reasons_of(made.transition, made.hand)
        words = sentence(*reasons, event=made.event, about=self._about(made, now_s))
        return self._said(made.transition.target, reasons, words, made.plan)

    def beside(self, state: State, reason: str, plan: Planned | None, **about: object) -> Said:
        """Something that changes no state."""
        return self._said(state, (reason,), sentence(reason, about=about), plan)

    def refusal(
        self, state: State, refusal: Refusal, event_id: str, start: Sentence = NOT_REACTING
    ) -> Said:
        """Why an event is not reacted to, or what `start` says is not done."""
        return Said(
            state=state,
            reason=refusal.why.value,
            words=refusal_sentence(refusal.why, refusal.about, start),
            severity=Severity.NOTICE,
            place=self._watch.situation.place,
            event_id=event_id,
        )

    def _about(self, made: Made, now_s: float) -> dict[str, object]:
        now, plan = self._watch.situation, made.plan
        about: dict[str, object] = {
            "item": (made.left.item if made.left is not None else now.item) or 0,
            "left": 100.0 * (now.remaining or 0.0),
            "needed": 100.0 * (self._watch.needed() or 0.0),
            "lost": self._watch.unheard_s(now_s),
            "words": made.words,
            "mode": "?" if now.mode is None else now.mode.value,
            "seconds": made.stays_s if math.isfinite(made.stays_s) else 0.0,
            "speed": made.speed_m_s,
        }
        if plan is not None:
            home_m = 0.0 if now.home is None else now.home.height_amsl_m
            about |= {"height": plan.height_amsl_m - home_m, "radius": plan.reaction.radius_m}
        return about

    def _said(
        self, state: State, reasons: tuple[str, ...], words: Explanation, plan: Planned | None
    ) -> Said:
        return Said(
            state=state,
            reason="+".join(reasons),
            words=words,
            severity=_severity(reasons),
            place=self._watch.situation.place,
            event_id=None if plan is None else plan.noticed.event_id,
        )


def _severity(reasons: tuple[str, ...]) -> Severity:
    """An autopilot that does not obey wants a person at once, a return within minutes."""
    if "helpless" in reasons:
        return Severity.ALARM
    return Severity.WARNING if PRESSING & set(reasons) else Severity.NOTICE
