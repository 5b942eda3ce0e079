"""What comes in from aircraft: messages, live state and pictures.

A message and everything that follows from it are one transaction, so that after a power cut each
event has had its effect once or not at all; the aircraft sends again what was not answered for.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from ground_station.alerts.correlate import box_of_events
from ground_station.errors import PictureRefused
from ground_station.hub.acting import Acting
from ground_station.hub.counters import Counters
from ground_station.hub.judgement import Judgement
from ground_station.hub.live import Live, live_view
from ground_station.hub.post import Post
from ground_station.hub.reading import id_reused, read_batch
from ground_station.hub.stream import Broadcaster
from ground_station.store.changes import Changes
from ground_station.store.messages import Message, store_new, stored_hashes
from ground_station.store.pictures import PictureFolder, media_type
from ground_station.store.schema import pictures
from ground_station.store.state import alert_ids_with_picture, open_alerts
from ground_station.store.upsert import insert_new
from onboard.messages import (
    SCHEMA_VERSION,
    DecisionReport,
    Envelope,
    EventReport,
    HandoverAnswerReport,
    HandoverReport,
    IngestRefusal,
    IngestReply,
    UnknownReport,
    unknown_fields,
)

Event = tuple[Message, EventReport]
DURABLE = (EventReport, DecisionReport, HandoverReport, HandoverAnswerReport)
EVENTS_ARE_DURABLE = "an event, a decision or a handover is sent to /ingest, where it is stored"


class Intake:
    """Takes in what aircraft say."""

    def __init__(
        self,
        *,
        acting: Acting,
        judgement: Judgement,
        pictures_folder: PictureFolder,
        stream: Broadcaster,
        counters: Counters,
        post: Post,
    ) -> None:
        self.live = Live()
        self.hearers: list[Callable[[Envelope], None]] = []
        self._acting = acting
        self._judgement = judgement
        self._pictures = pictures_folder
        self._stream = stream
        self._counters = counters
        self._post = post

    async def ingest(self, batch: Sequence[dict[str, Any]]) -> IngestReply:
        """Store a batch and act on it; the reply says what became of each message.

        Raises:
            StoreUnavailable: nothing of the batch was stored.
        """
        taken, refused = read_batch(batch)
        now = datetime.now(UTC)

        async def decide(connection: AsyncConnection) -> tuple[Changes, IngestReply]:
            new = await store_new(connection, taken, received_at=now)
            accepted, again = _first_of_each(taken, new)
            known = await stored_hashes(connection, {message.id for message in again})
            reply = _reply(accepted, again, known, refused)
            await self._post.pass_on(connection, accepted, now)
            return await self._judged(connection, accepted, now), reply

        reply = await self._acting.act(decide)
        self._count(reply)
        stored = set(reply.accepted)
        for message in taken:
            if message.id in stored:
                self._count_unknown(message)
                self._tell_live(message.envelope)
        return reply

    def take_live(self, batch: Sequence[dict[str, Any]]) -> IngestReply:
        """Show a batch to whoever looks now; an event is refused, because it would be lost."""
        taken, refused = read_batch(batch)
        fresh: list[str] = []
        stale: list[str] = []
        for message in taken:
            self._count_unknown(message)
            if isinstance(message.envelope.body, DURABLE):
                refused.append(IngestRefusal(id=message.id, reason=EVENTS_ARE_DURABLE))
            else:
                (fresh if self._tell_live(message.envelope) else stale).append(message.id)
        self._counters.live_refused += len(refused)
        return IngestReply(accepted=tuple(fresh), duplicates=tuple(stale), refused=tuple(refused))

    async def put_picture(self, sha256: str, content: bytes) -> bool:
        """Store a picture durably; False where it was there already.

        Raises:
            PictureRefused: the bytes are not that picture.
            StoreUnavailable: the disk took nothing.
        """
        try:
            new = await asyncio.to_thread(self._pictures.put, sha256, content)
        except PictureRefused:
            self._counters.pictures_refused += 1
            raise

        async def decide(connection: AsyncConnection) -> tuple[Changes, list[str]]:
            await connection.execute(
                insert_new(connection, pictures).values(
                    sha256=sha256,
                    media_type=media_type(content),
                    size_bytes=len(content),
                    received_at=datetime.now(UTC),
                )
            )
            return Changes(), await alert_ids_with_picture(connection, sha256)

        await self._acting.tell_alerts(await self._acting.act(decide))
        self._counters.pictures_stored += new
        return new

    async def _judged(
        self, connection: AsyncConnection, accepted: Sequence[Message], now: datetime
    ) -> Changes:
        events: list[Event] = [
            (message, message.envelope.body)
            for message in accepted
            if isinstance(message.envelope.body, EventReport)
        ]
        if not events:
            return Changes()
        settings = self._judgement.correlation
        bodies = [event for _, event in events]
        known = await open_alerts(
            connection,
            {event.event_kind for event in bodies},
            captured_since=min(event.began_at for event in bodies)
            - timedelta(seconds=settings.window_s),
            within=box_of_events(bodies, settings),
        )
        return self._judgement.of(events, known, now=now)

    def _tell_live(self, envelope: Envelope) -> bool:
        if isinstance(envelope.body, UnknownReport):
            # Nobody here could show it; it is counted.
            return True
        if isinstance(envelope.body, EventReport):
            return False
        # Of what is durable each one counts, also one that was overtaken on its way.
        if not isinstance(envelope.body, DURABLE) and not self.live.receive(envelope):
            return False
        self._stream.publish(envelope.body.kind, live_view(envelope))
        for hear in self.hearers:
            hear(envelope)
        return True

    def _count_unknown(self, message: Message) -> None:
        """What a newer aircraft says that is not known here is kept as it came, and counted."""
        envelope = message.envelope
        self._counters.messages_newer += envelope.version > SCHEMA_VERSION
        self._counters.messages_of_unknown_kind += isinstance(envelope.body, UnknownReport)
        self._counters.unknown_fields += unknown_fields(message.raw, envelope)

    def _count(self, reply: IngestReply) -> None:
        self._counters.messages_accepted += len(reply.accepted)
        self._counters.messages_duplicate += len(reply.duplicates)
        self._counters.messages_refused += len(reply.refused)


def _first_of_each(taken: Sequence[Message], new: set[str]) -> tuple[list[Message], list[Message]]:
    """The message that was stored under each new id, and all others."""
    waiting = set(new)
    accepted: list[Message] = []
    again: list[Message] = []
    for message in taken:
        (accepted if message.id in waiting else again).append(message)
        waiting.discard(message.id)
    return accepted, again


def _reply(
    accepted: Sequence[Message],
    again: Sequence[Message],
    known: dict[str, str],
    refused: Sequence[IngestRefusal],
) -> IngestReply:
    repeated = [message.id for message in again if known.get(message.id) == message.sha256]
    reused = [id_reused(message) for message in again if known.get(message.id) != message.sha256]
    return IngestReply(
        accepted=tuple(message.id for message in accepted),
        duplicates=tuple(repeated),
        refused=(*refused, *reused),
    )
