"""Follows recorded detections frame by frame, with whatever told where the camera was."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from missions.heights import HeightAmsl
from onboard.detect.detections import Detections
from onboard.geolocate import CameraGeometry, CameraPose, PoseErrors
from onboard.motion import DetectionMotion, PictureMotion, Steadying
from onboard.track.replay.camera_file import Poses
from onboard.track.replay.results import Followed
from onboard.track.replay.sight import Sight, mapped_sight, posed_sight, usual_m_per_px
from onboard.track.track import Array
from onboard.track.tracker import Tracker
from onboard.track.view_area import ground_en

Image = npt.NDArray[np.uint8]


class Camera(Protocol):
    """Tells what a frame shows on the plane; None where it does not know where it was."""

    def survey(self, frames: Mapping[int, Detections]) -> None:
        """Called once with all frames, in order, before any is told."""

    def sight(self, frame: int, detections: Detections, now_s: float) -> Sight | None:
        """Called for every frame in order."""

    def t_s(self, frame: int) -> float | None:
        """The frame's capture time, where it is known."""


class Motion(Protocol):
    """Tells how a frame maps to the reference picture."""

    @property
    def lost(self) -> int:
        """Frames that it is not known of."""

    def reference_from_frame(self, frame: int, detections: Detections) -> Array:
        """The homography (3, 3)."""


class PosedCamera:
    """A camera whose pose a file tells; `motion` keeps places still between poses."""

    def __init__(
        self,
        poses: Poses,
        *,
        camera: CameraGeometry,
        ground: HeightAmsl,
        errors: PoseErrors,
        motion: Motion | None = None,
    ) -> None:
        self._poses = poses
        self._camera = camera
        self._ground = ground
        self._errors = errors
        self.motion = motion
        self._steadying = Steadying()

    def survey(self, frames: Mapping[int, Detections]) -> None:
        """Poses tell everything."""

    def sight(self, frame: int, detections: Detections, now_s: float) -> Sight | None:
        """By the frame's own pose."""
        moved = self._reference_from(frame, detections)
        timed = self._poses.by_frame.get(frame)
        if timed is None:
            return None
        camera = self._camera
        if timed.focal_px is not None:
            camera = replace(camera, focal_x_px=timed.focal_px, focal_y_px=timed.focal_px)
        sight = posed_sight(
            detections,
            pose=timed.pose,
            camera=camera,
            ground=self._ground,
            errors=self._errors,
            plane=self._poses.plane,
        )
        if self.motion is None:
            return sight
        return self._steadied(sight, timed.pose, camera, moved, now_s)

    def t_s(self, frame: int) -> float | None:
        """As the poses say."""
        timed = self._poses.by_frame.get(frame)
        return None if timed is None else timed.t_s

    def _reference_from(self, frame: int, detections: Detections) -> Array | None:
        """How the picture moved, where it told that."""
        if self.motion is None:
            return None
        lost = self.motion.lost
        found = self.motion.reference_from_frame(frame, detections)
        return found if self.motion.lost == lost else None

    def _steadied(
        self,
        sight: Sight,
        pose: CameraPose,
        camera: CameraGeometry,
        moved: Array | None,
        now_s: float,
    ) -> Sight:
        steady = self._steadying.update(
            ground_en(
                camera,
                R_ned_from_camera=pose.R_ned_from_camera,
                above_m=pose.height_above_ground_m(self._ground),
                at_en=self._poses.plane.en(pose.position),
            ),
            moved,
            now_s,
            size_px=(float(camera.width_px), float(camera.height_px)),
        )
        return replace(
            sight,
            placed=sight.placed.steadied(steady),
            view_en=None if sight.view_en is None else steady(sight.view_en),
            picture_from_plane=sight.picture_from_plane @ np.linalg.inv(steady.matrix()),
        )


