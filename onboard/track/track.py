"""What is told of a followed object, and what of a sighting the tracker takes in."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from onboard.messages import ObjectClass

Array = npt.NDArray[np.float64]
# How much of the variance that a frame's objects share is another in the next frame: by poses
# alone, and where the picture kept them still.
UNSTEADY, STEADIED = 0.1, 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Detections of one frame that have a place on the ground.

    `en_m` (n, 2) in the tracker's plane; `own_m2` and `shared_m2` (n, 2, 2) covariances; `boxes`
    (n, 4) left, top, right, bottom in pixels; `scores` (n,). Of the shared variance `unsteady` is
    another in each frame. `sizes_m` (n, 2) are the widths and
    heights of the boxes, brought to metres by each one's distance, where that is known.
    """

    en_m: Array
    own_m2: Array
    shared_m2: Array
    scores: Array
    classes: tuple[ObjectClass, ...]
    boxes: Array
    sizes_m: Array | None = None
    unsteady: float = UNSTEADY

    def steadied(self, steady: Callable[[Array], Array]) -> "Placed":
        """The same, kept still by what the picture shows."""
        return replace(self, en_m=steady(self.en_m), unsteady=STEADIED)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Track:
    """One followed object after a frame.

    `en_m` (2,) and `velocity_en_m_s` (2,) in the tracker's plane; `covariance_m2` (2, 2) of the
    place, what the frame's objects share included, and `own_m2` without it; `box` is its box in
    this frame, or None where it was not seen in it. `size_m` is the width and height of its boxes
    of late, brought to metres by its distance, where that is known.
    """

    track_id: int
    object_class: ObjectClass
    confidence: float
    en_m: Array
    velocity_en_m_s: Array
    covariance_m2: Array
    own_m2: Array
    velocity_m2_s2: Array
    box: tuple[float, float, float, float] | None
    first_seen_s: float
    last_seen_s: float
    sightings: int
    size_m: tuple[float, float] | None = None

    @property
    def seen_now(self) -> bool:
        """Whether it was seen in the frame that this tells of."""
        return self.box is not None

    @property
    def speed_m_s(self) -> float:
        """Speed over the ground."""
        return math.hypot(*self.velocity_en_m_s.tolist())
