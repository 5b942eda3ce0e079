"""Patterns over the ground: sweep, perimeter, corridor and round, from the arguments."""

import math
from collections.abc import Callable
from functools import partial

from missions.asked.asking import Asked, Made
from missions.asked.shapes import middles, only
from missions.asked.surroundings import asked_wind
from missions.heights import HeightAboveHome
from missions.path import CameraAction, PatrolPath
from missions.patterns.corridor import Side, corridor
from missions.patterns.perimeter import LookFrom, perimeter
from missions.patterns.round import visiting_round
from missions.patterns.sweep import sweep
from missions.patterns.sweep.winged import winged_sweep


def asked_sweep(asked: Asked) -> Made:
    """The only area, swept."""
    sight = asked.sight()
    lay: Callable[..., PatrolPath] = sweep
    if asked.vehicle.winged:
        wind, inside = asked_wind(asked.args.wind), asked.args.keep_inside
        lay = partial(winged_sweep, wind=wind, keep_inside=inside)
    path = lay(
        only(asked.shapes.areas, asked.args, "area"),
        swath_m=sight.swath_m,
        height=HeightAboveHome(sight.height_m),
        vehicle=asked.vehicle,
        speed_m_s=sight.speed_m_s,
        no_fly=asked.shapes.no_fly,
        angle_rad=_from_east(asked.args.angle_deg),
        start=asked.start,
        gaze=asked.gaze,
        trigger_distance_m=sight.trigger_distance_m,
    )
    return Made(path=path, sight=sight)


def _from_east(heading_deg: float | None) -> float | None:
    """A direction from north to the right as one from east to the left."""
    return None if heading_deg is None else math.pi / 2.0 - math.radians(heading_deg)


def asked_perimeter(asked: Asked) -> Made:
    """Round the only area's edge."""
    args, sight = asked.args, asked.sight()
    path = perimeter(
        only(asked.shapes.areas, args, "area"),
        standoff_m=args.standoff_m or 0.0,
        height=HeightAboveHome(sight.height_m),
        no_fly=asked.shapes.no_fly,
        laps=args.laps,
        start=asked.start,
        gaze=asked.gaze,
        look=LookFrom(args.look) if args.look else None,
    )
    return Made(path=path, sight=sight)


def asked_corridor(asked: Asked) -> Made:
    """Along all the lines."""
    args, sight = asked.args, asked.sight()
    if not asked.shapes.lines:
        only(asked.shapes.lines, args, "line")
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


def asked_round(asked: Asked) -> Made:
    """All the points, or the middles of the areas."""
    args, sight = asked.args, asked.sight()
    path = visiting_round(
        asked.shapes.places or middles(asked.shapes),
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
