"""How long a stretch of a way takes: the kernels' own form of `missions.time_model`."""

import math
from typing import NamedTuple

from missions.patterns.sweep.core.kernels import Array, entry, inner


class Motion(NamedTuple):
    """How the vehicle moves; see `missions.time_model`."""

    speed_m_s: float
    acceleration_m_s2: float
    corner_cut_m: float


@inner
def corner_speed(
    px: float, py: float, qx: float, qy: float, rx: float, ry: float, motion: Motion
) -> float:
    """The most speed through the corner at q between p and r."""
    ax = qx - px
    ay = qy - py
    bx = rx - qx
    by = ry - qy
    first = math.hypot(ax, ay)
    second = math.hypot(bx, by)
    if first < 1e-6 or second < 1e-6:
        return 0.0
    cosine = min(1.0, max(-1.0, (ax * bx + ay * by) / (first * second)))
    half = math.sqrt((1.0 + cosine) / 2.0)
    tangent = math.sqrt(max(1.0 - half * half, 0.0)) / max(half, 1e-9)
    by_cut = motion.corner_cut_m * half / max(1.0 - half, 1e-9)
    by_room = min(first, second) / 2.0 / max(tangent, 1e-9)
    return min(motion.speed_m_s, math.sqrt(motion.acceleration_m_s2 * min(by_cut, by_room)))


@inner
def leg_time(length: float, first: float, last: float, motion: Motion) -> float:
    """Seconds along a leg between the speeds at its ends."""
    a = motion.acceleration_m_s2
    peak = min(motion.speed_m_s, math.sqrt((first * first + last * last) / 2.0 + a * length))
    if peak < 1e-9:
        return 0.0
    ramps = (2.0 * peak * peak - first * first - last * last) / (2.0 * a)
    return (2.0 * peak - first - last) / a + max(length - ramps, 0.0) / peak


@inner
def set_speeds(points: Array, first: int, last: int, speeds: Array, motion: Motion) -> None:
    """Speeds at the points from `first` to `last`; at these two they may only be lowered."""
    twice = 2.0 * motion.acceleration_m_s2
    for i in range(first + 1, last):
        speeds[i] = corner_speed(
            points[i - 1, 0],
            points[i - 1, 1],
            points[i, 0],
            points[i, 1],
            points[i + 1, 0],
            points[i + 1, 1],
            motion,
        )
    for i in range(first, last):
        length = math.hypot(points[i + 1, 0] - points[i, 0], points[i + 1, 1] - points[i, 1])
        speeds[i + 1] = min(speeds[i + 1], math.sqrt(speeds[i] * speeds[i] + twice * length))
    for i in range(last - 1, first - 1, -1):
        length = math.hypot(points[i + 1, 0] - points[i, 0], points[i + 1, 1] - points[i, 1])
        speeds[i] = min(speeds[i], math.sqrt(speeds[i + 1] * speeds[i + 1] + twice * length))


@inner
def set_times(
    points: Array, first: int, last: int, speeds: Array, times: Array, motion: Motion
) -> float:
    """Seconds of the legs from point `first` to `last`, and of all of them together."""
    total = 0.0
    for i in range(first, last):
        length = math.hypot(points[i + 1, 0] - points[i, 0], points[i + 1, 1] - points[i, 1])
        times[i] = leg_time(length, speeds[i], speeds[i + 1], motion)
        total += times[i]
    return total


@entry
def way_time(points: Array, speeds: Array, times: Array, motion: Motion) -> float:
    """Seconds along a way, still at both ends; `speeds` and `times` have room for its points."""
    last = points.shape[0] - 1
    speeds[0] = 0.0
    speeds[last] = 0.0
    set_speeds(points, 0, last, speeds, motion)
    return set_times(points, 0, last, speeds, times, motion)
