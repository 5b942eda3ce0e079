"""A round of places: each is visited, looked at and dwelt at, in an order that is short."""

import math

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPoint

from missions.area import Area, Place, ring_en
from missions.errors import BadInput
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.path import CameraAction, Gaze, PathPoint, PatrolPath
from missions.patterns.inside import TOLERANCE_M, Inside, Point
from missions.patterns.kept_inside import open_ground
from missions.patterns.run_order import best_order
from missions.patterns.visit import Visit, visit_of

Array = npt.NDArray[np.float64]

MOST_PLACES = 3000


def visiting_round(
    places: tuple[Place, ...],
    *,
    height: HeightAboveHome,
    dwell_s: float,
    start: GeoPoint | None = None,
    standoff_m: float = 0.0,
    gaze: Gaze | None = None,
    look_at_places: bool = True,
    keep_order: bool = False,
    action: CameraAction | None = None,
    no_fly: tuple[Area, ...] = (),
) -> PatrolPath:
    """Visits to places in a closed tour from `start` (by default from the first place).

    At `standoff_m` above zero a place is seen from that far on the side the vehicle comes from.
    With `look_at_places` the camera holds each place in its middle from the leg towards it on. A
    place's own properties (see `visit_of`) go before all of these. No-fly zones are gone round.

    Raises:
        BadInput: there are no places or too many, a property of one is wrong, or it stands in a
            no-fly zone.
    """
    if not places:
        raise BadInput(where="round", what="there are no places to visit")
    if len(places) > MOST_PLACES:
        raise BadInput(where="round", what=f"{len(places)} places: at most {MOST_PLACES}")
    visits = [
        visit_of(place, height=height, dwell_s=dwell_s, standoff_m=standoff_m, action=action)
        for place in places
    ]
    plane = LocalPlane(start if start is not None else places[0].position)
    en = ring_en(plane, tuple(place.position for place in places))
    stops = _stops(visits, en, keep_order)
    around = MultiPoint([(0.0, 0.0), *(at for _, at in stops)])
    inside = Inside(open_ground(around, plane=plane, no_fly=no_fly))
    points: list[PathPoint] = []
    at: Point | None = None
    for visit, stop in stops:
        if inside.polygon.distance(shapely.Point(stop)) > TOLERANCE_M:
            what = "stands in a no-fly zone or too near to one, or cannot be reached round them"
            raise BadInput(where=visit.place.name or "place", what=what)
        way = [] if at is None else inside.route(at, stop)[1:-1]
        points += [PathPoint(position=plane.geo(*one), height=visit.height) for one in way]
        points.append(_visited(plane, visit, stop, look_at_places, gaze))
        at = stop
    return PatrolPath(
        pattern="round", points=tuple(points), gaze=gaze, figures={"places": len(places)}
    )


def _stops(visits: list[Visit], en: Array, keep_order: bool) -> list[tuple[Visit, Point]]:
    """The visits in order, each with where the vehicle stands."""
    start = np.zeros(2)
    order = (
        list(range(len(visits)))
        if keep_order
        else [index for index, _ in best_order(en, en, start=start, returns=True)]
    )
    found: list[tuple[Visit, Point]] = []
    at = start
    for index in order:
        at = _short_of(at, en[index], visits[index].standoff_m)
        found.append((visits[index], (float(at[0]), float(at[1]))))
    return found


def _visited(
    plane: LocalPlane, visit: Visit, stop: Point, look_at_places: bool, gaze: Gaze | None
) -> PathPoint:
    return PathPoint(
        position=plane.geo(*stop),
        height=visit.height,
        dwell_s=visit.dwell_s,
        gaze=_gaze(visit, look_at_places, gaze),
        heading_rad=visit.heading_rad,
        action=visit.action,
    )


def _gaze(visit: Visit, look_at_places: bool, gaze: Gaze | None) -> Gaze | None:
    usual = gaze.pitch_rad if gaze is not None else -math.pi / 4.0
    if visit.gimbal_pitch_rad is not None:
        return Gaze(pitch_rad=visit.gimbal_pitch_rad)
    if visit.heading_rad is not None:
        return Gaze(pitch_rad=usual)
    if not look_at_places:
        return None
    return Gaze(pitch_rad=usual, at=visit.place.position)


def _short_of(come_from: Array, place: Array, standoff_m: float) -> Array:
    back = come_from - place
    length = float(np.hypot(*back))
    if standoff_m <= 0.0:
        return place
    if length < 1e-6:
        return np.asarray(place + np.array((0.0, -standoff_m)))
    return np.asarray(place + back / length * standoff_m)
