"""What follows from a track that one aircraft offers to others: whom the hub asks, what it answers.

An offer goes to the drone that it names, or to every other that is heard now. The first that takes
it has it; whoever takes it later is told so. The giver hears every answer, and one more of the hub
when nobody is left who could answer.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ground_station.store.mailbox import Handing, Mail
from ground_station.store.messages import Message
from onboard.messages import Envelope, HandoverAnswerReport, HandoverReport, Severity

HUB = "hub"
MOST_VALID = timedelta(minutes=10)

# Why a drone cannot be asked, or None.
Absence = Callable[[str], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """How the offer stands now, what is to be brought, and whether the others' offers are void."""

    handing: Handing
    letters: tuple[Mail, ...]
    void: bool = False


def offer(
    message: Message, body: HandoverReport, *, heard: set[str], absence: Absence, now: datetime
) -> Passed:
    """An offer has come in."""
    giver = message.envelope.drone_id
    by_ours = now + min(MOST_VALID, body.valid_until - body.seen_at)
    asked, why = _asked(body.to, heard - {giver}, absence)
    state = Handing(
        handover_id=body.handover_id,
        giver=giver,
        # What holds by the aircraft's clock and by ours: the two may differ.
        expires_at=max(now, min(body.valid_until, by_ours)),
        asked=tuple(sorted(asked)),
    )
    if not asked:
        # Answered even where the aircraft's clock is behind: it need not wait for nothing.
        state = replace(state, expires_at=by_ours)
        return Passed(handing=state, letters=(_of_hub(state, giver, why, message.id, now),))
    return Passed(handing=state, letters=tuple(_mail(state, each, message) for each in state.asked))


def answer(message: Message, body: HandoverAnswerReport, state: Handing, now: datetime) -> Passed:
    """An answer of a drone that was asked, to an offer that holds."""
    by = message.envelope.drone_id
    if body.accepted and state.taken_by not in (None, by):
        late = _of_hub(state, by, f"{state.taken_by} has taken it over", message.id, now)
        return Passed(handing=state, letters=(late,))
    to_giver = _mail(state, state.giver, message)
    if body.accepted:
        return Passed(handing=replace(state, taken_by=by), letters=(to_giver,), void=True)
    state = replace(state, refused=tuple(sorted({*state.refused, by})))
    if state.taken_by is not None or set(state.asked) - set(state.refused):
        return Passed(handing=state, letters=(to_giver,))
    last = _of_hub(state, state.giver, "nobody is left to ask", message.id, now)
    return Passed(handing=state, letters=(to_giver, last))


def _asked(to: str | None, heard: set[str], absence: Absence) -> tuple[set[str], str]:
    if to is None:
        return heard, "no other drone is heard"
    why = absence(to)
    return ({to}, "") if why is None else (set(), why)


def _mail(state: Handing, drone_id: str, message: Message) -> Mail:
    return Mail(
        drone_id=drone_id,
        message_id=message.id,
        handover_id=state.handover_id,
        expires_at=state.expires_at,
        body=message.raw,
    )


def _of_hub(state: Handing, to: str, why: str, about: str, now: datetime) -> Mail:
    """The hub's own word, under an id that follows from what it is about: known when repeated."""
    said = HandoverAnswerReport(
        severity=Severity.ALARM,
        handover_id=state.handover_id,
        to=to,
        accepted=False,
        reason=why,
        final=True,
    )
    digest = hashlib.sha256(about.encode("utf-8")).hexdigest()[:32]
    envelope = Envelope(drone_id=HUB, boot_id=digest, sequence=0, sent_at=now, body=said)
    body: dict[str, Any] = envelope.model_dump(mode="json")
    return Mail(
        drone_id=to,
        message_id=envelope.id,
        handover_id=state.handover_id,
        expires_at=state.expires_at,
        body=body,
    )
