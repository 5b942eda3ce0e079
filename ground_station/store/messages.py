"""Messages as they came, each stored once under the id that its aircraft gave it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ground_station.store.schema import messages
from ground_station.store.upsert import insert_new
from onboard.messages import Envelope


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message that can be stored: `raw` is all of it, also what this hub does not know yet.

    `sha256` is over the canonical JSON of `raw`.
    """

    envelope: Envelope
    raw: dict[str, Any]
    sha256: str

    @property
    def id(self) -> str:
        """`drone:boot:sequence`."""
        return self.envelope.id


async def store_new(
    connection: AsyncConnection, batch: Sequence[Message], *, received_at: datetime
) -> set[str]:
    """Store what is not there yet, and return the ids that are new."""
    if not batch:
        return set()
    statement = insert_new(connection, messages).returning(messages.c.id)
    rows = [_row(message, received_at) for message in batch]
    return set((await connection.execute(statement, rows)).scalars())


async def stored_hashes(connection: AsyncConnection, ids: Iterable[str]) -> dict[str, str]:
    """The content hash of each stored message among the ids."""
    wanted = list(ids)
    if not wanted:
        return {}
    query = select(messages.c.id, messages.c.sha256).where(messages.c.id.in_(wanted))
    return {row.id: row.sha256 for row in await connection.execute(query)}


async def newest_of_kind(
    connection: AsyncConnection, kind: str, *, most: int
) -> list[dict[str, Any]]:
    """The messages of a kind that came last, as they came, the newest first."""
    query = (
        select(messages.c.body)
        .where(messages.c.kind == kind)
        .order_by(messages.c.received_at.desc(), messages.c.sequence.desc())
        .limit(most)
    )
    return list((await connection.execute(query)).scalars())


def _row(message: Message, received_at: datetime) -> dict[str, Any]:
    envelope = message.envelope
    return {
        "id": message.id,
        "drone_id": envelope.drone_id,
        "boot_id": envelope.boot_id,
        "sequence": envelope.sequence,
        "received_at": received_at,
        "kind": envelope.body.kind,
        "sha256": message.sha256,
        "body": message.raw,
    }
