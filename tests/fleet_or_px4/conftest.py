"""The ground station's own vehicles over UDP, and plans around a vehicle's home."""

import asyncio
import contextlib
import select
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import pytest

from ground_station.flying.wishes import AnyWish
from ground_station.hub.vehicles_port import CommandOutcome, CommandResult
from ground_station.vehicles import vehicles_over_links
from ground_station.vehicles.machine import GROUND_STATION
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome
from missions.plan import Command, Fence, FencePolygon, Frame, MissionItem, Plan, RallyPoint
from onboard.mavlink.codec import Decoder, Message
from onboard.mavlink.parameters import ParameterType, ParameterWrite

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


@pytest.fixture
def vehicle_with_payload(vehicles_on_udp: Any) -> Any:
    """One fresh vehicle at four times real time with gimbal, camera, light and loudspeaker."""
    return vehicles_on_udp(speed=4.0, px4_speed=4.0, payload=True)[0]


@pytest.fixture
def quick_vehicle(vehicles_on_udp: Any) -> Any:
    """One fresh vehicle at four times real time."""
    return vehicles_on_udp(speed=4.0, px4_speed=4.0)[0]


class Hand:
    """One vehicle of a station: orders that must be done, and parameters that are written."""

    def __init__(self, station: Any, vehicle: Any) -> None:
        self.system_id = vehicle.system_id
        self.session = station.session(self.system_id)
        self._station = station

    async def does(self, *wishes: AnyWish) -> CommandOutcome:
        """Every one ends as done; the outcome of the last."""
        for wish in wishes:
            outcome: CommandOutcome = await self._station.command(self.system_id, wish)
            assert outcome.outcome is CommandResult.DONE, f"{wish}: {outcome.reason}"
        return outcome

    async def writes(self, **values: float) -> None:
        """Parameters: an int is an INT32, a float a REAL32."""
        for name, value in values.items():
            write = ParameterWrite(
                own=GROUND_STATION,
                vehicle=self.session.address,
                name=name,
                value=value,
                kind=ParameterType.INT32 if isinstance(value, int) else ParameterType.REAL32,
            )
            now_s = asyncio.get_running_loop().time()
            assert (await self.session.run(write, now_s)).value == pytest.approx(value)

    async def sees(self, holds: Callable[[Any], bool], *, within_s: float) -> None:
        """Something comes to hold of the vehicle's state."""
        assert await self.session.until(holds, timeout_s=within_s), self.session.state

    async def hears_payload(self) -> None:
        """Gimbal, camera, light and loudspeaker have been heard."""

        def heard(_state: Any) -> bool:
            view = self.session.payload.view(asyncio.get_running_loop().time())
            return all((view.gimbal, view.camera, view.light, view.loudspeaker))

        await self.sees(heard, within_s=FIRST_HEARD_WITHIN_S)


@pytest.fixture
def hand() -> Callable[[Any, Any], Hand]:
    """Takes one vehicle of a station in hand."""
    return Hand


class Relay(threading.Thread):
    """Stands between hub and vehicle, for a vehicle keeps to the port that spoke to it first.

    Once `cut_after` mission items have passed, nothing of the hub does any more; what the vehicle
    says is lost where `loses` says so.
    """

    def __init__(self, vehicle_port: int) -> None:
        super().__init__(daemon=True)
        self.cut_after: int | None = None
        self.loses: Callable[[Message], bool] = lambda message: False
        self.cut = threading.Event()
        self.on_board: tuple[int, int, int] | None = None
        self._hub = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._hub.bind(("127.0.0.1", 0))
        self._vehicle = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._vehicle.connect(("127.0.0.1", vehicle_port))
        self._speaker: Any = None
        self._rising, self._falling = Decoder(), Decoder()
        self._ends = threading.Event()

    @property
    def port(self) -> int:
        return int(self._hub.getsockname()[1])

    def run(self) -> None:
        while not self._ends.is_set():
            ready, _, _ = select.select((self._hub, self._vehicle), (), (), 0.1)
            with contextlib.suppress(ConnectionError):
                if self._hub in ready:
                    self._from_hub()
                if self._vehicle in ready:
                    self._from_vehicle()

    def close(self) -> None:
        self._ends.set()
        self.join()
        self._hub.close()
        self._vehicle.close()

    def _from_hub(self) -> None:
        data, self._speaker = self._hub.recvfrom(65536)
        for message in self._rising.feed(data):
            mission = message.name == "MISSION_ITEM_INT" and message.mission_type == 0
            if mission and self.cut_after is not None and message.seq >= self.cut_after:
                self.cut.set()
        if not self.cut.is_set():
            self._vehicle.send(data)

    def _from_vehicle(self) -> None:
        data = self._vehicle.recv(65536)
        passing = b""
        for message in self._falling.feed(data):
            if message.name == "MISSION_CURRENT":
                ids = ("mission_id", "fence_id", "rally_points_id")
                self.on_board = tuple(message[name] for name in ids)
            passing += b"" if self.loses(message) else message.frame
        if self._speaker is not None and passing:
            self._hub.sendto(passing, self._speaker)


@pytest.fixture
def relay(vehicle_on_udp: Any) -> Iterator[Relay]:
    made = Relay(vehicle_on_udp.ground_port)
    made.start()
    yield made
    made.close()
