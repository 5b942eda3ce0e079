"""Quaternions and angles as plain floats: (w, x, y, z), Hamilton, and angles in radians."""

import math

import numpy as np

from sim.vehicle.pose import Array, Quaternion

IDENTITY: Quaternion = (1.0, 0.0, 0.0, 0.0)


def wrap_pi(angle: float) -> float:
    """The same angle within -pi..pi."""
    return math.remainder(angle, math.tau)


def quaternion_from_euler(roll: float, pitch: float, yaw: float) -> Quaternion:
    """Rotation that turns by yaw, then pitch, then roll about the moving axes."""
    cos_r, sin_r = math.cos(roll / 2), math.sin(roll / 2)
    cos_p, sin_p = math.cos(pitch / 2), math.sin(pitch / 2)
    cos_y, sin_y = math.cos(yaw / 2), math.sin(yaw / 2)
    return (
        cos_r * cos_p * cos_y + sin_r * sin_p * sin_y,
        sin_r * cos_p * cos_y - cos_r * sin_p * sin_y,
        cos_r * sin_p * cos_y + sin_r * cos_p * sin_y,
        cos_r * cos_p * sin_y - sin_r * sin_p * cos_y,
    )


def matrix_from_quaternion(q: Quaternion) -> Array:
    """The 3x3 matrix of a rotation."""
    w, x, y, z = q
    return np.array(
        (
            (1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
            (2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
            (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)),
        )
    )


def tilt_angles(
    acceleration_north: float, acceleration_east: float, gravity: float, yaw: float
) -> tuple[float, float]:
    """Roll and pitch of a body whose thrust, not its drag, gives a horizontal acceleration.

    The thrust vector points along (acceleration_north, acceleration_east, -gravity); the body's
    z axis is opposite to it and its heading is `yaw`. Upside down, `gravity` is below zero.
    """
    forward = acceleration_north * math.cos(yaw) + acceleration_east * math.sin(yaw)
    right = -acceleration_north * math.sin(yaw) + acceleration_east * math.cos(yaw)
    side = math.copysign(1.0, gravity)
    pitch = -math.atan2(side * forward, abs(gravity))
    roll = math.atan2(right, side * math.hypot(forward, gravity))
    return roll, pitch
