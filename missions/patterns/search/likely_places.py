"""A probability map swept in the order that finds soonest."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.affinity import rotate
from shapely.geometry import LineString, Polygon

from missions.area import Area, middle, ring_geo
from missions.errors import BadInput
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.path import Gaze, PathPoint, PatrolPath
from missions.patterns.ground import ZONE_CLEARANCE_M, flyable
from missions.patterns.inside import Inside, Point
from missions.patterns.search.belief import Belief, samples_of
from missions.patterns.search.datum import spacing_of
from missions.patterns.search.soonest_order import Strips, soonest_order
from missions.time_model import leg_times_s
from missions.vehicle import Vehicle

Array = npt.NDArray[np.float64]

# Strips whose order is sought; a larger place is cut into longer ones.
MOST_STRIPS = 130
SHORTEST_STRIP_SWATHS = 2.0
MOST_ROWS = 5000
# What all the least likely strips together may weigh to be left out: a normal distribution has no
# end.
LEFT_OUT = 0.001
STRAIGHT_M = 0.05


@dataclass(frozen=True, slots=True)
class _Cut:
    """The ground cut into strips: ends, shape (n, 2, 2), mass of each, and which row it lies in."""

    ends: Array
    masses: Array
    rows: npt.NDArray[np.int64]


def likely_places_first(
    within: Area,
    beliefs: Sequence[Belief],
    *,
    swath_m: float,
    height: HeightAboveHome,
    vehicle: Vehicle,
    speed_m_s: float,
    no_fly: tuple[Area, ...] = (),
    start: GeoPoint | None = None,
    gaze: Gaze | None = None,
    trigger_distance_m: float | None = None,
) -> PatrolPath:
    """All ground that has any probability worth flying for, in the order that finds soonest.

    The path's figures say the expected and the median time until what is sought is seen, if it is
    on the ground of the search and is seen when flown over.

    Raises:
        BadInput: the area encloses nothing to fly in, or no weight lies on it.
    """
    where = within.name or "search"
    spacing = spacing_of(swath_m)
    try:
        plane = LocalPlane(middle(within.outer))
    except ValueError as error:
        raise BadInput(where=where, what=str(error)) from error
    ground, notes = flyable(within, plane=plane, no_fly=no_fly, zone_clearance_m=ZONE_CLEARANCE_M)
    samples = samples_of(ground, plane, beliefs)
    inside = Inside(ground)
    home = plane.en(start) if start is not None else None
    best: tuple[float, list[Point]] | None = None
    for angle in _angles(ground):
        found = _planned(ground, samples, inside, spacing, angle, home, vehicle, speed_m_s, where)
        if best is None or found[0] < best[0]:
            best = found
    assert best is not None
    seen = seen_at(np.array(best[1]), samples, swath_m, vehicle, speed_m_s, home)
    return PatrolPath(
        pattern="search",
        points=tuple(
            PathPoint(position=point, height=height) for point in ring_geo(plane, np.array(best[1]))
        ),
        gaze=gaze,
        swath_m=swath_m,
        trigger_distance_m=trigger_distance_m,
        notes=notes,
        figures=_figures(seen, samples),
    )


def seen_at(
    way: Array,
    samples: Array,
    swath_m: float,
    vehicle: Vehicle,
    speed_m_s: float,
    home: Point | None = None,
) -> Array:
    """When each sample is first within half a swath of the path, seconds; infinite where never.

    Timed from the start of the path, or from `home` where given.
    """
    points = np.asarray(way, dtype=np.float64)
    if home is not None:
        points = np.vstack((np.array(home), points))
    legs = leg_times_s(points, vehicle, speed_m_s=speed_m_s)
    begins = np.concatenate(([0.0], np.cumsum(legs)))
    tracks, times = [], []
    first = 0 if home is None else 1
    for i, (a, b) in enumerate(itertools.pairwise(points)):
        if i < first:
            continue
        steps = max(1, math.ceil(math.dist(a, b) / (swath_m / 8.0)))
        share = np.arange(steps + 1)[:, None] / steps
        tracks.append(a + share * (b - a))
        times.append(begins[i] + share[:, 0] * legs[i])
    track, when = np.concatenate(tracks), np.concatenate(times)
    # Imported where it is needed: no other pattern need wait for it.
    from scipy.spatial import cKDTree

    near = cKDTree(track).query_ball_point(samples[:, :2], swath_m / 2.0 * 1.01)
    return np.array([when[hits].min() if hits else math.inf for hits in near])


def _figures(seen: Array, samples: Array) -> dict[str, float]:
    order = np.argsort(seen, kind="stable")
    found = np.isfinite(seen)
    mass = samples[:, 2]
    share = float(mass[found].sum())
    reached = np.cumsum(mass[order])
    half = float(seen[order][min(int(np.searchsorted(reached, 0.5)), len(seen) - 1)])
    mean = float((seen[found] * mass[found]).sum()) / max(share, 1e-12)
    figures = {"probability_flown": round(share, 4), "expected_time_to_find_s": round(mean, 1)}
    return figures | ({"half_found_after_s": round(half, 1)} if math.isfinite(half) else {})


def _angles(ground: Polygon) -> list[float]:
    """Along the ground's longer side, and across it."""
    box = shapely.minimum_rotated_rectangle(ground)
    assert isinstance(box, Polygon)
    corners = np.array(box.exterior.coords)
    a, b = corners[1] - corners[0], corners[2] - corners[1]
    longer = a if np.hypot(*a) >= np.hypot(*b) else b
    along = math.atan2(longer[1], longer[0])
    return [along, along + math.pi / 2.0]


