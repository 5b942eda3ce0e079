"""A rectangle of latitude and longitude that surely holds what is near a place: a first sieve.

It errs on the large side only. A metre is at most 1/110,574 degree of latitude (at the equator) and
1/(111,319 cos latitude) degree of longitude on WGS 84; a box that meets a pole or the 180th
meridian goes all the way round.
"""

import math
from collections.abc import Iterable
from typing import NamedTuple

from onboard.messages import GroundPosition

METRES_A_DEGREE_OF_LATITUDE = 110_574.0
METRES_A_DEGREE_OF_LONGITUDE = 111_319.0
NEAR_A_POLE_DEG = 89.0
# More than the rounding of a coordinate in degrees, so that a place is within 0 m of itself.
ROUNDING_M = 0.001


class GroundBox(NamedTuple):
    """From south to north and from west to east, degrees."""

    south_deg: float
    west_deg: float
    north_deg: float
    east_deg: float

    def meets(self, other: "GroundBox") -> bool:
        """Whether the two have a place in common."""
        return (
            self.south_deg <= other.north_deg
            and other.south_deg <= self.north_deg
            and self.west_deg <= other.east_deg
            and other.west_deg <= self.east_deg
        )


def box_around(positions: Iterable[GroundPosition], *, margin_m: float) -> GroundBox:
    """A box that holds every position's ellipse and so many metres around it."""
    boxes = [
        _box(position, position.ellipse.semi_major_m + margin_m + ROUNDING_M)
        for position in positions
    ]
    return GroundBox(
        south_deg=min(box.south_deg for box in boxes),
        west_deg=min(box.west_deg for box in boxes),
        north_deg=max(box.north_deg for box in boxes),
        east_deg=max(box.east_deg for box in boxes),
    )


def _box(position: GroundPosition, reach_m: float) -> GroundBox:
    high = reach_m / METRES_A_DEGREE_OF_LATITUDE
    south, north = position.latitude_deg - high, position.latitude_deg + high
    farthest = max(abs(south), abs(north))
    if farthest >= NEAR_A_POLE_DEG:
        return GroundBox(south, -180.0, north, 180.0)
    wide = reach_m / (METRES_A_DEGREE_OF_LONGITUDE * math.cos(math.radians(farthest)))
    west, east = position.longitude_deg - wide, position.longitude_deg + wide
    if west < -180.0 or east > 180.0:
        west, east = -180.0, 180.0
    return GroundBox(south, west, north, east)
