"""Changes of velocity with limited jerk and acceleration, one axis each, ending together.

Acceleration grows for T1 seconds, stays for T2 and shrinks for T3. Source: PX4-Autopilot v1.17,
src/lib/motion_planning/VelocitySmoothing.cpp; the peak is solved for here, not T1.
"""

import math

import numpy as np
import numpy.typing as npt

from missions.px4_flight.kernels.compiled import inner

Array = npt.NDArray[np.float64]

# One row an axis.
POSITION, VELOCITY, ACCELERATION, T1, T2, T3, SIGN, GOAL, JERK, MOST, FASTEST = range(11)
AXIS_COLUMNS = 11
TINY = 1e-7


@inner
def aim(axis: Array, goal: float) -> None:
    """Plan the quickest change from the present state to a velocity."""
    a, dv = axis[ACCELERATION], goal - axis[VELOCITY]
    axis[GOAL] = goal
    left = dv - a * abs(a) / (2.0 * axis[JERK])
    if abs(left) < TINY and abs(a) < TINY:
        axis[SIGN] = axis[T1] = axis[T2] = axis[T3] = 0.0
        return
    sign = math.copysign(1.0, left if abs(left) >= TINY else a)
    axis[SIGN] = sign
    peak = sign * math.sqrt(max(axis[JERK] * sign * dv + a * a / 2.0, 0.0))
    _set_peak(axis, peak, dv)


@inner
def stretch(axis: Array, time_s: float) -> None:
    """Plan the same change so that it takes `time_s`."""
    if axis[SIGN] == 0.0:
        return
    a, dv = axis[ACCELERATION], axis[GOAL] - axis[VELOCITY]
    jerk = axis[JERK] * axis[SIGN]
    middle = a + time_s * jerk
    root = math.sqrt(max(middle * middle - 4.0 * (dv * jerk + a * a / 2.0), 0.0))
    _set_peak(axis, (middle - axis[SIGN] * root) / 2.0, dv)
    axis[T2] = max(time_s - axis[T1] - axis[T3], 0.0)


@inner
def _set_peak(axis: Array, peak: float, dv: float) -> None:
    a, jerk = axis[ACCELERATION], axis[JERK] * axis[SIGN]
    peak = max(-axis[MOST], min(axis[MOST], peak))
    axis[T1] = max((peak - a) / jerk, 0.0)
    peak = a + jerk * axis[T1]
    axis[T3] = max(peak / jerk, 0.0)
    gained = axis[T1] * (a + peak) / 2.0 + axis[T3] * peak / 2.0
    axis[T2] = max((dv - gained) / peak, 0.0) if abs(peak) > TINY else 0.0


@inner
def advance(axis: Array, dt_s: float) -> None:
    """Fly the planned change for `dt_s`."""
    left, jerk = dt_s, axis[JERK] * axis[SIGN]
    for part in range(3):
        length = axis[T1 + part]
        j = jerk if part == 0 else 0.0 if part == 1 else -jerk
        t = min(length, left)
        a, v = axis[ACCELERATION], axis[VELOCITY]
        axis[POSITION] += t * (v + t * (a / 2.0 + t * j / 6.0))
        axis[VELOCITY] += t * (a + t * j / 2.0)
        axis[ACCELERATION] += j * t
        axis[T1 + part] -= t
        left -= t
        if left <= 0.0:
            return
    axis[ACCELERATION] = 0.0
    axis[POSITION] += axis[VELOCITY] * left


@inner
def together(axes: Array) -> None:
    """Stretch the quicker axes so that all end their change with the slowest."""
    longest = 0.0
    for index in range(3):
        longest = max(longest, axes[index, T1] + axes[index, T2] + axes[index, T3])
    if longest <= TINY:
        return
    for index in range(3):
        if axes[index, T1] + axes[index, T2] + axes[index, T3] < longest:
            stretch(axes[index], longest)
