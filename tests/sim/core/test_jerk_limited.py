"""Invariants of the jerk limited axis, for any change of velocity."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.vehicle.core.axis import advance, aim, reset, synchronize, total_s
from sim.vehicle.core.layout import AXIS

SPEEDS = st.floats(-12.0, 12.0)


def axes_at(*velocities: float) -> Any:
    axes = np.zeros(len(velocities), AXIS)
    axes["max_jerk"], axes["max_acceleration"], axes["max_velocity"] = 4.0, 3.0, 12.0
    for axis, velocity in zip(axes, velocities, strict=True):
        reset(axis, 0.0, velocity, 0.0)
    return axes


def fly(axis: Any, seconds: float, dt_s: float = 0.01) -> list[float]:
    accelerations = []
    for _ in range(round(seconds / dt_s)):
        advance(axis, dt_s)
        accelerations.append(float(axis["acceleration"]))
    return accelerations


@settings(deadline=None)
@given(start=SPEEDS, goal=SPEEDS)
def test_goal_is_reached_at_rest_within_the_limits(start: float, goal: float) -> None:
    axis = axes_at(start)[0]
    aim(axis, goal)
    accelerations = fly(axis, total_s(axis) + 0.1)
    assert axis["velocity"] == pytest.approx(goal, abs=1e-3)
    assert axis["acceleration"] == pytest.approx(0.0, abs=1e-6)
    assert max(map(abs, accelerations)) <= axis["max_acceleration"] + 1e-6
    steps = zip([0.0, *accelerations], accelerations, strict=False)
    assert max(abs(b - a) for a, b in steps) <= axis["max_jerk"] * 0.01 + 1e-6


@settings(deadline=None)
@given(first=SPEEDS, second=SPEEDS)
def test_synchronized_axes_arrive_together(first: float, second: float) -> None:
    axes = axes_at(0.0, 0.0, 0.0)
    aim(axes[0], first)
    aim(axes[1], second)
    longest = max(total_s(axis) for axis in axes)
    synchronize(axes[0], axes[1], axes[2])
    for axis, goal in zip(axes, (first, second, 0.0), strict=True):
        fly(axis, longest + 0.05)
        assert axis["velocity"] == pytest.approx(goal, abs=0.05)
