"""The velocity wanted on the way to a place: slower before it, through a corner, and in a turn.

Source: PX4-Autopilot v1.17, src/lib/motion_planning/{PositionSmoothing.cpp,
TrajectoryConstraints.hpp}, src/lib/mathlib/math/TrajMath.hpp.
"""

import math

import numpy as np
import numpy.typing as npt

from missions.px4_flight.kernels.compiled import inner
from missions.px4_flight.kernels.settings import (
    ACCEPTANCE,
    NEXT,
    PREVIOUS,
    ROOM,
    SPEED,
    TARGET,
    FlightSettings,
)
from missions.px4_flight.kernels.smooth import FASTEST, JERK, MOST, POSITION, VELOCITY

Array = npt.NDArray[np.float64]

TURNING_SPEED_M_S, TURNING_COSINE = 0.2, 0.98
SHORTEST_L1_M = 5.0
SAME_M = 1e-3
STRAIGHT_ON = 5e-15


@inner
def speed_to_stop(jerk: float, acceleration: float, distance: float, end: float) -> float:
    """The greatest speed from which `end` can be reached within a distance."""
    b = 4.0 * acceleration * acceleration / jerk
    root = math.sqrt(b * b + 4.0 * (2.0 * acceleration * distance + end * end))
    return max((root - b) / 2.0, end)


@inner
def distance_to_stop(jerk: float, acceleration: float, speed: float, end: float) -> float:
    """The distance from which `speed_to_stop` asks for less than a speed."""
    b = 4.0 * acceleration * acceleration / jerk
    return max((speed * speed + b * speed - end * end) / (2.0 * acceleration), 0.0)


@inner
def corner_speed(cosine: float, acceleration: float, reach_m: float) -> float:
    """The greatest speed on a circle touching two legs `reach_m` off a corner; -1 is straight."""
    within = max(-1.0 + STRAIGHT_ON, min(1.0, cosine))
    return math.sqrt(acceleration * reach_m * math.sqrt((1.0 - within) / (1.0 + within)))


@inner
def end_speed(stage: Array, axes: Array, settings: FlightSettings) -> float:
    """The speed over the ground at which to pass the stage's place."""
    if math.isnan(stage[NEXT]):
        return 0.0
    n, e = axes[0, POSITION], axes[1, POSITION]
    out_n, out_e = stage[TARGET] - stage[NEXT], stage[TARGET + 1] - stage[NEXT + 1]
    in_n, in_e = stage[TARGET] - n, stage[TARGET + 1] - e
    leg, left = math.hypot(out_n, out_e), math.hypot(in_n, in_e)
    if leg <= SAME_M or leg < stage[ACCEPTANCE]:
        return 0.0
    cosine = (in_n * out_n + in_e * out_e) / (left * leg) if left > SAME_M else 0.0
    most = settings.corner_gain * settings.acceleration_m_s2
    corner = corner_speed(cosine, most, stage[ACCEPTANCE])
    stop = speed_to_stop(settings.jerk_m_s3, settings.acceleration_m_s2, leg, 0.0)
    return float(min(corner, min(stop, stage[SPEED])))


@inner
def level_speed(stage: Array, axes: Array, settings: FlightSettings) -> float:
    """How fast to fly towards the stage's place now."""
    left = math.hypot(stage[TARGET] - axes[0, POSITION], stage[TARGET + 1] - axes[1, POSITION])
    end = end_speed(stage, axes, settings)
    most = speed_to_stop(settings.jerk_m_s3, settings.acceleration_m_s2, left, end)
    return float(min(stage[SPEED], most))


@inner
def turning(stage: Array, axes: Array) -> bool:
    """Whether the setpoint still turns into the leg."""
    vn, ve = axes[0, VELOCITY], axes[1, VELOCITY]
    dn, de = stage[TARGET] - axes[0, POSITION], stage[TARGET + 1] - axes[1, POSITION]
    speed, left = math.hypot(vn, ve), math.hypot(dn, de)
    if speed <= TURNING_SPEED_M_S or left <= stage[ACCEPTANCE]:
        return False
    return bool(vn * dn + ve * de < TURNING_COSINE * speed * left)


@inner
def aimed_at(stage: Array, axes: Array) -> tuple[float, float, float]:
    """The point of the leg that is steered for in a turn: an L1 distance ahead."""
    un, ue = stage[TARGET] - stage[PREVIOUS], stage[TARGET + 1] - stage[PREVIOUS + 1]
    ud = stage[TARGET + 2] - stage[PREVIOUS + 2]
    length = math.sqrt(un * un + ue * ue + ud * ud)
    if not length > SAME_M:
        return stage[TARGET], stage[TARGET + 1], stage[TARGET + 2]
    un, ue, ud = un / length, ue / length, ud / length
    pn, pe = axes[0, POSITION] - stage[PREVIOUS], axes[1, POSITION] - stage[PREVIOUS + 1]
    pd = axes[2, POSITION] - stage[PREVIOUS + 2]
    along = pn * un + pe * ue + pd * ud
    beside = math.sqrt(max(pn * pn + pe * pe + pd * pd - along * along, 0.0))
    l1 = max(stage[ACCEPTANCE], SHORTEST_L1_M)
    ahead = along + (math.sqrt(l1 * l1 - beside * beside) if l1 > beside else 0.0)
    return (
        stage[PREVIOUS] + un * ahead,
        stage[PREVIOUS + 1] + ue * ahead,
        stage[PREVIOUS + 2] + ud * ahead,
    )


@inner
def vertical_speed(stage: Array, axes: Array, aim_d: float) -> float:
    """Down is positive; slower before the height, not where the next place goes on up or down."""
    down = axes[2]
    end = 0.0
    if abs(stage[TARGET + 2] - stage[NEXT + 2]) > SAME_M:
        end = min(_vertical_corner(stage, axes), down[FASTEST])
    left = abs(stage[TARGET + 2] - down[POSITION])
    top = speed_to_stop(down[JERK], down[MOST], left, end)
    speed = min(down[FASTEST], top)
    return math.copysign(speed, aim_d - down[POSITION]) if aim_d != down[POSITION] else 0.0


@inner
def _vertical_corner(stage: Array, axes: Array) -> float:
    """PX4 takes distances from the local origin here, and so does this."""
    reach = math.hypot(stage[TARGET], stage[TARGET + 1])
    in_h = reach - math.hypot(axes[0, POSITION], axes[1, POSITION])
    out_h = reach - math.hypot(stage[NEXT], stage[NEXT + 1])
    in_d, out_d = stage[TARGET + 2] - axes[2, POSITION], stage[TARGET + 2] - stage[NEXT + 2]
    size = math.hypot(in_h, in_d) * math.hypot(out_h, out_d)
    cosine = (in_h * out_h + in_d * out_d) / size if size > 1e-9 else 0.0
    return corner_speed(cosine, axes[2, MOST], stage[ROOM])
