"""A detector for the simulated world only: it knows by which colours the simulation paints things.

It is no vision: in a real picture it finds coloured patches, and nothing that may be relied on. It
stands where a real model stands, so that all that follows can run on a machine without one.

The facts about the palette, in OpenCV's HSV: what is no object stays below a saturation of about 95
after noise and JPEG; an object's main surface is above 110, and its hue tells its class (the bands
below). Shading changes the value only. Windows, heads and white patches are unsaturated.
"""

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from onboard.detect.detections import Array, Detections
from onboard.detect.person_scale import PersonScale
from onboard.detect.sight import Sight
from onboard.detect.splitting import joined, split
from onboard.messages import ObjectClass
from onboard.source.frame import Image

Mask = npt.NDArray[np.uint8]

MIN_SATURATION = 108
MIN_CHROMA = 20.0
SMALLEST_PX = 9
PURE_SHARE = 0.95
SCORE = 0.9
PERSON, CATTLE, BUS, TRUCK, CAR, BOAT = range(1, 7)


class _Band(NamedTuple):
    """A class's hues, how many pixels the least object has, and how wide a gap one may have."""

    object_class: ObjectClass
    hues: tuple[tuple[int, int], ...]
    min_area_px: int
    gap_px: float


BANDS = {
    PERSON: _Band(ObjectClass.PERSON, ((148, 179), (0, 2)), 9, -1.0),
    CATTLE: _Band(ObjectClass.CATTLE, ((4, 19),), 14, -1.0),
    BUS: _Band(ObjectClass.BUS, ((23, 36),), 60, 6.0),
    TRUCK: _Band(ObjectClass.TRUCK, ((58, 87),), 50, 6.0),
    CAR: _Band(ObjectClass.CAR, ((90, 126),), 24, 4.0),
    BOAT: _Band(ObjectClass.BOAT, ((127, 146),), 24, 4.0),
}


def _code_of_hue() -> Mask:
    table = np.zeros(256, dtype=np.uint8)
    for code, band in BANDS.items():
        for low, high in band.hues:
            table[low : high + 1] = code
    return table


CODE_OF_HUE = _code_of_hue()
# The least saturation at each value that is colour and not noise in a dark place.
MIN_SATURATION_AT_VALUE = np.clip(
    np.maximum(MIN_SATURATION, 255.0 * MIN_CHROMA / np.maximum(np.arange(256), 1)), 0, 255
).astype(np.uint8)


class _Patch(NamedTuple):
    """Pixels of one class that hang together: their box and a mask of it."""

    left: int
    top: int
    mask: npt.NDArray[np.bool_]
    area_px: int

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom."""
        height, width = self.mask.shape
        return self.left, self.top, self.left + width, self.top + height


class _Scratch:
    """Pictures that are written anew each frame: fresh ones cost more than the work itself."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape = shape
        self._hsv = np.empty((*shape, 3), dtype=np.uint8)
        self._planes = [np.empty(shape, dtype=np.uint8) for _ in range(3)]
        self._coloured = np.empty(shape, dtype=np.uint8)

    def codes_of(self, image: Image) -> Mask:
        """Each pixel's class code, 0 where it is of none."""
        cv2.cvtColor(image, cv2.COLOR_BGR2HSV, self._hsv)
        hue, saturation, value = self._planes
        cv2.split(self._hsv, self._planes)
        cv2.LUT(value, MIN_SATURATION_AT_VALUE, value)
        cv2.compare(saturation, value, cv2.CMP_GE, self._coloured)
        cv2.LUT(hue, CODE_OF_HUE, hue)
        return np.asarray(cv2.bitwise_and(hue, self._coloured, self._coloured), dtype=np.uint8)


class SimulatedWorldDetector:
    """Finds the simulation's people, vehicles, boats and livestock by their colour.

    It keeps a running estimate of how large a person is in the picture, to count people who touch.
    """

    name = "simulated-world"

    def __init__(self) -> None:
        self._person_scale = PersonScale()
        self._scratch = _Scratch((0, 0))

    def detect(self, image: Image, *, sight: Sight | None = None) -> Detections:
        """Objects with their boxes; every score is the same, since a colour is there or not."""
        if self._scratch.shape != image.shape[:2]:
            self._scratch = _Scratch(image.shape[:2])
        patches: dict[int, list[_Patch]] = {code: [] for code in BANDS}
        for code, patch in _patches(self._scratch.codes_of(image)):
            patches[code].append(patch)
        boxes = [self._boxes(code, found) for code, found in patches.items() if found]
        if not boxes:
            return Detections.none()
        numbers = [(code, len(found)) for code, found in zip(_present(patches), boxes, strict=True)]
        classes = tuple(BANDS[code].object_class for code, count in numbers for _ in range(count))
        return Detections(
            boxes=np.concatenate(boxes), scores=np.full(len(classes), SCORE), classes=classes
        )

    def _boxes(self, code: int, patches: list[_Patch]) -> Array:
        if code == PERSON:
            return self._people(patches)
        boxes = np.array([patch.box for patch in patches], dtype=np.float64)
        return joined(boxes, BANDS[code].gap_px) if BANDS[code].gap_px >= 0.0 else boxes

    def _people(self, patches: list[_Patch]) -> Array:
        """A patch as large as several people is split into as many."""
        rows = np.array([patch.top + patch.mask.shape[0] / 2.0 for patch in patches])
        areas = np.array([patch.area_px for patch in patches], dtype=np.float64)
        parts = []
        for patch, number in zip(patches, self._person_scale.counts(rows, areas), strict=True):
            if number <= 1:
                parts.append(np.array([patch.box], dtype=np.float64))
            else:
                offset = (patch.left, patch.top, patch.left, patch.top)
                parts.append(split(patch.mask, int(number)) + offset)
        return np.concatenate(parts)


def _present(patches: dict[int, list[_Patch]]) -> list[int]:
    return [code for code, found in patches.items() if found]


def _patches(codes: Mask) -> Iterator[tuple[int, _Patch]]:
    """Every patch with its class; where two classes touch, each is cut out by itself."""
    for left, top, width, height in _rectangles(codes):
        if width * height < SMALLEST_PX:
            continue
        crop = codes[top : top + height, left : left + width]
        counts = np.bincount(crop.ravel(), minlength=len(BANDS) + 1)[1:]
        total, code = int(counts.sum()), int(counts.argmax()) + 1
        if counts[code - 1] >= PURE_SHARE * total:
            yield from _patch(crop == code, code, left, top)
            continue
        for each in (np.flatnonzero(counts) + 1).tolist():
            mask = np.asarray(crop == each)
            for x, y, w, h in _rectangles(mask.astype(np.uint8)):
                yield from _patch(mask[y : y + h, x : x + w], each, left + x, top + y)


def _patch(
    mask: npt.NDArray[np.bool_], code: int, left: int, top: int
) -> Iterator[tuple[int, _Patch]]:
    area = int(np.count_nonzero(mask))
    if area >= BANDS[code].min_area_px:
        yield code, _Patch(left, top, mask, area)


def _rectangles(mask: Mask) -> list[tuple[int, int, int, int]]:
    """Left, top, width, height of every patch of pixels that are not zero."""
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return [(x, y, w, h) for x, y, w, h in map(cv2.boundingRect, outlines)]
