"""The sockets of simulated vehicles: PX4's UDP ports, one event loop, one virtual clock.

Instance i speaks from port 18570+i to 14550 (ground stations) and from 14580+i to 14540+i
(companion; 14549 past ten vehicles); without a payload of its own also from 14280+i to 14030+i
(camera) and from 13030+i to 13280+i (gimbal). It speaks first, as PX4 does.
"""

import asyncio
import math
from collections.abc import Callable, Iterable, Mapping

from sim.clock import VirtualClock
from sim.vehicle.config import FleetConfig, VehicleConfig
from sim.vehicle.fleet import vehicles_of
from sim.vehicle.parameters import px4_defaults
from sim.vehicle.together import Said, StreamFrames, advance
from sim.vehicle.vehicle import Vehicle
from sim.vehicle.wire.outgoing import Outgoing
from sim.vehicle.wire.ports import COMPANION, GIMBAL, GROUND, PAYLOAD, ports_of
from sim.vehicle.wire.udp_link import LinkSocket, bound

GROUND_LOCAL, GROUND_REMOTE = 18570, 14550
COMPANION_LOCAL, COMPANION_REMOTE = 14580, 14540
TICK_S = 0.008
STRETCH_S = 0.25
WALL_TIMES = ("COM_DL_LOSS_T", "COM_RC_LOSS_T", "COM_OF_LOSS_T", "COM_DISARM_PRFLT")


class Fleet:
    """Vehicles with their sockets. `open`, then `run` until cancelled, then `close`.

    `watchers` are called with the virtual second after every turn; `listeners` hear every message
    that a vehicle says by itself, streams apart.
    """

    def __init__(self, config: FleetConfig, *, clock: VirtualClock) -> None:
        self.config = config
        self.clock = clock
        paced = [_paced(vehicle, clock.speed) for vehicle in config.vehicles]
        self.vehicles = vehicles_of(paced, clock=clock, seed=config.seed)
        self.watchers: list[Callable[[float], None]] = []
        self.listeners: list[Callable[[Vehicle, Outgoing], None]] = []
        self._sockets: dict[tuple[int, str], LinkSocket] = {}

    def vehicle(self, drone_id: str) -> Vehicle:
        """A vehicle by its drone's id; KeyError where there is none."""
        return next(v for v in self.vehicles if v.name == drone_id)

    def links(self, vehicle: Vehicle) -> Mapping[str, LinkSocket]:
        """A vehicle's open links by name."""
        instance = vehicle.config.instance
        return {name: each for (owner, name), each in self._sockets.items() if owner == instance}

    async def open(self) -> None:
        """Take all ports.

        Raises:
            BadInput: a port is in use or may not be taken; it is named.
        """
        for vehicle in self.vehicles:
            outside = () if vehicle.payload is not None else (PAYLOAD, GIMBAL)
            for link in (GROUND, COMPANION, *outside):
                if link in vehicle.links:
                    await self._open(vehicle, link)

    async def run(self) -> None:
        """Simulate at the clock's speed until cancelled."""
        while True:
            behind = self.pump()
            await asyncio.sleep(0.0 if behind else TICK_S)

    def pump(self) -> bool:
        """Simulate up to now and transmit; True where more is left than one stretch."""
        now_s = self.clock.now_s()
        until_s = [self._until_s(vehicle, now_s) for vehicle in self.vehicles]
        for vehicle, said in zip(self.vehicles, advance(self.vehicles, until_s), strict=True):
            self._transmit(vehicle, said)
        for link_socket in self._sockets.values():
            if link_socket.was_faulty:
                link_socket.pass_on(now_s)
        for watch in self.watchers:
            watch(now_s)
        return min(until_s) < now_s

    def close(self) -> None:
        """Give all ports back."""
        for link_socket in self._sockets.values():
            link_socket.close()
        self._sockets.clear()

    def _until_s(self, vehicle: Vehicle, now_s: float) -> float:
        """How far a vehicle may go in one stretch; what it is too late for is left out."""
        lag_s = now_s - vehicle.now_s
        if lag_s > self.config.max_catch_up_s:
            vehicle.skip(lag_s - STRETCH_S)
        return min(now_s, vehicle.now_s + STRETCH_S)

    def _transmit(self, vehicle: Vehicle, outgoing: Iterable[Said]) -> None:
        instance = vehicle.config.instance
        for out in outgoing:
            link_socket = self._sockets.get((instance, out.link))
            if link_socket is None:
                continue
            if isinstance(out, StreamFrames):
                link_socket.send_frames(out)
                continue
            link_socket.send(out)
            for hear in self.listeners:
                hear(vehicle, out)

    async def _open(self, vehicle: Vehicle, link: str) -> None:
        config, instance = self.config, vehicle.config.instance
        ports = ports_of(link, instance, offset=config.base_port_offset)
        host = config.ground_host if link == GROUND else config.companion_host
        udp = bound(config.bind_host, ports.local)
        link_socket = LinkSocket(
            vehicle,
            link,
            system_id=vehicle.config.system_id,
            remote=(host, ports.remote),
            clock=self.clock,
            deliver=lambda outgoing: self._transmit(vehicle, outgoing),
            seed=f"{config.seed}/{vehicle.name}/{link}",
        )
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: link_socket, sock=udp)
        link_socket.attach(transport)
        self._sockets[instance, link] = link_socket


def _paced(config: VehicleConfig, speed: float) -> VehicleConfig:
    """Stretch the times that people and ground stations keep by the wall, as PX4's SITL does."""
    defaults = px4_defaults()
    stretched: dict[str, int | float] = {
        name: math.ceil(defaults[name] * max(speed, 1.0)) for name in WALL_TIMES
    }
    return config.model_copy(update={"parameters": stretched | config.parameters})
