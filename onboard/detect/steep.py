"""A second model for views from above, which networks that learnt from COCO hardly know.

Two things help: a network that knows more of shape (NanoDet-Plus finds what YOLOX-nano does not),
and a small input, on which a car is as large as COCO's cars are, however near it is. The picture is
shown upright and turned half way round, since lights and shadows that come from below are strange
to a network, and from above nothing says which way is up.
"""

import math
from collections.abc import Sequence

import numpy as np

from onboard.detect.merging import Found, merged
from onboard.detect.model import Model
from onboard.detect.sight import Sight
from onboard.source.frame import Image

CAR_M = 4.5
# How long a car is on the input at which it is found best, and what is used where none can tell.
CAR_PX = 70.0
USUAL_WIDTH_PX = 416
STEP_PX = 32
FEWEST_PX, MOST_PX = 224, 960
SURE = 0.3
FEW = 3
# Of what it sees where nobody told that the view is steep, and how large that must be on its input.
LEAST_UNKNOWN = 0.1
OF_SUM = 0.4
LEAST_PX = 20.0


class SteepView:
    """Adds what the second model sees; its scores stand as they are."""

    def __init__(self, model: Model) -> None:
        self.name = model.name
        self._model = model

    def wanted(self, sight: Sight | None, seen: Sequence[Found]) -> bool:
        """Where the camera looks steeply down; if none can tell, where hardly anything is sure."""
        if sight is not None:
            return sight.steep
        return bool(seen) and len(merged(seen, floor=SURE, iou_threshold=0.5)) < FEW

    def seen(self, picture: Image, sight: Sight | None, floor: float) -> list[Found]:
        """Two passes, the second with the picture turned half way round."""
        height_px, width_px = picture.shape[:2]
        size_px = self._model.only_size_px or _size(width_px, height_px, sight)
        # A group's score is the sum of its classes': each of them may be less than the floor.
        least = OF_SUM * floor if sight is not None else max(OF_SUM * floor, LEAST_UNKNOWN)
        upright = self._model.candidates(picture, size_px, least)
        turned = self._model.candidates(np.ascontiguousarray(picture[::-1, ::-1]), size_px, least)
        back = np.array([width_px, height_px, width_px, height_px]) - turned.boxes[:, [2, 3, 0, 1]]
        classes, scale = self._model.classes, size_px[0] / width_px
        return [
            _large(Found(upright.boxes, upright.scores, classes), scale),
            _large(Found(back, turned.scores, classes), scale),
        ]


def _large(found: Found, scale: float) -> Found:
    """Without what is too small on the input to be told from the ground."""
    areas = np.prod(np.maximum(found.boxes[:, 2:] - found.boxes[:, :2], 0.0), axis=1)
    keep = np.sqrt(areas) * scale >= LEAST_PX
    return Found(found.boxes[keep], found.scores[keep], found.classes)


def _size(width_px: int, height_px: int, sight: Sight | None) -> tuple[int, int]:
    """The input at which a car has its best length."""
    wide = float(USUAL_WIDTH_PX)
    if sight is not None:
        wide = width_px * CAR_PX / (CAR_M / sight.gsd_m_px)
    columns = round(min(max(wide, FEWEST_PX), MOST_PX) / STEP_PX)
    rows = max(1, math.ceil(height_px * columns / width_px - 0.01))
    return columns * STEP_PX, rows * STEP_PX
