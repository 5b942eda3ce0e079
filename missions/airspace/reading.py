"""Which format a file of zones is in, by what it holds."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from missions.airspace.ed269 import LISTS, zones_from_ed269
from missions.airspace.ed318 import zones_from_ed318
from missions.airspace.geojson import zones_from_geojson
from missions.airspace.zone import Airspace
from missions.files.geojson_system import put_in_degrees
from missions.files.located import Located, read_text


def read_airspace(path: Path, crs: str | None = None) -> Airspace:
    """The zones of an ED-269, ED-318 or plain GeoJSON file, that one in the system `crs`.

    Raises:
        BadInput: the file cannot be read or is not as its format says: file, line, key, reason.
    """
    return replace(zones_from_text(read_text(path), str(path), crs), file=str(path))


def zones_from_text(text: str, file: str, crs: str | None = None) -> Airspace:
    """The zones of a document; `file` names it in a refusal.

    Plain GeoJSON is in the system `crs`, else as it says itself; the others know degrees on WGS 84
    only, and what they say is kept to.

    Raises:
        BadInput: it is none of the formats, or not as its format says.
    """
    root = Located.parse(text, file)
    if _is_ed269(root.value):
        return zones_from_ed269(root)
    if not isinstance(root.value, dict) or root.value.get("type") not in (
        "Feature",
        "FeatureCollection",
    ):
        raise root.refuse("is neither ED-269, ED-318 nor a GeoJSON feature collection")
    if _is_ed318(root):
        return zones_from_ed318(root)
    system = put_in_degrees(root, crs, file)
    return replace(zones_from_geojson(root), system=system)


def _is_ed269(value: Any) -> bool:
    """A zone there has its facts beside its geometry, not in `properties`."""
    if isinstance(value, list):
        return not value or isinstance(value[0], dict)
    if not isinstance(value, dict) or value.get("type") in ("Feature", "FeatureCollection"):
        return False
    return any(isinstance(value.get(key), list) for key in LISTS)


def _is_ed318(root: Located) -> bool:
    """Whether the first feature that has properties says what ED-318 asks for."""
    features = [root] if root.value["type"] == "Feature" else root.at("features").each()
    for feature in features:
        properties = feature.object().get("properties")
        if isinstance(properties, dict):
            return "UASZone" in properties or {"identifier", "country", "type"} <= set(properties)
    return False
