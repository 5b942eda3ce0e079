"""Buildings in the picture: walls with windows, roofs, and what they hide."""

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from sim.camera.figures import SHIFT, fixed_point
from sim.camera.palette import Bgr, shaded
from sim.camera.projection import NEAR_M, Array, View
from sim.camera.scenery import ROOFS, WALLS, Blocks
from sim.camera.solids import SUN_AZIMUTH_RAD

Canvas = npt.NDArray[np.uint8]
Indices = npt.NDArray[np.int64]

REACH_M = 380.0
WINDOWS_WITHIN_M = 140.0
WINDOW_EVERY_M = 3.3
STOREY_M = 3.0
PANE: Bgr = (92, 84, 78)
ROOF = 0
_WALLS = [(k, (k + 1) % 4, 4 + (k + 1) % 4, 4 + k) for k in range(4)]
_FACE_CORNERS = np.array([(4, 5, 6, 7), *_WALLS])


class Standing(NamedTuple):
    """Buildings in the view, far ones first.

    `indices` (n,) say which; `solids` are (n, 8, 3) metres; `pixels` (n, 8, 2) hold only where
    `whole` (n,) says that no corner is behind the camera; `hulls` are convex outlines (k, 2) in
    pixels and `boxes` (n, 4) their extents; `facing` (n, 4) says which walls look at the camera.
    """

    indices: Indices
    solids: Array
    pixels: Array
    whole: npt.NDArray[np.bool_]
    hulls: list[Array]
    boxes: Array
    facing: npt.NDArray[np.bool_]


class Structures:
    """A district's buildings, ready to be drawn: their walls' panes and lights are made once."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self._middle = blocks.corners.mean(axis=1)
        flat = np.tile(blocks.corners, (1, 2, 1))
        up = np.stack((np.zeros_like(blocks.height_m), blocks.height_m), axis=-1)
        self._solids = np.concatenate((flat, np.repeat(up, 4, axis=1)[..., None]), axis=-1)
        self._light = _light(blocks.corners)
        self._panes: dict[tuple[int, int], Array] = {}

    def standing(self, view: View) -> Standing:
        """Which buildings may be seen."""
        distance = np.hypot(*(self._middle - view.position[:2]).T)
        near = np.flatnonzero(distance < REACH_M)
        near = near[view.may_show(self._solids[near])]
        near = near[np.argsort(-distance[near])]
        solids = self._solids[near]
        depth, pixels = view.depth_and_pixels(solids)
        whole = np.asarray((depth > NEAR_M).all(axis=1), dtype=bool)
        kept = np.flatnonzero((depth > NEAR_M).any(axis=1))
        hulls = [
            _hull(pixels[row] if whole[row] else _in_front(view, solids[row]))
            for row in kept.tolist()
        ]
        return Standing(
            indices=near[kept],
            solids=solids[kept],
            pixels=pixels[kept],
            whole=whole[kept],
            hulls=hulls,
            boxes=np.array([[*hull.min(axis=0), *hull.max(axis=0)] for hull in hulls]).reshape(
                -1, 4
            ),
            facing=_facing(view, solids[kept, :4, :2]),
        )

    def paint(self, canvas: Canvas, view: View, shown: Standing) -> None:
        """Paint all buildings, far ones first."""
        fixed = fixed_point(shown.pixels[:, _FACE_CORNERS])
        panes = self._panes_in(view, shown)
        for row, index in enumerate(shown.indices.tolist()):
            for side in np.flatnonzero(shown.facing[row]).tolist():
                light = float(self._light[index, side])
                outline = self._outline(view, shown, row, side + 1, fixed)
                _fill(canvas, outline, shaded(WALLS[self._blocks.colour[index]], light))
                if (row, side) in panes:
                    tint = shaded(PANE, light)
                    cv2.fillPoly(canvas, list(panes[row, side]), tint, cv2.LINE_8, SHIFT)
            if view.position[2] > self._blocks.height_m[index]:
                roof = ROOFS[self._blocks.colour[index]]
                outline = self._outline(view, shown, row, ROOF, fixed)
                _fill(canvas, outline, roof)
                edge = shaded(roof, 1.22)
                cv2.polylines(canvas, [outline], True, edge, 1, cv2.LINE_AA, SHIFT)

    def _outline(
        self, view: View, shown: Standing, row: int, face: int, fixed: npt.NDArray[np.int32]
    ) -> npt.NDArray[np.int32]:
        if shown.whole[row]:
            outline: npt.NDArray[np.int32] = fixed[row, face]
            return outline
        return fixed_point(_clipped(view, shown.solids[row][_FACE_CORNERS[face]]))

    def _panes_in(
        self, view: View, shown: Standing
    ) -> dict[tuple[int, int], npt.NDArray[np.int32]]:
        """The panes of every near wall that faces the camera, projected together."""
        walls: dict[tuple[int, int], Array] = {}
        for row, index in enumerate(shown.indices.tolist()):
            away = np.hypot(*(self._middle[index] - view.position[:2]))
            if not self._blocks.windows[index] or away > WINDOWS_WITHIN_M:
                continue
            for side in np.flatnonzero(shown.facing[row]).tolist():
                walls[row, side] = self._wall_panes(index, side)
        if not walls:
            return {}
        depth, pixels = view.depth_and_pixels(np.concatenate(list(walls.values())))
        front = np.asarray((depth > NEAR_M).all(axis=1), dtype=bool)
        fixed = fixed_point(pixels)
        ends = np.cumsum([len(panes) for panes in walls.values()])
        return {
            key: fixed[end - len(panes) : end][front[end - len(panes) : end]]
            for (key, panes), end in zip(walls.items(), ends.tolist(), strict=True)
        }

    def _wall_panes(self, index: int, side: int) -> Array:
        """Corners (n, 4, 3) metres of one wall's panes."""
        if (index, side) not in self._panes:
            self._panes[index, side] = _panes(self._solids[index], side)
        return self._panes[index, side]


