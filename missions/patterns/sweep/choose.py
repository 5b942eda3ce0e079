"""The quickest way that shows enough: passes at several angles, and spirals, all polished."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
import shapely.ops
from shapely.geometry import Polygon

from missions.errors import BadInput
from missions.patterns.ground import polygons_of
from missions.patterns.inside import TOLERANCE_M, Inside, Point
from missions.patterns.sweep.core.kernels import Array
from missions.patterns.sweep.mend import mend
from missions.patterns.sweep.passes import Layout, Pass, lay_out
from missions.patterns.sweep.polisher import Polished, Polisher
from missions.patterns.sweep.quick_inside import QuickInside
from missions.patterns.sweep.rings import spirals
from missions.patterns.sweep.way import SAME_M, Way
from missions.patterns.sweep.ways import clear_legs, joined, variants_of
from missions.vehicle import Vehicle

Flags = npt.NDArray[np.bool_]

UNIFORM_ANGLES = 12
EDGE_ANGLES = 6
ANGLES_APART_RAD = math.radians(1.0)
PASSES_PLANNED = 3
# Passes that show less than this part of an area, about, are tried at other phases too.
SHOWN_BY_PASSES = 0.85
PHASES = (0.1, 0.25, 0.4, 0.6, 0.75, 0.9)
# Their order takes the square of their number; what is left of a ragged area is visited afterwards.
MOST_CELLS = 300
# More than that, and planning would take minutes.
MOST_PIECES = 600
# An outline of so many corners, within which no leaner one is as good, is flown as it comes.
RAGGED, MOST_CELLS_RAGGED = 800, 30
# Rings within an outline of more corners, most of them holes', take minutes to shrink.
MOST_SPIRALLED = 10_000
# Ways are mended, and then polished, that are at most so much slower than the quickest: of their
# kind, of all, and of those polished.
WORTH_MENDING, WORTH_BEGINNING, WORTH_ENDING = 1.03, 1.075, 1.005
# The part of the area that the way shows, as checked, as polished in the end and at first.
SHOWN = 0.9972
SHOWN_AT_THE_END = 0.9977
SHOWN_AT_FIRST = 0.9984
TOLERATED = 0.0003
# Visits to what passes leave take so many times what it takes to sweep as much.
MENDING_TIMES = 2.5
# What polishing cannot mend.
LEFT_AFTER_POLISH = 0.003
# Outlines of more points than this are flown within a leaner one, this much of the swath inside.
MANY_POINTS = 150
LEAN_SWATHS = 0.02


@dataclass(frozen=True, slots=True)
class Chosen:
    """A way of (n, 2) metres and the part of the area (0..1) that it shows."""

    points: Array
    seen: float
    time_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What to sweep and with what; `angle_rad` is the passes' direction where that is given."""

    polygon: Polygon
    swath_m: float
    vehicle: Vehicle
    speed_m_s: float
    home: Point | None = None
    angle_rad: float | None = None


def quickest(task: Task) -> Chosen:
    """The quickest of the ways that show enough, or the one that shows most."""
    lean = _lean(task.polygon, task.swath_m)
    found = _quickest_within(task, lean)
    if found.seen < SHOWN - 0.005 and lean is not task.polygon:
        whole = _quickest_within(task, task.polygon)
        return whole if whole.seen > found.seen else found
    return found


def _quickest_within(task: Task, within: Polygon) -> Chosen:
    inside = QuickInside(within)
    polisher = Polisher(
        inside,
        task.polygon,
        swath_m=task.swath_m,
        vehicle=task.vehicle,
        speed_m_s=task.speed_m_s,
    )
    begun = [
        polisher.begin(way.points, _fixed(way, task), seen=SHOWN_AT_FIRST)
        for way in _promising(_ways(task, inside, polisher), task, inside, polisher)
    ]
    least_s = min(one.time_s for one in begun)
    finished = [
        _finish(one, task, inside, polisher)
        for one in begun
        if one.time_s <= WORTH_ENDING * least_s
    ]
    best = min(finished, key=lambda one: (max(0.0, SHOWN - TOLERATED - one.seen), one.time_s))
    return _from_home(best, task.home)


