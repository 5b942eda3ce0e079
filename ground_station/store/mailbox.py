"""What waits for aircraft, in order, and how each offered track stands."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ground_station.store.schema import handovers, mailbox, turns
from ground_station.store.upsert import insert_new, insert_or_replace

MOST_AT_ONCE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A message for one aircraft: an envelope as JSON, worth nothing after `expires_at`."""

    drone_id: str
    message_id: str
    handover_id: str
    expires_at: datetime
    body: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """An offered track: who gives it, who was asked, who has refused, and who has taken it."""

    handover_id: str
    giver: str
    expires_at: datetime
    asked: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    taken_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """An offer to whichever takes it: until `ends_at` the drone that was asked last may answer,
    then the next is asked. The place is the object's; `body` is the offer as it came."""

    handover_id: str
    message_id: str
    latitude_deg: float
    longitude_deg: float
    ends_at: datetime
    expires_at: datetime
    body: dict[str, Any]


async def put_mail(connection: AsyncConnection, letters: Sequence[Mail]) -> None:
    """Store what is to be brought; what waits already for the same aircraft stays as it is."""
    if letters:
        await connection.execute(insert_new(connection, mailbox), list(map(asdict, letters)))


async def mail_of(
    connection: AsyncConnection, drone_ids: Iterable[str], now: datetime
) -> list[dict[str, Any]]:
    """What waits for these aircraft and holds still, the oldest first, at most so much."""
    query = (
        select(mailbox.c.body)
        .where(mailbox.c.drone_id.in_(list(drone_ids)), mailbox.c.expires_at > now)
        .order_by(mailbox.c.position)
        .limit(MOST_AT_ONCE)
    )
    return list((await connection.execute(query)).scalars())


async def drop_mail(
    connection: AsyncConnection, *, received: Iterable[str], by: Iterable[str], now: datetime
) -> tuple[int, int]:
    """Forget what these aircraft have received, and what has expired; how many of each."""
    arrived = delete(mailbox).where(
        mailbox.c.message_id.in_(list(received)), mailbox.c.drone_id.in_(list(by))
    )
    stale = delete(mailbox).where(mailbox.c.expires_at <= now)
    for each in (handovers, turns):
        await connection.execute(delete(each).where(each.c.expires_at <= now))
    return (await connection.execute(arrived)).rowcount, (await connection.execute(stale)).rowcount


async def withdraw(connection: AsyncConnection, handover_id: str) -> None:
    """Nobody need be asked any more."""
    await connection.execute(delete(mailbox).where(mailbox.c.handover_id == handover_id))


async def waiting_for(connection: AsyncConnection) -> set[str]:
    """The aircraft for which something waits."""
    return set((await connection.execute(select(mailbox.c.drone_id).distinct())).scalars())


async def handing(connection: AsyncConnection, handover_id: str) -> Handing | None:
    """An offered track as it stands; None where there is none, or it has expired."""
    query = select(handovers).where(handovers.c.handover_id == handover_id)
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        return None
    lists = {name: tuple(row[name]) for name in ("asked", "refused")}
    return Handing(**{**row, **lists})


async def put_handing(connection: AsyncConnection, state: Handing) -> None:
    """Store how an offered track stands."""
    row = {**asdict(state), "asked": list(state.asked), "refused": list(state.refused)}
    await connection.execute(insert_or_replace(connection, handovers), [row])


async def put_turn(connection: AsyncConnection, turn: Turn) -> None:
    """Store whose turn it is until when."""
    await connection.execute(insert_or_replace(connection, turns), [asdict(turn)])


async def drop_turn(connection: AsyncConnection, handover_id: str) -> None:
    """Nobody else is to be asked."""
    await connection.execute(delete(turns).where(turns.c.handover_id == handover_id))


async def open_turns(connection: AsyncConnection) -> dict[str, Turn]:
    """Every offer whose next drone may have to be asked."""
    rows = (await connection.execute(select(turns))).mappings()
    return {row["handover_id"]: Turn(**row) for row in rows}
