"""Invariants of the jerk limited axis, for any change of velocity."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.vehicle.jerk_limited import JerkLimitedAxis, synchronize

SPEEDS = st.floats(-12.0, 12.0)


def fly(axis: JerkLimitedAxis, seconds: float, dt_s: float = 0.01) -> list[float]:
    accelerations = []
    for _ in range(round(seconds / dt_s)):
        axis.advance(dt_s)
        accelerations.append(axis.acceleration)
    return accelerations


@given(start=SPEEDS, goal=SPEEDS)
def test_goal_is_reached_at_rest_within_the_limits(start: float, goal: float) -> None:
    axis = JerkLimitedAxis()
    axis.reset(position=0.0, velocity=start, acceleration=0.0)
    axis.aim(goal)
    accelerations = fly(axis, axis.total_s + 0.1)
    assert axis.velocity == pytest.approx(goal, abs=1e-3)
    assert axis.acceleration == pytest.approx(0.0, abs=1e-6)
    assert max(map(abs, accelerations)) <= axis.max_acceleration + 1e-6
    steps = zip([0.0, *accelerations], accelerations, strict=False)
    assert max(abs(b - a) for a, b in steps) <= axis.max_jerk * 0.01 + 1e-6


@given(first=SPEEDS, second=SPEEDS)
def test_synchronized_axes_arrive_together(first: float, second: float) -> None:
    axes = (JerkLimitedAxis(), JerkLimitedAxis())
    axes[0].aim(first)
    axes[1].aim(second)
    longest = max(axis.total_s for axis in axes)
    synchronize(axes)
    for axis, goal in zip(axes, (first, second), strict=True):
        fly(axis, longest + 0.05)
        assert axis.velocity == pytest.approx(goal, abs=0.05)
