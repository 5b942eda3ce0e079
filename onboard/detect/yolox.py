"""The YOLOX head: grid decoding, letterbox and non-maximum suppression. No runtime in here.

Source: Ge et al., "YOLOX", arXiv 2107.08430, and its demo `demo_postprocess` and `preproc`: BGR
0..255 as it is, the picture at the upper left and 114 beside it. The network gives (1, n, 5 + c):
box middle and size relative to a grid cell, objectness, and c class scores.
"""

import math
from collections.abc import Mapping
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from onboard.detect.detections import Array, Detections
from onboard.messages import ObjectClass
from onboard.source.frame import Image

STRIDES = (8, 16, 32)
PADDING = 114
Tensor = npt.NDArray[np.float32]


def cell_count(width_px: int, height_px: int) -> int:
    """How many grid cells all strides have together."""
    return sum((width_px // stride) * (height_px // stride) for stride in STRIDES)


def letterboxed(image: Image, width_px: int, height_px: int) -> tuple[Tensor, float]:
    """The network's input (1, 3, height, width), and how many of its pixels one of the image is."""
    rows, columns = image.shape[:2]
    scale = min(width_px / columns, height_px / rows)
    size = (round(columns * scale), round(rows * scale))
    way = cv2.INTER_AREA if scale < 0.75 else cv2.INTER_LINEAR
    resized = image if size == (columns, rows) else cv2.resize(image, size, interpolation=way)
    padded = np.full((height_px, width_px, 3), PADDING, dtype=np.uint8)
    padded[: size[1], : size[0]] = resized
    tensor: Tensor = np.ascontiguousarray(padded.transpose(2, 0, 1)[None], dtype=np.float32)
    return tensor, scale


def decode(
    output: Tensor,
    *,
    width_px: int,
    height_px: int,
    scale: float,
    score_threshold: float,
    iou_threshold: float,
    classes: Mapping[int, ObjectClass],
) -> Detections:
    """Detections in the image's own pixels, from the network's output (n, 5 + c)."""
    wanted = sorted(classes)
    scores = output[:, 4:5] * output[:, 5:][:, wanted]
    best = scores.argmax(axis=1)
    score = scores[np.arange(len(scores)), best]
    keep = np.flatnonzero(score >= score_threshold)
    boxes = _boxes(output[keep], _grid(width_px, height_px)[keep]) / scale
    kept = _suppressed(boxes, score[keep], best[keep], iou_threshold)
    return Detections(
        boxes=boxes[kept],
        scores=score[keep][kept].astype(np.float64),
        classes=tuple(classes[wanted[index]] for index in best[keep][kept]),
    )


def _boxes(cells: Tensor, grid: Array) -> Array:
    middle = (cells[:, :2] + grid[:, :2]) * grid[:, 2:]
    half = np.exp(np.minimum(cells[:, 2:4], 10.0)) * grid[:, 2:] / 2.0
    return np.concatenate((middle - half, middle + half), axis=1).astype(np.float64)


@lru_cache(maxsize=4)
def _grid(width_px: int, height_px: int) -> Array:
    """Column, row and stride of every cell, (n, 3), in the order of the network's output."""
    parts = []
    for stride in STRIDES:
        rows, columns = np.mgrid[: height_px // stride, : width_px // stride]
        strides = np.full(rows.size, stride)
        parts.append(np.stack((columns.ravel(), rows.ravel(), strides), axis=1))
    return np.concatenate(parts).astype(np.float64)


def _suppressed(
    boxes: Array, scores: Tensor, labels: npt.NDArray[np.int64], iou_threshold: float
) -> npt.NDArray[np.int64]:
    """Indices to keep: within a class, a box that overlaps a surer one too much goes."""
    if not len(boxes):
        return np.empty(0, dtype=np.int64)
    span = math.ceil(float(boxes.max() - min(0.0, float(boxes.min())))) + 1.0
    # Moving each class to a place of its own makes one pass serve all classes.
    apart = boxes + (labels * span)[:, None]
    sizes = np.concatenate((apart[:, :2], apart[:, 2:] - apart[:, :2]), axis=1)
    kept = cv2.dnn.NMSBoxes(sizes.tolist(), scores.tolist(), 0.0, iou_threshold)
    return np.asarray(kept, dtype=np.int64).reshape(-1)
