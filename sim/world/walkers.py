"""Walking people and animals: each goes to a target, waits, and goes to the next.

One core for all of them, vectorised; only those who arrive are looked at one by one. Where the
next target lies is asked of the walker's `Roam`.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from sim.world.objects import Array, IntArray, Mask

ARRIVED_M = 0.25
TURN_RATE_RAD_S = 3.0


class Roam(Protocol):
    """Where a walker wants to go."""

    def next_target(self, at: Array, rng: np.random.Generator) -> tuple[Array, float]:
        """The next target, (2,) metres, and seconds to wait there after arriving."""


class Walkers:
    """Positions, headings and targets of a set of walkers; `roams` has one entry each."""

    def __init__(
        self,
        *,
        at: Array,
        speed_m_s: Array,
        roams: Sequence[Roam],
        rng: np.random.Generator,
    ) -> None:
        self._rng = rng
        self.at = at.copy()
        self.speed_m_s = speed_m_s
        self.roams = list(roams)
        self.heading_rad = rng.uniform(0.0, 2.0 * np.pi, len(at))
        self.stride = np.zeros(len(at))
        self.moving = np.zeros(len(at), dtype=bool)
        self._target = at.copy()
        self._wait_s = np.zeros(len(at))
        self._dwell_s = rng.uniform(0.0, 6.0, len(at))

    def __len__(self) -> int:
        return len(self.at)

    def redirect(self, index: int, roam: Roam, *, speed_m_s: float | None = None) -> None:
        """Give one walker another aim, at once."""
        self.roams[index] = roam
        self._retarget(index)
        self._wait_s[index] = 0.0
        if speed_m_s is not None:
            self.speed_m_s[index] = speed_m_s

    def step(self, dt_s: float) -> None:
        """Walk for `dt_s` seconds."""
        way = self._target - self.at
        distance = np.hypot(way[:, 0], way[:, 1])
        self._wait_s = np.maximum(0.0, self._wait_s - dt_s)
        walking = (self._wait_s <= 0.0) & (distance > ARRIVED_M)
        stride = np.where(walking, np.minimum(self.speed_m_s * dt_s, distance), 0.0)
        unit = way / np.maximum(distance, 1e-9)[:, None]
        self.at += unit * stride[:, None]
        self.stride += stride
        self.moving = walking
        self._turn(np.arctan2(way[:, 0], way[:, 1]), walking, dt_s)
        self._send_on(np.flatnonzero((distance <= ARRIVED_M) & (self._wait_s <= 0.0)))

    def _turn(self, wanted_rad: Array, walking: Mask, dt_s: float) -> None:
        error = (wanted_rad - self.heading_rad + np.pi) % (2.0 * np.pi) - np.pi
        limit = TURN_RATE_RAD_S * dt_s
        self.heading_rad += np.where(walking, np.clip(error, -limit, limit), 0.0)

    def _send_on(self, arrived: IntArray) -> None:
        """Let those who stand at their target wait there first, then take the next one."""
        for index in arrived.tolist():
            if self._dwell_s[index] > 0.0:
                self._wait_s[index], self._dwell_s[index] = self._dwell_s[index], 0.0
            else:
                self._retarget(index)

    def _retarget(self, index: int) -> None:
        target, dwell_s = self.roams[index].next_target(self.at[index], self._rng)
        self._target[index] = target
        self._dwell_s[index] = dwell_s
