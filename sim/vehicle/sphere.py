"""Distances and a map projection on a sphere of degrees, as PX4's navigator measures.

Written for the simulation; the product's checks have their own. Source: PX4-Autopilot v1.17,
src/lib/geo/geo.cpp (get_distance_to_next_waypoint, MapProjection).
"""

import math
from typing import NamedTuple

RADIUS_M = 6_371_000.0


class Degrees(NamedTuple):
    """Latitude and longitude; a plan may name places that are none on Earth."""

    latitude_deg: float
    longitude_deg: float


def distance_m(a: Degrees, b: Degrees) -> float:
    """The great circle between two places; NaN where it has none."""
    lat_a, lat_b = math.radians(a.latitude_deg), math.radians(b.latitude_deg)
    d_lat = lat_b - lat_a
    d_lon = math.radians(b.longitude_deg) - math.radians(a.longitude_deg)
    square = math.sin(d_lat / 2.0) ** 2
    square += math.sin(d_lon / 2.0) ** 2 * math.cos(lat_a) * math.cos(lat_b)
    if not 0.0 <= square <= 1.0:
        # A latitude beyond a pole: PX4 takes the root of a negative number.
        return math.nan
    return RADIUS_M * 2.0 * math.atan2(math.sqrt(square), math.sqrt(1.0 - square))


class Projection:
    """North and east in metres about a reference: azimuthal, equidistant."""

    def __init__(self, reference: Degrees) -> None:
        self._longitude = math.radians(reference.longitude_deg)
        latitude = math.radians(reference.latitude_deg)
        self._sin, self._cos = math.sin(latitude), math.cos(latitude)

    def __call__(self, place: Degrees) -> tuple[float, float]:
        """Where a place lies."""
        latitude = math.radians(place.latitude_deg)
        sin, cos = math.sin(latitude), math.cos(latitude)
        d_lon = math.radians(place.longitude_deg) - self._longitude
        across = math.cos(d_lon)
        cosine = self._sin * sin + self._cos * cos * across
        away = math.acos(max(-1.0, min(1.0, cosine)))
        scale = RADIUS_M * (away / math.sin(away) if away > 0.0 else 1.0)
        return scale * (self._cos * sin - self._sin * cos * across), scale * cos * math.sin(d_lon)
