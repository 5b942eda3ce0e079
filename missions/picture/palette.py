"""The sheet's colours, blue-green-red as OpenCV has them: a calm dark map, a bright path."""

from typing import Any

import numpy as np
import numpy.typing as npt

Colour = tuple[int, int, int]


def _bgr(code: str) -> Colour:
    red, green, blue = (int(code[i : i + 2], 16) for i in (0, 2, 4))
    return blue, green, red


PAPER = _bgr("10161c")
MAP = _bgr("16202a")
GRID = _bgr("202d39")
FRAME = _bgr("2e3f4e")
INK = _bgr("e8eef2")
MUTED = _bgr("8fa1b0")
AREA = _bgr("4f7fa8")
HOLE = _bgr("0d1216")
ZONE = _bgr("e0524d")
FENCE = _bgr("d59a3c")
SEEN = _bgr("3fb6a8")
TRANSIT = _bgr("b7c4cf")
LOOK = _bgr("6f8798")
HOME = _bgr("ffffff")
ERROR = _bgr("ff5a52")
WARNING = _bgr("ffb02e")
GOOD = _bgr("5fd38d")
HEAT = _bgr("ff7a45")
GROUND = _bgr("5b4a3a")
EARTH = _bgr("a58a6b")

# From the path's begin to its end.
ALONG = tuple(_bgr(code) for code in ("3ad6c5", "7fe07a", "f4d35e", "ff8f5a"))


def along(share: float) -> Colour:
    """The colour of the path at a share of its length, 0 at its begin."""
    at = min(max(share, 0.0), 1.0) * (len(ALONG) - 1)
    index = min(int(at), len(ALONG) - 2)
    first, second = np.array(ALONG[index]), np.array(ALONG[index + 1])
    mixed: npt.NDArray[Any] = first + (second - first) * (at - index)
    blue, green, red = (int(part) for part in mixed)
    return blue, green, red
