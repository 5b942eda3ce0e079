"""JPEG and other picture files to images; a corrupt one is None, never an exception."""

import cv2
import numpy as np

from onboard.source.frame import Image


def decoded(data: bytes) -> Image | None:
    """An image (height, width, 3) BGR, or None where the bytes are not a whole picture."""
    if not data or not _has_an_end(data):
        return None
    try:
        image = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    return None if image is None else np.asarray(image, dtype=np.uint8)


def _has_an_end(data: bytes) -> bool:
    # A JPEG that was cut short decodes to a picture that is half grey: it must not be believed.
    return not data.startswith(b"\xff\xd8") or b"\xff\xd9" in data[-64:]
