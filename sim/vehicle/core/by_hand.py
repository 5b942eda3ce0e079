"""Flown by attitude or body rates: Stabilized and Acro by sticks, and what a companion asks for.

No height and no place is controlled. Source: PX4-Autopilot v1.17,
src/modules/mc_att_control/mc_att_control_main.cpp (generate_attitude_setpoint, throttle_curve),
src/modules/mc_rate_control/MulticopterRateControl.cpp, src/lib/mathlib/math/Functions.hpp.
"""

import math

from sim.vehicle.core.axis import reset
from sim.vehicle.core.compiled import inner
from sim.vehicle.core.estimates import hover_trusted
from sim.vehicle.core.layout import (
    ATTITUDE,
    HEADING,
    RATES,
    STICKS_ACRO,
    STICKS_STABILIZED,
    Craft,
    Target,
)
from sim.vehicle.core.path import Axes
from sim.vehicle.core.quaternion import about, about_vertical, put, times
from sim.vehicle.core.rotation import horizontal, wrap_pi
from sim.vehicle.core.sticks import CLOCKWISE, FORWARD, RIGHT, UP, turn_by_stick
from sim.vehicle.settings import FlightSettings

# A stick this far down is about to disarm: no heading is held.
GESTURE = -0.9
HOVER_MOVES_S, LEAST_MOVES_S, MOST_MOVES_S = 0.05, 0.05, 0.5
LEAST_HOVER, MOST_HOVER = 0.05, 0.9
WITHOUT_SCALE, BY_PARAMETER = 1, 2
MOST_SUPER = 0.99


@inner
def flown_by_hand(leg: int) -> bool:
    """Whether attitude or rates are flown, and nothing beyond."""
    return leg in (STICKS_STABILIZED, STICKS_ACRO, ATTITUDE, RATES)


@inner
def begin_by_hand(craft: Craft, settings: FlightSettings) -> None:
    """The mode is entered: filters at rest, throttle's ends where they would have come to."""
    for index in range(2):
        craft.stick_tilt[index] = 0.0
    craft.stick_yaw, craft.stick_yaw_rate = math.nan, 0.0
    known = hover_trusted(craft)
    craft.throttle_hover = craft.hover_estimate if known else settings.hover_thrust
    craft.throttle_least = 0.0 if craft.landed else settings.stick_least_thrust
    craft.throttle_most = 1.0 if _spooled_up(craft, settings) else 0.0


@inner
def by_hand(
    craft: Craft, axes: Axes, settings: FlightSettings, target: Target, dt_s: float
) -> None:
    """What is asked of the attitude and rate controllers for the coming step."""
    for index in range(3):
        craft.setpoint_position[index] = craft.setpoint_velocity[index] = math.nan
        craft.setpoint_acceleration[index] = math.nan
    _move_throttle_ends(craft, settings, dt_s)
    craft.by_rates = target.leg in (STICKS_ACRO, RATES)
    if target.leg == STICKS_STABILIZED:
        _stabilized(craft, axes, settings, dt_s)
        return
    if craft.by_rates:
        ask_rates(craft, settings, target)
    else:
        craft.asked_turn, craft.asked_thrust = target.asked_yaw_rate, target.asked_thrust
        a = target.asked_attitude
        wrong = about_vertical(-craft.yaw_error)
        put(craft.asked_attitude, times(wrong, (a[0], a[1], a[2], a[3])))
    _forget_heading(craft, axes, craft.believed_yaw)


@inner
def _forget_heading(craft: Craft, axes: Axes, yaw: float) -> None:
    """Whatever is flown next begins with the heading of now."""
    reset(axes[HEADING], 0.0, yaw, 0.0)
    craft.held_yaw = craft.yaw_wanted = yaw
    craft.yaw_rate_wanted = 0.0


@inner
def _spooled_up(craft: Craft, settings: FlightSettings) -> bool:
    return craft.armed and craft.ramp_armed_s > settings.spool_up_s


