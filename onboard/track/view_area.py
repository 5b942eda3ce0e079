"""The convex outline of what a frame shows on the ground."""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from onboard.geolocate import CameraGeometry, points_en
from onboard.track.track import Array

SIDE_SAMPLES = 4
# Below this far under the horizon a little of a view's error is much on the ground.
STEEP_RAD = math.radians(10.0)


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
    outline = points_en(
        camera.edge_pixels(SIDE_SAMPLES),
        camera=camera,
        R_ned_from_camera=R_ned_from_camera,
        above_plane_m=above_m,
    )
    return outline + np.array(at_en) if len(outline) >= 3 else None


def ground_en(
    camera: CameraGeometry,
    *,
    R_ned_from_camera: Array,
    above_m: float,
    at_en: tuple[float, float],
) -> Callable[[Array], Array]:
    """Tells where pixels (n, 2) lie on the ground, (n, 2); NaN where a view is too shallow."""

    def places_en(pixels: Array) -> Array:
        d = camera.rays(pixels) @ R_ned_from_camera.T
        steep = d[:, 2] >= math.sin(STEEP_RAD) * np.linalg.norm(d, axis=1)
        reach = np.where(steep & (above_m > 0.0), above_m / np.where(steep, d[:, 2], 1.0), np.nan)
        return np.asarray(reach[:, None] * d[:, 1::-1] + np.array(at_en))

    return places_en


def half_planes(outline_en: Array) -> Array:
    """A convex outline (k, 2) as rows (a, b, c), (m, 3): a point lies within by the least of
    a east + b north + c, metres.
    """
    edges = np.concatenate((outline_en[1:], outline_en[:1])) - outline_en
    length = np.hypot(edges[:, 0], edges[:, 1])
    some = length > 0.0
    if not some.any():
        return np.array([[0.0, 0.0, -np.inf]])
    (x, y), (east, north) = (edges[some] / length[some, None]).T, outline_en[some].T
    # Twice the area, from the first corner, whose sign tells which way round the corners go.
    turn = np.sign(east @ edges[some, 1] - north @ edges[some, 0]) or 1.0
    return np.asarray(turn * np.stack((-y, x, y * east - x * north), axis=1), dtype=np.float64)


def depth_m(outline_en: Array, points_en: Array) -> Array:
    """How far points (n, 2) lie within a convex outline (k, 2), metres; negative outside."""
    return depth_within_m(half_planes(outline_en), points_en)


def depth_within_m(planes: Array, points_en: Array) -> Array:
    """The same of an outline's `half_planes`."""
    depth: Array = (points_en @ planes[:, :2].T + planes[:, 2]).min(axis=1)
    return depth


def area_m2(outline_en: Array) -> float:
    """The area of a convex outline (k, 2)."""
    (x, y), (next_x, next_y) = outline_en.T, np.roll(outline_en, -1, axis=0).T
    return float(abs(x @ next_y - next_x @ y)) / 2.0


def inside(outline_en: Array | None, points_en: Array) -> npt.NDArray[np.bool_]:
    """Whether points are in view; all are where no outline is known."""
    if outline_en is None:
        return np.ones(len(points_en), dtype=np.bool_)
    return depth_m(outline_en, points_en) >= 0.0
