"""What stood where when a place was last looked at; kept on disk from flight to flight.

A place is a cell of a fixed grid of degrees, so that what was kept is found again on whatever plane
the next flight judges. A visit of a cell ends when nobody has looked at it for a while.
"""

import json
import math
import os
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from missions.errors import BadInput, place_of
from missions.geodesy import GeoPoint, LocalPlane
from onboard.rules.finding import Array
from onboard.rules.zones import Zone

# Cells of 28 m from south to north, and 20 m from west to east at 45 degrees.
CELLS_A_DEGREE = 4000
MOST_CELLS = 200_000
Cell = tuple[int, int]
Flags = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Stood:
    """Something that stood in a cell: its kind's name, its place, and the deviation of that."""

    kind: str
    place: GeoPoint
    sigma_m: float
    cell: Cell


@dataclass(frozen=True, slots=True)
class Visit:
    """What stood in a cell when it was looked at, and at what time of day, where that was known."""

    stood: tuple[Stood, ...]
    at: datetime | None


class _Kept(BaseModel):
    """One thing as it is written: latitude and longitude in degrees."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    kind: str
    latitude_deg: float
    longitude_deg: float
    sigma_m: float


class _File(BaseModel):
    """All of a file: the cells that were looked at, when each was, and what stood in them."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    format: str = "qyran-visits"
    version: int = 1
    cells: tuple[Cell, ...]
    looked_at: tuple[AwareDatetime | None, ...] = ()
    stood: tuple[_Kept, ...]


