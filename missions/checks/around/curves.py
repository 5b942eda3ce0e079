"""What of a flight is not straight, for what lies beside its legs: corners, swings and circles.

A multirotor's are the predicted flight's (`flown_way`), a wing's are drawn as for the fence
(`ways`), at the height of the item that they are flown at.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import shapely

from missions.checks.around.camera_state import CameraState
from missions.checks.around.part import Kind, Part, Spot, Track
from missions.checks.flown_way import FlownWays, flown_ways
from missions.checks.px4_profile import Px4Profile
from missions.checks.ways import WayKind, ways_of
from missions.plan import Plan
from missions.vehicle import Vehicle
from missions.wind import Wind

CURVED = frozenset((WayKind.TURN, WayKind.CIRCLE, WayKind.CLIMB, WayKind.RETURN_CIRCLE))


def curved_track(
    plan: Plan, vehicle: Vehicle, track: Track, wind: Wind, profile: Px4Profile
) -> Track:
    """The same flight by its curves alone: each a chain of short parts, without their times."""
    if vehicle.winged:
        parts = _of_wings(plan, vehicle, track, wind, profile)
    else:
        flown = flown_ways(plan, vehicle, wind)
        parts = [] if flown is None else _of_flight(flown, track)
    return replace(track, parts=tuple(parts))


def _of_flight(flown: FlownWays, track: Track) -> list[Part]:
    found: list[Part] = []
    for way in flown.ways:
        geo = flown.plane.geo_from_en(way.spots[:, :2])
        en = track.plane.en_from_geo(geo[:, 0], geo[:, 1])
        rows = np.column_stack((en, way.spots[:, 2]))
        found += _chain(way.item, [(e, n, up) for e, n, up in rows.tolist()])
    return found


def _of_wings(
    plan: Plan, vehicle: Vehicle, track: Track, wind: Wind, profile: Px4Profile
) -> list[Part]:
    up_m = {part.item: part.end[2] for part in track.parts if part.kind is Kind.LEG}
    found: list[Part] = []
    for way in ways_of(plan, track.plane, vehicle, profile, wind):
        if way.kind in CURVED and way.item in up_m:
            line = shapely.get_coordinates(way.line)
            found += _chain(way.item, [(e, n, up_m[way.item]) for e, n in line.tolist()])
    return found


def _chain(item: int, spots: Sequence[Spot]) -> Iterator[Part]:
    for start, end in itertools.pairwise(spots):
        if start != end:
            yield Part(item, Kind.LEG, start, end, 0.0, 0.0, 0.0, CameraState(), curved=True)
