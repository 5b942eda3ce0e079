"""What Python calls besides `run`: set up a vehicle's records, take parameters."""

import math

from sim.vehicle.core.compiled import entry
from sim.vehicle.core.estimates import DWELL_S, reset_hover
from sim.vehicle.core.flight import believe
from sim.vehicle.core.guidance import apply_settings, rest
from sim.vehicle.core.layout import DISARMED, NO_LEG, Craft, Target
from sim.vehicle.core.path import Axes
from sim.vehicle.settings import FlightSettings


@entry
def set_up(craft: Craft, axes: Axes, settings: FlightSettings, target: Target) -> None:
    """A vehicle that stands disarmed; its airframe and its heading are set already."""
    craft.grounded = craft.thrust_off = True
    craft.ground_contact = craft.maybe_landed = craft.landed = True
    craft.position_known = craft.height_known = True
    craft.gust_time_s = 2.0
    for index in range(3):
        craft.held_s[index] = DWELL_S
        craft.velocity_before[index] = math.nan
    for motor in range(4):
        craft.motor_effectiveness[motor] = 1.0
    craft.leg_before, craft.ramp = NO_LEG, DISARMED
    craft.hover_thrust = craft.hover_middle = settings.hover_thrust
    craft.acceleration_down = 9.80665
    craft.tilt_limit = math.radians(settings.takeoff_tilt_deg)
    believe(craft)
    reset_hover(craft)
    apply_settings(axes, settings)
    rest(craft, axes)


@entry
def take_settings(axes: Axes, settings: FlightSettings) -> None:
    """Take changed parameters into use."""
    apply_settings(axes, settings)
