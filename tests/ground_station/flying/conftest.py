"""A simulated vehicle and its session, joined by bytes, on an event loop whose time is virtual."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from ground_station.flying.pilot import Pilot
from ground_station.hub.vehicles_port import DeedView, DroneName
from ground_station.vehicles.machine import GROUND_STATION
from ground_station.vehicles.session import VehicleSession
from onboard.mavlink.codec import Decoder, Encoder, Message, Send
from sim.clock import SteppedClock
from sim.vehicle.config import VehicleConfig
from sim.vehicle.vehicle import Vehicle
from sim.vehicle.wire.outgoing import Outgoing

Deeds = Callable[[Any], Coroutine[Any, Any, None]]
TICK_S = 0.05
HEARTBEAT = Send("HEARTBEAT", {"type": 6, "autopilot": 8, "mavlink_version": 3})


class _NoWait(selectors.SelectSelector):
    """Never sleeps: the time that was to be waited passes at once."""

    passed_s = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if not ready:
            self.passed_s += timeout or 0.0
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time moves only when everybody waits."""

    def __init__(self) -> None:
        self._jumping = _NoWait()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.passed_s


class Bench:
    """One vehicle and its pilot; `lost` drops what travels either way, `heard` keeps the deeds."""

    def __init__(self, vehicle: Vehicle, clock: SteppedClock) -> None:
        self.vehicle = vehicle
        self._clock = clock
        self.lost = False
        self.heard: list[DeedView] = []
        self._up, self._down = Decoder(), Decoder()
        self._ground = Encoder(
            system_id=GROUND_STATION.system_id, component_id=GROUND_STATION.component_id
        )
        self._voices: dict[int, Encoder] = {}
        self.session = VehicleSession(
            system_id=vehicle.config.system_id,
            name=DroneName("qyran-1", "One"),
            transmit=self._transmit,
        )
        self.pilot = Pilot(self.session, told=self.heard.append)

    async def ready(self) -> None:
        """Wait until it can be armed and knows its home."""
        assert await self.session.until(
            lambda state: state.ready_to_arm is True and state.home is not None, timeout_s=60.0
        )

    async def world(self) -> None:
        """Let the vehicle live, until cancelled."""
        beat_s = 0.0
        while True:
            now_s = asyncio.get_running_loop().time()
            self._clock.advance(max(0.0, now_s - self._clock.now_s()))
            self._deliver(self.vehicle.step(now_s), now_s)
            if now_s >= beat_s:
                beat_s = now_s + 1.0
                self._transmit(HEARTBEAT)
            self.session.tick(now_s)
            await asyncio.sleep(TICK_S)

    def _transmit(self, send: Send) -> None:
        now_s = asyncio.get_running_loop().time()
        for message in [] if self.lost else self._up.feed(self._ground.encode_send(send)):
            # An answer is never there before the question has left.
            asyncio.get_running_loop().call_soon(self._answered, message, now_s)

    def _answered(self, message: Message, now_s: float) -> None:
        self._deliver(self.vehicle.receive("ground", message, now_s), now_s)

    def _deliver(self, sent: list[Outgoing], now_s: float) -> None:
        for out in sent:
            if out.link == "ground" and not self.lost:
                for message in self._down.feed(self._bytes(out)):
                    self.session.receive(message, now_s)

    def _bytes(self, out: Outgoing) -> bytes:
        if out.forwarded is not None:
            return out.forwarded.frame
        voice = self._voices.setdefault(
            out.component_id,
            Encoder(system_id=self.vehicle.config.system_id, component_id=out.component_id),
        )
        return voice.encode_send(out.send)


def flown(deeds: Deeds, **parameters: float) -> Bench:
    """Run `deeds(bench)` against a vehicle that is ready, in virtual time."""
    clock = SteppedClock()
    vehicle = Vehicle(VehicleConfig(parameters=parameters), clock=clock)
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(_flown(Bench(vehicle, clock), deeds))
    finally:
        loop.close()


async def _flown(bench: Bench, deeds: Deeds) -> Bench:
    world = asyncio.create_task(bench.world())
    done = asyncio.ensure_future(_done(bench, deeds))
    try:
        # A world that broke ends the test with what broke it.
        await asyncio.wait((world, done), return_when=asyncio.FIRST_COMPLETED)
        if world.done():
            world.result()
        await done
    finally:
        bench.pilot.close()
        world.cancel()
        done.cancel()
        await asyncio.gather(world, done, return_exceptions=True)
    return bench


async def _done(bench: Bench, deeds: Deeds) -> None:
    await bench.ready()
    await deeds(bench)


@pytest.fixture(scope="session")
def fly() -> Any:
    """Runs deeds against a fresh simulated vehicle."""
    return flown