@dataclass(slots=True)
class GivenMotion:
    """Homographies from a file; a frame that lacks one lies as the one before."""

    by_frame: dict[int, Array]
    lost: int = 0
    _last: Array = field(default_factory=lambda: np.eye(3))

    def reference_from_frame(self, frame: int, detections: Detections) -> Array:
        """As the file says."""
        self.lost += frame not in self.by_frame
        self._last = self.by_frame.get(frame, self._last)
        return self._last


@dataclass(slots=True)
class SeenMotion:
    """From the pictures; a frame that has none lies as the one before."""

    pictures: Iterator[tuple[int, Image]]
    _motion: PictureMotion = field(default_factory=PictureMotion)
    _next: tuple[int, Image] | None = None
    _without: int = 0
    _last: Array = field(default_factory=lambda: np.eye(3))

    @property
    def lost(self) -> int:
        """Frames that have no picture, or one that told nothing."""
        return self._motion.lost + self._without

    def reference_from_frame(self, frame: int, detections: Detections) -> Array:
        """As the picture of this number says."""
        while self._next is None or self._next[0] < frame:
            self._next = next(self.pictures, None)
            if self._next is None:
                self._without += 1
                return self._last
        self._without += self._next[0] > frame
        if self._next[0] == frame:
            self._last = self._motion.update(self._next[1], detections.boxes)
        return self._last


@dataclass(slots=True)
class InferredMotion:
    """From the detections alone."""

    least_score: float
    _motion: DetectionMotion = field(default_factory=DetectionMotion)

    @property
    def lost(self) -> int:
        """Frames with too few detections that agree."""
        return self._motion.lost

    def reference_from_frame(self, frame: int, detections: Detections) -> Array:
        """As most detections move."""
        return self._motion.update(detections.boxes[detections.scores >= self.least_score])


class MappedCamera:
    """A camera of which only its motion over a reference picture is known.

    Without `m_per_px` the scale is taken from how large things usually are, in all frames: the few
    of a single one may be unusual.
    """

    def __init__(
        self, motion: Motion, *, m_per_px: float | None, size_px: tuple[float, float] | None
    ) -> None:
        self.motion = motion
        self.m_per_px = m_per_px
        self._size_px = size_px
        self._reference_from: dict[int, Array] = {}

    def survey(self, frames: Mapping[int, Detections]) -> None:
        """Find each frame's motion, and with it the scale."""
        mapped = self._reference_from = {
            frame: self.motion.reference_from_frame(frame, detections)
            for frame, detections in frames.items()
        }
        if self.m_per_px is None:
            seen = [(found, mapped[frame]) for frame, found in frames.items()]
            self.m_per_px = usual_m_per_px(seen)

    def sight(self, frame: int, detections: Detections, now_s: float) -> Sight | None:
        """By the frame's motion; None where nothing told the scale."""
        if self.m_per_px is None:
            return None
        return mapped_sight(
            detections,
            reference_from_frame=self._reference_from[frame],
            m_per_px=self.m_per_px,
            size_px=self._size_px,
        )

    def t_s(self, frame: int) -> float | None:
        """Never known."""
        return None


def follow(
    detections: dict[int, Detections], camera: Camera, tracker: Tracker, *, fps: float
) -> Iterator[Followed]:
    """Every frame from the first with detections to the last, with those that have none."""
    if not detections:
        return
    first, before_s = min(detections), -float("inf")
    frames = {
        frame: detections.get(frame, Detections.none())
        for frame in range(first, max(detections) + 1)
    }
    camera.survey(frames)
    for frame, found in frames.items():
        told_s = camera.t_s(frame)
        t_s = (frame - first) / fps if told_s is None else told_s
        sight = camera.sight(frame, found, t_s)
        if sight is None or t_s < before_s:
            yield Followed(frame=frame, t_s=max(t_s, before_s), tracks=(), picture_from_plane=None)
            continue
        before_s = t_s
        tracks = tracker.update(sight.placed, t_s, view_en=sight.view_en)
        yield Followed(
            frame=frame,
            t_s=t_s,
            tracks=tuple(tracks),
            picture_from_plane=sight.picture_from_plane,
            not_placed=sight.not_placed,
            view_en=sight.view_en,
        )
