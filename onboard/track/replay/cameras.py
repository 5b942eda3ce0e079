"""The camera that `qyran track` was asked to follow with."""

import re
from dataclasses import dataclass
from pathlib import Path

from missions.errors import BadInput
from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from onboard.geolocate import CameraGeometry, PoseErrors
from onboard.track.replay.camera_file import read_homographies, read_poses
from onboard.track.replay.following import (
    GivenMotion,
    InferredMotion,
    MappedCamera,
    Motion,
    PosedCamera,
    SeenMotion,
)
from onboard.track.replay.pictures import pictures

CAMERA = re.compile(r"(\d+)[xX](\d+)(?::(\d+(?:\.\d+)?))?")
SURE_SCORE = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A picture's size and, where it was told, the focal length; pixels."""

    width_px: int
    height_px: int
    focal_px: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A camera and what its plane's places mean."""

    camera: PosedCamera | MappedCamera
    origin: GeoPoint | None
    scale_known: bool

    def m_per_px(self) -> float | None:
        """By what places must be divided because nobody knows how large they are; else None."""
        if self.scale_known or isinstance(self.camera, PosedCamera):
            return None
        return self.camera.m_per_px or 1.0

    def frames_without_motion(self) -> int:
        """Frames of which it was not known how the camera had moved."""
        return 0 if self.camera.motion is None else self.camera.motion.lost


def read_camera(text: str) -> Size:
    """`WIDTHxHEIGHT` or `WIDTHxHEIGHT:FOCAL`.

    Raises:
        BadInput: it is neither.
    """
    found = CAMERA.fullmatch(text)
    if found is None or int(found[1]) < 2 or int(found[2]) < 2:
        raise BadInput(where=f"--camera {text}", what="not WIDTHxHEIGHT:FOCAL, as 1280x720:1000")
    focal_px = None if found[3] is None else float(found[3])
    return Size(width_px=int(found[1]), height_px=int(found[2]), focal_px=focal_px)


def posed(
    file: Path,
    size: Size,
    *,
    ground_amsl_m: float,
    errors: PoseErrors,
    frames: Path | None,
    first_frame: int,
) -> Asked:
    """By poses, between which pictures keep places still where there are any.

    Raises:
        BadInput: the file is not of poses, or nobody told the focal length.
    """
    poses = read_poses(file, errors=errors)
    focal_px = size.focal_px or next(iter(poses.by_frame.values())).focal_px
    if not focal_px:
        raise BadInput(where="--camera", what="no focal length: give :FOCAL or a column focal_px")
    camera = CameraGeometry(
        width_px=size.width_px,
        height_px=size.height_px,
        focal_x_px=focal_px,
        focal_y_px=focal_px,
        centre_x_px=(size.width_px - 1) / 2.0,
        centre_y_px=(size.height_px - 1) / 2.0,
    )
    ground = HeightAmsl(ground_amsl_m)
    motion = None if frames is None else SeenMotion(pictures(frames, first_frame=first_frame))
    return Asked(
        camera=PosedCamera(poses, camera=camera, ground=ground, errors=errors, motion=motion),
        origin=poses.origin,
        scale_known=True,
    )


def mapped(
    size: Size | None,
    *,
    homographies: Path | None,
    from_previous: bool,
    frames: Path | None,
    first_frame: int,
    m_per_px: float | None,
) -> Asked:
    """By homographies, pictures or detections alone.

    Raises:
        BadInput: a file is not usable.
    """
    motion: Motion
    if homographies is not None:
        motion = GivenMotion(read_homographies(homographies, from_previous=from_previous))
    elif frames is not None:
        motion = SeenMotion(pictures(frames, first_frame=first_frame))
    else:
        motion = InferredMotion(SURE_SCORE)
    size_px = None if size is None else (float(size.width_px), float(size.height_px))
    return Asked(
        camera=MappedCamera(motion, m_per_px=m_per_px, size_px=size_px),
        origin=None,
        scale_known=m_per_px is not None,
    )
