"""The vehicle port of a hub that has no links: it sees no vehicle and refuses by name."""

from collections.abc import Callable

from ground_station.flying.wishes import AnyWish
from ground_station.hub.signing_views import SigningView, WhoseKey
from ground_station.hub.vehicles_port import (
    ChangeListener,
    CommandOutcome,
    FlownPoint,
    LatLon,
    UnknownVehicle,
    UploadOutcome,
    VehicleCommand,
    VehicleView,
)
from ground_station.links.views import LinksView
from ground_station.readiness.report import ReadinessReport
from missions.plan import Plan
from onboard.messages import TracksReport


class NoVehicles:
    """A `VehiclePort` with nothing behind it."""

    def views(self) -> list[VehicleView]:
        """Always empty."""
        return []

    def links(self) -> LinksView:
        """None."""
        return LinksView()

    async def upload(self, system_id: int, plan: Plan, *, in_flight: bool = False) -> UploadOutcome:
        """Raises `UnknownVehicle`, as everything here that names a vehicle does."""
        raise UnknownVehicle(system_id=system_id)

    def cancel_upload(self, system_id: int) -> bool:
        """Raises `UnknownVehicle`."""
        raise UnknownVehicle(system_id=system_id)

    async def command(
        self, system_id: int, command: VehicleCommand | AnyWish, who: str = ""
    ) -> CommandOutcome:
        """Raises `UnknownVehicle`."""
        raise UnknownVehicle(system_id=system_id)

    async def cancel(self, system_id: int, deed_id: int | None = None) -> int:
        """Raises `UnknownVehicle`."""
        raise UnknownVehicle(system_id=system_id)

    def tracks_seen(self, drone_id: str, report: TracksReport) -> None:
        """Nobody is there to follow anything."""

    async def readiness(self, system_id: int) -> ReadinessReport:
        """Raises `UnknownVehicle`."""
        raise UnknownVehicle(system_id=system_id)

    async def give_signing_key(self, system_id: int, whose: WhoseKey) -> SigningView:
        """Raises `UnknownVehicle`."""
        raise UnknownVehicle(system_id=system_id)

    async def take_signing_key(self, system_id: int) -> SigningView:
        """Raises `UnknownVehicle`."""
        raise UnknownVehicle(system_id=system_id)

    def planned_path(self, system_id: int) -> tuple[LatLon, ...]:
        """Raises `UnknownVehicle`."""
        raise UnknownVehicle(system_id=system_id)

    def plan(self, system_id: int) -> Plan | None:
        """Raises `UnknownVehicle`."""
        raise UnknownVehicle(system_id=system_id)

    def flown_path(self, system_id: int) -> tuple[FlownPoint, ...]:
        """Raises `UnknownVehicle`."""
        raise UnknownVehicle(system_id=system_id)

    def subscribe(self, listener: ChangeListener) -> Callable[[], None]:
        """Nothing ever changes."""
        return _nothing

    async def start(self) -> None:
        """There is nothing to open."""

    async def close(self) -> None:
        """There is nothing to close."""


def _nothing() -> None:
    return None
