"""From a triplet of setpoints to a moving setpoint: PX4's FlightTaskAuto for a multirotor.

North, east, down in metres about the local origin. Source: PX4-Autopilot v1.17,
src/modules/flight_mode_manager/tasks/Auto/FlightTaskAuto.cpp.
"""

import math

from sim.vehicle.core.axis import advance, aim, force_velocity, move_to, reset
from sim.vehicle.core.by_hand import begin_by_hand, by_hand, flown_by_hand
from sim.vehicle.core.compiled import inner
from sim.vehicle.core.layout import (
    DESCEND,
    DOWN,
    EAST,
    HEADING,
    IDLE,
    LAND,
    LOITER,
    NORTH,
    OFFBOARD,
    ORBIT,
    RAMP_UP,
    STICKS_ALTITUDE,
    STICKS_POSITION,
    TAKEOFF,
    Craft,
    Floats,
    Target,
)
from sim.vehicle.core.layout import FLIGHT as IN_FLIGHT
from sim.vehicle.core.messages import keep_told
from sim.vehicle.core.offboard import ask
from sim.vehicle.core.orbit import ON_CIRCLE_M, begin_orbit, heed_order, orbit, reach_circle
from sim.vehicle.core.path import Axes, follow, toward, toward_alone, toward_level
from sim.vehicle.core.rotation import horizontal, wrap_pi
from sim.vehicle.core.sticks import begin_sticks, by_sticks
from sim.vehicle.settings import FlightSettings

REACTIVATED_DESCENT_M_S = 0.7
WANTS_TAKEOFF_M_S = -0.3
LOW_FREEZE_M = 1.0
SAME_HEADING = 1e-5
BLIND_SINK_M_S2 = 0.15
# PX4's distance to the ground is that of its filter's delayed state (EKF2.cpp, dist_bottom); read
# off ground truth beside it in PX4's own logs, the task's turn included.
DISTANCE_LATE_S = 0.16


@inner
def apply_settings(axes: Axes, settings: FlightSettings) -> None:
    """Take changed parameters into use."""
    for index in range(HEADING):
        axes[index].max_jerk = settings.jerk_m_s3
    for index in range(DOWN):
        axes[index].max_acceleration = settings.acceleration_m_s2
        axes[index].max_velocity = settings.top_speed_m_s
    heading = axes[HEADING]
    heading.max_velocity = 2.0 * math.pi
    heading.max_acceleration = math.radians(settings.yaw_rate_deg_s)
    heading.max_jerk = math.radians(settings.yaw_acceleration_deg_s2)


@inner
def rest(craft: Craft, axes: Axes) -> None:
    """Stay at the vehicle's state: on the ground, before the take-off ramp."""
    place = craft.believed_position
    reset(axes[NORTH], place[0], 0.0, 0.0)
    reset(axes[EAST], place[1], 0.0, 0.0)
    reset(axes[DOWN], place[2], REACTIVATED_DESCENT_M_S, 0.0)
    craft.rising = False
    reset(axes[HEADING], 0.0, craft.believed_yaw, 0.0)
    craft.held_yaw = craft.yaw_wanted = craft.believed_yaw
    craft.yaw_rate_wanted = 0.0


@inner
def guide(craft: Craft, axes: Axes, settings: FlightSettings, target: Target, dt_s: float) -> None:
    """The setpoint for the coming control step of `dt_s` seconds."""
    if craft.leg_before != target.leg:
        _begin(craft, axes, settings, target)
    if target.leg == ORBIT:
        heed_order(craft, axes, settings, target)
        reach_circle(craft, settings, target)
    sticks, hand = flown_by_sticks(target.leg), flown_by_hand(target.leg)
    if not (sticks or hand):
        _aim_heading(craft, axes, target, dt_s)
    craft.has_setpoint, craft.thrust_off, craft.wants_takeoff = True, False, False
    if target.leg == IDLE:
        _nothing(craft)
    elif target.leg == DESCEND:
        _descend(craft, axes, settings)
    elif target.leg == OFFBOARD:
        craft.wants_takeoff = ask(craft, axes, settings, target, dt_s)
    elif hand:
        by_hand(craft, axes, settings, target, dt_s)
    elif sticks:
        by_sticks(craft, axes, settings, target, dt_s)
    elif target.leg == ORBIT and craft.on_circle:
        orbit(craft, axes, settings, target, dt_s)
    else:
        _auto(craft, axes, settings, target, dt_s)
    craft.leg_before, craft.by_hand = target.leg, hand
    if hand:
        return
    _drop_unknown(craft)
    if craft.ramp < RAMP_UP:
        rest(craft, axes)
        if sticks:
            begin_sticks(craft, axes, False)


@inner
def flown_by_sticks(leg: int) -> bool:
    """Whether sticks say where to go."""
    return leg in (STICKS_POSITION, STICKS_ALTITUDE)