def _facing(view: View, corners: Array) -> npt.NDArray[np.bool_]:
    """Which walls look at the camera; wall k runs from corner k to the next, its outside right."""
    along = np.roll(corners, -1, axis=1) - corners
    to_camera = view.position[:2] - corners
    outside: npt.NDArray[np.bool_] = (
        along[..., 0] * to_camera[..., 1] - along[..., 1] * to_camera[..., 0]
    ) < 0.0
    return outside


def _hull(pixels: Array) -> Array:
    hull: Array = cv2.convexHull(pixels.astype(np.float32))[:, 0].astype(np.float64)
    return hull


def _in_front(view: View, solid: Array) -> Array:
    """Pixels of all corners of a solid's part in front of the camera."""
    return np.concatenate([_clipped(view, solid[face]) for face in _FACE_CORNERS])


def _clipped(view: View, points: Array) -> Array:
    """Pixels of a flat outline's part in front of the camera; empty where there is none."""
    in_camera = (points - view.position) @ view.R_camera_from_enu.T
    kept = []
    for a, b in zip(in_camera, np.roll(in_camera, -1, axis=0), strict=True):
        if a[2] >= NEAR_M:
            kept.append(a)
        if (a[2] >= NEAR_M) != (b[2] >= NEAR_M):
            kept.append(a + (b - a) * ((NEAR_M - a[2]) / (b[2] - a[2])))
    front = np.array(kept).reshape(-1, 3)
    scale = view.pinhole.focal_px / np.maximum(front[:, 2:], NEAR_M)
    pixels: Array = front[:, :2] * scale + view.pinhole.centre_px
    return pixels


def _fill(canvas: Canvas, outline: npt.NDArray[np.int32], tint: Bgr) -> None:
    if len(outline) >= 3:
        cv2.fillConvexPoly(canvas, outline, tint, cv2.LINE_AA, SHIFT)


def _light(corners: Array) -> Array:
    """How bright the sun makes each wall, (n, 4), by where it faces."""
    along = np.roll(corners, -1, axis=1) - corners
    faces_rad = np.arctan2(along[..., 1], -along[..., 0])
    light: Array = 0.8 + 0.16 * np.cos(faces_rad - SUN_AZIMUTH_RAD)
    return light


def _panes(solid: Array, side: int) -> Array:
    start, end = solid[side], solid[(side + 1) % 4]
    length, height = float(np.hypot(*(end - start)[:2])), float(solid[4, 2])
    columns, storeys = int(length / WINDOW_EVERY_M), int(height / STOREY_M)
    along = (np.arange(columns) + 0.5) * length / max(columns, 1)
    up = np.arange(storeys) * STOREY_M + 1.0
    direction = (end - start) / max(length, 1e-9)
    panes = np.array([[-0.75, 0.0], [0.75, 0.0], [0.75, 1.45], [-0.75, 1.45]])
    grid_along, grid_up = (each.reshape(-1, 1) for each in np.meshgrid(along, up))
    points: Array = start + direction * (grid_along + panes[:, 0])[..., None]
    points[..., 2] = grid_up + panes[:, 1]
    return points


def hiding(shown: Standing, at: Array, box_px: tuple[float, float, float, float]) -> Iterator[int]:
    """Rows of the buildings that stand between the camera and something at a place.

    A convex building cannot hide what lies on the outer side of one of the walls that the camera
    looks at.
    """
    left, top, right, bottom = box_px
    boxes = shown.boxes
    overlap = (
        (boxes[:, 0] < right) & (boxes[:, 2] > left) & (boxes[:, 1] < bottom) & (boxes[:, 3] > top)
    )
    for row in np.flatnonzero(overlap).tolist():
        corners = shown.solids[row, :4, :2]
        along = np.roll(corners, -1, axis=0) - corners
        offset = at - corners
        outside = along[:, 0] * offset[:, 1] - along[:, 1] * offset[:, 0] < 0.0
        if not bool((outside & shown.facing[row]).any()):
            yield row
