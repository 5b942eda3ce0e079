"""Boxes that several passes found, as one set: overlaps are settled within groups of classes.

A van that is a car to one pass and a truck to another is one vehicle. Its score is the probability
that it is any of its group, the sum over the group's classes; its class is the likeliest of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from onboard.detect.detections import Detections
from onboard.messages import ObjectClass

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

GROUPS: tuple[tuple[ObjectClass, ...], ...] = (
    (ObjectClass.PERSON,),
    (ObjectClass.CAR, ObjectClass.TRUCK, ObjectClass.BUS),
    (ObjectClass.MOTORCYCLE, ObjectClass.BICYCLE),
    (ObjectClass.BOAT,),
    (ObjectClass.CATTLE, ObjectClass.HORSE, ObjectClass.SHEEP, ObjectClass.DOG),
    (ObjectClass.BAG,),
    (ObjectClass.TENT,),
    (ObjectClass.LIGHT, ObjectClass.HOT_SPOT),
    (ObjectClass.OTHER,),
)
MOST_PER_GROUP = 3000


@dataclass(frozen=True, slots=True)
class Found:
    """Boxes (n, 4) in the picture's pixels and scores (n, k), a column for each of `classes`."""

    boxes: Floats
    scores: Floats
    classes: tuple[ObjectClass, ...]


def merged(found: Sequence[Found], *, floor: float, iou_threshold: float) -> Detections:
    """One set, surest first."""
    parts = [
        _group(each, found, floor=floor, iou_threshold=iou_threshold)
        for each in GROUPS
        if any(set(each) & set(one.classes) for one in found)
    ]
    if not parts:
        return Detections.none()
    boxes = np.concatenate([part.boxes for part in parts])
    scores = np.concatenate([part.scores for part in parts])
    classes = [name for part in parts for name in part.classes]
    order = np.argsort(-scores, kind="stable")
    return Detections(
        boxes=boxes[order], scores=scores[order], classes=tuple(classes[at] for at in order)
    )


def suppressed(boxes: Floats, scores: Floats, iou_threshold: float) -> Indices:
    """Which to keep, surest first: a box that overlaps a surer one too much goes."""
    if not len(boxes):
        return np.empty(0, dtype=np.int64)
    sizes = np.concatenate((boxes[:, :2], boxes[:, 2:] - boxes[:, :2]), axis=1)
    kept = cv2.dnn.NMSBoxes(sizes.tolist(), scores.tolist(), 0.0, iou_threshold)
    return np.asarray(kept, dtype=np.int64).reshape(-1)


def _group(
    group: tuple[ObjectClass, ...], found: Sequence[Found], *, floor: float, iou_threshold: float
) -> Detections:
    boxes, scores, labels = [], [], []
    for one in found:
        columns = [at for at, name in enumerate(one.classes) if name in group]
        if not columns or not len(one.boxes):
            continue
        own = one.scores[:, columns]
        total = np.minimum(own.sum(axis=1), 1.0)
        keep = np.flatnonzero(total >= floor)
        boxes.append(one.boxes[keep])
        scores.append(total[keep])
        names = [one.classes[at] for at in columns]
        labels += [names[at] for at in own[keep].argmax(axis=1)]
    if not labels:
        return Detections.none()
    box, score = np.concatenate(boxes), np.concatenate(scores)
    surest = np.argsort(-score, kind="stable")[:MOST_PER_GROUP]
    kept = surest[suppressed(box[surest], score[surest], iou_threshold)]
    return Detections(boxes=box[kept], scores=score[kept], classes=tuple(labels[at] for at in kept))
