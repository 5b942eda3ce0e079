"""Rotations between the camera, the gimbal, the body and the earth's north-east-down frame.

Quaternions are (w, x, y, z), Hamilton, as MAVLink sends them. Axes: camera x right, y down, z along
the optical axis; gimbal and body x forward, y right, z down.
"""

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Quaternion = tuple[float, float, float, float]

R_forward_from_camera: Array = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def matrix_from_quaternion(q: Quaternion) -> Array:
    """The 3x3 matrix that turns a vector of the quaternion's moving frame into the fixed one."""
    w, x, y, z = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def quaternion_from_euler(*, roll_rad: float, pitch_rad: float, yaw_rad: float) -> Quaternion:
    """Yaw, then pitch, then roll about the moving axes (the aerospace sequence)."""
    cr, sr = math.cos(roll_rad / 2), math.sin(roll_rad / 2)
    cp, sp = math.cos(pitch_rad / 2), math.sin(pitch_rad / 2)
    cy, sy = math.cos(yaw_rad / 2), math.sin(yaw_rad / 2)
    return (
        cr * cp * cy + sr * sp * sy,
        sr * cp * cy - cr * sp * sy,
        cr * sp * cy + sr * cp * sy,
        cr * cp * sy - sr * sp * cy,
    )


def yaw_of(q: Quaternion) -> float:
    """The heading of a quaternion's x axis, radians clockwise from north."""
    w, x, y, z = q
    return math.atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))


def product(a: Quaternion, b: Quaternion) -> Quaternion:
    """Turn by `b` first, then by `a`."""
    aw, ax, ay, az = a
    bw, bx, by, bz = b
    return (
        aw * bw - ax * bx - ay * by - az * bz,
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
    )


def slerp(a: Quaternion, b: Quaternion, share: float) -> Quaternion:
    """From `a` to `b` along the shorter arc; `share` is 0 at `a` and 1 at `b` (Shoemake 1985)."""
    dot = sum(p * q for p, q in zip(a, b, strict=True))
    if dot < 0.0:
        b, dot = (-b[0], -b[1], -b[2], -b[3]), -dot
    if dot > 0.9995:
        # So small an angle that the arc's sine cannot be divided by: the chord is the arc.
        return normalised(_mix(a, b, 1.0 - share, share))
    angle = math.acos(min(1.0, dot))
    sine = math.sin(angle)
    return _mix(a, b, math.sin((1.0 - share) * angle) / sine, math.sin(share * angle) / sine)


def normalised(q: Quaternion) -> Quaternion:
    """The quaternion with length one."""
    length = math.sqrt(sum(part * part for part in q))
    return (q[0] / length, q[1] / length, q[2] / length, q[3] / length)


# Every stage of a frame asks for the same one.
@lru_cache(maxsize=16)
def R_ned_from_camera(q_ned_from_gimbal: Quaternion) -> Array:
    """The camera's attitude on the earth from that of its gimbal; not to be changed."""
    turned: Array = matrix_from_quaternion(q_ned_from_gimbal) @ R_forward_from_camera
    turned.flags.writeable = False
    return turned


def heading_of(R_ned_from_camera: Array) -> float:
    """Where a camera looks, radians clockwise from north, by its right side: also straight down."""
    return math.atan2(-float(R_ned_from_camera[0, 0]), float(R_ned_from_camera[1, 0]))


def _mix(a: Quaternion, b: Quaternion, p: float, q: float) -> Quaternion:
    return (
        p * a[0] + q * b[0],
        p * a[1] + q * b[1],
        p * a[2] + q * b[2],
        p * a[3] + q * b[3],
    )
