"""From a detector's boxes to places on the ground, with the errors that a tracker needs."""

from dataclasses import dataclass

import numpy as np

from missions.geodesy import LocalPlane
from missions.heights import HeightAmsl
from onboard.detect.detections import Detections
from onboard.geolocate import CameraGeometry, CameraPose, PoseErrors, locate
from onboard.track.association import Flags
from onboard.track.kinds import HEIGHT_M
from onboard.track.track import Array, Placed

CUT_SHARE = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """What was placed, and how many boxes met no ground or met it at too shallow an angle."""

    placed: Placed
    not_placed: int


def place(
    detections: Detections,
    *,
    pose: CameraPose,
    camera: CameraGeometry,
    ground: HeightAmsl,
    errors: PoseErrors,
    plane: LocalPlane,
) -> Placing:
    """Place each box's middle on a plane at half its class's height above the ground.

    Seen from anywhere, the middle of a box is close to the middle of the body in it. A box that the
    frame's edge cuts is placed with an error of a fifth of its size.
    """
    boxes = detections.boxes
    half_height = np.array([HEIGHT_M[each] / 2.0 for each in detections.classes])
    fixes = locate(
        (boxes[:, :2] + boxes[:, 2:]) / 2.0,
        camera=camera,
        R_ned_from_camera=pose.R_ned_from_camera,
        above_plane_m=pose.height_above_ground_m(ground) - half_height,
        errors=errors,
        pixel_sigma_px=_pixel_sigma(boxes, camera, errors),
        plane_sigma_m=half_height * errors.object_height_share,
        view_covariance=pose.view_covariance,
    )
    hit = np.flatnonzero(fixes.hit)
    placed = Placed(
        en_m=fixes.en_m[hit] + np.array(plane.en(pose.position)),
        own_m2=fixes.own_m2[hit],
        shared_m2=fixes.shared_m2[hit],
        scores=detections.scores[hit],
        classes=tuple(detections.classes[index] for index in hit.tolist()),
        boxes=boxes[hit],
        sizes_m=_sizes(boxes, camera, pose, ground, fixes.depression_rad)[hit],
    )
    return Placing(placed=placed, not_placed=len(detections) - len(hit))


def _sizes(
    boxes: Array, camera: CameraGeometry, pose: CameraPose, ground: HeightAmsl, depression: Array
) -> Array:
    """Widths and heights of boxes in metres at their distances, (n, 2); NaN where cut."""
    with np.errstate(divide="ignore", invalid="ignore"):
        distance_m = pose.height_above_ground_m(ground) / np.sin(depression)
    across = (boxes[:, 2:] - boxes[:, :2]) / (camera.focal_x_px, camera.focal_y_px)
    sizes: Array = across * distance_m[:, None]
    return np.where((cut(boxes, camera.width_px, camera.height_px))[:, None], np.nan, sizes)


def cut(boxes: Array, width_px: float, height_px: float) -> Flags:
    """Which boxes the frame's edge cuts, (n,)."""
    return np.asarray(
        (boxes[:, 0] <= 1.0)
        | (boxes[:, 1] <= 1.0)
        | (boxes[:, 2] >= width_px - 2.0)
        | (boxes[:, 3] >= height_px - 2.0)
    )


def _pixel_sigma(boxes: Array, camera: CameraGeometry, errors: PoseErrors) -> Array:
    edge = cut(boxes, camera.width_px, camera.height_px)
    size = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    of_box = np.hypot(errors.pixel_px, 0.03 * size)
    sigma: Array = np.where(edge, np.hypot(of_box, CUT_SHARE * size), of_box)
    return sigma
