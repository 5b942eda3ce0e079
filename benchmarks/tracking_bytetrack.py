"""Plain ByteTrack on boxes in the picture, after its paper (Zhang 2022), as a yardstick.

Kalman filter of SORT's kind (centre, aspect, height), IoU associations, thresholds 0.6, 0.1, 0.7
and 0.8 as published, lost tracks kept for 30 frames, no camera motion.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from benchmarks.tracking_scores import overlaps

Array = npt.NDArray[np.float64]
HIGH, LOW, NEW = 0.6, 0.1, 0.7
KEPT_FRAMES = 30
PLACE, SPEED = 1.0 / 20.0, 1.0 / 160.0
F = np.eye(8) + np.eye(8, k=4)
H = np.eye(4, 8)


@dataclass(slots=True)
class _Followed:
    name: int
    mean: Array
    covariance: Array
    last: int
    confirmed: bool
    tracked: bool = True
    box: Array = field(default_factory=lambda: np.zeros(4))

    def predict(self) -> None:
        if not self.tracked:
            self.mean[7] = 0.0
        h = self.mean[3]
        sigma = np.array([PLACE * h] * 2 + [1e-2, PLACE * h] + [SPEED * h] * 2 + [1e-5, SPEED * h])
        self.mean = F @ self.mean
        self.covariance = F @ self.covariance @ F.T + np.diag(sigma**2)

    def correct(self, box: Array) -> None:
        h = self.mean[3]
        R = np.diag(np.array([PLACE * h, PLACE * h, 1e-1, PLACE * h]) ** 2)
        gain = self.covariance @ H.T @ np.linalg.inv(H @ self.covariance @ H.T + R)
        self.mean = self.mean + gain @ (_xyah(box) - H @ self.mean)
        self.covariance = self.covariance - gain @ H @ self.covariance

    def predicted(self) -> Array:
        x, y, a, h = self.mean[:4]
        return np.array([x - a * h / 2, y - h / 2, x + a * h / 2, y + h / 2])


class ByteTrack:
    """Call `update` with each frame's boxes and scores."""

    def __init__(self) -> None:
        self._tracks: list[_Followed] = []
        self._frame = 0
        self._next = 1

    def update(self, boxes: Array, scores: Array) -> list[tuple[int, Array]]:
        """Names and boxes of what is tracked in this frame."""
        self._frame += 1
        for track in self._tracks:
            track.predict()
        high, low = boxes[scores >= HIGH], boxes[(scores < HIGH) & (scores > LOW)]
        high_scores = scores[scores >= HIGH]
        sure = [track for track in self._tracks if track.confirmed]
        left, high_left = self._take(sure, high, np.arange(len(high)), 0.8, high_scores)
        again = [track for track in left if track.tracked]
        lost, _ = self._take(again, low, np.arange(len(low)), 0.5, None)
        for track in lost:
            track.tracked = False
        new = [track for track in self._tracks if not track.confirmed]
        gone, high_left = self._take(new, high, high_left, 0.7, high_scores)
        doomed = {id(track) for track in gone}
        self._tracks = [
            track
            for track in self._tracks
            if id(track) not in doomed and self._frame - track.last <= KEPT_FRAMES
        ]
        for index in high_left.tolist():
            if high_scores[index] >= NEW:
                self._begin(high[index])
        return [
            (track.name, track.predicted())
            for track in self._tracks
            if track.confirmed and track.tracked
        ]

    def _take(
        self,
        tracks: list[_Followed],
        boxes: Array,
        free: npt.NDArray[np.int64],
        limit: float,
        scores: Array | None,
    ) -> tuple[list[_Followed], npt.NDArray[np.int64]]:
        if not tracks or not len(free):
            return tracks, free
        iou = overlaps(np.array([track.predicted() for track in tracks]), boxes[free])
        cost = 1.0 - (iou if scores is None else iou * scores[free][None])
        rows, columns = linear_sum_assignment(np.where(cost <= limit, cost, 10.0))
        taken, used = set(), set()
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            if cost[row, column] > limit:
                continue
            track = tracks[row]
            track.correct(boxes[free[column]])
            track.last, track.tracked, track.confirmed = self._frame, True, True
            taken.add(row)
            used.add(column)
        kept = [index for column, index in enumerate(free.tolist()) if column not in used]
        return (
            [track for row, track in enumerate(tracks) if row not in taken],
            np.array(kept, dtype=np.int64),
        )

    def _begin(self, box: Array) -> None:
        mean = np.concatenate((_xyah(box), np.zeros(4)))
        h = mean[3]
        sigma = [2 * PLACE * h] * 2 + [1e-2, 2 * PLACE * h] + [10 * SPEED * h] * 2
        covariance = np.diag(np.array([*sigma, 1e-5, 10 * SPEED * h]) ** 2)
        self._tracks.append(
            _Followed(
                name=self._next,
                mean=mean,
                covariance=covariance,
                last=self._frame,
                confirmed=self._frame == 1,
            )
        )
        self._next += 1


def _xyah(box: Array) -> Array:
    width, height = box[2:] - box[:2]
    return np.array([box[0] + width / 2, box[1] + height / 2, width / height, height])
