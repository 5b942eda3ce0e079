"""Searches: about a point, in sectors or where it is likely, from the arguments."""

import argparse
import math
from pathlib import Path

from missions.area import Area, Place, Shapes
from missions.asked.asking import Asked, Made
from missions.asked.camera import Sight
from missions.asked.shapes import middle_of, only
from missions.errors import BadInput
from missions.heights import HeightAboveHome
from missions.patterns.search import expanding_square, likely_places_first, sectors
from missions.patterns.search.belief import beliefs_of
from missions.patterns.search.raster import read_weights


def asked_search(asked: Asked) -> Made:
    """About the point, or the middle of the area; or where it is likely."""
    args, sight, shapes = asked.args, asked.sight(), asked.shapes
    if args.search == "map":
        return _search_by_map(asked, sight)
    within = only(shapes.areas, args, "area") if shapes.areas else None
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
    within = only(plain or shapes.areas, args, "area to search in")
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


def _datum(args: argparse.Namespace, shapes: Shapes, within: Area | None) -> Place:
    """Where the search begins: the drawing's only point, else the middle of its area."""
    if shapes.places or within is None:
        return only(shapes.places, args, "point")
    return middle_of(within, shapes.no_fly)
