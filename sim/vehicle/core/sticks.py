"""Flown by sticks: PX4's position mode (FlightTaskManualAcceleration) and altitude mode.

Sticks are -1 to 1: forward, right, clockwise, up. Source: PX4-Autopilot v1.17,
src/modules/flight_mode_manager/tasks/{ManualAcceleration,ManualAltitude,ManualAltitudeSmoothVel},
Utility/{StickAccelerationXY,StickTiltXY}.cpp, src/lib/sticks, src/lib/stick_yaw,
src/lib/motion_planning/ManualVelocitySmoothingZ.cpp. Left out: holding the height over ground that
is not level (MPC_ALT_MODE), collision prevention, weather vane.
"""

import math

from sim.vehicle.core.axis import advance, aim, force_velocity, move_to, reset
from sim.vehicle.core.compiled import inner
from sim.vehicle.core.layout import DOWN, HEADING, STICKS_ALTITUDE, Craft, Target
from sim.vehicle.core.path import Axes
from sim.vehicle.core.rotation import horizontal, wrap_pi
from sim.vehicle.settings import FlightSettings

FORWARD, RIGHT, CLOCKWISE, UP = 0, 1, 2, 3
EXPO = 0.6
# FLT_EPSILON: what PX4 takes for zero.
NOTHING = 1.1920929e-07
WANTS_TAKEOFF = 0.3
BOOST_TAU_S, LEAST_BOOST = 0.8, 2.0
LOCK_SPEED_M_S, LOCK_ACCELERATION_M_S2 = 0.1, 0.2
LEAST_TILT_G, MOST_TILT_G, STEEPEST_DEG = 0.02, 3.0, 89.0
GRAVITY_M_S2 = 9.80665


@inner
def begin_sticks(craft: Craft, axes: Axes, aloft: bool) -> None:
    """The mode is entered, in the air from the last setpoint, on the ground from rest."""
    for index in range(2):
        velocity = craft.setpoint_velocity[index]
        craft.stick_velocity[index] = craft.believed_velocity[index]
        if aloft and not math.isnan(velocity):
            craft.stick_velocity[index] = velocity
        acceleration = craft.setpoint_acceleration[index]
        known = aloft and not math.isnan(acceleration)
        craft.stick_acceleration[index] = acceleration if known else 0.0
        craft.stick_tilt[index] = 0.0
        craft.stick_place[index] = math.nan
    height, climb = craft.setpoint_position[2], craft.setpoint_velocity[2]
    push = craft.setpoint_acceleration[2]
    known = aloft and not math.isnan(climb)
    reset(
        axes[DOWN],
        height if aloft and not math.isnan(height) else craft.believed_position[2],
        climb if known else craft.believed_velocity[2],
        push if known and not math.isnan(push) else 0.0,
    )
    craft.stick_height = craft.stick_yaw = math.nan
    craft.stick_boost, craft.stick_yaw_rate = 1.0, 0.0


@inner
def by_sticks(
    craft: Craft, axes: Axes, settings: FlightSettings, target: Target, dt_s: float
) -> None:
    """The setpoint that the sticks ask for."""
    turn_by_stick(craft, axes, settings, dt_s)
    if target.leg == STICKS_ALTITUDE:
        _tilt(craft, settings, dt_s)
    else:
        _move(craft, settings, dt_s)
    _climb(craft, axes, settings, dt_s)
    craft.wants_takeoff = craft.stick[UP] > WANTS_TAKEOFF


@inner
def _felt(value: float, settings: FlightSettings) -> float:
    """A stick after its dead zone and its curve."""
    zone = max(0.0, min(settings.stick_deadzone, 0.99))
    beyond = abs(value) - zone
    if beyond <= 0.0:
        return 0.0
    x = math.copysign(beyond / (1.0 - zone), value)
    return (1.0 - EXPO) * x + EXPO * x * x * x


@inner
def _level(craft: Craft, forward: float, right: float) -> tuple[float, float]:
    """Within the unit circle, turned by the heading that is held, or that is."""
    size = horizontal(forward, right)
    if size > 1.0:
        forward, right = forward / size, right / size
    return forward, right


