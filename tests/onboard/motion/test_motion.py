"""Camera motion that is known is found again, from pictures and from detections alone."""

import cv2
import numpy as np
import pytest

from onboard.motion import DetectionMotion, PictureMotion

WIDTH, HEIGHT = 480, 320
CORNERS = np.array([[0.0, 0.0], [WIDTH - 1, 0.0], [WIDTH - 1, HEIGHT - 1], [0.0, HEIGHT - 1]])
NO_BOXES = np.empty((0, 4))


def ground() -> np.ndarray:
    rng = np.random.default_rng(5)
    rough = rng.integers(0, 255, (90, 120), dtype=np.uint8)
    return cv2.GaussianBlur(cv2.resize(rough, (1200, 900), interpolation=cv2.INTER_CUBIC), None, 2)


def frame_from_ground(step: int) -> np.ndarray:
    """A camera that flies, turns and climbs; and sees a little perspective."""
    turn, zoom = 0.01 * step, 1.0 + 0.004 * step
    cos, sin = zoom * np.cos(turn), zoom * np.sin(turn)
    H = np.array([[cos, -sin, -300.0 - 4.0 * step], [sin, cos, -250.0 - 2.0 * step], [0, 0, 1]])
    tilt = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1e-6 * step, 2e-6 * step, 1.0]])
    return np.asarray(tilt @ H)


def mapped(homography: np.ndarray, points: np.ndarray) -> np.ndarray:
    return cv2.perspectiveTransform(points.reshape(-1, 1, 2), homography).reshape(-1, 2)


def true_reference(step: int) -> np.ndarray:
    return np.asarray(frame_from_ground(0) @ np.linalg.inv(frame_from_ground(step)))


def test_motion_that_a_picture_shows_is_found_to_a_few_pixels_over_forty_frames() -> None:
    """Oracle: the homography that OpenCV warped the pictures with."""
    motion, whole = PictureMotion(), ground()
    found = np.eye(3)
    for step in range(41):
        picture = cv2.warpPerspective(whole, frame_from_ground(step), (WIDTH, HEIGHT))
        found = motion.update(picture, NO_BOXES)
    apart = mapped(found, CORNERS) - mapped(true_reference(40), CORNERS)
    assert np.abs(apart).max() < 3.0
    assert motion.lost == 0


def test_a_blank_picture_tells_nothing_and_says_so() -> None:
    motion = PictureMotion()
    blank = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    for _ in range(3):
        found = motion.update(blank, NO_BOXES)
    np.testing.assert_array_equal(found, np.eye(3))
    assert motion.lost == 2


def boxes_at(middles: np.ndarray) -> np.ndarray:
    return np.concatenate((middles - 12.0, middles + 12.0), axis=1)


def test_motion_is_found_from_detections_that_move_each_in_its_own_way() -> None:
    rng = np.random.default_rng(9)
    places = rng.uniform([300.0, 250.0], [780.0, 570.0], (30, 2))
    walks = rng.normal(0.0, 1.0, (30, 2))
    motion, found = DetectionMotion(), np.eye(3)
    for step in range(21):
        seen = mapped(frame_from_ground(step), places + step * walks)
        found = motion.update(boxes_at(seen + rng.normal(0.0, 0.5, seen.shape)))
    apart = mapped(found, CORNERS) - mapped(true_reference(20), CORNERS)
    assert np.abs(apart).max() < 15.0


@pytest.mark.parametrize("count", [0, 1, 3])
def test_too_few_detections_leave_the_camera_where_it_was(count: int) -> None:
    motion = DetectionMotion()
    motion.update(boxes_at(np.full((count, 2), 50.0)))
    found = motion.update(boxes_at(np.full((count, 2), 70.0)))
    np.testing.assert_array_equal(found, np.eye(3))
