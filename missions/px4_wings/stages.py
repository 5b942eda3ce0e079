"""What a wing is guided along, stage by stage: climb-out, legs, circles; metres on a plane.

Source: PX4-Autopilot v1.17, src/modules/navigator/mission.cpp (setActiveMissionItems: a leg begins
at the place flown to before), mission_block.cpp (mission_item_to_position_setpoint, the tangent
that a circle is left along), src/modules/fw_mode_manager/FixedWingModeManager.cpp
(control_auto_position: straight to the first place behind a take-off).
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Spot = tuple[float, float]

# As the kernel knows them.
LINE, DIRECT, CIRCLE, OUT, CLIMB = 0.0, 1.0, 2.0, 3.0, 4.0
NOWHERE = (math.nan, math.nan)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage: along a line from `a` to `b`, straight to `b`, or round `b`; metres, seconds.

    `radius_m` of a circle is above zero to the left; it is left after `lasts`, towards `a` where
    that is a place. `lasts` of a climb-out is how far it leads. `item` is what it is flown for,
    `before` the item before that.
    """

    kind: float
    a: Spot
    b: Spot
    speed_m_s: float
    radius_m: float = 0.0
    lasts: float = 0.0
    item: int = 0
    before: int = 0

    @property
    def row(self) -> tuple[float, ...]:
        """As the kernel takes it."""
        return (self.kind, *self.a, *self.b, self.radius_m, self.lasts, self.speed_m_s)


def rows(stages: list[Stage]) -> Array:
    """All as the kernel takes them."""
    return np.array([stage.row for stage in stages]).reshape(-1, 8)


def tangent(circle: Stage, towards: Spot) -> Spot:
    """Where a circle is left towards a place along its tangent."""
    east, north = towards[0] - circle.b[0], towards[1] - circle.b[1]
    away, radius = math.hypot(east, north), abs(circle.radius_m)
    inner = math.acos(min(radius / away, 1.0)) if away > 0.0 else 0.0
    angle = math.atan2(north, east) - math.copysign(inner, circle.radius_m)
    return circle.b[0] + radius * math.cos(angle), circle.b[1] + radius * math.sin(angle)
