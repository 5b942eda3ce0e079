"""PX4's estimate of the thrust that hovers, and its land detector.

Drag biases the hover estimate in a climb and it forgets slowly; it matters to the flown path,
because the controller's anti-windup depends on it. A multirotor is held to be on the ground after
three conditions, each for a third of a second.
Source: PX4-Autopilot v1.17, src/modules/mc_hover_thrust_estimator,
src/modules/land_detector/MulticopterLandDetector.cpp.
"""

import math

from sim.vehicle.core.compiled import inner
from sim.vehicle.core.control import GRAVITY_M_S2
from sim.vehicle.core.layout import Craft
from sim.vehicle.core.rotation import horizontal
from sim.vehicle.settings import FlightSettings

UPDATES_A_SECOND = 100.0
INITIAL_ERROR, PROCESS_NOISE = 0.1, 0.0036
GATE, RANGE = 3.0, 0.2
SPEED_FREE_M_S, CLIMB_FREE_M_S = 10.0, 2.0
FROM_HEIGHT_M = 1.0
TRUSTED_VARIANCE, TRUSTED_AFTER_S = 0.001, 2.0
FADING_S, NOISE_LEARNING_S = 1.0, 2.0

DWELL_S = 1.0 / 3.0
MAX_SINK_M_S = 0.25
MAX_DRIFT_M_S = 1.5
CLOSE_M = 1.0
HAND_MARGIN = 0.01
TOLD_TO_SINK_M_S = 1.1 * MAX_SINK_M_S


@inner
def reset_hover(craft: Craft) -> None:
    """Begin anew: the vehicle was disarmed."""
    craft.hover_estimate = craft.hover_middle
    craft.hover_variance = INITIAL_ERROR**2
    craft.hover_noise = 5.0
    craft.hover_residual = craft.hover_good_s = 0.0
    craft.hover_in_air = False


@inner
def hover_trusted(craft: Craft) -> bool:
    """Whether the estimate may be used."""
    return craft.hover_good_s >= TRUSTED_AFTER_S


@inner
def estimate_hover(craft: Craft, lift: float, dt_s: float) -> None:
    """Take the vertical share of thrust (up) and the acceleration that came of it."""
    velocity, height_m = craft.velocity, craft.ground_d - craft.position[2]
    in_air = craft.hover_in_air or height_m > FROM_HEIGHT_M
    craft.hover_in_air = not craft.landed and in_air
    if not craft.hover_in_air:
        craft.hover_good_s = 0.0
        return
    updates = dt_s * UPDATES_A_SECOND
    craft.hover_variance += PROCESS_NOISE**2 / UPDATES_A_SECOND**2 * updates
    slope = -GRAVITY_M_S2 * lift / craft.hover_estimate**2
    spread = slope * slope * craft.hover_variance
    speed, climb = horizontal(velocity[0], velocity[1]), abs(velocity[2])
    loose = max(speed - SPEED_FREE_M_S, climb - CLIMB_FREE_M_S, 0.0) + 1.0
    innovation = -craft.acceleration[2] - _predicted(craft, lift)
    variance = spread + craft.hover_noise * loose
    if innovation * innovation < GATE * GATE * variance:
        _fuse(craft, innovation, slope, spread + craft.hover_noise * loose / updates)
        innovation = -craft.acceleration[2] - _predicted(craft, lift)
    _learn_noise(craft, innovation, spread, dt_s)
    trusted = craft.hover_variance < TRUSTED_VARIANCE
    craft.hover_good_s = craft.hover_good_s + dt_s if trusted else 0.0


@inner
def _predicted(craft: Craft, lift: float) -> float:
    return GRAVITY_M_S2 * lift / craft.hover_estimate - GRAVITY_M_S2


