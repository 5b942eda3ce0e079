"""Places that stay where they were on the ground, though the camera's poses err.

A pose errs by decimetres, and in the next frame by others; the picture tells to a fraction of a
pixel how the camera moved over the ground, but not where that is. So the picture is believed from
frame to frame, and the pose over seconds.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onboard.motion.by_picture import Image, PictureMotion

Array = npt.NDArray[np.float64]
# Maps pixels (n, 2) to places (n, 2) as a pose tells them; NaN where it shows no ground, or hardly.
Ground = Callable[[Array], Array]

# Errors that last longer than this are the pose's to tell.
LASTS_S = 3.0
# What the picture would have to put right of a pose beyond this is no error of a pose.
MOST_M, MOST_RAD = 5.0, 0.1
LONGEST_STEP_S = 2.0
# Pixels that are compared, as shares of width and height, and how many of them must show ground.
SHARES = np.array([(x, y) for x in (0.2, 0.5, 0.8) for y in (0.3, 0.6, 0.9)])
FEWEST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Turns places by an angle about a centre (2,), and shifts them by (2,) metres."""

    centre_m: Array
    shift_m: Array
    turn_rad: float

    def __call__(self, places_m: Array) -> Array:
        """Places (n, 2) as they are told, where they are steady."""
        moved: Array = (places_m - self.centre_m) @ self._turned.T + self.centre_m + self.shift_m
        return moved

    def matrix(self) -> Array:
        """The same as a homography (3, 3)."""
        whole = np.eye(3)
        whole[:2, :2] = self._turned
        whole[:2, 2] = self.centre_m + self.shift_m - self._turned @ self.centre_m
        return whole

    @property
    def _turned(self) -> Array:
        cos, sin = math.cos(self.turn_rad), math.sin(self.turn_rad)
        return np.array([[cos, -sin], [sin, cos]])


NO_CORRECTION = Correction(centre_m=np.zeros(2), shift_m=np.zeros(2), turn_rad=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Before:
    t_s: float
    ground: Ground
    reference_from_frame: Array
    correction: Correction


class Steadying:
    """Call `update` with each frame, in the order of time."""

    def __init__(self) -> None:
        self._before: _Before | None = None

    def update(
        self,
        ground: Ground,
        reference_from_frame: Array | None,
        now_s: float,
        *,
        size_px: tuple[float, float],
    ) -> Correction:
        """What a frame's places are to be corrected by.

        `reference_from_frame` (3, 3) maps its pixels to those of a reference picture, which is the
        same for all frames; None where the picture did not tell how the camera moved.
        """
        before, self._before = self._before, None
        correction = NO_CORRECTION
        if before is not None and 0.0 <= now_s - before.t_s <= LONGEST_STEP_S:
            correction = before.correction
            if reference_from_frame is not None:
                moved = np.linalg.inv(before.reference_from_frame) @ reference_from_frame
                correction = _fitted(before, ground, moved, SHARES * size_px) or correction
            correction = _faded(correction, now_s - before.t_s)
        if reference_from_frame is None and before is not None:
            reference_from_frame = before.reference_from_frame
        self._before = _Before(
            t_s=now_s,
            ground=ground,
            reference_from_frame=np.eye(3)
            if reference_from_frame is None
            else reference_from_frame,
            correction=correction,
        )
        return correction


class PictureSteadying:
    """Steadying by the pictures themselves."""

    def __init__(self) -> None:
        self._motion = PictureMotion()
        self._steadying = Steadying()

    def update(self, image: Image, boxes: Array, ground: Ground, now_s: float) -> Correction:
        """As `Steadying.update`; `boxes` (n, 4) is what may move of itself."""
        lost = self._motion.lost
        found = self._motion.update(image, boxes)
        known = found if self._motion.lost == lost else None
        size_px = (float(image.shape[1]), float(image.shape[0]))
        return self._steadying.update(ground, known, now_s, size_px=size_px)


def _fitted(
    before: _Before, ground: Ground, before_from_now: Array, pixels: Array
) -> Correction | None:
    """The turn and shift that bring what this frame shows to where it lay in the frame before."""
    with np.errstate(divide="ignore", invalid="ignore"):
        told, lay = (
            ground(pixels),
            before.correction(before.ground(_mapped(before_from_now, pixels))),
        )
    known = np.isfinite(told).all(axis=1) & np.isfinite(lay).all(axis=1)
    if known.sum() < FEWEST:
        return None
    centre, lay_centre = told[known].mean(axis=0), lay[known].mean(axis=0)
    (x, y), (to_x, to_y) = (told[known] - centre).T, (lay[known] - lay_centre).T
    turn_rad = math.atan2(float(x @ to_y - y @ to_x), float(x @ to_x + y @ to_y))
    shift_m = lay_centre - centre
    if math.hypot(*shift_m.tolist()) > MOST_M or abs(turn_rad) > MOST_RAD:
        return NO_CORRECTION
    return Correction(centre_m=centre, shift_m=shift_m, turn_rad=turn_rad)


def _faded(correction: Correction, step_s: float) -> Correction:
    left = math.exp(-step_s / LASTS_S)
    return Correction(
        centre_m=correction.centre_m,
        shift_m=left * correction.shift_m,
        turn_rad=left * correction.turn_rad,
    )


def _mapped(homography: Array, pixels: Array) -> Array:
    h = np.concatenate((pixels, np.ones((len(pixels), 1))), axis=1) @ homography.T
    mapped: Array = h[:, :2] / h[:, 2:]
    return mapped
