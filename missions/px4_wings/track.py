"""The track of a wing through stages, in every way that it may be guided."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from missions.px4_wings.guided import Guided
from missions.px4_wings.stages import Spot, Stage, rows

Array = npt.NDArray[np.float64]

# Places told for each stage: doubled where they do not do.
TOLD_A_STAGE, TOLD_AT_LEAST = 200, 4000
# Where it may turn right round, it may do so to the left and to the right.
SIDES = (1.0, -1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where a wing is, its heading from east to the left, its bank."""

    at: Spot
    heading: float
    bank_rad: float = 0.0


def heading_of(a: Spot, b: Spot) -> float:
    """From one place to another, from east to the left."""
    return math.atan2(b[1] - a[1], b[0] - a[0])


def every_track(stages: list[Stage], how: Guided, start: State) -> Iterator[list[Array]]:
    """As `track_along`; where it turns right round somewhere, to the one side and to the other."""
    for side in SIDES:
        track, sided = _followed(stages, replace(how, side=side), start)
        yield track
        if not sided:
            return


def track_along(stages: list[Stage], how: Guided, start: State) -> list[Array]:
    """The places flown over, stage by stage, each with the last of the one before it."""
    return _followed(stages, how, start)[0]


def _followed(stages: list[Stage], how: Guided, start: State) -> tuple[list[Array], bool]:
    """The track, and whether it depends on the side."""
    from missions.px4_wings.kernels.guidance import SIDED, follow

    if not stages:
        return [], False
    room = TOLD_AT_LEAST + TOLD_A_STAGE * len(stages)
    while True:
        told, ends, guided = np.zeros((room, 2)), np.zeros(len(stages), dtype=np.int64), how.row
        state = np.array((*start.at, start.heading, start.bank_rad))
        follow(rows(stages), guided, state, told, ends)
        if ends[-1] > 0:
            break
        room *= 2
    begins = np.concatenate(([0], ends[:-1]))
    track = [told[max(0, a - 1) : b] for a, b in zip(begins, ends, strict=True)]
    return track, bool(guided[SIDED] > 0.0)
