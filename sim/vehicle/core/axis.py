"""Velocity changes with limited jerk, as PX4's VelocitySmoothing makes them: one axis each.

A change of velocity is flown in three parts: acceleration grows for T1 s, stays for T2 s and
shrinks for T3 s. Source: PX4-Autopilot v1.17, src/lib/motion_planning/VelocitySmoothing.cpp.
"""

import math

from sim.vehicle.core.compiled import inner
from sim.vehicle.core.layout import Axis

TINY = 1e-7


@inner
def reset(axis: Axis, position: float, velocity: float, acceleration: float) -> None:
    """Forget the change under way and begin from a state."""
    axis.position = axis.start_position = position
    axis.velocity = axis.start_velocity = axis.goal = velocity
    axis.acceleration = axis.start_acceleration = acceleration
    axis.t1 = axis.t2 = axis.t3 = 0.0
    axis.sign = 0.0
    axis.elapsed_s = 0.0


@inner
def move_to(axis: Axis, position: float) -> None:
    """Put the present state at a position, without a jump of velocity."""
    axis.position = axis.start_position = position


@inner
def force_velocity(axis: Axis, velocity: float) -> None:
    """Replace the present velocity."""
    axis.velocity = axis.start_velocity = velocity


@inner
def total_s(axis: Axis) -> float:
    """How long the change under way takes in all."""
    return axis.t1 + axis.t2 + axis.t3


@inner
def advance(axis: Axis, dt_s: float) -> None:
    """Fly the change under way for `dt_s` more seconds."""
    axis.elapsed_s += dt_s
    left = axis.elapsed_s
    a, v, x = axis.start_acceleration, axis.start_velocity, axis.start_position
    jerk = axis.max_jerk * axis.sign
    for part in range(3):
        if left <= 0.0:
            break
        length = axis.t1 if part == 0 else axis.t2 if part == 1 else axis.t3
        j = jerk if part == 0 else 0.0 if part == 1 else -jerk
        t = min(length, left)
        x += t * (v + t * (a / 2 + t * j / 6))
        v += t * (a + t * j / 2)
        a += j * t
        left -= t
    if left > 0.0:
        a = 0.0
        x += v * left
    axis.acceleration, axis.velocity, axis.position = a, v, x


@inner
def aim(axis: Axis, velocity: float) -> None:
    """Plan the quickest change from the present state to a velocity."""
    limit = axis.max_velocity
    axis.goal = min(max(velocity, -limit), limit)
    a, v = axis.acceleration, axis.velocity
    axis.start_acceleration, axis.start_velocity, axis.start_position = a, v, axis.position
    axis.elapsed_s = 0.0
    at_rest = v + a * abs(a) / (2.0 * axis.max_jerk) if abs(a) > TINY else v
    wanted = axis.goal - at_rest
    if wanted == 0.0:
        wanted = a
    axis.sign = 0.0 if wanted == 0.0 else math.copysign(1.0, wanted)
    if axis.sign == 0.0:
        axis.t1 = axis.t2 = axis.t3 = 0.0
        return
    jerk = axis.max_jerk * axis.sign
    dv = axis.goal - v
    axis.t1 = _quickest_t1(axis, a, dv, jerk)
    axis.t3 = max(a / jerk + axis.t1, 0.0)
    peak = a + jerk * axis.t1
    axis.t2 = 0.0
    if abs(peak) > TINY:
        gained = axis.t1 * (a + jerk * axis.t1 / 2) + axis.t3 * (peak - jerk * axis.t3 / 2)
        axis.t2 = max((dv - gained) / peak, 0.0)


@inner
def stretch(axis: Axis, time_s: float) -> None:
    """Plan the same change so that it takes `time_s`, to end together with other axes."""
    if axis.sign == 0.0:
        return
    a, jerk = axis.acceleration, axis.max_jerk * axis.sign
    axis.t1 = _timed_t1(axis, time_s, a, axis.goal - axis.velocity, jerk)
    axis.t3 = max(a / jerk + axis.t1, 0.0)
    axis.t2 = max(time_s - axis.t1 - axis.t3, 0.0)


@inner
def synchronize(north: Axis, east: Axis, down: Axis) -> None:
    """Stretch the quicker axes so that all end their change with the slowest."""
    n, e, d = total_s(north), total_s(east), total_s(down)
    longest = max(n, e, d)
    if longest <= TINY:
        return
    if n < longest:
        stretch(north, longest)
    if e < longest:
        stretch(east, longest)
    if d < longest:
        stretch(down, longest)


@inner
def _quickest_t1(axis: Axis, a: float, dv: float, jerk: float) -> float:
    delta = 2.0 * a * a + 4.0 * jerk * dv
    if delta < 0.0:
        return 0.0
    root = math.sqrt(delta) / 2
    first, second, lead = (-a + root) / jerk, (-a - root) / jerk, a / jerk
    t1 = 0.0
    if first >= 0.0 and lead + first >= 0.0:
        t1 = first
    elif second >= 0.0 and lead + second >= 0.0:
        t1 = second
    return max(_bounded(axis, t1, a, jerk), 0.0)


@inner
def _timed_t1(axis: Axis, time_s: float, a: float, dv: float, jerk: float) -> float:
    delta = (time_s * jerk) ** 2 + 2.0 * time_s * a * jerk - a * a - 4.0 * jerk * dv
    if delta < 0.0:
        return 0.0
    root, middle, lead = math.sqrt(delta), time_s * jerk - a, a / jerk
    first = max((middle - root) / (2.0 * jerk), 0.0)
    second = max((middle + root) / (2.0 * jerk), 0.0)
    t1 = 0.0
    if lead + first >= 0.0 and first + lead + first <= time_s:
        t1 = first
    elif lead + second >= 0.0 and second + lead + second <= time_s:
        t1 = second
    return _bounded(axis, t1, a, jerk)


@inner
def _bounded(axis: Axis, t1: float, a: float, jerk: float) -> float:
    peak, limit = a + jerk * t1, axis.max_acceleration
    if peak > limit:
        return (limit - a) / jerk
    if peak < -limit:
        return (-limit - a) / jerk
    return t1
