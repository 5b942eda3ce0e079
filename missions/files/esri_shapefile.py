"""ESRI Shapefile: areas with holes, lines and points; the .prj beside it says where they lie.

Read with pyshp from memory, so that a length in a damaged file cannot make it ask for more than
the file has. Source: ESRI Shapefile Technical Description, July 1998.
"""

import io
import itertools
import struct
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapefile
import shapely
from shapely.geometry import Polygon

from missions.area import Area, Line, Place, Ring, Shapes
from missions.errors import BadInput
from missions.files.archive import read_bytes
from missions.files.coordinate_systems import ToDegrees, as_they_are, degrees_by_code
from missions.files.geojson import is_no_fly
from missions.files.projections import to_degrees
from missions.geodesy import GeoPoint

Array = npt.NDArray[np.float64]
# Where it stands, its kind with its parts, and its attributes.
Record = tuple[str, tuple[str, list[Array]], dict[str, Any]]
NAME_KEYS = ("name", "id", "title")
MULTIPATCH = 31
NAME_IT = "name their system with --crs EPSG:CODE"
DAMAGED = (
    shapefile.ShapefileException,
    struct.error,
    ValueError,
    IndexError,
    KeyError,
    EOFError,
    MemoryError,
    OverflowError,
    shapefile.PossiblyCorruptFileHeader,
)


def shapes_from_shapefile(path: Path, crs: str | None = None) -> Shapes:
    """The shapes of a .shp with the .dbf, .prj and .cpg beside it.

    `crs` is the system of its coordinates (EPSG:CODE), whatever its .prj says.

    Raises:
        BadInput: a file cannot be read or is damaged, the .prj declares coordinates that are not
            read, or a coordinate is not where it says: file, record and reason.
    """
    notes: list[str] = []
    records = list(_records(path, notes))
    convert, said = _system(path, crs, notes, _extent(records))
    areas: list[Area] = []
    no_fly: list[Area] = []
    lines: list[Line] = []
    places: list[Place] = []
    empty = 0
    for where, geometry, told in records:
        name = next((str(told[key]) for key in told if key.lower() in NAME_KEYS), "")
        kind, parts = geometry
        rings = [_points(part, convert, where, said) for part in parts]
        if not rings:
            empty += 1
        elif kind == "Polygon":
            found = [_area(one, name, told, where) for one in _with_holes(rings)]
            (no_fly if is_no_fly(told) else areas).extend(found)
        elif kind == "LineString":
            lines += [Line(points=one, name=name, properties=told) for one in rings if len(one) > 1]
        else:
            places += [
                Place(position=one, name=name, properties=told) for ring in rings for one in ring
            ]
    if empty:
        notes.append(f"{empty} records without a shape left out")
    return Shapes(
        areas=tuple(areas),
        lines=tuple(lines),
        places=tuple(places),
        no_fly=tuple(no_fly),
        notes=tuple(notes),
    )


def _system(path: Path, crs: str | None, notes: list[str], extent: Array) -> tuple[ToDegrees, str]:
    """How its coordinates become degrees, and who says what they are."""
    projection = _beside(path, ".prj")
    if crs is not None:
        convert, told = degrees_by_code(crs, extent, str(path))
        notes += told
        if projection is not None:
            notes.append(f"{projection.name} is passed over: {crs} was asked for")
        return convert, f"in {crs}"
    if projection is None:
        notes.append("no .prj beside it: taken as degrees on WGS 84")
        return as_they_are, f"in degrees, and no .prj says what else: {NAME_IT}"
    wkt = read_bytes(projection).decode("utf-8", errors="replace")
    convert, told = to_degrees(wkt, extent, str(projection))
    notes += told
    if convert is as_they_are:
        return convert, f"in degrees, which {projection.name} says they are: {NAME_IT}"
    return convert, f"as {projection.name} says"


def _extent(records: list[Record]) -> Array:
    """The least and the greatest of all coordinates, shape (2, 2), or none."""
    parts = [part for _, (_, each), _ in records for part in each]
    if not parts:
        return np.zeros((0, 2))
    every = np.concatenate(parts)
    finite = every[np.isfinite(every).all(axis=1)]
    return np.stack((finite.min(axis=0), finite.max(axis=0))) if len(finite) else finite


def _beside(path: Path, suffix: str) -> Path | None:
    found = (path.with_suffix(suffix), path.with_suffix(suffix.upper()))
    return next((one for one in found if one.exists()), None)


