"""Small bright spots in a dark picture, and hot ones in a thermal camera's, beside a detector.

A spot stands out from what is around it by so many times the picture's own noise, and by a least
contrast. It has no shape to know it by: what it is, is for a rule to judge by place and duration,
and one within the box of something that the detector knows (a person, a car) is a part of that.
"""

import cv2
import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from onboard.detect.detections import Detections, Detector
from onboard.detect.sight import Sight
from onboard.messages import ObjectClass
from onboard.source.frame import Image

Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]
# The background is taken from a picture this much smaller.
COARSER = 8
# Of a normal variable's median absolute deviation.
SIGMA_OF_MAD = 1.4826


class SpotSettings(BaseModel):
    """A spot is `min_contrast` above its surroundings, and `noises` times the picture's noise.

    Contrast is a share of 255, or of the span of a thermal sensor's picture with more bits. A
    picture is dark whose median is below `dark_share`. A spot has `min_px` and is no wider or
    higher than `max_side_share` of the picture's width. One whose middle is in a box with a score
    of `known_score` is a part of what is in it. Of more than `most`, the brightest are told.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_contrast: float = Field(default=0.3, gt=0, lt=1)
    noises: float = Field(default=10.0, gt=0)
    dark_share: float = Field(default=0.18, gt=0, lt=1)
    min_px: int = Field(default=3, ge=1)
    max_side_share: float = Field(default=0.05, gt=0, le=1)
    known_score: float = Field(default=0.3, ge=0, le=1)
    most: int = Field(default=40, ge=1)


class SpotDetector:
    """What another detector finds, and spots beside that."""

    def __init__(self, detector: Detector, settings: SpotSettings | None = None) -> None:
        self._detector = detector
        self._settings = settings or SpotSettings()
        self.name = f"{detector.name} and spots"

    def detect(self, image: Image, *, sight: Sight | None = None) -> Detections:
        """Everything found."""
        found = self._detector.detect(image, sight=sight)
        spots = spots_in(image, self._settings)
        new = _unexplained(spots, found, self._settings.known_score)
        return Detections(
            boxes=np.concatenate((found.boxes, spots.boxes[new])),
            scores=np.concatenate((found.scores, spots.scores[new])),
            classes=(*found.classes, *(spots.classes[index] for index in new.tolist())),
        )


def spots_in(image: npt.NDArray[np.generic], settings: SpotSettings) -> Detections:
    """The spots of one picture, the brightest first; none in a picture of the day.

    A score is 0.5 for what just stands out enough, and 1 for three times that: no probability.
    """
    if min(image.shape[:2]) < 2 * COARSER:
        return Detections.none()
    level, thermal = _level(image)
    if not thermal and float(np.median(level[::8, ::8])) >= 255.0 * settings.dark_share:
        return Detections.none()
    background = _background(level)
    apart = cv2.absdiff(level[::4, ::4], background[::4, ::4])
    noise = SIGMA_OF_MAD * float(np.median(apart))
    least = max(255.0 * settings.min_contrast, settings.noises * noise)
    boxes, peaks = _spots(np.asarray(cv2.subtract(level, background)), least, settings)
    order = np.argsort(-peaks, kind="stable")[: settings.most]
    name = ObjectClass.HOT_SPOT if thermal else ObjectClass.LIGHT
    return Detections(
        boxes=boxes[order],
        scores=np.clip(0.25 + 0.25 * peaks[order] / least, 0.0, 1.0),
        classes=(name,) * len(order),
    )


def _level(image: npt.NDArray[np.generic]) -> tuple[Bytes, bool]:
    """A picture's brightness, and whether it is thermal: one channel, or grey."""
    if image.ndim == 3 and image.shape[2] >= 3:
        few = image[::16, ::16]
        grey = bool(np.array_equal(few[..., :1].repeat(3, axis=2), few[..., :3]))
        blue, green, red = (image[..., channel] for channel in range(3))
        flat = blue if grey else np.maximum(np.maximum(blue, green), red)
    else:
        flat, grey = image.reshape(image.shape[:2]), True
    if flat.dtype == np.uint8:
        return np.ascontiguousarray(flat, dtype=np.uint8), grey
    level = np.nan_to_num(np.asarray(flat, dtype=np.float32))
    span = max(float(level.max() - level.min()), 1e-6)
    return np.asarray((level - level.min()) * (255.0 / span), dtype=np.uint8), grey


def _background(level: Bytes) -> Bytes:
    """What is around each pixel, without what is small."""
    rows, columns = level.shape
    size = (columns // COARSER, rows // COARSER)
    around = cv2.medianBlur(cv2.resize(level, size, interpolation=cv2.INTER_AREA), 5)
    whole = cv2.resize(around, (columns, rows), interpolation=cv2.INTER_LINEAR)
    return np.asarray(whole, dtype=np.uint8)


def _spots(above: Bytes, least: float, settings: SpotSettings) -> tuple[Floats, Floats]:
    """Boxes (n, 4) of what stands out, and the peak of each (n,)."""
    _, mask = cv2.threshold(above, int(least), 1, cv2.THRESH_BINARY)
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    widest = settings.max_side_share * above.shape[1]
    boxes, peaks = [], []
    for left, top, width, height, area in stats[1:count].tolist():
        if area < settings.min_px or max(width, height) > widest:
            continue
        boxes.append((left, top, left + width, top + height))
        peaks.append(float(above[top : top + height, left : left + width].max()))
    return np.array(boxes, dtype=np.float64).reshape(-1, 4), np.array(peaks, dtype=np.float64)


def _unexplained(spots: Detections, found: Detections, score: float) -> npt.NDArray[np.int64]:
    """The indices of the spots whose middle is in no sure box."""
    known = found.boxes[found.scores >= score]
    middles = (spots.boxes[:, :2] + spots.boxes[:, 2:]) / 2.0
    after = np.asarray(middles[:, None] >= known[None, :, :2]).all(axis=2)
    before = np.asarray(middles[:, None] <= known[None, :, 2:]).all(axis=2)
    return np.flatnonzero(~np.asarray(after & before).any(axis=1))
