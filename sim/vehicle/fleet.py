"""Vehicles that share one flight core, and what they say as bytes: for scenarios, logs, benchmarks.

A hundred vehicles advance in one call of the core's kernel.
"""

from collections.abc import Sequence

from onboard.mavlink.codec import Encoder
from sim.clock import Clock
from sim.vehicle.config import VehicleConfig
from sim.vehicle.core.fleet import FleetCore
from sim.vehicle.together import Said, StreamFrames, advance
from sim.vehicle.vehicle import Vehicle
from sim.vehicle.wire.outgoing import AUTOPILOT


def vehicles_of(
    configs: Sequence[VehicleConfig], *, clock: Clock, seed: int = 1
) -> tuple[Vehicle, ...]:
    """Vehicles of one core, booted at the clock's present second."""
    core = FleetCore(len(configs))
    now_s = clock.now_s()
    return tuple(
        Vehicle(config, clock=clock, seed=seed, booted_at_s=now_s, core=core) for config in configs
    )


def advance_all(vehicles: Sequence[Vehicle], now_s: float) -> list[list[Said]]:
    """Move every vehicle of one core on to a virtual second; what each says, in order."""
    return advance(vehicles, [now_s] * len(vehicles))


class Wire:
    """The bytes of one vehicle's links, numbered as its sockets number them."""

    def __init__(self, vehicle: Vehicle) -> None:
        self._system = vehicle.config.system_id
        self._encoders: dict[tuple[str, int], Encoder] = {}

    def frames(self, said: Said) -> bytes:
        """The frames of a message, or of a stretch of streams."""
        if isinstance(said, StreamFrames):
            encoder = self._encoder(said.link, AUTOPILOT)
            encoder.sequence, datagrams = said.stamped(encoder.sequence)
            return datagrams[0]
        if said.forwarded is not None:
            return said.forwarded.frame
        return self._encoder(said.link, said.component_id).encode_send(said.send)

    def _encoder(self, link: str, component_id: int) -> Encoder:
        key = (link, component_id)
        if key not in self._encoders:
            self._encoders[key] = Encoder(system_id=self._system, component_id=component_id)
        return self._encoders[key]
