"""KML 2.2: areas with their holes, lines and points of every placemark.

Read with expat, which reads no other file; a document type, the carrier of entity bombs, is
refused. Source: OGC 12-007r2.
"""

from dataclasses import dataclass, field
from xml.parsers import expat

from missions.area import Area, Line, Place, Ring, Shapes
from missions.errors import BadInput
from missions.geodesy import GeoPoint

UNREAD = frozenset(("Track", "MultiTrack", "NetworkLink", "GroundOverlay", "Model"))


def shapes_from_kml(text: str, file: str) -> Shapes:
    """The shapes of a KML document.

    Raises:
        BadInput: it is not XML, has a document type, or a coordinate is wrong: file and line.
    """
    reader = _Reader(file)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    reader.parser = parser
    try:
        parser.Parse(text.encode("utf-8"), True)
    except expat.ExpatError as error:
        what = f"not XML: {expat.ErrorString(error.code).lower()}"
        raise BadInput(where=f"{file}: line {error.lineno}", what=what) from error
    return reader.shapes()


@dataclass
class _Polygon:
    outer: Ring = ()
    holes: list[Ring] = field(default_factory=list)


class _Reader:
    def __init__(self, file: str) -> None:
        self.parser: expat.XMLParserType | None = None
        self._file = file
        self._stack: list[str] = []
        self._text: list[str] = []
        self._line = 0
        self._names: list[str] = []
        self._polygon = _Polygon()
        self._areas: list[Area] = []
        self._lines: list[Line] = []
        self._places: list[Place] = []
        self._unread: dict[str, int] = {}

    def doctype(self, *_: object) -> None:
        raise BadInput(where=self._here(), what="a document type is not accepted")

    def start(self, tag: str, _: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if not self._stack and name != "kml":
            raise BadInput(where=self._here(), what=f"the root should be kml, not {name}")
        self._stack.append(name)
        self._text = []
        if name == "Placemark":
            self._names.append("")
        if name == "Polygon":
            self._polygon = _Polygon()
        if name == "coordinates":
            self._line = self._now()
        if name in UNREAD:
            self._unread[name] = self._unread.get(name, 0) + 1

    def data(self, text: str) -> None:
        self._text.append(text)

    def end(self, _: str) -> None:
        name = self._stack.pop()
        inside = self._stack[-1] if self._stack else ""
        if name == "name" and inside == "Placemark":
            self._names[-1] = "".join(self._text).strip()
        elif name == "coordinates":
            self._coordinates(inside, "".join(self._text))
        elif name == "Polygon":
            self._close_polygon()
        elif name == "Placemark":
            self._names.pop()
        self._text = []

    def shapes(self) -> Shapes:
        notes = tuple(f"{count} {name} left out" for name, count in self._unread.items())
        return Shapes(
            areas=tuple(self._areas),
            lines=tuple(self._lines),
            places=tuple(self._places),
            notes=notes,
        )

    def _coordinates(self, owner: str, text: str) -> None:
        points = tuple(
            self._point(part, self._line + text[:at].count("\n")) for at, part in _words(text)
        )
        if owner == "LinearRing":
            self._ring(points)
        elif owner == "LineString":
            if len(points) < 2:
                raise self._refuse("a line needs two points")
            self._lines.append(Line(points=points, name=self._name()))
        elif owner == "Point" and points:
            self._places.append(Place(position=points[0], name=self._name()))

    def _ring(self, points: Ring) -> None:
        ring = points[:-1] if len(points) > 1 and points[0] == points[-1] else points
        if len(ring) < 3:
            raise self._refuse(f"a ring needs three points, not {len(ring)}")
        boundary = self._stack[-2] if len(self._stack) > 1 else ""
        if boundary == "innerBoundaryIs":
            self._polygon.holes.append(ring)
        else:
            self._polygon.outer = ring

    def _close_polygon(self) -> None:
        if not self._polygon.outer:
            raise BadInput(where=self._here(), what="Polygon: outerBoundaryIs is missing")
        self._areas.append(
            Area(outer=self._polygon.outer, holes=tuple(self._polygon.holes), name=self._name())
        )

    def _point(self, text: str, line: int) -> GeoPoint:
        parts = text.split(",")
        try:
            return GeoPoint(latitude_deg=float(parts[1]), longitude_deg=float(parts[0]))
        except (ValueError, IndexError) as error:
            where = f"{self._file}: line {line}: coordinates"
            reason = f": {error}" if "within" in str(error) else ""
            raise BadInput(
                where=where, what=f'"{text}" is not longitude,latitude{reason}'
            ) from error

    def _refuse(self, what: str) -> BadInput:
        return BadInput(where=f"{self._file}: line {self._line}: coordinates", what=what)

    def _name(self) -> str:
        return self._names[-1] if self._names else ""

    def _now(self) -> int:
        return self.parser.CurrentLineNumber if self.parser is not None else 0

    def _here(self) -> str:
        return f"{self._file}: line {self._now()}"


def _words(text: str) -> list[tuple[int, str]]:
    words, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        words.append((at, word))
        at += len(word)
    return words
