"""What every family of detection heads has in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Tensor = npt.NDArray[np.float32]
Outputs = Mapping[str, npt.NDArray[np.generic]]
Shapes = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """How a picture (BGR, 0..255) becomes the network's input: (x - mean) / deviation a channel.

    Stretched, a picture fills the input whatever its shape; else it keeps its shape in the upper
    left and `padding` lies beside it.
    """

    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    deviation: tuple[float, float, float] = (1.0, 1.0, 1.0)
    rgb: bool = False
    stretched: bool = False
    padding: int = 114


@dataclass(frozen=True, slots=True)
class Candidates:
    """Boxes (n, 4) left, top, right, bottom in pixels; scores (n, k) of the wanted classes."""

    boxes: Floats
    scores: Floats


class Head(Protocol):
    """One family's outputs."""

    @property
    def name(self) -> str:
        """What people call the family."""

    @property
    def any_size(self) -> bool:
        """Whether such a network may be run at another size than it was exported for."""

    @property
    def preparation(self) -> Preparation:
        """What its networks were trained to be shown."""

    def decode(
        self, outputs: Outputs, size_px: tuple[int, int], wanted: Sequence[int], floor: float
    ) -> Candidates:
        """Those whose best wanted score is at least the floor, in the input's pixels."""


def cell_count(size_px: tuple[int, int], strides: Sequence[int]) -> int:
    """How many grid cells all strides have together; a part of a cell counts as one."""
    width_px, height_px = size_px
    return sum(-(-width_px // stride) * -(-height_px // stride) for stride in strides)


@lru_cache(maxsize=16)
def grid(size_px: tuple[int, int], strides: tuple[int, ...]) -> Floats:
    """Column, row and stride of every cell, (n, 3), stride by stride and row by row."""
    width_px, height_px = size_px
    parts = []
    for stride in strides:
        rows, columns = np.mgrid[: -(-height_px // stride), : -(-width_px // stride)]
        cells = (columns.ravel(), rows.ravel(), np.full(rows.size, stride))
        parts.append(np.stack(cells, axis=1))
    return np.concatenate(parts).astype(np.float64)


def above(scores: Tensor, floor: float) -> tuple[npt.NDArray[np.int64], Floats]:
    """Which rows of scores (n, k) hold one that is at least the floor, and those rows."""
    keep = np.flatnonzero(scores.max(axis=1) >= floor) if scores.size else np.empty(0, np.int64)
    return keep, scores[keep].astype(np.float64)
