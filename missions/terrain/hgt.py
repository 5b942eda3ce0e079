"""SRTM tiles as NASA gives them out: `.hgt`, or the `.hgt.zip` that it comes in.

Big-endian 16-bit metres above EGM96, rows from north to south, one post shared with each neighbour;
-32768 is a void. Everything else is in the name, which is the south-western post. Source: SRTM
Collection User Guide (NASA LP DAAC), sections 2.1 and 2.2.
"""

import re
import zipfile
import zlib
from pathlib import Path

import numpy as np

from missions.errors import BadInput, place_of
from missions.terrain.tile import Grid, Raw, Tile, VerticalDatum

_POSTS = ((1201, 1201), (3601, 3601), (3601, 1801))
NAME = re.compile(r"([NS])(\d{2})([EW])(\d{3})", re.IGNORECASE)
# Rows and columns of one degree: 3 or 1 arc seconds, and 1 by 2 as some sources cut high latitudes.
SHAPES = {2 * rows * columns: (rows, columns) for rows, columns in _POSTS}
VOID = -32768


def read_hgt(path: Path) -> Tile:
    """The tile of one file; its heights are read when they are asked for.

    Raises:
        BadInput: the name says no place, the size is none of SRTM's, or the file cannot be read.
    """
    size = _size(path)
    shape = SHAPES.get(size)
    if shape is None:
        known = ", ".join(str(one) for one in SHAPES)
        raise BadInput(where=str(path), what=f"{size} bytes of heights: an HGT tile has {known}")
    rows, columns = shape
    south, west = _south_west(path)
    return Tile(
        file=str(path),
        grid=Grid(
            north_deg=south + 1.0,
            west_deg=west,
            row_step_deg=1.0 / (rows - 1),
            column_step_deg=1.0 / (columns - 1),
            rows=rows,
            columns=columns,
        ),
        datum=VerticalDatum.EGM96,
        void=VOID,
        load=lambda: _heights(path, shape),
    )


def _south_west(path: Path) -> tuple[float, float]:
    found = NAME.match(path.name)
    if found is None:
        what = "the name says no place: it should begin like N46E008"
        raise BadInput(where=str(path), what=what)
    north_south, latitude, east_west, longitude = found.groups()
    south = float(latitude) * (1.0 if north_south in "Nn" else -1.0)
    west = float(longitude) * (1.0 if east_west in "Ee" else -1.0)
    if not (-90.0 <= south <= 89.0 and -180.0 <= west <= 179.0):
        raise BadInput(where=str(path), what=f"{found.group()} is not on Earth")
    return south, west


def _size(path: Path) -> int:
    try:
        if path.suffix.lower() != ".zip":
            return path.stat().st_size
        with zipfile.ZipFile(path) as archive:
            return _member(archive, path).file_size
    except OSError as error:
        raise place_of(error, str(path)) from error
    except zipfile.BadZipFile as error:
        raise BadInput(where=str(path), what=str(error).lower()) from error


def _member(archive: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
    members = [one for one in archive.infolist() if one.filename.lower().endswith(".hgt")]
    if len(members) != 1:
        raise BadInput(where=str(path), what=f"{len(members)} .hgt files within, one is needed")
    return members[0]


def _heights(path: Path, shape: tuple[int, int]) -> Raw:
    try:
        if path.suffix.lower() != ".zip":
            data = path.read_bytes()
        else:
            with zipfile.ZipFile(path) as archive:
                data = archive.read(_member(archive, path))
    except OSError as error:
        raise place_of(error, str(path)) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise BadInput(where=str(path), what=str(error).lower()) from error
    if len(data) != 2 * shape[0] * shape[1]:
        raise BadInput(where=str(path), what="the file changed while it was in use")
    return np.frombuffer(data, dtype=">i2").reshape(shape)
