"""Triangles with a colour, a temperature and a gloss each, and how simple solids become such.

Axes of a thing: x ahead, y left, z up, metres, its foot at z = 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """`colour` BGR 0..1; `warmth` 0..1 in a thermal picture; `gloss` how it mirrors the sky."""

    colour: Colour
    warmth: float = 0.45
    gloss: float = 0.0


@dataclass(frozen=True, slots=True)
class Mesh:
    """`corners` (n, 3, 3) metres; `colours` (n, 3) BGR; `warmth` and `gloss` (n,)."""

    corners: Array
    colours: Array
    warmth: Array
    gloss: Array

    def moved(self, *, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> "Mesh":
        """The same elsewhere."""
        return Mesh(self.corners + np.array([x, y, z]), self.colours, self.warmth, self.gloss)

    def turned(self, heading: float) -> "Mesh":
        """The same turned about the upright axis, radians from x to y."""
        return self._mapped(_turn(0, 1, heading))

    def pitched(self, angle: float) -> "Mesh":
        """The same turned about the y axis, radians from z to x."""
        return self._mapped(_turn(2, 0, angle))

    def rolled(self, angle: float) -> "Mesh":
        """The same turned about the x axis, radians from y to z."""
        return self._mapped(_turn(1, 2, angle))

    def scaled(self, x: float, y: float, z: float) -> "Mesh":
        """The same, longer, wider or higher."""
        return Mesh(self.corners * np.array([x, y, z]), self.colours, self.warmth, self.gloss)

    def _mapped(self, matrix: Array) -> "Mesh":
        return Mesh(self.corners @ matrix.T, self.colours, self.warmth, self.gloss)


def _turn(first: int, second: int, angle: float) -> Array:
    matrix = np.eye(3)
    matrix[first, first] = matrix[second, second] = np.cos(angle)
    matrix[second, first], matrix[first, second] = np.sin(angle), -np.sin(angle)
    return matrix


def joined(parts: Sequence[Mesh]) -> Mesh:
    """One mesh of many."""
    return Mesh(
        np.concatenate([part.corners for part in parts]),
        np.concatenate([part.colours for part in parts]),
        np.concatenate([part.warmth for part in parts]),
        np.concatenate([part.gloss for part in parts]),
    )


def surfaced(corners: Array, surface: Surface) -> Mesh:
    """Triangles (n, 3, 3) of one surface."""
    count = len(corners)
    return Mesh(
        corners,
        np.tile(np.array(surface.colour), (count, 1)),
        np.full(count, surface.warmth),
        np.full(count, surface.gloss),
    )


def quads(corners: Array, surface: Surface) -> Mesh:
    """Quadrilaterals (n, 4, 3), each as two triangles."""
    halves = corners[:, [[0, 1, 2], [0, 2, 3]]]
    return surfaced(halves.reshape(-1, 3, 3), surface)


_BOX = np.array(
    [[4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]], dtype=np.int64
)
_SIGNS = np.array([[1, -1], [1, 1], [-1, 1], [-1, -1]], dtype=np.float64)


def box(
    size: tuple[float, float, float],
    surface: Surface,
    *,
    top: tuple[float, float] | None = None,
    lean: float = 0.0,
) -> Mesh:
    """An upright prism on z = 0: length, width, height; `top` the sides of its top if others.

    `lean` moves the top ahead, metres.
    """
    length, width, height = size
    above = top or (length, width)
    foot = np.column_stack((_SIGNS * np.array([length, width]) / 2.0, np.zeros(4)))
    roof = np.column_stack((_SIGNS * np.array(above) / 2.0, np.full(4, height)))
    roof[:, 0] += lean
    return quads(np.concatenate((foot, roof))[_BOX], surface)


def round_body(
    size: tuple[float, float, float], surface: Surface, *, around: int = 10, rings: int = 6
) -> Mesh:
    """An ellipsoid around the origin: its three diameters."""
    turn = np.linspace(0.0, 2.0 * np.pi, around + 1)
    rise = np.linspace(-np.pi / 2.0, np.pi / 2.0, rings + 1)
    points = np.stack(
        (
            np.cos(rise)[:, None] * np.cos(turn),
            np.cos(rise)[:, None] * np.sin(turn),
            np.repeat(np.sin(rise)[:, None], around + 1, axis=1),
        ),
        axis=-1,
    )
    return lofted(points * np.array(size) / 2.0, surface)


def lofted(points: Array, surface: Surface) -> Mesh:
    """The skin over a grid of points (rows, columns, 3)."""
    return quads(skin(points).reshape(-1, 4, 3), surface)


def skin(points: Array) -> Array:
    """The quadrilaterals (rows - 1, columns - 1, 4, 3) of a grid of points."""
    return np.stack((points[:-1, :-1], points[:-1, 1:], points[1:, 1:], points[1:, :-1]), axis=2)


def cross(a: Array, b: Array) -> Array:
    """The vector product of (..., 3); several times as fast as numpy's for small arrays."""
    return np.stack(
        (
            a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1],
            a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2],
            a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0],
        ),
        axis=-1,
    )


def pipe(
    bottom: tuple[float, float, float],
    top: tuple[float, float, float],
    radii: tuple[float, float],
    surface: Surface,
    *,
    around: int = 6,
) -> Mesh:
    """A cylinder or cone between two points, open at its ends."""
    axis = np.subtract(top, bottom)
    axis = axis / max(float(np.linalg.norm(axis)), 1e-9)
    x, y, z = axis.tolist()
    side = np.array([y, -x, 0.0] if abs(z) < 0.9 else [0.0, z, -y])
    side = side / np.linalg.norm(side)
    turn = np.linspace(0.0, 2.0 * np.pi, around + 1)
    ring = np.cos(turn)[:, None] * side + np.sin(turn)[:, None] * cross(axis, side)
    points = np.stack((np.array(bottom) + radii[0] * ring, np.array(top) + radii[1] * ring))
    return lofted(points, surface)


def disc(radius: float, surface: Surface, *, around: int = 12) -> Mesh:
    """A flat disc on z = 0."""
    turn = np.linspace(0.0, 2.0 * np.pi, around + 1)
    ring = np.column_stack((np.cos(turn), np.sin(turn), np.zeros(around + 1))) * radius
    middle = np.zeros((around, 3))
    return surfaced(np.stack((middle, ring[:-1], ring[1:]), axis=1), surface)
