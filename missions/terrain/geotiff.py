"""Elevation in GeoTIFF, Copernicus GLO-30 among it: stripped or tiled, compressed or not.

tifffile and imagecodecs decode; no GDAL is needed. One band of whole numbers of 16 or 32 bits or of
32- or 64-bit floats, metres; GDAL_NODATA and NaN are voids.
"""

import math
import struct
import zlib
from pathlib import Path
from typing import Any

import imagecodecs
import tifffile

from missions.errors import BadInput, place_of
from missions.terrain.geokeys import Placing, datum_of, grid_of
from missions.terrain.tile import Raw, Tile

MOST_BYTES = 1 << 30
KINDS = ("int16", "uint16", "int32", "uint32", "float32", "float64")
SCALE, TIE, MATRIX, METADATA, NODATA = 33550, 33922, 34264, 42112, 42113
# What tifffile and the decoders raise over bytes that are not as the format says.
UNREADABLE = (
    tifffile.TiffFileError,
    imagecodecs.DelayedImportError,
    zlib.error,
    struct.error,
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


def read_geotiff(path: Path) -> Tile:
    """The tile of one file's first image; its heights are read when they are asked for.

    Raises:
        BadInput: it cannot be read, is no map of heights in latitude and longitude, or is larger
            than a gigabyte; the key or tag is named.
    """
    where = str(path)
    try:
        with tifffile.TiffFile(path) as tiff:
            return _tile(tiff, path)
    except OSError as error:
        raise place_of(error, where) from error
    except UNREADABLE as error:
        raise BadInput(where=where, what=f"not a readable TIFF: {_reason(error)}") from error


def _tile(tiff: tifffile.TiffFile, path: Path) -> Tile:
    where = str(path)
    page = _page(tiff, where)
    keys = tiff.geotiff_metadata
    if not keys:
        raise BadInput(where=f"{where}: GeoKeyDirectoryTag", what="is missing: not a GeoTIFF")
    metadata = str(_tag(page, METADATA) or "")
    if 'role="scale"' in metadata or 'role="offset"' in metadata:
        raise BadInput(where=f"{where}: GDAL_METADATA", what="scaled heights are not read")
    rows, columns = page.shape
    return Tile(
        file=where,
        grid=grid_of(keys, _placing(page), (rows, columns), where),
        datum=datum_of(keys, metadata, path.name, where),
        void=_void(page, where),
        load=lambda: _heights(path, (rows, columns)),
    )


def _page(tiff: tifffile.TiffFile, where: str) -> tifffile.TiffPage:
    page = tiff.pages.first
    if page.samplesperpixel != 1 or len(page.shape) != 2:
        what = f"{page.samplesperpixel} bands: a map of heights has one"
        raise BadInput(where=f"{where}: SamplesPerPixel", what=what)
    if page.dtype is None or page.dtype.name not in KINDS:
        what = f"{page.dtype} is a picture or a mask: heights are {', '.join(KINDS)}"
        raise BadInput(where=f"{where}: SampleFormat", what=what)
    if min(page.shape) < 2:
        raise BadInput(where=f"{where}: ImageLength", what="fewer than two rows or columns")
    if math.prod(page.shape) * page.dtype.itemsize > MOST_BYTES:
        what = f"{page.shape[0]} by {page.shape[1]} posts are more than a gigabyte: cut it"
        raise BadInput(where=f"{where}: ImageLength", what=what)
    _hold_whole(tiff, page, where)
    return page


def _hold_whole(tiff: tifffile.TiffFile, page: tifffile.TiffPage, where: str) -> None:
    """Pieces that lie past the end of the file would be read as zeros."""
    size = tiff.filehandle.size
    for offset, count in zip(page.dataoffsets, page.databytecounts, strict=True):
        if offset + count > size:
            what = f"a piece ends at byte {offset + count}, the file at {size}: it was cut short"
            raise BadInput(where=where, what=what)


def _placing(page: tifffile.TiffPage) -> Placing:
    return Placing(_numbers(page, SCALE), _numbers(page, TIE), _numbers(page, MATRIX))


def _numbers(page: tifffile.TiffPage, code: int) -> tuple[float, ...] | None:
    value = _tag(page, code)
    return tuple(float(one) for one in value) if isinstance(value, tuple | list) else None


def _tag(page: tifffile.TiffPage, code: int) -> Any:
    found = page.tags.get(code)
    return None if found is None else found.value


def _void(page: tifffile.TiffPage, where: str) -> float | None:
    value = _tag(page, NODATA)
    if value is None:
        return None
    try:
        return float(str(value).strip("\0 "))
    except ValueError as error:
        what = f"{value!r} is not a number"
        raise BadInput(where=f"{where}: GDAL_NODATA", what=what) from error


def _heights(path: Path, shape: tuple[int, int]) -> Raw:
    try:
        with tifffile.TiffFile(path) as tiff:
            found = _page(tiff, str(path)).asarray(maxworkers=1)
    except OSError as error:
        raise place_of(error, str(path)) from error
    except UNREADABLE as error:
        raise BadInput(where=str(path), what=f"heights cannot be read: {_reason(error)}") from error
    if found.shape != shape:
        raise BadInput(where=str(path), what="the file changed while it was in use")
    return found


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
