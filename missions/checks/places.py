"""Where the items of a plan are, and the fence as geometry on a plane."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LinearRing, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from missions.checks.px4_profile import FLOWN_TO
from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import RELATIVE_FRAMES, Fence, MissionItem, Plan

Array = npt.NDArray[np.float64]

# A side of so many degrees bends by less than a centimetre and a half.
SIDE_DEG = 0.01
DISC_SEGMENTS = 32
# A line outside is looked at in so many places, or every metre.
PIECES = 64


def place_of_item(item: MissionItem) -> GeoPoint | None:
    """The item's position, or None when it has none or it is not on Earth."""
    if not item.has_position:
        return None
    try:
        return GeoPoint(latitude_deg=item.latitude_deg, longitude_deg=item.longitude_deg)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Flown:
    """An item that the vehicle flies to, with its height above home where that is known."""

    index: int
    item: MissionItem
    place: GeoPoint

    def height_m(self, plan: Plan) -> float:
        """Metres above home; NaN when home's height is needed and not known."""
        height = self.item.params[6]
        if self.item.frame in RELATIVE_FRAMES:
            return height
        return height - (plan.home.height.m if plan.home is not None else math.nan)


def flown_items(plan: Plan) -> list[Flown]:
    """The items that the vehicle flies to, in order of the list."""
    placed = ((i, item, place_of_item(item)) for i, item in enumerate(plan.items))
    return [
        Flown(i, item, place)
        for i, item, place in placed
        if place is not None and item.command in FLOWN_TO
    ]


class FenceShape:
    """A fence as PX4 judges it, on the plane at one origin: a place must satisfy all of it.

    PX4 draws the sides of a polygon straight in degrees, so long ones are bent here. A circle's
    radius counts without its sign; one of 0, or that is not finite, bounds nothing. With
    `margin_m` a place must be so far from what is forbidden.
    """

    def __init__(self, fence: Fence, plane: LocalPlane, *, margin_m: float = 0.0) -> None:
        self.inclusions: list[BaseGeometry] = []
        self.exclusions: list[BaseGeometry] = []
        for polygon in fence.polygons:
            if len(polygon.ring) >= 3:
                ring = _bent_ring(plane, polygon.ring)
                (self.inclusions if polygon.inclusion else self.exclusions).append(ring)
        for circle in fence.circles:
            radius_m = abs(circle.radius_m)
            if 0.0 < radius_m < math.inf:
                disc = Point(plane.en(circle.center)).buffer(radius_m, quad_segs=DISC_SEGMENTS)
                (self.inclusions if circle.inclusion else self.exclusions).append(disc)
        if margin_m > 0.0:
            self.inclusions = [one.buffer(-margin_m) for one in self.inclusions]
            self.exclusions = [one.buffer(margin_m) for one in self.exclusions]
        for shape in (*self.inclusions, *self.exclusions):
            shapely.prepare(shape)

    @property
    def empty(self) -> bool:
        """Whether the fence forbids nothing."""
        return not (self.inclusions or self.exclusions)

    def breach(self, shape: BaseGeometry) -> BaseGeometry:
        """The part of a point, leg or area that lies where the fence forbids it."""
        parts = [shape.difference(inclusion) for inclusion in self.inclusions]
        parts += [shape.intersection(exclusion) for exclusion in self.exclusions]
        outside: BaseGeometry = MultiPolygon()
        for part in parts:
            outside = outside.union(part)
        return outside

    def outside_m(self, shape: BaseGeometry) -> float:
        """How far the farthest of a line is out of an inclusion; 0 where it is within them all."""
        outside = (_farthest(shape.difference(one), one) for one in self.inclusions)
        return max((away_m for away_m, _ in outside), default=0.0)

    def farthest_beyond(self, shape: BaseGeometry) -> tuple[float, Point]:
        """How far the farthest of a line is from where the fence allows it, and which place that
        is; 0 where all of it is allowed."""
        outside = [_farthest(shape.difference(one), one) for one in self.inclusions]
        within = [_farthest(shape.intersection(one), one.boundary) for one in self.exclusions]
        return max((*outside, *within), key=lambda one: one[0], default=(0.0, Point()))

    def suspects(self, shapes: Sequence[BaseGeometry]) -> npt.NDArray[np.bool_]:
        """Which of many shapes are not surely within what the fence allows."""
        asked = np.array(shapes, dtype=object)
        found = np.zeros(len(asked), dtype=bool)
        for inclusion in self.inclusions:
            found |= ~shapely.covers(inclusion, asked)
        for exclusion in self.exclusions:
            found |= shapely.intersects(exclusion, asked)
        return found


def _farthest(part: BaseGeometry, allowed: BaseGeometry) -> tuple[float, Point]:
    """The greatest distance of a part of a line from a shape, and where that is."""
    if part.is_empty:
        return 0.0, Point()
    fine = shapely.segmentize(part, max(1.0, part.length / PIECES))
    spots = shapely.get_coordinates(fine)
    away_m = np.atleast_1d(shapely.distance(allowed, shapely.points(spots)))
    worst = int(np.argmax(away_m))
    return float(away_m[worst]), Point(spots[worst])


def _bent_ring(plane: LocalPlane, ring: tuple[GeoPoint, ...]) -> BaseGeometry:
    if len(set(ring)) < 3:
        # GEOS takes a ring that is a line or a point for one.
        return Polygon()
    # As a ring: GEOS would take a polygon that crosses itself apart.
    corners = LinearRing([(point.longitude_deg, point.latitude_deg) for point in ring])
    drawn = shapely.get_coordinates(shapely.segmentize(corners, SIDE_DEG))
    around = Polygon(plane.en_from_geo(drawn[:, 1], drawn[:, 0]))
    if around.is_valid:
        return around
    parts = shapely.get_parts(shapely.make_valid(around))
    return shapely.union_all([part for part in parts if part.area > 0.0])
