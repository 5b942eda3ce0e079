"""Legs that follow the ground: where points are needed, and how high each is.

1. The ground along the way, raised by the height less the tolerance, is the floor.
2. The floor is lifted until no slope is steeper than the vehicle climbs and descends at its speed.
   Where that is above the ceiling, the speed there is lowered (`slowing`).
3. Points stand the tolerance above that, as far apart as the flight between two of them
   (`flown_heights`) stays above the floor, and at most three times the tolerance above the lifted.

PX4 may go on to the next point as soon as it is within the radius of one (`capture`), and sink so
much earlier: the floor that is lifted is the highest of the way behind, as far as that.

So the height above ground is never below the floor, and wherever the vehicle is fast enough at most
twice the tolerance more than was asked for: PX4 climbs early, and fewer points are worth that.
QGroundControl keeps to the tolerance at its samples only, along straight lines.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from missions.errors import BadInput
from missions.geodesy import GeoPoint, ecef_from_geodetic
from missions.heights import HeightAboveGround, HeightAboveHome, HeightAmsl
from missions.path import PathPoint, PatrolPath
from missions.terrain.capture import (
    SHARP_TURN,
    highest_behind,
    stopping_m,
    turn_at,
)
from missions.terrain.flown_heights import Rates, height_bounds
from missions.terrain.points import Stop, in_time, stops_of
from missions.terrain.profile import STEP_M, Profile, first_unknown, ground_under
from missions.terrain.slowing import SLOWEST_M_S, Flown, Speeds, slow_where_too_high
from missions.terrain.surface import Answer, NoGround, Terrain
from missions.terrain.tile import Array
from missions.vehicle import Vehicle

LEAST_TOLERANCE_M = 1.0
# The share of the fastest climb and descent that is planned with. PX4 slows its climb towards each
# waypoint, and a height that is not reached in time lets it fly past the waypoint.
SLOPE_USED = 0.7
WORTH_SAYING_M = 1.0


class GroundUnknown(BadInput):
    """The ground is not known where a leg needs it."""

    def __init__(self, *, place: GeoPoint, why: str) -> None:
        self.place = place
        where = f"terrain at {place.latitude_deg:.6f},{place.longitude_deg:.6f}"
        super().__init__(where=where, what=f"{why}: give a tile that knows this place")


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """How the ground is followed: `height` plus or minus `tolerance_m`.

    It is flown at one speed, but with a `ceiling_m` above ground slower where that keeps below it.

    Raises:
        BadInput: the tolerance is below a metre or not below the height.
    """

    height: HeightAboveGround
    vehicle: Vehicle
    speed_m_s: float
    tolerance_m: float = 5.0
    ceiling_m: float | None = None

    def __post_init__(self) -> None:
        if not LEAST_TOLERANCE_M <= self.tolerance_m < self.height.m:
            what = (
                f"{self.tolerance_m:g} m is not from {LEAST_TOLERANCE_M:g} m to the height above "
                f"ground, {self.height.m:g} m"
            )
            raise BadInput(where="terrain tolerance", what=what)
        if not 0.0 < self.speed_m_s < math.inf:
            raise BadInput(where="speed", what=f"{self.speed_m_s:g} m/s is not above zero")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vertex:
    """A point of a followed way: the place `given`, by its number, or one inserted before it.

    It is flown to at `speed_m_s`, and reached within `radius_m` of it where it is inserted.
    """

    given: int
    inserted: bool
    position: GeoPoint
    height: HeightAmsl
    speed_m_s: float
    radius_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A way that follows the ground, in order; what was not as asked for is in `notes`."""

    vertices: tuple[Vertex, ...]
    notes: tuple[str, ...]


def follow(places: Sequence[GeoPoint], terrain: Terrain, how: Following) -> Followed:
    """The straight way through places, with heights and inserted points.

    Raises:
        GroundUnknown: a tile has a void under a leg, or none covers it.
        BadInput: a tile's heights turn out not to be as its format says.
    """
    if not places:
        return Followed(vertices=(), notes=())
    legs = list(itertools.pairwise(places)) or [(places[0], places[0])]
    profile = _ground(legs, terrain, how)
    speeds = Speeds(
        along_m=_along(profile),
        mission_m_s=how.speed_m_s,
        acceleration_m_s2=how.vehicle.acceleration_m_s2,
    )
    laid = _laid(_passed(legs), profile, speeds, how)
    begun = laid.flown
    while how.ceiling_m is not None and slow_where_too_high(speeds, laid.flown, begun):
        laid = _laid(_passed(legs), profile, speeds, how)
    arriving = [laid.speeds_m_s[0], *laid.speeds_m_s]
    vertices = tuple(
        Vertex(
            given=stop.given,
            inserted=stop.inserted,
            position=profile.place(stop.sample) if stop.inserted else places[stop.given],
            height=HeightAmsl(float(height)),
            speed_m_s=float(speed),
            radius_m=float(laid.radii_m[stop.sample]),
        )
        for stop, height, speed in zip(laid.stops, laid.heights, arriving, strict=True)
    )
    return Followed(vertices=vertices, notes=(*_notes(laid, profile, how), *_slowed(speeds, how)))


