"""The ground station's own vehicles over UDP, and plans around a vehicle's home."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from ground_station.vehicles import vehicles_over_links
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome
from missions.plan import Command, Fence, FencePolygon, Frame, MissionItem, Plan, RallyPoint

NAN = float("nan")
FIRST_HEARD_WITHIN_S = 60.0


def _item(command: Command, latitude_deg: float, longitude_deg: float, height_m: float) -> Any:
    place = (latitude_deg, longitude_deg, height_m)
    return MissionItem(
        command=command, frame=Frame.GLOBAL_RELATIVE_ALT, params=(0.0, 0.0, 0.0, NAN, *place)
    )


def _plan(vehicle: Any, *, height_m: float = 12.0, legs: int = 3, fence_deg: float = 0.003) -> Plan:
    latitude_deg, longitude_deg = vehicle.latitude_deg, vehicle.longitude_deg
    ring = tuple(
        GeoPoint(
            latitude_deg=latitude_deg + north * fence_deg,
            longitude_deg=longitude_deg + east * fence_deg,
        )
        for north, east in ((-1, -1), (-1, 1), (1, 1), (1, -1))
    )
    waypoints = (
        _item(Command.NAV_WAYPOINT, latitude_deg + n * 1.5e-4, longitude_deg, height_m)
        for n in range(1, legs + 1)
    )
    home = MissionItem(command=Command.NAV_RETURN_TO_LAUNCH, frame=Frame.MISSION, params=(0.0,) * 7)
    return Plan(
        items=(
            _item(Command.NAV_TAKEOFF, latitude_deg, longitude_deg, height_m),
            *waypoints,
            home,
        ),
        fence=Fence(polygons=(FencePolygon(ring=ring, inclusion=True),)),
        rally=(RallyPoint(position=ring[0], height=HeightAboveHome(height_m)),),
    )


@pytest.fixture
def plan_near() -> Callable[..., Plan]:
    """A plan with fence and rally point around a vehicle's home."""
    return _plan


Body = Callable[[Any], Awaitable[None]]


def _with_station(vehicles: Sequence[Any], body: Body, *, within_s: float) -> None:
    async def run() -> None:
        links = [f"udpout:127.0.0.1:{vehicle.ground_port}" for vehicle in vehicles]
        station = vehicles_over_links(links=links, names={}, lean_streams=False)
        await station.start()
        try:
            async with asyncio.timeout(within_s + FIRST_HEARD_WITHIN_S):
                await _all_ready(station, vehicles)
                await body(station)
        finally:
            await station.close()

    asyncio.run(run())


async def _all_ready(station: Any, vehicles: Sequence[Any]) -> None:
    wanted = {vehicle.system_id for vehicle in vehicles}
    told = asyncio.Event()
    forget = station.subscribe(lambda change: told.set())
    while not wanted <= {view.system_id for view in station.views()}:
        told.clear()
        await told.wait()
    forget()
    for system_id in wanted:
        assert await station.session(system_id).until(
            lambda state: state.ready_to_arm is True and state.home is not None,
            timeout_s=FIRST_HEARD_WITHIN_S,
        )


@pytest.fixture
def with_station() -> Callable[..., None]:
    """Runs `body(station)` with the ground station linked to vehicles that can be armed."""
    return _with_station
