"""The chain of actions in the database: append within a transaction, read, verify."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ground_station.store.chain import Action, Break, Chain, Record, first_break
from ground_station.store.schema import actions


async def append(connection: AsyncConnection, new: Sequence[Action]) -> None:
    """Append actions in their order, within the caller's transaction."""
    if not new:
        return
    query = select(actions.c.position, actions.c.hash).order_by(actions.c.position.desc()).limit(1)
    last = (await connection.execute(query)).first()
    chain = Chain(last_position=last.position, last_hash=last.hash) if last else Chain()
    rows = [_row(chain.append(action)) for action in new]
    await connection.execute(insert(actions), rows)


async def about(
    connection: AsyncConnection, subjects: Iterable[str], *, without: Iterable[str] = ()
) -> dict[str, list[Action]]:
    """Each subject's actions, oldest first, less those with an action name in `without`."""
    query = (
        select(actions)
        .where(actions.c.subject.in_(list(subjects)), actions.c.action.not_in(list(without)))
        .order_by(actions.c.position)
    )
    found: dict[str, list[Action]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.subject, []).append(_record(row).action)
    return found


async def verify(connection: AsyncConnection) -> Break | None:
    """Where the stored chain does not hold, or None where all of it does."""
    rows = await connection.execute(select(actions).order_by(actions.c.position))
    return first_break(_record(row) for row in rows)


def _row(record: Record) -> dict[str, Any]:
    action = record.action
    return {
        "position": record.position,
        "at": action.at,
        "who": action.who,
        "action": action.action,
        "subject": action.subject,
        "detail": dict(action.detail),
        "prev_hash": record.prev_hash,
        "hash": record.hash,
    }


def _record(row: Row[Any]) -> Record:
    action = Action(
        at=row.at, who=row.who, action=row.action, subject=row.subject, detail=row.detail
    )
    return Record(position=row.position, action=action, prev_hash=row.prev_hash, hash=row.hash)