def _ground(legs: Sequence[tuple[GeoPoint, GeoPoint]], terrain: Terrain, how: Following) -> Profile:
    """The ground under legs, all of it known.

    Two samples must not be further apart in height than the tolerance lets one leg be.
    """
    rates = Rates.of(how.vehicle, speed_m_s=how.speed_m_s)
    step_m = min(STEP_M, how.tolerance_m / rates.steepest_slope)
    profile = ground_under(legs, terrain, step_m=step_m)
    unknown = first_unknown(profile)
    if unknown is not None:
        why = NoGround(answer=Answer(int(profile.answers[unknown]))).why
        raise GroundUnknown(place=profile.place(unknown), why=why)
    return profile


@dataclass(frozen=True, slots=True, kw_only=True)
class _Laid:
    """The points of a way with their heights, the speed from each to the next, and what came."""

    stops: list[Stop]
    heights: Array
    speeds_m_s: list[float]
    radii_m: Array
    flown: Flown


def _laid(passed: Sequence[bool], profile: Profile, speeds: Speeds, how: Following) -> _Laid:
    """The way at some speeds."""
    vehicle, along = how.vehicle, _along(profile)
    commanded = speeds.commanded
    clear = profile.amsl_m + profile.rise_m + how.height.m - how.tolerance_m
    radii_m = stopping_m(speeds.arriving, vehicle.acceleration_m_s2)
    floor = highest_behind(along, clear, highest_behind(along, radii_m, speeds.room_m))
    lifted = _lifted(floor, along, speeds.needed, vehicle)
    stops = list(
        stops_of(passed, profile, floor, lifted, vehicle, how.tolerance_m, commanded, radii_m)
    )
    stops, heights = in_time(lifted + how.tolerance_m, stops, along, vehicle, commanded)
    at = [stop.sample for stop in stops]
    between = [float(commanded[sample]) for sample in at[:-1]] or [how.speed_m_s]
    roof_m = math.inf if how.ceiling_m is None else how.ceiling_m
    flown = Flown(
        floor_m=floor,
        lifted_m=lifted,
        high_m=_highest(at, heights, along, commanded, vehicle),
        least_m=clear + how.tolerance_m,
        roof_m=profile.amsl_m - profile.fall_m + roof_m,
        stops=np.array(at, dtype=np.int64),
    )
    return _Laid(
        stops=stops,
        heights=heights,
        speeds_m_s=between if len(at) > 1 else [],
        radii_m=radii_m,
        flown=flown,
    )


def _highest(
    at: Sequence[int], heights: Array, along: Array, commanded: Array, vehicle: Vehicle
) -> Array:
    """How high the vehicle may be at each sample."""
    high = np.full(len(along), -np.inf)
    for one, (start, end) in enumerate(itertools.pairwise(at)):
        part = slice(start, end + 1)
        way = along[part] - along[start]
        rates = Rates.of(vehicle, speed_m_s=float(commanded[start]))
        _, roof = height_bounds(heights[one], heights[one + 1], way, way[-1], rates)
        high[part] = np.maximum(roof, high[part])
    return np.maximum(high, heights[0]) if len(at) == 1 else high


def follow_path(
    path: PatrolPath, terrain: Terrain, how: Following, *, home: GeoPoint
) -> PatrolPath:
    """A patrol's path at a height above the ground, as heights above home; home is on the ground.

    Only the path itself, at one speed, for a path says none: the way from home and back is followed
    by `follow_plan`, which also gives the inserted points the radius that PX4 needs to hold them
    (`capture`), and keeps below a ceiling.

    Raises:
        GroundUnknown: the ground is not known at home or under a leg.
    """
    level = home_on_the_ground(home, terrain)
    one_speed = replace(how, ceiling_m=None)
    followed = follow([point.position for point in path.points], terrain, one_speed)
    points = tuple(
        PathPoint(
            position=one.position,
            height=HeightAboveHome(one.height.m - level.m),
            heading_rad=path.points[one.given].heading_rad,
        )
        if one.inserted
        else replace(path.points[one.given], height=HeightAboveHome(one.height.m - level.m))
        for one in followed.vertices
    )
    return replace(path, points=points, notes=(*path.notes, *followed.notes))


