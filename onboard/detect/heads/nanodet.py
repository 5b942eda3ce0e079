"""NanoDet's heads: class scores, and each side's distance as a distribution over 0..m strides.

Source: RangiLyu/nanodet, `gfl_head.py`, `nanodet_plus_head.py` and its C++ demos. NanoDet has two
outputs a stride (scores, distances) and measures from a cell's middle; NanoDet-Plus has one output
(1, cells, classes + 4 (m + 1)) over strides 8 to 64 and measures from the cell's corner. Scores
are probabilities already. BGR, with ImageNet's mean and deviation.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from onboard.detect.heads.head import (
    Candidates,
    Floats,
    Outputs,
    Preparation,
    Shapes,
    Tensor,
    above,
    cell_count,
    grid,
)

PREPARATION = Preparation(
    mean=(103.53, 116.28, 123.675), deviation=(57.375, 57.12, 58.395), padding=0
)
STRIDES = (8, 16, 32)
STRIDES_PLUS = (8, 16, 32, 64)
FEWEST_BINS = 2


@dataclass(frozen=True, slots=True)
class NanodetHead:
    """`outputs` are (scores, distances) by stride, the same name twice where both are in one."""

    name: str
    outputs: tuple[tuple[str, str], ...]
    strides: tuple[int, ...]
    class_count: int
    origin: float
    preparation: Preparation = PREPARATION
    any_size: bool = True

    def decode(
        self, outputs: Outputs, size_px: tuple[int, int], wanted: Sequence[int], floor: float
    ) -> Candidates:
        """Distances are the means of their distributions."""
        parts = [
            (_floats(outputs[scores]), _floats(outputs[sides])) for scores, sides in self.outputs
        ]
        score = np.concatenate([each[:, : self.class_count] for each, _ in parts])
        if self.outputs[0][0] == self.outputs[0][1]:
            sides = parts[0][1][:, self.class_count :]
        else:
            sides = np.concatenate([each for _, each in parts])
        keep, scores = above(score[:, list(wanted)], floor)
        places = grid(size_px, self.strides)[keep]
        middle = (places[:, :2] + self.origin) * places[:, 2:]
        reach = _means(sides[keep]) * places[:, 2:]
        return Candidates(
            np.concatenate((middle - reach[:, :2], middle + reach[:, 2:]), axis=1), scores
        )


def recognised_nanodet(
    outputs: Shapes, size_px: tuple[int, int], class_count: int
) -> NanodetHead | None:
    """By the number of cells and of numbers a cell."""
    if len(outputs) == 1:
        return _plus(outputs, size_px, class_count)
    return _first(outputs, size_px, class_count)


def _plus(outputs: Shapes, size_px: tuple[int, int], class_count: int) -> NanodetHead | None:
    ((name, shape),) = outputs.items()
    if len(shape) != 3 or shape[:2] != (1, cell_count(size_px, STRIDES_PLUS)):
        return None
    if not _is_sides(shape[2] - class_count):
        return None
    return NanodetHead("NanoDet-Plus", ((name, name),), STRIDES_PLUS, class_count, 0.0)


def _first(outputs: Shapes, size_px: tuple[int, int], class_count: int) -> NanodetHead | None:
    pairs = []
    for stride in STRIDES:
        cells = cell_count(size_px, (stride,))
        here = {name: shape for name, shape in outputs.items() if shape[:2] == (1, cells)}
        scores = [name for name, shape in here.items() if shape[2:] == (class_count,)]
        sides = [name for name in here if name not in scores and _is_sides(here[name][-1])]
        if len(scores) != 1 or len(sides) != 1:
            return None
        pairs.append((scores[0], sides[0]))
    if len(outputs) != 2 * len(STRIDES):
        return None
    return NanodetHead("NanoDet", tuple(pairs), STRIDES, class_count, 0.5)


def _is_sides(numbers: int) -> bool:
    return numbers % 4 == 0 and numbers // 4 >= FEWEST_BINS


def _floats(output: object) -> Tensor:
    whole: Tensor = np.asarray(output, dtype=np.float32)
    return np.asarray(whole[0])


def _means(sides: Tensor) -> Floats:
    """Of (n, 4 (m + 1)) logits, the four mean distances (n, 4), in strides."""
    logits = sides.reshape(len(sides), 4, sides.shape[1] // 4).astype(np.float64)
    weights = np.exp(logits - logits.max(axis=2, keepdims=True))
    bins = np.arange(logits.shape[2])
    means: Floats = (weights * bins).sum(axis=2) / weights.sum(axis=2)
    return means
