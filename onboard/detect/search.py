"""Searches a picture with a model within a budget of CPU time.

The whole picture is seen at every frame. What is left of the budget goes to the part of it where
most is to be found by looking closer, and to a second model where the camera looks steeply down.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from onboard.detect.detections import Detections
from onboard.detect.merging import Found, merged
from onboard.detect.model import Model
from onboard.detect.picture import three_channels
from onboard.detect.sight import Sight
from onboard.detect.steep import SteepView
from onboard.detect.views import View, best_part, whole_view
from onboard.source.frame import Image

MEASURED_AT_PX = (416, 256)
# What was nearly nothing is no reason to look closer, and what is sure need not be seen again.
FAINTEST = 0.03
PERSON_PX = 20.0
# Beside the least: a person who sits, and a ground that is not as flat as was taken.
ROOM = 1.25
LEAST_SCALE, MOST_ENLARGED = 0.2, 2.0
EDGE_PX = 2.0
MEMORY = 0.9
SAVED_FRAMES = 4.0
# How fast a debt is paid, what a frame gets at least, and what the second model leaves.
DEBT_SHARE, LEAST_SHARE, BESIDE_STEEP = 0.25, 0.3, 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSettings:
    """`budget_s` is CPU seconds a frame on average; None: one pass at `size_px` or the model's own.

    `whole_share` is how much of the budget the pass over the whole picture gets; the rest goes to a
    part of it. On AU-AIR's frames the whole picture is worth more than any part, hence all of it.
    """

    budget_s: float | None = None
    size_px: tuple[int, int] | None = None
    score_floor: float = 0.1
    iou_threshold: float = 0.5
    whole_share: float = 1.0


class Search:
    """A detector of one model, with a second for steep views where there is one.

    Raises:
        BadInput: a model does not run at a size that is wanted.
    """

    def __init__(
        self, model: Model, settings: SearchSettings, *, steep: SteepView | None = None
    ) -> None:
        self.name = model.name if steep is None else f"{model.name} + {steep.name}"
        self._model, self._settings, self._steep = model, settings, steep
        self._saved_s = 0.0
        self._beside_s = 0.0
        self._network_s = 0.0
        self._s_per_px = 0.0
        if settings.budget_s is not None and model.only_size_px is None:
            width_px, height_px = MEASURED_AT_PX
            self._s_per_px = model.cpu_s(MEASURED_AT_PX) / (width_px * height_px)

    def detect(self, image: Image, *, sight: Sight | None = None) -> Detections:
        """Objects of the mapped classes, surest first."""
        began_s = time.thread_time()
        picture = three_channels(image)
        self._network_s = 0.0
        found = self._searched(picture, sight)
        settings = self._settings
        detections = merged(found, floor=settings.score_floor, iou_threshold=settings.iou_threshold)
        if settings.budget_s is not None:
            spent_s = (time.thread_time() - began_s) * self._model.threads
            self._account(spent_s, settings.budget_s)
        return detections

    def _searched(self, picture: Image, sight: Sight | None) -> list[Found]:
        size_px = (picture.shape[1], picture.shape[0])
        model, budget_s = self._model, self._settings.budget_s
        if budget_s is None or model.only_size_px is not None:
            found = [self._seen(picture, View((0, 0, *size_px), self._one_size()))]
            return found + self._from_above(picture, sight, found)
        debt_s = DEBT_SHARE * max(0.0, -self._saved_s)
        pixels = max(budget_s - self._beside_s - debt_s, LEAST_SHARE * budget_s) / self._s_per_px
        if self._steep is not None and sight is not None and sight.steep:
            pixels *= BESIDE_STEEP
        first = whole_view(size_px, pixels * self._settings.whole_share, self._scale(sight))
        found = [self._seen(picture, first)]
        steep = self._from_above(picture, sight, found)
        if steep:
            return found + steep
        rest = pixels - first.pixels + self._saved_s / self._s_per_px
        return found + self._closer(picture, first, found[0], rest, self._scale(sight))

    def _one_size(self) -> tuple[int, int]:
        size_px = self._model.only_size_px or self._settings.size_px or self._model.own_size_px
        return size_px or MEASURED_AT_PX

    def _scale(self, sight: Sight | None) -> float:
        """How large the whole picture is shown at most: people need no more than so many pixels."""
        if sight is None:
            return MOST_ENLARGED
        wanted = ROOM * PERSON_PX / max(sight.person_px(0.0), 1e-3)
        return float(np.clip(wanted, LEAST_SCALE, MOST_ENLARGED))

    def _closer(
        self, picture: Image, first: View, seen: Found, rest: float, largest_scale: float
    ) -> list[Found]:
        size_px = (picture.shape[1], picture.shape[0])
        scores = np.minimum(seen.scores.sum(axis=1), 1.0) if len(seen.scores) else np.empty(0)
        faint = scores >= FAINTEST
        chances = np.sqrt(scores[faint]) * (1.0 - scores[faint])
        scale = first.size_px[0] / size_px[0]
        promise = best_part(size_px, scale, seen.boxes[faint], chances, rest, largest_scale)
        if promise is None or promise.finds <= 0.0:
            return []
        return [self._seen(picture, promise.view)]

    def _from_above(
        self, picture: Image, sight: Sight | None, seen: Sequence[Found]
    ) -> list[Found]:
        """What the second model sees, where it is wanted."""
        if self._steep is None or not self._steep.wanted(sight, seen):
            return []
        return self._steep.seen(picture, sight, self._settings.score_floor)

    def _seen(self, picture: Image, view: View) -> Found:
        left, top, right, bottom = view.box
        began_s = time.thread_time()
        floor = min(self._settings.score_floor, FAINTEST)
        found = self._model.candidates(picture[top:bottom, left:right], view.size_px, floor)
        took_s = (time.thread_time() - began_s) * self._model.threads
        self._network_s += took_s
        if self._s_per_px:
            self._s_per_px = MEMORY * self._s_per_px + (1.0 - MEMORY) * took_s / view.pixels
        boxes = found.boxes + np.array([left, top, left, top])
        return _uncut(
            Found(boxes, found.scores, self._model.classes),
            view.box,
            (picture.shape[1], picture.shape[0]),
        )

    def _account(self, spent_s: float, budget_s: float) -> None:
        """What one frame saves another may spend; what is not the network's is set aside."""
        beside_s = spent_s - self._network_s
        self._beside_s = MEMORY * self._beside_s + (1.0 - MEMORY) * beside_s
        room_s = SAVED_FRAMES * budget_s
        self._saved_s = float(np.clip(self._saved_s + budget_s - spent_s, -room_s, room_s))


def _uncut(found: Found, box: tuple[int, int, int, int], picture_px: tuple[int, int]) -> Found:
    """Without those that a view's edge cuts, unless it is the picture's edge too."""
    inner = [
        -math.inf if box[0] <= 0 else box[0] + EDGE_PX,
        -math.inf if box[1] <= 0 else box[1] + EDGE_PX,
        math.inf if box[2] >= picture_px[0] else box[2] - EDGE_PX,
        math.inf if box[3] >= picture_px[1] else box[3] - EDGE_PX,
    ]
    low, high = found.boxes[:, :2], found.boxes[:, 2:]
    whole = (low > inner[:2]).all(axis=1) & (high < inner[2:]).all(axis=1)
    return Found(found.boxes[whole], found.scores[whole], found.classes)
