"""Simple solids as outlines in the picture, many at once: posts, slats, prisms.

Every function takes a `View` and arrays over n solids and gives pixels, ready to be filled.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.camera.projection import Array, View

# Corners of a prism: four at the bottom (front right, front left, rear left, rear right), four on
# top. Faces: top, front, left, rear, right.
FACES = np.array([[4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]])
FACE_TURNS = np.array([0.0, -np.pi / 2.0, np.pi, np.pi / 2.0])  # Clockwise from ahead.
SUN_AZIMUTH_RAD = np.radians(142.0)
AROUND = np.linspace(-np.pi / 2.0, np.pi / 2.0, 5)


class Outlines(NamedTuple):
    """Pixels (n, k, 2) of n outlines of k corners, and the least depth (n,) metres."""

    pixels: Array
    depth_m: Array


def posts(view: View, at: Array, radius_m: Array, bottom_m: Array, top_m: Array) -> Outlines:
    """Outlines of upright cylinders seen from above: ten corners each."""
    to_camera = view.position[:2] - at
    facing = np.arctan2(to_camera[:, 1], to_camera[:, 0])
    near, far = facing[:, None] + AROUND, facing[:, None] + AROUND + np.pi
    angles = np.concatenate((near, far), axis=1)
    heights = np.repeat(np.stack((bottom_m, top_m), axis=-1), 5, axis=1)
    ring = np.stack((np.cos(angles), np.sin(angles)), axis=-1) * radius_m[:, None, None]
    points = np.concatenate((at[:, None] + ring, heights[..., None]), axis=-1)
    return _projected(view, points)


def slats(view: View, foot: Array, top: Array, width_m: float) -> Outlines:
    """Thin upright boards that face the camera, from `foot` to `top`, (n, 3) metres each."""
    to_camera = view.position[:2] - foot[:, :2]
    distance = np.maximum(np.hypot(*to_camera.T), 1e-6)[:, None]
    across = np.zeros_like(foot)
    across[:, :2] = np.stack((-to_camera[:, 1], to_camera[:, 0]), axis=-1) / distance
    across *= width_m / 2.0
    points = np.stack((foot - across, foot + across, top + across, top - across), axis=1)
    return _projected(view, points)


class Prisms(NamedTuple):
    """n prisms: pixels of their faces (n, 5, 4, 2), which are seen (n, 5), light (n, 5), depth."""

    faces: Array
    seen: npt.NDArray[np.bool_]
    light: Array
    depth_m: Array
    corners: Array


def prisms(
    view: View,
    at: Array,
    heading_rad: Array,
    *,
    bottom_m: tuple[Array, Array],
    top_m: tuple[Array, Array],
    heights_m: tuple[Array, Array],
    ahead_m: Array,
    top_ahead_m: Array | None = None,
) -> Prisms:
    """Boxes that may narrow upwards: length and width at the bottom and on top, two heights.

    `ahead_m` shifts the bottom along the heading, `top_ahead_m` (if given) the top.
    """
    forward = np.stack((np.sin(heading_rad), np.cos(heading_rad)), axis=-1)
    right = np.stack((forward[:, 1], -forward[:, 0]), axis=-1)
    shifts = (ahead_m, ahead_m if top_ahead_m is None else top_ahead_m)
    levels = []
    for (length, width), height, shift in zip((bottom_m, top_m), heights_m, shifts, strict=True):
        middle = at + forward * shift[:, None]
        along, across = forward * length[:, None] / 2.0, right * width[:, None] / 2.0
        flat = np.stack(
            (
                middle + along + across,
                middle + along - across,
                middle - along - across,
                middle - along + across,
            ),
            axis=1,
        )
        upright = np.repeat(height[:, None], 4, axis=1)[..., None]
        levels.append(np.concatenate((flat, upright), axis=-1))
    corners = np.concatenate(levels, axis=1)
    depth, pixels = view.depth_and_pixels(corners)
    seen, light = _faces(view, corners, heading_rad)
    return Prisms(
        faces=pixels[:, FACES], seen=seen, light=light, depth_m=depth.min(axis=1), corners=corners
    )


def _faces(view: View, corners: Array, heading_rad: Array) -> tuple[npt.NDArray[np.bool_], Array]:
    """Which faces look at the camera, and how the sun lights each."""
    turns = heading_rad[:, None] + FACE_TURNS
    normals = np.stack((np.sin(turns), np.cos(turns)), axis=-1)
    sides = corners[:, FACES[1:, 0], :2]
    toward = ((view.position[:2] - sides) * normals).sum(axis=-1) > 0.0
    top = view.position[2] > corners[:, 4, 2]
    light = 0.74 + 0.14 * np.cos(turns - SUN_AZIMUTH_RAD)
    return (
        np.concatenate((top[:, None], toward), axis=1),
        np.concatenate((np.ones((len(corners), 1)), light), axis=1),
    )


def _projected(view: View, points: Array) -> Outlines:
    depth, pixels = view.depth_and_pixels(points)
    return Outlines(pixels=pixels, depth_m=depth.min(axis=1))
