"""The geofence on board: polygons, circles and the cylinder of GF_MAX_*; all must be satisfied.

Source: PX4-Autopilot v1.17, src/modules/navigator/geofence.cpp. Written for the simulation; the
product's checks have their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from onboard.mavlink.plan_items import WireItem
from sim.vehicle.local_frame import Geo, LocalFrame
from sim.vehicle.mission_items import DEGREES_PER_UNIT
from sim.vehicle.navigation import level_distance_m
from sim.vehicle.trajectory import Ned

RETURN_POINT = 5000
POLYGON_IN, POLYGON_OUT, CIRCLE_IN, CIRCLE_OUT = 5001, 5002, 5003, 5004


@dataclass(frozen=True, slots=True, kw_only=True)
class FencePart:
    """A polygon (three corners or more) or a circle (one, with a radius), to stay in or out of."""

    corners: tuple[Ned, ...]
    radius_m: float
    inside: bool

    def allows(self, place: Ned) -> bool:
        """Whether a place satisfies this part; heights do not matter."""
        return self._contains(place) == self.inside

    def _contains(self, place: Ned) -> bool:
        if self.radius_m > 0.0:
            return level_distance_m(place, self.corners[0]) < self.radius_m
        within = False
        before = self.corners[-1]
        for corner in self.corners:
            if (corner.e >= place.e) != (before.e >= place.e):
                share = (place.e - corner.e) / (before.e - corner.e)
                if place.n <= (before.n - corner.n) * share + corner.n:
                    within = not within
            before = corner
        return within


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaches:
    """Which limits a place is beyond."""

    distance: bool = False
    height: bool = False
    custom: bool = False

    @property
    def any(self) -> bool:
        """Whether it is beyond one."""
        return self.distance or self.height or self.custom

    def joined(self, other: "Breaches") -> "Breaches":
        """What either is beyond."""
        return Breaches(
            distance=self.distance or other.distance,
            height=self.height or other.height,
            custom=self.custom or other.custom,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FenceOnBoard:
    """All parts and the cylinder about home; zero distances mean no limit."""

    parts: tuple[FencePart, ...] = ()
    max_horizontal_m: float = 0.0
    max_vertical_m: float = 0.0

    @property
    def empty(self) -> bool:
        """Whether nothing is limited."""
        return not (self.parts or self.max_horizontal_m > 0.0 or self.max_vertical_m > 0.0)

    def allows(self, place: Ned, *, home: Ned) -> bool:
        """Whether a place satisfies every part and the cylinder."""
        return not self.breaches(place, home=home).any

    def breaches(self, place: Ned, *, home: Ned) -> Breaches:
        """Which of the parts and of the cylinder a place is beyond."""
        far, high = self.max_horizontal_m, self.max_vertical_m
        return Breaches(
            distance=far > 0.0 and level_distance_m(place, home) >= far,
            height=high > 0.0 and home.d - place.d >= high,
            custom=not all(part.allows(place) for part in self.parts),
        )


def parts_from_wire(items: Sequence[WireItem], frame: LocalFrame) -> tuple[FencePart, ...]:
    """The fence of an accepted upload."""
    parts: list[FencePart] = []
    index = 0
    while index < len(items):
        command = items[index].command
        count = int(items[index].param1) if command in (POLYGON_IN, POLYGON_OUT) else 1
        run = items[index : index + max(count, 1)]
        if command != RETURN_POINT:
            parts.append(
                FencePart(
                    corners=tuple(_corner(item, frame) for item in run),
                    radius_m=run[0].param1 if command in (CIRCLE_IN, CIRCLE_OUT) else 0.0,
                    inside=command in (POLYGON_IN, CIRCLE_IN),
                )
            )
        index += max(count, 1)
    return tuple(parts)


def _corner(item: WireItem, frame: LocalFrame) -> Ned:
    height = frame.origin.height_amsl_m
    return frame.ned(Geo(item.x * DEGREES_PER_UNIT, item.y * DEGREES_PER_UNIT, height))
