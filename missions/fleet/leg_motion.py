"""Motion along straight legs, cut where a vehicle begins or ceases to speed up or slow down."""

import math

import numpy as np
import numpy.typing as npt

from missions.time_model import leg_times_s
from missions.vehicle import Vehicle

Array = npt.NDArray[np.float64]

RAMP_PIECES = 4
SAME_M = 1e-3
SHORTEST_S = 1e-6


def flown_rows(points: Array, vehicle: Vehicle, speed_m_s: float) -> Array:
    """Seconds from the start, east, north and up along legs of (n, 3) metres, still at both ends.

    Rows, shape (m, 4), are where a leg ends or the speed begins or ceases to change.
    """
    legs = np.diff(points, axis=0)
    lengths = np.hypot(legs[:, 0], legs[:, 1])
    upright = lengths <= SAME_M
    level_s = leg_times_s(points[:, :2], vehicle, speed_m_s=speed_m_s)
    leg_s = np.where(upright, 0.0, np.maximum(level_s, 0.0))
    leg_s = np.maximum(leg_s, _climb_s(legs[:, 2], vehicle))
    speeds = _corner_speeds(points, upright, vehicle, speed_m_s)
    rows = [(0.0, *points[0].tolist())]
    for i, leg in enumerate(legs):
        start_s = rows[-1][0]
        pieces = _ramps(lengths[i], speeds[i], speeds[i + 1], speed_m_s, vehicle)
        whole_s = pieces[-1][0]
        for at_s, at_m in [(0.0, 0.0)] if upright[i] else pieces[:-1]:
            east, north, up = (points[i] + leg * (at_m / max(lengths[i], SAME_M))).tolist()
            rows.append((start_s + at_s / max(whole_s, SHORTEST_S) * leg_s[i], east, north, up))
        rows.append((start_s + float(leg_s[i]), *points[i + 1].tolist()))
    return np.array(rows[1:])


def _corner_speeds(
    points: Array, upright: npt.NDArray[np.bool_], vehicle: Vehicle, speed_m_s: float
) -> Array:
    """Speed over the ground at each point; those without a level leg between share theirs."""
    from missions.patterns.sweep.core.motion import Motion, way_time

    first = np.concatenate(([True], ~upright))
    way = np.ascontiguousarray(points[first, :2])
    speeds, times = np.zeros(len(way)), np.zeros(len(way))
    if len(way) > 1:
        motion = Motion(speed_m_s, vehicle.acceleration_m_s2, vehicle.corner_cut_m)
        way_time(way, speeds, times, motion)
    whole: Array = speeds[np.cumsum(first) - 1]
    return whole


def _ramps(
    length: float, first: float, last: float, speed: float, vehicle: Vehicle
) -> list[tuple[float, float]]:
    """Seconds and metres along a leg where it is cut, its end included."""
    a = vehicle.acceleration_m_s2
    peak = min(speed, math.sqrt((first**2 + last**2) / 2.0 + a * length))
    up_s, down_s = max(0.0, peak - first) / a, max(0.0, peak - last) / a
    up_m, down_m = (first + peak) / 2.0 * up_s, (last + peak) / 2.0 * down_s
    steady_s = max(0.0, length - up_m - down_m) / max(peak, SHORTEST_S)
    whole_s = up_s + steady_s + down_s
    parts = [i / RAMP_PIECES for i in range(1, RAMP_PIECES + 1)]
    risen = [(part * up_s, (first + a * part * up_s / 2.0) * part * up_s) for part in parts]
    sunk = [(part * down_s, (last + a * part * down_s / 2.0) * part * down_s) for part in parts]
    return [*risen, *((whole_s - s, length - m) for s, m in reversed(sunk)), (whole_s, length)]


def _climb_s(rises: Array, vehicle: Vehicle) -> Array:
    return np.where(
        rises > 0.0, rises / vehicle.climb_speed_m_s, -rises / vehicle.descent_speed_m_s
    )
