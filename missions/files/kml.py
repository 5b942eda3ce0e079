"""KML 2.2: areas with their holes, lines, tracks and points of every placemark, however nested.

A placemark whose extended data has `kind` no_fly or closed_area, or `no_fly` true, is a place
nobody may fly over. Source: OGC 12-007r2.
"""

from dataclasses import dataclass, field

from missions.area import Area, Line, Place, Ring, Shapes
from missions.errors import BadInput
from missions.files.geojson import is_no_fly
from missions.files.kml_coordinates import (
    DECIMAL_COMMAS,
    NOT_A_PLACE,
    has_decimal_commas,
    place_and_height,
)
from missions.files.xml_tree import DEEPEST, parse_xml
from missions.geodesy import GeoPoint

UNREAD = frozenset(
    ("NetworkLink", "GroundOverlay", "ScreenOverlay", "PhotoOverlay", "Model", "Tour")
)


def shapes_from_kml(text: str | bytes, file: str) -> Shapes:
    """The shapes of a KML document; bytes are read in the encoding that they declare.

    Raises:
        BadInput: it is not XML, has a document type, or a coordinate is wrong: file and line.
    """
    reader = _Reader(file)
    parse_xml(text, file, reader)
    return reader.shapes()


@dataclass
class _Polygon:
    outer: Ring = ()
    holes: list[Ring] = field(default_factory=list)


@dataclass
class _Placemark:
    name: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    areas: list[tuple[Ring, tuple[Ring, ...]]] = field(default_factory=list)
    lines: list[Ring] = field(default_factory=list)
    places: list[GeoPoint] = field(default_factory=list)


class _Reader:
    def __init__(self, file: str) -> None:
        self.line = 0
        self._file = file
        self._stack: list[str] = []
        self._text: list[str] = []
        self._begun = 0
        self._key = ""
        self._open: list[_Placemark] = [_Placemark()]
        self._polygon = _Polygon()
        self._track: list[GeoPoint] = []
        self._found: list[_Placemark] = []
        self._unread: dict[str, int] = {}
        self._heights = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._stack and name != "kml":
            raise BadInput(where=self._here(), what=f"the root should be kml, not {name}")
        if len(self._stack) >= DEEPEST:
            raise BadInput(where=self._here(), what=f"{name}: nested deeper than {DEEPEST}")
        self._stack.append(name)
        self._text = []
        self._begun = self.line
        if name == "Placemark":
            self._open.append(_Placemark())
        elif name == "Polygon":
            self._polygon = _Polygon()
        elif name == "Track":
            self._track = []
        elif name in ("Data", "SimpleData"):
            self._key = attributes.get("name", "")
        if name in UNREAD:
            self._unread[name] = self._unread.get(name, 0) + 1

    def data(self, text: str) -> None:
        self._text.append(text)

    def end(self, name: str) -> None:
        self._stack.pop()
        inside = self._stack[-1] if self._stack else ""
        text = "".join(self._text)
        if name == "name" and inside == "Placemark":
            self._open[-1].name = text.strip()
        elif name in ("value", "SimpleData") and self._key:
            self._open[-1].properties[self._key] = text.strip()
        elif name == "coordinates":
            self._coordinates(inside, text)
        elif name == "coord" and inside == "Track":
            self._track.append(self._point(text, text.split(), self._begun))
        elif name == "Track":
            self._close_track()
        elif name == "Polygon":
            self._close_polygon()
        elif name == "Placemark":
            self._found.append(self._open.pop())
        self._text = []

    def shapes(self) -> Shapes:
        found = [*self._found, *self._open]
        drawn = [
            (is_no_fly(one.properties), _area(one, outer, holes))
            for one in found
            for outer, holes in one.areas
        ]
        return Shapes(
            areas=tuple(area for forbidden, area in drawn if not forbidden),
            no_fly=tuple(area for forbidden, area in drawn if forbidden),
            lines=tuple(
                Line(points=points, name=one.name, properties=one.properties)
                for one in found
                for points in one.lines
            ),
            places=tuple(
                Place(position=point, name=one.name, properties=one.properties)
                for one in found
                for point in one.places
            ),
            notes=tuple(self._notes()),
        )

    def _notes(self) -> list[str]:
        notes = [f"{count} {name} left out" for name, count in self._unread.items()]
        if self._heights:
            notes.append(f"the heights of {self._heights} points are left out")
        return notes

    def _coordinates(self, owner: str, text: str) -> None:
        words = _words(text)
        if has_decimal_commas([word for _, word in words]):
            raise self._refuse(f'"{words[0][1]} {words[1][1]}": {DECIMAL_COMMAS}')
        points = tuple(
            self._point(part, part.split(","), self._begun + line) for line, part in words
        )
        if owner == "LinearRing":
            self._ring(points)
        elif owner == "LineString":
            if len(points) < 2:
                raise self._refuse("a line needs two points")
            self._open[-1].lines.append(points)
        elif owner == "Point" and points:
            if len(points) > 1:
                raise self._refuse(f"a point has one place, not {len(points)}")
            self._open[-1].places.append(points[0])

    def _ring(self, points: Ring) -> None:
        ring = points[:-1] if len(points) > 1 and points[0] == points[-1] else points
        boundary = self._stack[-2] if len(self._stack) > 1 else ""
        if boundary not in ("innerBoundaryIs", "outerBoundaryIs"):
            # A ring of its own is a line that comes back to its start.
            self._open[-1].lines.append(points)
            return
        if len(ring) < 3:
            raise self._refuse(f"a ring needs three points, not {len(ring)}")
        if boundary == "innerBoundaryIs":
            self._polygon.holes.append(ring)
        else:
            self._polygon.outer = ring

    def _close_polygon(self) -> None:
        if not self._polygon.outer:
            raise BadInput(where=self._here(), what="Polygon: outerBoundaryIs is missing")
        self._open[-1].areas.append((self._polygon.outer, tuple(self._polygon.holes)))

    def _close_track(self) -> None:
        if len(self._track) > 1:
            self._open[-1].lines.append(tuple(self._track))
        elif self._track:
            self._open[-1].places.append(self._track[0])
        else:
            self._unread["empty Track"] = self._unread.get("empty Track", 0) + 1

    def _point(self, text: str, parts: list[str], line: int) -> GeoPoint:
        try:
            point, height = place_and_height(parts)
        except ValueError as error:
            where = f"{self._file}: line {line}: coordinates"
            reason = f": {error}" if str(error) else ""
            what = f'"{text.strip()[:80]}" {NOT_A_PLACE}{reason}'
            raise BadInput(where=where, what=what) from error
        self._heights += height != 0.0
        return point

    def _refuse(self, what: str) -> BadInput:
        return BadInput(where=f"{self._file}: line {self._begun}: coordinates", what=what)

    def _here(self) -> str:
        return f"{self._file}: line {self.line}"


def _area(one: _Placemark, outer: Ring, holes: tuple[Ring, ...]) -> Area:
    return Area(outer=outer, holes=holes, name=one.name, properties=one.properties)


def _words(text: str) -> list[tuple[int, str]]:
    """Each word with the line, counted from the text's first, on which it stands."""
    return [(i, word) for i, line in enumerate(text.split("\n")) for word in line.split()]
