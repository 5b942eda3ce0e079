"""One elevation tile: where its posts stand, what its heights are measured from, how to load it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Raw = np.ndarray[Any, Any]

# Nothing on land lies beyond these: what a file says beyond them is a void that it did not declare.
LOWEST_M, HIGHEST_M = -1000.0, 9500.0
METRES_A_DEGREE = 111_320.0


class VerticalDatum(StrEnum):
    """What a tile's heights are measured from.

    EGM96 and EGM2008 are geoids: models of mean sea level that differ by about a metre. A national
    sea level may differ from them by several. `UNSAID` means that the file does not tell.
    """

    EGM96 = "EGM96"
    EGM2008 = "EGM2008"
    NATIONAL_SEA_LEVEL = "a national sea level"
    UNSAID = "a sea level that the file does not name"
    ELLIPSOID = "the WGS 84 ellipsoid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Posts in rows from north to south and columns from west to east, degrees between them.

    `north_deg` and `west_deg` are the first post itself, never the corner of its pixel.
    """

    north_deg: float
    west_deg: float
    row_step_deg: float
    column_step_deg: float
    rows: int
    columns: int

    def row_column(self, latitude_deg: Array, longitude_deg: Array) -> tuple[Array, Array]:
        """Fractional rows and columns of places; longitudes are taken round the Earth's back."""
        half = self.column_step_deg * (self.columns - 1) / 2.0
        east = (longitude_deg - self.west_deg - half + 180.0) % 360.0 - 180.0 + half
        return (self.north_deg - latitude_deg) / self.row_step_deg, east / self.column_step_deg

    def latitude_longitude(self, rows: Array, columns: Array) -> tuple[Array, Array]:
        """Where posts stand, degrees; the longitude may be past 180."""
        return (
            self.north_deg - rows * self.row_step_deg,
            self.west_deg + columns * self.column_step_deg,
        )

    @property
    def spacing_m(self) -> float:
        """The least distance between two posts of a row or of a column, metres."""
        middle = math.radians(self.north_deg - self.row_step_deg * (self.rows - 1) / 2.0)
        east = self.column_step_deg * max(math.cos(middle), 1e-3)
        return METRES_A_DEGREE * min(self.row_step_deg, east)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tile:
    """A file of heights. `load` reads them: shape (rows, columns), metres, any number type.

    `void` is the value that means 'not known' there; NaN always does.
    """

    file: str
    grid: Grid
    datum: VerticalDatum
    void: float | None
    load: Callable[[], Raw]

    def known(self, raw: Raw) -> Array:
        """Heights as they came from the file, NaN where the file does not know."""
        heights = raw.astype(np.float64)
        unknown = ~((heights >= LOWEST_M) & (heights <= HIGHEST_M))
        if self.void is not None:
            unknown |= heights == self.void
        heights[unknown] = np.nan
        return heights
