"""A vehicle that follows a setpoint: position control, a lag, a steepest lean, drag and wind.

Control is PX4's (src/modules/mc_pos_control/PositionControl): P on position, PI on velocity, what
the trajectory wants fed forward. The body is a mass whose lean follows with a lag; its drag is
linear in air speed, so that it reaches its greatest air speed leaning as far as it may. PX4 learns
the thrust that hovers; a climb against drag makes it learn too much, and the control's guard
against wind-up then holds the vehicle back for a while. Both are here (src/modules/
mc_hover_thrust_estimator).
"""

import math

import numpy as np
import numpy.typing as npt

from missions.px4_flight.kernels.compiled import inner
from missions.px4_flight.kernels.settings import (
    INTEGRAL,
    PLACE,
    PUSH,
    SPEED_OVER_GROUND,
    FlightSettings,
)
from missions.px4_flight.kernels.smooth import ACCELERATION, POSITION, VELOCITY

Array = npt.NDArray[np.float64]

# From a wanted acceleration to its being there: attitude loop and motors, and motors alone.
LEAN_LAG_S, LIFT_LAG_S = 0.3, 0.06
FALL_ROOM = 1.2
GRAVITY_M_S2 = 9.80665
# The estimate of the hover thrust is a mean of all since lift-off at first, then fades.
HOVER_FADES_S, HOVER_BEGINS_S = 14.0, 1.0


@inner
def learn_hover(
    body: Array, settings: FlightSettings, hover: float, airborne_s: float, dt_s: float
) -> float:
    """The hover thrust as PX4 believes it, as a share of the true one."""
    push, sinking = body[2, PUSH], body[2, SPEED_OVER_GROUND]
    made = GRAVITY_M_S2 - push + settings.drag_a_s * sinking
    if made < GRAVITY_M_S2 / 2.0:
        return hover
    seen = (GRAVITY_M_S2 - push) / made
    lasting_s = max(min(airborne_s, HOVER_FADES_S), HOVER_BEGINS_S)
    return float(hover + (seen - hover) * min(dt_s / lasting_s, 1.0))


@inner
def follow(
    axes: Array,
    body: Array,
    settings: FlightSettings,
    climb_limit: float,
    hover: float,
    dt_s: float,
) -> None:
    """Move the vehicle on by `dt_s`."""
    down, z = axes[2], body[2]
    fall = max(settings.most_descent_m_s, FALL_ROOM * settings.descent_m_s)
    wanted = down[VELOCITY] + settings.height_p * (down[POSITION] - z[PLACE])
    off = max(-climb_limit, min(fall, wanted)) - z[SPEED_OVER_GROUND]
    push = down[ACCELERATION] + settings.climb_p * off + z[INTEGRAL]
    z[INTEGRAL] += settings.climb_i * off * dt_s
    asked = (1.0 - push / GRAVITY_M_S2) / hover
    _follow_level(axes, body, settings, asked, dt_s)
    z[PUSH] += (push - z[PUSH]) * min(dt_s / LIFT_LAG_S, 1.0)
    _move(z, z[PUSH] - settings.drag_a_s * z[SPEED_OVER_GROUND], dt_s)


@inner
def _follow_level(
    axes: Array, body: Array, settings: FlightSettings, lift: float, dt_s: float
) -> None:
    """`lift` is the lift asked for, as a share of what is believed to hover."""
    north, east, x, y = axes[0], axes[1], body[0], body[1]
    vn = north[VELOCITY] + settings.position_p * (north[POSITION] - x[PLACE])
    ve = east[VELOCITY] + settings.position_p * (east[POSITION] - y[PLACE])
    share = min(1.0, settings.top_speed_m_s / max(math.hypot(vn, ve), 1e-9))
    off_n, off_e = vn * share - x[SPEED_OVER_GROUND], ve * share - y[SPEED_OVER_GROUND]
    push_n = north[ACCELERATION] + settings.velocity_p * off_n + x[INTEGRAL]
    push_e = east[ACCELERATION] + settings.velocity_p * off_e + y[INTEGRAL]
    made = min(1.0, settings.steepest_m_s2 / max(math.hypot(push_n, push_e), 1e-9))
    # Against wind-up: what is believed not to be made is not asked for ever more.
    missing = max(1.0 - made * max(lift, 0.0), 0.0)
    off_n -= 2.0 / settings.velocity_p * push_n * missing
    off_e -= 2.0 / settings.velocity_p * push_e * missing
    x[INTEGRAL] += settings.velocity_i * off_n * dt_s
    y[INTEGRAL] += settings.velocity_i * off_e * dt_s
    lag = min(dt_s / LEAN_LAG_S, 1.0)
    x[PUSH] += (push_n * made - x[PUSH]) * lag
    y[PUSH] += (push_e * made - y[PUSH]) * lag
    drag = settings.drag_a_s
    # The lean is that of a hover: more lift drives more, less drives less.
    share = max(1.0 - body[2, PUSH] / GRAVITY_M_S2, 0.0)
    _move(x, x[PUSH] * share - drag * (x[SPEED_OVER_GROUND] - settings.wind_n_m_s), dt_s)
    _move(y, y[PUSH] * share - drag * (y[SPEED_OVER_GROUND] - settings.wind_e_m_s), dt_s)


@inner
def _move(axis: Array, acceleration: float, dt_s: float) -> None:
    before = axis[SPEED_OVER_GROUND]
    axis[SPEED_OVER_GROUND] = before + acceleration * dt_s
    axis[PLACE] += (before + axis[SPEED_OVER_GROUND]) / 2.0 * dt_s
