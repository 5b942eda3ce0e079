"""Handing a track to a relief drone: offered once, answered in time or given up. Both roles."""

from dataclasses import dataclass

from onboard.executive.actions import Offer
from onboard.executive.noticed import Noticed, Sighted


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came back: from which drone, and whether it takes over.

    `final`: nobody else will answer.
    """

    handover_id: str
    by: str
    accepted: bool
    reason: str = ""
    final: bool = False


class Handover:
    """One offer at a time; the outbox brings it to the hub however long the link is away.

    `waits_for` is the event whose track is offered now. Answers of late
    or for others' offers are passed over, and counted in `strangers`.
    """

    def __init__(self, *, to: str | None, answer_s: float) -> None:
        self.strangers = 0
        self.waits_for: str | None = None
        self._to, self._answer_s = to, answer_s
        self._pending: str | None = None
        self._offers = 0
        self._until_s = 0.0

    def offer(self, noticed: Noticed, track: Sighted, now_s: float) -> Offer:
        """Offer a track."""
        self._offers += 1
        self.waits_for = noticed.event_id
        self._pending = f"{noticed.event_id}/relief-{self._offers}"
        self._until_s = now_s + self._answer_s
        return Offer(
            handover_id=self._pending,
            to=self._to,
            noticed=noticed,
            track=track,
            valid_s=self._answer_s,
        )

    def answered(self, answer: Answered) -> bool:
        """Whether the answer is to the offer that waits; a refusal leaves it waiting for others
        where it was made to all and others may answer."""
        if answer.handover_id != self._pending:
            self.strangers += 1
            return False
        if answer.accepted or answer.final or self._to is not None:
            self.drop()
        return True

    def expired(self, now_s: float) -> bool:
        """Whether the offer has just been given up."""
        if self._pending is None or now_s < self._until_s:
            return False
        self.drop()
        return True

    def drop(self) -> None:
        """The offer is over: an answer would come too late."""
        self._pending = self.waits_for = None
