"""Position control and the take-off ramp of PX4's multicopter.

Source: PX4-Autopilot v1.17, src/modules/mc_pos_control (PositionControl.cpp, Takeoff.cpp,
MulticopterPositionControl.cpp). North, east, down; thrust is a share of the most, 0..1. An axis of
the setpoint that is not-a-number has no influence.
"""

import math

from sim.vehicle.core.compiled import inner
from sim.vehicle.core.layout import DISARMED, FLIGHT, RAMP_UP, READY, SPOOL_UP, Craft, Floats
from sim.vehicle.core.rotation import horizontal
from sim.vehicle.settings import FlightSettings

GRAVITY_M_S2 = 9.80665
DERIVATIVE_FILTER_HZ = 5.0
TILT_LIMIT_RATE = math.radians(20.0)
SPEED_ROOM = 1.2
IDLE_THRUST = 0.001
LEAST_THRUST = 1e-3
# From the commander's arming to the controller's seeing it; read off the recordings.
ARMING_LAG_S = 0.12


@inner
def disarm_ramp(craft: Craft) -> None:
    """Begin again at the first stage."""
    craft.ramp, craft.ramp_armed_s = DISARMED, 0.0


@inner
def step_ramp(craft: Craft, settings: FlightSettings, dt_s: float) -> None:
    """Spool-up, then a speed limit that rises from 'no thrust' to the climb speed."""
    if not craft.armed:
        disarm_ramp(craft)
        return
    craft.ramp_armed_s += dt_s
    if craft.ramp == DISARMED:
        craft.ramp = SPOOL_UP
    if craft.ramp == SPOOL_UP and craft.ramp_armed_s >= settings.spool_up_s + ARMING_LAG_S:
        craft.ramp = READY
    if craft.ramp == READY and craft.wants_takeoff:
        craft.ramp, craft.ramp_progress = RAMP_UP, 0.0
    if craft.ramp == RAMP_UP and craft.ramp_progress >= 1.0:
        craft.ramp = FLIGHT
    if craft.ramp == FLIGHT and craft.landed:
        craft.ramp = READY
    if craft.ramp == RAMP_UP:
        craft.ramp_progress += dt_s / max(settings.takeoff_ramp_s, dt_s)


@inner
def climb_limit(craft: Craft, settings: FlightSettings) -> float:
    """The greatest upward speed allowed now, m/s; negative before the lift."""
    start = -GRAVITY_M_S2 / max(settings.climb_p, 0.01)
    if craft.ramp < RAMP_UP:
        return start
    most = settings.max_climb_speed_m_s
    if craft.ramp == RAMP_UP and craft.ramp_progress < 1.0:
        return start + craft.ramp_progress * (most - start)
    return most


@inner
def learn_hover(craft: Craft, hover_thrust: float) -> None:
    """Replace the hover thrust without a jump of the commanded thrust."""
    if hover_thrust == craft.hover_thrust:
        return
    ratio, a = craft.hover_thrust / hover_thrust, craft.acceleration_down
    craft.integral[2] += (a - GRAVITY_M_S2) * ratio + GRAVITY_M_S2 - a
    craft.hover_thrust = hover_thrust


@inner
def measure(craft: Craft, dt_s: float) -> None:
    """Update the filtered derivative of velocity."""
    share = dt_s / (dt_s + 1.0 / (2.0 * math.pi * DERIVATIVE_FILTER_HZ))
    for index in range(3):
        now, before = craft.believed_velocity[index], craft.velocity_before[index]
        if not math.isnan(before):
            rate = (now - before) / dt_s
            craft.derivative[index] += share * (rate - craft.derivative[index])
        craft.velocity_before[index] = now


@inner
def hold_thrust(craft: Craft, least: float) -> None:
    """Idle: no integrals, the least thrust straight up."""
    _set(craft.integral, 0.0, 0.0, 0.0)
    _set(craft.command, 0.0, 0.0, -least)


@inner
def control(craft: Craft, settings: FlightSettings, dt_s: float) -> None:
    """Thrust for one control step: P on position, PID on velocity, limits with anti-windup."""
    flying = craft.ramp == FLIGHT
    error_n, error_e, error_d = _velocity_errors(craft, settings)
    integral, rate = craft.integral, craft.derivative
    if math.isnan(error_n) or math.isnan(error_e):
        integral[0] = integral[1] = 0.0
    integral[2] = max(-GRAVITY_M_S2, min(GRAVITY_M_S2, integral[2]))
    p, d = settings.velocity_p, settings.velocity_d
    forward = craft.setpoint_acceleration
    acc_n = _sum(forward[0], p * error_n + integral[0] - d * rate[0])
    acc_e = _sum(forward[1], p * error_e + integral[1] - d * rate[1])
    up = settings.climb_p * error_d + integral[2] - settings.climb_d * rate[2]
    acc_d = _sum(forward[2] if flying or math.isnan(error_d) else 0.0, up)
    _set(craft.corrected_acceleration, acc_n, acc_e, acc_d)
    craft.acceleration_down = acc_d
    _thrust(craft, settings, acc_n, acc_e, acc_d, flying, dt_s)
    if _at_limit(craft, settings, error_d, flying):
        error_d = 0.0
    made_n, made_e = _saturate(craft, settings)
    if acc_n * acc_n + acc_e * acc_e > made_n * made_n + made_e * made_e:
        error_n -= 2.0 / p * (acc_n - made_n)
        error_e -= 2.0 / p * (acc_e - made_e)
    integral[0] += _or_zero(error_n) * settings.velocity_i * dt_s
    integral[1] += _or_zero(error_e) * settings.velocity_i * dt_s
    integral[2] += _or_zero(error_d) * settings.climb_i * dt_s


