"""Many tiles as one ground: bilinear between posts and across seams, honest where it is unknown.

Where tiles overlap, the finer one answers, and a coarser one where that has a void. A seam between
tiles that share no posts (Copernicus) is bridged from the posts of both.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from missions.errors import BadInput
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveEllipsoid, HeightAmsl
from missions.terrain.tile import Array, Raw, Tile, VerticalDatum

Indices = npt.NDArray[np.intp]

KEPT_BYTES = 512 << 20
# A share of the distance between posts: rounding in degrees, nothing that could be flown.
SNAP = 1e-6


class Answer(IntEnum):
    """Whether the ground is known at a place, and why not."""

    KNOWN = 0
    VOID = 1
    OUTSIDE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The ground at a place, and what its height is measured from."""

    height: HeightAmsl
    datum: VerticalDatum


@dataclass(frozen=True, slots=True, kw_only=True)
class NoGround:
    """The ground is not known at a place: a tile has a void there, or no tile covers it."""

    answer: Answer

    @property
    def why(self) -> str:
        """In words."""
        return "a void in the tile" if self.answer is Answer.VOID else "no tile covers it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """The ground at many places: metres above sea level, NaN where `answers` says not `KNOWN`."""

    amsl_m: Array
    answers: npt.NDArray[np.int8]


class Terrain:
    """The ground of some tiles.

    Raises:
        BadInput: a tile's heights are above the ellipsoid and no geoid undulation was given.
    """

    def __init__(self, tiles: Sequence[Tile], *, geoid_undulation_m: float | None = None) -> None:
        for tile in tiles:
            if tile.datum is VerticalDatum.ELLIPSOID and geoid_undulation_m is None:
                what = "its heights are above the ellipsoid: give the geoid's undulation there"
                raise BadInput(where=tile.file, what=what)
        self.tiles = tuple(sorted(tiles, key=lambda tile: (tile.grid.spacing_m, tile.file)))
        self._bounds = np.array([_bounds(tile) for tile in self.tiles]).reshape(-1, 4)
        self._undulation_m = geoid_undulation_m
        self._loaded: OrderedDict[str, Raw] = OrderedDict()

    @property
    def datums(self) -> frozenset[VerticalDatum]:
        """What the tiles' heights are measured from."""
        return frozenset(tile.datum for tile in self.tiles)

    def ground(self, place: GeoPoint) -> Ground | NoGround:
        """The ground at one place."""
        latitude, longitude = np.array([place.latitude_deg]), np.array([place.longitude_deg])
        found = self.grounds(latitude, longitude)
        if found.answers[0] != Answer.KNOWN:
            return NoGround(answer=Answer(int(found.answers[0])))
        datum = self._datum_at(latitude, longitude)
        return Ground(height=HeightAmsl(float(found.amsl_m[0])), datum=datum)

    def grounds(self, latitude_deg: Array, longitude_deg: Array) -> Grounds:
        """The ground at places of shape (n,), degrees.

        Raises:
            BadInput: a tile's heights turn out not to be as its format says.
        """
        heights, answers = self._within_tiles(latitude_deg, longitude_deg)
        outside = answers == Answer.OUTSIDE
        if outside.any():
            at = np.flatnonzero(outside)
            heights[at], answers[at] = self._on_seams(latitude_deg[at], longitude_deg[at])
        return Grounds(amsl_m=heights, answers=answers)

    def near(self, latitude_deg: Array, longitude_deg: Array) -> list[Tile]:
        """The tiles that hold or border at least one of the places, finest first."""
        tiles = self._candidates(latitude_deg, longitude_deg)
        return [tile for tile in tiles if _around(tile, latitude_deg, longitude_deg, 1).any()]

    def _candidates(self, latitude: Array, longitude: Array) -> list[Tile]:
        """The tiles whose bounds the places' bounds meet: a country has thousands of tiles."""
        if not latitude.size:
            return []
        south, north, west, east = self._bounds.T
        meets = (south <= latitude.max()) & (north >= latitude.min())
        meets &= np.any(
            [
                (west + turn <= longitude.max()) & (east + turn >= longitude.min())
                for turn in (-360.0, 0.0, 360.0)
            ],
            axis=0,
        )
        return [self.tiles[i] for i in np.flatnonzero(meets)]

    def _datum_at(self, latitude: Array, longitude: Array) -> VerticalDatum:
        for margin in (0, 1):
            for tile in self._candidates(latitude, longitude):
                at = _around(tile, latitude, longitude, margin).all()
                if at and not np.isnan(self._of_tile(tile, latitude, longitude)).any():
                    return tile.datum
        return VerticalDatum.UNSAID

    def _within_tiles(
        self, latitude: Array, longitude: Array
    ) -> tuple[Array, npt.NDArray[np.int8]]:
        heights = np.full(latitude.shape, np.nan)
        answers = np.full(latitude.shape, Answer.OUTSIDE, dtype=np.int8)
        for tile in self._candidates(latitude, longitude):
            at = np.flatnonzero((answers != Answer.KNOWN) & _around(tile, latitude, longitude, 0))
            if at.size:
                found = self._of_tile(tile, latitude[at], longitude[at])
                heights[at] = found
                answers[at] = np.where(np.isnan(found), Answer.VOID, Answer.KNOWN)
        return heights, answers

    def _on_seams(self, latitude: Array, longitude: Array) -> tuple[Array, npt.NDArray[np.int8]]:
        heights = np.full(latitude.shape, np.nan)
        answers = np.full(latitude.shape, Answer.OUTSIDE, dtype=np.int8)
        for tile in self._candidates(latitude, longitude):
            at = np.flatnonzero((answers != Answer.KNOWN) & _around(tile, latitude, longitude, 1))
            if at.size:
                found, why = self._across(tile, latitude[at], longitude[at])
                better = why <= answers[at]
                heights[at[better]], answers[at[better]] = found[better], why[better]
        return heights, answers

    def _of_tile(self, tile: Tile, latitude: Array, longitude: Array) -> Array:
        rows, columns = tile.grid.row_column(latitude, longitude)
        raw = self._raw(tile)

        def post(row: Array, column: Array, _: Indices) -> Array:
            inside_row = np.clip(row, 0, tile.grid.rows - 1).astype(np.intp)
            inside_column = np.clip(column, 0, tile.grid.columns - 1).astype(np.intp)
            return tile.known(raw[inside_row, inside_column])

        return self._amsl(tile, _bilinear(rows, columns, post))

    def _across(
        self, tile: Tile, latitude: Array, longitude: Array
    ) -> tuple[Array, npt.NDArray[np.int8]]:
        """Between the posts of a tile's edge and those where it would go on, in other tiles."""
        worst = np.zeros(latitude.shape, dtype=np.int8)

        def post(row: Array, column: Array, which: Indices) -> Array:
            found = self._within_tiles(*_wrapped(*tile.grid.latitude_longitude(row, column)))
            worst[which] = np.maximum(worst[which], found[1])
            return found[0]

        rows, columns = tile.grid.row_column(latitude, longitude)
        heights = _bilinear(rows, columns, post)
        return heights, np.where(np.isnan(heights), np.maximum(worst, Answer.VOID), Answer.KNOWN)

    def _amsl(self, tile: Tile, heights: Array) -> Array:
        if tile.datum is not VerticalDatum.ELLIPSOID or self._undulation_m is None:
            return heights
        sea_level = HeightAboveEllipsoid(0.0).amsl(geoid_undulation_m=self._undulation_m)
        return heights + sea_level.m

    def _raw(self, tile: Tile) -> Raw:
        if tile.file not in self._loaded:
            self._loaded[tile.file] = tile.load()
        self._loaded.move_to_end(tile.file)
        while (
            len(self._loaded) > 1 and sum(one.nbytes for one in self._loaded.values()) > KEPT_BYTES
        ):
            self._loaded.popitem(last=False)
        return self._loaded[tile.file]


