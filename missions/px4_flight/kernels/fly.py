"""Stages flown one after another: when each is over, and where the vehicle was meanwhile.

A step is 25 ms; a steady cruise is gone through in one. The places are metres north, east and
down of home's ground. Source: PX4-Autopilot v1.17, src/modules/navigator/mission_block.cpp and
src/modules/flight_mode_manager/tasks/Auto/FlightTaskAuto.cpp.
"""

import math

import numpy as np
import numpy.typing as npt

from missions.px4_flight.kernels.compiled import KERNELS, inner
from missions.px4_flight.kernels.path import (
    distance_to_stop,
    end_speed,
    turning,
)
from missions.px4_flight.kernels.settings import (
    ACCEPTANCE,
    BODY_COLUMNS,
    CLIMB,
    GO,
    KIND,
    PATIENCE,
    PLACE,
    SPEED,
    SPEED_OVER_GROUND,
    STAY,
    STEP_S,
    TARGET,
    WAIT,
    YAW,
    FlightSettings,
)
from missions.px4_flight.kernels.smooth import (
    ACCELERATION,
    AXIS_COLUMNS,
    FASTEST,
    JERK,
    MOST,
    POSITION,
    T1,
    T2,
    T3,
    VELOCITY,
)
from missions.px4_flight.kernels.step import step
from missions.px4_flight.kernels.swings import by_any_swing, comes_near
from missions.px4_flight.kernels.there import (
    ASIDES,
    AT_HEIGHT,
    AWAY,
    BELOW,
    BESIDE,
    FAR,
    HOVER,
    IS_PAST,
    MEMORY_COLUMNS,
    NEAREST,
    NOSE_COUNTS,
    NOT_PAST,
    NOW,
    OFF,
    PAST,
    SURE,
    Spare,
    faces,
    is_past,
    reached,
    rest,
)

Array = npt.NDArray[np.float64]

STEPS_A_LOOK = 2
GRAVITY_M_S2 = 9.80665
# From arming to the controller's seeing it.
ARMED_LAG_S = 0.12
# While the vehicle stands, its trajectory goes down at this speed.
STANDING_M_S = 0.7
LEARNS_FROM_M = 1.0
STEADY_M_S, STEADY_M = 0.03, 0.05
ASIDE_M = 0.1
# What a stage begins with: axes, bodies, memory, rows made of the track and of ways aside, whether
# one before it is never over, and how often the way is noted; nought for a stage never begun.
BODIES, MEMORIES = 3 * AXIS_COLUMNS, 3 * (AXIS_COLUMNS + BODY_COLUMNS)
ROWS, MADE, NEVER, EVERY = range(MEMORIES + MEMORY_COLUMNS, MEMORIES + MEMORY_COLUMNS + 4)
BEGUN_COLUMNS = EVERY + 1
LEAP_MARGIN_S, SHORTEST_LEAP_S = 0.5, 1.0


@KERNELS.entry
def fly(
    stages: Array,
    settings: FlightSettings,
    axes: Array,
    body: Array,
    memory: Array,
    ends_s: Array,
    track: Array,
    every_s: float,
    passing: Array,
    spare: Spare,
    begun: Array,
    first: int,
) -> int:
    """Fly all stages from standing at home; `ends_s[i]` is when stage i is over.

    `begun` takes a row of `BEGUN_COLUMNS` for each stage that is begun: all that it begins with. A
    `first` above nought is begun with its row, all before it being there from another flight.

    `track` takes rows of seconds, north, east and down at least `every_s` apart, as many as fit.
    Infinite ends: the stage is never over. `passing` takes a row for each stage, of the columns
    above: what lies behind a place flown past is flown from rest at it, without a track, for what
    would be flown past there. `spare` are like arrays to work with, and rows for what may be flown
    past places that may be passed by. Answers how many rows were made
    or wanted.
    """
    _stand(axes, body, memory, settings)
    for stage in stages:
        memory[NOSE_COUNTS] += 0.0 if math.isnan(stage[YAW]) else 1.0
    rows = 0
    never = False
    if first > 0:
        kept = begun[first]
        _again(kept, axes, body, memory)
        rows, spare.made[0] = int(kept[ROWS]), kept[MADE]
        never, every_s = kept[NEVER] > 0.0, kept[EVERY]
    for index in range(first, len(stages)):
        stage = stages[index]
        _keep(begun[index], axes, body, memory)
        begun[index, ROWS], begun[index, MADE] = rows, spare.made[0]
        begun[index, NEVER], begun[index, EVERY] = 1.0 if never else 0.0, every_s
        if stage[KIND] == CLIMB and math.isnan(stage[TARGET]):
            stage[TARGET], stage[TARGET + 1] = body[0, PLACE], body[1, PLACE]
        began_s = memory[NOW]
        rows = _fly_stage(stage, settings, axes, body, memory, track, rows, every_s, spare)
        passing[index, SURE], passing[index, OFF] = memory[PAST], memory[BELOW]
        passing[index, FAR], passing[index, ASIDES] = memory[AWAY], spare.made[0]
        never = never or math.isinf(memory[NOW])
        ends_s[index] = math.inf if never else memory[NOW]
        if math.isinf(memory[NOW]):
            if memory[PAST] != IS_PAST:
                ends_s[index:] = math.inf
                break
            memory[NOW], every_s = began_s, math.inf
            rest(stage, axes, body)
    return rows


@inner
def _keep(row: Array, axes: Array, body: Array, memory: Array) -> None:
    for axis in range(3):
        for column in range(AXIS_COLUMNS):
            row[axis * AXIS_COLUMNS + column] = axes[axis, column]
        for column in range(BODY_COLUMNS):
            row[BODIES + axis * BODY_COLUMNS + column] = body[axis, column]
    for column in range(MEMORY_COLUMNS):
        row[MEMORIES + column] = memory[column]


