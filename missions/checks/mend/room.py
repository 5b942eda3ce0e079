"""Where a leg may go: within every inclusion fence, out of everything that forbids."""

import shapely
from shapely.geometry import LineString, MultiPoint
from shapely.geometry.base import BaseGeometry

from missions.checks.around.airspace import RULES as AIRSPACE_RULES
from missions.checks.around.airspace import incursions
from missions.checks.around.crossing import area_shape, near_track
from missions.checks.around.people import is_crowd
from missions.checks.finding import Severity
from missions.checks.mend.situation import Situation
from missions.checks.places import FenceShape
from missions.checks.px4_fence import KeptFence
from missions.checks.surroundings import track_in
from missions.geodesy import GeoPoint, LocalPlane
from missions.patterns.ground import polygons_of
from missions.patterns.inside import Inside
from missions.plan import Plan

ROOM_M = 2000.0
CLEARANCES_M = (10.0, 4.0, 1.0)
FENCE = "the fence's exclusion"


class Room:
    """All that forbids, on one plane; `named` are the shapes that it is made of."""

    named: tuple[tuple[str, BaseGeometry], ...]

    def __init__(self, plan: Plan, situation: Situation) -> None:
        assert plan.home is not None
        self.plane = LocalPlane(plan.home.position)
        fence = FenceShape(KeptFence.of(plan.fence, plan.home.position).fence, self.plane)
        self._inclusions = fence.inclusions
        exclusions = [(FENCE, shape) for shape in fence.exclusions]
        self.named = (*exclusions, *_zones(plan, situation, self.plane))
        shapes = [shape for _, shape in self.named]
        self._forbidden = shapely.union_all(shapes) if shapes else None

    @property
    def closed(self) -> BaseGeometry:
        """All that forbids as one shape, and what lies about the fence's inclusions."""
        shapes = [shape for _, shape in self.named]
        for inclusion in self._inclusions:
            about = inclusion.envelope.buffer(ROOM_M, join_style="mitre")
            shapes.append(about.difference(inclusion))
        return shapely.union_all(shapes)

    def crosses(self, a: GeoPoint, b: GeoPoint) -> bool:
        """Whether the straight leg goes where it must not."""
        line = LineString((self.plane.en(a), self.plane.en(b)))
        beyond = any(not one.covers(line) for one in self._inclusions)
        return beyond or (self._forbidden is not None and self._forbidden.intersects(line))

    def way(self, a: GeoPoint, b: GeoPoint, clearance_m: float) -> tuple[GeoPoint, ...] | None:
        """The places between a and b of a shortest way that keeps clear; None where none does."""
        start, goal = self.plane.en(a), self.plane.en(b)
        ends = MultiPoint((start, goal))
        span = LineString((start, goal)).length
        room: BaseGeometry = ends.envelope.buffer(ROOM_M + span)
        for inclusion in self._inclusions:
            room = room.intersection(inclusion.buffer(-clearance_m))
        if self._forbidden is not None:
            # Fewer corners cost half of the room at most, and are fewer waypoints.
            grown = self._forbidden.buffer(clearance_m, quad_segs=2).simplify(clearance_m / 2.0)
            room = room.difference(grown)
        for piece in polygons_of(room):
            if piece.buffer(0.01).covers(ends):
                way = Inside(piece).route(start, goal)[1:-1]
                return tuple(self.plane.geo(*point) for point in way)
        return None


def _zones(plan: Plan, situation: Situation, plane: LocalPlane) -> list[tuple[str, BaseGeometry]]:
    """Zones that are an error to enter, as far as the flight enters them, and crowds."""
    around = situation.surroundings
    if around is None or not (around.airspace or around.people):
        return []
    track = track_in(plan, situation.vehicle, around, situation.terrain)
    if track is None:
        return []
    zones = [zone for airspace in around.airspace for zone in airspace.zones]
    entered = incursions(
        track, zones, at=around.at, authorised=around.authorised, terrain=situation.terrain
    )
    shapes: list[tuple[str, BaseGeometry]] = []
    for one in entered:
        if AIRSPACE_RULES[one.zone.restriction][1] is Severity.ERROR:
            shapes.append((one.zone.title, shapely.union_all(one.shapes)))
    crowds = [
        (area.name or "the crowd", area_shape(area, plane))
        for area in around.people
        if is_crowd(area) and near_track(track, area, ROOM_M)
    ]
    return [*shapes, *crowds]
