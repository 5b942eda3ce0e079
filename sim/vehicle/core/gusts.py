"""Gusts: an Ornstein-Uhlenbeck process by axis, from a seeded generator within the record.

Source of the generator: Steele, Lea and Flood, "Fast splittable pseudorandom number generators"
(SplitMix64); normal deviates by Box and Muller.
"""

import math

from sim.vehicle.core.compiled import inner
from sim.vehicle.core.layout import Craft

VERTICAL_SHARE = 0.5
ONE_IN_2_53 = 1.0 / 9007199254740992.0


@inner
def uniform(craft: Craft) -> float:
    """The next number of the vehicle's own sequence, above 0 and at most 1."""
    craft.random = craft.random + -7046029254386353131
    z = craft.random
    z = (z ^ ((z >> 30) & 0x3FFFFFFFF)) * -4658895280553007687
    z = (z ^ ((z >> 27) & 0x1FFFFFFFFF)) * -7723592293110705685
    z = z ^ ((z >> 31) & 0x1FFFFFFFF)
    return (((z >> 11) & 0x1FFFFFFFFFFFFF) + 1) * ONE_IN_2_53


@inner
def normal(craft: Craft) -> float:
    """A normal deviate of deviation one."""
    return math.sqrt(-2.0 * math.log(uniform(craft))) * math.cos(2.0 * math.pi * uniform(craft))


@inner
def blow(craft: Craft, dt_s: float) -> None:
    """Let the gusts change for one step; up and down they are half as strong."""
    keep = math.exp(-dt_s / max(craft.gust_time_s, dt_s))
    kick = craft.gust_deviation_m_s * math.sqrt(1.0 - keep * keep)
    for axis in range(3):
        share = VERTICAL_SHARE if axis == 2 else 1.0
        craft.gust[axis] = keep * craft.gust[axis] + share * kick * normal(craft)