def _promising(
    ways: list[tuple[str, Way]], task: Task, inside: Inside, polisher: Polisher
) -> list[Way]:
    """The best way of each kind, mended, if it is not far behind the quickest of all."""
    worths = [_worth_s(way.points, polisher) for _, way in ways]
    least = _least_of_kinds(ways, worths)
    near = [
        (kind, way)
        for (kind, way), worth_s in zip(ways, worths, strict=True)
        if worth_s <= WORTH_MENDING * least[kind]
    ]
    for _, way in near:
        mend(way, inside, polisher.raster, task.swath_m, leave=1.0 - SHOWN_AT_FIRST)
    times = [polisher.time_s(way.points) for _, way in near]
    least = _least_of_kinds(near, times)
    most = WORTH_BEGINNING * min(times)
    return [
        way
        for (kind, way), time_s in zip(near, times, strict=True)
        if time_s == least[kind] and time_s <= most
    ]


def _least_of_kinds(ways: list[tuple[str, Way]], values: list[float]) -> dict[str, float]:
    least: dict[str, float] = {}
    for (kind, _), value in zip(ways, values, strict=True):
        least[kind] = min(value, least.get(kind, math.inf))
    return least


def _worth_s(points: Array, polisher: Polisher) -> float:
    """A way's time, and about what it takes to show what it misses."""
    missed = 1.0 - polisher.raster.part_seen(points)
    return polisher.time_s(points) + missed * polisher.sweep_s * MENDING_TIMES


def _fixed(way: Way, task: Task) -> Flags:
    """The legs whose direction is asked for."""
    fixed = np.zeros(len(way.points), np.bool_)
    if task.angle_rad is not None:
        fixed[:-1] = way.kept
    return fixed


def _from_home(chosen: Chosen, home: Point | None) -> Chosen:
    """The way begins at its end nearer to home."""
    ends = chosen.points[0], chosen.points[-1]
    if home is None or math.dist(ends[0], home) <= math.dist(ends[1], home):
        return chosen
    return Chosen(chosen.points[::-1].copy(), chosen.seen, chosen.time_s)


def _ways(task: Task, inside: Inside, polisher: Polisher) -> list[tuple[str, Way]]:
    layouts = _layouts(task, inside.polygon)
    ragged = inside.polygon is task.polygon and _corners(task.polygon) > RAGGED
    layouts, most = (layouts[:1], MOST_CELLS_RAGGED) if ragged else (layouts, MOST_CELLS)
    cells = [("passes", variants_of(layout.longest(most))) for layout in layouts]
    if task.angle_rad is None and not ragged and _corners(inside.polygon) <= MOST_SPIRALLED:
        spiral = spirals(inside.polygon, task.swath_m, _inset_m(task, inside), polisher.time_s)
        cells += [("spirals", spiral)] if spiral else []
    return [
        (kind, joined(each, inside, task.home, task.vehicle, task.speed_m_s))
        for kind, each in cells
    ]


def _finish(one: Polished, task: Task, inside: Inside, polisher: Polisher) -> Chosen:
    one = polisher.end(one.points, one.fixed, seen=SHOWN_AT_THE_END)
    if one.seen < SHOWN_AT_THE_END - LEFT_AFTER_POLISH:
        way = _mended(one, inside, polisher, task.swath_m)
        one = polisher.end(way.points, _fixed(way, task), seen=SHOWN_AT_THE_END)
    seen = polisher.check(one.points)
    if seen < SHOWN - TOLERATED:
        one = polisher.again(one.points, one.fixed, seen=SHOWN_AT_THE_END)
    shortest_m = polisher.shortest_leg_m if task.angle_rad is None else SAME_M
    points = _without_short_legs(_kept_inside(one.points, inside), inside, shortest_m)
    return Chosen(points, polisher.check(points), polisher.time_s(points))


def _without_short_legs(points: Array, inside: Inside, shortest_m: float) -> Array:
    """The way less the points too near to the one before, where it stays inside without them."""
    kept = [points[0]]
    for i in range(1, len(points)):
        last = i == len(points) - 1
        near = math.dist(kept[-1], points[i]) < shortest_m
        if near and last and len(kept) > 1:
            if inside.sees(tuple(kept[-2]), tuple(points[i])):
                kept.pop()
        elif near and not last and inside.sees(tuple(kept[-1]), tuple(points[i + 1])):
            continue
        kept.append(points[i])
    return np.array(kept)


def _kept_inside(points: Array, inside: Inside) -> Array:
    """The way, where a leg does not stay inside by another way: what was proven by the kernels'
    arithmetic is proven again by exact predicates."""
    if clear_legs(points, inside.polygon.buffer(TOLERANCE_M, join_style="mitre")).all():
        return points
    way = Way()
    for place in points:
        point = shapely.Point(place)
        if not inside.polygon.covers(point):
            point, _ = shapely.ops.nearest_points(inside.polygon, point)
        way.go_inside((point.x, point.y), inside)
    return way.points