def _records(path: Path, notes: list[str]) -> Iterator[Record]:
    """Where each record stands, its kind with its parts, shape (n, 2), and its attributes."""
    table = _beside(path, ".dbf")
    if table is None:
        notes.append("no .dbf beside it: the shapes have no names")
    encoding = _beside(path, ".cpg")
    known = "utf-8" if encoding is None else read_bytes(encoding).decode("ascii", "ignore").strip()
    try:
        # A file cut short is only warned of, and its last records would be missing in silence.
        with warnings.catch_warnings():
            warnings.simplefilter("error", shapefile.PossiblyCorruptFileHeader)
            yield from _read(path, table, _codec(known, path))
    except DAMAGED as error:
        raise BadInput(where=str(path), what=f"damaged shapefile: {error}") from error


def _read(path: Path, table: Path | None, encoding: str) -> list[Record]:
    reader = shapefile.Reader(
        shp=io.BytesIO(read_bytes(path)),
        dbf=None if table is None else io.BytesIO(read_bytes(table)),
        encoding=encoding,
        encodingErrors="replace",
    )
    found = []
    for number in range(len(reader)):
        where = f"{path}: record {number + 1}"
        told = {} if table is None else _told(reader.record(number).as_dict())
        found.append((where, _parts(reader.shape(number), where), told))
    return found


def _codec(name: str, path: Path) -> str:
    try:
        "".encode(name or "utf-8")
    except LookupError as error:
        raise BadInput(where=str(path.with_suffix(".cpg")), what=f'"{name}" is unknown') from error
    return name or "utf-8"


def _told(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if value not in (None, "", b"")}


def _parts(shape: Any, where: str) -> tuple[str, list[Array]]:
    if shape.shapeType == MULTIPATCH:
        raise BadInput(where=where, what="a multipatch is no area, line or point")
    points = np.array([point[:2] for point in shape.points], dtype=np.float64).reshape(-1, 2)
    base = shape.shapeType % 10
    if base in (1, 8) or not len(points):
        return "Point", [points] if len(points) else []
    starts = [*shape.parts, len(points)]
    pieces = [points[a:b] for a, b in itertools.pairwise(starts)]
    return ("Polygon" if base == 5 else "LineString"), [one for one in pieces if len(one)]


def _points(part: Array, convert: ToDegrees, where: str, said: str) -> Ring:
    degrees = convert(part)
    wrong = ~(
        np.isfinite(part).all(axis=1)
        & (np.abs(degrees[:, 0]) <= 180.0)
        & (np.abs(degrees[:, 1]) <= 90.0)
    )
    if wrong.any():
        x, y = part[int(wrong.argmax())]
        raise BadInput(where=where, what=f"{x:.12g}, {y:.12g} is no place on earth {said}")
    return tuple(
        GeoPoint(latitude_deg=float(latitude), longitude_deg=float(longitude))
        for longitude, latitude in degrees
    )


def _with_holes(rings: list[Ring]) -> list[tuple[Ring, list[Ring]]]:
    """Outer rings run clockwise, holes the other way round; a hole belongs to the outer around it.

    Holes before their outer ring are no holes by the standard: they become areas of their own.
    """
    outers: list[tuple[Ring, list[Ring]]] = []
    shells: list[Any] = []
    for ring in rings:
        closed = [(point.longitude_deg, point.latitude_deg) for point in ring]
        if len(closed) < 4:
            continue
        shape = Polygon(closed)
        holder = None
        if shapely.is_ccw(shape.exterior):
            inside = shape.representative_point() if shape.is_valid else shape.centroid
            holder = next((i for i, one in enumerate(shells) if one.covers(inside)), None)
        if holder is None:
            outers.append((ring, []))
            shells.append(shape if shape.is_valid else shape.buffer(0))
        else:
            outers[holder][1].append(ring)
    return outers


def _area(rings: tuple[Ring, list[Ring]], name: str, told: dict[str, Any], where: str) -> Area:
    outer, holes = rings
    open_rings = [ring[:-1] if ring[0] == ring[-1] else ring for ring in (outer, *holes)]
    if min(len(ring) for ring in open_rings) < 3:
        raise BadInput(where=where, what="a ring needs three points")
    return Area(outer=open_rings[0], holes=tuple(open_rings[1:]), name=name, properties=told)
