"""The heads of RT-DETR, D-FINE and their kin: a fixed number of queries, no grid.

Two ways of export are known. The authors' own (lyuwenyu/RT-DETR and Peterande/D-FINE,
`tools/.../export_onnx.py`) takes `orig_target_sizes` beside the picture and gives `labels`, `boxes`
and `scores`: it is told the input's own size, so that its boxes are in the input's pixels. That of
Hugging Face's transformers gives `logits` (1, queries, classes) and `pred_boxes` (1, queries, 4) as
middle and size relative to the picture. RGB, 0..1, stretched to the input.
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
)

PREPARATION = Preparation(deviation=(255.0, 255.0, 255.0), rgb=True, stretched=True)
OF_AUTHORS = {"labels", "boxes", "scores"}
OF_TRANSFORMERS = {"logits", "pred_boxes"}


@dataclass(frozen=True, slots=True)
class LabelledHead:
    """Labels, boxes and scores, chosen by the network's own last step."""

    name: str = "RT-DETR"
    preparation: Preparation = PREPARATION
    # Where its queries look is laid down for one size.
    any_size: bool = False

    def decode(
        self, outputs: Outputs, size_px: tuple[int, int], wanted: Sequence[int], floor: float
    ) -> Candidates:
        """A score for the one class of each query."""
        labels = np.asarray(outputs["labels"][0], dtype=np.int64)
        score = np.asarray(outputs["scores"][0], dtype=np.float32)
        own = labels[:, None] == np.asarray(wanted)[None]
        each: Tensor = (own * score[:, None]).astype(np.float32)
        keep, scores = above(each, floor)
        return Candidates(np.asarray(outputs["boxes"][0], dtype=np.float64)[keep], scores)


@dataclass(frozen=True, slots=True)
class QueryHead:
    """Class logits, and boxes relative to the picture."""

    name: str = "RT-DETR (transformers)"
    preparation: Preparation = PREPARATION
    any_size: bool = False

    def decode(
        self, outputs: Outputs, size_px: tuple[int, int], wanted: Sequence[int], floor: float
    ) -> Candidates:
        """Each class by its own sigmoid."""
        logits = np.asarray(outputs["logits"][0], dtype=np.float32)[:, list(wanted)]
        shares: Tensor = (1.0 / (1.0 + np.exp(-logits))).astype(np.float32)
        keep, scores = above(shares, floor)
        return Candidates(_corners(outputs["pred_boxes"], keep, size_px), scores)


def recognised_detr(
    outputs: Shapes, size_px: tuple[int, int], class_count: int
) -> LabelledHead | QueryHead | None:
    """By the outputs' names and shapes."""
    if set(outputs) == OF_AUTHORS:
        queries = outputs["labels"][1:2]
        fits = outputs["scores"] == (1, *queries) and outputs["boxes"] == (1, *queries, 4)
        return LabelledHead() if fits else None
    if set(outputs) == OF_TRANSFORMERS:
        queries = outputs["logits"][1:2]
        expected = {"logits": (1, *queries, class_count), "pred_boxes": (1, *queries, 4)}
        return QueryHead() if dict(outputs) == expected else None
    return None


def _corners(output: object, keep: object, size_px: tuple[int, int]) -> Floats:
    relative = np.asarray(output, dtype=np.float64)[0][keep]
    middle, half = relative[:, :2], relative[:, 2:] / 2.0
    corners = np.concatenate((middle - half, middle + half), axis=1)
    scaled: Floats = corners * np.array([*size_px, *size_px], dtype=np.float64)
    return scaled
