"""IDF1 and identity switches as TrackEval counts them (Ristani 2016; Bernardin 2008)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
SAME_IOU = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Summable over sequences."""

    id_true_positives: int
    truth: int
    told: int
    switches: int

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            id_true_positives=self.id_true_positives + other.id_true_positives,
            truth=self.truth + other.truth,
            told=self.told + other.told,
            switches=self.switches + other.switches,
        )

    @property
    def idf1(self) -> float:
        """Percent."""
        return 200.0 * self.id_true_positives / max(1, self.truth + self.told)


def counted(frames: Iterable[tuple[Ids, Array, Ids, Array]]) -> Counts:
    """Frames of (truth's ids, truth's boxes, told ids, told boxes); boxes are l, t, r, b."""
    together: dict[tuple[int, int], int] = defaultdict(int)
    before: dict[int, int] = {}
    just_before: dict[int, int] = {}
    truth = told = switches = 0
    for truth_ids, truth_boxes, told_ids, told_boxes in frames:
        truth, told = truth + len(truth_ids), told + len(told_ids)
        iou = overlaps(truth_boxes, told_boxes)
        for row, column in zip(*np.nonzero(iou >= SAME_IOU), strict=True):
            together[int(truth_ids[row]), int(told_ids[column])] += 1
        pairs = _matches(truth_ids, told_ids, iou, just_before)
        switches += sum(before.get(a, b) != b for a, b in pairs)
        before.update(pairs)
        just_before = dict(pairs)
    return Counts(
        id_true_positives=_best_total(together), truth=truth, told=told, switches=switches
    )


def _matches(
    truth_ids: Ids, told_ids: Ids, iou: Array, just_before: dict[int, int]
) -> list[tuple[int, int]]:
    """CLEAR's matching: who was matched in the frame before stays so while it overlaps."""
    stays = np.array([[just_before.get(int(a)) == int(b) for b in told_ids] for a in truth_ids])
    score = np.where(iou >= SAME_IOU, 1000.0 * stays.reshape(iou.shape) + iou, 0.0)
    rows, columns = linear_sum_assignment(-score)
    return [
        (int(truth_ids[row]), int(told_ids[column]))
        for row, column in zip(rows, columns, strict=True)
        if score[row, column] > 0.0
    ]


def _best_total(together: dict[tuple[int, int], int]) -> int:
    """Frames that agree when each true identity is given one told one, the best way."""
    if not together:
        return 0
    truths = {name: row for row, name in enumerate(sorted({pair[0] for pair in together}))}
    names = {name: column for column, name in enumerate(sorted({pair[1] for pair in together}))}
    table = np.zeros((len(truths), len(names)))
    for (truth, told), frames in together.items():
        table[truths[truth], names[told]] = frames
    return int(table[linear_sum_assignment(-table)].sum())


def overlaps(one: Array, other: Array) -> Array:
    """Intersection over union, (n, m), of boxes (n, 4) and (m, 4)."""
    a, b = one.reshape(-1, 1, 4), other.reshape(1, -1, 4)
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    common = np.prod(np.maximum(sides, 0.0), axis=2)
    areas = np.prod(a[..., 2:] - a[..., :2], axis=2) + np.prod(b[..., 2:] - b[..., :2], axis=2)
    ratio: Array = common / np.maximum(areas - common, 1e-12)
    return ratio
