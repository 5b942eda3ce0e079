"""Legs that follow the ground: where points are needed, and how high each is.

1. The ground along the way, raised by the height less the tolerance, is the floor.
2. The floor is lifted until no slope is steeper than the vehicle climbs and descends at its speed.
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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from missions.errors import BadInput
from missions.geodesy import GeoPoint, ecef_from_geodetic
from missions.heights import HeightAboveGround, HeightAboveHome, HeightAmsl
from missions.path import PathPoint, PatrolPath
from missions.terrain.capture import SHARP_TURN, capture_radius_m, highest_behind, turn_at
from missions.terrain.flown_heights import Rates, height_bounds
from missions.terrain.profile import STEP_M, Profile, first_unknown, ground_under
from missions.terrain.surface import Answer, NoGround, Terrain
from missions.terrain.tile import Array
from missions.vehicle import Vehicle

LEAST_TOLERANCE_M = 1.0
# The share of the fastest climb and descent that is planned with. PX4 slows its climb towards each
# waypoint, and a height that is not reached in time lets it fly past the waypoint.
SLOPE_USED = 0.7
# What a change of height costs beyond its length at full rate (jerk and acceleration at both ends),
# and how near to a waypoint's height PX4 must be when it is there (NAV_MC_ALT_RAD is 0.8 m).
SETTLE_S, REACHED_M = 3.0, 0.3
WORTH_SAYING_M = 1.0


class GroundUnknown(BadInput):
    """The ground is not known where a leg needs it."""

    def __init__(self, *, place: GeoPoint, why: str) -> None:
        self.place = place
        where = f"terrain at {place.latitude_deg:.6f},{place.longitude_deg:.6f}"
        super().__init__(where=where, what=f"{why}: give a tile that knows this place")


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """How the ground is followed: `height` plus or minus `tolerance_m`, at one speed.

    Raises:
        BadInput: the tolerance is below a metre or not below the height.
    """

    height: HeightAboveGround
    vehicle: Vehicle
    speed_m_s: float
    tolerance_m: float = 5.0

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
    """A point of a followed way: the place `given`, by its number, or one inserted before it."""

    given: int
    inserted: bool
    position: GeoPoint
    height: HeightAmsl


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
    rates = Rates.of(how.vehicle, speed_m_s=how.speed_m_s)
    legs = list(itertools.pairwise(places)) or [(places[0], places[0])]
    # Two samples must not be further apart in height than the tolerance lets one leg be.
    steepest = max(rates.climb_slope, rates.descent_slope)
    profile = ground_under(legs, terrain, step_m=min(STEP_M, how.tolerance_m / steepest))
    unknown = first_unknown(profile)
    if unknown is not None:
        why = NoGround(answer=Answer(int(profile.answers[unknown]))).why
        raise GroundUnknown(place=profile.place(unknown), why=why)
    floor = profile.amsl_m + profile.rise_m + how.height.m - how.tolerance_m
    floor = highest_behind(_along(profile), floor, capture_radius_m(rates))
    lifted = _lifted(floor, profile, rates)
    passed = _passed(legs)
    stops = list(_stops(passed, profile, floor, lifted, how, rates))
    stops, heights = _in_time(lifted + how.tolerance_m, stops, profile, rates)
    vertices = tuple(
        Vertex(
            given=stop.given,
            inserted=stop.inserted,
            position=profile.place(stop.sample) if stop.inserted else places[stop.given],
            height=HeightAmsl(float(height)),
        )
        for stop, height in zip(stops, heights, strict=True)
    )
    return Followed(vertices=vertices, notes=_notes(stops, heights, profile, how))


def follow_path(
    path: PatrolPath, terrain: Terrain, how: Following, *, home: GeoPoint
) -> PatrolPath:
    """A patrol's path at a height above the ground, as heights above home; home is on the ground.

    Only the path itself: the way from home and back is followed by `follow_plan`, which also gives
    the inserted points the radius that PX4 needs to hold them (`capture`).

    Raises:
        GroundUnknown: the ground is not known at home or under a leg.
    """
    level = home_on_the_ground(home, terrain)
    followed = follow([point.position for point in path.points], terrain, how)
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


def _lifted(floor: Array, profile: Profile, rates: Rates) -> Array:
    """The lowest way above the floor that climbs and descends no steeper than the vehicle may.

    Climbing must begin before the ground does: lift(s) = max over s' of floor(s') - slope |s' - s|.
    """
    along = _along(profile)
    up, down = SLOPE_USED * rates.climb_slope, SLOPE_USED * rates.descent_slope
    ahead = np.maximum.accumulate((floor - up * along)[::-1])[::-1] + up * along
    behind = np.maximum.accumulate(floor + down * along) - down * along
    return np.maximum(ahead, behind)


def _along(profile: Profile) -> Array:
    """Distance from the first sample, metres; the end of one leg is the beginning of the next."""
    legs = np.repeat(np.arange(len(profile.lengths_m)), np.diff(profile.starts))
    before: Array = np.concatenate(([0.0], np.cumsum(profile.lengths_m)))[legs]
    return before + profile.distance_m


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stop:
    """A point of the way: up to which given place, at which sample.

    One that is `level` is as high as the point before it.
    """

    given: int
    sample: int
    inserted: bool
    level: bool = False


def _passed(legs: Sequence[tuple[GeoPoint, GeoPoint]]) -> list[bool]:
    """For each leg, whether the vehicle comes onto it without slowing for a corner."""
    places = [ecef_from_geodetic(one.latitude_deg, one.longitude_deg, 0.0) for one, _ in legs]
    last = legs[-1][1]
    places.append(ecef_from_geodetic(last.latitude_deg, last.longitude_deg, 0.0))
    around = zip(places, places[1:], places[2:], strict=False)
    return [False, *(turn_at(*three) < SHARP_TURN for three in around)]


def _stops(
    passed: Sequence[bool],
    profile: Profile,
    floor: Array,
    lifted: Array,
    how: Following,
    rates: Rates,
) -> Iterator[_Stop]:
    """The points of the way; after a given place that is passed straight on, a level one."""
    flown = lifted + how.tolerance_m
    yield _Stop(given=0, sample=0, inserted=False)
    for leg, straight_on in enumerate(passed):
        part = profile.of(leg)
        band = _Band(
            distance_m=profile.distance_m[part],
            floor_m=floor[part],
            roof_m=lifted[part] + 3.0 * how.tolerance_m,
            flown_m=flown[part],
        )
        first = band.level_end(capture_radius_m(rates)) if straight_on else 0
        if first:
            yield _Stop(given=leg + 1, sample=part.start + first, inserted=True, level=True)
        for sample in band.stops(first, rates):
            yield _Stop(given=leg + 1, sample=part.start + sample, inserted=True)
        yield _Stop(given=leg + 1, sample=part.stop - 1, inserted=False)


def _in_time(
    flown: Array, stops: Sequence[_Stop], profile: Profile, rates: Rates
) -> tuple[list[_Stop], Array]:
    """The points with heights, raised until each is reached by the time that the vehicle is there.

    What is raised can only clear the ground by more: climbs begin earlier, descents end later. A
    level point that is not needed, because the way is level there anyway, is left out.
    """
    at = [stop.sample for stop in stops]
    level = np.flatnonzero([stop.level for stop in stops])
    heights, before = flown[at], np.empty(0)
    while not np.array_equal(heights, before):
        before = heights
        heights = _raised(heights, at, profile, rates)
        heights[level] = heights[level - 1] = np.maximum(heights[level], heights[level - 1])
    idle = level[heights[level + 1] == heights[level]]
    kept = np.setdiff1d(np.arange(len(stops)), idle)
    return [stops[index] for index in kept], heights[kept]


def _raised(flown: Array, at: Sequence[int], profile: Profile, rates: Rates) -> Array:
    heights = flown.copy()
    seconds = np.maximum(np.diff(_along(profile)[at]) / rates.speed_m_s - SETTLE_S, 0.0)
    up = REACHED_M + seconds * rates.climb_speed_m_s
    down = REACHED_M + seconds * rates.descent_speed_m_s
    for i in range(len(at) - 2, -1, -1):
        heights[i] = max(heights[i], heights[i + 1] - up[i])
    for i in range(len(at) - 1):
        heights[i + 1] = max(heights[i + 1], heights[i] - down[i])
    return heights


@dataclass(frozen=True, slots=True, kw_only=True)
class _Band:
    """One leg's samples: how low and how high the flight may be, and where points would stand."""

    distance_m: Array
    floor_m: Array
    roof_m: Array
    flown_m: Array

    def level_end(self, reach_m: float) -> int:
        """The sample up to which the way is level: `reach_m` on, or half-way; 0 if there is none.

        A leg without a sample of its own is shorter than 10 m: too short to fly past its end.
        """
        level_m = min(reach_m, self.distance_m[-1] / 2.0)
        found = int(np.searchsorted(self.distance_m, level_m))
        return found if found < len(self.distance_m) - 1 else 0

    def stops(self, first: int, rates: Rates) -> Iterator[int]:
        """The samples at which points are inserted: each as far on as the last one allows."""
        at, last = first, len(self.distance_m) - 1
        while (at := self._furthest(at, last, rates)) < last:
            yield at

    def _furthest(self, start: int, last: int, rates: Rates) -> int:
        """By doubling, then halving: whatever is answered holds, though a further one might too."""
        if self._holds(start, last, rates):
            return last
        good, reach = start + 1, 2
        while start + reach < last and self._holds(start, start + reach, rates):
            good, reach = start + reach, reach * 2
        bad = min(start + reach, last)
        while bad - good > 1:
            middle = (good + bad) // 2
            good, bad = (middle, bad) if self._holds(start, middle, rates) else (good, middle)
        return good

    def _holds(self, start: int, end: int, rates: Rates) -> bool:
        part = slice(start, end + 1)
        way = self.distance_m[part] - self.distance_m[start]
        low, high = height_bounds(self.flown_m[start], self.flown_m[end], way, way[-1], rates)
        inside = (low >= self.floor_m[part] - 1e-6) & (high <= self.roof_m[part] + 1e-6)
        return bool(inside.all())


def _notes(
    stops: Sequence[_Stop], heights: Array, profile: Profile, how: Following
) -> tuple[str, ...]:
    along = _along(profile)
    flown = np.interp(along, along[[stop.sample for stop in stops]], heights)
    above = flown - profile.amsl_m
    worst = int(np.argmax(above))
    least_m = how.height.m - how.tolerance_m
    said = [
        f"follows the ground at {how.height.m:g} m, not below {least_m:g} m: "
        f"{sum(stop.inserted for stop in stops)} points inserted"
    ]
    if above[worst] > how.height.m + 2.0 * how.tolerance_m + WORTH_SAYING_M:
        place = profile.place(worst)
        said.append(
            f"up to {above[worst]:.0f} m above the ground at "
            f"{place.latitude_deg:.6f},{place.longitude_deg:.6f}: {how.vehicle.name} climbs or "
            f"descends no faster at {how.speed_m_s:g} m/s; a lower speed follows closer"
        )
    return tuple(said)
