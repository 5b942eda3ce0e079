"""What follows from a track that one aircraft offers to others: whom the hub asks, what it answers.

An offer goes to the drone that it names, or to one after another of those that are heard, who can
be there soonest first: each has its turn, and the next is asked when it refuses or says nothing.
The first that takes it has it; whoever takes it later is told so. The giver hears every answer, and
one more of the hub when nobody is left who could answer.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ground_station.store.mailbox import Handing, Mail, Turn
from ground_station.store.messages import Message
from onboard.messages import Envelope, HandoverAnswerReport, HandoverReport, Severity

HUB = "hub"
MOST_VALID = timedelta(minutes=10)
# A drone calls every second and answers at once; over a slow link it takes some more.
LEAST_TURN, MOST_TURN = timedelta(seconds=3), timedelta(seconds=8)

# Why a drone cannot be asked, or None.
Absence = Callable[[str], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """How the offer stands now, what is to be brought, and whether the others' offers are void.

    `turn` is until when somebody else is not asked; None: nobody else is to be asked.
    """

    handing: Handing
    letters: tuple[Mail, ...]
    void: bool = False
    turn: Turn | None = None


def offer(
    message: Message, body: HandoverReport, *, order: Sequence[str], absence: Absence, now: datetime
) -> Passed:
    """An offer has come in; `order` are the others that are heard, whom to ask first first."""
    by_ours = now + min(MOST_VALID, body.valid_until - body.seen_at)
    state = Handing(
        handover_id=body.handover_id,
        giver=message.envelope.drone_id,
        # What holds by the aircraft's clock and by ours: the two may differ.
        expires_at=max(now, min(body.valid_until, by_ours)),
    )
    if body.to is None and order:
        return next_asked(state, _first_turn(message, body, state, now), order, now)
    why = "no other drone is heard" if body.to is None else absence(body.to)
    if body.to is None or why is not None:
        # Answered even where the aircraft's clock is behind: it need not wait for nothing.
        state = replace(state, expires_at=by_ours)
        return Passed(
            handing=state, letters=(_of_hub(state, state.giver, why or "", message.id, now),)
        )
    state = replace(state, asked=(body.to,))
    return Passed(handing=state, letters=(_mail(state, body.to, message.id, message.raw),))


def next_asked(state: Handing, turn: Turn, order: Sequence[str], now: datetime) -> Passed:
    """The turn is over: the first of `order` that was not asked yet has the next one.

    Where there is none, one that is heard later may still be asked.
    """
    left = [each for each in order if each not in (*state.asked, state.giver)]
    turn = replace(turn, ends_at=now + _turn(turn.expires_at - now, len(left)))
    if not left:
        return Passed(handing=state, letters=(), turn=turn)
    state = replace(state, asked=(*state.asked, left[0]))
    letter = _mail(state, left[0], turn.message_id, turn.body)
    # Who has not even heard of it by the end of its turn is not to set out beside the next.
    letter = replace(letter, expires_at=min(letter.expires_at, turn.ends_at))
    return Passed(handing=state, letters=(letter,), turn=turn)


def answer(
    message: Message,
    body: HandoverAnswerReport,
    state: Handing,
    now: datetime,
    *,
    turn: Turn | None,
    order: Sequence[str],
) -> Passed:
    """An answer of a drone that was asked, to an offer that holds."""
    by = message.envelope.drone_id
    if body.accepted and state.taken_by not in (None, by):
        late = _of_hub(state, by, f"{state.taken_by} has taken it over", message.id, now)
        return Passed(handing=state, letters=(late,))
    to_giver = _mail(state, state.giver, message.id, message.raw)
    if body.accepted:
        return Passed(handing=replace(state, taken_by=by), letters=(to_giver,), void=True)
    state = replace(state, refused=tuple(sorted({*state.refused, by})))
    passed = Passed(handing=state, letters=(), turn=turn)
    if turn is not None and state.taken_by is None and by == state.asked[-1]:
        passed = next_asked(state, turn, order, now)
    letters = (to_giver, *passed.letters)
    if state.taken_by is None and not set(passed.handing.asked) - set(state.refused):
        last = _of_hub(state, state.giver, "nobody is left to ask", message.id, now)
        return replace(passed, letters=(*letters, last), turn=None)
    return replace(passed, letters=letters)


def _first_turn(message: Message, body: HandoverReport, state: Handing, now: datetime) -> Turn:
    return Turn(
        handover_id=state.handover_id,
        message_id=message.id,
        latitude_deg=body.position.latitude_deg,
        longitude_deg=body.position.longitude_deg,
        ends_at=now,
        expires_at=state.expires_at,
        body=message.raw,
    )


def _turn(left: timedelta, others: int) -> timedelta:
    """So that all who are left can be asked while the offer holds, and each can answer."""
    return max(LEAST_TURN, min(MOST_TURN, left / max(1, others)))


def _mail(state: Handing, drone_id: str, message_id: str, body: dict[str, Any]) -> Mail:
    return Mail(
        drone_id=drone_id,
        message_id=message_id,
        handover_id=state.handover_id,
        expires_at=state.expires_at,
        body=body,
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
