"""Brings what one aircraft has for another: stored with the message that brought it, handed out in
the reply to whatever the other sends next, since an aircraft behind a modem can only call."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ground_station.errors import StoreUnavailable
from ground_station.hub.asking import Candidate, nearest_first
from ground_station.hub.counters import Counters
from ground_station.hub.handovers import Passed, answer, next_asked, offer
from ground_station.store import mailbox
from ground_station.store.database import Database
from ground_station.store.mailbox import Turn
from ground_station.store.messages import Message
from missions.geodesy import GeoPoint
from onboard.messages import HandoverAnswerReport, HandoverReport, IngestReply

Where = Callable[[], dict[str, Candidate]]
# An aircraft says how it is every second, and its link may be slow.
SILENT_AFTER_S = 10.0


class Presence:
    """When each aircraft was last heard, by a clock that only goes forward."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began_s = clock()
        self._heard_s: dict[str, float] = {}

    def hear(self, drone_ids: set[str]) -> None:
        """These have said something."""
        self._heard_s.update(dict.fromkeys(drone_ids, self._clock()))

    @property
    def heard(self) -> set[str]:
        """Those that are heard now."""
        since_s = self._clock() - SILENT_AFTER_S
        return {each for each, heard_s in self._heard_s.items() if heard_s >= since_s}

    def absence(self, drone_id: str) -> str | None:
        """Why an aircraft cannot be asked; None also while this hub is too young to know."""
        now_s = self._clock()
        heard_s = self._heard_s.get(drone_id)
        if now_s - (self._began_s if heard_s is None else heard_s) <= SILENT_AFTER_S:
            return None
        if heard_s is None:
            return f"{drone_id} is not known here"
        return f"{drone_id} has not been heard for {now_s - heard_s:.0f} s"


class Post:
    """One mailbox an aircraft. `waiting` are those for which something may lie in the store,
    `turns` the offers whose next drone may have to be asked; `where` tells what is known of drones.
    """

    def __init__(
        self,
        database: Database,
        counters: Counters,
        *,
        waiting: set[str],
        turns: dict[str, Turn],
        where: Where = dict,
    ) -> None:
        self.presence = Presence()
        self.where = where
        self._database = database
        self._counters = counters
        self._waiting = waiting
        self._turns = turns

    async def pass_on(
        self, connection: AsyncConnection, accepted: Sequence[Message], now: datetime
    ) -> None:
        """Put what these messages have for others into their mailboxes, in their transaction."""
        for message in accepted:
            passed = await self._passed(connection, message, now)
            if passed is not None:
                await self._keep(connection, passed)

    async def _keep(self, connection: AsyncConnection, passed: Passed) -> None:
        handover_id = passed.handing.handover_id
        if passed.void:
            await mailbox.withdraw(connection, handover_id)
            self._counters.handovers_taken += 1
        if passed.turn is not None:
            await mailbox.put_turn(connection, passed.turn)
            self._turns[handover_id] = passed.turn
        elif self._turns.pop(handover_id, None) is not None:
            await mailbox.drop_turn(connection, handover_id)
        await mailbox.put_handing(connection, passed.handing)
        await mailbox.put_mail(connection, passed.letters)
        self._waiting |= {each.drone_id for each in passed.letters}

    async def with_mail(self, reply: IngestReply, received: Sequence[str]) -> IngestReply:
        """The reply, with what waits for those to whom it goes and does not know yet."""
        speakers = {each.partition(":")[0] for each in (*reply.accepted, *reply.duplicates)}
        self.presence.hear(speakers)
        now = datetime.now(UTC)
        over = [each for each in self._turns.values() if each.ends_at <= now]
        if not speakers & self._waiting and not over:
            return reply
        try:
            brought = await self._brought(speakers, received, over, now)
        except StoreUnavailable:
            # What was stored stays stored, and what is live was shown: the mail comes later.
            self._counters.store_failures += 1
            return reply
        return reply.model_copy(update={"brought": tuple(brought)})

    async def _brought(
        self, speakers: set[str], received: Sequence[str], over: Sequence[Turn], now: datetime
    ) -> list[dict[str, object]]:
        async with self._database.writing() as connection:
            for turn in over:
                await self._ask_next(connection, turn, now)
            arrived, expired = await mailbox.drop_mail(
                connection, received=received, by=speakers, now=now
            )
            brought = await mailbox.mail_of(connection, speakers, now)
            self._waiting &= await mailbox.waiting_for(connection)
        self._counters.mail_brought += arrived
        self._counters.mail_expired += expired
        return brought

    async def _ask_next(self, connection: AsyncConnection, turn: Turn, now: datetime) -> None:
        """A turn has ended without an answer; an offer that holds no more is forgotten."""
        state = await mailbox.handing(connection, turn.handover_id)
        if turn.expires_at > now and state is not None and turn is self._turns[turn.handover_id]:
            await self._keep(connection, next_asked(state, turn, self._order(turn), now))
        else:
            self._turns.pop(turn.handover_id, None)

    def _order(self, there: Turn | HandoverReport) -> Sequence[str]:
        """Those that are heard, whom to ask first first."""
        place = there.position if isinstance(there, HandoverReport) else there
        point = GeoPoint(latitude_deg=place.latitude_deg, longitude_deg=place.longitude_deg)
        return nearest_first(self.presence.heard, self.where(), point)

    async def _passed(
        self, connection: AsyncConnection, message: Message, now: datetime
    ) -> Passed | None:
        body = message.envelope.body
        if isinstance(body, HandoverReport):
            self._counters.handovers_offered += 1
            order = [each for each in self._order(body) if each != message.envelope.drone_id]
            return offer(message, body, order=order, absence=self.presence.absence, now=now)
        if isinstance(body, HandoverAnswerReport):
            state = await mailbox.handing(connection, body.handover_id)
            if state is not None and message.envelope.drone_id in state.asked:
                turn = self._turns.get(body.handover_id)
                left = () if turn is None else self._order(turn)
                return answer(message, body, state, now, turn=turn, order=left)
            self._counters.answers_passed_over += 1
        return None


async def open_post(database: Database, counters: Counters) -> Post:
    """The mailboxes as they stand in the store."""
    async with database.reading() as connection:
        waiting = await mailbox.waiting_for(connection)
        turns = await mailbox.open_turns(connection)
    return Post(database, counters, waiting=waiting, turns=turns)