def home_on_the_ground(home: GeoPoint, terrain: Terrain) -> HeightAmsl:
    """The ground at home.

    Heights relative to home take it from the same tiles as the legs, so that what the tiles are
    wrong by everywhere (their geoid, their datum) does not matter.

    Raises:
        GroundUnknown: the ground is not known there.
    """
    found = terrain.ground(home)
    if isinstance(found, NoGround):
        raise GroundUnknown(place=home, why=found.why)
    return found.height


def _lifted(floor: Array, along: Array, speeds: Array, vehicle: Vehicle) -> Array:
    """The lowest way above the floor that climbs and descends no steeper than the vehicle may.

    Climbing must begin before the ground does: lift(s) = max over s' of floor(s') less what it
    climbs from s to s', at the speed from each sample to the next.
    """
    seconds = np.concatenate(([0.0], np.cumsum(np.diff(along) / speeds[:-1])))
    up = SLOPE_USED * vehicle.climb_speed_m_s * seconds
    down = SLOPE_USED * vehicle.descent_speed_m_s * seconds
    ahead = np.maximum.accumulate((floor - up)[::-1])[::-1] + up
    behind = np.maximum.accumulate(floor + down) - down
    lifted: Array = np.maximum(ahead, behind)
    return lifted


def _along(profile: Profile) -> Array:
    """Distance from the first sample, metres; the end of one leg is the beginning of the next."""
    legs = np.repeat(np.arange(len(profile.lengths_m)), np.diff(profile.starts))
    before: Array = np.concatenate(([0.0], np.cumsum(profile.lengths_m)))[legs]
    return before + profile.distance_m


def _passed(legs: Sequence[tuple[GeoPoint, GeoPoint]]) -> list[bool]:
    """For each leg, whether the vehicle comes onto it without slowing for a corner."""
    places = [ecef_from_geodetic(one.latitude_deg, one.longitude_deg, 0.0) for one, _ in legs]
    last = legs[-1][1]
    places.append(ecef_from_geodetic(last.latitude_deg, last.longitude_deg, 0.0))
    around = zip(places, places[1:], places[2:], strict=False)
    return [False, *(turn_at(*three) < SHARP_TURN for three in around)]


def _notes(laid: _Laid, profile: Profile, how: Following) -> tuple[str, ...]:
    along = _along(profile)
    flown = np.interp(along, along[[stop.sample for stop in laid.stops]], laid.heights)
    above = flown - profile.amsl_m
    worst = int(np.argmax(above))
    least_m = how.height.m - how.tolerance_m
    said = [
        f"follows the ground at {how.height.m:g} m, not below {least_m:g} m: "
        f"{sum(stop.inserted for stop in laid.stops)} points inserted"
    ]
    if how.ceiling_m is not None:
        return (*said, *_too_high(laid.flown, profile, how))
    if above[worst] > how.height.m + 2.0 * how.tolerance_m + WORTH_SAYING_M:
        said.append(
            f"up to {above[worst]:.0f} m above the ground at {_told(profile.place(worst))}: "
            f"{how.vehicle.name} climbs or descends no faster at {how.speed_m_s:g} m/s; a lower "
            "speed follows closer"
        )
    return tuple(said)


def _too_high(flown: Flown, profile: Profile, how: Following) -> tuple[str, ...]:
    """What no speed keeps below the ceiling, with the place where it is worst."""
    assert how.ceiling_m is not None
    over_m = flown.high_m - flown.roof_m
    worst = int(np.argmax(over_m))
    if over_m[worst] <= 0.0:
        return ()
    return (
        f"up to {how.ceiling_m + over_m[worst]:.0f} m above the ground at "
        f"{_told(profile.place(worst))}: {how.vehicle.name} cannot keep below "
        f"{how.ceiling_m:g} m at any speed from {SLOWEST_M_S:g} m/s on",
    )


def _told(place: GeoPoint) -> str:
    return f"{place.latitude_deg:.6f},{place.longitude_deg:.6f}"


def _slowed(speeds: Speeds, how: Following) -> tuple[str, ...]:
    """Where the planner asks for a lower speed by itself, and what that costs."""
    commanded = speeds.commanded[:-1]
    slow = commanded < how.speed_m_s
    if not slow.any():
        return ()
    ways = np.diff(speeds.along_m)
    longer_s = float((ways[slow] / commanded[slow] - ways[slow] / how.speed_m_s).sum())
    return (
        f"flown slower, down to {commanded.min():.2g} m/s, on {ways[slow].sum():.0f} m of the way "
        f"({longer_s / 60.0:.1f} min longer), to stay below {how.ceiling_m:g} m above the ground",
    )
