"""Whether a reaction stays within the fence, outside of zones, and between floor and ceiling.

The whole of it is looked at: the convex hull of every place that is flown from, to and back to, and
of the circle between them, widened by a margin. Straight ways between any of them lie within.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from shapely.geometry import MultiPoint, Point
from shapely.geometry.base import BaseGeometry

from missions.airspace.zone import Restriction, Volume, Zone
from missions.checks.places import FenceShape
from missions.geodesy import LocalPlane
from missions.heights import HeightAmsl
from missions.plan import Fence
from onboard.executive.refusal import Refusal, Why
from onboard.executive.tasking import Limits
from onboard.mavlink.command import CommandPlace
from onboard.mavlink.mission_leg import geo_point, metres_between

HARMLESS = frozenset((Restriction.NO_RESTRICTION, Restriction.CONDITIONAL))
QUARTER = 16
# Degrees and millimetres on the wire.
SAME_M = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """What is to be flown: from `start`, by `ways` as high as the patrol, to `target` and back.

    `radius_m` above 0: round the target. `ground_amsl_m` is the ground's height at the event.
    """

    start: CommandPlace
    ways: tuple[CommandPlace, ...] = ()
    target: CommandPlace | None = None
    radius_m: float = 0.0
    ground_amsl_m: float | None = None

    @property
    def places(self) -> tuple[CommandPlace, ...]:
        """All of them, the target last."""
        return (self.start, *self.ways, *(() if self.target is None else (self.target,)))


class Bounds:
    """The bounds of a vehicle with its home and the fence on board (None: it is not known).

    Zones count at any time of day: the executive asks nobody for leave.
    """

    def __init__(
        self,
        *,
        home: CommandPlace,
        fence: Fence | None,
        zones: Sequence[Zone],
        limits: Limits,
    ) -> None:
        self._home = home
        self._limits = limits
        self._plane = LocalPlane(geo_point(home))
        self._fence = None if fence is None else FenceShape(fence, self._plane)
        self._zones = [
            (zone.title, volume, volume.shape(self._plane))
            for zone in zones
            if zone.restriction not in HARMLESS
            for volume in zone.volumes
        ]

    def refuses(self, flight: Flight) -> Refusal | None:
        """Why a flight is not within the bounds; None where it is."""
        no_fence = self._fence is None or self._fence.empty
        if no_fence and self._limits.fence_needed:
            return Refusal(why=Why.NO_FENCE)
        return self._too_low_or_high(flight) or self._too_far(flight) or self._crosses(flight)

    def holds(self, place: CommandPlace) -> bool:
        """Whether a place is within fence and zones, with no margin."""
        return self._forbidden(Point(self._plane.en(geo_point(place))), place.height_amsl_m) is None

    def _too_low_or_high(self, flight: Flight) -> Refusal | None:
        # How high the patrol itself flies is its plan's business: only what is added is judged.
        if flight.target is None:
            return None
        home_m, limits = self._home.height_amsl_m, self._limits
        ground_m = max(home_m, flight.ground_amsl_m or home_m)
        above_m = flight.target.height_amsl_m - ground_m
        if above_m < limits.floor_m - SAME_M:
            return Refusal(why=Why.FLOOR, about={"height": above_m, "floor": limits.floor_m})
        high_m = flight.target.height_amsl_m - home_m
        if high_m > limits.ceiling_m + SAME_M:
            return Refusal(why=Why.CEILING, about={"height": high_m, "ceiling": limits.ceiling_m})
        return None

    def _too_far(self, flight: Flight) -> Refusal | None:
        far_m = max(metres_between(flight.start, place) for place in flight.places)
        far_m += flight.radius_m
        if far_m > self._limits.reach_m:
            return Refusal(why=Why.REACH, about={"far": far_m, "reach": self._limits.reach_m})
        return None

    def _crosses(self, flight: Flight) -> Refusal | None:
        highest_m = max(place.height_amsl_m for place in flight.places)
        return self._forbidden(self._swept(flight), highest_m)

    def _swept(self, flight: Flight) -> BaseGeometry:
        points = [Point(self._plane.en(geo_point(place))) for place in flight.places]
        shape: BaseGeometry = MultiPoint(points)
        if flight.radius_m > 0.0:
            shape = shape.union(points[-1].buffer(flight.radius_m, quad_segs=QUARTER))
        return shape.convex_hull.buffer(self._limits.margin_m, quad_segs=QUARTER)

    def _forbidden(self, shape: BaseGeometry, highest_amsl_m: float) -> Refusal | None:
        if self._fence is not None and not self._fence.breach(shape).is_empty:
            return Refusal(why=Why.FENCE)
        for title, volume, outline in self._zones:
            if not _above(volume, highest_amsl_m) and outline.intersects(shape):
                return Refusal(why=Why.ZONE, about={"zone": title})
        return None


def _above(volume: Volume, highest_amsl_m: float) -> bool:
    """Whether a volume begins surely above; one told from the ground is never sure of it."""
    return isinstance(volume.lower, HeightAmsl) and volume.lower.m > highest_amsl_m
