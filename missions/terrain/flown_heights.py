"""Between which heights a multirotor flies a leg that climbs or descends.

PX4 takes the way over the ground and the height independently: it descends as fast as it may at
once, and is soon below the straight line (PositionSmoothing.cpp, `_generateVelocitySetpoint`, after
v1.17); older versions keep to the line. It may begin a leg from rest, which leaves more time for
the height than the cruise speed would. Both are within the bounds here.
"""

from dataclasses import dataclass

import numpy as np

from missions.terrain.tile import Array
from missions.vehicle import Vehicle

# A leg shorter than this changes the height only.
VERTICAL_M = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How fast a leg is flown: over the ground, up and down, and how fast it gets there."""

    speed_m_s: float
    climb_speed_m_s: float
    descent_speed_m_s: float
    acceleration_m_s2: float

    @classmethod
    def of(cls, vehicle: Vehicle, *, speed_m_s: float) -> "Rates":
        """A vehicle's, at one speed over the ground."""
        return cls(
            speed_m_s=speed_m_s,
            climb_speed_m_s=vehicle.climb_speed_m_s,
            descent_speed_m_s=vehicle.descent_speed_m_s,
            acceleration_m_s2=vehicle.acceleration_m_s2,
        )

    @property
    def climb_slope(self) -> float:
        """Metres up for each metre along, at cruise."""
        return self.climb_speed_m_s / self.speed_m_s

    @property
    def descent_slope(self) -> float:
        """Metres down for each metre along, at cruise."""
        return self.descent_speed_m_s / self.speed_m_s

    @property
    def head_start_m(self) -> float:
        """The way that speeding up from rest costs: for so much longer the height may change."""
        return self.speed_m_s**2 / (2.0 * self.acceleration_m_s2)


def height_bounds(
    from_m: Array | float,
    to_m: Array | float,
    distance_m: Array,
    length_m: Array | float,
    rates: Rates,
) -> tuple[Array, Array]:
    """The lowest and the highest that the vehicle may be, `distance_m` along legs of `length_m`.

    Samples of shape (n,) in order along each leg, metres; heights above one level surface. Between
    two samples the flight is within the straight lines from bound to bound.
    """
    rise = np.asarray(to_m) - np.asarray(from_m)
    share = distance_m / np.maximum(length_m, VERTICAL_M)
    straight = from_m + rise * np.clip(share, 0.0, 1.0)
    slope = np.where(rise > 0.0, rates.climb_slope, -rates.descent_slope)
    at_once = _towards(from_m, to_m, slope * (distance_m + rates.head_start_m))
    at_cruise = _towards(from_m, to_m, slope * distance_m)
    low = np.minimum(straight, np.where(rise > 0.0, at_cruise, at_once))
    high = np.maximum(straight, np.where(rise > 0.0, at_once, at_cruise))
    vertical = np.asarray(length_m) < VERTICAL_M
    low = np.where(vertical, np.minimum(from_m, to_m), low)
    high = np.where(vertical, np.maximum(from_m, to_m), high)
    goal = np.broadcast_to(np.asarray(to_m, dtype=np.float64), low.shape)
    low[:-1] = np.where((low[:-1] > goal[:-1]) & (low[1:] <= goal[1:]), goal[:-1], low[:-1])
    high[:-1] = np.where((high[:-1] < goal[:-1]) & (high[1:] >= goal[1:]), goal[:-1], high[:-1])
    return low, high


def _towards(from_m: Array | float, to_m: Array | float, change: Array) -> Array:
    """The height after a change, never past the one that it goes to."""
    low, high = np.minimum(from_m, to_m), np.maximum(from_m, to_m)
    return np.clip(from_m + change, low, high)
