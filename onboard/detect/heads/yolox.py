"""The YOLOX head: (1, cells, 5 + classes), box in cells and as logarithm, objectness, classes.

Source: Ge et al., "YOLOX", arXiv 2107.08430, and its demo `demo_postprocess` and `preproc`: BGR
0..255 as it is, the picture at the upper left and 114 beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from onboard.detect.heads.head import (
    Candidates,
    Outputs,
    Preparation,
    Shapes,
    above,
    cell_count,
    grid,
)

STRIDES = (8, 16, 32)
AS_IT_IS = Preparation()
LARGEST_LOGARITHM = 10.0


@dataclass(frozen=True, slots=True)
class YoloxHead:
    """`output` is the name of the one output."""

    output: str
    name: str = "YOLOX"
    preparation: Preparation = AS_IT_IS
    any_size: bool = True

    def decode(
        self, outputs: Outputs, size_px: tuple[int, int], wanted: Sequence[int], floor: float
    ) -> Candidates:
        """Score is objectness times class."""
        cells = np.asarray(outputs[self.output][0], dtype=np.float32)
        sure = np.flatnonzero(cells[:, 4] >= floor)
        columns = 5 + np.asarray(wanted)
        keep, scores = above(cells[sure, 4:5] * cells[np.ix_(sure, columns)], floor)
        kept, places = cells[sure[keep]], grid(size_px, STRIDES)[sure[keep]]
        middle = (kept[:, :2] + places[:, :2]) * places[:, 2:]
        half = np.exp(np.minimum(kept[:, 2:4], LARGEST_LOGARITHM)) * places[:, 2:] / 2.0
        return Candidates(np.concatenate((middle - half, middle + half), axis=1), scores)


def recognised_yolox(
    outputs: Shapes, size_px: tuple[int, int], class_count: int
) -> YoloxHead | None:
    """One output with a cell for each of strides 8, 16 and 32."""
    expected = (1, cell_count(size_px, STRIDES), 5 + class_count)
    for name, shape in outputs.items():
        if len(outputs) == 1 and shape == expected:
            return YoloxHead(name)
    return None
