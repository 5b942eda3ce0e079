"""Drawing with OpenCV at twice the size, so that what is shrunk at the end has fine edges."""

import itertools
import math
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from missions.errors import BadInput
from missions.picture.palette import INK, Colour

Array = npt.NDArray[np.float64]
Picture = npt.NDArray[np.uint8]

OVERSIZE = 2
SHIFT = 4
PLAIN, BOLD = 400, 700
# Beyond this no coordinate is drawn: OpenCV counts in 32 bits.
FARTHEST_PX = 100_000.0


class Canvas:
    """A picture of `width` and `height` pixels; coordinates are pixels from its upper left."""

    def __init__(self, width: int, height: int, colour: Colour) -> None:
        self.width, self.height = width, height
        self._pixels: Picture = np.full((height * OVERSIZE, width * OVERSIZE, 3), colour, np.uint8)

    def picture(self) -> Picture:
        """The picture as drawn so far, shape (height, width, 3), blue, green, red."""
        size = (self.width, self.height)
        return np.asarray(cv2.resize(self._pixels, size, interpolation=cv2.INTER_AREA), np.uint8)

    def write(self, path: Path) -> None:
        """Write the picture as PNG, whole or not at all.

        Raises:
            BadInput: it cannot be written.
        """
        _, encoded = cv2.imencode(".png", self.picture())
        part = path.with_name(path.name + ".part")
        try:
            part.write_bytes(encoded.tobytes())
            part.replace(path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise BadInput(where=str(path), what=(error.strerror or str(error)).lower()) from error

    def window(self, left: int, top: int, right: int, bottom: int) -> "Canvas":
        """A part of this canvas to draw on: what leaves it is cut off."""
        part = Canvas.__new__(Canvas)
        part.width, part.height = right - left, bottom - top
        k = OVERSIZE
        part._pixels = self._pixels[top * k : bottom * k, left * k : right * k]
        return part

    def fill(self, rings: list[Array], colour: Colour, share: float = 1.0) -> None:
        """Fill rings, the second and later ones being holes, letting 1 - `share` shine through."""
        mask, (x, y) = self._mask(rings)
        if mask is not None:
            self._blend(mask, x, y, colour, share)

    def hatch(
        self, rings: list[Array], colour: Colour, *, apart: int = 9, share: float = 0.6
    ) -> None:
        """Slanted lines over rings."""
        mask, (x, y) = self._mask(rings)
        if mask is None:
            return
        rows = np.arange(mask.shape[0])[:, None] + y
        columns = np.arange(mask.shape[1])[None] + x
        lines = (rows + columns) % (apart * OVERSIZE) < 2 * OVERSIZE
        self._blend(np.where(lines, mask, 0).astype(np.uint8), x, y, colour, share)

    def glow(self, heat: Array, left: float, top: float, step: float, colour: Colour) -> None:
        """A field of values from 0 to 1, shape (rows, columns), its cells `step` pixels wide."""
        rows, columns = heat.shape
        size = (max(1, round(columns * step * OVERSIZE)), max(1, round(rows * step * OVERSIZE)))
        field = cv2.resize(heat.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
        x, y = round(left * OVERSIZE), round(top * OVERSIZE)
        high, wide = self._pixels.shape[:2]
        part = field[max(0, -y) : max(0, high - y), max(0, -x) : max(0, wide - x)]
        if part.size:
            mask = np.clip(part * 255.0, 0.0, 255.0).astype(np.uint8)
            self._blend(mask, max(0, x), max(0, y), colour, 1.0)

    def line(self, points: Array, colour: Colour, thickness: float = 1.0) -> None:
        """A run of straight lines."""
        if len(points) > 1:
            cv2.polylines(
                self._pixels,
                [_fixed(points)],
                False,
                colour,
                max(1, round(thickness * OVERSIZE)),
                cv2.LINE_AA,
                SHIFT,
            )

    def ring(self, points: Array, colour: Colour, thickness: float = 1.0) -> None:
        """A closed run of straight lines."""
        self.line(np.vstack((points, points[:1])), colour, thickness)

    def dashes(
        self, points: Array, colour: Colour, thickness: float = 1.0, *, dash: float = 7.0
    ) -> None:
        """A run of straight lines, broken into dashes."""
        for a, b in itertools.pairwise(points):
            length = math.dist(a, b)
            if not dash / 4.0 < length < FARTHEST_PX:
                continue
            marks = np.arange(0.0, length, 2.0 * dash)
            for mark in marks:
                ends = np.array((mark, min(mark + dash, length)))[:, None] / length
                self.line(a + ends * (b - a), colour, thickness)

    def arrow(self, tip: Array, direction: Array, size: float, colour: Colour) -> None:
        """A filled arrow head that points along a direction (x, y), its tip ahead of `tip`."""
        ahead = direction / max(float(np.hypot(*direction)), 1e-9)
        aside = np.array((-ahead[1], ahead[0]))
        corners = (
            ahead * 0.6,
            -ahead * 0.5 + aside * 0.5,
            -ahead * 0.25,
            -ahead * 0.5 - aside * 0.5,
        )
        shape = np.array([tip + size * corner for corner in corners])
        cv2.fillPoly(self._pixels, [_fixed(shape)], colour, cv2.LINE_AA, SHIFT)

    def dot(self, at: Array, radius: float, colour: Colour, edge: Colour | None = None) -> None:
        """A filled disc, with an edge where a colour for it is given."""
        centre = _fixed(np.asarray(at)[None])[0]
        scale = OVERSIZE * (1 << SHIFT)
        if edge is not None:
            outer = round((radius + 1.5) * scale)
            cv2.circle(self._pixels, centre.tolist(), outer, edge, -1, cv2.LINE_AA, SHIFT)
        cv2.circle(
            self._pixels, centre.tolist(), round(radius * scale), colour, -1, cv2.LINE_AA, SHIFT
        )

    def text(
        self,
        words: str,
        left: float,
        base: float,
        *,
        size: int = 14,
        colour: Colour = INK,
        weight: int = PLAIN,
    ) -> float:
        """Words whose base line begins at (left, base); answers where they end."""
        at = (round(left * OVERSIZE), round(base * OVERSIZE))
        if hasattr(cv2, "FontFace"):
            font: Any = cv2.FontFace("sans")
            # Answers where the pen is and the picture, in the order that the version has.
            ends: Any = cv2.putText(self._pixels, words, at, colour, font, size * OVERSIZE, weight)
            pen = next(one for one in ends if isinstance(one, tuple))
            return float(pen[0]) / OVERSIZE
        scale = size * OVERSIZE / 30.0
        thick = OVERSIZE + (weight > PLAIN)
        cv2.putText(self._pixels, words, at, cv2.FONT_HERSHEY_SIMPLEX, scale, colour, thick, 16)
        (wide, _), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, scale, thick)
        return left + wide / OVERSIZE

    def width_of(self, words: str, *, size: int = 14, weight: int = PLAIN) -> float:
        """How many pixels wide words are."""
        aside = Canvas(1, 1, INK)
        return aside.text(words, 0.0, 0.0, size=size, weight=weight)

    def _mask(self, rings: list[Array]) -> tuple[Picture | None, tuple[int, int]]:
        """Where the rings are, white on black, and the upper left corner of that part."""
        if not rings or len(rings[0]) < 3:
            return None, (0, 0)
        high, wide = self._pixels.shape[:2]
        low = np.floor(rings[0].min(axis=0) * OVERSIZE)
        top = np.ceil(rings[0].max(axis=0) * OVERSIZE) + 1
        x, y = (int(v) for v in np.clip(low, 0, (wide, high)))
        right, bottom = (int(v) for v in np.clip(top, 0, (wide, high)))
        if right <= x or bottom <= y:
            return None, (0, 0)
        mask = np.zeros((bottom - y, right - x), np.uint8)
        offset = np.array((x, y)) / OVERSIZE
        cv2.fillPoly(mask, [_fixed(ring - offset) for ring in rings], (255,), cv2.LINE_AA, SHIFT)
        return mask, (x, y)

    def _blend(self, mask: Picture, x: int, y: int, colour: Colour, share: float) -> None:
        high, wide = mask.shape
        part = self._pixels[y : y + high, x : x + wide]
        weight = (mask[: part.shape[0], : part.shape[1], None].astype(np.float32) / 255.0) * share
        part[:] = (part * (1.0 - weight) + np.array(colour, np.float32) * weight).astype(np.uint8)


def _fixed(points: Array) -> npt.NDArray[np.int32]:
    held = np.clip(points, -FARTHEST_PX, FARTHEST_PX)
    return np.asarray(np.round(held * OVERSIZE * (1 << SHIFT)), dtype=np.int32)
