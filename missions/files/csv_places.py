"""CSV of places: a header names the columns; latitude and longitude in degrees.

Comma, semicolon, tab or bar between the columns; where it is no comma, a decimal comma is read.
Rows that give latitude and longitude the wrong way round are refused, with the place: for certain
where a latitude past 90 degrees would be a longitude, and where one row lies far from all others
and would lie among them if turned round.
"""

import csv
import io
import math
import statistics
from dataclasses import dataclass

from missions.area import Place, Shapes
from missions.errors import BadInput
from missions.geodesy import GeoPoint

LATITUDE = frozenset(
    ("lat", "latitude", "lat_deg", "latitude_deg", "y", "широта", "ендік", "wgs84_lat")
)
LONGITUDE = frozenset(
    (
        *("lon", "lng", "long", "longitude", "lon_deg", "longitude_deg", "x"),
        *("долгота", "бойлық", "wgs84_lon"),
    )
)
HEIGHT = frozenset(
    ("alt", "altitude", "height", "ele", "elevation", "z", "alt_m", "height_m", "altitude_m")
)
NAME = frozenset(("name", "id", "title", "label", "название", "имя", "атауы"))
SEPARATORS = (";", "\t", "|", ",")
MOST_ROWS = 1_000_000
# Turned round, a row must come this much nearer to the others, from at least this far away.
FAR_DEG, NEARER = 5.0, 20.0


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: list[str]


def shapes_from_csv(text: str, file: str) -> Shapes:
    """The places of a CSV file; columns other than the position are their properties.

    Raises:
        BadInput: the header names no position, or a row is wrong: file, line and column.
    """
    separator, rows = _rows(text, file)
    header = [cell.strip().lower() for cell in rows[0].cells]
    latitude, longitude = (_column(header, known, file) for known in (LATITUDE, LONGITUDE))
    name = next((i for i, cell in enumerate(header) if cell in NAME), None)
    others = [i for i in range(len(header)) if i not in (latitude, longitude)]
    places, lines = [], []
    for row in rows[1:]:
        cells = row.cells
        if len(cells) != len(header):
            what = f"should have {len(header)} columns, not {len(cells)}"
            raise BadInput(where=f"{file}: line {row.line}", what=what)
        numbers = [_number(row, i, header, separator, file) for i in (latitude, longitude)]
        places.append(
            Place(
                position=_point(numbers[0], numbers[1], row, file),
                name="" if name is None else cells[name].strip(),
                properties={header[i]: cells[i].strip() for i in others if cells[i].strip()},
            )
        )
        lines.append(row.line)
    _refuse_turned(places, lines, file)
    heights = [header[i] for i in range(len(header)) if header[i] in HEIGHT]
    notes = (f'the heights in "{heights[0]}" are left out',) if heights and places else ()
    return Shapes(places=tuple(places), notes=notes)


def _rows(text: str, file: str) -> tuple[str, list[_Row]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    reading = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    rows: list[_Row] = []
    try:
        for cells in reading:
            if any(cell.strip() for cell in cells):
                rows.append(_Row(reading.line_num, cells))
            if len(rows) > MOST_ROWS:
                raise BadInput(where=file, what=f"more than {MOST_ROWS} rows")
    except csv.Error as error:
        raise BadInput(where=f"{file}: line {reading.line_num}", what=str(error)) from error
    if not rows:
        raise BadInput(where=f"{file}: line 1", what="is empty")
    return separator, rows


def _column(header: list[str], known: frozenset[str], file: str) -> int:
    found = [i for i, cell in enumerate(header) if cell in known]
    if len(found) == 1:
        return found[0]
    which = "latitude" if known is LATITUDE else "longitude"
    what = f"no column is called {which} ({', '.join(sorted(known))})"
    if found:
        what = f"several columns give the {which}: {', '.join(header[i] for i in found)}"
    raise BadInput(where=f"{file}: line 1", what=what)


def _number(row: _Row, column: int, header: list[str], separator: str, file: str) -> float:
    text = row.cells[column].strip().rstrip("°")
    if separator != ",":
        text = text.replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        value, what = math.nan, "is not a number"
    else:
        what = "is not a finite number"
    if not math.isfinite(value):
        where = f"{file}: line {row.line}: {header[column]}"
        raise BadInput(where=where, what=f'"{row.cells[column][:40]}" {what}')
    return value


def _point(latitude_deg: float, longitude_deg: float, row: _Row, file: str) -> GeoPoint:
    try:
        return GeoPoint(latitude_deg=latitude_deg, longitude_deg=longitude_deg)
    except ValueError as error:
        where = f"{file}: line {row.line}"
        if 90.0 < abs(latitude_deg) <= 180.0 and abs(longitude_deg) <= 90.0:
            raise _turned(latitude_deg, longitude_deg, where) from error
        raise BadInput(where=where, what=str(error)) from error


def _refuse_turned(places: list[Place], lines: list[int], file: str) -> None:
    if len(places) < 3:
        return
    latitude = statistics.median(place.position.latitude_deg for place in places)
    longitude = statistics.median(place.position.longitude_deg for place in places)
    for place, line in zip(places, lines, strict=True):
        at = place.position
        away = math.hypot(at.latitude_deg - latitude, at.longitude_deg - longitude)
        turned = math.hypot(at.longitude_deg - latitude, at.latitude_deg - longitude)
        if away > FAR_DEG and turned * NEARER < away:
            raise _turned(at.latitude_deg, at.longitude_deg, f"{file}: line {line}")


def _turned(latitude_deg: float, longitude_deg: float, where: str) -> BadInput:
    what = (
        f"latitude {latitude_deg:g} and longitude {longitude_deg:g} look swapped: "
        f"is the place {longitude_deg:g}, {latitude_deg:g} meant?"
    )
    return BadInput(where=where, what=what)
