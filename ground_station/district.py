"""The district's map: named places, roads and buildings, on the plane in which they are measured.

The plane is the tangent plane at the middle of the district, in metres east and north; a district
is small enough (20 km) for it to be true within 0.03 m.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pydantic import ValidationError
from shapely.geometry.base import BaseGeometry

from ground_station.errors import BadDistrict
from ground_station.geojson import features, read_collection
from ground_station.words import Words
from missions.geodesy import GeoPoint, LocalPlane

DISTRICT_FILE = "district.geojson"
CAMERAS_FILE = "cameras.geojson"


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictFeature:
    """One thing on the map; `shape_m` is on the district's plane, roads have their width."""

    feature_id: str
    kind: str
    name: Words | None
    shape_m: BaseGeometry
    height_m: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """The map of one district. `geojson` is the file as it was, for the page."""

    name: str
    plane: LocalPlane
    features: tuple[DistrictFeature, ...]
    geojson: dict[str, Any]

    def of_kind(self, kind: str) -> tuple[DistrictFeature, ...]:
        """Every feature of one kind, in the file's order."""
        return tuple(feature for feature in self.features if feature.kind == kind)


def empty_district() -> District:
    """The map of a hub that was given none: no place has a name, no building hides anything."""
    return District(
        name="",
        plane=LocalPlane(GeoPoint(latitude_deg=0.0, longitude_deg=0.0)),
        features=(),
        geojson={"type": "FeatureCollection", "features": []},
    )


def read_district(file: Path) -> District:
    """The map in a district's GeoJSON file.

    Raises:
        BadDistrict: naming the file and the feature that is not what it should be.
    """
    document = read_collection(file)
    rows = tuple(features(document, where=str(file)))
    plane = LocalPlane(_middle([geometry for _, _, geometry in rows]))
    header = document.get("qyran")
    name = header.get("name") if isinstance(header, dict) else None
    return District(
        name=name if isinstance(name, str) else file.resolve().parent.name,
        plane=plane,
        features=tuple(_feature(*row, plane=plane) for row in rows),
        geojson=document,
    )


def on_plane(geometry: BaseGeometry, plane: LocalPlane) -> BaseGeometry:
    """A geometry in longitude and latitude, as metres east and north."""

    def project(lon_lat: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return plane.en_from_geo(lon_lat[:, 1], lon_lat[:, 0])

    return shapely.transform(geometry, project)


def _middle(geometries: list[BaseGeometry]) -> GeoPoint:
    if not geometries:
        return GeoPoint(latitude_deg=0.0, longitude_deg=0.0)
    west, south, east, north = shapely.total_bounds(np.array(geometries, dtype=object))
    return GeoPoint(latitude_deg=float(south + north) / 2, longitude_deg=float(west + east) / 2)


def _feature(
    where: str, properties: dict[str, Any], geometry: BaseGeometry, *, plane: LocalPlane
) -> DistrictFeature:
    shape_m = on_plane(geometry, plane)
    if properties.get("kind") == "road":
        shape_m = shape_m.buffer(_metres(properties, "width_m", where=where, missing=7.0) / 2)
    height_m = properties.get("height_m")
    return DistrictFeature(
        feature_id=str(properties.get("id", "")),
        kind=str(properties.get("kind", "")),
        name=_words(properties.get("name"), where=where),
        shape_m=shape_m,
        height_m=None
        if height_m is None
        else _metres(properties, "height_m", where=where, missing=0),
    )


def _metres(properties: dict[str, Any], key: str, *, where: str, missing: float) -> float:
    value = properties.get(key, missing)
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 1e5:
        raise BadDistrict(where=where, what=f"{key} is {value!r}, not a length in metres")
    return float(value)


def _words(value: Any, *, where: str) -> Words | None:
    if value is None:
        return None
    if isinstance(value, str):
        return Words(kk=value, ru=value, en=value)
    try:
        return Words.model_validate(value)
    except ValidationError as error:
        raise BadDistrict(where=where, what="its name is not {kk, ru, en}") from error
