"""Where the items of a plan are, and the fence as geometry on a plane."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from shapely.geometry import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from missions.area import ring_en
from missions.checks.px4_profile import FLOWN_TO
from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import RELATIVE_FRAMES, Fence, MissionItem, Plan

Array = npt.NDArray[np.float64]


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
    """A fence as PX4 judges it, on the plane at one origin: a place must satisfy all of it."""

    def __init__(self, fence: Fence, plane: LocalPlane) -> None:
        self.inclusions: list[BaseGeometry] = []
        self.exclusions: list[BaseGeometry] = []
        for polygon in fence.polygons:
            if len(polygon.ring) >= 3:
                ring = Polygon(ring_en(plane, polygon.ring)).buffer(0.0)
                (self.inclusions if polygon.inclusion else self.exclusions).append(ring)
        for circle in fence.circles:
            disc = Point(plane.en(circle.center)).buffer(circle.radius_m, quad_segs=32)
            (self.inclusions if circle.inclusion else self.exclusions).append(disc)

    @property
    def empty(self) -> bool:
        """Whether the fence forbids nothing."""
        return not (self.inclusions or self.exclusions)

    def breach(self, shape: BaseGeometry) -> BaseGeometry:
        """The part of a point or leg that lies where the fence forbids it."""
        parts = [shape.difference(inclusion) for inclusion in self.inclusions]
        parts += [shape.intersection(exclusion) for exclusion in self.exclusions]
        outside: BaseGeometry = MultiPolygon()
        for part in parts:
            outside = outside.union(part)
        return outside
