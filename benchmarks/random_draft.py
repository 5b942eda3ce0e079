"""A random plan in the making, and the items that it is made of."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import (
    FenceCircle,
    FencePolygon,
    Frame,
    Home,
    MissionItem,
    Params,
    RallyPoint,
)

FRAMES = (0, 3, 5, 6)


@dataclass(slots=True)
class Draft:
    """A plan in the making."""

    random: Random
    home: Home
    plane: LocalPlane
    items: list[MissionItem] = field(default_factory=list)
    polygons: list[FencePolygon] = field(default_factory=list)
    circles: list[FenceCircle] = field(default_factory=list)
    rally: list[RallyPoint] = field(default_factory=list)

    def place(self, reach_m: float = 300.0) -> GeoPoint:
        """Somewhere about home."""
        return self.plane.geo(*(self.random.uniform(-reach_m, reach_m) for _ in range(2)))

    def item(
        self, command: int, *, at: GeoPoint | None = None, height_m: float = 30.0
    ) -> MissionItem:
        """An item with a place, in any frame that PX4 takes; its height is above home."""
        frame = self.random.choice(FRAMES)
        absolute = frame in (Frame.GLOBAL, Frame.GLOBAL_INT)
        height_m += self.home.height.m if absolute else 0.0
        point = at or self.place()
        where = (point.latitude_deg, point.longitude_deg, height_m)
        return MissionItem(command=command, frame=frame, params=(0.0, 0.0, 0.0, math.nan, *where))

    def anywhere(self) -> int:
        """An index at which to insert."""
        return self.random.randint(0, len(self.items))

    def insert(self, item: MissionItem, at: int | None = None) -> None:
        """Put an item somewhere, or at a given index."""
        self.items.insert(self.anywhere() if at is None else at, item)

    def ring(self, size_m: float, center: GeoPoint | None = None, count: int = 4) -> FencePolygon:
        """A star-shaped ring about a point."""
        middle = LocalPlane(center or self.home.position)
        turn = self.random.uniform(0.0, 2.0 * math.pi)
        points = []
        for k in range(count):
            angle = turn + 2.0 * math.pi * k / count
            away = size_m * self.random.uniform(0.7, 1.3)
            points.append(middle.geo(away * math.cos(angle), away * math.sin(angle)))
        return FencePolygon(ring=tuple(points), inclusion=True)


def plain(command: int, *params: float, frame: int = Frame.MISSION) -> MissionItem:
    """An item without a place; parameters that are not given are 0."""
    one, two, three, four, five, six, seven = (*params, *([0.0] * (7 - len(params))))
    whole: Params = (one, two, three, four, five, six, seven)
    return MissionItem(command=command, frame=frame, params=whole)


Twist = Callable[[Draft], None]
