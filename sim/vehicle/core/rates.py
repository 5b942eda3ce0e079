"""Body rates: PX4's rate controller with the filters of its gyroscopes, up to the motors.

Source: PX4-Autopilot v1.17, src/lib/rate_control, src/modules/mc_rate_control,
src/modules/sensors/vehicle_angular_velocity, src/lib/mathlib/math/filter/LowPassFilter2p.hpp.
"""

import math

from sim.vehicle.core.compiled import inner
from sim.vehicle.core.layout import Craft
from sim.vehicle.core.mixer import mix
from sim.vehicle.core.quaternion import TINY, Triple
from sim.vehicle.settings import FlightSettings

ROLL, PITCH, YAW = 0, 1, 2
# The rate error at which the integral no longer grows.
STILL_INTEGRATED = math.radians(400.0)


@inner
def step_rates(craft: Craft, settings: FlightSettings, wanted: Triple, dt_s: float) -> None:
    """Torques for the rates wanted, told to the motors, which follow as a lag does."""
    _sense(craft, settings, dt_s)
    torque = _torque(craft, settings, wanted, dt_s)
    target = mix(craft, torque[0], torque[1], torque[2])
    share = min(dt_s / max(craft.motor_lag_s, dt_s), 1.0)
    for motor in range(4):
        goal = target[motor] if craft.armed else 0.0
        craft.motors[motor] += share * (goal - craft.motors[motor])


@inner
def settle_rates(craft: Craft) -> None:
    """The filters have long seen the rates of now; nothing is integrated yet."""
    for axis in range(3):
        craft.gyro_before[axis] = craft.gyro_earlier[axis] = math.nan
        craft.rate_seen[axis] = craft.rates[axis]
        craft.rate_integral[axis] = craft.rate_slope[axis] = craft.torque_missing[axis] = 0.0
    craft.yaw_torque = 0.0


@inner
def _sense(craft: Craft, settings: FlightSettings, dt_s: float) -> None:
    """Gyroscopes through a filter of two poles, their slope through one of one pole."""
    lag = 1.0 / (2.0 * math.pi * max(settings.slope_cutoff_hz, 0.1))
    share = dt_s / (dt_s + lag)
    for axis in range(3):
        before = craft.rate_seen[axis]
        craft.rate_seen[axis] = _filtered(craft, axis, settings.gyro_cutoff_hz, dt_s)
        slope = (craft.rate_seen[axis] - before) / dt_s
        craft.rate_slope[axis] += share * (slope - craft.rate_slope[axis])


@inner
def _filtered(craft: Craft, axis: int, cutoff_hz: float, dt_s: float) -> float:
    rate: float = craft.rates[axis]
    if not 0.0 < cutoff_hz < 0.5 / dt_s:
        return rate
    ohm = math.tan(math.pi * cutoff_hz * dt_s)
    c = 1.0 + math.sqrt(2.0) * ohm + ohm * ohm
    a1, a2 = 2.0 * (ohm * ohm - 1.0) / c, (1.0 - math.sqrt(2.0) * ohm + ohm * ohm) / c
    if math.isnan(craft.gyro_before[axis]):
        craft.gyro_before[axis] = craft.gyro_earlier[axis] = rate / (1.0 + a1 + a2)
    before, earlier = craft.gyro_before[axis], craft.gyro_earlier[axis]
    now = rate - before * a1 - earlier * a2
    craft.gyro_before[axis], craft.gyro_earlier[axis] = now, before
    seen: float = ohm * ohm / c * (now + 2.0 * before + earlier)
    return seen


@inner
def _torque(craft: Craft, settings: FlightSettings, wanted: Triple, dt_s: float) -> Triple:
    """RateControl::update, each axis alike; the heading's through a filter of its own."""
    s = settings
    landed = craft.maybe_landed or craft.landed
    roll = _pid(craft, ROLL, wanted[0], s.roll_k, s.roll_rate_p, s.roll_rate_d, s.roll_rate_ff)
    pitch = _pid(
        craft, PITCH, wanted[1], s.pitch_k, s.pitch_rate_p, s.pitch_rate_d, s.pitch_rate_ff
    )
    yaw = _pid(craft, YAW, wanted[2], s.yaw_k, s.yaw_rate_p, s.yaw_rate_d, s.yaw_rate_ff)
    if not landed:
        _integrate(craft, ROLL, wanted[0], s.roll_k * s.roll_rate_i, s.roll_integral_most, dt_s)
        _integrate(craft, PITCH, wanted[1], s.pitch_k * s.pitch_rate_i, s.pitch_integral_most, dt_s)
        _integrate(craft, YAW, wanted[2], s.yaw_k * s.yaw_rate_i, s.yaw_integral_most, dt_s)
    share = 1.0
    if settings.yaw_torque_cutoff_hz > 0.0:
        share = dt_s / (dt_s + 1.0 / (2.0 * math.pi * settings.yaw_torque_cutoff_hz))
    craft.yaw_torque += share * (yaw - craft.yaw_torque)
    return roll, pitch, craft.yaw_torque


@inner
def _pid(
    craft: Craft, axis: int, wanted: float, k: float, p: float, d: float, forward: float
) -> float:
    error: float = wanted - craft.rate_seen[axis]
    kept: float = craft.rate_integral[axis]
    slope: float = craft.rate_slope[axis]
    return k * (p * error - d * slope) + kept + forward * wanted


@inner
def _integrate(
    craft: Craft, axis: int, wanted: float, gain: float, most: float, dt_s: float
) -> None:
    error = wanted - craft.rate_seen[axis]
    if craft.torque_missing[axis] > TINY:
        error = min(error, 0.0)
    elif craft.torque_missing[axis] < -TINY:
        error = max(error, 0.0)
    share = max(0.0, 1.0 - (error / STILL_INTEGRATED) ** 2)
    grown = craft.rate_integral[axis] + share * gain * error * dt_s
    craft.rate_integral[axis] = max(-most, min(grown, most))
