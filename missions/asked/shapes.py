"""The shapes that a pattern is made over: those of the drawing that are meant."""

import argparse
from typing import TypeVar

import shapely.ops

from missions.area import Area, Line, Place, Shapes, middle
from missions.asked.coordinates import asked_drawing
from missions.asked.home import asked_home
from missions.asked.whereabouts import check_whereabouts
from missions.errors import BadInput
from missions.geodesy import LocalPlane
from missions.patterns.ground import MARGIN_M, ZONE_CLEARANCE_M, flyable
from missions.patterns.lean_area import lean_area

Shape = TypeVar("Shape", Area, Line, Place)


def asked_shapes(args: argparse.Namespace) -> Shapes:
    """The shapes of AREA that are meant, and all that must not be flown over."""
    drawn = asked_drawing(args, args.area)
    no_fly = drawn.no_fly
    notes: list[str] = []
    for file in args.avoid:
        other = asked_drawing(args, file)
        no_fly += other.no_fly or (other.areas if file != args.area else ())
        notes += other.notes
    wanted = args.feature
    notes += drawn.notes
    meant = Shapes(
        areas=tuple(_lean(one, notes) for one in drawn.areas if _is(one, wanted)),
        lines=tuple(one for one in drawn.lines if _is(one, wanted)),
        places=tuple(one for one in drawn.places if _is(one, wanted)),
        no_fly=tuple(dict.fromkeys(_lean(one, notes, closed=True) for one in no_fly)),
        notes=tuple(notes),
    )
    home = asked_home(args.home)
    check_whereabouts(meant, home.position if home is not None else None, args.area)
    return meant


def _lean(area: Area, notes: list[str], *, closed: bool = False) -> Area:
    lean, said = lean_area(area, closed=closed)
    notes += said
    return lean


def _is(shape: Area | Line | Place, wanted: str | None) -> bool:
    name = shape.properties.get("name", "")
    names = set(map(str, name.values())) if isinstance(name, dict) else {str(name)}
    return wanted is None or wanted in {shape.name, *names}


def only(found: tuple[Shape, ...], args: argparse.Namespace, kind: str) -> Shape:
    """The one shape of its kind.

    Raises:
        BadInput: there is none, or more than one.
    """
    if len(found) == 1:
        return found[0]
    names = ", ".join(one.name or "unnamed" for one in found[:8])
    what = f"{len(found)} {kind}s found, one is needed"
    if not found and args.feature is not None:
        what = f"no {kind} has the id or name {args.feature!r} (--feature)"
    elif found:
        what += f": choose with --feature ({names}{', ...' if len(found) > 8 else ''})"
    raise BadInput(where=args.area, what=what)


def middles(shapes: Shapes) -> tuple[Place, ...]:
    """A drawing without points: its areas are visited at their middles, or as near to them as may
    be flown."""
    return tuple(middle_of(area, shapes.no_fly) for area in shapes.areas)


def middle_of(area: Area, no_fly: tuple[Area, ...]) -> Place:
    """The middle of an area, or the nearest to it that may be flown over."""
    try:
        plane = LocalPlane(middle(area.outer))
    except ValueError as error:
        raise BadInput(where=area.name or "area", what=str(error)) from error
    ground, _ = flyable(
        area, plane=plane, no_fly=no_fly, zone_clearance_m=ZONE_CLEARANCE_M + MARGIN_M
    )
    nearest, _ = shapely.ops.nearest_points(ground, shapely.Point(0.0, 0.0))
    return Place(position=plane.geo(nearest.x, nearest.y), name=area.name)
