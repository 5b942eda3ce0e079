"""The convex outline of what a frame shows on the ground."""

import numpy as np
import numpy.typing as npt

from onboard.geolocate import CameraGeometry, PoseErrors, locate
from onboard.track.track import Array

SIDE_SAMPLES = 4


def outline_en(
    camera: CameraGeometry,
    *,
    R_ned_from_camera: Array,
    above_m: float,
    at_en: tuple[float, float],
) -> Array | None:
    """The outline (k, 2) of a camera's picture, as far as it meets the ground; None where nowhere.

    `above_m` is the camera's height above the ground, `at_en` its place on the plane.
    """
    pixels = camera.edge_pixels(SIDE_SAMPLES)
    fixes = locate(
        pixels,
        camera=camera,
        R_ned_from_camera=R_ned_from_camera,
        above_plane_m=np.full(len(pixels), above_m),
        errors=PoseErrors(),
    )
    hit = fixes.hit
    return fixes.en_m[hit] + np.array(at_en) if hit.sum() >= 3 else None


def depth_m(outline_en: Array, points_en: Array) -> Array:
    """How far points (n, 2) lie within a convex outline (k, 2), metres; negative outside."""
    edges = np.roll(outline_en, -1, axis=0) - outline_en
    length = np.hypot(edges[:, 0], edges[:, 1])
    edges, starts = edges[length > 0.0] / length[length > 0.0, None], outline_en[length > 0.0]
    if not len(edges):
        return np.full(len(points_en), -np.inf)
    offset = points_en[:, None] - starts[None]
    across = edges[None, :, 0] * offset[..., 1] - edges[None, :, 1] * offset[..., 0]
    turn = np.sign(_area(outline_en)) or 1.0
    depth: Array = (turn * across).min(axis=1)
    return depth


def inside(outline_en: Array | None, points_en: Array) -> npt.NDArray[np.bool_]:
    """Whether points are in view; all are where no outline is known."""
    if outline_en is None:
        return np.ones(len(points_en), dtype=np.bool_)
    return depth_m(outline_en, points_en) >= 0.0


def _area(outline_en: Array) -> float:
    x, y = outline_en.T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2.0)
