"""What one recorded frame shows on a plane, whatever told where the camera was."""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from missions.geodesy import LocalPlane
from missions.heights import HeightAmsl
from onboard.detect.detections import Detections
from onboard.geolocate import CameraGeometry, CameraPose, PoseErrors
from onboard.track.association import CLASS_INDEX, KINDS
from onboard.track.placing import CUT_SHARE, cut, place
from onboard.track.track import Array, Placed
from onboard.track.view_area import outline_en

# A box's middle in a mapped picture: pixels, and a share of its size.
MIDDLE_PX, MIDDLE_SHARE = 0.7, 0.05
LEANS_WIDE = 1.5
ACROSS_M = np.array([kind.across_m for kind in KINDS])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """`placed` with the row of the frame's detections that each came from; the outline `view_en`
    (k, 2) of what the frame shows; `picture_from_plane` (3, 3) maps (east, north, 1) to pixels.
    """

    placed: Placed
    not_placed: int
    view_en: Array | None
    picture_from_plane: Array


def posed_sight(
    detections: Detections,
    *,
    pose: CameraPose,
    camera: CameraGeometry,
    ground: HeightAmsl,
    errors: PoseErrors,
    plane: LocalPlane,
) -> Sight:
    """By the camera's pose and geometry: places are metres on the earth's plane."""
    placing = place(detections, pose=pose, camera=camera, ground=ground, errors=errors, plane=plane)
    east, north = plane.en(pose.position)
    above_m = pose.height_above_ground_m(ground)
    ned_from_plane = np.array([[0.0, 1.0, -north], [1.0, 0.0, -east], [0.0, 0.0, above_m]])
    return Sight(
        placed=placing.placed,
        not_placed=placing.not_placed,
        view_en=outline_en(
            camera, R_ned_from_camera=pose.R_ned_from_camera, above_m=above_m, at_en=(east, north)
        ),
        picture_from_plane=camera.matrix @ pose.R_ned_from_camera.T @ ned_from_plane,
    )


def mapped_sight(
    detections: Detections,
    *,
    reference_from_frame: Array,
    m_per_px: float,
    size_px: tuple[float, float] | None,
) -> Sight:
    """By a homography to a reference picture whose pixels are `m_per_px` wide.

    Places are metres right and up of the reference picture's corner.
    """
    plane_from_frame = np.diag([m_per_px, -m_per_px, 1.0]) @ reference_from_frame
    boxes = detections.boxes
    en_m, J = _mapped(plane_from_frame, (boxes[:, :2] + boxes[:, 2:]) / 2.0)
    sides = boxes[:, 2:] - boxes[:, :2]
    sigma = np.hypot(MIDDLE_PX, MIDDLE_SHARE * sides)
    edge = np.zeros(len(boxes), dtype=np.bool_) if size_px is None else cut(boxes, *size_px)
    sigma = np.where(edge[:, None], np.hypot(sigma, CUT_SHARE * sides), sigma)
    spread = J * sigma[:, None, :]
    sizes = sides * np.sqrt(np.abs(np.linalg.det(J)))[:, None]
    placed = Placed(
        en_m=en_m,
        own_m2=spread @ spread.transpose(0, 2, 1),
        shared_m2=np.repeat(np.eye(2)[None] * m_per_px**2, len(boxes), axis=0),
        scores=detections.scores,
        classes=detections.classes,
        boxes=boxes,
        sizes_m=np.where(edge[:, None], np.nan, sizes),
    )
    return Sight(
        placed=placed,
        not_placed=0,
        view_en=None if size_px is None else _corners(plane_from_frame, size_px),
        picture_from_plane=np.asarray(np.linalg.inv(plane_from_frame), dtype=np.float64),
    )


def usual_m_per_px(seen: Iterable[tuple[Detections, Array]]) -> float | None:
    """How wide a reference pixel is, from the usual sizes of what frames with their maps (3, 3) to
    the reference show; None from nothing. The surer half of what was found decides.

    It leans to the wide: with pixels told half as wide as they are neighbours are taken for each
    other, with pixels told twice as wide hardly anything is lost.
    """
    widths: list[Array] = []
    scores: list[Array] = []
    for detections, reference_from_frame in seen:
        boxes = detections.boxes
        _, J = _mapped(reference_from_frame, (boxes[:, :2] + boxes[:, 2:]) / 2.0)
        areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) * np.abs(np.linalg.det(J))
        across = ACROSS_M[[CLASS_INDEX[each] for each in detections.classes]]
        widths.append(across / np.sqrt(areas))
        scores.append(detections.scores)
    each, score = np.concatenate(widths or [np.empty(0)]), np.concatenate(scores or [np.empty(0)])
    if not len(each):
        return None
    return LEANS_WIDE * float(np.median(each[score >= np.median(score)]))


def in_picture(picture_from_plane: Array, en_m: Array) -> Array:
    """Pixels (n, 2) of places (n, 2)."""
    return _mapped(picture_from_plane, en_m)[0]


def _mapped(homography: Array, points: Array) -> tuple[Array, Array]:
    """Mapped points (n, 2) and the Jacobians (n, 2, 2) there."""
    h = np.concatenate((points, np.ones((len(points), 1))), axis=1) @ homography.T
    mapped = h[:, :2] / h[:, 2:]
    J = (homography[None, :2, :2] - mapped[:, :, None] * homography[None, 2:, :2]) / h[:, 2:, None]
    return mapped, J


def _corners(plane_from_frame: Array, size_px: tuple[float, float]) -> Array:
    width, height = size_px
    corners = np.array([[0.0, 0.0], [width - 1, 0.0], [width - 1, height - 1], [0.0, height - 1]])
    outline = _mapped(plane_from_frame, corners)[0]
    hull = cv2.convexHull(outline.astype(np.float32)).reshape(-1, 2)
    return np.asarray(hull, dtype=np.float64)
