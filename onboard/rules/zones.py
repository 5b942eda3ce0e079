"""Zones of a district on a local plane, and how probable it is that something is in one.

Read from `district.geojson`: roads are lines that `width_m` makes into carriageways; a closed area
is a polygon in which nobody may be.
"""

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
import shapely.geometry

from missions.errors import BadInput, place_of
from missions.geodesy import GeoPoint, LocalPlane

Array = npt.NDArray[np.float64]
RINGS, SPOKES = 4, 12


def _unit_samples() -> Array:
    """Equally probable samples of the standard normal in two dimensions, (48, 2).

    Rings at the middles of equal shares of the Rayleigh distribution, turned against each other.
    """
    shares = (np.arange(RINGS) + 0.5) / RINGS
    radii = np.sqrt(-2.0 * np.log(1.0 - shares))
    turns = np.arange(SPOKES) / SPOKES + np.arange(RINGS)[:, None] / (RINGS * SPOKES)
    angles = math.tau * turns
    return np.stack((radii[:, None] * np.cos(angles), radii[:, None] * np.sin(angles)), -1).reshape(
        -1, 2
    )


UNIT_SAMPLES = _unit_samples()
FARTHEST_SAMPLE = float(np.hypot(*UNIT_SAMPLES.T).max())


@dataclass(frozen=True, slots=True)
class Zone:
    """One or more polygons of a kind, in metres east and north. `id` is a feature's id."""

    id: str
    shape: shapely.Geometry


@dataclass(frozen=True, slots=True)
class Zones:
    """The zones that rules look at. Empty where there is no district."""

    carriageways: tuple[Zone, ...] = ()
    closed_areas: tuple[Zone, ...] = ()
    _union: dict[str, shapely.Geometry] = field(default_factory=dict)

    def on_carriageway(self, en_m: Array, covariances_m2: Array) -> Array:
        """The probability (n,) that each place (n, 2) with covariance (n, 2, 2) is on a road."""
        return probability_within(self._all_roads(), en_m, covariances_m2)

    def carriageway_at(self, en_m: Array) -> str | None:
        """The id of the road that is nearest to a place."""
        point = shapely.Point(en_m)
        nearest = min(
            self.carriageways, key=lambda zone: shapely.distance(zone.shape, point), default=None
        )
        return None if nearest is None else nearest.id

    def _all_roads(self) -> shapely.Geometry:
        # Made when first asked for: a place near a crossing is on either of two roads.
        if "roads" not in self._union:
            union = shapely.union_all([zone.shape for zone in self.carriageways])
            shapely.prepare(union)
            self._union["roads"] = union
        return self._union["roads"]


def probability_within(shape: shapely.Geometry, en_m: Array, covariances_m2: Array) -> Array:
    """The probability (n,) that Gaussian places (n, 2), (n, 2, 2) lie within a shape.

    Each is the share of 48 samples that do, so it is a multiple of 1/48.
    """
    probabilities = np.zeros(len(en_m))
    near = np.flatnonzero(_near(shape, en_m, covariances_m2))
    if len(near):
        roots = np.linalg.cholesky(covariances_m2[near] + 1e-9 * np.eye(2))
        points = en_m[near, None, :] + UNIT_SAMPLES @ roots.transpose(0, 2, 1)
        inside = shapely.contains_xy(shape, points[..., 0], points[..., 1])
        probabilities[near] = inside.mean(axis=1)
    return probabilities


def _near(shape: shapely.Geometry, en_m: Array, covariances_m2: Array) -> npt.NDArray[np.bool_]:
    """Which places can have a sample within the shape's bounds at all."""
    left, low, right, high = shapely.bounds(shape).tolist()
    reach_m = FARTHEST_SAMPLE * np.sqrt(np.trace(covariances_m2, axis1=1, axis2=2))[:, None]
    return np.asarray(
        ((en_m + reach_m >= (left, low)) & (en_m - reach_m <= (right, high))).all(axis=1)
    )


def read_district(file: Path) -> tuple[LocalPlane, Zones]:
    """A district's zones, and the plane on which they lie.

    Raises:
        BadInput: the file cannot be read, is not GeoJSON, or a feature of it is malformed.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise place_of(error, str(file)) from error
    except ValueError as error:
        raise BadInput(where=str(file), what=f"not JSON: {error}") from error
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not features:
        raise BadInput(where=str(file), what="not a GeoJSON FeatureCollection with features")
    plane = LocalPlane(_middle(features, str(file)))
    return plane, _zones(features, plane, str(file))


def _middle(features: list[Any], where: str) -> GeoPoint:
    try:
        shapes = [shapely.geometry.shape(feature["geometry"]) for feature in features]
        left, low, right, high = shapely.total_bounds(np.array(shapes)).tolist()
        return GeoPoint(latitude_deg=(low + high) / 2.0, longitude_deg=(left + right) / 2.0)
    except (KeyError, TypeError, ValueError, shapely.GEOSException) as error:
        raise BadInput(where=where, what=f"a feature's geometry is malformed: {error}") from error


def _zones(features: list[Any], plane: LocalPlane, where: str) -> Zones:
    roads: list[Zone] = []
    closed: list[Zone] = []
    for index, feature in enumerate(features):
        try:
            kind = feature["properties"]["kind"]
            if kind == "road":
                roads.append(_road(feature, plane))
            elif kind == "closed_area":
                closed.append(_area(feature, plane))
        except (KeyError, TypeError, ValueError, shapely.GEOSException) as error:
            what = f"features[{index}] is malformed: {error}"
            raise BadInput(where=where, what=what) from error
    return Zones(carriageways=tuple(roads), closed_areas=tuple(closed))


def _road(feature: dict[str, Any], plane: LocalPlane) -> Zone:
    properties = feature["properties"]
    shape = _on_plane(feature["geometry"], plane)
    if shapely.get_dimensions(shape) == 1:
        shape = shapely.buffer(shape, float(properties["width_m"]) / 2.0, cap_style="flat")
    return Zone(str(properties["id"]), shape)


def _area(feature: dict[str, Any], plane: LocalPlane) -> Zone:
    shape = _on_plane(feature["geometry"], plane)
    shapely.prepare(shape)
    return Zone(str(feature["properties"]["id"]), shape)


def _on_plane(geometry: dict[str, Any], plane: LocalPlane) -> shapely.Geometry:
    shape = shapely.geometry.shape(geometry)
    return shapely.transform(shape, lambda lonlat: plane.en_from_geo(lonlat[:, 1], lonlat[:, 0]))
