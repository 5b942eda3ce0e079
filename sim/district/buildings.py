"""Buildings in the grid's blocks: flats in the centre, houses further out, schools, stalls."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import shapely

from sim.district import names
from sim.district.features import Array, Building, Dock, Name
from sim.district.layout import CityFrame, GridLine
from sim.district.places import CELLS

SETBACK_M = {True: 32.0, False: 16.0}  # By whether an avenue runs there: room for parking.
CLEAR_OF_DOCKS_M = 30.0
SCHOOL_SHARE = 0.14
STOREY_M = 3.0

Use = Literal["flats", "house", "public", "school", "stall"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lot:
    """A building's place in city metres: its middle, its sides and what stands there."""

    along_m: float
    away_m: float
    length_m: float
    depth_m: float
    height_m: float
    use: Use

    def corners(self) -> Array:
        half = np.array([self.length_m, self.depth_m]) / 2.0
        signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
        return np.array([self.along_m, self.away_m]) + signs * half


def buildings(
    city: CityFrame, rng: np.random.Generator, docks: tuple[Dock, ...]
) -> tuple[Building, ...]:
    """Every building; none stands within 30 m of a dock."""
    lots = [lot for block in _blocks(city) for lot in _lots_of(block, rng)]
    lots += _stalls(city)
    keep_clear = shapely.MultiPoint([(dock.east_m, dock.north_m) for dock in docks])
    built: list[Building] = []
    schools = 0
    for lot in lots:
        ring = city.en(lot.corners())
        if shapely.Polygon(ring).distance(keep_clear) < CLEAR_OF_DOCKS_M:
            continue
        schools += lot.use == "school"
        name = names.school(schools) if lot.use == "school" else _NAMES[lot.use]
        built.append(
            Building(
                id=f"building-{len(built) + 1:04d}",
                use=lot.use,
                name=name,
                ring=ring,
                height_m=lot.height_m,
            )
        )
    return tuple(built)


_NAMES: dict[Use, Name] = {
    "flats": Name("Тұрғын үй", "Жилой дом", "Block of flats"),
    "house": Name("Жеке үй", "Частный дом", "House"),
    "public": Name("Қоғамдық ғимарат", "Общественное здание", "Public building"),
    "stall": Name("Базар қатары", "Торговый ряд", "Market row"),
    "school": Name("Мектеп", "Школа", "School"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """The ground of one grid cell that may be built on, city metres."""

    left_m: float
    right_m: float
    near_m: float
    far_m: float
    central: bool


def _blocks(city: CityFrame) -> Iterator[_Block]:
    taken = [shapely.box(a[0], b[0], a[1], b[1]) for _, a, b, _ in CELLS.values()]
    for left, right in pairwise(city.along_lines):
        for near, far in pairwise(city.away_lines):
            middle_along = (left.nominal_m + right.nominal_m) / 2.0
            middle_away = (near.nominal_m + far.nominal_m) / 2.0
            if any(area.contains(shapely.Point(middle_along, middle_away)) for area in taken):
                continue
            yield _Block(
                left_m=_inside(left, 1.0),
                right_m=_inside(right, -1.0),
                near_m=_inside(near, 1.0),
                far_m=_inside(far, -1.0),
                central=abs(middle_along) <= 800 and middle_away <= 640,
            )


def _inside(line: GridLine, side: float) -> float:
    return line.at_m + side * SETBACK_M[line.avenue]


def _lots_of(block: _Block, rng: np.random.Generator) -> list[_Lot]:
    if rng.random() < SCHOOL_SHARE:
        return [_school(block)]
    return _flats(block, rng) if block.central else _houses(block, rng)


def _school(block: _Block) -> _Lot:
    return _Lot(
        along_m=(block.left_m + block.right_m) / 2.0,
        away_m=(block.near_m + block.far_m) / 2.0,
        length_m=72.0,
        depth_m=20.0,
        height_m=3.0 * STOREY_M,
        use="school",
    )


def _flats(block: _Block, rng: np.random.Generator) -> list[_Lot]:
    """Slabs along the block's four sides round a courtyard."""
    depth = 13.0
    lots = []
    for along, away, length, lies_along in _sides(block, depth):
        storeys = int(rng.choice([4, 5, 5, 5, 6, 9]))
        lots.append(
            _Lot(
                along_m=along,
                away_m=away,
                length_m=length if lies_along else depth,
                depth_m=depth if lies_along else length,
                height_m=storeys * STOREY_M,
                use="public" if rng.random() < 0.1 else "flats",
            )
        )
    return lots


def _sides(block: _Block, depth: float) -> Iterator[tuple[float, float, float, bool]]:
    """Middle (along, away), length and direction of two slabs a side."""
    width, height = block.right_m - block.left_m, block.far_m - block.near_m
    for share in (0.29, 0.71):
        along = block.left_m + share * width
        yield along, block.near_m + depth / 2.0, 0.32 * width, True
        yield along, block.far_m - depth / 2.0, 0.32 * width, True
        away = block.near_m + share * height
        yield block.left_m + depth / 2.0, away, 0.26 * height, False
        yield block.right_m - depth / 2.0, away, 0.26 * height, False


def _houses(block: _Block, rng: np.random.Generator) -> list[_Lot]:
    """Two rows of houses, each on its own plot; some plots are empty."""
    lots = []
    for away, inward in ((block.near_m, 1.0), (block.far_m, -1.0)):
        for along in np.arange(block.left_m + 12.0, block.right_m - 11.0, 25.0):
            if rng.random() < 0.18:
                continue
            length, depth = rng.uniform(9.0, 14.0), rng.uniform(8.0, 11.0)
            lots.append(
                _Lot(
                    along_m=float(along + rng.uniform(-2.0, 2.0)),
                    away_m=float(away + inward * (depth / 2.0 + rng.uniform(2.0, 7.0))),
                    length_m=float(length),
                    depth_m=float(depth),
                    height_m=float(rng.uniform(3.5, 6.5)),
                    use="house",
                )
            )
    return lots


def _stalls(city: CityFrame) -> list[_Lot]:
    """Low rows along two sides of the bazaar; its middle stays open."""
    _, along, away, margin = CELLS["bazaar"]
    corners = city.cell(along, away, margin_m=margin)
    left, right = corners[0, 0], corners[1, 0]
    rows = (corners[0, 1] + 8.0, corners[0, 1] + 20.0, corners[2, 1] - 8.0)
    return [
        _Lot(
            along_m=float(middle),
            away_m=float(row),
            length_m=18.0,
            depth_m=4.0,
            height_m=3.2,
            use="stall",
        )
        for row in rows
        for middle in np.arange(left + 16.0, right - 15.0, 26.0)
    ]
