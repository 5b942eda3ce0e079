"""Sweeping an area as a pattern: what is asked for in, a patrol's path out."""

from missions.area import Area, middle, ring_geo
from missions.errors import BadInput
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.path import Gaze, PathPoint, PatrolPath
from missions.patterns.ground import ZONE_CLEARANCE_M, flyable
from missions.patterns.lean_area import lean_area
from missions.vehicle import Vehicle

ENOUGH_SEEN = 0.993
# Two weeks in the air.
MOST_PASSES_KM = 10_000.0


def sweep(
    area: Area,
    *,
    swath_m: float,
    height: HeightAboveHome,
    vehicle: Vehicle,
    speed_m_s: float,
    no_fly: tuple[Area, ...] = (),
    zone_clearance_m: float = ZONE_CLEARANCE_M,
    angle_rad: float | None = None,
    start: GeoPoint | None = None,
    gaze: Gaze | None = None,
    trigger_distance_m: float | None = None,
) -> PatrolPath:
    """A way that shows every part of the area, never outside it nor over a hole or no-fly zone.

    `swath_m` is the width between passes: the width seen, less the overlap wanted. `angle_rad` is
    the direction of the passes from east, to the left; without it the quickest direction is
    chosen, or spirals where they are quicker. The path begins at its end nearer to `start`.

    Raises:
        BadInput: the area encloses nothing to fly in.
    """
    if not swath_m > 0.0:
        raise BadInput(where="swath", what=f"{swath_m} m is not above zero")
    area, thinned = lean_area(area)
    zones = tuple(lean_area(zone, closed=True)[0] for zone in no_fly)
    plane = LocalPlane(_origin(area))
    polygon, notes = flyable(area, plane=plane, no_fly=zones, zone_clearance_m=zone_clearance_m)
    notes = (*thinned, *notes)
    passes_km = polygon.area / swath_m / 1000.0
    if passes_km > MOST_PASSES_KM:
        what = (
            f"{passes_km:,.0f} km of passes: at most {MOST_PASSES_KM:,.0f} km are planned in one go"
        )
        raise BadInput(where=area.name or "area", what=what)
    # Compiled kernels: what imports them takes a second that no other command need wait for.
    from missions.patterns.sweep.choose import Task, quickest

    best = quickest(
        Task(
            polygon=polygon,
            swath_m=swath_m,
            vehicle=vehicle,
            speed_m_s=speed_m_s,
            home=plane.en(start) if start is not None else None,
            angle_rad=angle_rad,
        )
    )
    if best.seen < ENOUGH_SEEN:
        notes += (f"sees {best.seen:.1%} of the area",)
    points = ring_geo(plane, best.points)
    return PatrolPath(
        pattern="sweep",
        points=tuple(PathPoint(position=point, height=height) for point in points),
        gaze=gaze,
        swath_m=swath_m,
        trigger_distance_m=trigger_distance_m,
        notes=notes,
    )


def _origin(area: Area) -> GeoPoint:
    try:
        return middle(area.outer)
    except ValueError as error:
        raise BadInput(where=area.name or "area", what=str(error)) from error
