"""Reads the zones of `district.geojson`.

Roads are lines that `width_m` makes into carriageways; every other zone is a polygon. A zone that
would silently hold nothing is refused: its rule would never fire. docs/rules.md tells the format.
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
from onboard.rules.hours import Hours, parsed_hours
from onboard.rules.in_water import Water
from onboard.rules.roads import Road
from onboard.rules.seasons import NEVER, Season, parsed_season
from onboard.rules.zones import Zone, Zones

# The kinds of zones that are polygons.
AREAS = (
    "closed_area",
    "watched_area",
    "closed_water",
    "pasture",
    "crossing",
    "dark_area",
    "still_area",
)

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
    waters: list[Zone] = []
    areas: dict[str, list[Zone]] = {kind: [] for kind in AREAS}
    for index, (feature, shape) in enumerate(zip(features, shapes, strict=True)):
        try:
            kind = feature["properties"]["kind"]
            if kind == "road":
                roads.append(_road(feature["properties"], _on_plane(shape, plane)))
            elif kind == "water":
                waters.append(_water(feature["properties"], _on_plane(shape, plane)))
            elif isinstance(kind, str) and kind in AREAS:
                zone = _area(feature["properties"], _on_plane(shape, plane))
                areas[kind].append(zone)
        except MALFORMED as error:
            raise _refused(where, feature, index, error) from error
    kept = {kind: tuple(zones) for kind, zones in areas.items()}
    return Zones(
        carriageways=tuple(roads),
        closed_areas=kept["closed_area"],
        watched_areas=kept["watched_area"],
        closed_waters=kept["closed_water"],
        pastures=kept["pasture"],
        crossings=kept["crossing"],
        waters=tuple(waters),
        dark_areas=kept["dark_area"],
        still_areas=kept["still_area"],
    )


def _road(properties: dict[str, Any], shape: shapely.Geometry) -> Road:
    line = None
    if shapely.get_dimensions(shape) == 1:
        width_m = _positive(properties, "width_m")
        line = shape if shapely.length(shape) > 0.0 else None
        shape = shapely.buffer(shape, width_m / 2.0, cap_style="flat")
    _expect_area(shape)
    limit = _positive(properties, "limit_km_h") / 3.6 if "limit_km_h" in properties else None
    one_way = properties.get("one_way", False)
    if not isinstance(one_way, bool):
        raise ValueError(f"one_way is {one_way!r}; expected true or false")
    return Road(str(properties["id"]), shape, line=_single(line), one_way=one_way, limit_m_s=limit)


def _single(line: shapely.Geometry | None) -> shapely.LineString | None:
    """A line that has one direction; several pieces have none in common."""
    if isinstance(line, shapely.MultiLineString):
        line = shapely.line_merge(line, directed=True)
    return line if isinstance(line, shapely.LineString) else None


def _positive(properties: dict[str, Any], name: str) -> float:
    value = float(properties[name])
    if not 0.0 < value < math.inf:
        raise ValueError(f"{name} is {value:g}; expected more than 0")
    return value


def _area(properties: dict[str, Any], shape: shapely.Geometry) -> Zone:
    _expect_area(shape)
    shapely.prepare(shape)
    return Zone(str(properties["id"]), shape, _hours(properties))


def _water(properties: dict[str, Any], shape: shapely.Geometry) -> Water:
    area = _area(properties, shape)
    ice, safe_ice = (_season(properties, name) for name in ("ice", "safe_ice"))
    return Water(area.id, area.shape, area.hours, ice=ice, safe_ice=safe_ice)


def _season(properties: dict[str, Any], name: str) -> Season:
    if name not in properties:
        return NEVER
    return parsed_season(properties[name], properties.get("utc_offset_h", 0.0))


def _hours(properties: dict[str, Any]) -> Hours:
    if "hours" not in properties:
        return Hours()
    return parsed_hours(properties["hours"], properties.get("utc_offset_h"))


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
