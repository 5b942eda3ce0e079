"""Pictures of a recording with their frame numbers, from a folder or a video."""

import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from missions.errors import BadInput

Image = npt.NDArray[np.uint8]
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff"})


def pictures(path: Path, *, first_frame: int) -> Iterator[tuple[int, Image]]:
    """Frame numbers and grey pictures, in order.

    A folder's pictures have the last number in their names; those of a video, and of a folder whose
    names have none, are counted from 1, or from 0 where `first_frame`, the first that was detected
    in, is 0.

    Raises:
        BadInput: there is no picture, or one cannot be read.
    """
    begin = 0 if first_frame == 0 else 1
    if path.is_dir():
        return _of_folder(path, begin)
    if not path.is_file():
        raise BadInput(where=str(path), what="no such file or folder")
    return _of_video(path, begin)


def _of_folder(folder: Path, begin: int) -> Iterator[tuple[int, Image]]:
    files = sorted(each for each in folder.iterdir() if each.suffix.lower() in SUFFIXES)
    if not files:
        raise BadInput(where=str(folder), what="no picture in it")
    told = [re.findall(r"\d+", each.stem) for each in files]
    numbers = [int(digits[-1]) if digits else -1 for digits in told]
    if min(numbers) < 0 or len(set(numbers)) < len(numbers):
        numbers = list(range(begin, begin + len(files)))
    return ((number, _read(file)) for number, file in sorted(zip(numbers, files, strict=True)))


def _read(file: Path) -> Image:
    image = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise BadInput(where=str(file), what="not a picture that can be read")
    return np.asarray(image, dtype=np.uint8)


def _of_video(file: Path, begin: int) -> Iterator[tuple[int, Image]]:
    capture = cv2.VideoCapture(str(file))
    if not capture.isOpened():
        raise BadInput(where=str(file), what="not a video that can be opened")
    number = begin
    while True:
        whole, image = capture.read()
        if not whole:
            break
        yield number, np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
        number += 1
    capture.release()
    if number == begin:
        raise BadInput(where=str(file), what="not one frame can be read")
