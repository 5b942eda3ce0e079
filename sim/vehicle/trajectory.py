"""Places and speeds as north, east, down, and how far a vehicle goes on when told to hold."""

from typing import NamedTuple


class Ned(NamedTuple):
    """North, east, down: metres, m/s or m/s2 by context."""

    n: float
    e: float
    d: float


def braking_distance_m(*, speed: float, jerk: float, acceleration: float) -> float:
    """How far a multirotor goes on when told to hold: PX4's preprojected stop point."""
    return speed * (speed / (2.0 * acceleration) + 0.6 * jerk / jerk)
