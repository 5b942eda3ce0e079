"""Round a circle: PX4's FlightTaskOrbit, once the circle is reached.

Source: PX4-Autopilot v1.17, src/modules/flight_mode_manager/tasks/Orbit/FlightTaskOrbit.cpp.
"""

import math

from sim.vehicle.core.axis import advance, aim, move_to, reset
from sim.vehicle.core.compiled import inner
from sim.vehicle.core.layout import DOWN, HEADING, Craft, Target
from sim.vehicle.core.path import Axes
from sim.vehicle.core.rotation import horizontal
from sim.vehicle.settings import FlightSettings

LEAST_RADIUS_M, MOST_RADIUS_M = 1.0, 1000.0
ON_CIRCLE_M = 2.0
MOST_ACCELERATION_M_S2 = 2.0
# Below these a climb has ended, and its height is kept.
LOCK_M_S, LOCK_M_S2 = 0.1, 0.2


@inner
def begin_orbit(craft: Craft) -> None:
    """The mode was entered: the circle is to be reached."""
    craft.on_circle = False
    craft.orbit_pace_m_s = 0.0


@inner
def heed_order(craft: Craft, axes: Axes, settings: FlightSettings, target: Target) -> None:
    """FlightTaskOrbit::applyCommandParameters, every time that an orbit is asked for.

    Who circles within two metres of the new circle goes on round it at the same pace; who is
    farther off flies straight to it, out of the movement of now. The heading of now may be the one
    to keep.
    """
    if not craft.orbit_asked:
        return
    craft.orbit_asked = False
    craft.yaw_at_start = craft.believed_yaw
    if not craft.on_circle or _is_on_circle(craft, settings, target):
        return
    craft.on_circle = False
    for index in range(HEADING):
        velocity, push = craft.setpoint_velocity[index], craft.setpoint_acceleration[index]
        reset(axes[index], craft.believed_position[index], velocity, push)


@inner
def orbit_speed(target: Target) -> float:
    """The speed that the circle allows: FlightTaskOrbit::_sanitizeParams."""
    radius = min(max(target.orbit_radius_m, LEAST_RADIUS_M), MOST_RADIUS_M)
    most = math.sqrt(MOST_ACCELERATION_M_S2 * radius)
    return min(max(target.orbit_speed_m_s, -most), most)


@inner
def reach_circle(craft: Craft, settings: FlightSettings, target: Target) -> None:
    """See whether the circle is reached; it stays so until another is asked for."""
    if not craft.on_circle and _is_on_circle(craft, settings, target):
        craft.on_circle = True
        craft.orbit_pace_m_s = 0.0


@inner
def _is_on_circle(craft: Craft, settings: FlightSettings, target: Target) -> bool:
    place = craft.believed_position
    dn, de = place[0] - target.current[0], place[1] - target.current[1]
    near = abs(horizontal(dn, de) - target.orbit_radius_m) < ON_CIRCLE_M
    level = abs(place[2] - target.current[2]) < settings.height_acceptance_m
    return bool(near and level)


@inner
def orbit(craft: Craft, axes: Axes, settings: FlightSettings, target: Target, dt_s: float) -> None:
    """The setpoint on the circle: a speed along it, drawn to the radius, and its height."""
    place = craft.believed_position
    dn, de = place[0] - target.current[0], place[1] - target.current[1]
    distance = max(horizontal(dn, de), 1e-6)
    un, ue = dn / distance, de / distance
    radius = min(max(target.orbit_radius_m, LEAST_RADIUS_M), MOST_RADIUS_M)
    step = settings.acceleration_m_s2 * dt_s
    missing = orbit_speed(target) - craft.orbit_pace_m_s
    craft.orbit_pace_m_s += min(max(missing, -step), step)
    pace, pull = craft.orbit_pace_m_s, radius - distance
    craft.setpoint_position[0] = craft.setpoint_position[1] = math.nan
    craft.setpoint_velocity[0] = -ue * pace + un * pull
    craft.setpoint_velocity[1] = un * pace + ue * pull
    craft.setpoint_acceleration[0] = -un * pace * pace / radius
    craft.setpoint_acceleration[1] = -ue * pace * pace / radius
    _keep_height(craft, axes, settings, dt_s)
    # Whatever comes after the orbit begins from here.
    for index in range(DOWN):
        push = craft.setpoint_acceleration[index]
        reset(axes[index], place[index], craft.setpoint_velocity[index], push)


@inner
def _keep_height(craft: Craft, axes: Axes, settings: FlightSettings, dt_s: float) -> None:
    """ManualVelocitySmoothingZ with no stick moved: the height at which the circle was reached and
    the climb ended is kept; it may be a little beside the one that was asked for."""
    down = axes[DOWN]
    down.max_acceleration = settings.descent_acceleration_m_s2
    down.max_velocity = settings.descent_speed_m_s
    advance(down, dt_s)
    locked = abs(down.velocity) < LOCK_M_S and abs(down.acceleration) < LOCK_M_S2
    if not locked:
        move_to(down, craft.believed_position[2])
    aim(down, 0.0)
    craft.setpoint_position[2] = down.position if locked else math.nan
    craft.setpoint_velocity[2] = down.velocity
    craft.setpoint_acceleration[2] = down.acceleration
