"""Reading GeoJSON files (RFC 7946) that someone else wrote, with the place of every fault named."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from ground_station.errors import BadDistrict
from missions.errors import place_of


def read_collection(file: Path) -> dict[str, Any]:
    """A FeatureCollection as its file has it.

    Raises:
        BadDistrict: the file cannot be read, is not JSON, or is not a FeatureCollection.
    """
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        refusal = place_of(error, str(file))
        raise BadDistrict(where=refusal.where, what=refusal.what) from error
    except (ValueError, RecursionError) as error:
        raise BadDistrict(where=str(file), what=f"not JSON: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise BadDistrict(where=str(file), what="not a GeoJSON FeatureCollection")
    return document


def features(
    document: dict[str, Any], *, where: str
) -> Iterator[tuple[str, dict[str, Any], BaseGeometry]]:
    """Each feature's place for messages, its properties, and its geometry in longitude, latitude.

    Raises:
        BadDistrict: a feature has no properties, or its geometry is empty, broken or off the earth.
    """
    for index, feature in enumerate(document["features"]):
        place = f"{where}: feature {index}"
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(properties, dict):
            raise BadDistrict(where=place, what="it has no properties")
        named = f"{place} ({properties.get('id', 'without id')})"
        yield named, properties, _geometry(feature.get("geometry"), where=named)


def _geometry(member: Any, *, where: str) -> BaseGeometry:
    try:
        geometry = shape(member)
    except (ShapelyError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadDistrict(where=where, what="its geometry is not GeoJSON") from error
    if geometry.is_empty or not shapely.is_valid(geometry):
        reason = "empty" if geometry.is_empty else shapely.is_valid_reason(geometry)
        raise BadDistrict(where=where, what=f"its geometry cannot be used: {reason}")
    west, south, east, north = geometry.bounds
    if min(west + 180, 180 - east, south + 90, 90 - north) < 0:
        raise BadDistrict(where=where, what="it lies off the earth: longitude comes first")
    return geometry
