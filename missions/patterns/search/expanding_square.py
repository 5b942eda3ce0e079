"""Expanding square search (SS): from the datum outwards, for a position known closely.

Source: IAMSAR Manual volume II (2019), 5.5.3, and volume III, section 12: the first two legs are
one track spacing long, every second leg is longer by one more, all turns are 90 degrees to the same
side, and the first leg leads into the wind.
"""

import math

from missions.area import Area, Place
from missions.errors import BadInput
from missions.heights import HeightAboveHome
from missions.path import Gaze, PatrolPath
from missions.patterns.inside import Point
from missions.patterns.search.datum import flown_about, reach_of, spacing_of

MOST_LEGS = 2000


def expanding_square(
    datum: Place,
    *,
    swath_m: float,
    height: HeightAboveHome,
    reach_m: float | None = None,
    heading_rad: float = 0.0,
    to_right: bool = True,
    within: Area | None = None,
    no_fly: tuple[Area, ...] = (),
    gaze: Gaze | None = None,
    trigger_distance_m: float | None = None,
) -> PatrolPath:
    """Legs about the datum until all within `reach_m` of it is seen.

    `heading_rad` is the first leg's direction from north to the right: into the wind. What leaves
    the area or meets a no-fly zone is left out and gone round.

    Raises:
        BadInput: the reach or swath makes no sense, or the datum may not be flown over.
    """
    where = datum.name or "datum"
    spacing = spacing_of(swath_m)
    reach = reach_of(reach_m, datum, within, where)
    lengths = square_legs(spacing, reach)
    if len(lengths) > MOST_LEGS:
        what = f"{len(lengths)} legs: at most {MOST_LEGS}; widen the swath or shrink the radius"
        raise BadInput(where=where, what=what)
    way: list[Point] = [(0.0, 0.0)]
    turn = math.pi / 2.0 if to_right else -math.pi / 2.0
    for i, length in enumerate(lengths):
        direction = heading_rad + i * turn
        x, y = way[-1]
        way.append((x + length * math.sin(direction), y + length * math.cos(direction)))
    return flown_about(
        datum,
        way,
        pattern="expanding square",
        height=height,
        swath_m=swath_m,
        within=within,
        no_fly=no_fly,
        gaze=gaze,
        trigger_distance_m=trigger_distance_m,
    )


def square_legs(spacing_m: float, reach_m: float) -> list[float]:
    """Lengths of the legs, metres: 1, 1, 2, 2, 3, 3 ... spacings, the last one closing the square
    whose sides are all at least `reach_m` less half a spacing from the datum."""
    rounds = max(1, math.ceil((reach_m - spacing_m / 2.0) / spacing_m - 1e-9))
    # A square of n rounds has its sides n spacings from the datum: its legs are up to 2 n long,
    # and the last one is flown once more to close it.
    if rounds > MOST_LEGS:
        return [spacing_m] * (MOST_LEGS + 1)
    legs = [spacing_m * step for step in range(1, 2 * rounds + 1) for _ in range(2)]
    return [*legs, 2.0 * rounds * spacing_m]
