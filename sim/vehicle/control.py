"""What the controller's state reads as: take-off stages and commanded thrust."""

import math
from enum import IntEnum
from typing import NamedTuple

GRAVITY_M_S2 = 9.80665


class TakeoffState(IntEnum):
    """The stages between disarmed and free flight, as PX4 numbers them."""

    DISARMED = 1
    SPOOL_UP = 2
    READY = 3
    RAMP_UP = 4
    FLIGHT = 5


class ThrustCommand(NamedTuple):
    """Thrust as a share of the most, 0..1: north, east, down (down < 0 lifts)."""

    north: float
    east: float
    down: float

    @property
    def collective(self) -> float:
        """The vector's length, 0..1."""
        return math.sqrt(self.north**2 + self.east**2 + self.down**2)
