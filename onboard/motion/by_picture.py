"""Camera motion from the picture: corners of a key frame followed over the frames after it.

Shi and Tomasi's corners, followed by Lucas and Kanade's pyramid, and a homography that most of them
obey (a ground that is nearly flat). Errors add up only from key frame to key frame.
"""

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Image = npt.NDArray[np.uint8]

WORKING_WIDTH_PX = 640
CORNERS = 300
FEWEST = 12
# A new key frame when fewer than this share of its corners are still followed.
STALE_SHARE = 0.5
MISFIT_PX = 2.0


class PictureMotion:
    """Call `update` with each frame; the first one's pixels are the reference."""

    def __init__(self) -> None:
        self._reference_from_key: Array = np.eye(3)
        self._reference_from_last: Array = np.eye(3)
        self._last: Image | None = None
        self._key_points: Array = np.empty((0, 2))
        self._points: Array = np.empty((0, 2))
        self.lost = 0

    def update(self, image: Image, boxes: Array) -> Array:
        """The homography (3, 3) from this frame's pixels to the first one's.

        `image` (h, w[, 3]); `boxes` (n, 4) what may move of itself, left, top, right, bottom. Where
        the picture says nothing (`lost` counts it), the camera is taken to have stood still.
        """
        scale = min(1.0, WORKING_WIDTH_PX / image.shape[1])
        grey = _grey(image, scale)
        if self._last is not None and not self._follow(grey, scale):
            self.lost += 1
            self._begin(grey, boxes, scale)
        elif len(self._points) < STALE_SHARE * CORNERS:
            self._begin(grey, boxes, scale)
        self._last = grey
        return self._reference_from_last

    def _follow(self, grey: Image, scale: float) -> bool:
        if len(self._points) < FEWEST or self._last is None or self._last.shape != grey.shape:
            return False
        from_here = self._points.astype(np.float32).reshape(-1, 1, 2)
        found, known, _ = cv2.calcOpticalFlowPyrLK(
            self._last, grey, from_here, from_here.copy(), winSize=(17, 17), maxLevel=4
        )
        ok = known.ravel() == 1
        if ok.sum() < FEWEST:
            return False
        now, then = found.reshape(-1, 2)[ok].astype(np.float64), self._key_points[ok]
        key_from_now, agree = cv2.findHomography(now, then, cv2.RANSAC, MISFIT_PX)
        if key_from_now is None or agree.sum() < max(FEWEST, 0.4 * len(now)):
            return False
        kept = agree.ravel() == 1
        self._points, self._key_points = now[kept], then[kept]
        down = np.diag([scale, scale, 1.0])
        whole = np.linalg.inv(down) @ key_from_now @ down
        self._reference_from_last = _scaled(self._reference_from_key @ whole)
        return True

    def _begin(self, grey: Image, boxes: Array, scale: float) -> None:
        """Make this frame the key frame."""
        mask = np.full(grey.shape, 255, dtype=np.uint8)
        for left, top, right, bottom in np.round(boxes * scale).astype(int).tolist():
            mask[max(0, top) : max(0, bottom + 1), max(0, left) : max(0, right + 1)] = 0
        corners = cv2.goodFeaturesToTrack(grey, CORNERS, 0.005, 8, mask=mask)
        self._points = np.empty((0, 2)) if corners is None else corners.reshape(-1, 2).astype(float)
        self._key_points = self._points.copy()
        self._reference_from_key = self._reference_from_last


def _grey(image: Image, scale: float) -> Image:
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    if scale < 1.0:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(grey, dtype=np.uint8)


def _scaled(homography: Array) -> Array:
    return np.asarray(homography / homography[2, 2])