def _bounds(tile: Tile) -> tuple[float, float, float, float]:
    """South, north, west and east of what a tile may answer for, its seams among it, degrees."""
    grid = tile.grid
    south, east = grid.latitude_longitude(np.array([grid.rows]), np.array([grid.columns]))
    room = 2.0 * max(grid.row_step_deg, grid.column_step_deg)
    north, west = grid.north_deg, grid.west_deg
    return float(south[0]) - room, north + room, west - room, float(east[0]) + room


def _around(tile: Tile, latitude: Array, longitude: Array, margin: int) -> npt.NDArray[np.bool_]:
    """Which places lie between a tile's posts, or up to `margin` posts beyond them."""
    rows, columns = tile.grid.row_column(latitude, longitude)
    room = margin + SNAP
    inside: npt.NDArray[np.bool_] = (
        (rows >= -room)
        & (rows <= tile.grid.rows - 1 + room)
        & (columns >= -room)
        & (columns <= tile.grid.columns - 1 + room)
    )
    return inside


def _wrapped(latitude: Array, longitude: Array) -> tuple[Array, Array]:
    return latitude, (longitude + 180.0) % 360.0 - 180.0


def _bilinear(rows: Array, columns: Array, post: Callable[[Array, Array, Indices], Array]) -> Array:
    """Heights between four posts; a post of no weight need not be known.

    `post` gives the heights at rows and columns, and hears which of the places they are for.
    """
    total = np.zeros(rows.shape)
    top, left = np.floor(rows + SNAP), np.floor(columns + SNAP)
    down, right = np.clip(rows - top, 0.0, 1.0), np.clip(columns - left, 0.0, 1.0)
    down[down < SNAP], right[right < SNAP] = 0.0, 0.0
    for row, of_row in ((top, 1.0 - down), (top + 1.0, down)):
        for column, of_column in ((left, 1.0 - right), (left + 1.0, right)):
            weight = of_row * of_column
            matters = np.flatnonzero(weight > 0.0)
            if not matters.size:
                continue
            total[matters] += weight[matters] * post(row[matters], column[matters], matters)
    return total
