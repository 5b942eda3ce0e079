"""Quaternions (w, x, y, z) within kernels: they turn forward-right-down into north-east-down."""

import math

from sim.vehicle.core.compiled import inner
from sim.vehicle.core.layout import Floats

Quaternion = tuple[float, float, float, float]
Triple = tuple[float, float, float]

LEVEL: Quaternion = (1.0, 0.0, 0.0, 0.0)
TINY, ANTIPARALLEL = 1.2e-7, 1e-5


@inner
def times(a: Quaternion, b: Quaternion) -> Quaternion:
    """First b, then a."""
    return (
        a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3],
        a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2],
        a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1],
        a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0],
    )


@inner
def back(a: Quaternion) -> Quaternion:
    """The other way round."""
    return a[0], -a[1], -a[2], -a[3]


@inner
def unit(a: Quaternion) -> Quaternion:
    """Of length one; level where there is nothing."""
    size = math.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2] + a[3] * a[3])
    if size < TINY:
        return LEVEL
    return a[0] / size, a[1] / size, a[2] / size, a[3] / size


@inner
def canonical(a: Quaternion) -> Quaternion:
    """The same rotation, the short way."""
    return a if a[0] >= 0.0 else (-a[0], -a[1], -a[2], -a[3])


@inner
def about(x: float, y: float, z: float) -> Quaternion:
    """The rotation of a vector's length about its direction."""
    angle = math.sqrt(x * x + y * y + z * z)
    if angle < 1e-10:
        return LEVEL
    share = math.sin(angle / 2.0) / angle
    return math.cos(angle / 2.0), x * share, y * share, z * share


@inner
def about_vertical(angle: float) -> Quaternion:
    """A rotation about the downward axis."""
    return math.cos(angle / 2.0), 0.0, 0.0, math.sin(angle / 2.0)


@inner
def down_axis(a: Quaternion) -> Triple:
    """Where the body's downward axis points."""
    w, x, y, z = a
    return 2.0 * (x * z + w * y), 2.0 * (y * z - w * x), 1.0 - 2.0 * (x * x + y * y)


@inner
def turned(a: Quaternion, v: Triple) -> Triple:
    """A vector, rotated."""
    q = times(times(a, (0.0, v[0], v[1], v[2])), back(a))
    return q[1], q[2], q[3]


@inner
def heading(a: Quaternion) -> float:
    """Yaw."""
    w, x, y, z = a
    return math.atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))


@inner
def shortest(v: Triple, into: Triple) -> Quaternion:
    """The shortest rotation of one unit vector into another."""
    cross = (
        v[1] * into[2] - v[2] * into[1],
        v[2] * into[0] - v[0] * into[2],
        v[0] * into[1] - v[1] * into[0],
    )
    dot = v[0] * into[0] + v[1] * into[1] + v[2] * into[2]
    size = math.sqrt(cross[0] ** 2 + cross[1] ** 2 + cross[2] ** 2)
    if size < ANTIPARALLEL and dot < 0.0:
        x, y, z = _aside(v)
        return unit((0.0, x, y, z))
    return unit((1.0 + dot, cross[0], cross[1], cross[2]))


@inner
def _aside(v: Triple) -> Triple:
    """Some vector at a right angle."""
    if abs(v[0]) < abs(v[1]) and abs(v[0]) < abs(v[2]):
        return 0.0, v[2], -v[1]
    if abs(v[1]) < abs(v[2]):
        return -v[2], 0.0, v[0]
    return v[1], -v[0], 0.0


@inner
def held(values: Floats) -> Quaternion:
    """A quaternion as it is kept in a record."""
    return values[0], values[1], values[2], values[3]


@inner
def put(into: Floats, a: Quaternion) -> None:
    """Keep a quaternion."""
    into[0], into[1], into[2], into[3] = a[0], a[1], a[2], a[3]
