"""Where an alarm is looked at from: overhead, at a distance, or as near as anybody may fly."""

import math
from dataclasses import dataclass

import numpy as np

from missions.geodesy import LocalPlane
from missions.reaction.ground import Ground
from missions.reaction.kernels.compiled import NEVER, Floats
from missions.reaction.situation import Alarm
from missions.reaction.travel import Nodes, Ways

ROUND = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """A place on the plane, metres, to look at an alarm from; `away_m` is its distance.

    `circles` says whether the alarm is circled; `zoned` that it lies where nobody may fly.
    """

    east_m: float
    north_m: float
    away_m: float
    circles: bool = False
    zoned: bool = False


def stand_for(
    alarm: Alarm, plane: LocalPlane, ways: Ways, drones: Nodes, height_m: float
) -> Stand | None:
    """The place from which drones are soonest there, None where none is near enough."""
    middle = np.array(plane.en(alarm.position))
    ground = ways.ground
    around = _around(middle, alarm.standoff_m)
    free = around[ground.free(around)]
    if not len(free):
        return _nearest(alarm, ground, middle)
    at = np.column_stack((free, np.full(len(free), height_m), np.zeros(len(free))))
    chosen = free[0]
    if len(free) > 1 and len(drones.at):
        seconds, _ = ways.between(drones, Nodes(at=at, sees=ground.sees(at)))
        chosen = free[int(np.argmin(seconds.min(axis=0)))]
    circles = alarm.orbit and ground.circle_is_clear(middle, alarm.standoff_m)
    return Stand(
        east_m=float(chosen[0]),
        north_m=float(chosen[1]),
        away_m=alarm.standoff_m,
        circles=circles,
        zoned=ground.zone_over(middle),
    )


def _around(middle: Floats, standoff_m: float) -> Floats:
    if standoff_m <= 0.0:
        return middle[None, :]
    angles = np.arange(ROUND) * (2.0 * math.pi / ROUND)
    return middle + standoff_m * np.column_stack((np.sin(angles), np.cos(angles)))


def _nearest(alarm: Alarm, ground: Ground, middle: Floats) -> Stand | None:
    place = ground.nearest_free(middle)
    if place is None:
        return None
    away_m = float(np.hypot(*(place - middle)))
    if away_m > max(alarm.farthest_look_m, alarm.standoff_m):
        return None
    zoned = ground.zone_over(middle)
    return Stand(east_m=float(place[0]), north_m=float(place[1]), away_m=away_m, zoned=zoned)


def stand_nodes(ground: Ground, stands: list[Stand | None], heights: Floats) -> Nodes:
    """The stands as nodes; what has none cannot be come to."""
    at = np.array(
        [
            (0.0, 0.0, height, NEVER)
            if stand is None
            else (stand.east_m, stand.north_m, height, 0.0)
            for stand, height in zip(stands, heights, strict=True)
        ]
    ).reshape(-1, 4)
    return Nodes(at=at, sees=ground.sees(at))
