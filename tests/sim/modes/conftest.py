"""A pilot who flies a vehicle by MANUAL_CONTROL in simulated time."""

import math
from typing import Any

import pytest

from onboard.mavlink.px4_modes import Px4Mode, mode_parameters

EVERY_S, BEAT_S = 0.06, 1.0
SET_MODE = 176


class Pilot:
    """Sends sticks and heartbeats while time is simulated."""

    def __init__(self, bench: Any) -> None:
        self.bench = bench
        self.sticks: tuple[float, float, float, float] | None = None
        self._next_s = self._beat_s = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.bench, name)

    def hold(self, forward: float, right: float, throttle: float, turn: float) -> "Pilot":
        """Sticks from -1 to 1, the throttle from 0 to 1."""
        self.sticks = forward, right, throttle, turn
        return self

    def let_go(self) -> "Pilot":
        return self.hold(0.0, 0.0, 0.5, 0.0)

    def run(self, seconds: float) -> "Pilot":
        until_s = self.bench.now_s + seconds - 1e-6
        while self.bench.now_s < until_s:
            self._say()
            self.bench.run(0.02)
        return self

    def _say(self) -> None:
        now_s = self.bench.now_s
        if now_s >= self._beat_s:
            self._beat_s = now_s + BEAT_S
            self.bench.tell("HEARTBEAT", type=6, autopilot=8)
        if self.sticks is not None and now_s >= self._next_s - 1e-6:
            self._next_s = now_s + EVERY_S
            self.move(*self.sticks)

    def move(self, forward: float, right: float, throttle: float, turn: float, **how: Any) -> None:
        axes = {"x": forward, "y": right, "z": throttle, "r": turn}
        thousandths = {name: round(axis * 1000) for name, axis in axes.items()}
        self.bench.tell("MANUAL_CONTROL", **({"target": 1} | thousandths | how))

    def mode(self, mode: Px4Mode) -> Any:
        return self.bench.command(SET_MODE, *mode_parameters(mode))

    @property
    def aircraft(self) -> Any:
        return self.bench.vehicle.aircraft

    def flies(self, mode: Px4Mode) -> bool:
        return bool(self.aircraft.mode is mode)

    @property
    def speed_m_s(self) -> float:
        velocity = self.aircraft.flight.body.velocity
        return math.hypot(velocity.n, velocity.e)

    @property
    def climb_m_s(self) -> float:
        return -float(self.aircraft.flight.body.velocity.d)

    @property
    def place(self) -> tuple[float, float, float]:
        position = self.aircraft.flight.body.position
        return position.n, position.e, -position.d


@pytest.fixture
def by_sticks() -> type[Pilot]:
    """Makes a pilot of a bench."""
    return Pilot