@inner
def _begin(craft: Craft, axes: Axes, settings: FlightSettings, target: Target) -> None:
    if target.leg == ORBIT:
        begin_orbit(craft)
    if flown_by_hand(target.leg):
        begin_by_hand(craft, settings)
        keep_told(craft)
    elif flown_by_sticks(target.leg):
        begin_sticks(craft, axes, True)
    elif flown_by_sticks(craft.leg_before) or flown_by_hand(craft.leg_before):
        _from_setpoint(craft, axes, settings)
    if craft.leg_before == OFFBOARD:
        for index in range(HEADING):
            velocity = craft.believed_velocity[index]
            reset(axes[index], craft.believed_position[index], velocity, 0.0)


@inner
def _from_setpoint(craft: Craft, axes: Axes, settings: FlightSettings) -> None:
    """FlightTaskAuto::activate: on from the last setpoint; what it left open, from what is."""
    axes[DOWN].max_jerk = settings.jerk_m_s3
    for index in range(HEADING):
        place, velocity = craft.setpoint_position[index], craft.setpoint_velocity[index]
        push = craft.setpoint_acceleration[index]
        reset(
            axes[index],
            craft.believed_position[index] if math.isnan(place) else place,
            craft.believed_velocity[index] if math.isnan(velocity) else velocity,
            0.0 if math.isnan(push) else push,
        )


@inner
def _nothing(craft: Craft) -> None:
    craft.thrust_off = True
    for index in range(3):
        craft.setpoint_position[index] = math.nan
        craft.setpoint_velocity[index] = craft.setpoint_acceleration[index] = 0.0


@inner
def _descend(craft: Craft, axes: Axes, settings: FlightSettings) -> None:
    """FlightTaskDescend: level, and down at landing speed; what comes next begins from here."""
    for index in range(3):
        place, velocity = craft.believed_position[index], craft.believed_velocity[index]
        reset(axes[index], place, velocity, 0.0)
        craft.setpoint_position[index] = craft.setpoint_velocity[index] = math.nan
        craft.setpoint_acceleration[index] = 0.0
    craft.setpoint_velocity[2] = settings.land_speed_m_s


@inner
def _auto(craft: Craft, axes: Axes, settings: FlightSettings, target: Target, dt_s: float) -> None:
    # The distance sensor's, which knows nothing of a wrong height, but comes late.
    height_m = craft.ground_d - craft.position[2] + craft.velocity[2] * DISTANCE_LATE_S
    _set_places(craft, axes, target)
    _limit(craft, axes, settings, target, height_m)
    n, e, d = _wanted(craft, axes, settings, target, height_m)
    craft.rising = d < 0.0
    craft.wants_takeoff = d < WANTS_TAKEOFF_M_S
    follow(craft, axes, settings, n, e, d, dt_s)
    for index in range(3):
        axis = axes[index]
        craft.setpoint_position[index] = axis.position
        craft.setpoint_velocity[index] = axis.velocity
        craft.setpoint_acceleration[index] = axis.acceleration


@inner
def _set_places(craft: Craft, axes: Axes, target: Target) -> None:
    """Where from, to and next; a take-off goes straight up from where it began."""
    modified = target.leg == LOITER
    copy(craft.flown_to, target.current)
    if target.leg != TAKEOFF:
        craft.has_liftoff = False
    else:
        modified = _rise(craft, axes) or modified
    if target.leg == ORBIT:
        modified = True
        _nearest_on_circle(craft, target)
    alone = modified or math.isnan(target.following[0])
    copy(craft.flown_next, craft.flown_to if alone else target.following)
    free = math.isnan(target.previous[0]) or target.leg == ORBIT
    copy(craft.flown_from, craft.flown_to if free else target.previous)


@inner
def _rise(craft: Craft, axes: Axes) -> bool:
    place = craft.believed_position
    if craft.ramp != IN_FLIGHT:
        copy(craft.liftoff, place)
        craft.has_liftoff = True
        move_to(axes[NORTH], place[0])
        move_to(axes[EAST], place[1])
    if not craft.has_liftoff:
        return False
    modified = bool(craft.liftoff[0] != craft.flown_to[0] or craft.liftoff[1] != craft.flown_to[1])
    craft.flown_to[0], craft.flown_to[1] = craft.liftoff[0], craft.liftoff[1]
    if craft.liftoff[2] - place[2] < LOW_FREEZE_M:
        force_velocity(axes[NORTH], craft.believed_velocity[0])
        force_velocity(axes[EAST], craft.believed_velocity[1])
    return modified


@inner
def _nearest_on_circle(craft: Craft, target: Target) -> None:
    """FlightTaskOrbit's approach: straight to the circle, at the circle's height."""
    place = craft.believed_position
    dn, de = target.current[0] - place[0], target.current[1] - place[1]
    distance = horizontal(dn, de)
    share = (distance - target.orbit_radius_m) / distance if distance > 1e-6 else 0.0
    craft.flown_to[0], craft.flown_to[1] = place[0] + dn * share, place[1] + de * share