@inner
def _again(row: Array, axes: Array, body: Array, memory: Array) -> None:
    for axis in range(3):
        for column in range(AXIS_COLUMNS):
            axes[axis, column] = row[axis * AXIS_COLUMNS + column]
        for column in range(BODY_COLUMNS):
            body[axis, column] = row[BODIES + axis * BODY_COLUMNS + column]
    for column in range(MEMORY_COLUMNS):
        memory[column] = row[MEMORIES + column]


@inner
def _stand(axes: Array, body: Array, memory: Array, settings: FlightSettings) -> None:
    axes[:, :] = 0.0
    body[:, :] = 0.0
    memory[:] = 0.0
    memory[HOVER] = 1.0
    for index in range(3):
        axes[index, JERK] = settings.jerk_m_s3
        axes[index, MOST] = settings.acceleration_m_s2
        axes[index, FASTEST] = settings.top_speed_m_s
    axes[2, VELOCITY] = STANDING_M_S
    memory[NOW] = settings.spool_up_s + ARMED_LAG_S


@inner
def _fly_stage(
    stage: Array,
    settings: FlightSettings,
    axes: Array,
    body: Array,
    memory: Array,
    track: Array,
    rows: int,
    every_s: float,
    spare: Spare,
) -> int:
    began_s = memory[NOW]
    memory[BESIDE] = memory[AT_HEIGHT] = memory[BELOW] = memory[AWAY] = 0.0
    memory[NEAREST], memory[PAST] = math.inf, NOT_PAST
    reached_s = began_s if stage[KIND] == WAIT else math.nan
    looks, looked = 0, False
    while True:
        if rows == 0 or memory[NOW] >= track[min(rows, len(track)) - 1, 0] + every_s:
            if rows < len(track):
                track[rows, 0] = memory[NOW]
                for axis in range(3):
                    track[rows, 1 + axis] = body[axis, PLACE]
            rows += 1
        if math.isnan(reached_s) and stage[KIND] == GO:
            _leap(stage, settings, axes, body, memory)
        elif memory[NOW] < reached_s + stage[STAY] - SHORTEST_LEAP_S and _rests(axes, body):
            memory[NOW] = reached_s + stage[STAY] - STEP_S
        step(stage, settings, axes, body, memory)
        looks += 1
        if looks % STEPS_A_LOOK:
            continue
        if math.isnan(reached_s) and is_past(stage, axes, memory):
            memory[PAST] = IS_PAST
        if memory[PAST] == IS_PAST or memory[NOW] - began_s > stage[PATIENCE]:
            memory[NOW] = math.inf
            return rows
        if not looked and math.isnan(reached_s) and comes_near(stage, axes, body, settings):
            looked = True
            by_any_swing(stage, settings, axes, body, memory, spare)
        if math.isnan(reached_s) and reached(stage, body, memory):
            reached_s = memory[NOW]
        if memory[NOW] >= reached_s + stage[STAY] - 1e-9 and faces(stage, settings, memory):
            return rows


@inner
def _leap(stage: Array, settings: FlightSettings, axes: Array, body: Array, memory: Array) -> None:
    """Go through a steady cruise at once, up to half a second before anything changes."""
    speed = math.hypot(axes[0, VELOCITY], axes[1, VELOCITY])
    if speed < 1.0 or abs(speed - stage[SPEED]) > STEADY_M_S or not _steady(axes, body):
        return
    if turning(stage, axes):
        return
    north, east = stage[TARGET] - axes[0, POSITION], stage[TARGET + 1] - axes[1, POSITION]
    # A stage may begin while the vehicle still flies straight on from the one before.
    if abs(axes[0, VELOCITY] * east - axes[1, VELOCITY] * north) > ASIDE_M * speed:
        return
    left = math.hypot(north, east)
    end = end_speed(stage, axes, settings)
    brakes = distance_to_stop(settings.jerk_m_s3, settings.acceleration_m_s2, speed, end)
    time_s = (left - max(brakes, stage[ACCEPTANCE])) / speed - LEAP_MARGIN_S
    down = abs(axes[2, VELOCITY])
    to_height = abs(stage[TARGET + 2] - axes[2, POSITION])
    if down > STEADY_M_S:
        brakes = distance_to_stop(axes[2, JERK], axes[2, MOST], down, 0.0)
        time_s = min(time_s, (to_height - brakes) / down - LEAP_MARGIN_S)
    elif to_height > STEADY_M:
        return
    if time_s < SHORTEST_LEAP_S:
        return
    memory[NOW] += time_s
    for axis in range(3):
        axes[axis, POSITION] += axes[axis, VELOCITY] * time_s
        body[axis, PLACE] += axes[axis, VELOCITY] * time_s


@inner
def _rests(axes: Array, body: Array) -> bool:
    for axis in range(3):
        if abs(axes[axis, VELOCITY]) + abs(body[axis, SPEED_OVER_GROUND]) > STEADY_M_S:
            return False
    return True


@inner
def _steady(axes: Array, body: Array) -> bool:
    for axis in range(3):
        changing = axes[axis, T1] + axes[axis, T2] + axes[axis, T3] > 1e-3
        if changing and abs(axes[axis, ACCELERATION]) > 1e-3:
            return False
        if abs(axes[axis, VELOCITY] - body[axis, SPEED_OVER_GROUND]) > STEADY_M_S:
            return False
        if abs(axes[axis, POSITION] - body[axis, PLACE]) > STEADY_M:
            return False
    return True
