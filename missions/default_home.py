"""Where a path is begun and ended that nobody gave a home for.

That is where the path begins; where a no-fly zone leaves no way to take off there, to come onto the
path and back from it, the nearest of the places about it that has them.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import shapely
from shapely.geometry import Point

from missions.assemble import Assembly, framed
from missions.geodesy import GeoPoint, LocalPlane, distance_m
from missions.heights import HeightAmsl
from missions.path import PatrolPath
from missions.plan import Home
from missions.winged_frame import Framed

# Rings of places about the path's first, in turn radii, and so many on each.
RINGS, COURSES = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0), 16
# What turns on the spot stands so far apart.
UPRIGHT_M = 20.0
# Places at which a take-off is clear, but from which a way has to be looked for, take long.
LOOKED_AT = 24
WINDS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultHome:
    """A home, its frame of the path, and what is to be said of where it is."""

    home: Home
    frame: Framed
    notes: tuple[str, ...] = ()


def default_home(path: PatrolPath, how: Assembly) -> DefaultHome:
    """The home of a path; where no place has its ways, the path's first, whose frame says so."""
    begins = path.points[0].position
    first = _at(begins, path, how)
    if first.frame.whole:
        return first
    for place in itertools.islice(_places_about(begins, how), LOOKED_AT):
        other = _at(place, path, how)
        if other.frame.whole:
            return DefaultHome(home=other.home, frame=other.frame, notes=(_moved(begins, place),))
    return first


def _at(place: GeoPoint, path: PatrolPath, how: Assembly) -> DefaultHome:
    home = Home(position=place, height=HeightAmsl(math.nan))
    return DefaultHome(home=home, frame=framed(path, home, how))


def _places_about(begins: GeoPoint, how: Assembly) -> Iterator[GeoPoint]:
    """Those that are clear of zones and holes by as much as the rings lie apart, the nearest
    first."""
    plane = LocalPlane(begins)
    apart_m = max(how.wings.turn_radius_m if how.wings is not None else 0.0, UPRIGHT_M)
    shapes = [shapely.make_valid(one.polygon(plane)) for one in (*how.no_fly, *how.holes)]
    closed = shapely.union_all(shapes).buffer(apart_m)
    shapely.prepare(closed)
    for radii, k in itertools.product(RINGS, range(COURSES)):
        course, far_m = 2.0 * math.pi * k / COURSES, radii * apart_m
        spot = far_m * math.sin(course), far_m * math.cos(course)
        if not closed.intersects(Point(spot)):
            yield plane.geo(*spot)


def _moved(begins: GeoPoint, place: GeoPoint) -> str:
    east, north = LocalPlane(begins).en(place)
    wind = WINDS[round(math.atan2(east, north) / (math.pi / 4.0)) % len(WINDS)]
    return (
        f"home is {distance_m(begins, place):.0f} m {wind} of where the path begins: there the "
        "no-fly zones leave no room to take off, or to land; --home says another"
    )
