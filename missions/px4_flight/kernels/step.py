"""One step of a flight: the setpoint goes on, the vehicle follows it.

Source: PX4-Autopilot v1.17, src/modules/flight_mode_manager/tasks/Auto/FlightTaskAuto.cpp.
"""

import math

import numpy as np
import numpy.typing as npt

from missions.px4_flight.kernels.body import follow, learn_hover
from missions.px4_flight.kernels.compiled import inner
from missions.px4_flight.kernels.path import aimed_at, level_speed, turning, vertical_speed
from missions.px4_flight.kernels.settings import (
    KIND,
    LAND,
    PLACE,
    PUSH,
    RISE,
    SPEED_OVER_GROUND,
    STEP_S,
    TARGET,
    FlightSettings,
)
from missions.px4_flight.kernels.smooth import (
    FASTEST,
    MOST,
    POSITION,
    VELOCITY,
    advance,
    aim,
    together,
)
from missions.px4_flight.kernels.there import (
    BEFORE_TURN,
    GROUND_S,
    HOVER,
    LIFTED,
    NOSE_COUNTS,
    NOW,
    PROGRESS,
    RISING,
    turn_nose,
)

Array = npt.NDArray[np.float64]

GRAVITY_M_S2 = 9.80665
LEARNS_FROM_M = 1.0


@inner
def step(stage: Array, settings: FlightSettings, axes: Array, body: Array, memory: Array) -> None:
    memory[NOW] += STEP_S
    memory[PROGRESS] = min(memory[PROGRESS] + STEP_S / max(settings.takeoff_ramp_s, STEP_S), 1.0)
    start = -GRAVITY_M_S2 / settings.climb_p
    limit = start + memory[PROGRESS] * (settings.most_climb_m_s - start)
    _limit_vertical(stage, settings, axes, body, memory)
    wanted_n, wanted_e, wanted_d = _wanted(stage, settings, axes, body, memory)
    memory[RISING] = 1.0 if wanted_d < 0.0 else 0.0
    level, vertical = _shares(axes, body, settings)
    advance(axes[0], STEP_S * level)
    advance(axes[1], STEP_S * level)
    advance(axes[2], STEP_S * vertical)
    aim(axes[0], wanted_n)
    aim(axes[1], wanted_e)
    aim(axes[2], wanted_d)
    together(axes)
    follow(axes, body, settings, limit, memory[HOVER], STEP_S)
    if body[2, PLACE] < -LEARNS_FROM_M:
        memory[LIFTED] += STEP_S
        memory[HOVER] = learn_hover(body, settings, memory[HOVER], memory[LIFTED], STEP_S)
    _stay_above_ground(stage, body, memory)
    if memory[NOSE_COUNTS] > 0.0:
        turn_nose(stage, settings, body, memory)


@inner
def _limit_vertical(
    stage: Array, settings: FlightSettings, axes: Array, body: Array, memory: Array
) -> None:
    down = axes[2]
    if memory[RISING] == 0.0:
        down[MOST], down[FASTEST] = settings.down_acceleration_m_s2, settings.descent_m_s
        return
    down[MOST], down[FASTEST] = settings.up_acceleration_m_s2, settings.climb_m_s
    if stage[KIND] == RISE and -body[2, PLACE] < settings.land_height_1_m:
        down[FASTEST] = settings.takeoff_m_s
        slow = settings.takeoff_m_s / settings.takeoff_ramp_s
        down[MOST] = min(settings.up_acceleration_m_s2, slow)
        down[POSITION] = body[2, PLACE]


@inner
def _wanted(
    stage: Array, settings: FlightSettings, axes: Array, body: Array, memory: Array
) -> tuple[float, float, float]:
    aim_n, aim_e, aim_d = stage[TARGET], stage[TARGET + 1], stage[TARGET + 2]
    speed = level_speed(stage, axes, settings)
    if turning(stage, axes) and stage[KIND] != LAND:
        aim_n, aim_e, aim_d = aimed_at(stage, axes)
        speed = min(memory[BEFORE_TURN], speed)
    else:
        memory[BEFORE_TURN] = speed
    dn, de = aim_n - axes[0, POSITION], aim_e - axes[1, POSITION]
    length = math.hypot(dn, de)
    share = speed / length if length > 1e-9 else 0.0
    if stage[KIND] == LAND:
        return dn * share, de * share, _landing_speed(settings, -body[2, PLACE])
    return dn * share, de * share, vertical_speed(stage, axes, aim_d)


@inner
def _landing_speed(settings: FlightSettings, height_m: float) -> float:
    if height_m <= settings.land_height_3_m:
        return settings.crawl_m_s
    span = max(settings.land_height_1_m - settings.land_height_2_m, 1e-6)
    part = max(0.0, min(1.0, (height_m - settings.land_height_2_m) / span))
    return settings.land_m_s + part * (settings.most_descent_m_s - settings.land_m_s)


@inner
def _shares(axes: Array, body: Array, settings: FlightSettings) -> tuple[float, float]:
    """How much of a step the setpoint goes on: less where the vehicle lags behind it."""
    dn, de = axes[0, POSITION] - body[0, PLACE], axes[1, POSITION] - body[1, PLACE]
    dd = axes[2, POSITION] - body[2, PLACE]
    level = vertical = 1.0
    if dn * axes[0, VELOCITY] + de * axes[1, VELOCITY] >= 0.0:
        level = 1.0 - min(math.hypot(dn, de) / settings.max_error_m, 1.0)
    if dd * axes[2, VELOCITY] >= 0.0:
        vertical = 1.0 - min(abs(dd) / settings.max_height_error_m, 1.0)
    return level, vertical


@inner
def _stay_above_ground(stage: Array, body: Array, memory: Array) -> None:
    """The ground is where it starts and lands: a mission may lead below home, into a valley."""
    if stage[KIND] != RISE and stage[KIND] != LAND:
        return
    ground = max(0.0, stage[TARGET + 2]) if stage[KIND] == LAND else 0.0
    if body[2, PLACE] < ground:
        return
    body[2, PLACE] = ground
    for axis in range(3):
        body[axis, SPEED_OVER_GROUND] = 0.0
        body[axis, PUSH] = min(body[axis, PUSH], 0.0) if axis == 2 else 0.0
    if stage[KIND] == LAND:
        memory[GROUND_S] += STEP_S
