"""Polishing and checking the ways of one area: the kernels with all that they need to know."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from shapely.geometry import Polygon

from missions.patterns.inside import TOLERANCE_M, Inside
from missions.patterns.sweep.core.change import AT_MOST, Working
from missions.patterns.sweep.core.edges import Edges
from missions.patterns.sweep.core.kernels import Array
from missions.patterns.sweep.core.motion import Motion, way_time
from missions.patterns.sweep.core.polish import REACH, Terms, polish
from missions.patterns.sweep.edge_grid import listed
from missions.patterns.sweep.raster import Raster, edges_of, outlined
from missions.vehicle import Vehicle

Flags = npt.NDArray[np.bool_]

# Polishing finds the gaps between a raster's cells: it begins on one raster and ends on another,
# turned otherwise, and what is seen is checked on a third.
BEGUN_ON = {"cells_a_swath": 12.0, "turn_rad": 0.4142}
ENDED_ON = {"cells_a_swath": 16.0, "turn_rad": 0.9273}
DONE_AGAIN_ON = {"cells_a_swath": 18.0, "turn_rad": 1.8101}
CHECKED_ON = {"cells_a_swath": 26.0, "turn_rad": 1.2321}
STEPS_SWATHS = (0.5, 0.25, 0.1, 0.04, 0.015)
# Prices of unseen ground: times what it takes to sweep as much.
FIRST_PRICES = (30.0,)
LAST_PRICES = (10.0, 3.0, 0.8)
AGAIN_PRICES = (30.0,)
DOUBT_CELLS = 1.0
ROUNDS = 2
# Corners are cut into no shorter legs than this; nor than a part of the swath, where that is less.
SHORTEST_LEG_M = 2.0
SHORTEST_LEG_SWATHS = 0.2


@dataclass(frozen=True, slots=True)
class Polished:
    """A way of (n, 2) metres; `fixed[i]` says that the leg from point i keeps its direction.

    `seen` is the part of the area (0..1) by the raster that it was polished on.
    """

    points: Array
    fixed: Flags
    seen: float
    time_s: float


class Polisher:
    """All about one area that its ways are polished by."""

    def __init__(
        self,
        inside: Inside,
        area: Polygon,
        *,
        swath_m: float,
        vehicle: Vehicle,
        speed_m_s: float,
    ) -> None:
        """Ways stay `inside`, and show `area`."""
        self._area = area
        self._bounds = outlined(inside.polygon, TOLERANCE_M)
        self._swath_m = swath_m
        self._begun_on = self._ground(**BEGUN_ON)
        self._ended_on = self._ground(**ENDED_ON)
        self._checked_on = Raster.of(area, swath_m=swath_m, **CHECKED_ON)
        # A whole number would have the kernels compiled again.
        self._motion = Motion(float(speed_m_s), vehicle.acceleration_m_s2, vehicle.corner_cut_m)

    @property
    def shortest_leg_m(self) -> float:
        """Corners are cut into no shorter legs."""
        return min(SHORTEST_LEG_M, SHORTEST_LEG_SWATHS * self._swath_m)

    @property
    def raster(self) -> Raster:
        """The raster that polishing ends on."""
        return self._ended_on.raster

    @property
    def sweep_s(self) -> float:
        """Seconds that the whole area would take with neither turn nor overlap."""
        cells_m2 = self.raster.wanted * self.raster.ground.cell_m**2
        return cells_m2 / (self._swath_m * self._motion.speed_m_s)

    def time_s(self, points: Array) -> float:
        """Seconds along a way of (n, 2) metres."""
        room = np.zeros((2, len(points)))
        return float(way_time(points, room[0], room[1], self._motion))

    def check(self, points: Array) -> float:
        """The part of the area (0..1) that a way shows, finer than polishing sees it."""
        return self._checked_on.part_seen(points)

    def begin(self, points: Array, fixed: Flags, *, seen: float) -> Polished:
        """Make a way quicker while unseen ground is dear; see `end`."""
        return self._polish(points, fixed, seen, FIRST_PRICES, self._begun_on)

    def end(self, points: Array, fixed: Flags, *, seen: float) -> Polished:
        """Make a way quicker that then shows at least the part `seen`, if it can."""
        return self._polish(points, fixed, seen, LAST_PRICES, self._ended_on)

    def again(self, points: Array, fixed: Flags, *, seen: float) -> Polished:
        """Mend, on a raster not used before, what `end` did not see that it lost."""
        on = self._ground(**DONE_AGAIN_ON)
        return self._polish(points, fixed, seen, AGAIN_PRICES, on)

    def _ground(self, *, cells_a_swath: float, turn_rad: float) -> "_Ground":
        raster = Raster.of(
            self._area,
            swath_m=self._swath_m,
            cells_a_swath=cells_a_swath,
            turn_rad=turn_rad,
        )
        return _Ground(raster, listed(edges_of(self._bounds, raster.turn)))

    def _polish(
        self,
        points: Array,
        fixed: Flags,
        seen: float,
        prices: tuple[float, ...],
        on: "_Ground",
    ) -> Polished:
        raster = on.raster
        n = len(points)
        if n < 2 or raster.wanted == 0:
            return Polished(points, fixed, raster.part_seen(points), self.time_s(points))
        work = _working(raster.turned(points), fixed)
        cell_s = raster.ground.cell_m**2 / (self._swath_m * self._motion.speed_m_s)
        terms = Terms(
            np.array(STEPS_SWATHS) * self._swath_m,
            np.array(prices) * cell_s,
            raster.wanted,
            int((1.0 - seen) * raster.wanted),
            self.shortest_leg_m,
            ROUNDS,
            DOUBT_CELLS,
        )
        n, missed, time_s = polish(work, n, on.edges, raster.ground, self._motion, terms)
        there = work.points[:n] @ raster.turn
        part = 1.0 - missed / raster.wanted
        return Polished(there, work.fixed[:n].copy(), part, float(time_s))


@dataclass(frozen=True, slots=True)
class _Ground:
    """A raster and, in its frame, the edges to stay within."""

    raster: Raster
    edges: Edges


def _working(points: Array, fixed: Flags) -> Working:
    n = len(points)
    room = 3 * n + 16
    short = 2 * REACH + 2 * AT_MOST + 6
    work = Working(
        np.zeros((room, 2)),
        np.zeros(room),
        np.zeros(room),
        np.zeros(room, np.bool_),
        np.zeros(room, np.bool_),
        np.zeros((AT_MOST, 2)),
        np.zeros((AT_MOST, 2)),
        np.zeros((short, 2)),
        np.zeros(short),
        np.zeros(short),
    )
    work.points[:n] = points
    work.fixed[: n - 1] = fixed[: n - 1]
    return work
