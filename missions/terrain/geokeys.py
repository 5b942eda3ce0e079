"""What a GeoTIFF's keys say of its posts: where they stand and what their heights are above.

Only rasters in latitude and longitude on a datum within about two metres of WGS 84 are read.
Source: OGC 19-008r4 (GeoTIFF 1.1), sections 7.1 to 7.5.
"""

import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from missions.errors import BadInput
from missions.terrain.tile import Grid, VerticalDatum

GEOGRAPHIC, POINT, DEGREE, METRE = 2, 2, 9102, 9001
# EPSG codes of WGS 84 (2D and 3D), ETRS89, NAD83 and its successors, GDA94 and GDA2020,
# SIRGAS 2000, JGD2000 and JGD2011, CGCS2000, NZGD2000, KGD2002, POSGAR 2007.
LIKE_WGS84 = frozenset(
    (4326, 4979, 4258, 4937, 4269, 4617, 6318, 4283, 7844, 4674, 4612, 6668, 4490, 4167, 4737, 5340)
)
# 5001 to 5033 are GeoTIFF 1.0's ellipsoids; newer writers name the three-dimensional system.
ELLIPSOIDS = frozenset((*range(5001, 5034), 4979, 4937))
VERTICAL = {5773: VerticalDatum.EGM96, 3855: VerticalDatum.EGM2008}
VERTICAL |= dict.fromkeys(ELLIPSOIDS, VerticalDatum.ELLIPSOID)
# As GDAL carries a DTED tile's label into a GeoTIFF.
DTED_DATUM = re.compile(r'name="DTED_VerticalDatum">(\w+)<')


class Placing(NamedTuple):
    """Which tags place a raster: the posts' distances and one tie, or a matrix of 16 numbers."""

    scale: tuple[float, ...] | None
    tie: tuple[float, ...] | None
    matrix: tuple[float, ...] | None


def grid_of(keys: Mapping[str, Any], placing: Placing, shape: tuple[int, int], where: str) -> Grid:
    """The posts of a raster of (rows, columns).

    Raises:
        BadInput: it is not in degrees on a datum like WGS 84, is turned, or lies nowhere on Earth;
            the key or tag is named.
    """
    _hold_geographic(keys, where)
    x, y, column_step, row_step = _corner(placing, where)
    if _code(keys, "GTRasterTypeGeoKey", 1) != POINT:
        x, y = x + column_step / 2.0, y - row_step / 2.0
    rows, columns = shape
    south, width = y - row_step * (rows - 1), column_step * (columns - 1)
    on_earth = south >= -90.0 - row_step and y <= 90.0 + row_step and abs(x) <= 360.0
    if not (on_earth and width <= 360.0):
        raise BadInput(where=f"{where}: ModelTiepointTag", what="its posts are not on Earth")
    return Grid(
        north_deg=y,
        west_deg=x,
        row_step_deg=row_step,
        column_step_deg=column_step,
        rows=rows,
        columns=columns,
    )


def datum_of(keys: Mapping[str, Any], metadata: str, name: str, where: str) -> VerticalDatum:
    """What the heights are measured from, as far as keys, GDAL's metadata or Copernicus' name say.

    Raises:
        BadInput: the heights are not in metres.
    """
    unit = _code(keys, "VerticalUnitsGeoKey", METRE)
    if unit not in (METRE, 0):
        what = f"unit {unit}: only metres (9001) are read"
        raise BadInput(where=f"{where}: VerticalUnitsGeoKey", what=what)
    code = _code(keys, "VerticalCSTypeGeoKey", 0)
    if code:
        return VERTICAL.get(code, VerticalDatum.NATIONAL_SEA_LEVEL)
    if _code(keys, "GeographicTypeGeoKey", 0) in ELLIPSOIDS:
        return VerticalDatum.ELLIPSOID
    found = DTED_DATUM.search(metadata)
    if found is not None and found.group(1) in ("E96", "MSL"):
        return VerticalDatum.EGM96
    # Its product handbook says EGM2008; its files do not.
    return VerticalDatum.EGM2008 if name.startswith("Copernicus_DSM") else VerticalDatum.UNSAID


def _hold_geographic(keys: Mapping[str, Any], where: str) -> None:
    model = _code(keys, "GTModelTypeGeoKey", 0)
    if model != GEOGRAPHIC:
        projected = _code(keys, "ProjectedCSTypeGeoKey", 0)
        of = f" (EPSG:{projected})" if projected else ""
        what = f"model {model}{of} is not in latitude and longitude: convert it to EPSG:4326"
        raise BadInput(where=f"{where}: GTModelTypeGeoKey", what=what)
    system = _code(keys, "GeographicTypeGeoKey", 0)
    if system not in LIKE_WGS84:
        what = f"EPSG:{system} is not WGS 84 or like it: convert it to EPSG:4326"
        raise BadInput(where=f"{where}: GeographicTypeGeoKey", what=what)
    unit = _code(keys, "GeogAngularUnitsGeoKey", DEGREE)
    if unit != DEGREE:
        what = f"unit {unit}: only degrees (9102) are read"
        raise BadInput(where=f"{where}: GeogAngularUnitsGeoKey", what=what)


def _corner(placing: Placing, where: str) -> tuple[float, float, float, float]:
    """Longitude and latitude of raster place (0, 0), degrees from column to column, row to row."""
    if placing.scale is not None and placing.tie is not None:
        tag = "ModelTiepointTag"
        if len(placing.tie) != 6 or len(placing.scale) < 2:
            raise BadInput(where=f"{where}: {tag}", what="one tie point and two scales are needed")
        column, row, _, longitude, latitude, _ = placing.tie
        east, south = placing.scale[0], placing.scale[1]
        found = (longitude - column * east, latitude + row * south, east, south)
    elif placing.matrix is not None and len(placing.matrix) == 16:
        tag = "ModelTransformationTag"
        m = placing.matrix
        if m[1] != 0.0 or m[4] != 0.0:
            raise BadInput(where=f"{where}: {tag}", what="a turned raster is not read")
        found = (m[3], m[7], m[0], -m[5])
    else:
        what = "neither ModelTiepointTag with ModelPixelScaleTag nor ModelTransformationTag"
        raise BadInput(where=where, what=what)
    if not all(math.isfinite(value) for value in found) or min(found[2:]) <= 0.0:
        raise BadInput(where=f"{where}: {tag}", what="does not run from north to south in degrees")
    return found


def _code(keys: Mapping[str, Any], name: str, default: int) -> int:
    value = keys.get(name, default)
    return int(value) if isinstance(value, int) else default
