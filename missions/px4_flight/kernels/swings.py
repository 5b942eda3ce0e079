"""What becomes of a flight on any swing of its height that it may come to a place by.

To a place behind which the way goes on up or down PX4 means to come climbing or sinking, and its
height swings about the place's, by 0.25 to 1.3 m, once in 2 to 5 s (docs/fidelity.md). When in its
swing it comes there is decided by hundredths of a second: chance. So its coming is flown again for
every part of a swing; how it comes where it has not begun to swing is foretold to half a second.
"""

import math

import numpy as np
import numpy.typing as npt

from missions.px4_flight.kernels.compiled import inner
from missions.px4_flight.kernels.path import SAME_M, end_speed
from missions.px4_flight.kernels.settings import (
    ACCEPTANCE,
    BODY_COLUMNS,
    GO,
    KIND,
    NEXT,
    PLACE,
    PREVIOUS,
    ROOM,
    SPEED_OVER_GROUND,
    STAY,
    STEP_S,
    TARGET,
    FlightSettings,
)
from missions.px4_flight.kernels.smooth import AXIS_COLUMNS, POSITION, VELOCITY
from missions.px4_flight.kernels.step import step
from missions.px4_flight.kernels.there import (
    AT,
    AT_HEIGHT,
    AWAY,
    BELOW,
    GOES_ON_M_S,
    GONE_WITHIN_S,
    MAY_BE_PAST,
    MAY_CIRCLE,
    NEAREST,
    NOT_PAST,
    PART,
    PAST,
    Spare,
    copy_row,
    copy_rows,
    is_past,
)

Array = npt.NDArray[np.float64]

# A longest swing in steps of its tenth.
LONGEST_SWING_S, PARTS = 5.0, 10
UNSURE_S, UNSURE_PARTS = 1.0, 4
STEPS_A_LOOK = 2
# Twice a second: a multiple of the steps a look.
STEPS_A_ROW = 20
BEFORE_S = 1.0
# A second from leaving so much of the room about a height, it does not swing.
LEVEL_SHARE = 0.5


@inner
def comes_near(stage: Array, axes: Array, body: Array, settings: FlightSettings) -> bool:
    """Whether it is about to pass a place that it might leave unreached."""
    if stage[KIND] != GO or math.isnan(stage[NEXT]) or stage[STAY] > 0.0:
        return False
    if _stays_level(stage, axes, body):
        return False
    north, east = stage[TARGET] - axes[0, POSITION], stage[TARGET + 1] - axes[1, POSITION]
    speed = math.hypot(axes[0, VELOCITY], axes[1, VELOCITY])
    if math.hypot(north, east) > stage[ACCEPTANCE] + speed * BEFORE_S:
        return False
    return bool(end_speed(stage, axes, settings) > GOES_ON_M_S)


@inner
def _stays_level(stage: Array, axes: Array, body: Array) -> bool:
    """Whether it is at the height of the place, of the one before and of the next: no swing."""
    height = stage[TARGET + 2]
    if not abs(stage[PREVIOUS + 2] - height) + abs(stage[NEXT + 2] - height) <= SAME_M:
        return False
    off = max(abs(axes[2, POSITION] - height), abs(body[2, PLACE] - height))
    moves = max(abs(axes[2, VELOCITY]), abs(body[2, SPEED_OVER_GROUND]))
    return bool(off + moves * BEFORE_S < LEVEL_SHARE * stage[ROOM])


@inner
def by_any_swing(
    stage: Array, settings: FlightSettings, axes: Array, body: Array, memory: Array, spare: Spare
) -> None:
    """Note in `memory` the worst that follows where it comes by another part of its swing, and in
    `spare.asides` every way that then leads past the place."""
    swings = memory[AT_HEIGHT] > 0.0
    parts = PARTS if swings else 2 * UNSURE_PARTS + 1
    worst = NOT_PAST
    for part in range(parts):
        copy_rows(axes, spare.axes)
        copy_rows(body, spare.body)
        copy_row(memory, spare.memory)
        if swings:
            _hold(stage, settings, axes, body, spare, part * LONGEST_SWING_S / PARTS, 0)
        elif part > 0:
            _hold(
                stage,
                settings,
                axes,
                body,
                spare,
                ((part + 1) // 2) * UNSURE_S / UNSURE_PARTS,
                2 * (part % 2),
            )
        made = spare.made[0]
        found = _comes(stage, settings, spare, part)
        if found == NOT_PAST:
            spare.made[0] = made
        if found >= worst and found > NOT_PAST:
            worst, memory[BELOW] = found, spare.memory[BELOW]
            memory[AWAY] = max(memory[AWAY], spare.memory[AWAY])
        if worst == MAY_BE_PAST:
            break
    memory[PAST] = worst


@inner
def _hold(
    stage: Array,
    settings: FlightSettings,
    axes: Array,
    body: Array,
    spare: Spare,
    time_s: float,
    first: int,
) -> None:
    """Fly on, but hold back the way over ground (`first` is 0) or the height (2)."""
    last = 2 if first == 0 else 3
    for _ in range(int(time_s / STEP_S)):
        step(stage, settings, spare.axes, spare.body, spare.memory)
        for axis in range(first, last):
            for column in range(AXIS_COLUMNS):
                spare.axes[axis, column] = axes[axis, column]
            for column in range(BODY_COLUMNS):
                spare.body[axis, column] = body[axis, column]


@inner
def _comes(stage: Array, settings: FlightSettings, spare: Spare, part: int) -> float:
    """Whether it reaches the place at once, on a circle back, or not at all.

    Flies the spare vehicle on.
    """
    axes, body, memory = spare.axes, spare.body, spare.memory
    left, was_beside = False, False
    memory[NEAREST] = math.inf
    for look in range(int(GONE_WITHIN_S / STEP_S)):
        step(stage, settings, axes, body, memory)
        if look % STEPS_A_LOOK:
            continue
        off = body[2, PLACE] - stage[TARGET + 2]
        away = math.hypot(stage[TARGET] - body[0, PLACE], stage[TARGET + 1] - body[1, PLACE])
        beside = away <= stage[ACCEPTANCE]
        if beside and abs(off) <= stage[ROOM]:
            return MAY_CIRCLE if left else NOT_PAST
        left = left or (was_beside and not beside)
        if (beside or away < memory[NEAREST]) and not left:
            memory[NEAREST], memory[BELOW] = min(away, memory[NEAREST]), off
        if left:
            memory[AWAY] = max(memory[AWAY], away)
        if left and look % STEPS_A_ROW == 0:
            _note(body, spare, part)
        was_beside = beside
        if is_past(stage, axes, memory):
            return MAY_BE_PAST
    return MAY_BE_PAST


@inner
def _note(body: Array, spare: Spare, part: int) -> None:
    row = int(spare.made[0])
    if row < len(spare.asides):
        spare.asides[row, PART] = part
        for axis in range(3):
            spare.asides[row, AT + axis] = body[axis, PLACE]
    spare.made[0] += 1.0
