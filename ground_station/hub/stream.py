"""Telling every console what changed: encoded once, one bounded queue a client.

A client that lets its queue fill is dropped and counted: it connects again and gets a snapshot,
which is sooner right than a backlog.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic_core import to_json


class Client:
    """One console's queue; `ended` is set when the client is to be let go."""

    def __init__(self, *, queue_messages: int) -> None:
        self._waiting: asyncio.Queue[str] = asyncio.Queue(maxsize=queue_messages)
        self.ended = asyncio.Event()

    def offer(self, text: str) -> None:
        """Queue a message; a full queue ends the client instead."""
        try:
            self._waiting.put_nowait(text)
        except asyncio.QueueFull:
            self.ended.set()

    async def next_message(self) -> str:
        """The next message to be sent, waiting for it."""
        return await self._waiting.get()


class Broadcaster:
    """Every console that is connected now."""

    def __init__(self, *, queue_messages: int) -> None:
        self._queue_messages = queue_messages
        self._clients: set[Client] = set()
        self.sent = 0
        self.clients_dropped = 0

    @property
    def clients(self) -> int:
        """How many are connected."""
        return len(self._clients)

    @contextmanager
    def client(self) -> Iterator[Client]:
        """A queue that is fed while the block runs."""
        client = Client(queue_messages=self._queue_messages)
        self._clients.add(client)
        try:
            yield client
        finally:
            self._clients.discard(client)

    def publish(self, kind: str, data: Any) -> None:
        """Queue `{"type": kind, "data": data}` for every client; never blocks."""
        if not self._clients:
            return
        text = encoded(kind, data)
        self.sent += 1
        for client in tuple(self._clients):
            client.offer(text)
            if client.ended.is_set():
                self._clients.discard(client)
                self.clients_dropped += 1

    def end_all(self) -> None:
        """Let every client go: the hub is shutting down."""
        for client in self._clients:
            client.ended.set()
        self._clients.clear()


def encoded(kind: str, data: Any) -> str:
    """A stream message as JSON text; `data` is a model or JSON."""
    return to_json({"type": kind, "data": data}).decode("utf-8")
