"""Coordinates of any system that PROJ knows (EPSG, ESRI, WKT) as degrees on WGS 84.

Between datums there are several ways, each for a part of the world and so many metres good: the one
for where the shapes lie is taken, and said. Where none is known nothing is guessed. Source: PROJ
9 (`proj_create_operations` with an area of interest), its copy of the EPSG register.
"""

import re
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from missions.errors import BadInput

if TYPE_CHECKING:
    from pyproj import CRS
    from pyproj.transformer import Transformer

Array = npt.NDArray[np.float64]
# Longitude and latitude, shape (n, 2), degrees, of (n, 2) coordinates as the file has them.
ToDegrees = Callable[[Array], Array]

CODE = re.compile(r"(EPSG|ESRI)::?(\d{1,7})", re.IGNORECASE)
URN = re.compile(r"urn:(?:x-)?ogc:def:crs:(EPSG|ESRI):[\d.]*:(\d{1,7})", re.IGNORECASE)
WGS_84_CODES = ("EPSG:4326", "EPSG:4979")
LONGEST_WKT = 65_536
BALLPARK = "Ballpark"
# Past this a system is far from home: its numbers may be another's.
NEAR_DEG = 1.0


def as_they_are(coordinates: Array) -> Array:
    """Degrees on WGS 84 already."""
    return coordinates


def code_of(text: str) -> str | None:
    """EPSG:CODE of one or of its URN; None where it is neither."""
    found = CODE.fullmatch(text.strip()) or URN.fullmatch(text.strip())
    return None if found is None else f"{found.group(1).upper()}:{int(found.group(2))}"


def degrees_by_code(text: str, extent: Array, where: str) -> tuple[ToDegrees, tuple[str, ...]]:
    """How coordinates of a registered system become degrees, and what there is to say about it.

    `extent` are coordinates as the file has them, shape (n, 2), that show where it lies.

    Raises:
        BadInput: the code is none, or no way from there to WGS 84 is known.
    """
    code = code_of(text)
    if code is None:
        raise BadInput(where=where, what=f"{text!r} is not EPSG:CODE, such as EPSG:28411")
    if code in WGS_84_CODES:
        return as_they_are, ()
    CRS = _proj(where)
    try:
        system = CRS.from_user_input(code)
    except RuntimeError as error:
        raise BadInput(where=where, what=f"{code} is in no register that is known") from error
    return _degrees(system, f"{code} ({system.name})", extent, where)


def degrees_by_wkt(
    wkt: str, name: str, extent: Array, where: str
) -> tuple[ToDegrees, tuple[str, ...]]:
    """The same of a system that a file writes out (WKT 1, ESRI's, or 2).

    Raises:
        BadInput: it cannot be read, or no way from there to WGS 84 is known.
    """
    CRS = _proj(where)
    try:
        system = CRS.from_wkt(wkt[:LONGEST_WKT])
    except RuntimeError as error:
        raise BadInput(
            where=where, what="is no coordinate system that can be read (WKT)"
        ) from error
    return _degrees(system, f'"{name}"', extent, where)


def _proj(where: str) -> "type[CRS]":
    try:
        # PROJ is loaded where it is needed: most drawings are in degrees.
        from pyproj import CRS
    except ImportError as error:
        what = "a system other than WGS 84 needs pyproj: install it, or save in WGS 84 degrees"
        raise BadInput(where=where, what=what) from error
    return CRS


def _degrees(
    system: "CRS", said: str, extent: Array, where: str
) -> tuple[ToDegrees, tuple[str, ...]]:
    if not (system.is_geographic or system.is_projected):
        raise BadInput(where=where, what=f"{said} is neither degrees nor a projection")
    flat = system.to_2d()
    some = extent[np.isfinite(extent).all(axis=1)]
    if not len(some):
        return as_they_are, ()
    about = _moved(_ways(flat, None)[0], some)
    about = about[np.isfinite(about).all(axis=1)]
    if not len(about):
        x, y = some[0]
        raise BadInput(where=where, what=f"{x:.12g}, {y:.12g} is no place on earth in {said}")
    way = next((one for one in _ways(flat, about) if BALLPARK not in one.description), None)
    if way is None:
        latitude, longitude = about[0, 1], about[0, 0]
        what = f"no way from {said} to WGS 84 is known about {latitude:.3f}, {longitude:.3f}"
        raise BadInput(where=where, what=f"{what}: is it another system?")
    return (lambda coordinates: _moved(way, coordinates)), _notes(flat, way, said, about)


def _ways(system: "CRS", about: Array | None) -> "list[Transformer]":
    """The ways from a system to WGS 84, the best first, for where the shapes lie."""
    from pyproj.transformer import AreaOfInterest, TransformerGroup

    area = None
    if about is not None:
        (west, south), (east, north) = about.min(axis=0), about.max(axis=0)
        area = AreaOfInterest(float(west), float(south), float(east), float(north))
    # That a finer grid exists, which is not here, shows in the accuracy that is said.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return list(
            TransformerGroup(
                system, "EPSG:4326", always_xy=True, area_of_interest=area
            ).transformers
        )


def _moved(way: "Transformer", coordinates: Array) -> Array:
    longitude, latitude = way.transform(coordinates[:, 0], coordinates[:, 1])
    return np.column_stack((longitude, latitude)).astype(np.float64)


def _notes(system: "CRS", way: "Transformer", said: str, about: Array) -> tuple[str, ...]:
    within = f", within {way.accuracy:g} m" if way.accuracy > 0.0 else ""
    notes = [f"{said} turned into WGS 84{within}"]
    used = system.area_of_use
    if used is not None and not _is_within(about, used.bounds):
        notes.append(
            f"it lies about {about[0, 1]:.3f}, {about[0, 0]:.3f}, where {said} is not used "
            f"({used.name.split(':')[0].split(' - ')[0]}): is it another system?"
        )
    return tuple(notes)


def _is_within(about: Array, bounds: tuple[float, float, float, float]) -> bool:
    west, south, east, north = bounds
    # Areas across the antimeridian have their west in the east.
    across = (about[:, 0] - west) % 360.0 <= (east - west) % 360.0 + NEAR_DEG
    along = (south - NEAR_DEG <= about[:, 1]) & (about[:, 1] <= north + NEAR_DEG)
    return bool((across & along).all())
