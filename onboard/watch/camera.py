"""Whether the camera shows what is there now: it may be silent, send scrap, or the same for ever.

A sensor never gives the same picture twice; a frozen one does, while everything else seems well.
What stands in such a picture looks like a stopped vehicle or a person down, so it is not judged.
A camera that has moved by telemetry and shows the same is frozen; so is one on a mast after a
while. A simulated one has no noise: on the ground it may well show the same.
"""

import math
from dataclasses import dataclass

import numpy as np

from missions.geodesy import distance_m
from onboard.geolocate import CameraPose
from onboard.source import Frame
from onboard.watch.problems import Problem

SILENT_S = 3.0
CORRUPT_IN_A_ROW = 3
SAME_IN_A_ROW = 4
MOVED_M, TURNED_RAD = 2.0, 0.03
SAME_FROM_A_MAST_S = 30.0


@dataclass(frozen=True, slots=True)
class _First:
    """The first of pictures that are the same."""

    frame: Frame
    pose: CameraPose
    seen_s: float


class CameraWatch:
    """Told of every attempt to get a frame, by wall time."""

    def __init__(self, now_s: float, *, on_a_mast: bool) -> None:
        self._on_a_mast = on_a_mast
        self._came_s = now_s
        self._seen = 0
        self._corrupt = 0
        self._corrupt_in_a_row = 0
        self._same = 0
        self._first: _First | None = None
        self._is_frozen = False
        self.frozen = 0

    def nothing_came(self, corrupt: int) -> None:
        """No frame came; `corrupt` is how many were so far."""
        self._corrupt_in_a_row += corrupt - self._corrupt
        self._corrupt = corrupt

    def came(self, corrupt: int) -> None:
        """A whole frame came."""
        self._corrupt, self._corrupt_in_a_row = corrupt, 0

    def shows_the_past(self, frame: Frame, pose: CameraPose, now_s: float) -> bool:
        """Whether the picture is that of before though it cannot be; then it is counted."""
        if self._first is None or not _same(self._first.frame, frame):
            self._first, self._same, self._is_frozen = _First(frame, pose, now_s), 0, False
            return False
        self._same += 1
        long = self._on_a_mast and now_s - self._first.seen_s > SAME_FROM_A_MAST_S
        moved = self._same >= SAME_IN_A_ROW and _moved(self._first.pose, pose)
        self._is_frozen = self._is_frozen or long or moved
        self.frozen += self._is_frozen
        return self._is_frozen

    def problems(self, problem_of_source: str, seen: int, now_s: float) -> list[Problem]:
        """What is wrong with the camera now; `seen` is how many pictures its source has counted."""
        if seen > self._seen:
            # Pictures come, though the work may be too slow to take them.
            self._seen, self._came_s = seen, now_s
        silent_s = now_s - self._came_s
        if problem_of_source:
            return [Problem("camera_unreachable", problem_of_source)]
        if silent_s > SILENT_S:
            return [Problem("camera_silent", f"no picture from the camera for {silent_s:.0f} s")]
        if self._corrupt_in_a_row >= CORRUPT_IN_A_ROW:
            words = f"the last {self._corrupt_in_a_row} pictures of the camera were corrupt"
            return [Problem("pictures_corrupt", words)]
        if self._is_frozen and self._first is not None:
            words = f"the camera shows the same picture for {now_s - self._first.seen_s:.0f} s"
            return [Problem("camera_frozen", words)]
        return []


def _same(one: Frame, other: Frame) -> bool:
    if one.jpeg is not None and other.jpeg is not None:
        return one.jpeg == other.jpeg
    return one.image.shape == other.image.shape and bool(np.array_equal(one.image, other.image))


def _moved(one: CameraPose, other: CameraPose) -> bool:
    cosine = abs(float(np.dot(one.q_ned_from_gimbal, other.q_ned_from_gimbal)))
    turned_rad = 2.0 * math.acos(min(1.0, cosine))
    rose_m = abs(one.height.m - other.height.m)
    return (
        max(distance_m(one.position, other.position), rose_m) > MOVED_M or turned_rad > TURNED_RAD
    )
