"""The geofence on board: polygons, circles and the cylinder of GF_MAX_*; all must be satisfied.

Places are judged in degrees, as PX4 does: polygons in the plane of latitude and longitude, circles
by a projection about the first place that was asked for. Source: PX4-Autopilot v1.17,
src/modules/navigator/geofence.cpp. Written for the simulation; the product's checks have their own.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from missions.plan import GLOBAL_FRAMES
from onboard.mavlink.plan_items import WireItem
from onboard.mavlink.px4_items import POLYGON_COMMANDS, vertex_count
from sim.vehicle.local_frame import Geo, LocalFrame
from sim.vehicle.mission_items import DEGREES_PER_UNIT
from sim.vehicle.sphere import Degrees, Projection, distance_m
from sim.vehicle.trajectory import Ned

POLYGON_IN, CIRCLE_IN = 5001, 5003
CIRCLE_COMMANDS = frozenset((CIRCLE_IN, 5004))
# PX4's FLT_EPSILON: a smaller limit is none.
NO_LIMIT_M = 1.1920929e-07

Edge = tuple[Degrees, Degrees]
NOWHERE = Degrees(math.nan, math.nan)


@dataclass(frozen=True, slots=True, kw_only=True)
class FencePart:
    """A polygon or a circle to stay in or out of.

    `corners` are the polygon's, or the circle's middle, in the local frame; `vertices` is how many
    the polygon says that it has. `edges` are those that PX4 looks at; a shape that holds no place
    at all has neither edges nor a radius. `named_radius_m` is the circle's as it was sent.
    """

    corners: tuple[Ned, ...]
    radius_m: float
    inside: bool
    edges: tuple[Edge, ...] = ()
    middle: Degrees | None = None
    ring: tuple[Degrees, ...] = ()
    vertices: int = 0
    named_radius_m: float = 0.0

    def vertex(self, index: int) -> Degrees:
        """A vertex, or the circle's middle; NaN where the list ends before it."""
        if self.middle is not None:
            return self.middle
        return self.ring[index] if index < len(self.ring) else NOWHERE

    @property
    def has_outline(self) -> bool:
        """Whether there are places within it, and others without."""
        return bool(self.edges) or 0.0 < self.radius_m < math.inf

    def allows(self, place: Degrees, projection: Projection) -> bool:
        """Whether a place satisfies this part; heights do not matter."""
        return self._contains(place, projection) == self.inside

    def _contains(self, place: Degrees, projection: Projection) -> bool:
        if self.middle is None:
            return self._within(place)
        (n, e), (middle_n, middle_e) = projection(place), projection(self.middle)
        return (n - middle_n) ** 2 + (e - middle_e) ** 2 < self.radius_m**2

    def _within(self, place: Degrees) -> bool:
        within = False
        latitude, longitude = place
        for corner, before in self.edges:
            if (corner.longitude_deg >= longitude) == (before.longitude_deg >= longitude):
                continue
            d_lat = before.latitude_deg - corner.latitude_deg
            d_lon = before.longitude_deg - corner.longitude_deg
            if latitude <= d_lat * (longitude - corner.longitude_deg) / d_lon + corner.latitude_deg:
                within = not within
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

    frame: LocalFrame
    projection: Projection
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
        if self.empty:
            return Breaches()
        return self.breaches_at(self.frame.geo(place), home=self.frame.geo(home))

    def breaches_at(self, place: Geo, *, home: Geo) -> Breaches:
        """The same of a place in degrees; what is not a number is beyond every limit."""
        far, high = self.max_horizontal_m, self.max_vertical_m
        at, middle = Degrees(*place[:2]), Degrees(*home[:2])
        return Breaches(
            distance=far > NO_LIMIT_M and not distance_m(at, middle) < far,
            height=high > NO_LIMIT_M and not place.height_amsl_m - home.height_amsl_m < high,
            custom=not all(part.allows(at, self.projection) for part in self.parts),
        )


def parts_from_wire(items: Sequence[WireItem], frame: LocalFrame) -> tuple[FencePart, ...]:
    """The fence of an accepted upload, with PX4's own slip.

    After a circle PX4 no longer steps over a polygon as a whole: each of its vertices begins
    another polygon, of as many of the items from there on.
    """
    parts: list[FencePart] = []
    index, after_circle = 0, False
    while index < len(items):
        item = items[index]
        step = 1
        if item.command in CIRCLE_COMMANDS:
            after_circle = True
            parts.append(_circle(item, frame))
        elif item.command in POLYGON_COMMANDS:
            count = vertex_count(item)
            parts.append(_polygon(items[index : index + count], count, frame))
            step = 1 if after_circle else count
        # A return point, or what belongs in a mission, is passed over.
        index += step
    return tuple(parts)


def _circle(item: WireItem, frame: LocalFrame) -> FencePart:
    return FencePart(
        corners=(_corner(item, frame),),
        # Its square counts: the sign is lost, and what is not a number holds no place.
        radius_m=abs(item.param1) if item.param1 == item.param1 else 0.0,
        inside=item.command == CIRCLE_IN,
        middle=_degrees(item),
        named_radius_m=item.param1,
    )


def _polygon(run: Sequence[WireItem], count: int, frame: LocalFrame) -> FencePart:
    return FencePart(
        corners=tuple(_corner(item, frame) for item in run),
        radius_m=0.0,
        inside=run[0].command == POLYGON_IN,
        edges=tuple(_edges(run)) if len(run) == count else (),
        ring=tuple(map(_degrees, run)),
        vertices=count,
    )


def _edges(run: Sequence[WireItem]) -> Iterator[Edge]:
    """Each corner with the one before it, up to an item that has no place."""
    before = run[-1]
    for item in run:
        if item.frame not in GLOBAL_FRAMES:
            return
        yield _degrees(item), _degrees(before)
        before = item


def _degrees(item: WireItem) -> Degrees:
    if item.frame not in GLOBAL_FRAMES:
        return Degrees(0.0, 0.0)
    return Degrees(item.x * DEGREES_PER_UNIT, item.y * DEGREES_PER_UNIT)


def _corner(item: WireItem, frame: LocalFrame) -> Ned:
    return frame.ned(Geo(*_degrees(item), frame.origin.height_amsl_m))
