"""A frame's view in the earth's frame, and the pixel and the ray of a point under its errors.

Errors are what must be added to what is told to have the truth, in the order of `STATE`. They come
as (..., 7), so that many hypotheses are computed at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from onboard.geolocate.camera import CameraGeometry
from onboard.geolocate.earth import R_ENU_FROM_NED, EarthFrame
from onboard.geolocate.pose import CameraPose
from onboard.geolocate.rotation import Array, heading_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Sightline:
    """Where a camera is told to be and how turned, east-north-up, metres.

    As arrays with a first axis of n these are n views by one camera, one for each of the errors'
    and points' last n.
    """

    camera: CameraGeometry
    origin_enu_m: Array
    R_enu_from_camera: Array
    R_enu_from_ned: Array

    @classmethod
    def of(
        cls, pose: CameraPose, *, height_m: float, camera: CameraGeometry, frame: EarthFrame
    ) -> Self:
        """Of a pose whose lens is `height_m` above sea level."""
        R_enu_from_ned = frame.R_enu_from_ned(pose.position)
        return cls(
            camera=camera,
            origin_enu_m=frame.enu_of(pose.position, height_m),
            R_enu_from_camera=R_enu_from_ned @ pose.R_ned_from_camera,
            R_enu_from_ned=R_enu_from_ned,
        )

    @classmethod
    def stacked(cls, views: Sequence["Sightline"]) -> Self:
        """Of n views by the camera of the first."""
        return cls(
            camera=views[0].camera,
            origin_enu_m=np.array([each.origin_enu_m for each in views]),
            R_enu_from_camera=np.array([each.R_enu_from_camera for each in views]),
            R_enu_from_ned=np.array([each.R_enu_from_ned for each in views]),
        )

    @property
    def heading_rad(self) -> float:
        """Where the camera looks, clockwise from north."""
        return heading_of(self.R_enu_from_ned.T @ self.R_enu_from_camera)

    def attitude(self, errors: Array) -> Array:
        """(..., 3, 3): from the camera into the earth's frame."""
        yaw, pitch, roll = errors[..., 0], errors[..., 1], errors[..., 2]
        R_ned_from_enu = np.swapaxes(self.R_enu_from_ned, -1, -2)
        about_vertical = self.R_enu_from_ned @ _turn(yaw, 2) @ R_ned_from_enu
        turned: Array = about_vertical @ self.R_enu_from_camera @ _turn(pitch, 0) @ _turn(roll, 2)
        return turned

    def origins(self, errors: Array) -> Array:
        """(..., 3): where the camera is."""
        local = self.R_enu_from_ned @ R_ENU_FROM_NED
        moved: Array = self.origin_enu_m + (local @ errors[..., 4:7, None])[..., 0]
        return moved

    def directions(self, pixels: Array, errors: Array) -> Array:
        """Unit rays (n, 3) of pixels (n, 2) under errors (n, 7)."""
        centre = np.array([self.camera.centre_x_px, self.camera.centre_y_px])
        shrunk = centre + (pixels - centre) * np.exp(-errors[:, 3:4])
        rays = self.camera.rays(shrunk)
        turned = np.einsum("nij,nj->ni", self.attitude(errors), rays)
        unit: Array = turned / np.linalg.norm(turned, axis=1, keepdims=True)
        return unit

    def pixels(self, points_enu_m: Array, errors: Array) -> Array:
        """Pixels (..., 2) of points (..., 3) under errors (..., 7); NaN behind the camera."""
        ahead = points_enu_m - self.origins(errors)
        rays = np.einsum("...ij,...i->...j", self.attitude(errors), ahead)
        flat = self.camera.pixels(rays).reshape(*rays.shape[:-1], 2)
        centre = np.array([self.camera.centre_x_px, self.camera.centre_y_px])
        grown: Array = centre + (flat - centre) * np.exp(errors[..., 3:4])
        return grown


def _turn(angle_rad: Array, axis: int) -> Array:
    """(..., 3, 3): a right-handed turn about one axis."""
    cosine, sine = np.cos(angle_rad), np.sin(angle_rad)
    first, second = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.zeros((*np.shape(angle_rad), 3, 3))
    matrix[..., axis, axis] = 1.0
    matrix[..., first, first] = matrix[..., second, second] = cosine
    matrix[..., first, second], matrix[..., second, first] = -sine, sine
    return matrix
