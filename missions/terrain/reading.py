"""Terrain from a file or from a folder of files, all of them offline."""

import re
from collections.abc import Callable
from pathlib import Path

from missions.errors import BadInput, place_of
from missions.terrain.dted import read_dted
from missions.terrain.geotiff import read_geotiff
from missions.terrain.hgt import read_hgt
from missions.terrain.surface import Terrain
from missions.terrain.tile import Tile

READERS: dict[str, Callable[[Path], Tile]] = {
    ".hgt": read_hgt,
    ".hgt.zip": read_hgt,
    ".tif": read_geotiff,
    ".tiff": read_geotiff,
    ".dt0": read_dted,
    ".dt1": read_dted,
    ".dt2": read_dted,
}
# Copernicus packs masks and errors beside the heights: edits, fills, errors, water.
NOT_HEIGHTS = re.compile(r"^Copernicus_.*_(EDM|FLM|HEM|WBM)\.tiff?$", re.IGNORECASE)


def read_terrain(path: Path, *, geoid_undulation_m: float | None = None) -> Terrain:
    """The ground of a tile, or of all the tiles in a folder and the folders within it.

    Only labels are read here; a tile's heights are read when a place on it is asked for.
    `geoid_undulation_m` is needed for tiles whose heights are above the ellipsoid: how far sea
    level is above it in that place.

    Raises:
        BadInput: nothing can be read there, or a file is not as its format says.
    """
    files = _tiles_in(path) if path.is_dir() else [path]
    return Terrain([_reader(file)(file) for file in files], geoid_undulation_m=geoid_undulation_m)


def _tiles_in(folder: Path) -> list[Path]:
    try:
        found = sorted(one for one in folder.rglob("*") if _suffix(one) and one.is_file())
    except OSError as error:
        raise place_of(error, str(folder)) from error
    heights = [one for one in found if not NOT_HEIGHTS.match(one.name)]
    if not heights:
        raise BadInput(where=str(folder), what=f"holds no {', '.join(READERS)} file")
    return heights


def _reader(path: Path) -> Callable[[Path], Tile]:
    suffix = _suffix(path)
    if suffix is None:
        raise BadInput(where=str(path), what=f"should be a folder or end in {', '.join(READERS)}")
    return READERS[suffix]


def _suffix(path: Path) -> str | None:
    name = path.name.lower()
    return next((suffix for suffix in READERS if name.endswith(suffix)), None)
