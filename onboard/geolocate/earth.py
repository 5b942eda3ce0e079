"""One exact three-dimensional frame on the earth in which rays, points and surfaces meet.

East, north and up at an origin on the ellipsoid (EPSG method 9837). The earth's curvature, the
turning of north and the tilting of the vertical away from the origin are all in it. Heights are
taken as if above the ellipsoid: sea level's undulation is constant over the reach of a camera, and
cancels.
"""

import numpy as np

from missions.geodesy import GeoPoint, LocalPlane, ecef_from_geodetic, geodetic_from_ecef
from onboard.geolocate.rotation import Array

# From north-east-down axes to east-north-up axes, and back: it is its own inverse.
R_ENU_FROM_NED: Array = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])


class EarthFrame:
    """East, north, up in metres about an origin at height zero."""

    def __init__(self, origin: GeoPoint) -> None:
        self.origin = origin
        self._origin_ecef = ecef_from_geodetic(origin.latitude_deg, origin.longitude_deg, 0.0)
        self._R_enu_from_ecef = LocalPlane(origin).R_enu_from_ecef

    def enu(self, latitude_deg: Array, longitude_deg: Array, height_m: Array) -> Array:
        """East, north, up, shape (..., 3), of geodetic coordinates."""
        ecef = ecef_from_geodetic(latitude_deg, longitude_deg, height_m)
        turned: Array = (ecef - self._origin_ecef) @ self._R_enu_from_ecef.T
        return turned

    def enu_of(self, place: GeoPoint, height_m: float) -> Array:
        """East, north, up, (3,), of one place."""
        return self.enu(
            np.array(place.latitude_deg), np.array(place.longitude_deg), np.array(height_m)
        )

    def geodetic(self, enu_m: Array) -> tuple[Array, Array, Array]:
        """Latitude and longitude in degrees and height in metres of (..., 3)."""
        return geodetic_from_ecef(enu_m @ self._R_enu_from_ecef + self._origin_ecef)

    def R_enu_from_ned(self, place: GeoPoint) -> Array:
        """From the north-east-down axes of a place into this frame's axes."""
        R_enu_at_place_from_ecef = LocalPlane(place).R_enu_from_ecef
        turned: Array = self._R_enu_from_ecef @ R_enu_at_place_from_ecef.T @ R_ENU_FROM_NED
        return turned
