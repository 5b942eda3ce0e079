"""One step of a vehicle: belief, guidance, take-off ramp, control, body, estimates."""

import math

from sim.vehicle.core.attitude import ask_for_command, begin_torques, end_torques, may_lean
from sim.vehicle.core.body import step_body, upright
from sim.vehicle.core.by_hand import ask_rates, begin_by_hand, flown_by_hand
from sim.vehicle.core.compiled import inner
from sim.vehicle.core.control import (
    IDLE_THRUST,
    control,
    disarm_ramp,
    hold_thrust,
    learn_hover,
    measure,
    step_ramp,
)
from sim.vehicle.core.estimates import (
    detect_landing,
    estimate_hover,
    hover_trusted,
    reset_hover,
)
from sim.vehicle.core.guidance import guide, rest
from sim.vehicle.core.layout import FLIGHT, RAMP_UP, Craft, Target
from sim.vehicle.core.messages import keep_told
from sim.vehicle.core.path import Axes
from sim.vehicle.core.rotation import wrap_pi
from sim.vehicle.settings import FlightSettings


@inner
def step_flight(
    craft: Craft, axes: Axes, settings: FlightSettings, target: Target, dt_s: float
) -> None:
    """Move on by `dt_s` seconds toward the triplet's target."""
    believe(craft)
    if not craft.armed and craft.grounded and craft.landed:
        _rest(craft, axes, settings, target)
        return
    guide(craft, axes, settings, target, dt_s)
    step_ramp(craft, settings, dt_s)
    if craft.by_hand:
        _command_by_hand(craft, settings, dt_s)
    else:
        _command(craft, settings, dt_s)
        if craft.torques:
            _right_itself(craft)
    step_body(craft, settings, dt_s)
    believe(craft)
    command = craft.command
    collective = math.sqrt(command[0] ** 2 + command[1] ** 2 + command[2] ** 2)
    estimate_hover(craft, collective * upright(craft), dt_s)
    detect_landing(craft, settings, collective, dt_s)


@inner
def believe(craft: Craft) -> None:
    """Renew what control takes for the truth."""
    for axis in range(3):
        craft.believed_position[axis] = craft.position[axis] + craft.position_error[axis]
        craft.believed_velocity[axis] = craft.velocity[axis] + craft.velocity_error[axis]
    craft.believed_yaw = craft.yaw
    if craft.yaw_error != 0.0:
        craft.believed_yaw = wrap_pi(craft.yaw + craft.yaw_error)


@inner
def _rest(craft: Craft, axes: Axes, settings: FlightSettings, target: Target) -> None:
    """Disarmed on the ground: nothing moves."""
    if craft.leg_before != target.leg:
        keep_told(craft)
    craft.leg_before = target.leg
    craft.has_setpoint, craft.thrust_off = False, True
    craft.command[0] = craft.command[1] = craft.command[2] = 0.0
    craft.thrust = 0.0
    craft.controls = False
    craft.yaw_rate = 0.0
    craft.torques = craft.inverted = craft.by_hand = False
    if flown_by_hand(target.leg):
        begin_by_hand(craft, settings)
        ask_rates(craft, settings, target)
    for axis in range(2):
        craft.lean[axis] = craft.lean_goal[axis] = craft.lean_rate[axis] = 0.0
    rest(craft, axes)
    disarm_ramp(craft)
    reset_hover(craft)


@inner
def _command_by_hand(craft: Craft, settings: FlightSettings, dt_s: float) -> None:
    """No position control: its ramp is skipped, its integrals begin anew after."""
    if not craft.torques:
        begin_torques(craft)
    measure(craft, dt_s)
    if craft.armed:
        craft.ramp = FLIGHT
    craft.hover_thrust = craft.hover_estimate if hover_trusted(craft) else settings.hover_thrust
    craft.controls = False
    thrust = craft.asked_thrust if craft.armed else 0.0
    hold_thrust(craft, max(0.0, min(thrust, 1.0)))


@inner
def _right_itself(craft: Craft) -> None:
    """Toward the attitude that position control asks for, then on by leaning."""
    ask_for_command(craft)
    if may_lean(craft):
        end_torques(craft)


@inner
def _command(craft: Craft, settings: FlightSettings, dt_s: float) -> None:
    flying = craft.ramp == FLIGHT
    if not flying:
        craft.hover_thrust = settings.hover_thrust
    elif hover_trusted(craft):
        learn_hover(craft, craft.hover_estimate)
    measure(craft, dt_s)
    waiting = craft.ramp < RAMP_UP or (flying and craft.ground_contact)
    craft.controls = craft.armed and not (waiting or craft.thrust_off)
    if not craft.armed:
        craft.command[0] = craft.command[1] = craft.command[2] = 0.0
    elif waiting or craft.thrust_off:
        hold_thrust(craft, settings.min_thrust if flying else IDLE_THRUST)
    else:
        control(craft, settings, dt_s)
