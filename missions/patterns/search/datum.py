"""Search patterns drawn about a datum, brought onto the ground where they may be flown."""

import math

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon

from missions.area import Area, Place, ring_geo
from missions.errors import BadInput
from missions.geodesy import LocalPlane
from missions.heights import HeightAboveHome
from missions.path import Gaze, PathPoint, PatrolPath
from missions.patterns.ground import ZONE_CLEARANCE_M, flyable
from missions.patterns.inside import Inside, Point
from missions.patterns.kept_inside import keep_inside, open_ground

FARTHEST_M = 20_000.0


def spacing_of(swath_m: float) -> float:
    """The track spacing, checked.

    Raises:
        BadInput: it is not above zero.
    """
    if not (math.isfinite(swath_m) and swath_m > 0.0):
        raise BadInput(where="swath", what=f"{swath_m} m is not above zero")
    return swath_m


def reach_of(reach_m: float | None, datum: Place, within: Area | None, where: str) -> float:
    """How far from the datum the search goes, metres: as given, or to the area's farthest corner.

    Raises:
        BadInput: neither is given, or it is not above zero and up to 20 km.
    """
    if reach_m is None and within is not None:
        plane = LocalPlane(datum.position)
        corners = np.array(within.polygon(plane).exterior.coords)
        reach_m = float(np.hypot(corners[:, 0], corners[:, 1]).max())
    if reach_m is None:
        raise BadInput(where=where, what="give a radius, or an area to search in")
    if not 0.0 < reach_m <= FARTHEST_M:
        raise BadInput(where=where, what=f"a radius of {reach_m:g} m is not up to {FARTHEST_M:g} m")
    return reach_m


def flown_about(
    datum: Place,
    way: list[Point],
    *,
    pattern: str,
    height: HeightAboveHome,
    swath_m: float,
    within: Area | None,
    no_fly: tuple[Area, ...],
    gaze: Gaze | None,
    trigger_distance_m: float | None,
) -> PatrolPath:
    """The path of a drawn way about a datum, legs cut where they leave the area or meet a zone.

    Raises:
        BadInput: the datum lies outside the area or in a zone.
    """
    where = datum.name or "datum"
    plane = LocalPlane(datum.position)
    ground, notes = _ground(way, plane, within, no_fly)
    if ground.distance(shapely.Point(0.0, 0.0)) > swath_m:
        what = f"lies outside {(within.name or 'the area') if within else 'the ground left'}"
        raise BadInput(where=where, what=f"{what}, or within {ZONE_CLEARANCE_M:g} m of a zone")
    kept, lost_m = keep_inside(way, Inside(ground))
    if not kept:
        raise BadInput(where=where, what="nothing of the search may be flown")
    if lost_m > 1.0:
        notes += (f"{where}: {lost_m:.0f} m of the pattern lie where nobody may fly, left out",)
    return PatrolPath(
        pattern=pattern,
        points=tuple(
            PathPoint(position=point, height=height) for point in ring_geo(plane, np.array(kept))
        ),
        gaze=gaze,
        swath_m=swath_m,
        trigger_distance_m=trigger_distance_m,
        notes=notes,
    )


def _ground(
    way: list[Point], plane: LocalPlane, within: Area | None, no_fly: tuple[Area, ...]
) -> tuple[Polygon, tuple[str, ...]]:
    if within is None:
        return open_ground(LineString(way), plane=plane, no_fly=no_fly), ()
    return flyable(within, plane=plane, no_fly=no_fly, zone_clearance_m=ZONE_CLEARANCE_M)
