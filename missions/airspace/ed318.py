"""ED-318: UAS geographical zones as GeoJSON, heights and circles within the geometry.

Schema: github.com/UASGeoZones/ED-318 (EUROCONTROL). A geometry carries `layer` (`lower`, `upper`,
their references AGL, AMSL or WGS84, `uom`) and a point an `extent` (a circle, metres); several
layers are a GeometryCollection. Some services (ENAIRE) put the zone's facts into `UASZone` and the
heights into `verticalLayer` beside it: read as well.
"""

from collections.abc import Iterator

from missions.airspace.applicability import Daily, Edge, Period
from missions.airspace.daylight import SunEvent
from missions.airspace.ed269 import asked, days, one_or_many, radius_m
from missions.airspace.fields import (
    given,
    instant,
    limit,
    polygon,
    restriction,
    texts,
    time_of_day,
    words,
)
from missions.airspace.zone import Airspace, Circle, Volume, Zone
from missions.area import Area
from missions.files.located import Located

DEEPEST = 20
VALID = ("validFrom", "validTo")


def zones_from_ed318(root: Located) -> Airspace:
    """The zones of an ED-318 document.

    Raises:
        BadInput: it is not as the standard says: file, line, key and reason.
    """
    zones: list[Zone] = []
    notes: list[str] = []
    for feature in _features(root):
        zone = _zone(feature, notes)
        if zone.volumes:
            zones.append(zone)
        else:
            notes.append(f"zone {zone.title} has no area: not used")
    metadata = given(root, "metadata")
    valid = [None if metadata is None else instant(given(metadata, key)) for key in VALID]
    return Airspace(zones=tuple(zones), valid_from=valid[0], valid_to=valid[1], notes=tuple(notes))


def _features(root: Located) -> list[Located]:
    if root.at("type").text() == "Feature":
        return [root]
    return root.at("features").each()


def _zone(feature: Located, notes: list[str]) -> Zone:
    properties = feature.at("properties")
    zone = given(properties, "UASZone") or properties
    name = words(given(zone, "name"))
    geometry = given(feature, "geometry")
    outside = given(properties, "verticalLayer")
    authorities = one_or_many(given(zone, "zoneAuthority") or given(properties, "zoneAuthority"))
    volumes = () if geometry is None else tuple(_volumes(geometry, outside, name, notes))
    times = given(zone, "limitedApplicability") or given(properties, "limitedApplicability")
    return Zone(
        identifier=zone.at("identifier").text(),
        name=name,
        restriction=restriction(zone.at("type")),
        volumes=volumes,
        periods=_periods(times),
        reasons=texts(given(zone, "reason") or given(zone, "reasons")),
        conditions=words(given(zone, "restrictionConditions")),
        message=words(given(zone, "message")),
        asked=asked(authorities),
    )


def _volumes(
    geometry: Located, outside: Located | None, name: str, notes: list[str], depth: int = 0
) -> Iterator[Volume]:
    if depth > DEEPEST:
        raise geometry.refuse(f"nested deeper than {DEEPEST}")
    kind = geometry.at("type").text()
    layer = given(geometry, "layer") or outside
    if kind == "GeometryCollection":
        for one in geometry.at("geometries").each():
            yield from _volumes(one, layer, name, notes, depth + 1)
        return
    for outline in _outlines(geometry, kind, name, notes):
        yield _volume(outline, layer)


def _outlines(geometry: Located, kind: str, name: str, notes: list[str]) -> Iterator[Area | Circle]:
    coordinates = geometry.at("coordinates")
    if kind == "Polygon":
        yield polygon(coordinates, name)
    elif kind == "MultiPolygon":
        yield from (polygon(one, name) for one in coordinates.each())
    elif kind == "Point" and given(geometry, "extent") is not None:
        extent = geometry.at("extent")
        if extent.at("subType").text().lower() != "circle":
            raise extent.at("subType").refuse("only a Circle is known")
        center = coordinates.longitude_latitude()
        yield Circle(center=center, radius_m=radius_m(extent.at("radius")))
    elif kind in ("Point", "LineString", "MultiPoint", "MultiLineString"):
        notes.append(f"a {kind} of zone {name or '(unnamed)'} covers no area: not used")
    else:
        raise geometry.at("type").refuse(f'"{kind}" is not a GeoJSON geometry')


def _volume(outline: Area | Circle, layer: Located | None) -> Volume:
    if layer is None:
        return Volume(outline=outline)
    unit = given(layer, "uom") or given(layer, "UOM")
    lower, upper = given(layer, "lower"), given(layer, "upper")
    volume = Volume(
        outline=outline,
        lower=limit(lower, given(layer, "lowerReference"), unit),
        upper=limit(upper, given(layer, "upperReference"), unit),
    )
    # From 0 to 0 is nothing at all: a publisher that means 'no limit' writes it so (ENAIRE).
    same = volume.lower is not None and volume.lower == volume.upper
    return Volume(outline=outline) if same else volume


def _periods(value: Located | None) -> tuple[Period, ...]:
    found = []
    for one in one_or_many(value):
        start, end = instant(given(one, "startDateTime")), instant(given(one, "endDateTime"))
        if start is not None and end is not None and end < start:
            raise one.at("endDateTime").refuse("is before startDateTime")
        period = Period(start=start, end=end, daily=_hours(given(one, "schedule")))
        if period == Period():
            return ()
        found.append(period)
    return tuple(found)


def _hours(value: Located | None) -> tuple[Daily, ...]:
    found = []
    for one in one_or_many(value):
        daily = Daily(
            days=days(given(one, "day")),
            start=_edge(one, "startTime", "startEvent"),
            end=_edge(one, "endTime", "endEvent"),
        )
        if daily == Daily():
            return ()
        found.append(daily)
    return tuple(found)


def _edge(period: Located, at: str, event: str) -> Edge:
    sun = given(period, event)
    if sun is None:
        return time_of_day(given(period, at))
    name = sun.text().strip().upper()
    if name not in tuple(SunEvent):
        raise sun.refuse(f'"{sun.value}" is not one of {", ".join(SunEvent)}')
    return SunEvent(name)