@inner
def _turned(craft: Craft, forward: float, right: float) -> tuple[float, float]:
    yaw = craft.believed_yaw if math.isnan(craft.stick_yaw) else craft.stick_yaw
    cosine, sine = math.cos(yaw), math.sin(yaw)
    return cosine * forward - sine * right, sine * forward + cosine * right


@inner
def turn_by_stick(craft: Craft, axes: Axes, settings: FlightSettings, dt_s: float) -> None:
    """StickYaw: a filtered rate; the heading is held once nothing is left of it."""
    wanted = _felt(craft.stick[CLOCKWISE], settings) * math.radians(settings.stick_yaw_rate_deg_s)
    share = dt_s / (dt_s + settings.stick_yaw_tau_s)
    craft.stick_yaw_rate += share * (wanted - craft.stick_yaw_rate)
    if abs(craft.stick_yaw_rate) > NOTHING:
        craft.stick_yaw = math.nan
    elif math.isnan(craft.stick_yaw):
        craft.stick_yaw = craft.believed_yaw
    yaw = craft.believed_yaw if math.isnan(craft.stick_yaw) else craft.stick_yaw
    reset(axes[HEADING], 0.0, wrap_pi(yaw), 0.0)
    craft.held_yaw = craft.yaw_wanted = wrap_pi(yaw)
    craft.yaw_rate_wanted = craft.stick_yaw_rate


@inner
def _tilt(craft: Craft, settings: FlightSettings, dt_s: float) -> None:
    """StickTiltXY: how far it leans; the wind carries it."""
    forward, right = _level(craft, craft.stick[FORWARD], craft.stick[RIGHT])
    tau = max(settings.stick_tilt_tau_s, 0.0)
    share = dt_s / (dt_s + tau)
    craft.stick_tilt[0] += share * (forward - craft.stick_tilt[0])
    craft.stick_tilt[1] += share * (right - craft.stick_tilt[1])
    steepest = math.radians(max(0.0, min(settings.stick_tilt_deg, STEEPEST_DEG)))
    most = max(LEAST_TILT_G, min(math.tan(steepest), MOST_TILT_G)) * GRAVITY_M_S2
    north, east = _turned(craft, craft.stick_tilt[0], craft.stick_tilt[1])
    for index in range(2):
        craft.setpoint_position[index] = craft.setpoint_velocity[index] = math.nan
    craft.setpoint_acceleration[0], craft.setpoint_acceleration[1] = north * most, east * most


@inner
def _move(craft: Craft, settings: FlightSettings, dt_s: float) -> None:
    """StickAccelerationXY: sticks accelerate, a drag that grows with speed limits and brakes."""
    top, hardest = settings.stick_speed_m_s, 2.0 * settings.acceleration_m_s2
    forward = _felt(craft.stick[FORWARD], settings)
    forward, right = _level(craft, forward, _felt(craft.stick[RIGHT], settings))
    if settings.stick_side_m_s >= 0.0:
        right *= settings.stick_side_m_s / top
    if settings.stick_back_m_s >= 0.0 and forward < 0.0:
        forward *= settings.stick_back_m_s / top
    north, east = _turned(craft, forward, right)
    moved = north * north + east * east >= NOTHING
    drag_n, drag_e = _drag(craft, settings, hardest / top, moved, dt_s)
    north, east = north * hardest, east * hardest
    before, velocity = craft.stick_acceleration, craft.stick_velocity
    turned_back = _sign(before[0]) != _sign(north) or _sign(before[1]) != _sign(east)
    speed_squared = velocity[0] * velocity[0] + velocity[1] * velocity[1]
    slow = speed_squared < (drag_n * drag_n + drag_e * drag_e) * dt_s * dt_s
    if slow and (turned_back or not moved):
        drag_n = drag_e = velocity[0] = velocity[1] = 0.0
    north, east = _within(craft, settings, north - drag_n, east - drag_e, dt_s)
    velocity[0] += north * dt_s
    velocity[1] += east * dt_s
    _lock(craft)
    before[0], before[1] = north, east
    for index in range(2):
        craft.setpoint_position[index] = craft.stick_place[index]
        craft.setpoint_velocity[index] = velocity[index]
        craft.setpoint_acceleration[index] = before[index]


@inner
def _sign(value: float) -> int:
    return (value > 0.0) - (value < 0.0)


