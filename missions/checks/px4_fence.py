"""PX4's geofence, as its own code judges a position: bare degrees, and a disc by projection.

Source: PX4-Autopilot v1.17, src/modules/navigator/geofence.cpp and src/lib/geo/geo.cpp. A polygon
is tested in the plane of latitude and longitude, across the antimeridian too, which PX4 does not
know; a circle's radius counts without its sign, and one that is not a number holds nothing.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

from missions.geodesy import GeoPoint
from missions.plan import Fence, FenceCircle, FencePolygon

EARTH_RADIUS_M = 6_371_000.0
WIRE_DEGREES = 1e-7
# Where home is comes rounded, and moves as the position settles: this near a border of the fence
# PX4 finds it on either side.
HOME_KNOWN_DEG = 2e-7
# Every waypoint is held against the same few.
RINGS_REMEMBERED = 64
AROUND = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))

Place = tuple[float, float]
Shape = FencePolygon | FenceCircle


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFence:
    """What PX4 keeps of a fence: every shape but those that home would breach, which it drops.

    `doubtful` are those of the kept that may be dropped, for home is on their border.
    """

    kept: tuple[Shape, ...]
    dropped: tuple[Shape, ...]
    doubtful: tuple[Shape, ...] = ()

    @classmethod
    def of(cls, fence: Fence, home: GeoPoint | None) -> "KeptFence":
        """A fence on board; without a home nothing is dropped."""
        shapes: list[Shape] = [one for one in fence.polygons if one.ring]
        shapes += fence.circles
        if home is None:
            return cls(kept=tuple(shapes), dropped=())
        at = (home.latitude_deg, home.longitude_deg)
        fits = [allows(shape, at, reference=at) for shape in shapes]
        kept = tuple(one for one, fit in zip(shapes, fits, strict=True) if fit)
        return cls(
            kept=kept,
            dropped=tuple(one for one, fit in zip(shapes, fits, strict=True) if not fit),
            doubtful=tuple(one for one in kept if not _surely_allows(one, at)),
        )

    @property
    def fence(self) -> Fence:
        """What is kept, as a fence."""
        return Fence(
            polygons=tuple(one for one in self.kept if isinstance(one, FencePolygon)),
            circles=tuple(one for one in self.kept if isinstance(one, FenceCircle)),
        )

    def allows(self, at: Place, *, reference: Place) -> bool:
        """Whether PX4 finds a place (latitude, longitude) allowed by all that it keeps."""
        return all(allows(shape, at, reference=reference) for shape in self.kept)


def allows(shape: Shape, at: Place, *, reference: Place) -> bool:
    """PX4's answer for one shape; `reference` is where its projection begins: the first place that
    it ever asked about, which is home."""
    inside = (
        _in_ring(shape, at) if isinstance(shape, FencePolygon) else _in_disc(shape, at, reference)
    )
    return inside == shape.inclusion


def _surely_allows(shape: Shape, at: Place) -> bool:
    around = (
        (at[0] + HOME_KNOWN_DEG * north, at[1] + HOME_KNOWN_DEG * east) for north, east in AROUND
    )
    return all(allows(shape, place, reference=at) for place in around)


def _in_ring(polygon: FencePolygon, at: Place) -> bool:
    """`Geofence::insidePolygon`; vertices as the wire carries them."""
    ring = _ring_on_wire(polygon.ring)
    latitude, longitude = at
    inside = False
    for (lat_i, lon_i), (lat_j, lon_j) in zip(ring, (ring[-1], *ring[:-1]), strict=True):
        if (lon_i >= longitude) == (lon_j >= longitude):
            continue
        if latitude <= (lat_j - lat_i) * (longitude - lon_i) / (lon_j - lon_i) + lat_i:
            inside = not inside
    return inside


def _in_disc(circle: FenceCircle, at: Place, reference: Place) -> bool:
    """`Geofence::insideCircle`."""
    x1, y1 = projected(at, reference)
    x2, y2 = projected(_on_wire(circle.center), reference)
    return (x1 - x2) ** 2 + (y1 - y2) ** 2 < circle.radius_m**2


@lru_cache(maxsize=RINGS_REMEMBERED)
def _ring_on_wire(ring: tuple[GeoPoint, ...]) -> tuple[Place, ...]:
    return tuple(_on_wire(point) for point in ring)


def _on_wire(point: GeoPoint) -> Place:
    return round(point.latitude_deg * 1e7) * WIRE_DEGREES, round(
        point.longitude_deg * 1e7
    ) * WIRE_DEGREES


def projected(at: Place, reference: Place) -> tuple[float, float]:
    """North and east in metres by PX4's azimuthal equidistant projection (`MapProjection`)."""
    lat, lon = (math.radians(value) for value in at)
    ref_lat, ref_lon = (math.radians(value) for value in reference)
    cos_d_lon = math.cos(lon - ref_lon)
    cosine = math.sin(ref_lat) * math.sin(lat) + math.cos(ref_lat) * math.cos(lat) * cos_d_lon
    c = math.acos(max(-1.0, min(1.0, cosine)))
    k = c / math.sin(c) if math.sin(c) != 0.0 else 1.0
    north = math.cos(ref_lat) * math.sin(lat) - math.sin(ref_lat) * math.cos(lat) * cos_d_lon
    east = math.cos(lat) * math.sin(lon - ref_lon)
    return k * north * EARTH_RADIUS_M, k * east * EARTH_RADIUS_M


def haversine_m(a: Place, b: Place) -> float:
    """PX4's distance over the ground (`get_distance_to_next_waypoint`), on a sphere."""
    lat_a, lat_b = math.radians(a[0]), math.radians(b[0])
    d_lat, d_lon = lat_b - lat_a, math.radians(b[1]) - math.radians(a[1])
    half = math.sin(d_lat / 2.0) ** 2
    half += math.sin(d_lon / 2.0) ** 2 * math.cos(lat_a) * math.cos(lat_b)
    half = min(1.0, max(0.0, half))
    return EARTH_RADIUS_M * 2.0 * math.atan2(math.sqrt(half), math.sqrt(1.0 - half))
