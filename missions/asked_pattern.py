"""The pattern that the arguments ask for, over the shapes of the drawing."""

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import shapely.ops
from shapely.geometry import Polygon

from missions.area import Area, Line, Place, Shapes, middle, ring_en, ring_geo
from missions.asked_camera import Sight, asked_camera, asked_facade_sight, asked_sight
from missions.errors import BadInput
from missions.files import read_shapes
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.path import CameraAction, Gaze, PatrolPath
from missions.patterns.corridor import Side, corridor
from missions.patterns.facade import Scan, facade
from missions.patterns.ground import MARGIN_M, ZONE_CLEARANCE_M, flyable
from missions.patterns.orbit import Aim, orbit
from missions.patterns.perimeter import LookFrom, perimeter
from missions.patterns.round import visiting_round
from missions.patterns.search import expanding_square, likely_places_first, sectors
from missions.patterns.search.belief import Belief, beliefs_of
from missions.patterns.search.raster import read_weights
from missions.patterns.sweep import sweep
from missions.vehicle import Vehicle

Shape = TypeVar("Shape", Area, Line, Place)

METRES_A_STOREY = 3.0
HEIGHT_KEYS = ("structure_height_m", "building_height_m", "height")
MOST_HEIGHTS = 500
# Corners of an area: more are thinned, by up to so many metres.
MOST_CORNERS = 20_000
THINNED_M, MOST_THINNED_M = 0.02, 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Everything that a pattern is made from."""

    args: argparse.Namespace
    shapes: Shapes
    vehicle: Vehicle
    start: GeoPoint | None

    @property
    def gaze(self) -> Gaze:
        """The gimbal at the pitch asked for."""
        return Gaze(pitch_rad=math.radians(self.args.gimbal_pitch_deg))

    def sight(self) -> Sight:
        """What the camera sees of the ground."""
        return asked_sight(self.args, self.vehicle)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A path, what the camera makes of it, and what a search believes."""

    path: PatrolPath
    sight: Sight
    beliefs: tuple[Belief, ...] = ()


def asked_path(asked: Asked) -> Made:
    """The path of the pattern asked for.

    Raises:
        BadInput: the drawing lacks what the pattern needs, or a number makes no sense.
    """
    return PATTERNS[asked.args.pattern](asked)


def asked_shapes(args: argparse.Namespace) -> Shapes:
    """The shapes of AREA that are meant, and all that must not be flown over."""
    drawn = read_shapes(Path(args.area))
    no_fly = drawn.no_fly
    for file in args.avoid:
        other = read_shapes(Path(file))
        no_fly += other.no_fly or (other.areas if file != args.area else ())
    wanted = args.feature
    notes = list(drawn.notes)
    return Shapes(
        areas=tuple(_thinned(one, notes) for one in drawn.areas if _is(one, wanted)),
        lines=tuple(one for one in drawn.lines if _is(one, wanted)),
        places=tuple(one for one in drawn.places if _is(one, wanted)),
        no_fly=tuple(dict.fromkeys(_thinned(one, notes) for one in no_fly)),
        notes=tuple(notes),
    )


def _thinned(area: Area, notes: list[str]) -> Area:
    """The area with fewer corners where it has more than any pattern can use, and that it has."""
    count = len(area.outer) + sum(map(len, area.holes))
    if count <= MOST_CORNERS:
        return area
    where = area.name or "area"
    try:
        plane = LocalPlane(middle(area.outer))
    except ValueError as error:
        raise BadInput(where=where, what=str(error)) from error
    drawn = [Polygon(ring_en(plane, ring)) for ring in (area.outer, *area.holes)]
    tolerance, rings = THINNED_M, drawn
    while sum(len(ring.exterior.coords) for ring in rings) > MOST_CORNERS:
        if tolerance > MOST_THINNED_M:
            raise BadInput(where=where, what=f"{count} corners: at most {MOST_CORNERS} are taken")
        thinner = [ring.simplify(tolerance, preserve_topology=False) for ring in drawn]
        rings = [ring for ring in thinner if isinstance(ring, Polygon) and not ring.is_empty]
        tolerance *= 2.0
    if not rings:
        raise BadInput(where=where, what="the ring encloses nothing")
    notes.append(f"{where}: {count} corners thinned, the edge moved by up to {tolerance / 2.0:g} m")
    outer, *holes = (ring_geo(plane, np.array(ring.exterior.coords)[:-1]) for ring in rings)
    return Area(outer=outer, holes=tuple(holes), name=area.name, properties=area.properties)


