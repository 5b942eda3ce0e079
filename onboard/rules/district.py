"""Reads the zones of `district.geojson`.

Roads are lines that `width_m` makes into carriageways; a closed area is a polygon in which nobody
may be. A zone that would silently hold nothing is refused: its rule would never fire.
"""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import shapely.errors
import shapely.geometry

from missions.errors import BadInput, place_of
from missions.geodesy import GeoPoint, LocalPlane
from onboard.rules.zones import Zone, Zones

# What a wrong feature raises in whoever takes it for one, shapely and numpy among them.
MALFORMED = (
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    RecursionError,
    shapely.errors.ShapelyError,
)


def read_district(file: Path) -> tuple[LocalPlane, Zones]:
    """A district's zones, and the plane on which they lie.

    Raises:
        BadInput: the file cannot be read, is not GeoJSON, or a feature of it is malformed; the
            file and the feature are named.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise place_of(error, str(file)) from error
    except (ValueError, RecursionError) as error:
        raise BadInput(where=str(file), what=f"not JSON: {error}") from error
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not features:
        raise BadInput(where=str(file), what="not a GeoJSON FeatureCollection with features")
    shapes = [_shape(feature, index, str(file)) for index, feature in enumerate(features)]
    plane = LocalPlane(_middle(shapes, str(file)))
    return plane, _zones(features, shapes, plane, str(file))


def _shape(feature: Any, index: int, where: str) -> shapely.Geometry | None:
    """A feature's shape in degrees; None where it has no place, as RFC 7946, 3.2 allows."""
    try:
        if feature["geometry"] is None:
            return None
        with np.errstate(invalid="ignore"):
            shape = shapely.geometry.shape(feature["geometry"])
        _expect_degrees(shape)
        return shape
    except MALFORMED as error:
        raise _refused(where, feature, index, error) from error


def _expect_degrees(shape: shapely.Geometry) -> None:
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        raise ValueError("a coordinate is not a number")
    left, low, right, high = shapely.bounds(shape).tolist()
    if left < -180.0 or right > 180.0 or low < -90.0 or high > 90.0:
        raise ValueError("its coordinates are not longitudes and latitudes")


def _middle(shapes: list[shapely.Geometry | None], where: str) -> GeoPoint:
    placed = [shape for shape in shapes if shape is not None and not shapely.is_empty(shape)]
    if not placed:
        raise BadInput(where=where, what="no feature has a geometry")
    left, low, right, high = shapely.total_bounds(np.array(placed)).tolist()
    return GeoPoint(latitude_deg=(low + high) / 2.0, longitude_deg=(left + right) / 2.0)


def _zones(
    features: list[Any], shapes: list[shapely.Geometry | None], plane: LocalPlane, where: str
) -> Zones:
    roads: list[Zone] = []
    closed: list[Zone] = []
    for index, (feature, shape) in enumerate(zip(features, shapes, strict=True)):
        try:
            kind = feature["properties"]["kind"]
            if kind == "road":
                roads.append(_road(feature["properties"], _on_plane(shape, plane)))
            elif kind == "closed_area":
                closed.append(_area(feature["properties"], _on_plane(shape, plane)))
        except MALFORMED as error:
            raise _refused(where, feature, index, error) from error
    return Zones(carriageways=tuple(roads), closed_areas=tuple(closed))


def _road(properties: dict[str, Any], shape: shapely.Geometry) -> Zone:
    if shapely.get_dimensions(shape) == 1:
        width_m = float(properties["width_m"])
        if not 0.0 < width_m < math.inf:
            raise ValueError(f"width_m is {width_m:g}; expected more than 0")
        shape = shapely.buffer(shape, width_m / 2.0, cap_style="flat")
    _expect_area(shape)
    return Zone(str(properties["id"]), shape)


def _area(properties: dict[str, Any], shape: shapely.Geometry) -> Zone:
    _expect_area(shape)
    shapely.prepare(shape)
    return Zone(str(properties["id"]), shape)


def _expect_area(shape: shapely.Geometry) -> None:
    if shapely.get_dimensions(shape) != 2 or shapely.is_empty(shape):
        raise ValueError(f"it is a {_type(shape)} that encloses nothing")
    if not shapely.is_valid(shape):
        raise ValueError(f"its outline is not valid: {shapely.is_valid_reason(shape)}")


def _type(shape: shapely.Geometry) -> str:
    return shapely.GeometryType(int(shapely.get_type_id(shape))).name.lower()


def _on_plane(shape: shapely.Geometry | None, plane: LocalPlane) -> shapely.Geometry:
    if shape is None:
        raise ValueError("it has no geometry")
    return shapely.transform(shape, lambda lonlat: plane.en_from_geo(lonlat[:, 1], lonlat[:, 0]))


def _refused(where: str, feature: Any, index: int, error: Exception) -> BadInput:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    name = properties.get("id") if isinstance(properties, dict) else None
    called = f"features[{index}]" if name is None else f"features[{index}] ({name})"
    why = f"{error} is not given" if isinstance(error, KeyError) else str(error)
    return BadInput(where=where, what=f"{called} is malformed: {why}")
