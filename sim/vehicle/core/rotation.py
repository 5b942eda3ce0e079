"""Angles and attitudes within kernels: radians, quaternions (w, x, y, z)."""

import math

from sim.vehicle.core.compiled import inner
from sim.vehicle.core.layout import Craft


@inner
def horizontal(north: float, east: float) -> float:
    """Length of a horizontal vector."""
    return math.sqrt(north * north + east * east)


@inner
def wrap_pi(angle: float) -> float:
    """The same angle within -pi..pi."""
    if -math.pi <= angle <= math.pi:
        return angle
    return angle - 2.0 * math.pi * round(angle / (2.0 * math.pi))


@inner
def attitude(craft: Craft) -> tuple[float, float]:
    """Roll and pitch of the body; the heading is the body's own."""
    north, east = craft.lean[0], craft.lean[1]
    upright = math.sqrt(max(1.0 - north * north - east * east, 1e-6))
    side = -1.0 if craft.inverted else 1.0
    cosine, sine = math.cos(craft.yaw), math.sin(craft.yaw)
    forward = north * cosine + east * sine
    right = -north * sine + east * cosine
    level = side * math.hypot(forward, upright)
    return math.atan2(right, level), -math.atan2(side * forward, upright)


@inner
def quaternion_from_euler(
    roll: float, pitch: float, yaw: float
) -> tuple[float, float, float, float]:
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
