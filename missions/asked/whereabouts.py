"""Whether a drawing lies where somebody could mean it: not wider than a country, not far from home,
not with longitude and latitude swapped."""

import math

import numpy as np
import numpy.typing as npt

from missions.area import Shapes
from missions.errors import BadInput
from missions.geodesy import SEMI_MAJOR_M, GeoPoint

Array = npt.NDArray[np.float64]

FARTHEST_M = 100_000.0
ACROSS_THE_ANTIMERIDIAN_DEG = 180.0
# The plane that paths are made on is bent away from the Earth further out.
WIDEST_M = 200_000.0


def check_whereabouts(shapes: Shapes, home: GeoPoint | None, where: str) -> None:
    """Refuse a drawing that cannot be meant.

    Raises:
        BadInput: it is too wide, or far from home; swapped, where that explains it.
    """
    points = _points(shapes)
    if not len(points) or float(np.ptp(points[:, 1])) > ACROSS_THE_ANTIMERIDIAN_DEG:
        # Every pattern refuses what lies across the antimeridian, and says so.
        return
    middle = GeoPoint(
        latitude_deg=float(np.median(points[:, 0])), longitude_deg=float(np.median(points[:, 1]))
    )
    widest = float(_apart_m(points, middle).max())
    if widest > WIDEST_M / 2.0:
        what = f"reaches {widest / 1000.0:,.0f} km from its middle: too wide to plan in one go"
        raise BadInput(where=where, what=what + _swapped(points, home))
    if home is None:
        return
    nearest = float(_apart_m(points, home).min())
    if nearest > FARTHEST_M:
        what = f"lies {nearest / 1000.0:,.0f} km from --home"
        raise BadInput(where=where, what=what + _swapped(points, home))


def _points(shapes: Shapes) -> Array:
    """Latitudes and longitudes of all that would be flown over, shape (n, 2)."""
    rings = [ring for area in shapes.areas for ring in (area.outer, *area.holes)]
    rings += [line.points for line in shapes.lines]
    rings += [tuple(place.position for place in shapes.places)]
    pairs = [(one.latitude_deg, one.longitude_deg) for ring in rings for one in ring]
    return np.array(pairs, dtype=np.float64).reshape(-1, 2)


def _swapped(points: Array, home: GeoPoint | None) -> str:
    """A question, where the drawing would be near home with its coordinates the other way round."""
    if home is None or np.abs(points[:, 1]).max() > 90.0:
        return ""
    turned = points[:, ::-1]
    if float(_apart_m(turned, home).min()) > FARTHEST_M:
        return ""
    latitude, longitude = points[0]
    return f": longitude {longitude:g}, latitude {latitude:g}: swapped?"


def _apart_m(points: Array, place: GeoPoint) -> Array:
    """Metres along great circles, as exact as a sphere is."""
    latitude, longitude = np.radians(points).T
    to_latitude, to_longitude = math.radians(place.latitude_deg), math.radians(place.longitude_deg)
    half = (
        np.sin((latitude - to_latitude) / 2.0) ** 2
        + np.cos(latitude) * math.cos(to_latitude) * np.sin((longitude - to_longitude) / 2.0) ** 2
    )
    apart: Array = 2.0 * SEMI_MAJOR_M * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return apart
