"""The simulation's clock: virtual seconds that run faster than the wall, stop, or go step by step.

Everything in `sim` takes `now_s`, seconds of virtual time since the simulation began; only this
module looks at the wall. UTC follows the virtual clock, so that what an aircraft stamps with it
stays right at any speed.
"""

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

DEFAULT_BEGAN_UTC = datetime(2026, 9, 1, 6, 0, 0, tzinfo=UTC)


class Clock(Protocol):
    """What the simulation asks of a clock."""

    @property
    def began_utc(self) -> datetime:
        """UTC at virtual second zero."""

    def now_s(self) -> float:
        """Virtual seconds since the simulation began; never goes back."""


def utc_at(clock: Clock, now_s: float) -> datetime:
    """UTC at a virtual second of a clock."""
    return clock.began_utc + timedelta(seconds=now_s)


class VirtualClock:
    """Virtual seconds that follow the wall times `speed`; can be paused, held and re-paced.

    `monotonic` gives wall seconds (tests pass their own).

    Raises:
        ValueError: the speed is not above zero, or `began_utc` has no time zone.
    """

    def __init__(
        self,
        *,
        speed: float = 1.0,
        began_utc: datetime = DEFAULT_BEGAN_UTC,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if began_utc.tzinfo is None:
            raise ValueError("began_utc has no time zone")
        self._began_utc = began_utc
        self._monotonic = monotonic
        self._speed = _checked_speed(speed)
        self._paused = False
        self._held_at_s = math.inf
        self._anchor_wall_s = monotonic()
        self._anchor_s = 0.0

    @property
    def began_utc(self) -> datetime:
        """UTC at virtual second zero."""
        return self._began_utc

    @property
    def speed(self) -> float:
        """Virtual seconds a wall second while not paused."""
        return self._speed

    @property
    def paused(self) -> bool:
        """Whether virtual time stands still."""
        return self._paused

    def now_s(self) -> float:
        """Virtual seconds since the simulation began."""
        if self._paused:
            return self._anchor_s
        running_s = self._anchor_s + (self._monotonic() - self._anchor_wall_s) * self._speed
        return min(running_s, self._held_at_s)

    def set_speed(self, speed: float) -> None:
        """Go on from the present virtual second at another speed."""
        checked = _checked_speed(speed)
        self._rebase()
        self._speed = checked

    def pause(self) -> None:
        """Stop virtual time; the wall goes on."""
        self._rebase()
        self._paused = True

    def resume(self) -> None:
        """Let virtual time run on from where it was paused."""
        self._rebase()
        self._paused = False

    def hold_at(self, latest_s: float) -> None:
        """Let virtual time stand still when it comes to `latest_s`, until another is named.

        It stops by itself, however late whoever named it looks again; what is past stays past.
        """
        self._rebase()
        self._held_at_s = max(latest_s, self._anchor_s)

    def wall_delay_s(self, until_s: float) -> float:
        """Wall seconds until a virtual second, at least zero; infinite while paused or held."""
        if self._paused or until_s > self._held_at_s:
            return math.inf
        return max(0.0, (until_s - self.now_s()) / self._speed)

    def _rebase(self) -> None:
        self._anchor_s = self.now_s()
        self._anchor_wall_s = self._monotonic()


class SteppedClock:
    """Virtual seconds that move only when told to: as fast as possible, and exact in tests."""

    def __init__(self, *, began_utc: datetime = DEFAULT_BEGAN_UTC) -> None:
        self._began_utc = began_utc
        self._now_s = 0.0

    @property
    def began_utc(self) -> datetime:
        """UTC at virtual second zero."""
        return self._began_utc

    def now_s(self) -> float:
        """Virtual seconds since the simulation began."""
        return self._now_s

    def advance(self, seconds: float) -> float:
        """Move on and return the new virtual second.

        Raises:
            ValueError: `seconds` is below zero.
        """
        if seconds < 0.0:
            raise ValueError(f"virtual time cannot go back by {-seconds} s")
        self._now_s += seconds
        return self._now_s


def _checked_speed(speed: float) -> float:
    if not 0.0 < speed < float("inf"):
        raise ValueError(f"the clock's speed is {speed}, it must be above zero")
    return speed
