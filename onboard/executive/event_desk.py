"""Where events come in: whether one may be reacted to, and the reaction that is under way."""

from dataclasses import replace

from onboard.executive.chart import FLYING, State
from onboard.executive.noticed import Noticed
from onboard.executive.reaction import Planned, Spent, planned, tasked
from onboard.executive.refusal import Refusal, Why
from onboard.executive.subject import Subject
from onboard.executive.tasking import Reaction, Tasking
from onboard.executive.watch import Watch
from onboard.mavlink.command import CommandPlace
from onboard.messages import Explanation


class EventDesk:
    """One flight's. `plan` is the reaction under way, `event` the sentence of what it answers to,
    `began_at` where the vehicle was when it began; `refusal` is why it may not be gone on with from
    where the vehicle has come to rest."""

    def __init__(self, tasking: Tasking, watch: Watch, subject: Subject) -> None:
        self.plan: Planned | None = None
        self.began_at: CommandPlace | None = None
        self.event: Explanation | None = None
        self.refusal: Refusal | None = None
        self._tasking = tasking
        self._watch = watch
        self._subject = subject
        self._spent = Spent()

    @property
    def reaction(self) -> Reaction | None:
        """What is being done."""
        return None if self.plan is None else self.plan.reaction

    def new_flight(self) -> None:
        """Nothing is spent yet."""
        self._spent = Spent()

    def drop(self) -> None:
        """The reaction is over."""
        self.plan = None

    def consider(
        self, noticed: Noticed, state: State, words: Explanation | None, now_s: float
    ) -> Refusal | None:
        """Plan a reaction to an event; why there is none, where there is none."""
        plan = self._answer(noticed, state, now_s)
        if isinstance(plan, Refusal):
            return plan
        self._spent.book(noticed, plan.reaction, now_s)
        self.event, self.plan = words, plan
        self.began_at = self._watch.situation.place
        self._subject.begin(noticed, now_s)
        return None

    def does(self, do: str) -> bool:
        """Whether this is what is to be done."""
        return self.plan is not None and self.plan.reaction.do == do

    def still(self, do: str, back: CommandPlace | None, now_s: float) -> bool:
        """Whether it may be done from where the vehicle has come to rest, to what is there now."""
        if self.plan is None or not self.does(do):
            return False
        there = self._subject.at(now_s) or self.plan.place
        noticed = replace(self.plan.noticed, place=there)
        again = self._planned(noticed, self.plan.reaction, back)
        if isinstance(again, Refusal):
            self.refusal = again
            return False
        self.plan = again
        return True

    def _answer(self, noticed: Noticed, state: State, now_s: float) -> Planned | Refusal:
        alone = self._watch.alone(now_s)
        reaction = tasked(noticed, self._tasking, self._spent, alone=alone, now_s=now_s)
        if isinstance(reaction, Refusal):
            return reaction
        if state is not State.PATROLLING:
            return Refusal(why=Why.BUSY if state in FLYING else Why.NOT_ON_PATROL)
        if not self._watch.situation.known(now_s):
            return Refusal(why=Why.UNKNOWN)
        return self._planned(noticed, reaction, self._watch.leg().place)

    def _planned(
        self, noticed: Noticed, reaction: Reaction, back: CommandPlace | None
    ) -> Planned | Refusal:
        watch = self._watch
        return planned(noticed, reaction, watch.situation, watch.bounds, watch.reserve, back)
