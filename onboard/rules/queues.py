"""Vehicles that stand or creep one behind another on a road."""

from collections.abc import Sequence

import numpy as np
import shapely

from onboard.rules.herds import linked
from onboard.rules.normal import probability_above
from onboard.rules.roads import Road, seen_from
from onboard.rules.trails import Trails, length, sigma_along, went_m_s
from onboard.track.track import Track

# Farther aside than this is another lane, or parked beside the road.
IN_LINE_M = 2.5


def slowness(trails: Trails, vehicle: Track, limit_m_s: float) -> float:
    """The probability that a vehicle has gone slower than a limit of late; 0 where unknown."""
    ends = trails.across(vehicle.track_id)
    if ends is None:
        return 0.0
    velocity, covariance = went_m_s(*ends)
    speed_m_s = length(velocity)
    direction = velocity / speed_m_s if speed_m_s > 0.0 else np.array([1.0, 0.0])
    return 1.0 - probability_above(limit_m_s, speed_m_s, sigma_along(covariance, direction))


def queues(road: Road, vehicles: Sequence[Track], *, within_m: float) -> list[list[int]]:
    """Indices of vehicles by queue: each is so far behind another of it, and in line with it."""
    en_m = np.array([each.en_m for each in vehicles]).reshape(-1, 2)
    if road.line is None:
        return linked(en_m, within_m)
    along_m = np.asarray(shapely.line_locate_point(road.line, shapely.points(en_m)))
    aside = seen_from(road.line, en_m).right_m * (within_m / IN_LINE_M)
    return linked(np.stack((along_m, aside), axis=-1), within_m)
