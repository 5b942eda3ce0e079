"""Turns in narrow ground, by circles: wherever a whole circle fits, a wing can wait and turn.

The middles of circles that fit form the room: the ground less a radius and what corners stand out.
Two states whose circles have their middles in one piece of the room are always joined: by the
circles of a shortest way in the room from middle to middle, and the tangents between them, which
stay within a radius of it. On which side each circle is flown is chosen for the least way.
"""

import itertools
import math
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from missions.patterns.ground import polygons_of
from missions.patterns.inside import Inside, Point
from missions.patterns.turns.corners import WIDEST_RAD
from missions.patterns.turns.dubins import TURN, DubinsWay

Array = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

# What rounding may take away beside the radius.
SPARE_M = 0.3
SIDES = "LR"
# Corners for a quarter of the arc about a corner of the ground.
QUARTER = 3
SIDE_RADII = 6.0
NEAR_M = 0.05
# From piece to piece is further than anything else.
FAR_M = 1e7
# Places looked at for changing sides, and how many of them are tried.
ASIDE, ASIDE_TRIED = 48, 4


class TurningRoom:
    """Where circles of a radius fit: `ground` is where may be flown."""

    def __init__(self, ground: BaseGeometry, radius_m: float) -> None:
        self._radius_m = radius_m
        # Few corners, so that ways have few, drawn outside of the arcs they stand for.
        reach_m = radius_m / math.cos(WIDEST_RAD / 2.0) / math.cos(math.pi / 4.0 / QUARTER)
        shrunk = ground.buffer(-reach_m - SPARE_M, quad_segs=QUARTER).simplify(SPARE_M / 2.0)
        # Ways are searched for by the middles of triangles' sides: long ones mislead.
        self.pieces: list[Polygon] = polygons_of(shrunk.segmentize(SIDE_RADII * radius_m))
        self._tree = shapely.STRtree(self.pieces)
        self._insides: dict[int, Inside] = {}
        self._pieces_near: dict[Point, frozenset[int]] = {}

    @cached_property
    def middles(self) -> BaseGeometry:
        """The middles of all circles that fit."""
        room = MultiPolygon(self.pieces)
        shapely.prepare(room)
        return room

    def turn(self, a: Array, b: Array) -> tuple[DubinsWay, ...] | None:
        """Ways from state `a` to state `b`, None where no circles that fit join them."""
        best: tuple[DubinsWay, ...] | None = None
        for first, last in itertools.product(SIDES, SIDES):
            middles = self._middle(a, first), self._middle(b, last)
            piece = self._shared_piece(*middles)
            if piece is None:
                continue
            way = self._joined(a, b, first + last, piece, middles)
            if way is not None and (best is None or _length(way) < _length(best)):
                best = way
        return best

    def _joined(
        self, a: Array, b: Array, sides: str, piece: int, middles: tuple[Point, Point]
    ) -> tuple[DubinsWay, ...] | None:
        """By the shortest way between the middles; where that leaves no room to change sides, by
        another place."""
        inside = self._inside(piece)
        way = self._round(a, b, sides[0], sides[1], inside.route(*middles))
        if way is not None:
            return way
        outline = self.pieces[piece].exterior
        spots = [outline.interpolate(i / ASIDE, normalized=True) for i in range(ASIDE)]
        places = [(spot.x, spot.y) for spot in spots]
        places.sort(key=lambda at: (math.dist(at, middles[0]) + math.dist(at, middles[1]), at))
        far = (at for at in places if math.dist(at, middles[0]) >= 2.0 * self._radius_m)
        for at in itertools.islice(far, ASIDE_TRIED):
            by = [*inside.route(middles[0], at), *inside.route(at, middles[1])[1:]]
            way = self._round(a, b, sides[0], sides[1], by)
            if way is not None:
                return way
        return None

    def lengths(self, states: Array) -> tuple[Array, Numbers]:
        """About how long ways between states are at least, (n, n) metres, by their middles, and
        the piece of each, -1 for none.

        Nought where that is not known; from one piece to another perhaps none leads.
        """
        middles = [self._any_middle(state) for state in states]
        pieces = np.array([piece for piece, _ in middles], dtype=np.int64)
        known = np.logical_and.outer(pieces >= 0, pieces >= 0)
        found = np.where(known & (pieces[:, None] != pieces), FAR_M, 0.0)
        for piece in np.unique(pieces[pieces >= 0]).tolist():
            members = np.flatnonzero(pieces == piece)
            ways = self._inside(piece).distances([middles[i][1] for i in members])
            found[np.ix_(members, members)] = ways
        return found, pieces

    def _any_middle(self, state: Array) -> tuple[int, Point]:
        """A middle of a circle that fits at a state, and its piece; -1 for none."""
        for side in SIDES:
            middle = self._middle(state, side)
            piece = self._shared_piece(middle, middle)
            if piece is not None:
                return piece, middle
        return -1, (0.0, 0.0)

    def holds(self, state: Array) -> bool:
        """Whether a circle fits at a state, on either side."""
        places = [self._middle(state, side) for side in SIDES]
        return bool(shapely.intersects_xy(self.middles, places).any())

    def _middle(self, state: Array, side: str) -> Point:
        return _middle(state, side, self._radius_m)

    def _shared_piece(self, one: Point, other: Point) -> int | None:
        return min(self._near(one) & self._near(other), default=None)

    def _near(self, place: Point) -> frozenset[int]:
        """The pieces that a place lies in, or as good as in."""
        if place not in self._pieces_near:
            found = self._tree.query(shapely.Point(place), "dwithin", NEAR_M)
            self._pieces_near[place] = frozenset(found.tolist())
        return self._pieces_near[place]

    def _inside(self, piece: int) -> Inside:
        # Compiled kernels: numba takes a second to import.
        from missions.patterns.sweep.quick_inside import QuickInside

        if piece not in self._insides:
            self._insides[piece] = QuickInside(self.pieces[piece])
        return self._insides[piece]

    def _round(
        self, a: Array, b: Array, first: str, last: str, middles: list[Point]
    ) -> tuple[DubinsWay, ...] | None:
        """The shortest choice of sides along the middles, by dynamic programming."""
        if len(middles) == 2 and math.dist(*middles) < NEAR_M:
            middles = middles[:1]
        # Each side's least way so far: its length, the way, and the state in which it leaves.
        ways: dict[str, tuple[float, list[DubinsWay], Array]] = {first: (0.0, [], a)}
        for index, (here, there) in enumerate(itertools.pairwise(middles)):
            onto: dict[str, tuple[float, list[DubinsWay], Array]] = {}
            sides = last if index == len(middles) - 2 else SIDES
            for side, other in itertools.product(ways, sides):
                tangent = _tangent(here, there, side, other, self._radius_m)
                if tangent is None:
                    continue
                course, straight_m = tangent
                length, made, state = ways[side]
                part = _arc_and_straight(state, side, course, straight_m, self._radius_m)
                whole = length + part.length_m
                if other not in onto or whole < onto[other][0]:
                    onto[other] = whole, [*made, part], part.states(math.pi)[-1]
            ways = onto
        if last not in ways:
            return None
        _, made, state = ways[last]
        return (*made, _arc_and_straight(state, last, float(b[2]), 0.0, self._radius_m))


