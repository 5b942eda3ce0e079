"""Between latitude, longitude and height and the vehicle's own north, east, down: plain floats.

Equirectangular about the origin with the ellipsoid's radii there, exactly invertible. Within 5 km
of the origin distances are right to 0.1 %; the path between two waypoints is straight in it.
Source of the radii: NIMA TR8350.2.
"""

import math
from typing import NamedTuple

from missions.geodesy import ECCENTRICITY_SQUARED, SEMI_MAJOR_M
from sim.vehicle.trajectory import Ned


class Geo(NamedTuple):
    """Latitude and longitude in degrees, height above mean sea level in metres."""

    latitude_deg: float
    longitude_deg: float
    height_amsl_m: float


class LocalFrame:
    """North, east and down in metres about an origin."""

    def __init__(self, origin: Geo) -> None:
        self.origin = origin
        latitude = math.radians(origin.latitude_deg)
        shape = 1.0 - ECCENTRICITY_SQUARED * math.sin(latitude) ** 2
        meridian = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / shape**1.5
        parallel = SEMI_MAJOR_M / math.sqrt(shape) * math.cos(latitude)
        self.m_per_deg_north = math.radians(meridian)
        self.m_per_deg_east = math.radians(parallel)

    def ned(self, place: Geo) -> Ned:
        """The place in metres about the origin."""
        return Ned(
            (place.latitude_deg - self.origin.latitude_deg) * self.m_per_deg_north,
            (place.longitude_deg - self.origin.longitude_deg) * self.m_per_deg_east,
            self.origin.height_amsl_m - place.height_amsl_m,
        )

    def geo(self, place: Ned) -> Geo:
        """Latitude, longitude and height of a place in metres about the origin."""
        return Geo(
            self.origin.latitude_deg + place.n / self.m_per_deg_north,
            self.origin.longitude_deg + place.e / self.m_per_deg_east,
            self.origin.height_amsl_m - place.d,
        )
