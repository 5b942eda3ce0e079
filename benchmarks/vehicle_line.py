"""Two ways to the same conversation: a vehicle behind a UDP port, or ours in simulated time."""

import socket
import time
from collections import deque
from typing import Protocol

from missions.heights import HeightAmsl
from missions.plan import Home
from onboard.mavlink.codec import Decoder
from sim.clock import SteppedClock
from sim.vehicle.config import VehicleConfig
from sim.vehicle.fleet import Wire
from sim.vehicle.vehicle import GROUND, Vehicle

WAITS_S = 0.25
STEP_S = 0.02


class Line(Protocol):
    """Bytes to and from one vehicle, and the clock that its answers are waited for by."""

    def now_s(self) -> float:
        """Seconds, from any beginning."""
        ...

    def send(self, frame: bytes) -> None:
        """Say a frame."""
        ...

    def receive(self) -> bytes:
        """The next bytes; none where nothing came for a while, which is then over."""
        ...

    def close(self) -> None:
        """Let go of the vehicle."""
        ...


class UdpLine:
    """A vehicle that answers who speaks to its port first."""

    def __init__(self, port: int) -> None:
        self._to = ("127.0.0.1", port)
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", 0))
        self._udp.settimeout(WAITS_S)

    def now_s(self) -> float:
        """The wall's."""
        return time.monotonic()

    def send(self, frame: bytes) -> None:
        """One datagram."""
        self._udp.sendto(frame, self._to)

    def receive(self) -> bytes:
        """One datagram."""
        try:
            return self._udp.recv(65535)
        except TimeoutError:
            return b""

    def close(self) -> None:
        """Let go of the port."""
        self._udp.close()


class SimulatedLine:
    """Our vehicle in this process; its time passes only while somebody listens."""

    def __init__(self, home: Home, *, instance: int = 0, seed: int = 1) -> None:
        assert isinstance(home.height, HeightAmsl)
        self._clock = SteppedClock()
        config = VehicleConfig(
            instance=instance,
            latitude_deg=home.position.latitude_deg,
            longitude_deg=home.position.longitude_deg,
            ground_amsl_m=home.height.m,
            payload=False,
            links=("ground",),
        )
        self._vehicle = Vehicle(config, clock=self._clock, seed=seed)
        self._wire = Wire(self._vehicle)
        self._decoder = Decoder()
        self._waiting = deque[bytes]()

    def now_s(self) -> float:
        """The vehicle's."""
        return self._clock.now_s()

    def send(self, frame: bytes) -> None:
        """What the vehicle answers at once is heard next."""
        for message in self._decoder.feed(frame):
            answers = self._vehicle.receive(GROUND, message, self.now_s())
            self._waiting += [self._wire.frames(each) for each in answers]

    def receive(self) -> bytes:
        """A frame; where there is none, a step of the vehicle passes."""
        if not self._waiting:
            said = self._vehicle.advance(self._clock.advance(STEP_S))
            self._waiting += [self._wire.frames(each) for each in said]
        return self._waiting.popleft() if self._waiting else b""

    def close(self) -> None:
        """Nothing to let go of."""
