"""GPX 1.0 and 1.1: waypoints as places, routes and track segments as lines.

Source: https://www.topografix.com/GPX/1/1/ . Coordinates are WGS 84 by definition.
"""

from missions.area import Line, Place, Shapes
from missions.errors import BadInput
from missions.files.xml_tree import Element, tree_from_xml
from missions.geodesy import GeoPoint


def shapes_from_gpx(text: str | bytes, file: str) -> Shapes:
    """The shapes of a GPX document.

    Raises:
        BadInput: it is not GPX, or a coordinate is wrong: file, line and element.
    """
    root = tree_from_xml(text, file)
    if root.name != "gpx":
        raise BadInput(where=f"{file}: line {root.line}", what=f"should be gpx, not {root.name}")
    notes: list[str] = []
    lines = [line for way in (*root.all("rte"), *root.all("trk")) for line in _lines(way, notes)]
    heights = sum(1 for _ in root.within("ele"))
    if heights:
        notes.append(f"the heights of {heights} points are left out")
    return Shapes(
        lines=tuple(lines),
        places=tuple(
            Place(position=_point(one), name=one.said("name"), properties=_properties(one))
            for one in root.all("wpt")
        ),
        notes=tuple(notes),
    )


def _lines(way: Element, notes: list[str]) -> list[Line]:
    """A route is one line, a track one of each segment; a single point is none."""
    pieces = (
        [way.all("rtept")] if way.name == "rte" else [s.all("trkpt") for s in way.all("trkseg")]
    )
    found = []
    for piece in pieces:
        points = tuple(_point(point) for point in piece)
        if len(points) < 2:
            notes.append(f"line {way.line}: {way.name} with {len(points)} points left out")
            continue
        found.append(Line(points=points, name=way.said("name"), properties=_properties(way)))
    return found


def _point(element: Element) -> GeoPoint:
    return element.point(element.attribute_number("lat"), element.attribute_number("lon"))


def _properties(element: Element) -> dict[str, str]:
    told = {key: element.said(key) for key in ("name", "desc", "cmt", "sym", "type")}
    return {key: value for key, value in told.items() if value}