@inner
def _move_throttle_ends(craft: Craft, settings: FlightSettings, dt_s: float) -> None:
    least = 0.0 if craft.landed else settings.stick_least_thrust
    craft.throttle_least = _slewed(craft.throttle_least, least, LEAST_MOVES_S * dt_s)
    if _spooled_up(craft, settings):
        craft.throttle_most = _slewed(craft.throttle_most, 1.0, MOST_MOVES_S * dt_s)
    else:
        craft.throttle_most = 0.0
    known = hover_trusted(craft)
    hover = craft.hover_estimate if known else settings.hover_thrust
    hover = max(LEAST_HOVER, min(hover, MOST_HOVER))
    craft.throttle_hover = _slewed(craft.throttle_hover, hover, HOVER_MOVES_S * dt_s)


@inner
def _slewed(value: float, goal: float, most: float) -> float:
    return value + max(-most, min(goal - value, most))


@inner
def _throttle(craft: Craft, settings: FlightSettings) -> float:
    """The stick's thrust: the middle hovers, the ends are the least and the most."""
    stick: float = max(-1.0, min(craft.stick[UP], 1.0))
    least, most = craft.throttle_least, settings.max_thrust
    curve = int(settings.throttle_curve)
    if curve == WITHOUT_SCALE:
        thrust = least + (stick + 1.0) / 2.0 * (most - least)
    else:
        middle = settings.hover_thrust if curve == BY_PARAMETER else craft.throttle_hover
        low = stick < 0.0
        thrust = middle + stick * ((middle - least) if low else (most - middle))
    return min(thrust, craft.throttle_most)


@inner
def _stabilized(craft: Craft, axes: Axes, settings: FlightSettings, dt_s: float) -> None:
    """Sticks say how far to tilt and where to; the yaw stick turns, the heading is held else."""
    yaw = craft.believed_yaw
    if craft.stick[UP] < GESTURE:
        craft.stick_yaw = math.nan
    turn_by_stick(craft, axes, settings, dt_s)
    steepest = math.radians(settings.stick_tilt_deg)
    tau = max(settings.stick_tilt_tau_s, 0.0)
    share = dt_s / (dt_s + tau)
    craft.stick_tilt[0] += share * (craft.stick[RIGHT] * steepest - craft.stick_tilt[0])
    craft.stick_tilt[1] += share * (-craft.stick[FORWARD] * steepest - craft.stick_tilt[1])
    x, y = craft.stick_tilt[0], craft.stick_tilt[1]
    tilt = horizontal(x, y)
    if tilt > steepest:
        x, y = x * steepest / tilt, y * steepest / tilt
    held = yaw if math.isnan(craft.stick_yaw) else craft.stick_yaw
    put(
        craft.asked_attitude,
        times(about_vertical(wrap_pi(held - craft.yaw_error)), about(x, y, 0.0)),
    )
    craft.asked_turn = craft.stick_yaw_rate
    craft.asked_thrust = _throttle(craft, settings)


@inner
def ask_rates(craft: Craft, settings: FlightSettings, target: Target) -> None:
    """Body rates and thrust as sticks or a companion have them; nothing in another leg."""
    if target.leg == STICKS_ACRO:
        _acro(craft, settings)
    elif target.leg == RATES:
        for index in range(3):
            craft.asked_rates[index] = target.asked_rates[index]
        craft.asked_thrust = target.asked_thrust


@inner
def _acro(craft: Craft, settings: FlightSettings) -> None:
    """Sticks say how fast to turn, and the share of the thrust."""
    stick, s = craft.stick, settings
    level, rise = s.acro_expo, s.acro_super
    roll = _curved(stick[RIGHT], level, rise)
    pitch = _curved(-stick[FORWARD], level, rise)
    yaw = _curved(stick[CLOCKWISE], s.acro_yaw_expo, s.acro_yaw_super)
    craft.asked_rates[0] = roll * math.radians(s.acro_roll_deg_s)
    craft.asked_rates[1] = pitch * math.radians(s.acro_pitch_deg_s)
    craft.asked_rates[2] = yaw * math.radians(s.acro_yaw_deg_s)
    craft.asked_thrust = (stick[UP] + 1.0) / 2.0


@inner
def _curved(value: float, expo: float, steeper: float) -> float:
    """math::superexpo."""
    x, e = max(-1.0, min(value, 1.0)), max(0.0, min(expo, 1.0))
    g = max(0.0, min(steeper, MOST_SUPER))
    return ((1.0 - e) * x + e * x * x * x) * (1.0 - g) / (1.0 - abs(x) * g)
