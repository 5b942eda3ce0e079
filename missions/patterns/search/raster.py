"""A grid of weights from a file: ESRI ASCII (.asc) or GeoTIFF in degrees (.tif)."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from missions.errors import BadInput, place_of
from missions.patterns.search.belief import LikelyRaster

Array = npt.NDArray[np.float64]

MOST_CELLS = 25_000_000
ASC_KEYS = ("ncols", "nrows", "cellsize")
# GeoTIFF 1.1, OGC 19-008r4, 7.1: tag numbers, and the key GTRasterTypeGeoKey.
PIXEL_SCALE, TIE_POINT, KEY_DIRECTORY, NO_DATA = 33550, 33922, 34735, 42113
RASTER_TYPE_KEY, PIXEL_IS_POINT = 1025, 2
MODEL_TYPE_KEY, GEOGRAPHIC = 1024, 2


def read_weights(path: Path) -> LikelyRaster:
    """The weights of a file; cells without data, below zero or not finite weigh nothing.

    Raises:
        BadInput: the file cannot be read, or is not a grid in longitude and latitude.
    """
    suffix = path.suffix.lower()
    if suffix == ".asc":
        return _ascii(path)
    if suffix in (".tif", ".tiff"):
        return _geotiff(path)
    raise BadInput(where=str(path), what="should end in .asc, .tif")


def _raster(
    path: Path, weights: Array, west: float, north: float, wide: float, high: float
) -> LikelyRaster:
    inside = abs(north) <= 90.0 and abs(west) <= 180.0 and wide > 0.0 and high > 0.0
    if not inside or north - high * len(weights) < -90.001:
        what = f"not in degrees: it begins at {west:g}, {north:g} with cells of {wide:g}"
        raise BadInput(where=str(path), what=what)
    held = np.where(np.isfinite(weights) & (weights > 0.0), weights, 0.0)
    if not held.sum() > 0.0:
        raise BadInput(where=str(path), what="no cell weighs anything")
    return LikelyRaster(
        weights=held, west_deg=west, north_deg=north, cell_width_deg=wide, cell_height_deg=high
    )


def _ascii(path: Path) -> LikelyRaster:
    try:
        lines = path.read_text("ascii").splitlines()
    except OSError as error:
        raise place_of(error, str(path)) from error
    except UnicodeDecodeError as error:
        raise BadInput(where=str(path), what=f"not text at byte {error.start}") from error
    head: dict[str, float] = {}
    at = 0
    try:
        while at < len(lines) and lines[at][:1].isalpha():
            key, value = lines[at].split()
            head[key.lower()] = float(value)
            at += 1
        columns, rows, size = (head[key] for key in ASC_KEYS)
        if not (1 <= columns * rows <= MOST_CELLS and min(columns, rows) >= 1.0):
            raise ValueError(f"{columns:g} times {rows:g} cells")
        numbers = np.array(" ".join(lines[at:]).split(), dtype=np.float64)
        weights = numbers.reshape(int(rows), int(columns))
    except KeyError as error:
        raise BadInput(where=str(path), what=f"{error.args[0]} is missing") from error
    except ValueError as error:
        raise BadInput(where=f"{path}: line {at + 1}", what=str(error)) from error
    weights = np.where(weights == head.get("nodata_value", math.nan), 0.0, weights)
    west, south = (_corner(head, name, size, path) for name in ("x", "y"))
    return _raster(path, weights, west, south + size * rows, size, size)


def _corner(head: dict[str, float], axis: str, size: float, path: Path) -> float:
    if f"{axis}llcorner" in head:
        return head[f"{axis}llcorner"]
    if f"{axis}llcenter" in head:
        return head[f"{axis}llcenter"] - size / 2.0
    raise BadInput(where=str(path), what=f"{axis}llcorner is missing")


def _geotiff(path: Path) -> LikelyRaster:
    import tifffile

    try:
        with tifffile.TiffFile(path) as file:
            page: Any = file.pages[0]
            if page.imagewidth * page.imagelength > MOST_CELLS:
                raise BadInput(where=str(path), what=f"more than {MOST_CELLS} cells")
            weights = np.asarray(page.asarray(), dtype=np.float64)
            tags = {code: page.tags[code].value for code in _TAGS if code in page.tags}
    except OSError as error:
        raise place_of(error, str(path)) from error
    except (ValueError, tifffile.TiffFileError) as error:
        raise BadInput(where=str(path), what=f"not a TIFF: {error}".lower()) from error
    if weights.ndim != 2 or PIXEL_SCALE not in tags or TIE_POINT not in tags:
        raise BadInput(where=str(path), what="not a GeoTIFF of one band, north up")
    keys = _keys(tags.get(KEY_DIRECTORY, ()))
    if keys.get(MODEL_TYPE_KEY, GEOGRAPHIC) != GEOGRAPHIC:
        raise BadInput(where=str(path), what="not in longitude and latitude: reproject it")
    wide, high = (float(value) for value in tags[PIXEL_SCALE][:2])
    column, row, _, west, north = (float(value) for value in tags[TIE_POINT][:5])
    half = 0.5 if keys.get(RASTER_TYPE_KEY) == PIXEL_IS_POINT else 0.0
    if NO_DATA in tags:
        weights = np.where(weights == _number(tags[NO_DATA]), 0.0, weights)
    west, north = west - (column + half) * wide, north + (row + half) * high
    return _raster(path, weights, west, north, wide, high)


_TAGS = (PIXEL_SCALE, TIE_POINT, KEY_DIRECTORY, NO_DATA)


def _keys(directory: tuple[int, ...]) -> dict[int, int]:
    """Short values of the key directory: four numbers a key, the first four a head."""
    rows = [directory[i : i + 4] for i in range(4, len(directory) - 3, 4)]
    return {key: value for key, location, _, value in rows if location == 0}


def _number(text: object) -> float:
    try:
        return float(str(text).strip("\x00 "))
    except ValueError:
        return math.nan
