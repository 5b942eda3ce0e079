"""How long a multirotor takes along a path: bounded acceleration, slower through corners.

A corner is flown as an arc that departs from it by at most `corner_cut_m` (junction deviation, as
in GRBL and Klipper): v^2 = a * d * s / (1 - s), s the sine of half the angle between the legs; the
arc must fit in half of the shorter leg.
"""

import itertools
import math

import numpy as np
import numpy.typing as npt

from missions.geodesy import LocalPlane
from missions.path import PatrolPath
from missions.vehicle import Vehicle

Array = npt.NDArray[np.float64]


def leg_times_s(points_en: Array, vehicle: Vehicle, *, speed_m_s: float) -> Array:
    """Seconds of each leg, shape (n - 1,), of a path of (n, 2) metres; still at both ends."""
    legs = np.diff(points_en, axis=0)
    lengths = np.hypot(legs[:, 0], legs[:, 1])
    keep = lengths > 1e-6
    times = np.zeros(len(lengths))
    if keep.any():
        times[keep] = _moving(legs[keep], lengths[keep], vehicle, speed_m_s)
    return times


def flight_time_s(points_en: Array, vehicle: Vehicle, *, speed_m_s: float) -> float:
    """Seconds along a path of (n, 2) metres, still at both ends."""
    return float(leg_times_s(points_en, vehicle, speed_m_s=speed_m_s).sum())


def path_time_s(path: PatrolPath, vehicle: Vehicle, *, speed_m_s: float) -> float:
    """Seconds along a patrol's path: its legs, its climbs and its dwells.

    A multirotor stands still where it dwells; wings go on at their speed, and only the length
    counts.
    """
    if not path.points:
        return 0.0
    plane = LocalPlane(path.points[0].position)
    points = np.array([plane.en(point.position) for point in path.points])
    if vehicle.winged:
        lengths = np.hypot(*np.diff(points, axis=0).T)
        return float(lengths.sum()) / speed_m_s + sum(point.dwell_s for point in path.points)
    stops = [0, *(i for i, point in enumerate(path.points) if point.dwell_s > 0.0)]
    stops.append(len(points) - 1)
    level = sum(
        flight_time_s(points[a : b + 1], vehicle, speed_m_s=speed_m_s)
        for a, b in itertools.pairwise(stops)
    )
    return level + sum(point.dwell_s for point in path.points) + _climbing_s(path, vehicle)


def _climbing_s(path: PatrolPath, vehicle: Vehicle) -> float:
    rises = np.diff([point.height.m for point in path.points])
    up = float(rises[rises > 0.0].sum()) / vehicle.climb_speed_m_s
    return up - float(rises[rises < 0.0].sum()) / vehicle.descent_speed_m_s


def _moving(legs: Array, lengths: Array, vehicle: Vehicle, speed: float) -> Array:
    acceleration = vehicle.acceleration_m_s2
    at = _corner_speeds(legs / lengths[:, None], lengths, vehicle, speed)
    for i, length in enumerate(lengths):
        at[i + 1] = min(at[i + 1], math.sqrt(at[i] ** 2 + 2.0 * acceleration * length))
    for i in range(len(lengths) - 1, -1, -1):
        at[i] = min(at[i], math.sqrt(at[i + 1] ** 2 + 2.0 * acceleration * lengths[i]))
    first, last = at[:-1], at[1:]
    peak = np.minimum(speed, np.sqrt((first**2 + last**2) / 2.0 + acceleration * lengths))
    ramps = (2.0 * peak**2 - first**2 - last**2) / (2.0 * acceleration)
    times: Array = (2.0 * peak - first - last) / acceleration + np.maximum(
        lengths - ramps, 0.0
    ) / peak
    return times


def _corner_speeds(directions: Array, lengths: Array, vehicle: Vehicle, speed: float) -> Array:
    speeds = np.zeros(len(lengths) + 1)
    if len(lengths) < 2:
        return speeds
    acceleration = vehicle.acceleration_m_s2
    cosine = np.clip((directions[:-1] * directions[1:]).sum(axis=1), -1.0, 1.0)
    half = np.sqrt((1.0 + cosine) / 2.0)
    by_cut = acceleration * vehicle.corner_cut_m * half / np.maximum(1.0 - half, 1e-9)
    room = np.minimum(lengths[:-1], lengths[1:]) / 2.0
    tangent = np.sqrt(np.maximum(1.0 - half**2, 0.0)) / np.maximum(half, 1e-9)
    by_room = acceleration * room / np.maximum(tangent, 1e-9)
    speeds[1:-1] = np.minimum(speed, np.sqrt(np.minimum(by_cut, by_room)))
    return speeds