@inner
def copy(into: Floats, values: Floats) -> None:
    """Copy a vector."""
    into[0], into[1], into[2] = values[0], values[1], values[2]


@inner
def _limit(
    craft: Craft, axes: Axes, settings: FlightSettings, target: Target, height_m: float
) -> None:
    craft.cruise_m_s = min(target.cruise_m_s, settings.top_speed_m_s)
    craft.acceptance_m = ON_CIRCLE_M if target.leg == ORBIT else target.acceptance_m
    down = axes[DOWN]
    if not craft.rising:
        down.max_acceleration = settings.descent_acceleration_m_s2
        down.max_velocity = settings.descent_speed_m_s
        return
    down.max_acceleration = settings.climb_acceleration_m_s2
    down.max_velocity = settings.climb_speed_m_s
    if target.leg == TAKEOFF and height_m < settings.land_height_1_m:
        down.max_velocity = settings.takeoff_speed_m_s
        slow = settings.takeoff_speed_m_s / settings.takeoff_ramp_s
        down.max_acceleration = min(settings.climb_acceleration_m_s2, slow)
        move_to(down, craft.believed_position[2])


@inner
def _wanted(
    craft: Craft, axes: Axes, settings: FlightSettings, target: Target, height_m: float
) -> tuple[float, float, float]:
    if target.leg == LAND:
        north, east = toward_level(craft, axes, settings, craft.flown_to)
        return north, east, landing_speed(settings, height_m)
    if target.leg == ORBIT:
        return toward_alone(craft, axes, settings, craft.flown_to)
    return toward(craft, axes, settings, craft.flown_from, craft.flown_to, craft.flown_next)


@inner
def landing_speed(settings: FlightSettings, height_m: float) -> float:
    """Descent speed of a landing at a height above the ground, m/s."""
    if height_m <= settings.land_height_3_m:
        return settings.crawl_speed_m_s
    span = settings.land_height_1_m - settings.land_height_2_m
    part = (height_m - settings.land_height_2_m) / max(span, 1e-6)
    part = max(0.0, min(1.0, part))
    fast = settings.max_descent_speed_m_s
    return settings.land_speed_m_s + part * (fast - settings.land_speed_m_s)


@inner
def _drop_unknown(craft: Craft) -> None:
    """Without a position the vehicle only keeps level; without a height it sinks slowly."""
    if not craft.position_known:
        for index in range(DOWN):
            craft.setpoint_position[index] = craft.setpoint_velocity[index] = math.nan
            craft.setpoint_acceleration[index] = 0.0
    if not craft.height_known and not craft.thrust_off:
        craft.setpoint_position[2] = craft.setpoint_velocity[2] = math.nan
        craft.setpoint_acceleration[2] = BLIND_SINK_M_S2


@inner
def _aim_heading(craft: Craft, axes: Axes, target: Target, dt_s: float) -> None:
    wanted = _wanted_yaw(craft, target)
    axis = axes[HEADING]
    if abs(wanted - axis.velocity) < SAME_HEADING and abs(axis.acceleration) < SAME_HEADING:
        return
    aim(axis, axis.velocity + wrap_pi(wanted - axis.velocity))
    advance(axis, dt_s)
    force_velocity(axis, wrap_pi(axis.velocity))
    craft.yaw_wanted, craft.yaw_rate_wanted = axis.velocity, axis.acceleration


@inner
def _wanted_yaw(craft: Craft, target: Target) -> float:
    if target.leg == ORBIT:
        craft.held_yaw = _orbit_yaw(craft, target)
    elif target.leg == OFFBOARD:
        if not math.isnan(target.asked_yaw):
            craft.held_yaw = target.asked_yaw
    elif target.leg == DESCEND:
        craft.held_yaw = craft.yaw_wanted
    elif not math.isnan(target.yaw):
        craft.held_yaw = target.yaw
    elif target.leg != LAND or craft.leg_before != LAND:
        dn = target.current[0] - craft.believed_position[0]
        de = target.current[1] - craft.believed_position[1]
        if horizontal(dn, de) > target.acceptance_m:
            craft.held_yaw = math.atan2(de, dn)
    return craft.believed_yaw if math.isnan(craft.held_yaw) else craft.held_yaw


CENTRE, INITIAL, UNCONTROLLED, TANGENT = 0, 1, 2, 3


@inner
def _orbit_yaw(craft: Craft, target: Target) -> float:
    dn = craft.believed_position[0] - target.current[0]
    de = craft.believed_position[1] - target.current[1]
    if craft.on_circle and target.orbit_yaw == INITIAL:
        return craft.yaw_at_start
    if craft.on_circle and target.orbit_yaw == UNCONTROLLED:
        return craft.held_yaw
    if craft.on_circle and target.orbit_yaw == TANGENT:
        turn = 1.0 if target.orbit_speed_m_s >= 0.0 else -1.0
        return math.atan2(turn * dn, -turn * de)
    return math.atan2(-de, -dn)
