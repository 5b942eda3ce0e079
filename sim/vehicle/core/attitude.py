"""Attitude as torques make it: PX4's attitude controller, its rate controller, SIH's rigid body.

Flown where an attitude or body rates are asked for, upside down if need be; elsewhere the vehicle
leans as `sim.vehicle.core.body` has it, which is what this makes of it at a fraction of the work.
Source: PX4-Autopilot v1.17, src/modules/mc_att_control/AttitudeControl/AttitudeControl.cpp,
src/modules/mc_pos_control/PositionControl/ControlMath.cpp,
src/modules/simulation/simulator_sih/sih.cpp.
"""

import math

from sim.vehicle.core.compiled import inner
from sim.vehicle.core.layout import Craft
from sim.vehicle.core.quaternion import (
    ANTIPARALLEL,
    LEVEL,
    TINY,
    Triple,
    about,
    about_vertical,
    back,
    canonical,
    down_axis,
    heading,
    held,
    put,
    shortest,
    times,
    turned,
    unit,
)
from sim.vehicle.core.rates import PITCH, ROLL, YAW, settle_rates, step_rates
from sim.vehicle.core.rotation import attitude, quaternion_from_euler, wrap_pi
from sim.vehicle.settings import FlightSettings

# SIH's steps, and so the controllers'.
SUBSTEP_S = 0.004
MOST_RATE = 6.0 * math.pi
# An upright vehicle that is nearly where it should be leans on without torques.
NEAR, SLOW, LEAST_UPRIGHT = 0.05, 0.5, 0.6


@inner
def begin_torques(craft: Craft) -> None:
    """From leaning to torques: the same attitude, rates and thrust."""
    roll, pitch = attitude(craft)
    q = quaternion_from_euler(roll, pitch, craft.yaw)
    put(craft.attitude, q)
    z, rate = down_axis(q), craft.lean_rate
    up = max(z[2], 0.1)
    sinks = (z[0] * rate[0] + z[1] * rate[1]) / up
    body = turned(back(q), (-rate[0], -rate[1], sinks))
    craft.rates[ROLL], craft.rates[PITCH] = -body[1], body[0]
    craft.rates[YAW] = craft.yaw_rate * up
    settle_rates(craft)
    for motor in range(4):
        craft.motors[motor] = craft.thrust
    craft.reference_known = False
    craft.torques = True


@inner
def may_lean(craft: Craft) -> bool:
    """Whether the vehicle is upright, and so near what is asked for that it may lean on."""
    z, goal = down_axis(held(craft.attitude)), down_axis(held(craft.asked_attitude))
    off = math.sqrt((z[0] - goal[0]) ** 2 + (z[1] - goal[1]) ** 2 + (z[2] - goal[2]) ** 2)
    turning = abs(craft.rates[ROLL]) + abs(craft.rates[PITCH])
    return bool(z[2] > LEAST_UPRIGHT and off < NEAR and turning < SLOW)


@inner
def end_torques(craft: Craft) -> None:
    """From torques to leaning."""
    q = held(craft.attitude)
    goal = down_axis(held(craft.reference) if craft.reference_known else q)
    moves = turned(q, (craft.rates[PITCH], -craft.rates[ROLL], 0.0))
    craft.lean_goal[0], craft.lean_goal[1] = -goal[0], -goal[1]
    craft.lean_rate[0], craft.lean_rate[1] = -moves[0], -moves[1]
    craft.torques = craft.inverted = False


@inner
def ask_for_command(craft: Craft) -> None:
    """ControlMath::bodyzToAttitude: the position controller's thrust as an attitude."""
    n, e, d = -craft.command[0], -craft.command[1], -craft.command[2]
    size = math.sqrt(n * n + e * e + d * d)
    craft.by_rates = False
    craft.asked_thrust, craft.asked_turn = size, craft.yaw_rate_wanted
    yaw = about_vertical(craft.yaw_wanted - craft.yaw_error)
    if size < 1e-3:
        put(craft.asked_attitude, yaw)
        return
    tilt = shortest((0.0, 0.0, 1.0), (n / size, e / size, d / size))
    # Turned about its own downward axis until the nose points the wanted way.
    for _ in range(2):
        off = wrap_pi(heading(yaw) - heading(tilt))
        tilt = times(tilt, about_vertical(off))
    put(craft.asked_attitude, tilt)


@inner
def turn_by_torques(craft: Craft, settings: FlightSettings, dt_s: float) -> float:
    """Control and turn for one of SIH's steps; the thrust made, as a share of the most."""
    if craft.by_rates:
        step_rates(craft, settings, _asked_rates(craft), dt_s)
    else:
        _follow_reference(craft, dt_s)
        step_rates(craft, settings, _rates_to_reference(craft, settings), dt_s)
    return _turn_body(craft, dt_s)


@inner
def _asked_rates(craft: Craft) -> Triple:
    """What is not given stays as it is."""
    asked, seen = craft.asked_rates, craft.rate_seen
    return (
        seen[0] if math.isnan(asked[0]) else asked[0],
        seen[1] if math.isnan(asked[1]) else asked[1],
        seen[2] if math.isnan(asked[2]) else asked[2],
    )