def _planned(
    ground: Polygon,
    samples: Array,
    inside: Inside,
    spacing: float,
    angle: float,
    home: Point | None,
    vehicle: Vehicle,
    speed: float,
    where: str,
) -> tuple[float, list[Point]]:
    strips = _cut(ground, samples, spacing, angle, where)
    timed = _timed(strips, inside, home, vehicle, speed)
    order, _ = soonest_order(timed, _to_and_fro(strips))
    way: list[Point] = []
    for state in order:
        a, b = strips.ends[state // 2][:: -1 if state % 2 else 1]
        first, last = (float(a[0]), float(a[1])), (float(b[0]), float(b[1]))
        way += [first, last] if not way else [*inside.route(way[-1], first)[1:], last]
    way = _straightened(way)
    seen = seen_at(np.array(way), samples, spacing, vehicle, speed, home)
    missed = ~np.isfinite(seen)
    late = float(seen[~missed].max()) if (~missed).any() else 0.0
    return float((np.where(missed, 2.0 * late, seen) * samples[:, 2]).sum()), way


def _cut(ground: Polygon, samples: Array, spacing: float, angle: float, where: str) -> _Cut:
    """Rows across the ground, each cut into strips; those without any mass are left out."""
    level = rotate(ground, -angle, origin=(0.0, 0.0), use_radians=True)
    west, south, east, north = level.bounds
    count = max(1, math.ceil((north - south) / spacing - 1e-9))
    if count > MOST_ROWS:
        raise BadInput(where=where, what=f"{count} rows: at most {MOST_ROWS}; widen the swath")
    apart = (north - south) / count
    rows: list[tuple[int, float, float, float]] = []
    for i in range(count):
        y = south + (i + 0.5) * apart
        line = LineString(((west - 1.0, y), (east + 1.0, y)))
        rows += [
            (i, y, part.bounds[0], part.bounds[2])
            for part in shapely.get_parts(line.intersection(level))
            if part.length > 0.0
        ]
    longest = max(SHORTEST_STRIP_SWATHS * spacing, sum(b - a for _, _, a, b in rows) / MOST_STRIPS)
    pieces = []
    for i, y, a, b in rows:
        marks = np.linspace(a, b, max(1, round((b - a) / longest)) + 1)
        pieces += [(i, y, float(c), float(d)) for c, d in itertools.pairwise(marks)]
    return _weighed(pieces, samples, angle, south, apart)


def _weighed(
    pieces: list[tuple[int, float, float, float]],
    samples: Array,
    angle: float,
    south: float,
    apart: float,
) -> _Cut:
    cos, sin = math.cos(angle), math.sin(angle)
    x = samples[:, 0] * cos + samples[:, 1] * sin
    y = -samples[:, 0] * sin + samples[:, 1] * cos
    row = np.floor((y - south) / apart).astype(int)
    rows = np.array([piece[0] for piece in pieces])
    middles = np.array([((c + d) / 2.0, y0) for _, y0, c, d in pieces])
    halves = np.array([(d - c) / 2.0 for _, _, c, d in pieces])
    masses = np.zeros(len(pieces))
    for i in np.unique(rows):
        own = np.flatnonzero(rows == i)
        held = np.flatnonzero(row == i)
        away = np.abs(x[held, None] - middles[own, 0]) - halves[own]
        masses += np.bincount(
            own[away.argmin(axis=1)], weights=samples[held, 2], minlength=len(pieces)
        )
    kept = _worth_flying(masses)
    ends = np.array([((c, y0), (d, y0)) for _, y0, c, d in pieces])[kept]
    turned = np.stack(
        (ends[..., 0] * cos - ends[..., 1] * sin, ends[..., 0] * sin + ends[..., 1] * cos), axis=-1
    )
    return _Cut(turned, masses[kept], rows[kept])


def _worth_flying(masses: Array) -> npt.NDArray[np.bool_]:
    """All strips but the least likely ones that together weigh next to nothing."""
    order = np.argsort(masses, kind="stable")
    least = np.cumsum(masses[order]) <= LEFT_OUT * masses.sum()
    kept = np.ones(len(masses), dtype=np.bool_)
    kept[order[least]] = False
    return kept


def _timed(
    strips: _Cut, inside: Inside, home: Point | None, vehicle: Vehicle, speed: float
) -> Strips:
    enter = strips.ends.reshape(-1, 2)
    leave = strips.ends[:, ::-1].reshape(-1, 2)
    lengths = np.hypot(*(strips.ends[:, 1] - strips.ends[:, 0]).T)
    away = _ways_m(enter, inside)
    # State 2 i + 1 enters where 2 i leaves.
    ways = away[np.arange(len(enter)) ^ 1]
    turn_s = speed / vehicle.acceleration_m_s2
    along = (leave - enter) / np.maximum(np.repeat(lengths, 2), 1e-9)[:, None]
    straight = (ways < 1e-6) & (along @ along.T > 0.999)
    entry = np.zeros(len(enter)) if home is None else np.hypot(*(enter - np.array(home)).T)
    return Strips(
        durations_s=lengths / speed,
        masses=strips.masses,
        ways_s=ways / speed + np.where(straight, 0.0, turn_s),
        entry_s=entry / speed,
    )


def _ways_m(points: Array, inside: Inside) -> Array:
    hull = inside.polygon.convex_hull
    if hull.area - inside.polygon.area < 1e-3 * hull.area:
        return np.asarray(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)))
    return inside.distances([(float(x), float(y)) for x, y in points])


