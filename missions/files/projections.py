"""Which coordinates a .prj file declares: degrees on WGS 84, UTM or Web Mercator on it, or others.

Others (another datum, another projection) are left to PROJ. Sources: OGC 01-009 (WKT); Karney 2011,
"Transverse Mercator with an accuracy of a few nanometers", equations 7 to 11 and 36 (Krueger's
series to the third order, here better than a millimetre within a zone); EPSG methods 9807 and 1024.
"""

import math
import re

import numpy as np

from missions.errors import BadInput
from missions.files.coordinate_systems import Array, ToDegrees, as_they_are, degrees_by_wkt
from missions.geodesy import ECCENTRICITY_SQUARED, FLATTENING, SEMI_MAJOR_M

UTM_SCALE, UTM_FALSE_EASTING_M, UTM_FALSE_NORTHING_M = 0.9996, 500_000.0, 10_000_000.0
WGS_84 = re.compile(r"WGS[_ ]?(19)?84|World Geodetic System 1984", re.IGNORECASE)
UTM_ZONE = re.compile(r"UTM[_ ]zone[_ ](\d{1,2})([NS])", re.IGNORECASE)
WEB_MERCATOR = re.compile(r"Pseudo[-_ ]Mercator|Mercator_Auxiliary_Sphere", re.IGNORECASE)
NAMED = re.compile(r'^\s*\w+\s*\[\s*"([^"]*)"')
DATUM = re.compile(r'DATUM\s*\[\s*"([^"]*)"', re.IGNORECASE)
LINEAR_UNIT = re.compile(r'UNIT\s*\[\s*"[^"]*"\s*,\s*([0-9.eE+-]+)')


def to_degrees(wkt: str, extent: Array, where: str) -> tuple[ToDegrees, tuple[str, ...]]:
    """How the coordinates of a .prj become degrees, and what there is to say about it.

    `extent` are coordinates as the file has them, shape (n, 2), that show where it lies.

    Raises:
        BadInput: the .prj cannot be read, or no way from there to WGS 84 is known.
    """
    named = NAMED.match(wkt)
    datum = DATUM.search(wkt)
    if named is None or datum is None:
        raise BadInput(where=where, what="is no coordinate system that can be read (WKT)")
    plain = _on_wgs_84(wkt, named.group(1)) if WGS_84.search(datum.group(1)) else None
    if plain is not None:
        return plain, ()
    return degrees_by_wkt(wkt, named.group(1), extent, where)


def _on_wgs_84(wkt: str, name: str) -> ToDegrees | None:
    """Degrees, UTM and Web Mercator on WGS 84, for which PROJ need not be loaded."""
    if not wkt.lstrip().upper().startswith(("PROJCS", "PROJCRS")):
        return as_they_are
    zone = UTM_ZONE.search(name)
    if zone is not None and 1 <= int(zone.group(1)) <= 60 and _is_in_metres(wkt):
        return _utm(int(zone.group(1)), south=zone.group(2).upper() == "S")
    return _degrees_from_web_mercator if WEB_MERCATOR.search(wkt) else None


def _is_in_metres(wkt: str) -> bool:
    # The unit of the projection stands last, that of its degrees before it.
    units = LINEAR_UNIT.findall(wkt)
    return not units or units[-1] in ("1", "1.0")


def _utm(zone: int, *, south: bool) -> ToDegrees:
    central = math.radians(zone * 6.0 - 183.0)
    northing = UTM_FALSE_NORTHING_M if south else 0.0

    def convert(coordinates: Array) -> Array:
        easting, northings = coordinates[:, 0], coordinates[:, 1]
        latitude, longitude = _from_transverse_mercator(
            (easting - UTM_FALSE_EASTING_M) / UTM_SCALE, (northings - northing) / UTM_SCALE
        )
        return np.column_stack((np.degrees(longitude + central), np.degrees(latitude)))

    return convert


def _from_transverse_mercator(east: Array, north: Array) -> tuple[Array, Array]:
    n = FLATTENING / (2.0 - FLATTENING)
    rectifying = SEMI_MAJOR_M / (1.0 + n) * (1.0 + n**2 / 4.0 + n**4 / 64.0)
    series = (
        n / 2.0 - 2.0 * n**2 / 3.0 + 37.0 * n**3 / 96.0,
        n**2 / 48.0 + n**3 / 15.0,
        17.0 * n**3 / 480.0,
    )
    xi, eta = north / rectifying, east / rectifying
    xi_sphere, eta_sphere = xi.copy(), eta.copy()
    for j, term in enumerate(series, 1):
        xi_sphere -= term * np.sin(2 * j * xi) * np.cosh(2 * j * eta)
        eta_sphere -= term * np.cos(2 * j * xi) * np.sinh(2 * j * eta)
    longitude = np.arctan2(np.sinh(eta_sphere), np.cos(xi_sphere))
    conformal = np.sin(xi_sphere) / np.hypot(np.sinh(eta_sphere), np.cos(xi_sphere))
    return _latitude_of_conformal(conformal), longitude


def _latitude_of_conformal(conformal_tangent: Array) -> Array:
    """The geodetic latitude of a conformal latitude's tangent: Newton's steps of Karney 2011."""
    eccentricity = math.sqrt(ECCENTRICITY_SQUARED)
    tangent = conformal_tangent.copy()
    for _ in range(5):
        sigma = np.sinh(eccentricity * np.arctanh(eccentricity * tangent / np.hypot(1.0, tangent)))
        now = tangent * np.hypot(1.0, sigma) - sigma * np.hypot(1.0, tangent)
        step = (conformal_tangent - now) / np.hypot(1.0, now)
        widened = 1.0 + (1.0 - ECCENTRICITY_SQUARED) * tangent**2
        tangent = tangent + step * widened / ((1.0 - ECCENTRICITY_SQUARED) * np.hypot(1.0, tangent))
    latitude: Array = np.arctan(tangent)
    return latitude


def _degrees_from_web_mercator(coordinates: Array) -> Array:
    longitude = np.degrees(coordinates[:, 0] / SEMI_MAJOR_M)
    latitude = np.degrees(np.arctan(np.sinh(coordinates[:, 1] / SEMI_MAJOR_M)))
    return np.column_stack((longitude, latitude))
