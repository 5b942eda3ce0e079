"""The track of a wing through stages, in every way that it may be guided."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from missions.px4_wings.guided import Guided
from missions.px4_wings.stages import Spot, Stage, rows

Array = npt.NDArray[np.float64]

# Places told for each stage: doubled where they do not do.
TOLD_A_STAGE, TOLD_AT_LEAST = 200, 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where a wing is, its heading from east to the left, its bank."""

    at: Spot
    heading: float
    bank_rad: float = 0.0


def heading_of(a: Spot, b: Spot) -> float:
    """From one place to another, from east to the left."""
    return math.atan2(b[1] - a[1], b[0] - a[0])


def track_along(stages: list[Stage], how: Guided, start: State) -> list[Array]:
    """The places flown over, stage by stage, each with the last of the one before it."""
    from missions.px4_wings.kernels.guidance import follow

    if not stages:
        return []
    room = TOLD_AT_LEAST + TOLD_A_STAGE * len(stages)
    while True:
        told, ends = np.zeros((room, 2)), np.zeros(len(stages), dtype=np.int64)
        state = np.array((*start.at, start.heading, start.bank_rad))
        follow(rows(stages), how.row, state, told, ends)
        if ends[-1] > 0:
            break
        room *= 2
    begins = np.concatenate(([0], ends[:-1]))
    return [told[max(0, a - 1) : b] for a, b in zip(begins, ends, strict=True)]