def _is(shape: Area | Line | Place, wanted: str | None) -> bool:
    name = shape.properties.get("name", "")
    names = set(map(str, name.values())) if isinstance(name, dict) else {str(name)}
    return wanted is None or wanted in {shape.name, *names}


def _sweep(asked: Asked) -> Made:
    sight = asked.sight()
    path = sweep(
        _only(asked.shapes.areas, asked.args, "area"),
        swath_m=sight.swath_m,
        height=HeightAboveHome(sight.height_m),
        vehicle=asked.vehicle,
        speed_m_s=sight.speed_m_s,
        no_fly=asked.shapes.no_fly,
        start=asked.start,
        gaze=asked.gaze,
        trigger_distance_m=sight.trigger_distance_m,
    )
    return Made(path=path, sight=sight)


def _perimeter(asked: Asked) -> Made:
    args, sight = asked.args, asked.sight()
    path = perimeter(
        _only(asked.shapes.areas, args, "area"),
        standoff_m=args.standoff_m or 0.0,
        height=HeightAboveHome(sight.height_m),
        no_fly=asked.shapes.no_fly,
        laps=args.laps,
        start=asked.start,
        gaze=asked.gaze,
        look=LookFrom(args.look) if args.look else None,
    )
    return Made(path=path, sight=sight)


def _corridor(asked: Asked) -> Made:
    args, sight = asked.args, asked.sight()
    if not asked.shapes.lines:
        _only(asked.shapes.lines, args, "line")
    path = corridor(
        asked.shapes.lines,
        swath_m=sight.swath_m,
        height=HeightAboveHome(sight.height_m),
        width_m=args.width_m,
        passes=args.passes,
        offset_m=args.offset_m,
        beside=Side(args.beside) if args.beside else None,
        standoff_m=args.standoff_m or 0.0,
        no_fly=asked.shapes.no_fly,
        start=asked.start,
        gaze=asked.gaze,
        trigger_distance_m=sight.trigger_distance_m,
    )
    return Made(path=path, sight=sight)


def _round(asked: Asked) -> Made:
    args, sight = asked.args, asked.sight()
    path = visiting_round(
        asked.shapes.places or _middles(asked.shapes),
        height=HeightAboveHome(sight.height_m),
        dwell_s=args.dwell_s,
        start=asked.start,
        standoff_m=max(0.0, args.standoff_m or 0.0),
        gaze=asked.gaze,
        keep_order=args.keep_order,
        action=CameraAction(args.action) if args.action else None,
        no_fly=asked.shapes.no_fly,
    )
    return Made(path=path, sight=sight)


def _orbit(asked: Asked) -> Made:
    args, sight = asked.args, asked.sight()
    structure: Area | Place
    if asked.shapes.areas:
        structure = _only(asked.shapes.areas, args, "area")
    else:
        structure = _only(asked.shapes.places, args, "area or point")
    tall = _structure_height_m(args, structure)
    heights = args.heights_m or (sight.height_m,)
    if len(heights) > MOST_HEIGHTS:
        raise BadInput(where="--heights-m", what=f"more than {MOST_HEIGHTS} heights")
    path = orbit(
        structure,
        heights=tuple(HeightAboveHome(height) for height in heights),
        look_at=HeightAboveHome(args.base_m + (tall or 0.0) / 2.0),
        radius_m=args.radius_m,
        standoff_m=args.standoff_m,
        camera=asked_camera(args),
        structure_height_m=tall or 0.0,
        clockwise=not args.anticlockwise,
        laps=args.laps,
        aim=Aim(args.aim),
        no_fly=asked.shapes.no_fly,
        start=asked.start,
    )
    return Made(path=path, sight=sight)


def _facade(asked: Asked) -> Made:
    args = asked.args
    building = _only(asked.shapes.areas, args, "area")
    tall = _structure_height_m(args, building)
    if tall is None:
        raise BadInput(where="--structure-height-m", what="a facade needs the building's height")
    sight, view, standoff = asked_facade_sight(args, asked.vehicle)
    path = facade(
        building,
        view=view,
        standoff_m=standoff,
        bottom=HeightAboveHome(args.base_m),
        top=HeightAboveHome(args.base_m + tall),
        lowest=HeightAboveHome(args.base_m + args.lowest_m),
        scan=Scan(args.scan),
        no_fly=asked.shapes.no_fly,
        start=asked.start,
    )
    return Made(path=path, sight=sight)