@inner
def _set(into: Floats, north: float, east: float, down: float) -> None:
    into[0], into[1], into[2] = north, east, down


@inner
def _or_zero(value: float) -> float:
    return 0.0 if math.isnan(value) else value


@inner
def _sum(value: float, more: float) -> float:
    """ControlMath::addIfNotNan: what is not given has no influence."""
    if math.isnan(value):
        return _or_zero(more)
    return value if math.isnan(more) else value + more


@inner
def _velocity_errors(craft: Craft, settings: FlightSettings) -> tuple[float, float, float]:
    """What is missing to the wanted velocity; not-a-number on a free axis."""
    goal, place = craft.setpoint_position, craft.believed_position
    forward, velocity = craft.setpoint_velocity, craft.believed_velocity
    north = _add_fix(forward[0], (goal[0] - place[0]) * settings.position_p)
    east = _add_fix(forward[1], (goal[1] - place[1]) * settings.position_p)
    down = _add_fix(forward[2], (goal[2] - place[2]) * settings.height_p)
    speed, top = horizontal(north, east), settings.top_speed_m_s
    if speed > top:
        north, east = north * top / speed, east * top / speed
    fall = max(settings.max_descent_speed_m_s, SPEED_ROOM * settings.descent_speed_m_s)
    if not math.isnan(down):
        down = max(-climb_limit(craft, settings), min(fall, down))
    _set(craft.corrected_velocity, north, east, down)
    return north - velocity[0], east - velocity[1], down - velocity[2]


@inner
def _add_fix(forward: float, fix: float) -> float:
    if math.isnan(fix):
        return forward
    return fix if math.isnan(forward) else forward + fix


@inner
def _thrust(
    craft: Craft,
    settings: FlightSettings,
    acc_n: float,
    acc_e: float,
    acc_d: float,
    flying: bool,
    dt_s: float,
) -> None:
    goal = math.radians(settings.max_tilt_deg if flying else settings.takeoff_tilt_deg)
    step = TILT_LIMIT_RATE * dt_s
    craft.tilt_limit += max(-step, min(step, goal - craft.tilt_limit))
    level = horizontal(acc_n, acc_e)
    whole = horizontal(level, GRAVITY_M_S2)
    sine, cosine = level / whole, GRAVITY_M_S2 / whole
    limit_sine = math.sin(craft.tilt_limit)
    if sine > limit_sine:
        sine, cosine = limit_sine, math.cos(craft.tilt_limit)
    lift = acc_d * craft.hover_thrust / GRAVITY_M_S2 - craft.hover_thrust
    collective = max(-lift / cosine, _floor(settings, flying))
    side = collective * sine / level if level > 1e-9 else 0.0
    _set(craft.command, acc_n * side, acc_e * side, -collective * cosine)


@inner
def _floor(settings: FlightSettings, flying: bool) -> float:
    return max(settings.min_thrust if flying else 0.0, LEAST_THRUST)


@inner
def _at_limit(craft: Craft, settings: FlightSettings, error_d: float, flying: bool) -> bool:
    """Whether the vertical integral must not grow: more thrust, or less, is not to be had."""
    down = craft.command[2]
    too_little = down >= -_floor(settings, flying) and error_d >= 0.0
    too_much = down <= -settings.max_thrust and error_d <= 0.0
    return bool(too_little or too_much)


@inner
def _saturate(craft: Craft, settings: FlightSettings) -> tuple[float, float]:
    """Keep the thrust within its limits; the horizontal acceleration that it makes."""
    command = craft.command
    side = horizontal(command[0], command[1])
    most = settings.max_thrust
    margin = min(side, settings.horizontal_thrust_margin)
    command[2] = max(command[2], -math.sqrt(max(most * most - margin * margin, 0.0)))
    side_max = math.sqrt(max(most * most - command[2] * command[2], 0.0))
    share = side_max / side if side > side_max else 1.0
    command[0] *= share
    command[1] *= share
    scale = GRAVITY_M_S2 / craft.hover_thrust
    return command[0] * scale, command[1] * scale
