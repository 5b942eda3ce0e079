"""What a detector finds in one image."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from onboard.detect.sight import Sight
from onboard.messages import ObjectClass
from onboard.source.frame import Image

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detections:
    """`boxes` (n, 4) left, top, right, bottom in pixels; `scores` (n,) 0..1; `classes` n long."""

    boxes: Array
    scores: Array
    classes: tuple[ObjectClass, ...]

    def __len__(self) -> int:
        return len(self.classes)

    @staticmethod
    def none() -> "Detections":
        """Nothing found."""
        return Detections(boxes=np.empty((0, 4)), scores=np.empty(0), classes=())


class Detector(Protocol):
    """Finds objects in an image (height, width, 3) BGR of eight bits.

    One that searches also takes a single channel, and more bits.
    """

    name: str

    def detect(self, image: Image, *, sight: Sight | None = None) -> Detections:
        """Everything found, whatever its score is above the detector's own lower limit."""
