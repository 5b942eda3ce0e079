"""Triangles into pixels: as OpenCV fills them, the nearest on top."""

import cv2
import numpy as np

from sim.training.kernels.raster import darken, paint

SIDE_PX = 64


def sheets() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    picture = np.zeros((SIDE_PX, SIDE_PX, 1), dtype=np.float32)
    depth = np.zeros((SIDE_PX, SIDE_PX), dtype=np.float32)
    return picture, depth, np.zeros((SIDE_PX, SIDE_PX), dtype=np.int32)


def painted(corners: np.ndarray, nearness: list[float]) -> np.ndarray:
    picture, depth, marks = sheets()
    near = np.repeat(np.array(nearness, dtype=np.float32)[:, None], 3, axis=1)
    numbers = np.arange(1, len(corners) + 1, dtype=np.int32)
    colours = numbers[:, None].astype(np.float32)
    paint(corners.astype(np.float32), near, colours, numbers, picture, depth, marks)
    assert np.array_equal(picture[..., 0], marks)
    return marks


def test_a_triangle_covers_the_pixels_that_opencv_fills_but_for_its_edge() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        corners = rng.integers(2, SIDE_PX - 2, (1, 3, 2))
        filled = np.zeros((SIDE_PX, SIDE_PX), dtype=np.uint8)
        cv2.fillPoly(filled, [corners[0].astype(np.int32)], 1)
        inner = cv2.erode(filled, np.ones((3, 3)))
        outer = cv2.dilate(filled, np.ones((3, 3)))
        ours = painted(corners, [1.0])
        assert (ours[inner == 1] == 1).all()
        assert (ours[outer == 0] == 0).all()


def test_the_nearest_triangle_is_seen_whatever_is_painted_first() -> None:
    whole = np.array([[[-200, -200], [300, -200], [-200, 400]]] * 2)
    assert (painted(whole, [0.5, 0.25]) == 1).all()
    assert (painted(whole, [0.25, 0.5]) == 2).all()


def test_where_shadows_overlap_the_ground_is_no_darker_than_in_one() -> None:
    shadow = np.zeros((SIDE_PX, SIDE_PX), dtype=np.float32)
    whole = np.array([[[-200, -200], [300, -200], [-200, 400]]] * 2, dtype=np.float32)
    darken(whole, np.array([0.4, 0.6], dtype=np.float32), shadow)
    assert np.allclose(shadow, 0.6)
