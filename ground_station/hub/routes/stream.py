"""The WebSocket on which a console sees everything as it happens."""

import asyncio

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from ground_station.hub.access import origin_allowed
from ground_station.hub.hub import Hub
from ground_station.hub.stream import Client, encoded

FORBIDDEN_ORIGIN = 1008
TOO_SLOW = 1013
CLOSE_LIMIT_S = 1.0


def stream_routes(hub: Hub) -> APIRouter:
    """Routes over one hub."""
    router = APIRouter()

    @router.websocket("/stream")
    async def stream(socket: WebSocket) -> None:
        """A `snapshot`, then `vehicle`, `view`, `tracks`, `alert`, `incident`, `traffic_event`,
        `plan`, `status` and `decision` (of an aircraft by itself), each `{"type", "data"}`."""
        if not origin_allowed(
            socket.headers.get("origin"),
            host=socket.headers.get("host"),
            allowed=hub.configuration.stream.allowed_origins,
        ):
            await socket.close(FORBIDDEN_ORIGIN, "this page is not the hub's")
            return
        await socket.accept()
        # Fed from before the snapshot is read, so that no change falls between the two.
        with hub.stream.client() as client:
            await _serve(socket, client, hub)

    return router


async def _serve(socket: WebSocket, client: Client, hub: Hub) -> None:
    tasks = {
        asyncio.create_task(_send(socket, client, hub)),
        asyncio.create_task(_until_closed(socket)),
        asyncio.create_task(client.ended.wait()),
    }
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if client.ended.is_set():
        await _let_go(socket)


async def _send(socket: WebSocket, client: Client, hub: Hub) -> None:
    await socket.send_text(encoded("snapshot", await hub.snapshot()))
    while True:
        await socket.send_text(await client.next_message())


async def _until_closed(socket: WebSocket) -> None:
    # What a console says here has no meaning; it is read so that its leaving is seen.
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def _let_go(socket: WebSocket) -> None:
    try:
        await asyncio.wait_for(socket.close(TOO_SLOW, "too slow"), CLOSE_LIMIT_S)
    except (TimeoutError, RuntimeError, WebSocketDisconnect):
        # It reads nothing, or has gone: the server cuts the connection when this ends.
        return