@inner
def _drag(
    craft: Craft, settings: FlightSettings, coefficient: float, moved: bool, dt_s: float
) -> tuple[float, float]:
    """Twice as hard and more when the sticks are let go, and still hard below 1 m/s."""
    boost = 1.0 if moved else max(LEAST_BOOST, math.sqrt(settings.stick_speed_m_s))
    craft.stick_boost += dt_s / (dt_s + BOOST_TAU_S) * (boost - craft.stick_boost)
    velocity = craft.stick_velocity
    speed = horizontal(velocity[0], velocity[1])
    share = max(0.0, min(craft.stick_boost - 1.0, 1.0))
    lifted = math.sqrt(speed) / speed if 0.0 < speed < 1.0 else 1.0
    scale = coefficient * craft.stick_boost * (share * lifted + 1.0 - share)
    return velocity[0] * scale, velocity[1] * scale


@inner
def _within(
    craft: Craft, settings: FlightSettings, north: float, east: float, dt_s: float
) -> tuple[float, float]:
    """Limited jerk, then limited tilt."""
    before = craft.stick_acceleration
    dn, de = north - before[0], east - before[1]
    change = horizontal(dn, de)
    most = settings.stick_jerk_m_s3 * dt_s
    if change > most:
        north, east = before[0] + dn * most / change, before[1] + de * most / change
    size = horizontal(north, east)
    steepest = math.tan(craft.tilt_limit) * GRAVITY_M_S2
    if size > steepest:
        north, east = north * steepest / size, east * steepest / size
    return north, east


@inner
def _lock(craft: Craft) -> None:
    """Hold the place once it stands; set off with the velocity that holding it had."""
    velocity, place = craft.stick_velocity, craft.stick_place
    moving = velocity[0] * velocity[0] + velocity[1] * velocity[1] > NOTHING
    locked = not math.isnan(place[0])
    for index in range(2):
        if not moving and not locked:
            place[index] = craft.believed_position[index]
        if moving and locked:
            place[index] = math.nan
            if craft.controls and not math.isnan(craft.corrected_velocity[index]):
                velocity[index] = craft.corrected_velocity[index]


@inner
def _climb(craft: Craft, axes: Axes, settings: FlightSettings, dt_s: float) -> None:
    """ManualVelocitySmoothingZ: limited jerk to a speed; the height is held once it stands."""
    axis = axes[DOWN]
    wanted = _climb_wanted(craft, settings)
    rising = wanted < 0.0
    axis.max_jerk = settings.stick_jerk_m_s3
    advance(axis, dt_s)
    axis.max_acceleration = (
        settings.climb_acceleration_m_s2 if rising else settings.descent_acceleration_m_s2
    )
    axis.max_velocity = settings.max_climb_speed_m_s if rising else settings.max_descent_speed_m_s
    velocity, acceleration = axis.velocity, axis.acceleration
    stands = abs(velocity) < LOCK_SPEED_M_S and abs(acceleration) < LOCK_ACCELERATION_M_S2
    if stands and abs(wanted) <= NOTHING:
        craft.stick_height = axis.position
    else:
        if not math.isnan(craft.stick_height) and craft.controls:
            velocity = craft.corrected_velocity[2]
            force_velocity(axis, velocity)
        craft.stick_height = math.nan
        move_to(axis, craft.believed_position[2])
    aim(axis, wanted)
    craft.setpoint_position[2] = craft.stick_height
    craft.setpoint_velocity[2] = velocity
    craft.setpoint_acceleration[2] = acceleration


@inner
def _climb_wanted(craft: Craft, settings: FlightSettings) -> float:
    """Down, m/s: by the stick, slower near the ground."""
    stick = _felt(craft.stick[UP], settings)
    up, down = settings.max_climb_speed_m_s, settings.max_descent_speed_m_s
    wanted = -stick * (down if stick < 0.0 else up)
    height_m = craft.ground_d - craft.position[2]
    span = max(settings.land_height_1_m - settings.land_height_2_m, 1e-6)
    part = max(0.0, min((height_m - settings.land_height_2_m) / span, 1.0))
    slow_up, slow_down = settings.takeoff_speed_m_s, settings.land_speed_m_s
    most_down = slow_down + part * (down - slow_down)
    most_up = slow_up + part * (up - slow_up)
    limited: float = max(-most_up, min(wanted, most_down))
    return limited
