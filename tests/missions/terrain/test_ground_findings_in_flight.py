"""What is said of a plan over steep ground, held against the simulated PX4 that flies it."""

from collections.abc import Callable
from typing import Any

import pytest

from missions.checks import check
from missions.plan import Plan
from missions.terrain import Terrain


def test_level_plan_over_the_same_ground_is_foretold_to_be_too_low(
    valley: Terrain,
    level_plan: Callable[[list[tuple[float, float]], float], Plan],
    flown_above_ground: Callable[[Plan, Terrain], Any],
) -> None:
    plan = level_plan([(100.0, 10.0), (1100.0, 10.0), (1100.0, 60.0), (100.0, 60.0)], 8.0)
    said = [one for one in check(plan, terrain=valley) if one.rule == "terrain-clearance"]
    assert "below the ground" in said[0].message
    above = flown_above_ground(plan, valley)
    assert above.min() == pytest.approx(-30.0, abs=3.0)
