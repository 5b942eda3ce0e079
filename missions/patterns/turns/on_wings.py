"""A path made for turning on the spot, as wings can fly it: sharp corners become loops.

An autopilot of a fixed wing cuts a corner inside. Where the camera would lose the line by that, the
corner is flown straight through, and a turn outside leads back to the next leg, so that both legs
are seen to their ends. Then the whole way is followed by what cannot turn tighter than its radius,
and what of the line is out of its camera's sight is said.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from missions.area import Area
from missions.errors import BadInput
from missions.geodesy import LocalPlane
from missions.path import PathPoint, PatrolPath
from missions.patterns.turns.corners import corners_of
from missions.patterns.turns.detours import Turns
from missions.vehicle import Vehicle

Array = npt.NDArray[np.float64]

SAME_PLACE_M = 1.0
# A corner sharper than this is never cut: the arc would be further off than any camera sees.
SHARPEST_RAD = math.radians(150.0)
# The follower: its step, and how far ahead along the line it steers for, in radii.
STEP_RADII, AHEAD_RADII = 0.05, 0.8
LONGEST_FOLLOWED = 200_000
# Steering for a point ahead cuts corners as an autopilot does, and a little more.
LOST_ROOM = 1.1


@dataclass(frozen=True, slots=True, kw_only=True)
class WingedTurns:
    """How a path is turned: the radius, straight runs beside a loop, what the camera sees."""

    radius_m: float
    run_m: float
    swath_m: float
    no_fly: tuple[Area, ...] = ()
    clearance_m: float = 10.0


def path_on_wings(path: PatrolPath, vehicle: Vehicle, how: WingedTurns) -> PatrolPath:
    """The path with loops at its sharp corners, and notes on what its camera loses.

    Raises:
        BadInput: the pattern asks for standing still: a facade, or an orbit tighter than the turn.
    """
    _possible(path, vehicle, how)
    points = _apart(path.points)
    if len(points) < 2:
        return path
    plane = LocalPlane(points[0].position)
    zones = shapely.union_all([shapely.make_valid(zone.polygon(plane)) for zone in how.no_fly])
    zones = zones.buffer(how.clearance_m) if how.no_fly else zones
    shapely.prepare(zones)
    line = LineString([plane.en(point.position) for point in points])
    turns = Turns(how.radius_m, lambda way: not way.intersects(zones), zones, around=line)
    made = _looped(points, plane, turns, how)
    notes = [*path.notes]
    if made.loops:
        notes.append(f"{made.loops} corners are too sharp for the turn radius: flown as loops")
    if made.blocked:
        notes.append(f"{made.blocked} sharp corners are cut: no loop avoids the no-fly zones")
    lost = _lost_m(np.array([plane.en(point.position) for point in points]), made.en, how)
    if lost > 0.0:
        notes.append(
            f"the camera loses {lost:.0f} m of the line: it bends more sharply than a radius of "
            f"{how.radius_m:.0f} m"
        )
    return replace(path, points=made.points, notes=tuple(notes))


@dataclass(frozen=True, slots=True)
class _Looped:
    points: tuple[PathPoint, ...]
    en: Array
    loops: int
    blocked: int


def _possible(path: PatrolPath, vehicle: Vehicle, how: WingedTurns) -> None:
    if path.pattern == "facade":
        what = f"{vehicle.name} cannot stand before a wall: name a multirotor"
        raise BadInput(where="--vehicle", what=what)
    radius = path.figures.get("radius_m")
    if path.pattern == "orbit" and radius is not None and radius < how.radius_m:
        what = f"an orbit of {radius:.0f} m is tighter than the turn radius {how.radius_m:.0f} m"
        raise BadInput(where="--vehicle", what=what)


def _apart(points: tuple[PathPoint, ...]) -> list[PathPoint]:
    """The points without those that only repeat the place before them."""
    kept: list[PathPoint] = []
    plane = LocalPlane(points[0].position)
    before: tuple[float, float] | None = None
    for point in points:
        here = plane.en(point.position)
        acts = point.dwell_s > 0.0 or point.action is not None or point.gaze is not None
        if before is None or acts or math.dist(before, here) >= SAME_PLACE_M:
            kept.append(point)
            before = here
    return kept


def _looped(points: list[PathPoint], plane: LocalPlane, turns: Turns, how: WingedTurns) -> _Looped:
    en = np.array([plane.en(point.position) for point in points])
    made: list[PathPoint] = []
    line: list[tuple[float, float]] = []
    loops = blocked = 0
    for index, point in enumerate(points):
        made.append(point)
        line.append((float(en[index, 0]), float(en[index, 1])))
        inner = 0 < index < len(points) - 1 and point.dwell_s <= 0.0
        if not inner:
            continue
        before, corner, after = en[index - 1], en[index], en[index + 1]
        if _off_m(before, corner, after, how.radius_m) <= how.swath_m / 2.0:
            continue
        loop = _loop(before, corner, after, turns, how)
        if loop is None:
            blocked += 1
            continue
        loops += 1
        line += loop
        plain = PathPoint(position=point.position, height=point.height)
        made += [replace(plain, position=plane.geo(*place)) for place in loop]
    return _Looped(tuple(made), np.array(line), loops, blocked)


def _off_m(before: Array, corner: Array, after: Array, radius_m: float) -> float:
    """How far from a corner an arc passes that is cut inside of it."""
    turn = abs(math.remainder(_course(corner, after) - _course(before, corner), 2.0 * math.pi))
    if math.dist(before, corner) < 1e-6 or math.dist(corner, after) < 1e-6:
        return 0.0
    if turn > SHARPEST_RAD:
        return math.inf
    return radius_m * (1.0 / math.cos(turn / 2.0) - 1.0)


def _course(a: Array, b: Array) -> float:
    return math.atan2(b[0] - a[0], b[1] - a[1])


def _loop(
    before: Array, corner: Array, after: Array, turns: Turns, how: WingedTurns
) -> list[tuple[float, float]] | None:
    """Straight on past a corner, and round to the next leg before it begins."""
    into, out = _course(before, corner), _course(corner, after)
    past = corner + how.run_m * np.array((math.sin(into), math.cos(into)))
    short = corner - how.run_m * np.array((math.sin(out), math.cos(out)))
    turn = turns.turn(np.array((*past, into)), np.array((*short, out)))
    if turn is None:
        return None
    inner = [place for way in turn for place in corners_of(way)]
    ends = (float(past[0]), float(past[1])), (float(short[0]), float(short[1]))
    return [ends[0], *inner, ends[1], (float(corner[0]), float(corner[1]))]


def _lost_m(line: Array, flown: Array, how: WingedTurns) -> float:
    """Metres of the line that are further than half a swath from the way that can be flown."""
    track = _followed(flown, how.radius_m)
    seen: BaseGeometry = LineString(track).buffer(LOST_ROOM * how.swath_m / 2.0)
    lost = float(LineString(line).difference(seen).length)
    return lost if lost >= SAME_PLACE_M else 0.0


def _followed(line: Array, radius_m: float) -> Array:
    """The track of what steers for a point ahead on a line and turns with a radius at least."""
    lengths = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))))
    step = max(STEP_RADII * radius_m, float(lengths[-1]) / LONGEST_FOLLOWED)
    ahead = AHEAD_RADII * radius_m
    at, course = line[0].copy(), _course(line[0], line[1])
    track = [at.copy()]
    for along in np.arange(0.0, lengths[-1] + ahead, step):
        goal_at = min(along + ahead, float(lengths[-1]))
        goal = np.array([np.interp(goal_at, lengths, line[:, axis]) for axis in (0, 1)])
        off = math.remainder(_course(at, goal) - course, 2.0 * math.pi)
        most = step / radius_m
        course += max(-most, min(most, off))
        at = at + step * np.array((math.sin(course), math.cos(course)))
        track.append(at)
    return np.array(track)
