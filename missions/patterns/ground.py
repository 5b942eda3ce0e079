"""The polygon that a pattern may fly in: a drawn area, less the no-fly zones, made valid."""

import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from missions.area import Area
from missions.errors import BadInput
from missions.geodesy import LocalPlane

# Waypoints travel as 1e-7 degrees, 11 mm: a path stays this far inside so that rounding cannot
# carry it out.
MARGIN_M = 0.02
# Position error and overshoot at corners: less than this from a fenced zone may breach the fence.
ZONE_CLEARANCE_M = 5.0


def flyable(
    area: Area,
    *,
    plane: LocalPlane,
    no_fly: tuple[Area, ...],
    clearance_m: float = 0.0,
    zone_clearance_m: float = 0.0,
) -> tuple[Polygon, tuple[str, ...]]:
    """The largest connected piece of the area less its no-fly zones, metres, and what was changed.

    `clearance_m` is kept from the area's own edge and its holes, `zone_clearance_m` besides from
    every no-fly zone, so that a fence round the zone is not breached by flying along it.

    Raises:
        BadInput: nothing is left to fly in, or the area's ring cannot be understood.
    """
    where = area.name or "area"
    drawn, notes = _valid(area.polygon(plane), where)
    zones = [_valid(zone.polygon(plane), zone.name or "no-fly zone")[0] for zone in no_fly]
    kept_off = [zone.buffer(zone_clearance_m, quad_segs=2) for zone in zones]
    left = drawn.difference(shapely.union_all(kept_off)) if zones else drawn
    pieces = polygons_of(left.buffer(-(MARGIN_M + clearance_m), join_style="mitre"))
    if not pieces:
        raise BadInput(where=where, what="nothing of the area is left to fly in")
    if len(pieces) > 1:
        lost = sum(piece.area for piece in pieces[1:])
        notes += (
            f"{where}: cut into {len(pieces)} pieces that cannot be joined without leaving it; "
            f"the largest is flown, {lost:.0f} m2 are left out",
        )
    return pieces[0], notes


def polygons_of(geometry: BaseGeometry) -> list[Polygon]:
    """The polygons of a geometry, largest first; lines and points are dropped."""
    parts = shapely.get_parts(geometry)
    found: list[Polygon] = []
    for part in parts:
        if isinstance(part, Polygon) and part.area > 0.0:
            found.append(part)
        elif isinstance(part, MultiPolygon):
            found.extend(part.geoms)
    return sorted(found, key=lambda polygon: (-polygon.area, polygon.bounds))


def _valid(polygon: Polygon, where: str) -> tuple[BaseGeometry, tuple[str, ...]]:
    if polygon.is_valid and polygon.area > 0.0:
        return polygon, ()
    reason = shapely.is_valid_reason(polygon)
    mended = shapely.make_valid(polygon, method="structure", keep_collapsed=False)
    pieces = polygons_of(mended)
    if not pieces:
        raise BadInput(where=where, what=f"the ring encloses nothing ({reason.lower()})")
    change = abs(sum(piece.area for piece in pieces) - abs(polygon.area))
    return MultiPolygon(pieces), (
        f"{where}: ring repaired ({reason.lower()}), area changed by {change:.0f} m2",
    )