def _to_and_fro(strips: _Cut) -> list[int]:
    """The plain order: row by row, there and back."""
    order: list[int] = []
    for number, row in enumerate(np.unique(strips.rows)):
        own = [int(i) for i in np.flatnonzero(strips.rows == row)]
        order += [2 * i for i in own] if number % 2 == 0 else [2 * i + 1 for i in own[::-1]]
    return order


def _straightened(way: list[Point]) -> list[Point]:
    """Points that a straight leg goes through anyway, and doubled ones, left out."""
    kept = way[:1]
    for i in range(1, len(way)):
        if math.dist(kept[-1], way[i]) < STRAIGHT_M:
            continue
        if len(kept) > 1 and _passes(kept[-2], kept[-1], way[i]):
            kept[-1] = way[i]
        else:
            kept.append(way[i])
    return kept if len(kept) > 1 else kept * 2


def _passes(a: Point, b: Point, c: Point) -> bool:
    ab, bc = (b[0] - a[0], b[1] - a[1]), (c[0] - b[0], c[1] - b[1])
    across = ab[0] * bc[1] - ab[1] * bc[0]
    ahead = ab[0] * bc[0] + ab[1] * bc[1]
    return ahead > 0.0 and abs(across) < STRAIGHT_M * math.hypot(*ab)
