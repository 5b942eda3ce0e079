"""Patterns about a structure: orbit and facade, from the arguments."""

import argparse

from missions.area import Area, Place
from missions.asked.asking import Asked, Made
from missions.asked.camera import asked_camera, asked_facade_sight
from missions.asked.shapes import only
from missions.errors import BadInput
from missions.heights import HeightAboveHome
from missions.patterns.facade import Scan, facade
from missions.patterns.orbit import Aim, orbit

METRES_A_STOREY = 3.0
HEIGHT_KEYS = ("structure_height_m", "building_height_m", "height")
MOST_HEIGHTS = 500


def asked_orbit(asked: Asked) -> Made:
    """Round the only area or point."""
    args, sight = asked.args, asked.sight()
    structure: Area | Place
    if asked.shapes.areas:
        structure = only(asked.shapes.areas, args, "area")
    else:
        structure = only(asked.shapes.places, args, "area or point")
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


def asked_facade(asked: Asked) -> Made:
    """Along the only area's walls."""
    args = asked.args
    building = only(asked.shapes.areas, args, "area")
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
