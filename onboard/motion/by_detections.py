"""Camera motion from detections alone: what most objects seem to have done together.

For recordings of which only the detections are left. Objects that move each in its own way cannot
all move alike: the shift that most pairs of two frames share is the camera's, and a similarity is
fitted to the pairs that agree with it.
"""

import cv2
import numpy as np
import numpy.typing as npt

from onboard.motion.consensus import common_shift

Array = npt.NDArray[np.float64]

# In sides of a usual box: how far the picture may move between frames, and what still agrees.
REACH_SIDES = 4.0
SPREAD_SIDES = 0.35
FEWEST_FOR_TURN = 6


class DetectionMotion:
    """Call `update` with each frame's boxes; the first frame's pixels are the reference."""

    def __init__(self) -> None:
        self._reference_from_last: Array = np.eye(3)
        self._middles: Array = np.empty((0, 2))
        self._step: Array = np.zeros(2)
        self.lost = 0

    def update(self, boxes: Array) -> Array:
        """The homography (3, 3) from this frame's pixels to the first one's; `boxes` (n, 4).

        With too few boxes to tell, the camera is taken to have stood still; `lost` counts it.
        """
        middles = (boxes[:, :2] + boxes[:, 2:]) / 2.0
        if len(middles) and len(self._middles):
            side_px = float(np.sqrt(np.median(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1))))
            before_from_now = self._between(middles, side_px)
            self.lost += before_from_now is None
            if before_from_now is not None:
                self._reference_from_last = self._reference_from_last @ before_from_now
        if len(middles):
            self._middles = middles
        return self._reference_from_last

    def _between(self, middles: Array, side_px: float) -> Array | None:
        shift = common_shift(
            self._middles + self._step,
            middles,
            reach=REACH_SIDES * side_px,
            spread=SPREAD_SIDES * side_px,
        )
        if shift is None:
            self._step = np.zeros(2)
            return None
        self._step = self._step + shift
        now, before = _agreeing(middles, self._middles, self._step, SPREAD_SIDES * side_px)
        if len(now) >= FEWEST_FOR_TURN:
            fitted, _ = cv2.estimateAffinePartial2D(
                now, before, method=cv2.RANSAC, ransacReprojThreshold=SPREAD_SIDES * side_px
            )
            if fitted is not None and abs(np.linalg.det(fitted[:, :2]) - 1.0) < 0.1:
                return np.vstack((fitted, [0.0, 0.0, 1.0]))
        only_shift: Array = np.eye(3)
        only_shift[:2, 2] = -self._step
        return only_shift


def _agreeing(now: Array, before: Array, step: Array, spread: float) -> tuple[Array, Array]:
    """Nearest pairs of both frames that a shift brings together."""
    apart = np.hypot(*(now[:, None] - before[None] - step).transpose(2, 0, 1))
    nearest, back = apart.argmin(axis=1), apart.argmin(axis=0)
    rows = np.arange(len(now))
    good = (apart[rows, nearest] <= spread) & (back[nearest] == rows)
    return now[good], before[nearest[good]]
