"""An area as cells: what part of it a way shows, and which pieces it leaves unseen."""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from shapely.geometry import Polygon

from missions.patterns.ground import polygons_of
from missions.patterns.sweep.core.kernels import Array, Ints
from missions.patterns.sweep.core.seen_ground import SeenGround, list_pieces, see_afresh, want

# However thin a large area is, and however small beside the swath.
CELLS_AT_MOST = 4e6
CELLS_AT_LEAST = 400.0


@dataclass(frozen=True, slots=True)
class Raster:
    """The cells of an area, in a frame turned about the origin so that no edge lies along them.

    `turn`, shape (2, 2), is R_raster_from_plane.
    """

    ground: SeenGround
    wanted: int
    turn: Array

    @classmethod
    def of(cls, polygon: Polygon, *, swath_m: float, cells_a_swath: float, turn_rad: float) -> Self:
        """The cells whose middles lie in a polygon, metres."""
        cosine, sine = math.cos(turn_rad), math.sin(turn_rad)
        turn = np.array(((cosine, -sine), (sine, cosine)))
        edges = edges_of(polygon, turn)
        low = edges[:, :2].min(axis=0)
        width, height = edges[:, :2].max(axis=0) - low
        cell = min(swath_m / cells_a_swath, math.sqrt(polygon.area / CELLS_AT_LEAST))
        cell = max(cell, math.sqrt(width * height / CELLS_AT_MOST), (width + height) / 1e6)
        shape = (math.ceil(height / cell) + 1, math.ceil(width / cell) + 2)
        ground = SeenGround(
            np.zeros(shape, np.int16),
            float(low[0]),
            float(low[1]),
            cell,
            swath_m / 2.0,
            np.random.default_rng(1).random(shape[0]),
            np.zeros((4, shape[0]), np.int32),
        )
        return cls(ground, int(want(ground, edges)), turn)

    def turned(self, points: Array) -> Array:
        """Points of the plane, shape (n, 2), in the raster's frame."""
        there: Array = np.ascontiguousarray(points @ self.turn.T)
        return there

    def part_seen(self, points: Array) -> float:
        """The part of the area (0..1) that a way of (n, 2) metres shows."""
        if self.wanted == 0:
            return 1.0
        return float(see_afresh(self.ground, self.turned(points))) / self.wanted

    def unseen_pieces(self, points: Array) -> list[Array]:
        """The middles of the cells of each unseen piece, (n, 2) metres, largest piece first."""
        unseen = self.wanted - int(see_afresh(self.ground, self.turned(points)))
        listed, starts = np.zeros(unseen, np.int32), np.zeros(unseen + 1, np.int32)
        count = list_pieces(self.ground, listed, starts)
        pieces = [np.sort(each) for each in np.split(listed, starts[1:count])] if count else []
        return [self._middles(each) for each in sorted(pieces, key=len, reverse=True)]

    def _middles(self, cells: Ints) -> Array:
        rows, columns = np.divmod(cells, self.ground.times.shape[1])
        x = self.ground.west_m + (columns + self.ground.shift[rows]) * self.ground.cell_m
        y = self.ground.south_m + (rows + 0.5) * self.ground.cell_m
        middles: Array = np.column_stack((x, y)) @ self.turn
        return middles


def edges_of(polygon: Polygon, turn: Array) -> Array:
    """The edges of a polygon's rings, shape (n, 4), in a turned frame."""
    rings = [np.array(ring.coords) @ turn.T for ring in (polygon.exterior, *polygon.interiors)]
    return np.concatenate([np.hstack((ring[:-1], ring[1:])) for ring in rings])


def outlined(polygon: Polygon, by_m: float) -> Polygon:
    """The polygon grown by a little, its largest part."""
    grown = polygon.buffer(by_m, join_style="mitre")
    return polygons_of(grown)[0]