@inner
def _fuse(craft: Craft, innovation: float, slope: float, variance: float) -> None:
    gain = craft.hover_variance * slope / variance
    thrust = craft.hover_estimate + gain * innovation
    middle = craft.hover_middle
    craft.hover_estimate = min(max(thrust, middle - RANGE), middle + RANGE)
    craft.hover_variance = max((1.0 - gain * slope) * craft.hover_variance, 1e-10)


@inner
def _learn_noise(craft: Craft, residual: float, spread: float, dt_s: float) -> None:
    share = dt_s / (FADING_S + dt_s)
    craft.hover_residual += share * (residual - craft.hover_residual)
    share = dt_s / (NOISE_LEARNING_S + dt_s)
    seen = (residual - craft.hover_residual) ** 2 + spread
    noise = (1.0 - share) * craft.hover_noise + share * seen
    craft.hover_noise = min(max(noise, 1.0), 400.0)


@inner
def detect_landing(craft: Craft, settings: FlightSettings, thrust: float, dt_s: float) -> None:
    """Ground contact, then perhaps landed, then landed; lifting off clears all at once."""
    velocity = craft.believed_velocity
    if craft.by_hand:
        _detect_by_hand(craft, settings, thrust, dt_s)
        return
    room = craft.hover_thrust - settings.min_thrust
    low = thrust <= settings.min_thrust + 0.6 * room
    idle = thrust <= settings.min_thrust + 0.1 * room
    wanted = craft.setpoint_velocity[2]
    down = not craft.thrust_off and wanted >= TOLD_TO_SINK_M_S
    if not (craft.maybe_landed or craft.landed):
        low = low and (down or math.isnan(wanted))
    sink_limit = MAX_SINK_M_S * (2.5 if craft.landed else 1.0)
    drift = horizontal(velocity[0], velocity[1])
    still = abs(velocity[2]) < sink_limit and (drift < MAX_DRIFT_M_S or not craft.position_known)
    height_m = craft.ground_d - craft.position[2]
    contact = low and still and height_m < CLOSE_M
    if craft.armed and not contact and not craft.ground_contact:
        craft.held_s[0] = 0.0
        return
    craft.ground_contact = _held(craft, 0, not craft.armed or contact, dt_s)
    stopped = not craft.armed or (idle and craft.ground_contact)
    craft.maybe_landed = _held(craft, 1, stopped, dt_s)
    craft.landed = _held(craft, 2, not craft.armed or craft.maybe_landed, dt_s)


@inner
def _detect_by_hand(craft: Craft, settings: FlightSettings, thrust: float, dt_s: float) -> None:
    """Nobody says what climb is wanted: thrust, which the pilot gives, and rest decide."""
    velocity = craft.believed_velocity
    share = 0.6 if hover_trusted(craft) else 0.3
    low = thrust <= settings.min_thrust + share * (craft.hover_thrust - settings.min_thrust)
    wide = 2.5 if craft.landed else 1.0
    drift = horizontal(velocity[0], velocity[1])
    still = abs(velocity[2]) < MAX_SINK_M_S * wide
    still = still and (drift < MAX_DRIFT_M_S or not craft.position_known)
    contact = low and still and craft.ground_d - craft.position[2] < CLOSE_M
    craft.ground_contact = _held(craft, 0, not craft.armed or contact, dt_s)
    idle = thrust <= settings.stick_least_thrust + HAND_MARGIN
    turns = horizontal(craft.rates[0], craft.rates[1])
    calm = turns <= math.radians(settings.landed_turn_deg_s) * wide
    stopped = not craft.armed or (idle and calm and craft.ground_contact)
    craft.maybe_landed = _held(craft, 1, stopped, dt_s)
    craft.landed = _held(craft, 2, not craft.armed or craft.maybe_landed, dt_s)


@inner
def _held(craft: Craft, index: int, condition: bool, dt_s: float) -> bool:
    craft.held_s[index] = craft.held_s[index] + dt_s if condition else 0.0
    return bool(craft.held_s[index] >= DWELL_S)
