"""A pattern flown on wings: with loops, and far enough from the no-fly zones for its turns.

A pattern that leads along zones is made again with the zones widened, until the track that wings
fly by it keeps off them.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import shapely
from shapely.coords import CoordinateSequence

from missions.area import Area, Ring, ring_geo
from missions.asked.asking import Asked, Made
from missions.asked.surroundings import asked_wind
from missions.assemble import Assembly, path_items
from missions.errors import BadInput
from missions.geodesy import LocalPlane
from missions.patterns.ground import polygons_of
from missions.patterns.sweep.winged import straight_run_m, turn_radius_m
from missions.patterns.turns.on_wings import WingedTurns, path_on_wings
from missions.winged_transit import ROOM_RADII, ClosedToWings


def made_on_wings(asked: Asked, make: Callable[[Asked], Made]) -> Made:
    """What `make` makes, as wings fly it.

    Raises:
        BadInput: as `make`, or the pattern asks for standing still.
    """
    first: Made | None = None
    for made in _with_room(asked, make):
        first = first or made
        if _keeps_off(asked, made):
            return made
    # What of its turns is not clear is led round in the plan, or found.
    assert first is not None
    return first


def _keeps_off(asked: Asked, made: Made) -> bool:
    """Whether all that is flown of a path keeps off the zones."""
    no_fly = asked.shapes.no_fly
    if not no_fly:
        return True
    how = Assembly(speed_m_s=made.sight.speed_m_s, no_fly=no_fly, wings=asked.vehicle)
    plane = LocalPlane(made.path.points[0].position)
    closed = ClosedToWings.by(plane, no_fly, asked.vehicle, asked_wind(asked.args.wind))
    return closed.clear(path_items(made.path, how))


def _with_room(asked: Asked, make: Callable[[Asked], Made]) -> Iterator[Made]:
    """With zones widened more and more, as far as the pattern has room for it."""
    yield _on_wings(asked, make(asked))
    for radii in ROOM_RADII[1:]:
        room_m = radii * asked.vehicle.turn_radius_m
        zones = tuple(wide for zone in asked.shapes.no_fly for wide in _wider(zone, room_m))
        wide = replace(asked, shapes=replace(asked.shapes, no_fly=zones))
        try:
            yield _on_wings(asked, make(wide))
        except BadInput:
            return


def _wider(zone: Area, room_m: float) -> list[Area]:
    plane = LocalPlane(zone.outer[0])
    grown = polygons_of(shapely.make_valid(zone.polygon(plane)).buffer(room_m, quad_segs=2))
    return [replace(zone, outer=_ring(plane, one.exterior.coords), holes=()) for one in grown]


def _ring(plane: LocalPlane, corners: CoordinateSequence) -> Ring:
    return ring_geo(plane, np.asarray(corners))[:-1]


def _on_wings(asked: Asked, made: Made) -> Made:
    # A sweep is laid for wings as it is.
    if made.path.pattern == "sweep":
        return made
    speed = made.sight.speed_m_s
    radius = turn_radius_m(asked.vehicle, speed, asked_wind(asked.args.wind))
    how = WingedTurns(
        radius_m=radius,
        run_m=straight_run_m(speed, radius),
        swath_m=made.path.swath_m or made.sight.swath_m,
        no_fly=asked.shapes.no_fly,
    )
    return replace(made, path=path_on_wings(made.path, asked.vehicle, how))
