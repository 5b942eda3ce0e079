"""Positions on WGS 84 and the local tangent plane in which plans and geometry are computed.

Source: NIMA TR8350.2 (WGS 84 constants); the tangent plane is the topocentric frame of EPSG method
9837, taken on the ellipsoid's surface. Within 20 km of the origin, a point of the plane is within
0.04 m of the true one horizontally.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

SEMI_MAJOR_M = 6_378_137.0
FLATTENING = 1.0 / 298.257223563
ECCENTRICITY_SQUARED = FLATTENING * (2.0 - FLATTENING)
# Every check of a plan asks where the same places are.
PLACES_REMEMBERED = 32_768


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoPoint:
    """A place on the ellipsoid: latitude and longitude in degrees, WGS 84.

    Raises:
        ValueError: a coordinate is not finite, latitude is past 90 or longitude past 180 degrees.
    """

    latitude_deg: float
    longitude_deg: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.latitude_deg) and abs(self.latitude_deg) <= 90.0):
            raise ValueError(f"latitude {self.latitude_deg} is not within -90..90 degrees")
        if not (math.isfinite(self.longitude_deg) and abs(self.longitude_deg) <= 180.0):
            raise ValueError(f"longitude {self.longitude_deg} is not within -180..180 degrees")


def ecef_from_geodetic(
    latitude_deg: npt.ArrayLike, longitude_deg: npt.ArrayLike, height_m: npt.ArrayLike
) -> Array:
    """Earth-centred coordinates, shape (..., 3), metres, of geodetic ones above the ellipsoid."""
    latitude = np.radians(np.asarray(latitude_deg, dtype=np.float64))
    longitude = np.radians(np.asarray(longitude_deg, dtype=np.float64))
    height = np.asarray(height_m, dtype=np.float64)
    sin_lat, cos_lat = np.sin(latitude), np.cos(latitude)
    prime_vertical = SEMI_MAJOR_M / np.sqrt(1.0 - ECCENTRICITY_SQUARED * sin_lat**2)
    return np.stack(
        (
            (prime_vertical + height) * cos_lat * np.cos(longitude),
            (prime_vertical + height) * cos_lat * np.sin(longitude),
            (prime_vertical * (1.0 - ECCENTRICITY_SQUARED) + height) * sin_lat,
        ),
        axis=-1,
    )


def geodetic_from_ecef(ecef: Array) -> tuple[Array, Array, Array]:
    """Latitude and longitude in degrees and ellipsoidal height in metres of (..., 3) metres.

    Bowring's formula, iterated twice: better than a micrometre below 100 km of height.
    """
    x, y, z = ecef[..., 0], ecef[..., 1], ecef[..., 2]
    semi_minor = SEMI_MAJOR_M * (1.0 - FLATTENING)
    second_eccentricity = ECCENTRICITY_SQUARED / (1.0 - ECCENTRICITY_SQUARED)
    axis_distance = np.hypot(x, y)
    reduced = np.arctan2(z * SEMI_MAJOR_M, axis_distance * semi_minor)
    latitude = reduced
    for _ in range(3):
        latitude = np.arctan2(
            z + second_eccentricity * semi_minor * np.sin(reduced) ** 3,
            axis_distance - ECCENTRICITY_SQUARED * SEMI_MAJOR_M * np.cos(reduced) ** 3,
        )
        reduced = np.arctan2((1.0 - FLATTENING) * np.sin(latitude), np.cos(latitude))
    sin_lat, cos_lat = np.sin(latitude), np.cos(latitude)
    height = (
        axis_distance * cos_lat
        + z * sin_lat
        - SEMI_MAJOR_M * np.sqrt(1.0 - ECCENTRICITY_SQUARED * sin_lat**2)
    )
    return np.degrees(latitude), np.degrees(np.arctan2(y, x)), height


class LocalPlane:
    """East and north in metres about an origin on the ellipsoid; there is no global origin.

    Planes about the same origin are equal.
    """

    def __init__(self, origin: GeoPoint) -> None:
        self.origin = origin
        latitude = math.radians(origin.latitude_deg)
        longitude = math.radians(origin.longitude_deg)
        sin_lat, cos_lat = math.sin(latitude), math.cos(latitude)
        sin_lon, cos_lon = math.sin(longitude), math.cos(longitude)
        self._origin_ecef: Array = np.array(_on_ellipsoid(origin))
        self.R_enu_from_ecef: Array = np.array(
            [
                [-sin_lon, cos_lon, 0.0],
                [-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat],
                [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat],
            ]
        )
        self._mean_radius_m = SEMI_MAJOR_M * (1.0 - FLATTENING / 3.0)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LocalPlane) and self.origin == other.origin

    def __hash__(self) -> int:
        return hash(self.origin)

    def en_from_geo(self, latitude_deg: npt.ArrayLike, longitude_deg: npt.ArrayLike) -> Array:
        """East and north, shape (..., 2), metres, of latitudes and longitudes in degrees."""
        ecef = ecef_from_geodetic(latitude_deg, longitude_deg, 0.0)
        enu: Array = (ecef - self._origin_ecef) @ self.R_enu_from_ecef.T
        return enu[..., :2]

    def geo_from_en(self, en: npt.ArrayLike) -> Array:
        """Latitude and longitude, shape (..., 2), degrees, of east and north in metres."""
        plane = np.asarray(en, dtype=np.float64)
        up = -np.sum(plane**2, axis=-1, keepdims=True) / (2.0 * self._mean_radius_m)
        latitude = longitude = np.zeros(plane.shape[:-1])
        for _ in range(3):
            enu = np.concatenate((plane, up), axis=-1)
            latitude, longitude, height = geodetic_from_ecef(
                enu @ self.R_enu_from_ecef + self._origin_ecef
            )
            up = up - height[..., None]
        return np.stack((latitude, longitude), axis=-1)

    def en(self, point: GeoPoint) -> tuple[float, float]:
        """East and north of one point, metres."""
        return _en(self, point)

    def geo(self, east_m: float, north_m: float) -> GeoPoint:
        """The point at one east and north, metres."""
        latitude, longitude = self.geo_from_en((east_m, north_m))
        return GeoPoint(latitude_deg=float(latitude), longitude_deg=float(longitude))


@lru_cache(maxsize=PLACES_REMEMBERED)
def _en(plane: LocalPlane, point: GeoPoint) -> tuple[float, float]:
    return _between(plane.origin, point)


def distance_m(a: GeoPoint, b: GeoPoint) -> float:
    """Distance over the ground in metres, by the tangent plane at `a`: for places within 20 km."""
    return math.hypot(*_between(a, b))


def _between(origin: GeoPoint, point: GeoPoint) -> tuple[float, float]:
    """East and north of one place from another, as a plane has them, without its arrays."""
    x, y, z = (b - a for a, b in zip(_on_ellipsoid(origin), _on_ellipsoid(point), strict=True))
    latitude, longitude = math.radians(origin.latitude_deg), math.radians(origin.longitude_deg)
    sin_lon, cos_lon = math.sin(longitude), math.cos(longitude)
    outward = x * cos_lon + y * sin_lon
    return y * cos_lon - x * sin_lon, z * math.cos(latitude) - outward * math.sin(latitude)


def beside(place: GeoPoint, *, east_m: float, north_m: float) -> GeoPoint:
    """The place that lies so far off on the tangent plane at another, for steps of some metres."""
    x, y, z = _on_ellipsoid(place)
    latitude, longitude = math.radians(place.latitude_deg), math.radians(place.longitude_deg)
    sin_lon, cos_lon = math.sin(longitude), math.cos(longitude)
    outward = -north_m * math.sin(latitude)
    return _place_below(
        x + outward * cos_lon - east_m * sin_lon,
        y + outward * sin_lon + east_m * cos_lon,
        z + north_m * math.cos(latitude),
    )


def _place_below(x: float, y: float, z: float) -> GeoPoint:
    """`geodetic_from_ecef` of one place, without its height and without its arrays."""
    semi_minor = SEMI_MAJOR_M * (1.0 - FLATTENING)
    second_eccentricity = ECCENTRICITY_SQUARED / (1.0 - ECCENTRICITY_SQUARED)
    axis_distance = math.hypot(x, y)
    reduced = math.atan2(z * SEMI_MAJOR_M, axis_distance * semi_minor)
    latitude = reduced
    for _ in range(3):
        latitude = math.atan2(
            z + second_eccentricity * semi_minor * math.sin(reduced) ** 3,
            axis_distance - ECCENTRICITY_SQUARED * SEMI_MAJOR_M * math.cos(reduced) ** 3,
        )
        reduced = math.atan2((1.0 - FLATTENING) * math.sin(latitude), math.cos(latitude))
    return GeoPoint(
        latitude_deg=math.degrees(latitude), longitude_deg=math.degrees(math.atan2(y, x))
    )


def _on_ellipsoid(point: GeoPoint) -> tuple[float, float, float]:
    """`ecef_from_geodetic` of one place on the ellipsoid."""
    latitude, longitude = math.radians(point.latitude_deg), math.radians(point.longitude_deg)
    sin_lat = math.sin(latitude)
    prime_vertical = SEMI_MAJOR_M / math.sqrt(1.0 - ECCENTRICITY_SQUARED * sin_lat**2)
    axis_m = prime_vertical * math.cos(latitude)
    up_m = prime_vertical * (1.0 - ECCENTRICITY_SQUARED) * sin_lat
    return axis_m * math.cos(longitude), axis_m * math.sin(longitude), up_m
