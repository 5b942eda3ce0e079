"""MAVSDK, a client nobody here wrote, flies simulated vehicles over loopback UDP."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from math import nan
from typing import Any

import pytest

from missions.errors import BadInput
from sim.clock import VirtualClock
from sim.vehicle.config import FleetConfig, VehicleConfig
from sim.vehicle.shell import COMPANION_LOCAL, COMPANION_REMOTE, GROUND_LOCAL, GROUND_REMOTE, Fleet

mavsdk = pytest.importorskip("mavsdk.asyncio")
SPEED = 10.0
LATITUDE, LONGITUDE, AMSL = 44.85, 65.51, 129.0
PORTS = (GROUND_LOCAL, GROUND_REMOTE, COMPANION_LOCAL, COMPANION_REMOTE)


def bind_all(offset: int) -> bool:
    with ExitStack() as stack:
        try:
            for port in (port + index + offset for port in PORTS for index in range(2)):
                udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                udp.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@pytest.fixture
def offset() -> int:
    """A shift of PX4's ports at which all of them are free."""
    return next(shift for shift in range(1000, 40_000, 37) if bind_all(shift))


def fleet(offset: int, *, vehicles: int = 1, speed: float = SPEED) -> Fleet:
    each = tuple(
        VehicleConfig(
            instance=index,
            drone_id=f"qyran-{index + 1}",
            latitude_deg=LATITUDE + index * 0.001,
            longitude_deg=LONGITUDE,
            ground_amsl_m=AMSL,
            streams="px4",
        )
        for index in range(vehicles)
    )
    config = FleetConfig(vehicles=each, base_port_offset=offset)
    return Fleet(config, clock=VirtualClock(speed=speed))


async def with_client(
    flying: Fleet, url: str, use: Callable[[Any, Fleet], Awaitable[None]], *, within_s: float
) -> None:
    await flying.open()
    running = asyncio.create_task(flying.run())
    kind = mavsdk.ComponentType.GROUND_STATION
    configuration = mavsdk.Configuration.create_with_component_type(kind)
    try:
        async with mavsdk.Mavsdk(configuration) as client:
            await client.add_any_connection(url)
            system = await client.first_autopilot(timeout_s=10.0)
            assert system is not None
            await asyncio.wait_for(use(system, flying), within_s)
    finally:
        running.cancel()
        flying.close()


def mission() -> list[Any]:
    from mavsdk.plugins.mission_raw import MissionItem

    def item(seq: int, command: int, north: float = 0.0, **fields: Any) -> Any:
        place = {"x": round((LATITUDE + north) * 1e7), "y": round(LONGITUDE * 1e7), "z": 15.0}
        return MissionItem(
            seq=seq,
            frame=6,
            command=command,
            current=int(seq == 0),
            autocontinue=1,
            **({"param4": nan} | place | fields),
        )

    home = {"x": 0, "y": 0, "z": 0.0, "param4": 0.0}
    items = [item(0, 22), item(1, 16, north=0.0005), item(2, 20, **home)]
    items[2].frame = 2
    return items


async def fly_a_mission(system: Any, flying: Fleet) -> None:
    from mavsdk.asyncio.plugins.action import ActionAsync
    from mavsdk.asyncio.plugins.mission_raw import MissionRawAsync
    from mavsdk.asyncio.plugins.telemetry import TelemetryAsync

    missions, action, telemetry = (
        MissionRawAsync(system),
        ActionAsync(system),
        TelemetryAsync(system),
    )
    async for health in telemetry.subscribe_health():
        if health.is_armable and health.is_home_position_ok:
            break
    await missions.upload_mission(mission())
    downloaded = await missions.download_mission()
    assert [item.command for item in downloaded] == [22, 16, 20]
    async for _ in telemetry.subscribe_position():
        # Any message will do: what is awaited is the navigator's verdict on the mission.
        if flying.vehicles[0].aircraft.navigator.mission.valid:
            break
    await action.arm()
    await missions.start_mission()
    seen: list[int] = []
    async for progress in missions.subscribe_mission_progress():
        seen.append(progress.current)
        if progress.current == progress.total:
            break
    assert {1, 3} <= set(seen)
    async for armed in telemetry.subscribe_armed():
        if not armed:
            break
    aircraft = flying.vehicles[0].aircraft
    assert aircraft.landed
    assert abs(aircraft.flight.body.position.n) < 0.2


async def take_off_and_land(system: Any, flying: Fleet) -> None:
    from mavsdk.asyncio.plugins.action import ActionAsync
    from mavsdk.asyncio.plugins.telemetry import TelemetryAsync

    action, telemetry = ActionAsync(system), TelemetryAsync(system)
    async for health in telemetry.subscribe_health():
        if health.is_armable:
            break
    await action.set_takeoff_altitude(6.0)
    await action.arm()
    await action.takeoff()
    async for position in telemetry.subscribe_position():
        if position.relative_altitude_m > 5.0:
            break
    await action.land()
    async for armed in telemetry.subscribe_armed():
        if not armed:
            break


def test_mavsdk_uploads_arms_and_flies_a_mission_to_its_end(offset: int) -> None:
    url = f"udpin://127.0.0.1:{COMPANION_REMOTE + offset}"
    asyncio.run(with_client(fleet(offset), url, fly_a_mission, within_s=60.0))


def test_mavsdk_takes_off_and_lands_over_the_ground_link(offset: int) -> None:
    url = f"udpin://127.0.0.1:{GROUND_REMOTE + offset}"
    asyncio.run(with_client(fleet(offset), url, take_off_and_land, within_s=40.0))


def test_two_vehicles_are_heard_on_one_ground_port(offset: int) -> None:
    async def hear() -> set[int]:
        flying = fleet(offset, vehicles=2)
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", GROUND_REMOTE + offset))
        udp.setblocking(False)
        await flying.open()
        running = asyncio.create_task(flying.run())
        loop, systems = asyncio.get_running_loop(), set[int]()
        try:
            while len(systems) < 2:
                systems.add((await asyncio.wait_for(loop.sock_recv(udp, 400), 10.0))[5])
        finally:
            running.cancel()
            flying.close()
            udp.close()
        return systems

    assert asyncio.run(hear()) == {1, 2}


def test_port_in_use_is_named(offset: int) -> None:
    async def open_beside(other: socket.socket) -> None:
        flying = fleet(offset)
        try:
            await flying.open()
        finally:
            flying.close()

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", GROUND_LOCAL + offset))
        with pytest.raises(BadInput, match=rf"udp port {GROUND_LOCAL + offset}.*in use"):
            asyncio.run(open_beside(other))


def test_times_kept_by_the_wall_are_stretched_with_the_speed(offset: int) -> None:
    values = fleet(offset, speed=6.0).vehicles[0].aircraft.parameters.values
    assert (values["COM_DL_LOSS_T"], values["COM_DISARM_PRFLT"]) == (60, 60.0)
