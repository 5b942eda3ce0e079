"""Triangles into pixels with a depth buffer, and onto the ground as shadow. Compiled."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from missions.compiled import Kernels, inner

KERNELS = Kernels.of(Path(__file__).parent, tag="training")

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int32]


@inner
def _span(a: float, b: float, c: float, size: int) -> tuple[int, int]:
    """The pixels of a side that three corners reach, the last one not among them."""
    return max(0, int(np.floor(min(a, b, c)))), min(size, int(np.ceil(max(a, b, c))) + 1)


@inner
def _twice_area(ax: float, ay: float, bx: float, by: float) -> float:
    return ax * by - ay * bx


@KERNELS.entry
def paint(
    corners: Floats,
    nearness: Floats,
    colours: Floats,
    marks_of: Numbers,
    picture: Floats,
    depth: Floats,
    marks: Numbers,
) -> None:
    """Paint triangles, `corners` (n, 3, 2) pixels, the nearest on top.

    `nearness` (n, 3) is one over the depth, which is linear in the picture; `depth` (height, width)
    keeps the greatest. `colours` (n, channels); `marks` takes `marks_of` (n,) each.
    """
    height, width = depth.shape
    channels = picture.shape[2]
    for k in range(len(corners)):
        ax, ay = corners[k, 0, 0], corners[k, 0, 1]
        bx, by = corners[k, 1, 0], corners[k, 1, 1]
        cx, cy = corners[k, 2, 0], corners[k, 2, 1]
        area = _twice_area(bx - ax, by - ay, cx - ax, cy - ay)
        if abs(area) < 1e-6:
            continue
        left, right = _span(ax, bx, cx, width)
        top, bottom = _span(ay, by, cy, height)
        for y in range(top, bottom):
            for x in range(left, right):
                u = _twice_area(bx - x, by - y, cx - x, cy - y) / area
                v = _twice_area(cx - x, cy - y, ax - x, ay - y) / area
                w = 1.0 - u - v
                if u < 0.0 or v < 0.0 or w < 0.0:
                    continue
                near = u * nearness[k, 0] + v * nearness[k, 1] + w * nearness[k, 2]
                if near <= depth[y, x]:
                    continue
                depth[y, x] = near
                marks[y, x] = marks_of[k]
                for channel in range(channels):
                    picture[y, x, channel] = colours[k, channel]


@KERNELS.entry
def darken(corners: Floats, strength: Floats, shadow: Floats) -> None:
    """Fill triangles (n, 3, 2) into a shadow (height, width), the strongest on top."""
    height, width = shadow.shape
    for k in range(len(corners)):
        ax, ay = corners[k, 0, 0], corners[k, 0, 1]
        bx, by = corners[k, 1, 0], corners[k, 1, 1]
        cx, cy = corners[k, 2, 0], corners[k, 2, 1]
        area = _twice_area(bx - ax, by - ay, cx - ax, cy - ay)
        if abs(area) < 1e-6:
            continue
        left, right = _span(ax, bx, cx, width)
        top, bottom = _span(ay, by, cy, height)
        for y in range(top, bottom):
            for x in range(left, right):
                u = _twice_area(bx - x, by - y, cx - x, cy - y) / area
                v = _twice_area(cx - x, cy - y, ax - x, ay - y) / area
                if u >= 0.0 and v >= 0.0 and u + v <= 1.0:
                    shadow[y, x] = max(shadow[y, x], strength[k])


@KERNELS.entry
def extents(marks: Numbers, found: Numbers) -> None:
    """Left, top, right, bottom and count of every mark's pixels into `found` (marks, 5)."""
    height, width = marks.shape
    for y in range(height):
        for x in range(width):
            mark = marks[y, x]
            if mark == 0:
                continue
            found[mark, 0] = min(found[mark, 0], x)
            found[mark, 1] = min(found[mark, 1], y)
            found[mark, 2] = max(found[mark, 2], x)
            found[mark, 3] = max(found[mark, 3], y)
            found[mark, 4] += 1
