"""The sockets of simulated vehicles: PX4's UDP ports, one event loop, one virtual clock.

Instance i speaks from port 18570+i to 14550 (ground stations) and from 14580+i to 14540+i
(companion; 14549 past ten vehicles). It speaks first, as PX4 does.
"""

import asyncio
import math
import socket
from collections.abc import Callable, Iterable

from missions.errors import BadInput
from onboard.mavlink.codec import Decoder, Encoder
from sim.clock import VirtualClock
from sim.vehicle.config import FleetConfig, VehicleConfig
from sim.vehicle.gimbal import DEVICE_ID
from sim.vehicle.link import AUTOPILOT, Outgoing
from sim.vehicle.parameters import px4_defaults
from sim.vehicle.vehicle import COMPANION, GROUND, Vehicle

GROUND_LOCAL, GROUND_REMOTE = 18570, 14550
COMPANION_LOCAL, COMPANION_REMOTE, LAST_COMPANION_REMOTE = 14580, 14540, 14549
TICK_S = 0.008
STRETCH_S = 0.25
WALL_TIMES = ("COM_DL_LOSS_T", "COM_RC_LOSS_T", "COM_OF_LOSS_T", "COM_DISARM_PRFLT")
Endpoint = tuple[str, int]


class LinkSocket(asyncio.DatagramProtocol):
    """One vehicle's UDP link. Counts what the operating system would not send in `unsent`."""

    def __init__(
        self,
        vehicle: Vehicle,
        link: str,
        *,
        remote: Endpoint,
        clock: VirtualClock,
        deliver: Callable[[list[Outgoing]], None],
    ) -> None:
        self.unsent = 0
        self.decoder = Decoder()
        self._vehicle = vehicle
        self._link = link
        self._remote = remote
        self._clock = clock
        self._deliver = deliver
        self._transport: asyncio.DatagramTransport | None = None
        system = vehicle.config.system_id
        self._encoders = {
            component: Encoder(system_id=system, component_id=component)
            for component in (AUTOPILOT, DEVICE_ID)
        }

    def attach(self, transport: asyncio.DatagramTransport) -> None:
        """Transmit through a transport from now on."""
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Endpoint) -> None:
        """Let the vehicle answer at once (called by asyncio)."""
        now_s = self._clock.now_s()
        for message in self.decoder.feed(data):
            self._deliver(self._vehicle.receive(self._link, message, now_s))

    def error_received(self, exc: Exception) -> None:
        """Nobody listens at the remote port yet (called by asyncio)."""
        self.unsent += 1

    def send(self, out: Outgoing) -> None:
        """Encode and transmit."""
        if self._transport is not None:
            frame = self._encoders[out.component_id].encode_send(out.send)
            self._transport.sendto(frame, self._remote)

    def close(self) -> None:
        """Give the port back."""
        if self._transport is not None:
            self._transport.close()


class Fleet:
    """Vehicles with their sockets. `open`, then `run` until cancelled, then `close`."""

    def __init__(self, config: FleetConfig, *, clock: VirtualClock) -> None:
        self.config = config
        self.clock = clock
        began_s = clock.now_s()
        self.vehicles = tuple(
            Vehicle(
                _paced(vehicle, clock.speed), clock=clock, seed=config.seed, booted_at_s=began_s
            )
            for vehicle in config.vehicles
        )
        self._sockets: dict[tuple[int, str], LinkSocket] = {}

    def vehicle(self, drone_id: str) -> Vehicle:
        """A vehicle by its drone's id; KeyError where there is none."""
        return next(v for v in self.vehicles if v.name == drone_id)

    async def open(self) -> None:
        """Take all ports.

        Raises:
            BadInput: a port is in use or may not be taken; it is named.
        """
        for vehicle in self.vehicles:
            for link in (GROUND, COMPANION):
                await self._open(vehicle, link)

    async def run(self) -> None:
        """Simulate at the clock's speed until cancelled."""
        while True:
            behind = self.pump()
            await asyncio.sleep(0.0 if behind else TICK_S)

    def pump(self) -> bool:
        """Simulate up to now and transmit; True where more is left than one stretch."""
        now_s = self.clock.now_s()
        behind = False
        for vehicle in self.vehicles:
            behind = self._advance(vehicle, now_s) or behind
        return behind

    def close(self) -> None:
        """Give all ports back."""
        for link_socket in self._sockets.values():
            link_socket.close()
        self._sockets.clear()

    def _advance(self, vehicle: Vehicle, now_s: float) -> bool:
        lag_s = now_s - vehicle.now_s
        if lag_s > self.config.max_catch_up_s:
            vehicle.skip(lag_s - STRETCH_S)
        until_s = min(now_s, vehicle.now_s + STRETCH_S)
        self._transmit(vehicle, vehicle.step(until_s))
        return until_s < now_s

    def _transmit(self, vehicle: Vehicle, outgoing: Iterable[Outgoing]) -> None:
        instance = vehicle.config.instance
        for out in outgoing:
            link_socket = self._sockets.get((instance, out.link))
            if link_socket is not None:
                link_socket.send(out)

    async def _open(self, vehicle: Vehicle, link: str) -> None:
        local, remote = self._ports(vehicle.config.instance, link)
        host = self.config.ground_host if link == GROUND else self.config.companion_host
        udp = _bound(self.config.bind_host, local)
        link_socket = LinkSocket(
            vehicle,
            link,
            remote=(host, remote),
            clock=self.clock,
            deliver=lambda outgoing: self._transmit(vehicle, outgoing),
        )
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: link_socket, sock=udp)
        link_socket.attach(transport)
        self._sockets[vehicle.config.instance, link] = link_socket

    def _ports(self, instance: int, link: str) -> tuple[int, int]:
        offset = self.config.base_port_offset
        if link == GROUND:
            return GROUND_LOCAL + instance + offset, GROUND_REMOTE + offset
        remote = min(COMPANION_REMOTE + instance, LAST_COMPANION_REMOTE)
        return COMPANION_LOCAL + instance + offset, remote + offset


def _paced(config: VehicleConfig, speed: float) -> VehicleConfig:
    """Stretch the times that people and ground stations keep by the wall, as PX4's SITL does."""
    defaults = px4_defaults()
    stretched: dict[str, int | float] = {
        name: math.ceil(defaults[name] * max(speed, 1.0)) for name in WALL_TIMES
    }
    return config.model_copy(update={"parameters": stretched | config.parameters})


def _bound(host: str, port: int) -> socket.socket:
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.setblocking(False)
    try:
        udp.bind((host, port))
    except OSError as error:
        udp.close()
        what = (error.strerror or str(error)).lower()
        raise BadInput(where=f"udp port {port} on {host}", what=what) from None
    return udp
