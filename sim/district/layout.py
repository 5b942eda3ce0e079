"""The city's own frame and grid: where its streets and special places lie.

City coordinates are metres: `along` downstream to upstream beside the river (bearing 130 degrees)
and `away` from the river (bearing 40 degrees). A gentle, smooth displacement bends the grid, so
that streets are not ruled lines; everything goes through it, so nothing comes to overlap by it.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from sim.district.features import Array

AXIS_BEARING_RAD = np.radians(130.0)
HALF_LENGTH_M = 1600
GRID_STEP_M = 200
AWAY_FIRST_M, AWAY_LAST_M = -560, 1240
JITTER_M = 14.0
MAIN_AVENUE_AWAY_M = 240
BRIDGE_ALONG_M = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GridLine:
    """One line of the street grid: its coordinate in metres and what runs along it."""

    at_m: float
    nominal_m: int
    avenue: bool


class CityFrame:
    """City coordinates to east and north, with the seed's bend and jitter."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._phase = rng.uniform(0.0, 2.0 * np.pi, 2)
        self.along_lines = tuple(
            _line(rng, nominal, nominal % 800 == 0)
            for nominal in range(-HALF_LENGTH_M, HALF_LENGTH_M + 1, GRID_STEP_M)
        )
        self.away_lines = tuple(
            _line(rng, nominal, (nominal - MAIN_AVENUE_AWAY_M) % 400 == 0)
            for nominal in range(AWAY_FIRST_M, AWAY_LAST_M + 1, GRID_STEP_M)
        )

    def en(self, city: npt.ArrayLike) -> Array:
        """East and north, shape (..., 2), of city coordinates (along, away), metres."""
        given = np.asarray(city, dtype=np.float64)
        along = given[..., 0] + 11.0 * np.sin(given[..., 1] / 360.0 + self._phase[0])
        away = given[..., 1] + 13.0 * np.sin(given[..., 0] / 430.0 + self._phase[1])
        sine, cosine = np.sin(AXIS_BEARING_RAD), np.cos(AXIS_BEARING_RAD)
        return np.stack((along * sine - away * cosine, along * cosine + away * sine), axis=-1)

    def along(self, nominal_m: int) -> float:
        """Where the street with this nominal coordinate along the river truly is."""
        return _at(self.along_lines, nominal_m)

    def away(self, nominal_m: int) -> float:
        """Where the street with this nominal distance from the river truly is."""
        return _at(self.away_lines, nominal_m)

    def cell(self, along: tuple[int, int], away: tuple[int, int], *, margin_m: float) -> Array:
        """The corners, (4, 2) city metres, between four nominal grid lines less a margin."""
        left, right = self.along(along[0]) + margin_m, self.along(along[1]) - margin_m
        near, far = self.away(away[0]) + margin_m, self.away(away[1]) - margin_m
        return np.array([[left, near], [right, near], [right, far], [left, far]])


def _line(rng: np.random.Generator, nominal: int, avenue: bool) -> GridLine:
    jitter = 0.0 if avenue else float(rng.uniform(-JITTER_M, JITTER_M))
    return GridLine(at_m=nominal + jitter, nominal_m=nominal, avenue=avenue)


def _at(lines: tuple[GridLine, ...], nominal_m: int) -> float:
    return next(line.at_m for line in lines if line.nominal_m == nominal_m)


def densified(corners: Array, *, step_m: float, closed: bool) -> Array:
    """The same line with a vertex at least every `step_m`, so that it can be bent."""
    ring = np.vstack((corners, corners[:1])) if closed else corners
    pieces = [
        np.linspace(a, b, max(2, int(np.ceil(np.hypot(*(b - a)) / step_m)) + 1))[:-1]
        for a, b in pairwise(ring)
    ]
    return np.vstack(pieces if closed else [*pieces, ring[-1:]])
