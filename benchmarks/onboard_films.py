"""Pictures for a camera on loopback: real drone frames where they are at hand, else drawn ones."""

import math
from collections.abc import Callable, Sequence

import cv2
import numpy as np

from benchmarks.evaluation_data import evaluation_data
from missions.errors import Failed
from onboard.source.decode import decoded

HELD_S = 1.5
ROAD_BGR, PERSON_BGR, CAR_BGR = (118, 130, 134), (150, 40, 210), (200, 90, 30)
STEPS = 15
# Width and height, and the colour that the simulated world's detector knows them by.
SORTS = (((6, 15), PERSON_BGR), ((6, 15), PERSON_BGR), ((26, 16), CAR_BGR))


def real_frames(count: int, width_px: int) -> list[bytes]:
    """So many of AU-AIR's frames, of all its flights, as JPEG, this wide.

    Raises:
        Failed: they are not at hand.
    """
    files = sorted(evaluation_data("data", "aerial", "auair").glob("*.jpg"))
    files = files[:: max(1, len(files) // count)][:count]
    images = [image for file in files if (image := decoded(file.read_bytes())) is not None]
    if not images:
        raise Failed("AU-AIR's frames cannot be read")
    height_px = round(width_px * images[0].shape[0] / images[0].shape[1])
    return [_jpeg(cv2.resize(each, (width_px, height_px))) for each in images]


def drawn_frames(count: int, width_px: int, height_px: int) -> list[bytes]:
    """A person of the simulated world's colour, every time elsewhere."""
    frames = []
    for number in range(count):
        image = np.full((height_px, width_px, 3), ROAD_BGR, dtype=np.uint8)
        left = width_px * (1 + number) // (count + 2)
        top = height_px // 2
        cv2.rectangle(image, (left, top), (left + 6, top + 15), PERSON_BGR, -1)
        frames.append(_jpeg(image))
    return frames


def crowded_frames(count: int, width_px: int, height_px: int) -> list[bytes]:
    """So many people and cars of the simulated world's colours that walk to and fro, in order."""
    columns = math.ceil(math.sqrt(count * width_px / height_px))
    rows = math.ceil(count / columns)
    frames = []
    for step in (*range(STEPS), *reversed(range(1, STEPS - 1))):
        image = np.full((height_px, width_px, 3), ROAD_BGR, dtype=np.uint8)
        for number in range(count):
            row, column = divmod(number, columns)
            left = width_px * (2 * column + 1) // (2 * columns) + (step if row % 2 else -step)
            top = height_px * (2 * row + 1) // (2 * rows)
            size_px, colour = SORTS[number % len(SORTS)]
            cv2.rectangle(image, (left, top), (left + size_px[0], top + size_px[1]), colour, -1)
        frames.append(_jpeg(image))
    return frames


def shown(frames: Sequence[bytes], rate_hz: float) -> Callable[[int], bytes]:
    """Each frame for a while, and after each one nothing: what comes next is found anew.

    No two pictures that are sent are the same bytes.
    """
    held = max(1, round(HELD_S * rate_hz))
    first = decoded(frames[0])
    assert first is not None
    nothing = _jpeg(np.full_like(first, 128))
    film = [each for frame in frames for each in (frame, nothing)]
    return lambda number: film[number // held % len(film)] + number.to_bytes(4, "big")


def _jpeg(image: cv2.typing.MatLike) -> bytes:
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()
