"""A hub over a folder of its own, its API without a socket, and a vehicle that does as told."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from ground_station.configuration import HubConfiguration
from ground_station.hub.app import create_app
from ground_station.hub.hub import Hub, open_hub
from ground_station.hub.vehicles_port import (
    ChangeListener,
    CommandOutcome,
    CommandResult,
    FlownPoint,
    LatLon,
    UnknownVehicle,
    UploadOutcome,
    UploadResult,
    VehicleChange,
    VehicleCommand,
    VehicleView,
)
from missions.plan import Plan


class OneVehicle:
    """System 1, which takes any plan and any command but `land`."""

    def __init__(self) -> None:
        self.uploaded: Plan | None = None
        self.listeners: list[ChangeListener] = []

    def views(self) -> list[VehicleView]:
        return [VehicleView(system_id=1, drone_id="qyran-1", name="One", linked=True)]

    async def upload(self, system_id: int, plan: Plan) -> UploadOutcome:
        self._known(system_id)
        self.uploaded = plan
        return UploadOutcome(
            outcome=UploadResult.PROVEN, mission_hash=7, verdict="valid", items=len(plan.items)
        )

    async def command(self, system_id: int, command: VehicleCommand) -> CommandOutcome:
        self._known(system_id)
        if command is VehicleCommand.LAND:
            return CommandOutcome(outcome=CommandResult.REFUSED, reason="not over water")
        return CommandOutcome(outcome=CommandResult.DONE)

    def planned_path(self, system_id: int) -> tuple[LatLon, ...]:
        self._known(system_id)
        return ((44.85, 65.51),)

    def plan(self, system_id: int) -> Plan | None:
        self._known(system_id)
        return self.uploaded

    def flown_path(self, system_id: int) -> tuple[FlownPoint, ...]:
        self._known(system_id)
        return (FlownPoint(44.85, 65.51, 189.0, datetime(2026, 11, 22, tzinfo=UTC)),)

    def subscribe(self, listener: ChangeListener) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def tell(self, change: VehicleChange) -> None:
        for listener in self.listeners:
            listener(change)

    async def start(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to close."""

    def _known(self, system_id: int) -> None:
        if system_id != 1:
            raise UnknownVehicle(system_id=system_id)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def vehicles() -> OneVehicle:
    return OneVehicle()


@pytest.fixture
async def hub(tmp_path: Path, district_folder: Path, vehicles: OneVehicle) -> AsyncIterator[Hub]:
    """An open hub with the small district and one vehicle."""
    configuration = HubConfiguration(data_folder=tmp_path / "data", district_folder=district_folder)
    opened = await open_hub(configuration, vehicles=vehicles)
    opened.follow_vehicles()
    yield opened
    await opened.close()


@pytest.fixture
async def api(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    """The API of `hub`."""
    transport = httpx.ASGITransport(create_app(hub))
    async with httpx.AsyncClient(transport=transport, base_url="http://hub/api/v1") as client:
        yield client
