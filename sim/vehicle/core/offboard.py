"""A companion's setpoint goes to the controller as it is, as PX4's offboard mode hands it on.

Source: PX4-Autopilot v1.17, msg/TrajectorySetpoint.msg, src/modules/mc_pos_control: not-a-number
leaves an axis to the finer setpoints; what has no setpoint at all brakes.
"""

import math

from sim.vehicle.core.axis import reset
from sim.vehicle.core.compiled import inner
from sim.vehicle.core.layout import HEADING, Craft, Target
from sim.vehicle.core.path import Axes
from sim.vehicle.core.rotation import wrap_pi
from sim.vehicle.settings import FlightSettings

WANTS_TAKEOFF_M_S = -0.3
WANTS_TAKEOFF_M_S2 = -0.5


@inner
def ask(craft: Craft, axes: Axes, settings: FlightSettings, target: Target, dt_s: float) -> bool:
    """Hand the setpoint on; whether it asks a standing vehicle to take off."""
    for index in range(3):
        position = target.asked_position[index]
        velocity = target.asked_velocity[index]
        acceleration = target.asked_acceleration[index]
        nothing = math.isnan(position) and math.isnan(velocity) and math.isnan(acceleration)
        craft.setpoint_position[index] = position
        craft.setpoint_velocity[index] = 0.0 if nothing else velocity
        craft.setpoint_acceleration[index] = acceleration
    if not math.isnan(target.asked_yaw_rate) and math.isnan(target.asked_yaw):
        _turn(craft, axes, target.asked_yaw_rate, dt_s)
    above = craft.believed_position[2] - target.asked_position[2]
    return bool(
        above > settings.height_acceptance_m / 2.0
        or target.asked_velocity[2] < WANTS_TAKEOFF_M_S
        or target.asked_acceleration[2] < WANTS_TAKEOFF_M_S2
    )


@inner
def _turn(craft: Craft, axes: Axes, rate: float, dt_s: float) -> None:
    yaw = wrap_pi(craft.yaw_wanted + rate * dt_s)
    reset(axes[HEADING], 0.0, yaw, 0.0)
    craft.held_yaw = craft.yaw_wanted = yaw
    craft.yaw_rate_wanted = rate
