"""GeoJSON (RFC 7946): reading areas, lines and points; writing a plan for a map.

An area whose property `kind` is `no_fly` or `closed_area`, or whose `no_fly` is true, is a place
nobody may fly over.
"""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from missions.area import Area, Line, Place, Ring, Shapes
from missions.files.geojson_system import put_in_degrees
from missions.files.located import Located
from missions.geodesy import GeoPoint
from missions.plan import Command, Plan

DEEPEST = 50
NO_FLY_KINDS = frozenset(("no_fly", "closed_area"))


def shapes_from_geojson(text: str, file: str, crs: str | None = None) -> Shapes:
    """The shapes of a GeoJSON document, whose coordinates are in the system `crs` (EPSG:CODE), or
    in the one that it names, or on WGS 84.

    Raises:
        BadInput: it is not GeoJSON, or a coordinate is wrong: file, line and key are named.
    """
    areas: list[Area] = []
    lines: list[Line] = []
    places: list[Place] = []
    no_fly: list[Area] = []
    root = Located.parse(text, file)
    notes = put_in_degrees(root, crs, file)
    for geometry, properties in _geometries(root):
        shape = _shape(geometry, properties)
        for one in shape:
            if isinstance(one, Area):
                (no_fly if is_no_fly(properties) else areas).append(one)
            elif isinstance(one, Line):
                lines.append(one)
            else:
                places.append(one)
    return Shapes(
        areas=tuple(areas),
        lines=tuple(lines),
        places=tuple(places),
        no_fly=tuple(no_fly),
        notes=notes,
    )


def _geometries(root: Located, depth: int = 0) -> Iterator[tuple[Located, dict[str, Any]]]:
    kind = root.at("type").text()
    if depth > DEEPEST:
        raise root.refuse(f"nested deeper than {DEEPEST}")
    if kind == "FeatureCollection":
        for feature in root.at("features").each():
            yield from _geometries(feature, depth + 1)
    elif kind == "Feature":
        geometry, properties = root.get("geometry"), root.get("properties")
        known = {} if properties is None else properties.object()
        if "id" not in known and root.get("id") is not None:
            known = {**known, "id": root.at("id").value}
        if geometry is not None:
            yield from ((one, known) for one, _ in _geometries(geometry, depth + 1))
    elif kind == "GeometryCollection":
        for geometry in root.at("geometries").each():
            yield from _geometries(geometry, depth + 1)
    else:
        yield root, {}


def _shape(geometry: Located, properties: dict[str, Any]) -> list[Area | Line | Place]:
    kind = geometry.at("type")
    coordinates = geometry.at("coordinates")
    single = kind.text().removeprefix("Multi")
    each = coordinates.each() if kind.text() != single else [coordinates]
    name = _name(properties)
    if single == "Polygon":
        return [_area(one, name, properties) for one in each]
    if single == "LineString":
        return [Line(points=_line(one), name=name, properties=properties) for one in each]
    if single == "Point":
        return [
            Place(position=one.longitude_latitude(), name=name, properties=properties)
            for one in each
        ]
    raise kind.refuse(f'"{kind.value}" is not a GeoJSON type')


def _area(rings: Located, name: str, properties: dict[str, Any]) -> Area:
    if not rings.values():
        raise rings.refuse("a polygon needs a ring")
    outer, *holes = (_ring(ring) for ring in rings.each())
    return Area(outer=outer, holes=tuple(holes), name=name, properties=properties)


def _ring(ring: Located) -> Ring:
    points = ring.longitudes_latitudes()
    points = points[:-1] if len(points) > 1 and points[0] == points[-1] else points
    if len(points) < 3:
        raise ring.refuse(f"a ring needs three points, not {len(points)}")
    return points


def _line(line: Located) -> Ring:
    points = line.longitudes_latitudes()
    if len(points) < 2:
        raise line.refuse(f"a line needs two points, not {len(points)}")
    return points


def is_no_fly(properties: Mapping[str, Any]) -> bool:
    """Whether a drawing says of an area that nobody may fly over it."""
    if properties.get("no_fly") in (True, "true", "1"):
        return True
    kind = properties.get("kind")
    return isinstance(kind, str) and kind in NO_FLY_KINDS


