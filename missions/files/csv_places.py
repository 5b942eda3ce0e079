"""CSV of places: a header names the columns; latitude and longitude in degrees.

Comma, semicolon, tab or bar between the columns; a decimal comma is read, and degrees with minutes,
seconds and hemisphere. A title above the header, units in it and Excel's `sep=` line are passed by.
Rows that give latitude and longitude the wrong way round are refused, with the place: for certain
where a latitude past 90 degrees would be a longitude, and where one row lies far from all others
and would lie among them if turned round.
"""

import csv
import io
import math
import re
import statistics
from dataclasses import dataclass

from missions.area import Place, Shapes
from missions.errors import BadInput
from missions.files.csv_text import angle_deg
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
UNIT = re.compile(r"\s*[(\[,].*$")
# Excel's own first line.
SEPARATOR_TOLD = re.compile(r"\s*sep=([;,\t|])\r?\n", re.IGNORECASE)
MOST_TITLES = 10
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
    rows = _from_header(rows)
    header = [_named(cell) for cell in rows[0].cells]
    latitude, longitude = (_column(header, known, rows[0], file) for known in (LATITUDE, LONGITUDE))
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
    told = SEPARATOR_TOLD.match(text)
    if told is not None:
        # Kept as an empty line, so that lines are counted as the file has them.
        text = text[told.end() :].replace("", "\n", 1)
    separator = told[1] if told is not None else _separator(text)
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


def _separator(text: str) -> str:
    """What parts the columns: by what a header is found, else what the first line has most of."""
    lines = [line for line in text.splitlines() if line.strip()][:MOST_TITLES]
    for separator in SEPARATORS:
        for line in lines:
            header = {_named(cell.strip('"')) for cell in line.split(separator)}
            if header & LATITUDE and header & LONGITUDE:
                return separator
    return max(SEPARATORS, key=lines[0].count) if lines else SEPARATORS[0]


def _from_header(rows: list[_Row]) -> list[_Row]:
    """Without the title that people put above a table: from the row that names both columns on."""
    for at, row in enumerate(rows[:MOST_TITLES]):
        header = {_named(cell) for cell in row.cells}
        if header & LATITUDE and header & LONGITUDE:
            return rows[at:]
    return rows


def _named(cell: str) -> str:
    """What a column is called, without the unit behind it."""
    return UNIT.sub("", cell).strip().lower()


def _column(header: list[str], known: frozenset[str], row: _Row, file: str) -> int:
    found = [i for i, cell in enumerate(header) if cell in known]
    if len(found) == 1:
        return found[0]
    which = "latitude" if known is LATITUDE else "longitude"
    what = f"no column is called {which} ({', '.join(sorted(known))})"
    if found:
        what = f"several columns give the {which}: {', '.join(header[i] for i in found)}"
    raise BadInput(where=f"{file}: line {row.line}", what=what)


def _number(row: _Row, column: int, header: list[str], separator: str, file: str) -> float:
    text = row.cells[column].strip().rstrip("°")
    # A comma within a cell is a decimal one: where columns are parted by it, it was quoted.
    if separator != "," or text.count(",") == 1:
        text = text.replace(",", ".")
    try:
        value = angle_deg(text)
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