class Visits:
    """Cells that are looked at, now and at the last visit, and what stood in them then and now."""

    def __init__(self, file: Path | None, *, ends_after_s: float, lasts_s: float) -> None:
        """One that lasts for less than `lasts_s` is none: nothing can be told to stand in it."""
        self._file, self._ends_after_s, self._lasts_s = file, ends_after_s, lasts_s
        self._looks_s: dict[Cell, tuple[float, float]] = {}
        self._looked_at: dict[Cell, datetime | None] = {}
        self._before: dict[Cell, Visit] = {}
        self._now: dict[Cell, dict[int, Stood]] = {}
        if file is not None and file.exists():
            self._read(file)

    def look(self, cells: set[Cell], now_s: float, utc: datetime | None = None) -> None:
        """Cells that a frame shows; one that was not shown for long enough begins a new visit."""
        for cell in cells:
            began_s, last_s = self._looks_s.get(cell, (now_s, now_s))
            if not 0.0 <= now_s - last_s <= self._ends_after_s:
                self._before.update(self._visited(cell))
                self._now.pop(cell, None)
                began_s = now_s
            self._looks_s[cell] = (began_s, now_s)
            self._looked_at[cell] = utc

    def _visited(self, cell: Cell) -> dict[Cell, Visit]:
        """What the visit that goes on has come to in a cell; nothing where it was too short."""
        began_s, last_s = self._looks_s[cell]
        if last_s - began_s < self._lasts_s:
            return {}
        stood = tuple(self._now.get(cell, {}).values())
        return {cell: Visit(stood, self._looked_at[cell])}

    def put(self, number: int, stood: Stood) -> None:
        """Note what stands in a cell now, under a number that is its own in this flight."""
        self._now.setdefault(stood.cell, {})[number] = stood

    def before(self, cell: Cell) -> Visit | None:
        """The last visit of a cell before the one that goes on, if there was any."""
        return self._before.get(cell)

    def stood_before(self, kind: str, cells: set[Cell]) -> list[Stood]:
        """What of a kind stood in any of these cells at their last visits."""
        visits = [self._before[cell] for cell in cells if cell in self._before]
        return [each for visit in visits for each in visit.stood if each.kind == kind]

    def save(self) -> None:
        """Write what the next flight will compare with, whole or not at all.

        Raises:
            BadInput: the file cannot be written.
        """
        if self._file is None:
            return
        visited = dict(self._before)
        for cell in self._looks_s:
            visited.update(self._visited(cell))
        kept = [
            _Kept(
                kind=each.kind,
                latitude_deg=each.place.latitude_deg,
                longitude_deg=each.place.longitude_deg,
                sigma_m=each.sigma_m,
            )
            for visit in visited.values()
            for each in visit.stood
        ]
        times = tuple(visit.at for visit in visited.values())
        text = _File(cells=tuple(visited), looked_at=times, stood=tuple(kept)).model_dump_json()
        part = self._file.with_name(self._file.name + ".part")
        try:
            with part.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._file)
        except OSError as error:
            raise place_of(error, str(self._file)) from error

    def _read(self, file: Path) -> None:
        """Take what was kept as an earlier visit.

        Raises:
            BadInput: the file cannot be read, or is none of visits.
        """
        try:
            kept = _File.model_validate_json(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise place_of(error, str(file)) from error
        except (ValidationError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise BadInput(where=str(file), what="is no file of visits") from error
        stood: dict[Cell, list[Stood]] = {cell: [] for cell in kept.cells}
        for each in kept.stood:
            place = GeoPoint(latitude_deg=each.latitude_deg, longitude_deg=each.longitude_deg)
            cell = cell_of(place)
            if cell in stood:
                stood[cell].append(Stood(each.kind, place, each.sigma_m, cell))
        self._before = {
            cell: Visit(tuple(stood[cell]), at)
            # A file of before times were kept has none.
            for cell, at in zip_longest(kept.cells, kept.looked_at[: len(kept.cells)])
        }


def cell_of(place: GeoPoint) -> Cell:
    """The cell in which a place lies."""
    return (
        math.floor(place.latitude_deg * CELLS_A_DEGREE),
        math.floor(place.longitude_deg * CELLS_A_DEGREE),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The cells whose middles lie in a zone: `en_m` (n, 2) of the middles, on a plane."""

    cells: tuple[Cell, ...]
    en_m: Array

    def near(self, en_m: Array, within_m: float) -> set[Cell]:
        """The cells whose middles are so near to any of the places (m, 2)."""
        if not self.cells:
            return set()
        low, high = self.en_m.min(axis=0) - within_m, self.en_m.max(axis=0) + within_m
        en_m = en_m[((en_m >= low) & (en_m <= high)).all(axis=1)]
        if not len(en_m):
            return set()
        apart_m = np.hypot(*(self.en_m[:, None] - en_m[None]).transpose(2, 0, 1))
        near = np.flatnonzero(apart_m.min(axis=1) <= within_m)
        return {self.cells[index] for index in near.tolist()}

    def within(self, view_en: Array) -> set[Cell]:
        """The cells whose middles lie in an outline (k, 2)."""
        if len(view_en) < 3:
            return set()
        outline = shapely.Polygon(view_en).convex_hull
        inside: Flags = shapely.contains_xy(outline, self.en_m[:, 0], self.en_m[:, 1])
        return {self.cells[index] for index in np.flatnonzero(inside).tolist()}


def grid_of(zone: Zone, plane: LocalPlane) -> Grid:
    """The grid's cells in a zone.

    Raises:
        BadInput: the zone is so large that it has more cells than can be remembered.
    """
    ring = shapely.get_coordinates(zone.shape)
    low, high = np.floor(_bounds(plane.geo_from_en(ring)) * CELLS_A_DEGREE).astype(np.int64)
    counts = high - low + 1
    if int(counts.prod()) > MOST_CELLS:
        raise BadInput(where=f"zone {zone.id}", what="is too large to remember what stands in it")
    rows, columns = (axis.ravel() for axis in np.mgrid[: counts[0], : counts[1]])
    cells = np.stack((rows + low[0], columns + low[1]), axis=-1)
    middles = (cells + 0.5) / CELLS_A_DEGREE
    en_m = plane.en_from_geo(middles[:, 0], middles[:, 1])
    inside = np.flatnonzero(shapely.contains_xy(zone.shape, en_m[:, 0], en_m[:, 1]))
    kept = tuple((int(cell[0]), int(cell[1])) for cell in cells[inside])
    return Grid(cells=kept, en_m=en_m[inside])


def _bounds(geo: Array) -> Array:
    return np.array([geo.min(axis=0), geo.max(axis=0)])
