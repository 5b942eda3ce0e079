"""Places on the map as people draw them: areas with holes, lines and points."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from missions.geodesy import GeoPoint, LocalPlane

Ring = tuple[GeoPoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A polygon with holes; rings have no closing point."""

    outer: Ring
    holes: tuple[Ring, ...] = ()
    name: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict, compare=False, hash=False)

    def polygon(self, plane: LocalPlane) -> Polygon:
        """The area in metres east and north of the plane's origin, as drawn: maybe invalid."""
        return Polygon(ring_en(plane, self.outer), [ring_en(plane, ring) for ring in self.holes])


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line to fly along: a road, a river, a fence."""

    points: Ring
    name: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict, compare=False, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A named point."""

    position: GeoPoint
    name: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict, compare=False, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """All that a drawing holds, in the file's order; `no_fly` are the areas nobody may fly over."""

    areas: tuple[Area, ...] = ()
    lines: tuple[Line, ...] = ()
    places: tuple[Place, ...] = ()
    no_fly: tuple[Area, ...] = ()
    notes: tuple[str, ...] = ()


def ring_en(plane: LocalPlane, ring: Ring) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """East and north, shape (n, 2), metres, of a ring or line."""
    latitudes = np.array([point.latitude_deg for point in ring])
    longitudes = np.array([point.longitude_deg for point in ring])
    return plane.en_from_geo(latitudes, longitudes).reshape(-1, 2)


def ring_geo(plane: LocalPlane, points_en: BaseGeometry | np.ndarray[Any, Any]) -> Ring:
    """The places at (n, 2) metres east and north of the plane's origin."""
    geo = plane.geo_from_en(np.asarray(points_en, dtype=np.float64).reshape(-1, 2))
    return tuple(
        GeoPoint(latitude_deg=float(latitude), longitude_deg=float(longitude))
        for latitude, longitude in geo
    )


def middle(ring: Ring) -> GeoPoint:
    """The middle of a ring's bounds: an origin for the plane in which to compute.

    Raises:
        ValueError: the ring is empty or lies across the antimeridian.
    """
    if not ring:
        raise ValueError("there are no points")
    latitudes = [point.latitude_deg for point in ring]
    longitudes = [point.longitude_deg for point in ring]
    if max(longitudes) - min(longitudes) > 180.0:
        raise ValueError("the shape lies across the antimeridian: split it there")
    return GeoPoint(
        latitude_deg=(min(latitudes) + max(latitudes)) / 2.0,
        longitude_deg=(min(longitudes) + max(longitudes)) / 2.0,
    )
