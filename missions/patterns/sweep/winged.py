"""Sweeping an area with a fixed wing or a VTOL: straight passes, joined by turns of a radius.

The order of the passes makes the turns short (passes are skipped where the next is nearer than two
radii); the course of the passes is chosen for the least time in the wind. Turns lie outside the
area unless it is to be kept to, never over its holes or a no-fly zone.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from missions.area import Area, middle, ring_geo
from missions.errors import BadInput
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.path import Gaze, PathPoint, PatrolPath
from missions.patterns.ground import MARGIN_M, ZONE_CLEARANCE_M, flyable
from missions.patterns.sweep.winged_fill import Seen, filled_up
from missions.patterns.sweep.winged_passes import Ground, Pass, passes_at
from missions.patterns.sweep.winged_ways import Joined, in_order, joined
from missions.patterns.turns.corners import CLOSE_M, apart, corners_of
from missions.patterns.turns.detours import Turns
from missions.vehicle import Vehicle
from missions.wind import CALM, Wind

ENOUGH_SEEN, SEEN_ALIKE = 0.993, 1e-3
# Passes at other courses are added, for what obstacles leave unseen, until so much is seen.
FILLED_UP_TO = 0.997
# Courses that are looked at, besides those of the outline's longest sides, and worked out.
COURSES, SIDES, WORKED_OUT = 12, 6, 3
# Straight flight before and behind what is seen: to settle on the line, and to pass its end.
RUN_S = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Passes over a ground, and what they show of it."""

    ground: Ground
    seen: Seen
    swath_m: float
    radius_m: float
    run_m: float

    def all(self, courses: list[float]) -> list[list[Pass]]:
        """The passes at each course at which there are any."""
        return [passes for course in courses if (passes := self._at(course, self.ground))]

    def guess_m(self, passes: list[Pass]) -> float:
        """Metres of passes, runs and a turn of half a circle each, for each share that is seen."""
        straight = sum(math.dist(one.begin, one.end) + sum(one.runs_m) for one in passes)
        metres = straight + math.pi * self.radius_m * len(passes)
        return metres / max(self.seen.about(passes), 1e-6)

    def filled_up(self, passes: list[Pass]) -> list[Pass]:
        """The passes and, at other courses, such that show what they leave out."""
        return filled_up(
            self.seen, passes, enough=FILLED_UP_TO, run_m=self.run_m, radius_m=self.radius_m
        )

    def _at(self, course: float, ground: Ground) -> list[Pass]:
        return passes_at(
            ground, course, swath_m=self.swath_m, run_m=self.run_m, radius_m=self.radius_m
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    joined: Joined
    seen: float
    time_s: float


def winged_sweep(
    area: Area,
    *,
    swath_m: float,
    height: HeightAboveHome,
    vehicle: Vehicle,
    speed_m_s: float,
    no_fly: tuple[Area, ...] = (),
    zone_clearance_m: float = ZONE_CLEARANCE_M,
    angle_rad: float | None = None,
    start: GeoPoint | None = None,
    gaze: Gaze | None = None,
    trigger_distance_m: float | None = None,
    wind: Wind = CALM,
    keep_inside: bool = False,
) -> PatrolPath:
    """A way for wings that shows the area in straight flight.

    Arguments as of `sweep`; `speed_m_s` is an air speed. `keep_inside` keeps turns in the area too,
    which leaves its margins unseen.

    Raises:
        BadInput: the area encloses nothing to fly in, or no course can be held in the wind.
    """
    if not swath_m > 0.0:
        raise BadInput(where="swath", what=f"{swath_m} m is not above zero")
    try:
        plane = LocalPlane(middle(area.outer))
    except ValueError as error:
        raise BadInput(where=area.name or "area", what=str(error)) from error
    polygon, notes = flyable(area, plane=plane, no_fly=no_fly, zone_clearance_m=zone_clearance_m)
    ground = _ground(plane, area, polygon, no_fly, zone_clearance_m, keep_inside)
    radius = turn_radius_m(vehicle, speed_m_s, wind)
    home = plane.en(start) if start is not None else None
    best = _best(ground, swath_m, speed_m_s, radius, wind, home, angle_rad)
    return PatrolPath(
        pattern="sweep",
        points=_points(best.joined, plane, height, home),
        gaze=gaze,
        swath_m=swath_m,
        trigger_distance_m=trigger_distance_m,
        notes=(*notes, *_notes(best, keep_inside)),
        figures={"passes": len(best.joined.passes), "turn_radius_m": round(radius, 1)},
    )


def turn_radius_m(vehicle: Vehicle, speed_m_s: float, wind: Wind) -> float:
    """The radius over the ground that a vehicle can hold everywhere round a turn, metres.

    At the same bank the radius grows with the square of the speed over the ground, which is
    greatest with the wind from behind.
    """
    fastest = speed_m_s + wind.speed_m_s
    return vehicle.turn_radius_m * (fastest / vehicle.cruise_speed_m_s) ** 2


def straight_run_m(speed_m_s: float, radius_m: float) -> float:
    """Straight flight before and behind what is to be seen, metres."""
    return max(RUN_S * speed_m_s, radius_m)


def _ground(
    plane: LocalPlane,
    area: Area,
    polygon: Polygon,
    no_fly: tuple[Area, ...],
    zone_clearance_m: float,
    keep_inside: bool,
) -> Ground:
    holes = [Polygon(ring) for ring in polygon.interiors]
    zones = [
        shapely.make_valid(zone.polygon(plane)).buffer(zone_clearance_m + CLOSE_M)
        for zone in no_fly
    ]
    # Corners of a turn that lie close together are written as one: so much may be cut off.
    inner = [hole.buffer(CLOSE_M - MARGIN_M, quad_segs=2) for hole in holes]
    forbidden: BaseGeometry = shapely.union_all([*zones, *inner]) if zones or inner else _nothing()
    shapely.prepare(forbidden)
    allowed = polygon.buffer(-CLOSE_M) if keep_inside else None
    if allowed is not None:
        shapely.prepare(allowed)
    return Ground(polygon=polygon, forbidden=forbidden, allowed=allowed)


def _nothing() -> BaseGeometry:
    return MultiPolygon()


def _best(
    ground: Ground,
    swath_m: float,
    speed_m_s: float,
    radius_m: float,
    wind: Wind,
    home: tuple[float, float] | None,
    angle_rad: float | None,
) -> _Way:
    turns = Turns(radius_m, ground.may_fly, ground.forbidden, ground.allowed, ground.polygon)
    ground = replace(ground, room=turns.room)
    layout = _Layout(
        ground=ground,
        seen=Seen(ground, swath_m),
        swath_m=swath_m,
        radius_m=radius_m,
        run_m=straight_run_m(speed_m_s, radius_m),
    )
    laid = [(layout.guess_m(one), one) for one in layout.all(_courses(ground.polygon, angle_rad))]
    if not laid:
        raise BadInput(where="area", what=f"no pass with turns of {radius_m:.0f} m fits into it")
    ordered = []
    for _, passes in sorted(laid, key=lambda one: one[0])[:WORKED_OUT]:
        filled = layout.filled_up(passes)
        ordered.append((in_order(filled, turns.room, radius_m, home), layout.seen.part(filled)))
    ways = list[_Way]()
    for one, could_see in sorted(ordered, key=lambda each: each[0].least_m):
        least_s = one.least_m / (speed_m_s + wind.speed_m_s)
        if any(least_s >= way.time_s and could_see <= way.seen + SEEN_ALIKE for way in ways):
            continue
        made = joined(one, turns)
        seen = layout.seen.part([each for each, _ in made.passes])
        ways.append(_Way(joined=made, seen=seen, time_s=made.time_s(speed_m_s, wind)))
    held = [way for way in ways if math.isfinite(way.time_s)]
    if not held:
        what = f"no course can be held at {speed_m_s:g} m/s of air speed"
        raise BadInput(where="wind", what=what)
    most = max(way.seen for way in held)
    enough = [way for way in held if way.seen >= min(most, ENOUGH_SEEN) - SEEN_ALIKE]
    return min(enough, key=lambda way: way.time_s)


def _courses(polygon: BaseGeometry, angle_rad: float | None) -> list[float]:
    if angle_rad is not None:
        return [math.pi / 2.0 - angle_rad]
    ring = shapely.get_coordinates(polygon.convex_hull)
    sides = np.diff(ring, axis=0)
    longest = np.argsort(-np.hypot(sides[:, 0], sides[:, 1]))[:SIDES]
    found = [math.atan2(*sides[index]) % math.pi for index in longest]
    return found + [math.pi * k / COURSES for k in range(COURSES)]


def _points(
    made: Joined, plane: LocalPlane, height: HeightAboveHome, home: tuple[float, float] | None
) -> tuple[PathPoint, ...]:
    corners: list[tuple[float, float]] = []
    for index, (one, back) in enumerate(made.passes):
        if index:
            for way in made.turns[index - 1]:
                corners += corners_of(way)
        corners += [(float(state[0]), float(state[1])) for state in one.states(back=back)]
    kept = apart(corners)
    if home is not None and math.dist(kept[-1], home) < math.dist(kept[0], home):
        kept.reverse()
    geo = ring_geo(plane, np.array(kept))
    return tuple(PathPoint(position=point, height=height) for point in geo)


def _notes(best: _Way, keep_inside: bool) -> tuple[str, ...]:
    notes: list[str] = []
    if best.seen < ENOUGH_SEEN:
        why = "turns are kept inside it" if keep_inside else "wings cannot turn in what is left"
        notes.append(f"sees {best.seen:.1%} of the area: {why}")
    if best.joined.left_out:
        notes.append(f"{best.joined.left_out} passes are left out: no turn leads to them")
    if not keep_inside:
        notes.append("turns lie outside the area; --keep-inside keeps them in, and sees less")
    return tuple(notes)