def _name(properties: dict[str, Any]) -> str:
    """The id if there is one, else the name; a name in several languages gives its English."""
    name = properties.get("id", properties.get("name", ""))
    if isinstance(name, dict):
        name = name.get("en") or next(iter(name.values()), "")
    return str(name)


def geojson_from_plan(plan: Plan) -> str:
    """A plan as a map layer: path, waypoints, places looked at, fence, rally points and home."""
    placed = [
        (i, item)
        for i, item in enumerate(plan.items)
        if item.has_position and math.isfinite(item.latitude_deg + item.longitude_deg)
    ]
    flown = [one for one in placed if one[1].command != Command.DO_SET_ROI_LOCATION]
    features = [
        _feature(
            "Point",
            _lon_lat_height(item.params),
            kind="roi" if item.command == Command.DO_SET_ROI_LOCATION else "item",
            item=i,
            command=int(item.command),
            frame=int(item.frame),
        )
        for i, item in placed
    ]
    if len(flown) > 1:
        path = [_lon_lat_height(item.params) for _, item in flown]
        features.insert(0, _feature("LineString", path, kind="path"))
    features += _fence_features(plan)
    features += [
        _feature("Point", [*_pair(point.position), point.height.m], kind="rally")
        for point in plan.rally
    ]
    if plan.home is not None:
        features.append(_feature("Point", _pair(plan.home.position), kind="home"))
    document = {"type": "FeatureCollection", "features": features}
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def lost_in_geojson(plan: Plan) -> tuple[str, ...]:
    """What of a plan its map layer does not show."""
    plain = sum(not item.has_position for item in plan.items)
    lost = []
    if plain:
        lost.append(f"{plain} items without a position (speed, camera, ...) are left out")
    if plan.complex_items:
        lost.append("surveys and scans are drawn as plain waypoints")
    return tuple(lost)


def geojson_from_shapes(shapes: Shapes) -> str:
    """A drawing as GeoJSON: areas with holes, no-fly areas, lines and places."""
    features = [
        _feature("Polygon", _rings(area), **_told(area.name, area.properties))
        for area in shapes.areas
    ]
    features += [
        _feature("Polygon", _rings(area), **{**_told(area.name, area.properties), "no_fly": True})
        for area in shapes.no_fly
    ]
    features += [
        _feature(
            "LineString",
            [_pair(point) for point in line.points],
            **_told(line.name, line.properties),
        )
        for line in shapes.lines
    ]
    features += [
        _feature("Point", _pair(place.position), **_told(place.name, place.properties))
        for place in shapes.places
    ]
    document = {"type": "FeatureCollection", "features": features}
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _rings(area: Area) -> list[list[list[float]]]:
    return [[_pair(point) for point in (*ring, ring[0])] for ring in (area.outer, *area.holes)]


def _told(name: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """What JSON can hold as it is; dates and numbers of other kinds as text."""
    told = {key: _plain_value(value) for key, value in properties.items()}
    return told if not name or "id" in told or "name" in told else {"name": name, **told}


def _plain_value(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain_value(one) for key, one in value.items()}
    return [_plain_value(one) for one in value] if isinstance(value, list | tuple) else str(value)


def _fence_features(plan: Plan) -> list[dict[str, Any]]:
    rings = [
        _feature(
            "Polygon",
            [[_pair(point) for point in (*polygon.ring, polygon.ring[0])]],
            kind="fence",
            inclusion=polygon.inclusion,
        )
        for polygon in plan.fence.polygons
    ]
    circles = [
        _feature(
            "Point",
            _pair(circle.center),
            kind="fence",
            inclusion=circle.inclusion,
            radius_m=circle.radius_m,
        )
        for circle in plan.fence.circles
    ]
    return rings + circles


def _feature(_geometry: str, _coordinates: Any, **properties: Any) -> dict[str, Any]:
    geometry = {"type": _geometry, "coordinates": _coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _lon_lat_height(params: tuple[float, ...]) -> list[float]:
    height = [params[6]] if math.isfinite(params[6]) else []
    return [params[5], params[4], *height]


def _pair(point: GeoPoint) -> list[float]:
    return [point.longitude_deg, point.latitude_deg]
