"""Torques and thrust onto four motors, as PX4's control allocation does it with airmode off.

Source: PX4-Autopilot v1.17, src/lib/control_allocation/control_allocation
(ControlAllocationPseudoInverse.cpp, ControlAllocationSequentialDesaturation.cpp). Order of PX4's
quad X: front right, back left, front left, back right.
"""

import math

from sim.vehicle.core.compiled import inner
from sim.vehicle.core.layout import Craft

Four = tuple[float, float, float, float]

# The normalised pseudo-inverse of a symmetric quad X.
DIAGONAL = math.sqrt(0.5)
ROLLS: Four = (-DIAGONAL, DIAGONAL, DIAGONAL, -DIAGONAL)
PITCHES: Four = (DIAGONAL, -DIAGONAL, DIAGONAL, -DIAGONAL)
YAWS: Four = (1.0, 1.0, -1.0, -1.0)
# Thrust points up: a step along this vector is less of it on every motor.
LESS: Four = (-1.0, -1.0, -1.0, -1.0)
YAW_ROOM = 0.15
ACHIEVED = 1e-6


@inner
def mix(craft: Craft, roll: float, pitch: float, yaw: float) -> Four:
    """What each motor is told, 0 to 1; the torque that was not to be had is left in the record."""
    thrust = max(0.0, min(craft.asked_thrust, 1.0))
    u = _add(_add((thrust, thrust, thrust, thrust), ROLLS, roll), PITCHES, pitch)
    u = _desaturate(u, LESS, 1.0, True)
    u = _desaturate(u, ROLLS, 1.0, False)
    u = _desaturate(u, PITCHES, 1.0, False)
    u = _add(u, YAWS, yaw)
    u = _desaturate(u, YAWS, 1.0 + YAW_ROOM, False)
    u = _desaturate(u, LESS, 1.0, True)
    u = (_share(u[0]), _share(u[1]), _share(u[2]), _share(u[3]))
    missing = craft.torque_missing
    missing[0] = _missing(roll, (-u[0] + u[1] + u[2] - u[3]) / (4.0 * DIAGONAL))
    missing[1] = _missing(pitch, (u[0] - u[1] + u[2] - u[3]) / (4.0 * DIAGONAL))
    missing[2] = _missing(yaw, (u[0] + u[1] - u[2] - u[3]) / 4.0)
    return u


@inner
def _missing(wanted: float, made: float) -> float:
    off = wanted - made
    return off if abs(off) > ACHIEVED else 0.0


@inner
def _share(value: float) -> float:
    return max(0.0, min(value, 1.0))


@inner
def _add(u: Four, along: Four, amount: float) -> Four:
    return (
        u[0] + amount * along[0],
        u[1] + amount * along[1],
        u[2] + amount * along[2],
        u[3] + amount * along[3],
    )


@inner
def _desaturate(u: Four, along: Four, most: float, forward_only: bool) -> Four:
    """Move along a vector so that motors are beyond their limits by as little as may be."""
    gain = _gain(u, along, most)
    if forward_only and gain < 0.0:
        return u
    u = _add(u, along, gain)
    return _add(u, along, 0.5 * _gain(u, along, most))


@inner
def _gain(u: Four, along: Four, most: float) -> float:
    least_k = most_k = 0.0
    for motor in range(4):
        k = 0.0
        if u[motor] < 0.0:
            k = -u[motor] / along[motor]
        elif u[motor] > most:
            k = (most - u[motor]) / along[motor]
        least_k, most_k = min(least_k, k), max(most_k, k)
    return least_k + most_k
