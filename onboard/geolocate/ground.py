"""From pixels to the ground: rays, where they meet a horizontal plane, and how surely.

First-order propagation of covariances (JCGM 100:2008, 5.2). What every object of a frame shares
(the camera's place, height and attitude, the ground's height) is kept apart from what each has of
its own (its box, its assumed height), because only the latter averages out over frames.
"""

import math
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from onboard.geolocate.camera import CameraGeometry
from onboard.geolocate.pose import PoseErrors
from onboard.geolocate.rotation import Array

SHALLOWEST_RAD = math.radians(4.0)
# A place seen at less than this is told, but flagged: a degree of tilt moves it by a quarter.
FLAGGED_BELOW_RAD = math.radians(15.0)
# Nearer to the horizon than this many standard deviations of the attitude, first order is no use.
SURELY_BELOW_HORIZON = 1.5


class Outcome(IntEnum):
    """What became of a ray. Only `HIT` has a place on the ground."""

    HIT = 0
    ABOVE_HORIZON = 1
    TOO_SHALLOW = 2
    BEYOND_REACH = 3
    NO_TERRAIN = 4
    BELOW_GROUND = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundFixes:
    """Where n rays meet the ground, east and north of the camera, metres.

    `en_m` (n, 2); `own_m2` and `shared_m2` (n, 2, 2) covariances of (east, north), to be added for
    the whole one; `outcome` (n,) `Outcome`; `depression_rad` (n,) how far below the horizon the ray
    goes. Rows that are no HIT hold NaN.
    """

    en_m: Array
    own_m2: Array
    shared_m2: Array
    outcome: npt.NDArray[np.int8]
    depression_rad: Array

    @property
    def hit(self) -> npt.NDArray[np.bool_]:
        """Which rays have a place on the ground, (n,)."""
        return np.asarray(self.outcome == Outcome.HIT)

    @property
    def shallow(self) -> npt.NDArray[np.bool_]:
        """Which places are seen at less than 15 degrees, (n,)."""
        return np.asarray(self.hit & (self.depression_rad < FLAGGED_BELOW_RAD))


def locate(
    pixels: Array,
    *,
    camera: CameraGeometry,
    R_ned_from_camera: Array,
    above_plane_m: Array,
    errors: PoseErrors,
    pixel_sigma_px: Array | None = None,
    plane_sigma_m: Array | None = None,
    shallowest_rad: float = SHALLOWEST_RAD,
    view_covariance: Array | None = None,
) -> GroundFixes:
    """Place pixels (n, 2) on horizontal planes that lie `above_plane_m` (n,) below the camera.

    `pixel_sigma_px` (n,) and `plane_sigma_m` (n,) are each object's own: of its box's middle and of
    the height of its plane. `view_covariance` (7, 7) of the view's errors, in the order of
    `error_budget.STATE`, takes the place of what `errors` says of them and of the ground.
    """
    rays = camera.rays(pixels)
    d, depression = _directions(rays, R_ned_from_camera)
    attitude_sigma = math.hypot(errors.tilt_rad, errors.gimbal_rad)
    if view_covariance is not None:
        attitude_sigma = math.sqrt(float(np.max(np.diag(view_covariance)[1:3])))
    limit = max(shallowest_rad, SURELY_BELOW_HORIZON * attitude_sigma)
    outcome = _outcome(depression, above_plane_m, limit)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        scale = np.where(outcome == Outcome.HIT, above_plane_m / d[:, 2], np.nan)
        slope = np.where((outcome == Outcome.HIT)[:, None], d[:, :2] / d[:, 2:], np.nan)
    count = len(d)
    own_px = np.full(count, errors.pixel_px) if pixel_sigma_px is None else pixel_sigma_px
    own_plane = np.zeros(count) if plane_sigma_m is None else plane_sigma_m
    # d(north, east) = scale * (dd_NE - slope * dd_D): the Jacobian to a change of the ray, (n,2,3).
    jacobian = np.zeros((count, 2, 3))
    jacobian[:, 0, 0] = jacobian[:, 1, 1] = scale
    jacobian[:, :, 2] = -scale[:, None] * slope
    own = _own(jacobian, slope, R_ned_from_camera, camera, own_px, own_plane)
    shared = (
        _shared(jacobian, slope, d, R_ned_from_camera, errors)
        if view_covariance is None
        else _of_view(jacobian, slope, rays, R_ned_from_camera, view_covariance)
    )
    return GroundFixes(
        en_m=(scale[:, None] * d[:, :2])[:, ::-1],
        own_m2=own[:, ::-1, ::-1],
        shared_m2=shared[:, ::-1, ::-1],
        outcome=outcome,
        depression_rad=depression,
    )


