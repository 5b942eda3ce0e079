"""A zone of airspace: what it forbids, between which heights, and when.

The terms are those of EUROCAE ED-269 and ED-318 (Commission Implementing Regulation (EU) 2019/947,
article 15). A zone is the union of its volumes; a limit that is None is open.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from missions.airspace.applicability import Period
from missions.area import Area, Ring
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveEllipsoid, HeightAboveGround, HeightAmsl

Array = npt.NDArray[np.float64]
Limit = HeightAmsl | HeightAboveGround | HeightAboveEllipsoid

# An edge is straight in longitude and latitude (RFC 7946, 3.1.1): a piece of it this long is less
# than 0.1 m beside the straight line on the ground, below 60 degrees of latitude.
EDGE_PIECE_DEG = 0.015
CIRCLE_QUARTER = 32
METRES_PER_DEGREE = 110_574.0


class Restriction(StrEnum):
    """What a zone asks of whoever wants to fly in it."""

    PROHIBITED = "prohibited"
    REQUIRES_AUTHORISATION = "requires authorisation"
    CONDITIONAL = "conditional"
    U_SPACE = "U-space"
    NO_RESTRICTION = "no restriction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """All within a distance of a place."""

    center: GeoPoint
    radius_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """One part of a zone: an outline from a lower to an upper limit."""

    outline: Area | Circle
    lower: Limit | None = None
    upper: Limit | None = None

    @property
    def bounds_deg(self) -> tuple[float, float, float, float]:
        """South, north, west and east; east is above 180 where it lies across the antimeridian."""
        if isinstance(self.outline, Circle):
            return _round(self.outline)
        longitudes = _unwrapped(np.array([one.longitude_deg for one in self.outline.outer]))
        latitudes = [one.latitude_deg for one in self.outline.outer]
        west = float(longitudes.min())
        shift = 360.0 * math.floor((west + 180.0) / 360.0)
        return min(latitudes), max(latitudes), west - shift, float(longitudes.max()) - shift

    def shape(self, plane: LocalPlane) -> BaseGeometry:
        """The outline in metres east and north of the plane's origin: valid, never smaller."""
        if isinstance(self.outline, Circle):
            # The corners of a polygon round a circle lie beyond it.
            radius = self.outline.radius_m / math.cos(math.pi / (4.0 * CIRCLE_QUARTER))
            return Point(plane.en(self.outline.center)).buffer(radius, quad_segs=CIRCLE_QUARTER)
        rings = (self.outline.outer, *self.outline.holes)
        outer, *holes = (_edge_en(plane, ring) for ring in rings)
        return shapely.make_valid(Polygon(outer, holes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """What an authority says of a part of the airspace.

    Without periods it always applies. `conditions` and `message` are the authority's own words;
    `asked` is whom to ask.
    """

    identifier: str
    restriction: Restriction
    volumes: tuple[Volume, ...]
    name: str = ""
    periods: tuple[Period, ...] = ()
    reasons: tuple[str, ...] = ()
    conditions: str = ""
    message: str = ""
    asked: str = ""

    @property
    def title(self) -> str:
        """As a finding calls it."""
        return f"{self.identifier} ({self.name})" if self.name else self.identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Airspace:
    """The zones of a file, when the file holds (None: no such bound), and what was not used.

    `system` says from which coordinate system they were turned into WGS 84, and how well.
    """

    zones: tuple[Zone, ...] = ()
    file: str = ""
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    notes: tuple[str, ...] = ()
    system: tuple[str, ...] = ()


def _round(circle: Circle) -> tuple[float, float, float, float]:
    latitude, longitude = circle.center.latitude_deg, circle.center.longitude_deg
    high = circle.radius_m / METRES_PER_DEGREE
    nearest_pole = min(90.0, abs(latitude) + high)
    narrow = math.cos(math.radians(nearest_pole))
    wide = min(180.0, high / narrow) if narrow > 1e-6 else 180.0
    south, north = max(-90.0, latitude - high), min(90.0, latitude + high)
    return south, north, longitude - wide, longitude + wide


def _unwrapped(longitudes: Array) -> Array:
    """Longitudes without a jump: a ring across the antimeridian goes on past 180."""
    if np.ptp(longitudes) <= 180.0:
        return longitudes
    return np.degrees(np.unwrap(np.radians(longitudes)))


def _edge_en(plane: LocalPlane, ring: Ring) -> Array:
    """A ring's corners and as many places on its long edges as follow them over the ground."""
    latitudes = np.array([one.latitude_deg for one in (*ring, ring[0])])
    longitudes = _unwrapped(np.array([one.longitude_deg for one in (*ring, ring[0])]))
    lengths = np.hypot(np.diff(latitudes), np.diff(longitudes))
    pieces = np.minimum(np.maximum(1, np.ceil(lengths / EDGE_PIECE_DEG)), 4096).astype(np.intp)
    which = np.repeat(np.arange(len(ring)), pieces)
    share = (np.arange(which.size) - (np.cumsum(pieces) - pieces)[which]) / pieces[which]
    return plane.en_from_geo(
        latitudes[which] + share * np.diff(latitudes)[which],
        (longitudes[which] + share * np.diff(longitudes)[which] + 180.0) % 360.0 - 180.0,
    )
