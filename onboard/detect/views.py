"""Where in a picture the pixels of a network's input are best spent.

A first, coarse pass over the whole picture shows where small things are. A part of it is then shown
to the network larger. Which part: the one that promises most finds for its cost, where what a thing
promises is how much likelier it is found when it is larger.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Size = tuple[int, int]

STEP_PX = 32
# Half of the things of this height (square root of the area) on the network's input are found, and
# the share grows from there on as a logistic of the size's logarithm: what small detectors trained
# on COCO do.
HALF_FOUND_PX = 17.0
STEEPNESS = 2.2
ENLARGEMENTS = (1.4, 1.8, 2.4, 3.0)
WIDTH_SHARES = (1.0, 0.75, 0.5, 0.375, 0.25)
CELLS = (64, 36)


@dataclass(frozen=True, slots=True)
class View:
    """A part of a picture (left, top, right, bottom; whole pixels) and the input it is shown at."""

    box: tuple[int, int, int, int]
    size_px: Size

    @property
    def pixels(self) -> int:
        """What it costs."""
        return self.size_px[0] * self.size_px[1]


@dataclass(frozen=True, slots=True)
class Promise:
    """A view, and how many finds more are expected of it."""

    view: View
    finds: float


def whole_view(picture_px: Size, pixels: float, largest_scale: float = 1.0) -> View:
    """The whole picture at about so many pixels, both sides multiples of 32, none enlarged more."""
    width_px, height_px = picture_px
    scale = min(largest_scale, math.sqrt(pixels / (width_px * height_px)))
    columns = max(1, round(width_px * scale / STEP_PX))
    rows = max(1, math.ceil(height_px * columns * STEP_PX / width_px / STEP_PX - 0.3))
    return View((0, 0, width_px, height_px), (columns * STEP_PX, rows * STEP_PX))


def best_part(
    picture_px: Size,
    scale: float,
    boxes: Floats,
    chances: Floats,
    pixels: float,
    largest_scale: float = 2.0,
) -> Promise | None:
    """The part to show larger at a cost of at most so many pixels; None where none promises.

    `boxes` (n, 4) are what the first pass at `scale` (input pixels per picture pixel) may have
    seen, `chances` (n,) how likely each is something that was not yet found for sure.
    """
    best: Promise | None = None
    sizes = np.sqrt(np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 1.0), axis=1)) * scale
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2.0
    for enlargement in ENLARGEMENTS:
        shown = scale * enlargement
        if shown > largest_scale:
            continue
        gains = chances * (_found(sizes * enlargement) - _found(sizes))
        density = _density(picture_px, middles, gains)
        for share in WIDTH_SHARES:
            promise = _placed(picture_px, density, shown, share, pixels)
            if promise is not None and (best is None or promise.finds > best.finds):
                best = promise
    return best


def _found(sizes: Floats) -> Floats:
    logarithm = np.log2(np.maximum(sizes, 0.5) / HALF_FOUND_PX)
    share: Floats = 1.0 / (1.0 + np.exp(-STEEPNESS * logarithm))
    return share


def _density(picture_px: Size, middles: Floats, gains: Floats) -> Floats:
    """Gains summed by cell and spread to the cells around: things stand together."""
    columns, rows = CELLS
    edges = (np.linspace(0, picture_px[1], rows + 1), np.linspace(0, picture_px[0], columns + 1))
    cells, _, _ = np.histogram2d(middles[:, 1], middles[:, 0], bins=edges, weights=gains)
    spread: Floats = np.asarray(cv2.GaussianBlur(cells, (0, 0), 1.5), dtype=np.float64)
    return spread


def _placed(
    picture_px: Size, density: Floats, shown: float, share: float, pixels: float
) -> Promise | None:
    """A part of a width, as high as the pixels allow, where it takes in most."""
    columns = int(picture_px[0] * share * shown / STEP_PX)
    rows = min(
        int(pixels / STEP_PX**2 / max(columns, 1)), math.ceil(picture_px[1] * shown / STEP_PX)
    )
    if columns < 4 or rows < 4:
        return None
    size_px = (columns * STEP_PX, rows * STEP_PX)
    part = (min(size_px[0] / shown, picture_px[0]), min(size_px[1] / shown, picture_px[1]))
    wide = max(1, min(CELLS[0], int(part[0] / picture_px[0] * CELLS[0])))
    high = max(1, min(CELLS[1], int(part[1] / picture_px[1] * CELLS[1])))
    sums = np.pad(density.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    inside = sums[high:, wide:] - sums[:-high, wide:] - sums[high:, :-wide] + sums[:-high, :-wide]
    row, column = np.unravel_index(int(inside.argmax()), inside.shape)
    left = min(round(float(column) / CELLS[0] * picture_px[0]), int(picture_px[0] - part[0]))
    top = min(round(float(row) / CELLS[1] * picture_px[1]), int(picture_px[1] - part[1]))
    box = (left, top, left + round(part[0]), top + round(part[1]))
    return Promise(View(box, size_px), float(inside.max()))