@inner
def _follow_reference(craft: Craft, dt_s: float) -> None:
    """The critically damped model that the attitude controller tracks."""
    asked, move = unit(held(craft.asked_attitude)), craft.reference_rate
    if not craft.reference_known:
        put(craft.reference, asked)
        for axis in range(3):
            move[axis] = craft.reference_turn[axis] = 0.0
        craft.reference_known = True
        return
    reference = held(craft.reference)
    z = down_axis_seen(reference)
    turn = 0.0 if math.isnan(craft.asked_turn) else craft.asked_turn
    off = canonical(times(back(reference), asked))
    w = max(craft.reference_rad_s, 0.1)
    fading = math.exp(-w * dt_s)
    stays, gained = (1.0 + w * dt_s) * fading, dt_s * fading
    grows, left = w * w * dt_s * fading, (1.0 - w * dt_s) * fading
    x = (1.0 - stays) * 2.0 * off[1] + gained * move[0] + z[0] * turn * dt_s
    y = (1.0 - stays) * 2.0 * off[2] + gained * move[1] + z[1] * turn * dt_s
    about_z = (1.0 - stays) * 2.0 * off[3] + gained * move[2] + z[2] * turn * dt_s
    for axis in range(3):
        move[axis] = grows * 2.0 * off[1 + axis] + left * move[axis]
        craft.reference_turn[axis] = z[axis] * turn
    if abs(turn) > TINY:
        along = move[0] * z[0] + move[1] * z[1] + move[2] * z[2]
        for axis in range(3):
            move[axis] -= along * z[axis]
    put(craft.reference, unit(times(reference, about(x, y, about_z))))


@inner
def down_axis_seen(a: tuple[float, float, float, float]) -> Triple:
    """The vertical as the body sees it."""
    return down_axis(back(a))


@inner
def _rates_to_reference(craft: Craft, settings: FlightSettings) -> Triple:
    """AttitudeControl::update: tilt first, heading with less weight."""
    q, goal = held(craft.attitude), held(craft.reference)
    reduced = shortest(down_axis(q), down_axis(goal))
    if abs(reduced[1]) > 1.0 - ANTIPARALLEL or abs(reduced[2]) > 1.0 - ANTIPARALLEL:
        reduced = goal
    else:
        reduced = times(reduced, q)
    weight = max(0.0, min(settings.heading_weight, 1.0))
    yaws = canonical(times(back(reduced), goal))
    cosine = math.cos(weight * math.acos(max(-1.0, min(yaws[0], 1.0))))
    sine = math.sin(weight * math.asin(max(-1.0, min(yaws[3], 1.0))))
    error = canonical(times(back(q), times(reduced, (cosine, 0.0, 0.0, sine))))
    heading_p = settings.heading_p / weight if weight > 1e-4 else settings.heading_p
    relative, turn, move = times(back(q), goal), craft.reference_turn, craft.reference_rate
    fed = turned(relative, (turn[0], turn[1], turn[2]))
    ahead = turned(relative, (move[0], move[1], move[2]))
    s = settings
    return (
        _within(2.0 * error[1] * s.attitude_p + fed[0], ahead[0], s, s.roll_rate_deg_s),
        _within(2.0 * error[2] * s.pitch_p + fed[1], ahead[1], s, s.pitch_rate_deg_s),
        _within(2.0 * error[3] * heading_p + fed[2], ahead[2], s, s.turn_rate_deg_s),
    )


@inner
def _within(rate: float, ahead: float, settings: FlightSettings, most_deg_s: float) -> float:
    ahead *= settings.reference_gain
    limit, most = math.radians(settings.reference_most_deg_s), math.radians(most_deg_s)
    if limit > 0.0:
        ahead = max(-limit, min(ahead, limit))
    return max(-most, min(rate + ahead, most))


@inner
def _turn_body(craft: Craft, dt_s: float) -> float:
    """Turn by the rates of now, then change them by the motors' torques."""
    effect, motor, w = craft.motor_effectiveness, craft.motors, craft.rates
    one, two = min(motor[0], effect[0]), min(motor[1], effect[1])
    three, four = min(motor[2], effect[2]), min(motor[3], effect[3])
    newton, inertia = craft.max_thrust_n / 4.0, craft.inertia
    roll = craft.arm_roll_m * newton * (-one + two + three - four) - craft.spin_drag * w[0]
    pitch = craft.arm_pitch_m * newton * (one - two + three - four) - craft.spin_drag * w[1]
    yaw = craft.most_torque_nm * (one + two - three - four) - craft.spin_drag * w[2]
    roll -= w[1] * w[2] * (inertia[2] - inertia[1])
    pitch -= w[2] * w[0] * (inertia[0] - inertia[2])
    yaw -= w[0] * w[1] * (inertia[1] - inertia[0])
    q = unit(times(held(craft.attitude), about(w[0] * dt_s, w[1] * dt_s, w[2] * dt_s)))
    put(craft.attitude, q)
    w[0] = max(-MOST_RATE, min(w[0] + roll / inertia[0] * dt_s, MOST_RATE))
    w[1] = max(-MOST_RATE, min(w[1] + pitch / inertia[1] * dt_s, MOST_RATE))
    w[2] = max(-MOST_RATE, min(w[2] + yaw / inertia[2] * dt_s, MOST_RATE))
    z = down_axis(q)
    craft.lean[0], craft.lean[1], craft.inverted = -z[0], -z[1], z[2] < 0.0
    craft.yaw, craft.yaw_rate = heading(q), w[YAW]
    craft.thrust = (one + two + three + four) / 4.0
    return craft.thrust


__all__ = [
    "LEVEL",
    "SUBSTEP_S",
    "ask_for_command",
    "begin_torques",
    "end_torques",
    "may_lean",
    "turn_by_torques",
]
