"""A round of places: each is visited, looked at and dwelt at, in an order that is short."""

import math

import numpy as np
import numpy.typing as npt

from missions.area import Place, ring_en
from missions.errors import BadInput
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.path import Gaze, PathPoint, PatrolPath

Array = npt.NDArray[np.float64]


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
) -> PatrolPath:
    """Visits to places in a closed tour from `start` (by default from the first place).

    At `standoff_m` above zero a place is seen from that far on the side the vehicle comes from.
    With `look_at_places` the camera holds each place in its middle from the leg towards it on.

    Raises:
        BadInput: there are no places.
    """
    if not places:
        raise BadInput(where="round", what="there are no places to visit")
    origin = start if start is not None else places[0].position
    plane = LocalPlane(origin)
    en = ring_en(plane, tuple(place.position for place in places))
    order = list(range(len(places))) if keep_order else _tour(np.vstack(([0.0, 0.0], en)))
    points, at = [], np.zeros(2)
    for index in order:
        at = _short_of(at, en[index], standoff_m)
        points.append(
            PathPoint(
                position=plane.geo(float(at[0]), float(at[1])),
                height=height,
                dwell_s=dwell_s,
                gaze=_gaze(places[index], look_at_places, gaze),
            )
        )
    return PatrolPath(pattern="round", points=tuple(points), gaze=gaze)


def _gaze(place: Place, look_at_places: bool, gaze: Gaze | None) -> Gaze | None:
    if not look_at_places:
        return None
    return Gaze(pitch_rad=gaze.pitch_rad if gaze else -math.pi / 4.0, at=place.position)


def _short_of(come_from: Array, place: Array, standoff_m: float) -> Array:
    back = come_from - place
    length = float(np.hypot(*back))
    if standoff_m <= 0.0 or length < 1e-6:
        return place + (np.array((0.0, -standoff_m)) if standoff_m > 0.0 else 0.0)
    return np.asarray(place + back / length * standoff_m)


def _tour(points: Array) -> list[int]:
    """Order of points 1..n in a closed tour from point 0: nearest neighbour, then 2-opt and moves
    of single points until neither helps. Places are numbered from 0 in the answer."""
    gaps = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    tour, left = [0], set(range(1, len(points)))
    while left:
        nearest = min(left, key=lambda i: (gaps[tour[-1], i], i))
        tour.append(nearest)
        left.remove(nearest)
    while _two_opt(tour, gaps) or _move_one(tour, gaps):
        pass
    return [i - 1 for i in tour[1:]]


def _two_opt(tour: list[int], gaps: Array) -> bool:
    n = len(tour)
    for i in range(n - 1):
        a, b = tour[i], tour[i + 1]
        for j in range(i + 2, n):
            c, d = tour[j], tour[(j + 1) % n]
            if a != d and gaps[a, c] + gaps[b, d] < gaps[a, b] + gaps[c, d] - 1e-9:
                tour[i + 1 : j + 1] = tour[i + 1 : j + 1][::-1]
                return True
    return False


def _move_one(tour: list[int], gaps: Array) -> bool:
    n = len(tour)
    for i in range(1, n):
        one, before, after = tour[i], tour[i - 1], tour[(i + 1) % n]
        saved = gaps[before, one] + gaps[one, after] - gaps[before, after]
        rest = tour[:i] + tour[i + 1 :]
        for j in range(len(rest)):
            a, b = rest[j], rest[(j + 1) % len(rest)]
            if gaps[a, one] + gaps[one, b] - gaps[a, b] < saved - 1e-9:
                tour[:] = [*rest[: j + 1], one, *rest[j + 1 :]]
                return True
    return False
