"""One decision at a time: written in one transaction, then told to every console.

What is told is read back after the commit while no other decision runs, so consoles see every
thing's states in their order and never one that the disk does not have.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from ground_station.hub.stream import Broadcaster
from ground_station.store.changes import Changes, write
from ground_station.store.database import Database
from ground_station.store.state import alert_views

Answer = TypeVar("Answer")
Decision = Callable[[AsyncConnection], Awaitable[tuple[Changes, Answer]]]


class Acting:
    """Runs decisions over one database and one stream."""

    def __init__(self, database: Database, stream: Broadcaster) -> None:
        self.database = database
        self._stream = stream
        self._one_at_a_time = asyncio.Lock()

    async def act(self, decide: Decision[Answer]) -> Answer:
        """Decide, write and tell; what `decide` raises undoes all of it.

        Raises:
            StoreUnavailable: nothing was written.
        """
        async with self._one_at_a_time:
            async with self.database.writing() as connection:
                changes, answer = await decide(connection)
                await write(connection, changes)
            await self._tell(changes)
        return answer

    async def tell_alerts(self, ids: list[str]) -> None:
        """Tell consoles these alerts as they stand now."""
        if not ids or not self._stream.clients:
            return
        async with self.database.reading() as connection:
            views = await alert_views(connection, ids)
        for view in views:
            self._stream.publish("alert", view)

    async def _tell(self, changes: Changes) -> None:
        await self.tell_alerts(list(changes.alerts))
        for incident in changes.incidents.values():
            self._stream.publish("incident", incident)
        for event in changes.traffic_events.values():
            self._stream.publish("traffic_event", event)
