"""Polygons laid over a grid: which of them fill a cell, which have an edge in it.

Cells are found by one monotone function of a coordinate, so that rounding moves points and edges
alike; an edge is entered in every cell that it comes near. A cell without an edge is filled or
empty as its middle is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from missions.checks.zones.kernels import (
    INSIDE,
    UNCERTAIN,
    Flags,
    Floats,
    Ints,
    Longs,
    look_up,
    sides,
)

MOST_CELLS_A_SIDE = 1024
# What the grid may hold: entries of cells, and edges entered by rows.
MOST_ENTRIES = 1_000_000
NEAR = 1e-6


@dataclass(frozen=True, slots=True)
class Grid:
    """The grid, ready for `look_up`."""

    frame: Floats
    cells: Longs
    polygons: Ints
    full: Flags
    edges: Floats
    bands: Longs
    base: Longs
    listed: Ints

    @classmethod
    def of(cls, polygons: Sequence[BaseGeometry]) -> "Grid":
        """Lay valid polygons (or multipolygons) over a grid that suits their edges."""
        edges, owners = _edges(polygons)
        lower = edges.reshape(-1, 2).min(axis=0)
        size = np.maximum(edges.reshape(-1, 2).max(axis=0) - lower, np.finfo(float).tiny)
        count = _cells_a_side(edges, owners, lower, size)
        # A row or a column more than 'as fits' would put the last border into a cell of its own.
        frame = np.array([*lower, *(count / size), count])
        bands, base, listed, rows = _bands(edges, owners, frame)
        grid = cls(frame, *_no_entries(), edges, bands, base, listed)
        return grid._filled(*_crossed(edges, owners, frame, listed, rows))

    def first_covering(self, points: Floats) -> Longs:
        """The first polygon that covers each point, -1 for none, -2 where rounding could tell."""
        found = np.empty(len(points), dtype=np.int64)
        look_up(
            points,
            self.frame,
            self.cells,
            self.polygons,
            self.full,
            self.edges,
            self.bands,
            self.base,
            self.listed,
            found,
        )
        return found

    def _filled(self, owner: Longs, row: Longs, column: Longs) -> "Grid":
        """The grid with its entries: the cells with an edge, and those that a polygon fills."""
        count = int(self.frame[4])
        inner_owner, inner_row, first, last, surely = self._between(owner, row, column)
        lengths = last - first
        whole = np.repeat(np.arange(len(first)), lengths)
        inner_column = np.repeat(first, lengths) + _counted(lengths)
        cell = np.concatenate((row, inner_row[whole])) * count
        cell += np.concatenate((column, inner_column))
        who = np.concatenate((owner, inner_owner[whole]))
        full = np.concatenate((np.zeros(len(owner), dtype=bool), surely[whole]))
        order = np.lexsort((who, cell))
        cell, who, full = cell[order], who[order], full[order]
        # Nothing behind the first polygon that fills a cell is ever asked for.
        filled_before = np.concatenate(([0], np.cumsum(full)))
        starts = np.searchsorted(cell, np.arange(count * count + 1))
        kept = filled_before[:-1] == filled_before[starts[cell]]
        cells = np.concatenate(([0], np.cumsum(kept)))[starts]
        return Grid(
            self.frame,
            cells.astype(np.int64),
            who[kept].astype(np.int32),
            full[kept],
            self.edges,
            self.bands,
            self.base,
            self.listed,
        )

    def _between(
        self, owner: Longs, row: Longs, column: Longs
    ) -> tuple[Longs, Longs, Longs, Longs, Flags]:
        """Runs of cells between two that hold an edge, where the polygon fills them: owner, row,
        first and past the last column, and whether that is sure."""
        same = (owner[1:] == owner[:-1]) & (row[1:] == row[:-1]) & (column[1:] > column[:-1] + 1)
        at = np.nonzero(same)[0]
        first, last = column[at] + 1, column[at + 1]
        middle = np.stack((first + 0.5, row[at] + 0.5), axis=1)
        points = self.frame[:2] + middle / self.frame[2:4]
        answer = row[at].astype(np.int32)
        sides(
            points,
            owner[at].astype(np.int32),
            answer,
            self.edges,
            self.bands,
            self.base,
            self.listed,
        )
        kept = (answer == INSIDE) | (answer == UNCERTAIN)
        return owner[at][kept], row[at][kept], first[kept], last[kept], answer[kept] == INSIDE


def _no_entries() -> tuple[Longs, Ints, Flags]:
    return np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int32), np.zeros(0, dtype=bool)


def _edges(polygons: Sequence[BaseGeometry]) -> tuple[Floats, Longs]:
    """Every ring's edges, shape (n, 4): x and y of both ends; and the polygon of each."""
    parts, part_owner = shapely.get_parts(np.asarray(polygons, dtype=object), return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    points, ring_of = shapely.get_coordinates(rings, return_index=True)
    within = ring_of[1:] == ring_of[:-1]
    edges = np.hstack((points[:-1], points[1:]))[within]
    return np.ascontiguousarray(edges), part_owner[ring_part[ring_of[:-1][within]]]


def _cells_a_side(edges: Floats, owners: Longs, lower: Floats, size: Floats) -> int:
    """About one cell for each edge, fewer where polygons are so large that they fill many."""
    count = int(np.clip(np.sqrt(len(edges)), 8, MOST_CELLS_A_SIDE))
    last = np.full((owners[-1] + 1, 2), -np.inf)
    first = np.full((owners[-1] + 1, 2), np.inf)
    for ends in (edges[:, :2], edges[:, 2:]):
        np.maximum.at(last, owners, (ends - lower) / size)
        np.minimum.at(first, owners, (ends - lower) / size)
    drawn = np.isfinite(last[:, 0])
    spans = last[drawn] - first[drawn]
    tall = np.abs(edges[:, 3] - edges[:, 1]) / size[1]
    while count > 8:
        entries = np.prod(spans * count + 1.0, axis=1).sum()
        if max(entries, (tall * count + 1.0).sum()) <= MOST_ENTRIES:
            break
        count = count * 3 // 4
    return count


def _cell_numbers(values: Floats, start: float, per_unit: float, count: int) -> Longs:
    numbers: Longs = np.clip(((values - start) * per_unit).astype(np.int64), 0, count - 1)
    return numbers


def _counted(lengths: Longs) -> Longs:
    """0, 1, ... for each of the lengths, one after another."""
    ends = np.cumsum(lengths)
    counted: Longs = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths, lengths)
    return counted