def _search(asked: Asked) -> Made:
    args, sight, shapes = asked.args, asked.sight(), asked.shapes
    if args.search == "map":
        return _search_by_map(asked, sight)
    within = _only(shapes.areas, args, "area") if shapes.areas else None
    datum = _datum(args, shapes, within)
    height, heading = HeightAboveHome(sight.height_m), math.radians(args.heading_deg)
    if args.search == "square":
        path = expanding_square(
            datum,
            swath_m=sight.swath_m,
            height=height,
            reach_m=args.radius_m,
            heading_rad=heading,
            to_right=not args.anticlockwise,
            within=within,
            no_fly=shapes.no_fly,
            gaze=asked.gaze,
            trigger_distance_m=sight.trigger_distance_m,
        )
    else:
        path = sectors(
            datum,
            swath_m=sight.swath_m,
            height=height,
            radius_m=args.radius_m,
            heading_rad=heading,
            searches=args.searches,
            within=within,
            no_fly=shapes.no_fly,
            gaze=asked.gaze,
            trigger_distance_m=sight.trigger_distance_m,
        )
    return Made(path=path, sight=sight)


def _search_by_map(asked: Asked, sight: Sight) -> Made:
    """The area named `search`, or the only one without a weight, searched by all the weights."""
    args, shapes = asked.args, asked.shapes
    weighted = [one for one in shapes.areas if "weight" in one.properties]
    plain = tuple(one for one in shapes.areas if "weight" not in one.properties)
    within = _only(plain or shapes.areas, args, "area to search in")
    beliefs = beliefs_of(weighted, shapes.places, sigma_m=args.spread_m or 2.0 * sight.swath_m)
    if args.weights:
        beliefs.append(read_weights(Path(args.weights)))
    if not beliefs:
        what = "no weighted areas or points in it, and no --weights file: where is it likely?"
        raise BadInput(where=args.area, what=what)
    path = likely_places_first(
        within,
        beliefs,
        swath_m=sight.swath_m,
        height=HeightAboveHome(sight.height_m),
        vehicle=asked.vehicle,
        speed_m_s=sight.speed_m_s,
        no_fly=shapes.no_fly,
        start=asked.start,
        gaze=asked.gaze,
        trigger_distance_m=sight.trigger_distance_m,
    )
    return Made(path=path, sight=sight, beliefs=tuple(beliefs))


PATTERNS: dict[str, Callable[[Asked], Made]] = {
    "sweep": _sweep,
    "corridor": _corridor,
    "perimeter": _perimeter,
    "orbit": _orbit,
    "facade": _facade,
    "round": _round,
    "search": _search,
}


def _datum(args: argparse.Namespace, shapes: Shapes, within: Area | None) -> Place:
    """Where the search begins: the drawing's only point, else the middle of its area."""
    if shapes.places or within is None:
        return _only(shapes.places, args, "point")
    return _middle(within, shapes.no_fly)


def _structure_height_m(args: argparse.Namespace, structure: Area | Place) -> float | None:
    """As asked for, or as the drawing says it (OpenStreetMap: `height`, `building:levels`)."""
    if args.structure_height_m is not None:
        return float(args.structure_height_m)
    properties = structure.properties
    for key, metres in (*((key, 1.0) for key in HEIGHT_KEYS), ("building:levels", METRES_A_STOREY)):
        value = str(properties.get(key, "")).removesuffix("m").strip()
        try:
            found = float(value) * metres
        except ValueError:
            continue
        if 0.0 < found < 2000.0:
            return found
    return None


def _middles(shapes: Shapes) -> tuple[Place, ...]:
    """A drawing without points: its areas are visited at their middles, or as near to them as may
    be flown."""
    return tuple(_middle(area, shapes.no_fly) for area in shapes.areas)


def _middle(area: Area, no_fly: tuple[Area, ...]) -> Place:
    try:
        plane = LocalPlane(middle(area.outer))
    except ValueError as error:
        raise BadInput(where=area.name or "area", what=str(error)) from error
    ground, _ = flyable(
        area, plane=plane, no_fly=no_fly, zone_clearance_m=ZONE_CLEARANCE_M + MARGIN_M
    )
    nearest, _ = shapely.ops.nearest_points(ground, shapely.Point(0.0, 0.0))
    return Place(position=plane.geo(nearest.x, nearest.y), name=area.name)


def _only(found: tuple[Shape, ...], args: argparse.Namespace, kind: str) -> Shape:
    if len(found) == 1:
        return found[0]
    names = ", ".join(one.name or "unnamed" for one in found[:8])
    what = f"{len(found)} {kind}s found, one is needed"
    if not found and args.feature is not None:
        what = f"no {kind} has the id or name {args.feature!r} (--feature)"
    elif found:
        what += f": choose with --feature ({names}{', ...' if len(found) > 8 else ''})"
    raise BadInput(where=args.area, what=what)
