"""A camera's geometry: from pixels to directions in the camera's frame and back.

The pinhole model with Brown's distortion (k1, k2, p1, p2, k3), as OpenCV has it. Pixel (0, 0) is
the middle of the upper left pixel.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
# OpenCV's own five rounds leave pixels of error at the corners of a wide lens.
ROUNDS = 40
CLOSE_ENOUGH_PX = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraGeometry:
    """Image size, focal lengths, principal point and distortion; all pixels."""

    width_px: int
    height_px: int
    focal_x_px: float
    focal_y_px: float
    centre_x_px: float
    centre_y_px: float
    distortion: tuple[float, ...] = ()

    @classmethod
    def of_field_of_view(
        cls, *, width_px: int, height_px: int, horizontal_field_of_view_rad: float
    ) -> Self:
        """A camera without distortion, square pixels, principal point in the middle."""
        focal_px = width_px / (2.0 * math.tan(horizontal_field_of_view_rad / 2.0))
        return cls(
            width_px=width_px,
            height_px=height_px,
            focal_x_px=focal_px,
            focal_y_px=focal_px,
            centre_x_px=(width_px - 1) / 2.0,
            centre_y_px=(height_px - 1) / 2.0,
        )

    def of_size(self, width_px: int, height_px: int) -> "CameraGeometry":
        """The same camera where its pictures come in another size."""
        if (width_px, height_px) == (self.width_px, self.height_px):
            return self
        across, down = width_px / self.width_px, height_px / self.height_px
        return replace(
            self,
            width_px=width_px,
            height_px=height_px,
            focal_x_px=self.focal_x_px * across,
            focal_y_px=self.focal_y_px * down,
            centre_x_px=(self.centre_x_px + 0.5) * across - 0.5,
            centre_y_px=(self.centre_y_px + 0.5) * down - 0.5,
        )

    def cropped_to(self, width_px: int, height_px: int) -> "CameraGeometry":
        """The same camera where pictures are as wide as its sensor, but of another aspect.

        Drones cut 16:9 video out of the middle of a 4:3 sensor: the width is kept.
        """
        share = width_px / self.width_px
        scaled = self.of_size(width_px, round(self.height_px * share))
        cut_px = (scaled.height_px - height_px) / 2.0
        return replace(scaled, height_px=height_px, centre_y_px=scaled.centre_y_px - cut_px)

    def zoomed(self, factor: float) -> "CameraGeometry":
        """The same camera where its lens or a crop enlarges its pictures."""
        return replace(
            self, focal_x_px=self.focal_x_px * factor, focal_y_px=self.focal_y_px * factor
        )

    @property
    def matrix(self) -> Array:
        """The 3x3 camera matrix."""
        return np.array(
            [
                [self.focal_x_px, 0.0, self.centre_x_px],
                [0.0, self.focal_y_px, self.centre_y_px],
                [0.0, 0.0, 1.0],
            ]
        )

    def rays(self, pixels: Array) -> Array:
        """Directions (n, 3) in the camera's frame, z = 1, of pixels (n, 2)."""
        flat = np.asarray(pixels, dtype=np.float64).reshape(-1, 2)
        if self.distortion and len(flat):
            undistorted = self._undistorted(flat)
        else:
            centre = (self.centre_x_px, self.centre_y_px)
            undistorted = (flat - centre) / (self.focal_x_px, self.focal_y_px)
        return np.concatenate((undistorted, np.ones((len(flat), 1))), axis=1)

    def _undistorted(self, pixels: Array) -> Array:
        """The plane z = 1 (n, 2) behind pixels (n, 2), followed until it projects back to them."""
        distortion = np.array(self.distortion)
        found = cv2.undistortPoints(pixels.reshape(-1, 1, 2), self.matrix, distortion)
        plane = np.asarray(found, dtype=np.float64).reshape(-1, 2)
        focal = (self.focal_x_px, self.focal_y_px)
        for _ in range(ROUNDS):
            off = pixels - self.pixels(np.column_stack((plane, np.ones(len(plane)))))
            plane = plane + np.clip(off / focal, -0.2, 0.2)
            if float(np.max(np.abs(off))) < CLOSE_ENOUGH_PX:
                break
        return plane

    def pixels(self, rays: Array) -> Array:
        """Pixels (n, 2) of directions (n, 3) in the camera's frame; NaN behind the camera."""
        flat = np.asarray(rays, dtype=np.float64).reshape(-1, 3)
        with np.errstate(divide="ignore", invalid="ignore"):
            plane = np.where(flat[:, 2:] > 1e-9, flat / flat[:, 2:], np.nan)
        if self.distortion and len(flat):
            shown, _ = cv2.projectPoints(
                plane.reshape(-1, 1, 3),
                np.zeros(3),
                np.zeros(3),
                self.matrix,
                np.array(self.distortion),
            )
            return np.asarray(shown, dtype=np.float64).reshape(-1, 2)
        focal, centre = (
            (self.focal_x_px, self.focal_y_px),
            (self.centre_x_px, self.centre_y_px),
        )
        straight: Array = plane[:, :2] * focal + centre
        return straight

    def edge_pixels(self, per_side: int = 1) -> Array:
        """Pixels along the frame's edge, clockwise from the upper left corner, (4*per_side, 2)."""
        return _edge_pixels(self.width_px, self.height_px, per_side).copy()


# Every frame asks for the same ones.
@lru_cache(maxsize=16)
def _edge_pixels(width_px: int, height_px: int, per_side: int) -> Array:
    right, bottom = width_px - 1.0, height_px - 1.0
    corners = np.array([[0.0, 0.0], [right, 0.0], [right, bottom], [0.0, bottom]])
    ahead = np.roll(corners, -1, axis=0)
    shares = np.arange(per_side) / per_side
    spread = corners[:, None, :] + (ahead - corners)[:, None, :] * shares[None, :, None]
    return np.asarray(spread, dtype=np.float64).reshape(-1, 2)
