"""Zones in plain GeoJSON: a drawing of one's own, or what open airspace databases publish.

An area's properties say `restriction` (as ED-269 names it; prohibited where nothing is said, as
`no_fly` areas are), and its heights as `lower_m` and `upper_m` above the ground or `lower_amsl_m`
and `upper_amsl_m`; or as openAIP does, `lowerLimit` or `lowerCeiling` objects of `value`, `unit`
and `referenceDatum`, by name or by openAIP's numbers. A point with `radius_m` is a circle.
"""

from missions.airspace.ed269 import radius_m
from missions.airspace.fields import given, limit, number, polygon, restriction, words
from missions.airspace.zone import Airspace, Circle, Limit, Restriction, Volume, Zone
from missions.area import Area
from missions.files.located import Located
from missions.heights import HeightAboveGround, HeightAmsl

# openAIP core API: units and datums are numbers there.
OPENAIP_UNITS = {0: "M", 1: "FT", 6: "FL"}
OPENAIP_DATUMS = {0: "GND", 1: "MSL", 2: "STD"}
NAMES = ("identifier", "id", "name")


def zones_from_geojson(root: Located) -> Airspace:
    """The zones of a GeoJSON document.

    Raises:
        BadInput: it is not GeoJSON, or a property is not as it should be: file, line, key, reason.
    """
    zones: list[Zone] = []
    notes: list[str] = []
    features = [root] if root.at("type").text() == "Feature" else root.at("features").each()
    for index, feature in enumerate(features):
        properties = given(feature, "properties") or Located({}, text="", file="")
        identifier = _identifier(feature, properties, index)
        outlines = _outlines(feature, properties, identifier)
        if outlines:
            zones.append(_zone(identifier, properties, outlines))
        else:
            notes.append(f"{identifier} is no area: not used")
    return Airspace(zones=tuple(zones), notes=tuple(notes))


def _identifier(feature: Located, properties: Located, index: int) -> str:
    for key in NAMES:
        found = given(properties, key)
        if found is not None and (said := words(found) if key == "name" else str(found.value)):
            return said
    return str(feature.value.get("id", f"zone {index + 1}"))


def _zone(identifier: str, properties: Located, outlines: list[Area | Circle]) -> Zone:
    lower, upper = (_limit(properties, side) for side in ("lower", "upper"))
    name = words(given(properties, "name"))
    said = given(properties, "restriction")
    return Zone(
        identifier=identifier,
        name="" if name == identifier else name,
        restriction=Restriction.PROHIBITED if said is None else restriction(said),
        volumes=tuple(Volume(outline=one, lower=lower, upper=upper) for one in outlines),
        message=words(given(properties, "message")),
    )


def _outlines(feature: Located, properties: Located, name: str) -> list[Area | Circle]:
    geometry = given(feature, "geometry")
    if geometry is None:
        return []
    kind, radius = geometry.at("type").text(), given(properties, "radius_m")
    if kind == "Polygon":
        return [polygon(geometry.at("coordinates"), name)]
    if kind == "MultiPolygon":
        return [polygon(one, name) for one in geometry.at("coordinates").each()]
    if kind == "Point" and radius is not None:
        center = geometry.at("coordinates").longitude_latitude()
        return [Circle(center=center, radius_m=radius_m(radius))]
    return []


def _limit(properties: Located, side: str) -> Limit | None:
    above_ground = given(properties, f"{side}_m")
    if above_ground is not None:
        return HeightAboveGround(number(above_ground))
    above_sea = given(properties, f"{side}_amsl_m")
    if above_sea is not None:
        return HeightAmsl(number(above_sea))
    found = given(properties, f"{side}Limit") or given(properties, f"{side}Ceiling")
    if found is None or not isinstance(found.value, dict):
        return _flat(properties, side, found)
    unit = _named(found, "unit", OPENAIP_UNITS)
    return limit(found.at("value"), _named(found, "referenceDatum", OPENAIP_DATUMS), unit)


def _flat(properties: Located, side: str, value: Located | None) -> Limit | None:
    """ED-269's names, as converters leave them in the properties."""
    datum = given(properties, f"{side}VerticalReference")
    return limit(value, datum, given(properties, "uomDimensions"))


def _named(parent: Located, key: str, numbers: dict[int, str]) -> Located | None:
    found = given(parent, key)
    if found is None or not isinstance(found.value, int):
        return found
    if found.value not in numbers:
        raise found.refuse(f"{found.value} is not one of {', '.join(map(str, numbers))}")
    return Located(numbers[found.value], text="", file="")
