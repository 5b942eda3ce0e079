"""Velocity changes with limited jerk, as PX4's VelocitySmoothing makes them: one axis each.

A change of velocity is flown in three parts: acceleration grows for T1 s, stays for T2 s and
shrinks for T3 s. Source: PX4-Autopilot v1.17, src/lib/motion_planning/VelocitySmoothing.cpp.
"""

import math

TINY = 1e-7


class JerkLimitedAxis:
    """One axis: position (m), velocity (m/s), acceleration (m/s2), and the change under way."""

    __slots__ = (
        "_elapsed_s",
        "_goal_m_s",
        "_sign",
        "_start",
        "acceleration",
        "max_acceleration",
        "max_jerk",
        "max_velocity",
        "position",
        "t1",
        "t2",
        "t3",
        "velocity",
    )

    def __init__(self) -> None:
        self.max_jerk = 4.0
        self.max_acceleration = 3.0
        self.max_velocity = 12.0
        self.reset(position=0.0, velocity=0.0, acceleration=0.0)

    def reset(self, *, position: float, velocity: float, acceleration: float) -> None:
        """Forget the change under way and begin from a state."""
        self.position = position
        self.velocity = velocity
        self.acceleration = acceleration
        self.t1 = self.t2 = self.t3 = 0.0
        self._sign = 0.0
        self._goal_m_s = velocity
        self._elapsed_s = 0.0
        self._start = (acceleration, velocity, position)

    def move_to(self, position: float) -> None:
        """Put the present state at a position, without a jump of velocity."""
        self.position = position
        self._start = (self._start[0], self._start[1], position)

    def force_velocity(self, velocity: float) -> None:
        """Replace the present velocity."""
        self.velocity = velocity
        self._start = (self._start[0], velocity, self._start[2])

    @property
    def total_s(self) -> float:
        """How long the change under way takes in all."""
        return self.t1 + self.t2 + self.t3

    def advance(self, dt_s: float) -> None:
        """Fly the change under way for `dt_s` more seconds."""
        self._elapsed_s += dt_s
        left = self._elapsed_s
        a, v, x = self._start
        jerk = self.max_jerk * self._sign
        if left <= self.t1:
            # Most steps end here: the change is planned anew before its first part is over.
            self.position = x + left * (v + left * (a / 2 + left * jerk / 6))
            self.velocity = v + left * (a + left * jerk / 2)
            self.acceleration = a + jerk * left
            return
        for j, length in ((jerk, self.t1), (0.0, self.t2), (-jerk, self.t3)):
            if left <= 0.0:
                break
            t = length if length < left else left
            x += t * (v + t * (a / 2 + t * j / 6))
            v += t * (a + t * j / 2)
            a += j * t
            left -= t
        if left > 0.0:
            a = 0.0
            x += v * left
        self.acceleration, self.velocity, self.position = a, v, x

    def aim(self, velocity: float) -> None:
        """Plan the quickest change from the present state to a velocity."""
        limit = self.max_velocity
        self._goal_m_s = limit if velocity > limit else -limit if velocity < -limit else velocity
        a, v = self.acceleration, self.velocity
        self._start = (a, v, self.position)
        self._elapsed_s = 0.0
        at_rest = v + a * abs(a) / (2.0 * self.max_jerk) if abs(a) > TINY else v
        wanted = self._goal_m_s - at_rest or a
        self._sign = math.copysign(1.0, wanted) if wanted else 0.0
        if not self._sign:
            self.t1 = self.t2 = self.t3 = 0.0
            return
        jerk = self.max_jerk * self._sign
        dv = self._goal_m_s - v
        self.t1 = self._quickest_t1(a, dv, jerk)
        self.t3 = max(a / jerk + self.t1, 0.0)
        peak = a + jerk * self.t1
        self.t2 = 0.0
        if abs(peak) > TINY:
            gained = self.t1 * (a + jerk * self.t1 / 2) + self.t3 * (peak - jerk * self.t3 / 2)
            self.t2 = max((dv - gained) / peak, 0.0)

    def stretch(self, total_s: float) -> None:
        """Plan the same change so that it takes `total_s`, to end together with other axes."""
        if not self._sign:
            return
        a, jerk = self.acceleration, self.max_jerk * self._sign
        dv = self._goal_m_s - self.velocity
        self.t1 = self._timed_t1(total_s, a, dv, jerk)
        self.t3 = max(a / jerk + self.t1, 0.0)
        self.t2 = max(total_s - self.t1 - self.t3, 0.0)

    def _quickest_t1(self, a: float, dv: float, jerk: float) -> float:
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
        t1 = self._bounded(t1, a, jerk)
        return t1 if t1 > 0.0 else 0.0

    def _timed_t1(self, total_s: float, a: float, dv: float, jerk: float) -> float:
        delta = (total_s * jerk) ** 2 + 2.0 * total_s * a * jerk - a * a - 4.0 * jerk * dv
        if delta < 0.0:
            return 0.0
        root, middle, lead = math.sqrt(delta), total_s * jerk - a, a / jerk
        t1 = 0.0
        for root_t1 in ((middle - root) / (2.0 * jerk), (middle + root) / (2.0 * jerk)):
            candidate = root_t1 if root_t1 > 0.0 else 0.0
            t3 = lead + candidate
            if t3 >= 0.0 and candidate + t3 <= total_s:
                t1 = candidate
                break
        return self._bounded(t1, a, jerk)

    def _bounded(self, t1: float, a: float, jerk: float) -> float:
        peak, limit = a + jerk * t1, self.max_acceleration
        if peak > limit:
            return (limit - a) / jerk
        if peak < -limit:
            return (-limit - a) / jerk
        return t1


def synchronize(axes: tuple[JerkLimitedAxis, ...]) -> None:
    """Stretch the quicker axes so that all end their change with the slowest."""
    totals = [axis.total_s for axis in axes]
    longest = max(totals)
    if longest <= TINY:
        return
    for axis, total in zip(axes, totals, strict=True):
        if total < longest:
            axis.stretch(longest)
