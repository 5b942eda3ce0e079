"""Sector search (VS): three triangles through the datum, for a position known very closely.

Source: IAMSAR Manual volume II (2019), 5.5.4, and volume III, section 12: legs as long as the
radius, all turns 120 degrees to the right, the datum crossed three times; a second search of the
same place is turned by 30 degrees.
"""

import math

from missions.area import Area, Place
from missions.errors import BadInput
from missions.heights import HeightAboveHome
from missions.path import Gaze, PatrolPath
from missions.patterns.inside import Point
from missions.patterns.search.datum import flown_about, reach_of, spacing_of

TURNED_RAD = math.radians(30.0)
# From the first leg's direction, where each leg out of the datum and each leg across ends.
CORNERS_DEG = ((0.0, 60.0), (240.0, 300.0), (120.0, 180.0))
MOST_SEARCHES = 12


def sectors(
    datum: Place,
    *,
    swath_m: float,
    height: HeightAboveHome,
    radius_m: float | None = None,
    heading_rad: float = 0.0,
    searches: int = 1,
    within: Area | None = None,
    no_fly: tuple[Area, ...] = (),
    gaze: Gaze | None = None,
    trigger_distance_m: float | None = None,
) -> PatrolPath:
    """`searches` times nine legs of `radius_m` through the datum, each time turned 30 degrees.

    `heading_rad` is the first leg's direction from north to the right: down drift.

    Raises:
        BadInput: the radius, swath or number makes no sense, or the datum may not be flown over.
    """
    where = datum.name or "datum"
    spacing_of(swath_m)
    radius = reach_of(radius_m, datum, within, where)
    if not 1 <= searches <= MOST_SEARCHES:
        raise BadInput(where=where, what=f"{searches} searches: from 1 to {MOST_SEARCHES} are made")
    way: list[Point] = [(0.0, 0.0)]
    for i in range(searches):
        for corners in CORNERS_DEG:
            for corner in corners:
                direction = heading_rad + i * TURNED_RAD + math.radians(corner)
                way.append((radius * math.sin(direction), radius * math.cos(direction)))
            way.append((0.0, 0.0))
    return flown_about(
        datum,
        way,
        pattern="sector search",
        height=height,
        swath_m=swath_m,
        within=within,
        no_fly=no_fly,
        gaze=gaze,
        trigger_distance_m=trigger_distance_m,
    )
