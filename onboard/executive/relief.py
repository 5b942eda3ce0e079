"""Handing a track over and taking one: what is offered when, and what an answer means."""

from onboard.executive.actions import Action, Answer, Offer
from onboard.executive.chart import AWAY, STATES, Signal, State, Transition
from onboard.executive.event_desk import EventDesk
from onboard.executive.handover import Answered, Handover
from onboard.executive.noticed import Noticed
from onboard.executive.refusal import Refusal
from onboard.executive.subject import Subject
from onboard.executive.tasking import Tasking
from onboard.executive.telling import Telling

# What ends a reaction though another drone could still go on with it.
PARTING = (Signal.LOW, Signal.GONE)


class Relief:
    """One vehicle's."""

    def __init__(
        self, tasking: Tasking, desk: EventDesk, subject: Subject, telling: Telling
    ) -> None:
        self.handover = Handover(to=tasking.relief.to, answer_s=tasking.relief.answer_s)
        self._desk = desk
        self._subject = subject
        self._telling = telling

    def offers(self, state: State, now_s: float) -> list[Action]:
        """The track of the reaction is offered, where its tasking says so and no answer is due."""
        plan, track = self._desk.plan, self._subject.track
        if plan is None or track is None or not plan.reaction.hand_over:
            return []
        if self.handover.waits_for == plan.noticed.event_id:
            return []
        offer: Offer = self.handover.offer(plan.noticed, track, now_s)
        return [offer, self._telling.beside(state, "offered", plan)]

    def parts(self, made: Transition, now_s: float) -> list[Action]:
        """The reaction ends: who takes its track over, if nobody has been asked by now?"""
        if STATES[made.target].commands and (made.source not in AWAY or made.target in AWAY):
            return []
        if made.signal in PARTING:
            return self.offers(made.target, now_s)
        self.handover.drop()
        return []

    def expires(self, state: State, now_s: float) -> list[Action]:
        """An offer that nobody has answered is given up."""
        if not self.handover.expired(now_s):
            return []
        return [self._telling.beside(state, "no_relief", self._desk.plan)]

    def answers(self, noticed: Noticed, by: str, refusal: Refusal | None) -> Answer:
        """To another drone: whether this one takes its track over."""
        return Answer(
            handover_id=noticed.event_id,
            to=by,
            accepted=refusal is None,
            reason="" if refusal is None else refusal.why.value,
        )

    def answered(self, answer: Answered, state: State) -> tuple[list[Action], bool]:
        """What is said of an answer, and whether it ends the reaction under way."""
        plan = self._desk.plan
        about = "" if plan is None else plan.noticed.event_id
        if about == answer.handover_id and not answer.accepted:
            # The hub's word to the taker: another drone was sooner.
            return [self._refused(answer, state)], True
        waited_for = self.handover.waits_for
        if not self.handover.answered(answer):
            return [], False
        if not answer.accepted:
            return [self._refused(answer, state)], False
        ends = plan is not None and plan.reaction.until_relieved and waited_for == about
        return [self._telling.beside(state, "relieved", plan, by=answer.by)], ends

    def _refused(self, answer: Answered, state: State) -> Action:
        about = {"by": answer.by, "words": answer.reason}
        return self._telling.beside(state, "relief_refused", self._desk.plan, **about)
