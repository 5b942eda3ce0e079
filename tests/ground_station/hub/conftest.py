"""A hub over a folder of its own, its API without a socket, and a vehicle that does as told."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from ground_station.configuration import HubConfiguration
from ground_station.flying.wishes import AnyWish, Land
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
from ground_station.links.views import LinksView, LinkView, VehicleLinkView
from ground_station.readiness.report import Level, ReadinessReport
from missions.plan import Plan
from onboard.messages import TracksReport


class OneVehicle:
    """System 1, which takes any plan and any command but `land`."""

    def __init__(self) -> None:
        self.uploaded: Plan | None = None
        self.listeners: list[ChangeListener] = []
        self.seen: list[tuple[str, TracksReport]] = []
        self.asked: list[tuple[VehicleCommand | AnyWish, str]] = []

    def views(self) -> list[VehicleView]:
        return [VehicleView(system_id=1, drone_id="qyran-1", name="One", linked=True)]

    def links(self) -> LinksView:
        link = LinkView(
            address="udpin:0.0.0.0:14550",
            state="open",
            for_s=5.0,
            why="",
            peers=("10.0.0.2:14580",),
            counters={"bad_crc": 3},
        )
        reached = VehicleLinkView(
            system_id=1,
            link=link.address,
            peer=link.peers[0],
            received=90,
            lost=10,
            moves=0,
            loss=0.1,
            signed=False,
        )
        return LinksView(links=(link,), vehicles=(reached,), totals={"bad_crc": 3})

    async def upload(self, system_id: int, plan: Plan, *, in_flight: bool = False) -> UploadOutcome:
        self._known(system_id)
        self.uploaded = plan
        return UploadOutcome(
            outcome=UploadResult.PROVEN, mission_hash=7, verdict="valid", items=len(plan.items)
        )

    def cancel_upload(self, system_id: int) -> bool:
        self._known(system_id)
        return False

    async def command(
        self, system_id: int, command: VehicleCommand | AnyWish, who: str = ""
    ) -> CommandOutcome:
        self._known(system_id)
        self.asked.append((command, who))
        if isinstance(command, Land):
            return CommandOutcome(outcome=CommandResult.REFUSED, reason="not over water")
        return CommandOutcome(outcome=CommandResult.DONE)

    async def cancel(self, system_id: int, deed_id: int | None = None) -> int:
        self._known(system_id)
        return 1

    def tracks_seen(self, drone_id: str, report: TracksReport) -> None:
        self.seen.append((drone_id, report))

    async def readiness(self, system_id: int) -> ReadinessReport:
        self._known(system_id)
        return ReadinessReport(system_id=system_id, level=Level.OK, lines=())

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