def _bands(edges: Floats, owners: Longs, frame: Floats) -> tuple[Longs, Longs, Ints, Longs]:
    """Edges by polygon and row: `listed[bands[base[polygon] + row]:bands[... + 1]]`.

    The base of a polygon lets `row` count from the grid's lowest; rows are given beside `listed`.
    """
    count = int(frame[4])
    low = _cell_numbers(np.minimum(edges[:, 1], edges[:, 3]), frame[1], frame[3], count)
    high = _cell_numbers(np.maximum(edges[:, 1], edges[:, 3]), frame[1], frame[3], count)
    polygons = int(owners[-1]) + 1
    lowest = np.full(polygons, count, dtype=np.int64)
    highest = np.full(polygons, -1, dtype=np.int64)
    np.minimum.at(lowest, owners, low)
    np.maximum.at(highest, owners, high)
    tall = np.maximum(highest - lowest + 1, 0)
    base = np.concatenate(([0], np.cumsum(tall)))[:-1] - lowest
    lengths = high - low + 1
    listed = np.repeat(np.arange(len(edges)), lengths)
    rows = low[listed] + _counted(lengths)
    band = base[owners[listed]] + rows
    order = np.argsort(band, kind="stable")
    bands = np.searchsorted(band[order], np.arange(int(tall.sum()) + 1))
    return bands.astype(np.int64), base, listed[order].astype(np.int32), rows[order]


def _crossed(
    edges: Floats, owners: Longs, frame: Floats, listed: Ints, rows: Longs
) -> tuple[Longs, Longs, Longs]:
    """Every cell that an edge comes near, once a polygon: owner, row and column, in that order."""
    count = int(frame[4])
    low = frame[1] + (rows - NEAR) / frame[3]
    high = frame[1] + (rows + 1.0 + NEAR) / frame[3]
    west, east = _reach(edges[listed], low, high)
    first = _cell_numbers(west - NEAR / frame[2], frame[0], frame[2], count)
    last = _cell_numbers(east + NEAR / frame[2], frame[0], frame[2], count)
    lengths = last - first + 1
    pair = np.repeat(np.arange(len(listed)), lengths)
    column = first[pair] + _counted(lengths)
    cell = (owners[listed[pair]] * count + rows[pair]) * count + column
    cell = np.unique(cell)
    return cell // (count * count), cell // count % count, cell % count


def _reach(edges: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """The least and the greatest x of each edge where it lies between two heights."""
    x1, y1, x2, y2 = edges.T
    rise = y2 - y1
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = (np.clip((level - y1) / rise, 0.0, 1.0) for level in (low, high))
    flat = rise == 0.0
    a, b = np.where(flat, 0.0, a), np.where(flat, 1.0, b)
    first, last = x1 + a * (x2 - x1), x1 + b * (x2 - x1)
    return np.minimum(first, last), np.maximum(first, last)
