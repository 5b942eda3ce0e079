"""Trees in the picture: a trunk and a crown of a few overlapping discs."""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from sim.camera.figures import SHIFT, fixed_point
from sim.camera.palette import TRUNK, Bgr, shaded
from sim.camera.projection import NEAR_M, Array, View
from sim.camera.scenery import Trees

LEAVES: Bgr = (66, 86, 76)
REACH_M = 200.0
# Discs of a crown: offset to the right and up, radius (shares of the crown's), and brightness.
DISCS = (
    (0.0, -0.1, 1.0, 0.78),
    (-0.28, 0.16, 0.62, 0.98),
    (0.3, 0.1, 0.55, 0.92),
    (0.02, 0.34, 0.5, 1.14),
)


Picture = npt.NDArray[np.uint8]


class Crown(NamedTuple):
    """One tree: where it stands (2,) metres, its trunk's foot and crown in pixels, its tint."""

    at: Array
    foot_px: Array
    middle_px: Array
    radius_px: float
    tint: Bgr
    box_px: tuple[float, float, float, float]


def crowns(view: View, trees: Trees) -> list[Crown]:
    """The trees that may be in the picture, in no particular order."""
    near = np.flatnonzero(np.abs(trees.at - view.position[:2]).max(axis=1) < REACH_M)
    at, crown = trees.at[near], trees.crown_m[near]
    foot_depth, foot = view.depth_and_pixels(np.column_stack((at, 0.0 * crown)))
    depth, middle = view.depth_and_pixels(np.column_stack((at, trees.height_m[near] - crown)))
    radius = view.pinhole.focal_px * crown / np.maximum(depth, NEAR_M)
    size = np.array([view.pinhole.width_px, view.pinhole.height_px])
    low = np.minimum(foot, middle - radius[:, None])
    high = np.maximum(foot, middle + radius[:, None])
    kept = (high > 0).all(axis=1) & (low < size).all(axis=1) & (depth > 3.0) & (foot_depth > NEAR_M)
    return [
        Crown(
            at=at[row],
            foot_px=foot[row],
            middle_px=middle[row],
            radius_px=float(radius[row]),
            tint=shaded(LEAVES, 0.85 + 0.35 * float(trees.shade[near[row]])),
            box_px=(low[row, 0], low[row, 1], high[row, 0], high[row, 1]),
        )
        for row in np.flatnonzero(kept).tolist()
    ]


def paint_crown(canvas: Picture, marks: Picture, crown: Crown) -> None:
    """Paint one tree; it takes away the marks of objects behind it."""
    width = max(1, int(0.16 * crown.radius_px))
    trunk = fixed_point(np.stack((crown.foot_px, crown.middle_px)))
    start, end = (int(trunk[0, 0]), int(trunk[0, 1])), (int(trunk[1, 0]), int(trunk[1, 1]))
    cv2.line(canvas, start, end, TRUNK, width, cv2.LINE_AA, SHIFT)
    reach = crown.radius_px * (1 << SHIFT)
    cv2.circle(marks, end, int(reach), (0,), -1, cv2.LINE_8, SHIFT)
    for right, up, share, light in DISCS:
        centre = (end[0] + int(right * reach), end[1] - int(up * reach))
        tint = shaded(crown.tint, light)
        cv2.circle(canvas, centre, int(share * reach), tint, -1, cv2.LINE_AA, SHIFT)
