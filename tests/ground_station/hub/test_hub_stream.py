"""What consoles see, over a real socket: a snapshot, then every change in its order."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Protocol

import httpx
import pytest
import websockets
from websockets.asyncio.client import ClientConnection, connect

from ground_station.hub.hub import Hub
from ground_station.hub.server import HubServer, listening_socket
from ground_station.hub.stream import Broadcaster
from ground_station.hub.vehicles_port import PlanOnBoard, VehicleChange, VehicleView

pytestmark = pytest.mark.anyio
RawEvent = Callable[..., dict[str, Any]]


class Teller(Protocol):
    def tell(self, change: VehicleChange) -> None: ...


@pytest.fixture
async def address(hub: Hub) -> AsyncIterator[str]:
    """Where a server on a free port of this machine serves the hub."""
    with listening_socket("127.0.0.1", 0) as listener:
        ready = asyncio.Event()
        server = HubServer(hub, None, ready.set)
        serving = asyncio.create_task(server.serve([listener]))
        await ready.wait()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        await serving


@asynccontextmanager
async def console(address: str, **given: Any) -> AsyncIterator[ClientConnection]:
    async with connect(f"ws://{address}/api/v1/stream", **given) as socket:
        yield socket


async def hear(socket: ClientConnection) -> tuple[str, Any]:
    message = json.loads(await asyncio.wait_for(socket.recv(), 10.0))
    return message["type"], message["data"]


async def _hear_to_the_end(socket: ClientConnection) -> None:
    while True:
        await hear(socket)


async def test_console_gets_a_snapshot_first(address: str) -> None:
    async with console(address) as socket:
        kind, data = await hear(socket)
    assert kind == "snapshot"
    assert data["district_name"] == "Test"
    assert [vehicle["system_id"] for vehicle in data["vehicles"]] == [1]
    assert set(data) >= {"alerts", "incidents", "traffic_events", "views", "tracks"}


async def test_console_sees_an_alert_from_event_to_incident(address: str, event: RawEvent) -> None:
    base = f"http://{address}/api/v1"
    async with console(address) as socket, httpx.AsyncClient(base_url=base) as api:
        await hear(socket)
        await api.post("/ingest", json={"messages": [event(kind="vehicle_stopped")]})
        kind, new = await hear(socket)
        road_kind, _ = await hear(socket)
        await api.post(f"/alerts/{new['id']}/incident", json={"operator": "Айгүл"})
        heard = [await hear(socket) for _ in range(3)]
    assert (kind, new["state"], road_kind) == ("alert", "new", "traffic_event")
    assert [kind for kind, _ in heard] == ["alert", "incident", "traffic_event"]
    assert heard[0][1]["incident_id"] == heard[1][1]["id"]


async def test_console_that_comes_later_finds_everything_in_its_snapshot(
    address: str, event: RawEvent, live: RawEvent
) -> None:
    async with httpx.AsyncClient(base_url=f"http://{address}/api/v1") as api:
        await api.post("/ingest", json={"messages": [event(kind="animals_on_road")]})
        await api.post("/live", json={"messages": [live("view"), live("tracks")]})
    async with console(address) as socket:
        _, data = await hear(socket)
    assert [len(data[key]) for key in ("alerts", "traffic_events", "views", "tracks")] == [1] * 4


async def test_live_state_reaches_the_console_with_its_drone(address: str, live: RawEvent) -> None:
    base = f"http://{address}/api/v1"
    async with console(address) as socket, httpx.AsyncClient(base_url=base) as api:
        await hear(socket)
        await api.post("/live", json={"messages": [live("view", drone_id="qyran-3")]})
        kind, view = await hear(socket)
    assert (kind, view["drone_id"], view["footprint"]) == ("view", "qyran-3", [])


async def test_vehicle_and_plan_changes_reach_the_console(address: str, vehicles: Teller) -> None:
    async with console(address) as socket:
        await hear(socket)
        vehicles.tell(VehicleView(system_id=1, drone_id="qyran-1", name="One", linked=False))
        vehicles.tell(PlanOnBoard(system_id=1, path=((44.85, 65.51),)))
        heard = [await hear(socket) for _ in range(2)]
    assert [kind for kind, _ in heard] == ["vehicle", "plan"]
    assert heard[1][1] == {"system_id": 1, "path": [[44.85, 65.51]]}


async def test_slow_console_is_dropped_counted_and_told(
    address: str, hub: Hub, vehicles: Teller
) -> None:
    one = VehicleView(system_id=1, drone_id="qyran-1", name="One", linked=True)
    async with console(address) as socket:
        await hear(socket)
        for _ in range(hub.configuration.stream.queue_messages + 2):
            vehicles.tell(one)
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await _hear_to_the_end(socket)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1013
    assert hub.stream.clients_dropped == 1


async def test_console_that_reads_keeps_its_place_beside_one_that_does_not() -> None:
    stream = Broadcaster(queue_messages=4)
    with stream.client() as reading, stream.client() as idle:
        for number in range(20):
            stream.publish("vehicle", number)
            assert json.loads(await reading.next_message())["data"] == number
        assert (reading.ended.is_set(), idle.ended.is_set()) == (False, True)
    assert (stream.clients_dropped, stream.clients) == (1, 0)


async def test_console_that_leaves_is_forgotten(address: str, hub: Hub) -> None:
    async with console(address) as socket:
        await hear(socket)
        assert hub.stream.clients == 1
    async with console(address) as socket:
        await hear(socket)
        assert hub.stream.clients == 1


async def test_page_of_another_origin_cannot_listen(address: str) -> None:
    with pytest.raises(websockets.InvalidStatus):
        async with console(address, origin="https://elsewhere.example"):
            pass


async def test_page_of_the_hub_itself_can_listen(address: str) -> None:
    async with console(address, origin=f"http://{address}") as socket:
        kind, _ = await hear(socket)
    assert kind == "snapshot"
