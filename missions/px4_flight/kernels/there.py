"""Whether a stage's place is faced, reached or flown past, and what is remembered for that."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from missions.px4_flight.kernels.compiled import inner
from missions.px4_flight.kernels.path import turning
from missions.px4_flight.kernels.settings import (
    ACCEPTANCE,
    GO,
    INTEGRAL,
    KIND,
    LAND,
    NEXT,
    PLACE,
    PREVIOUS,
    PUSH,
    RISE,
    ROOM,
    SPEED_OVER_GROUND,
    STEP_S,
    TARGET,
    YAW,
    FlightSettings,
)
from missions.px4_flight.kernels.smooth import (
    ACCELERATION,
    POSITION,
    T1,
    T2,
    T3,
    VELOCITY,
)

Array = npt.NDArray[np.float64]

# What is remembered between steps.
NOW, PROGRESS, BEFORE_TURN, HEADING, HEADING_RATE, RISING, GROUND_S, HOVER, LIFTED = range(9)
# In this stage: whether it was last seen beside its place, and ever at its height; how near it
# came, how far below the place's height it was where it left it, whether it flew past it, and how
# far off it then came.
BESIDE, AT_HEIGHT, NEAREST, BELOW, PAST, AWAY = 9, 10, 11, 12, 13, 14
# Whether a heading is asked for anywhere: nobody else looks where the nose points.
NOSE_COUNTS = 15
MEMORY_COLUMNS = 16
# So far beyond its place, and going on as fast, it has flown past it for good.
BEYOND_M, GOES_ON_M_S, GONE_WITHIN_S = 100.0, 0.5, 120.0
STEADY_M = 0.05
# So far below home, or an end of the leg that is lower, it has flown into the ground.
BELOW_GROUND_M = 3.0
# From touching the ground to knowing it.
KNOWS_GROUND_S = 2.3
# Of a place flown past: whether it surely is, or may be, or may be and is then come back to; how
# far below its height it is left, how far off a circle back to it leads, in metres, and how many
# rows of `Spare.asides` there then are.
NOT_PAST, MAY_CIRCLE, MAY_BE_PAST, IS_PAST = 0.0, 1.0, 2.0, 3.0
SURE, OFF, FAR, ASIDES = 0, 1, 2, 3
PASSING_COLUMNS = 4
# What may be flown behind such a place: by which part of the swing, and north, east, down.
PART, AT, ASIDE_COLUMNS = 0, 1, 4


class Spare(NamedTuple):
    """A second axes, body and memory, and rows for what may be flown: nothing is allocated in here.

    `made` holds how many rows of `asides` are made or wanted.
    """

    axes: Array
    body: Array
    memory: Array
    asides: Array
    made: Array


@inner
def turn_nose(stage: Array, settings: FlightSettings, body: Array, memory: Array) -> None:
    wanted = stage[YAW]
    if math.isnan(wanted):
        dn, de = stage[TARGET] - body[0, PLACE], stage[TARGET + 1] - body[1, PLACE]
        if stage[KIND] != GO or math.hypot(dn, de) <= stage[ACCEPTANCE]:
            memory[HEADING_RATE] = 0.0
            return
        wanted = math.atan2(de, dn)
    off = _wrapped(wanted - memory[HEADING])
    slowing = math.sqrt(2.0 * settings.yaw_acceleration * abs(off))
    rate = math.copysign(min(settings.yaw_rate, slowing), off)
    most = settings.yaw_acceleration * STEP_S
    memory[HEADING_RATE] += max(-most, min(most, rate - memory[HEADING_RATE]))
    memory[HEADING] = _wrapped(memory[HEADING] + memory[HEADING_RATE] * STEP_S)


@inner
def _wrapped(angle: float) -> float:
    return math.atan2(math.sin(angle), math.cos(angle))


@inner
def faces(stage: Array, settings: FlightSettings, memory: Array) -> bool:
    if math.isnan(stage[YAW]):
        return True
    return abs(_wrapped(stage[YAW] - memory[HEADING])) < settings.yaw_error


@inner
def reached(stage: Array, body: Array, memory: Array) -> bool:
    off = body[2, PLACE] - stage[TARGET + 2]
    if stage[KIND] == RISE:
        return bool(off < stage[ROOM])
    if stage[KIND] == LAND:
        return bool(memory[GROUND_S] >= KNOWS_GROUND_S)
    away = math.hypot(stage[TARGET] - body[0, PLACE], stage[TARGET + 1] - body[1, PLACE])
    at_height, beside = abs(off) <= stage[ROOM], away <= stage[ACCEPTANCE]
    # Where the way goes on up or down, PX4's height swings about the place's. It is chance on which
    # swing it comes by, and whether it then flies on past the place for ever: not foretold.
    goes_on = not math.isnan(stage[NEXT])
    passed = goes_on and memory[BESIDE] > 0.0 and not beside and memory[AT_HEIGHT] > 0.0
    if beside or away < memory[NEAREST]:
        memory[NEAREST], memory[BELOW] = min(away, memory[NEAREST]), off
    memory[BESIDE] = 1.0 if beside else 0.0
    memory[AT_HEIGHT] = 1.0 if at_height else memory[AT_HEIGHT]
    return bool((beside and at_height) or passed)


@inner
def is_past(stage: Array, axes: Array, memory: Array) -> bool:
    """Whether the setpoint follows the line of the leg beyond its end, and never turns round."""
    if stage[KIND] != GO:
        return False
    lowest = max(stage[TARGET + 2], 0.0)
    if stage[PREVIOUS + 2] > lowest:
        lowest = stage[PREVIOUS + 2]
    if axes[2, POSITION] > lowest + BELOW_GROUND_M:
        return True
    un, ue = stage[TARGET] - stage[PREVIOUS], stage[TARGET + 1] - stage[PREVIOUS + 1]
    length = math.hypot(un, ue)
    bn, be = axes[0, POSITION] - stage[TARGET], axes[1, POSITION] - stage[TARGET + 1]
    if not bn * un + be * ue > (BEYOND_M + stage[ACCEPTANCE]) * length or length < STEADY_M:
        return False
    onward = axes[0, VELOCITY] * un + axes[1, VELOCITY] * ue
    goes_on = onward > GOES_ON_M_S * length and memory[BEFORE_TURN] > GOES_ON_M_S
    return bool(goes_on and turning(stage, axes))


@inner
def rest(stage: Array, axes: Array, body: Array) -> None:
    """Stand still at a stage's place."""
    for axis in range(3):
        axes[axis, POSITION] = body[axis, PLACE] = stage[TARGET + axis]
        axes[axis, VELOCITY] = axes[axis, ACCELERATION] = 0.0
        axes[axis, T1] = axes[axis, T2] = axes[axis, T3] = 0.0
        body[axis, SPEED_OVER_GROUND] = body[axis, PUSH] = body[axis, INTEGRAL] = 0.0


@inner
def copy_rows(rows: Array, to: Array) -> None:
    """Assigned as a whole, numba would allocate for it."""
    for row in range(rows.shape[0]):
        for column in range(rows.shape[1]):
            to[row, column] = rows[row, column]


@inner
def copy_row(row: Array, to: Array) -> None:
    for column in range(len(row)):
        to[column] = row[column]
