"""Areas of very many corners made lean, so that no drawing can keep a planner busy for ever.

Corners are left out where the edge moves by no more than a tolerance, the least of several that
leaves few enough; the edge is then drawn inwards by as much, so that whatever stays inside the lean
area stays inside the one that was drawn, its holes included. A no-fly zone's is drawn outwards.
"""

import itertools

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import Polygon

from missions.area import Area, middle, ring_en, ring_geo
from missions.errors import BadInput
from missions.geodesy import LocalPlane
from missions.patterns.ground import polygons_of

Array = npt.NDArray[np.float64]

# More corners than this are thinned, by the first of these that leaves few enough.
MOST_CORNERS = 5_000
TOLERANCES_M = (0.02, 0.1, 0.5, 2.0)
# A part of a ring is thinned by itself: a ragged one takes the square of its length.
PART = 250
# So far a tolerance needs no drawing inwards: every path keeps as far from the edge in any case.
NO_MATTER_M = 0.02


def lean_area(area: Area, *, closed: bool = False) -> tuple[Area, tuple[str, ...]]:
    """The area with few enough corners to plan with, and what was changed; mostly as it is.

    `closed` is for a no-fly zone, which only grows.

    Raises:
        BadInput: it is too ragged to be made lean, or nothing of it is left.
    """
    count = len(area.outer) + sum(map(len, area.holes))
    if count <= MOST_CORNERS:
        return area, ()
    where = area.name or "area"
    try:
        plane = LocalPlane(middle(area.outer))
    except ValueError as error:
        raise BadInput(where=where, what=str(error)) from error
    drawn = [ring_en(plane, ring) for ring in (area.outer, *area.holes)]
    moved_m = 0.0
    for tolerance in TOLERANCES_M:
        thinned = [_thinned(ring, tolerance) for ring in drawn]
        drawn = [ring for ring in thinned if len(ring) >= 3]
        # Each thins what the one before has thinned.
        moved_m += tolerance
        if drawn and sum(map(len, drawn)) <= MOST_CORNERS:
            break
    else:
        what = f"{count} corners, and too ragged to be thinned to {MOST_CORNERS}"
        raise BadInput(where=where, what=what)
    lean, note = drawn, ""
    if moved_m > NO_MATTER_M:
        lean = _moved(drawn, moved_m if closed else -moved_m, where)
        change = "added" if closed else "left out"
        note = f", up to {2.0 * moved_m:g} m along the edge are {change}"
    outer, *holes = (ring_geo(plane, ring) for ring in lean)
    note = f"{where}: {count} corners thinned to {sum(map(len, lean))}{note}"
    thin = Area(outer=outer, holes=tuple(holes), name=area.name, properties=area.properties)
    return thin, (note,)


def _thinned(ring: Array, tolerance_m: float) -> Array:
    """The ring without the corners that lie within a tolerance of the edge without them."""
    whole = np.vstack((ring, ring[:1]))
    cuts = [*range(0, len(whole) - 1, PART), len(whole) - 1]
    parts = [whole[a : b + 1] for a, b in itertools.pairwise(cuts)]
    index = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    lines = shapely.linestrings(np.vstack(parts), indices=index)
    thin = shapely.simplify(lines, tolerance_m, preserve_topology=False)
    points = shapely.get_coordinates(thin)
    apart = np.hypot(*np.diff(points, axis=0).T) > 1e-9
    return np.asarray(points[:-1][apart])


def _moved(rings: list[Array], outwards_m: float, where: str) -> list[Array]:
    """The largest piece of the area, its edge moved, as rings without a closing point."""
    drawn = shapely.make_valid(Polygon(rings[0], rings[1:]), method="structure")
    pieces = polygons_of(drawn.buffer(outwards_m, join_style="mitre"))
    if not pieces:
        raise BadInput(where=where, what="nothing of the area is left to fly in")
    largest = pieces[0]
    return [np.array(ring.coords)[:-1] for ring in (largest.exterior, *largest.interiors)]
