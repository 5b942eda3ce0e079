"""Pictures as networks want them: three channels of eight bits, a size, and numbers."""

import cv2
import numpy as np
import numpy.typing as npt

from onboard.detect.heads import Preparation
from onboard.source.frame import Image

Tensor = npt.NDArray[np.float32]
# Of a sensor with more than eight bits, all but the darkest and the brightest is spread out.
SPREAD_PERCENT = (0.5, 99.5)
BLURS_BELOW = 0.75


def three_channels(image: npt.NDArray[np.generic]) -> Image:
    """A picture of one, three or four channels, of 8 or more bits, as (height, width, 3) of 8.

    A thermal camera's single channel becomes grey; what is warm stays bright.
    """
    flat = image[..., 0] if image.ndim == 3 and image.shape[2] == 1 else image
    if flat.dtype != np.uint8:
        flat = _eight_bits(flat)
    if flat.ndim == 2:
        grey = cv2.cvtColor(np.asarray(flat, dtype=np.uint8), cv2.COLOR_GRAY2BGR)
        return np.asarray(grey, dtype=np.uint8)
    return np.asarray(flat[..., :3], dtype=np.uint8)


def _eight_bits(image: npt.NDArray[np.generic]) -> npt.NDArray[np.uint8]:
    values = np.asarray(image, dtype=np.float32)
    dark, bright = np.percentile(values[::4, ::4], SPREAD_PERCENT)
    spread = (values - dark) * (255.0 / max(float(bright - dark), 1e-6))
    clipped = np.clip(np.nan_to_num(spread), 0.0, 255.0)
    return np.asarray(clipped, dtype=np.uint8)


def tensor_of(
    image: Image, size_px: tuple[int, int], preparation: Preparation, channels: int = 3
) -> tuple[Tensor, tuple[float, float]]:
    """The network's input (1, channels, height, width), and its pixels per pixel of the image.

    `size_px` and the scales are (across, down).
    """
    rows, columns = image.shape[:2]
    width_px, height_px = size_px
    across, down = width_px / columns, height_px / rows
    if not preparation.stretched:
        across = down = min(across, down)
    shown = (min(width_px, round(columns * across)), min(height_px, round(rows * down)))
    planes = _planes(_resized(image, shown, min(across, down)), preparation, channels)
    tensor: Tensor = np.full(
        (1, channels, height_px, width_px), preparation.padding, dtype=np.float32
    )
    for index, plane in enumerate(planes):
        tensor[0, index, : shown[1], : shown[0]] = plane
    for index in range(channels):
        if preparation.mean[index] or preparation.deviation[index] != 1.0:
            tensor[0, index] -= preparation.mean[index]
            tensor[0, index] *= 1.0 / preparation.deviation[index]
    return tensor, (across, down)


def _resized(image: Image, size_px: tuple[int, int], scale: float) -> npt.NDArray[np.uint8]:
    if size_px == (image.shape[1], image.shape[0]):
        return image
    way = cv2.INTER_AREA if scale < BLURS_BELOW else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, size_px, interpolation=way), dtype=np.uint8)


def _planes(
    image: npt.NDArray[np.uint8], preparation: Preparation, channels: int
) -> list[npt.NDArray[np.uint8]]:
    if channels == 1:
        return [np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), dtype=np.uint8)]
    planes = [np.asarray(plane, dtype=np.uint8) for plane in cv2.split(image)]
    return planes[::-1] if preparation.rgb else planes
