"""Where a training camera is and how it looks: a window out of a drone's picture."""

import math
from dataclasses import dataclass

import numpy as np

from sim.training.mesh import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewpoint:
    """`position` (3,) metres above the ground's origin; rows of `R_camera_from_world` right, down,
    forward; `focal_px` and `side_px` of a square picture, pixel centres at whole numbers."""

    position: Array
    R_camera_from_world: Array
    focal_px: float
    side_px: int
    pitch: float

    def seen(self, points: Array, scale: int = 1) -> tuple[Array, Array]:
        """Pixels (..., 2) and depths (...,) of points (..., 3), in a picture `scale` as large."""
        local = (points - self.position) @ self.R_camera_from_world.T
        depth = local[..., 2]
        ratio = self.focal_px * scale / np.maximum(depth, 0.5)
        return local[..., :2] * ratio[..., None] + (self.side_px * scale - 1) / 2.0, depth

    @property
    def pixels_from_ground(self) -> Array:
        """The homography from (x, y, 1) on the ground to pixels."""
        R = self.R_camera_from_world
        middle = (self.side_px - 1) / 2.0
        K = np.array([[self.focal_px, 0, middle], [0, self.focal_px, middle], [0, 0, 1.0]])
        return np.asarray(K @ np.column_stack((R[:, 0], R[:, 1], -R @ self.position)))

    @property
    def falls(self) -> Array:
        """(side, side): how far the ray of each pixel goes down for each metre of depth."""
        R, along = self.R_camera_from_world, np.arange(self.side_px) - (self.side_px - 1) / 2.0
        slope = along / self.focal_px
        return np.asarray(-(R[2, 2] + slope * R[0, 2] + (slope * R[1, 2])[:, None]))

    def rays(self, columns: Array, rows: Array) -> Array:
        """Unit directions (..., 3) in the world of pixels."""
        middle = (self.side_px - 1) / 2.0
        local = np.stack(
            (
                (columns - middle) / self.focal_px,
                (rows - middle) / self.focal_px,
                np.ones_like(rows),
            ),
            axis=-1,
        )
        world = local @ self.R_camera_from_world
        return np.asarray(world / np.linalg.norm(world, axis=-1, keepdims=True))


def chosen(rng: np.random.Generator, side_px: int, *, pitch: float, gsd_m: float) -> Viewpoint:
    """A viewpoint whose middle looks at the origin with this pitch (down, radians) and scale."""
    height = math.exp(rng.uniform(math.log(15.0), math.log(150.0)))
    slant = height / math.sin(pitch)
    # A window of a drone's picture: no wider than its lens, no narrower than a long zoom.
    focal = min(max(slant / gsd_m, 0.85 * side_px), 9.0 * side_px)
    slant = min(max(focal * gsd_m, 12.0), 400.0)
    yaw = rng.uniform(0, 2 * math.pi)
    forward = np.array(
        [math.cos(yaw) * math.cos(pitch), math.sin(yaw) * math.cos(pitch), -math.sin(pitch)]
    )
    right = np.array([math.sin(yaw), -math.cos(yaw), 0.0])
    roll = rng.normal(0.0, 0.05)
    down = np.cross(forward, right)
    turned = math.cos(roll) * right + math.sin(roll) * down
    return Viewpoint(
        position=-forward * slant,
        R_camera_from_world=np.stack((turned, np.cross(forward, turned), forward)),
        focal_px=slant / gsd_m,
        side_px=side_px,
        pitch=pitch,
    )