def points_en(
    pixels: Array, *, camera: CameraGeometry, R_ned_from_camera: Array, above_plane_m: float
) -> Array:
    """As `locate`, east and north of the camera only: of those of the pixels that hit, (k, 2)."""
    d, depression = _directions(camera.rays(pixels), R_ned_from_camera)
    heights = np.full(len(d), above_plane_m)
    hit = _outcome(depression, heights, SHALLOWEST_RAD) == Outcome.HIT
    return np.asarray((heights[hit] / d[hit, 2])[:, None] * d[hit, 1::-1])


def _directions(rays: Array, R_ned_from_camera: Array) -> tuple[Array, Array]:
    """Rays (n, 3) in north, east, down, and how far below the horizon each goes, (n,)."""
    d = rays @ R_ned_from_camera.T
    return d, np.arctan2(d[:, 2], np.hypot(d[:, 0], d[:, 1]))


def _outcome(
    depression_rad: Array, above_plane_m: Array, shallowest_rad: float
) -> npt.NDArray[np.int8]:
    outcome = np.full(len(depression_rad), Outcome.HIT, dtype=np.int8)
    outcome[depression_rad < shallowest_rad] = Outcome.TOO_SHALLOW
    outcome[(depression_rad <= 0.0) | (above_plane_m <= 0.0)] = Outcome.ABOVE_HORIZON
    return outcome


def _own(
    jacobian: Array,
    slope: Array,
    R_ned_from_camera: Array,
    camera: CameraGeometry,
    pixel_sigma_px: Array,
    plane_sigma_m: Array,
) -> Array:
    """Of the box's middle and of the assumed height; (n, 2, 2) in (north, east)."""
    across = jacobian @ R_ned_from_camera[:, :2]
    per_px = across / (camera.focal_x_px, camera.focal_y_px)
    of_pixels = per_px @ per_px.transpose(0, 2, 1) * (pixel_sigma_px**2)[:, None, None]
    return of_pixels + _outer(slope) * (plane_sigma_m**2)[:, None, None]


def _shared(
    jacobian: Array, slope: Array, d: Array, R_ned_from_camera: Array, errors: PoseErrors
) -> Array:
    """Of the camera's place, height and attitude and of the ground; (n, 2, 2) in (north, east)."""
    turned = jacobian @ -_cross_matrices(d)
    attitude = np.diag([errors.tilt_rad**2, errors.tilt_rad**2, errors.heading_rad**2])
    attitude = attitude + R_ned_from_camera @ (errors.gimbal_rad**2 * np.eye(3)) @ (
        R_ned_from_camera.T
    )
    of_attitude = turned @ attitude @ turned.transpose(0, 2, 1)
    vertical = errors.vertical_m**2 + errors.ground_height_m**2
    return of_attitude + _outer(slope) * vertical + np.eye(2) * errors.horizontal_m**2


def _of_view(
    jacobian: Array, slope: Array, rays: Array, R_ned_from_camera: Array, covariance: Array
) -> Array:
    """Of the view's errors together, as `Sightline` has them; (n, 2, 2) in (north, east)."""
    turns = np.column_stack(([0.0, 0.0, 1.0], R_ned_from_camera[:, 0], R_ned_from_camera[:, 2]))
    moved = np.zeros((len(rays), 2, 7))
    moved[:, :, :3] = jacobian @ -_cross_matrices(rays @ R_ned_from_camera.T) @ turns
    shrunk = -rays * (1.0, 1.0, 0.0)
    moved[:, :, 3] = (jacobian @ (shrunk @ R_ned_from_camera.T)[:, :, None])[:, :, 0]
    moved[:, 1, 4] = moved[:, 0, 5] = 1.0
    moved[:, :, 6] = slope
    whole: Array = moved @ covariance @ moved.transpose(0, 2, 1)
    return whole


def _cross_matrices(d: Array) -> Array:
    """For each vector d the matrix that maps a to d x a: a small turn t moves d by -(d x t)."""
    crosses = np.zeros((len(d), 3, 3))
    crosses[:, (2, 0, 1), (1, 2, 0)] = d
    crosses[:, (1, 2, 0), (2, 0, 1)] = -d
    return crosses


def _outer(vectors: Array) -> Array:
    return vectors[:, :, None] * vectors[:, None, :]
