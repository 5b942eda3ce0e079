"""Where a point of the district falls in the picture: a pinhole above flat ground.

Own code, shared with nothing of the product. Picture axes: x right, y down, pixel centres at whole
numbers, so the picture's left edge is at -0.5. Camera axes: x right, y down, z along the view.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from missions.geodesy import GeoPoint, LocalPlane

Array = npt.NDArray[np.float64]

NEAR_M = 1.0
R_GIMBAL_FROM_CAMERA = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
R_NED_FROM_ENU = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinhole:
    """A camera without distortion whose principal point is the picture's centre."""

    width_px: int
    height_px: int
    horizontal_field_of_view_rad: float

    @property
    def focal_px(self) -> float:
        """Focal length in pixels."""
        return self.width_px / 2.0 / math.tan(self.horizontal_field_of_view_rad / 2.0)

    @property
    def centre_px(self) -> Array:
        """The principal point (x, y)."""
        return np.array([(self.width_px - 1) / 2.0, (self.height_px - 1) / 2.0])

    @property
    def matrix(self) -> Array:
        """The 3x3 camera matrix."""
        x, y = self.centre_px
        return np.array([[self.focal_px, 0.0, x], [0.0, self.focal_px, y], [0.0, 0.0, 1.0]])


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One picture's geometry in the district's plane.

    `position` is (3,) metres east, north and above the ground; `R_camera_from_enu` turns the
    plane's east, north, up to camera axes.
    """

    pinhole: Pinhole
    position: Array
    R_camera_from_enu: Array

    def depth_and_pixels(self, points: Array) -> tuple[Array, Array]:
        """Depth (...,) metres along the view and pixels (..., 2) of points (..., 3) metres.

        Points nearer than a metre, or behind, get the depth that they have and meaningless pixels.
        """
        in_camera = (points - self.position) @ self.R_camera_from_enu.T
        depth = in_camera[..., 2]
        scale = self.pinhole.focal_px / np.maximum(depth, NEAR_M)
        return depth, in_camera[..., :2] * scale[..., None] + self.pinhole.centre_px

    def may_show(self, solids: Array) -> npt.NDArray[np.bool_]:
        """Which solids (n, k, 3), metres, are not wholly outside of one side of the view."""
        in_camera = (solids - self.position) @ self.R_camera_from_enu.T
        half = np.array([self.pinhole.width_px, self.pinhole.height_px]) / 2.0
        across = in_camera[..., :2] * self.pinhole.focal_px
        reach = in_camera[..., 2:] * half
        beyond = np.concatenate((across > reach, across < -reach), axis=-1)
        return np.asarray(~np.any(np.all(beyond, axis=1), axis=1), dtype=bool)

    @property
    def pixels_from_ground(self) -> Array:
        """The 3x3 homography from (east, north, 1) on the ground to pixels."""
        rotation = self.R_camera_from_enu
        columns = np.column_stack((rotation[:, 0], rotation[:, 1], -rotation @ self.position))
        return self.pinhole.matrix @ columns

    def ground_of_pixel(self, x_px: float, y_px: float) -> Array | None:
        """East and north, metres, where a pixel's ray meets the ground; None if it never does."""
        ray = self.R_camera_from_enu.T @ np.linalg.solve(
            self.pinhole.matrix, np.array([x_px, y_px, 1.0])
        )
        if ray[2] >= -1e-6:
            return None
        hit: Array = self.position[:2] + ray[:2] * (self.position[2] / -ray[2])
        return hit

    @property
    def forward_en(self) -> Array:
        """The view's horizontal direction, unit (2,); where it looks straight down, its top."""
        axis, top = self.R_camera_from_enu[2, :2], -self.R_camera_from_enu[1, :2]
        flat = axis if np.hypot(*axis) > 0.05 else top
        return flat / max(float(np.hypot(*flat)), 1e-9)


def view(
    pinhole: Pinhole,
    plane: LocalPlane,
    *,
    at: GeoPoint,
    height_above_ground_m: float,
    R_ned_from_gimbal: Array,
) -> View:
    """The view of a gimballed camera; its north is true north at the vehicle, not at the origin."""
    R_enu_at_vehicle_from_plane = _about_up(_convergence_rad(plane, at))
    R_camera_from_ned = R_GIMBAL_FROM_CAMERA.T @ R_ned_from_gimbal.T
    return View(
        pinhole=pinhole,
        position=np.array([*plane.en(at), height_above_ground_m]),
        R_camera_from_enu=R_camera_from_ned @ R_NED_FROM_ENU @ R_enu_at_vehicle_from_plane,
    )


def _convergence_rad(plane: LocalPlane, at: GeoPoint) -> float:
    """The angle by which the plane's axes turn, counter-clockwise, into east and north at `at`."""
    R = LocalPlane(at).R_enu_from_ecef @ plane.R_enu_from_ecef.T
    return math.atan2(R[1, 0] - R[0, 1], R[0, 0] + R[1, 1])


def _about_up(angle_rad: float) -> Array:
    cosine, sine = math.cos(angle_rad), math.sin(angle_rad)
    return np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])