def _mended(one: Polished, inside: Inside, polisher: Polisher, swath_m: float) -> Way:
    way = Way()
    for (x, y), fixed in zip(one.points, (False, *one.fixed[:-1]), strict=True):
        way.go((float(x), float(y)), kept=bool(fixed))
    mend(way, inside, polisher.raster, swath_m, leave=1.0 - SHOWN_AT_THE_END)
    return way


def _lean(polygon: Polygon, swath_m: float) -> Polygon:
    """A polygon of fewer points within one of many, if it is as good to fly in."""
    if _corners(polygon) < MANY_POINTS:
        return polygon
    by = LEAN_SWATHS * swath_m
    shrunk = polygon.buffer(-by, join_style="mitre")
    parts = polygons_of(shrunk.simplify(by * 0.98))
    if len(parts) != 1 or not parts[0].is_valid:
        return polygon
    (lean,) = parts
    return lean if lean.area > shrunk.area - by * shrunk.length else polygon


def _corners(polygon: Polygon) -> int:
    return len(polygon.exterior.coords) + sum(len(ring.coords) for ring in polygon.interiors)


def _inset_m(task: Task, inside: Inside) -> float:
    return 0.0 if inside.polygon is task.polygon else LEAN_SWATHS * task.swath_m


def _layouts(task: Task, within: Polygon) -> list[Layout]:
    """The passes at the angles that promise most."""
    angles = [task.angle_rad] if task.angle_rad is not None else _angles(within)
    speed, swath = task.speed_m_s, task.swath_m
    turn_s = speed / task.vehicle.acceleration_m_s2 + swath / speed

    def estimate(layout: Layout) -> float:
        missed_m2 = max(0.0, SHOWN_BY_PASSES * within.area - layout.shown_m2)
        mending_s = MENDING_TIMES * missed_m2 / (swath * speed)
        turns_s = turn_s * (layout.pass_count + len(layout.cells))
        return layout.length_m / speed + turns_s + mending_s

    def laid_out(angle: float) -> Layout:
        """Where passes fall beside what is to be seen, as with regular gaps, they are shifted."""
        found = lay_out(within, shown=task.polygon, angle_rad=angle, spacing_m=swath)
        if found.shown_m2 >= SHOWN_BY_PASSES * within.area:
            return found
        shifted = [
            lay_out(within, shown=task.polygon, angle_rad=angle, spacing_m=swath, phase=phase)
            for phase in PHASES
        ]
        return min((found, *shifted), key=estimate)

    layouts = [laid_out(angle) for angle in angles]
    usable = [layout for layout in layouts if layout.cells]
    pieces = min((len(layout.cells) for layout in usable), default=0)
    if pieces > MOST_PIECES:
        what = f"its passes fall into {pieces} pieces or more: split it, or use a wider swath"
        raise BadInput(where="area", what=what)
    return sorted(usable, key=estimate)[:PASSES_PLANNED] or [_middle_line(within)]


def _angles(polygon: Polygon) -> list[float]:
    """Directions worth trying: along the longest edges, and evenly spread."""
    edges = np.diff(np.array(polygon.exterior.coords), axis=0)
    lengths = np.hypot(edges[:, 0], edges[:, 1])
    directions = np.arctan2(edges[:, 1], edges[:, 0]) % math.pi
    bins = np.round(directions / math.radians(2.0)).astype(int)
    weights = np.bincount(bins, weights=lengths)
    longest = np.argsort(-weights, kind="stable")[:EDGE_ANGLES]
    along = [
        float(directions[bins == one][lengths[bins == one].argmax()])
        for one in longest
        if weights[one] > 0.0
    ]
    spread = [math.pi * i / UNIFORM_ANGLES for i in range(UNIFORM_ANGLES)]
    return along + [one for one in spread if all(_apart(one, other) for other in along)]


def _apart(one: float, other: float) -> bool:
    """Whether two directions of passes differ enough to try both."""
    gap = abs(one - other) % math.pi
    return min(gap, math.pi - gap) > ANGLES_APART_RAD


def _middle_line(polygon: Polygon) -> Layout:
    """For a place smaller than any pass: one pass of no length at its middle."""
    inner = polygon.representative_point()
    return Layout(0.0, ((Pass(0, inner.y, inner.x, inner.x),),))