def _middle(state: Array, side: str, radius_m: float) -> Point:
    """The middle of the circle that a state lies on, to its left or right."""
    sign = radius_m if side == "R" else -radius_m
    course = float(state[2])
    return float(state[0]) + sign * math.cos(course), float(state[1]) - sign * math.sin(course)


def _tangent(
    here: Point, there: Point, side: str, other: str, radius_m: float
) -> tuple[float, float] | None:
    """The course and length of the straight from one circle onto another; None where two of
    different sides overlap."""
    apart = math.dist(here, there)
    course = math.atan2(there[0] - here[0], there[1] - here[1])
    if side == other:
        return course, apart
    if apart < 2.0 * radius_m:
        return None
    lean = math.asin(2.0 * radius_m / apart)
    straight_m = math.sqrt(max(0.0, apart**2 - 4.0 * radius_m**2))
    return course + (lean if side == "R" else -lean), straight_m


def _arc_and_straight(
    state: Array, side: str, course: float, straight_m: float, radius_m: float
) -> DubinsWay:
    turned = (course - float(state[2])) if side == "R" else (float(state[2]) - course)
    turned = math.fmod(math.fmod(turned, TURN) + TURN, TURN)
    if turned > TURN - 1e-6:
        turned = 0.0
    return DubinsWay(
        word=side + "SS",
        parts_m=(turned * radius_m, straight_m, 0.0),
        start=(float(state[0]), float(state[1]), float(state[2])),
        radius_m=radius_m,
    )


def _length(way: tuple[DubinsWay, ...]) -> float:
    return sum(part.length_m for part in way)
