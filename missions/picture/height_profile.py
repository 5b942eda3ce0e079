"""The heights of a plan along the way flown, over home's level and the ground where it is known."""

import math

import numpy as np
import numpy.typing as npt

from missions.picture import palette
from missions.picture.canvas import Canvas
from missions.picture.map_view import round_distance

Array = npt.NDArray[np.float64]

LEFT, RIGHT, TOP, BOTTOM = 62, 24, 34, 30
CEILING_M = 120.0


def draw_profile(canvas: Canvas, along_m: Array, heights_m: Array, ground_m: Array | None) -> None:
    """Heights above home, shape (n,), at metres along the way; the ground's height likewise."""
    low = min(0.0, float(heights_m.min()), math.inf if ground_m is None else float(ground_m.min()))
    top = max(float(heights_m.max()), low + 10.0) * 1.12
    total = max(float(along_m[-1]), 1.0)

    def px(x: Array, y: Array) -> Array:
        wide, high = canvas.width - LEFT - RIGHT, canvas.height - TOP - BOTTOM
        return np.column_stack((LEFT + wide * x / total, TOP + high * (top - y) / (top - low)))

    ends = np.array((0.0, total))
    canvas.text("height above home", LEFT, 21, size=13, colour=palette.MUTED)
    for height in np.arange(
        math.ceil(low / _step(top - low)) * _step(top - low), top, _step(top - low)
    ):
        level = px(ends, np.array((height, height)))
        canvas.line(level, palette.GRID)
        label = f"{height:g} m"
        left = LEFT - 8 - canvas.width_of(label, size=12)
        canvas.text(label, left, level[0, 1] + 4, size=12, colour=palette.MUTED)
    if top > CEILING_M:
        ceiling = px(ends, np.array((CEILING_M, CEILING_M)))
        canvas.dashes(ceiling, palette.WARNING, 1.0)
    if ground_m is not None:
        earth = px(along_m, ground_m)
        floor = px(np.array((total, 0.0)), np.array((low, low)))
        canvas.fill([np.vstack((earth, floor))], palette.GROUND, 0.8)
    line = px(along_m, heights_m)
    base = px(np.array((total, 0.0)), np.array((low, low)))
    canvas.fill([np.vstack((line, base))], palette.SEEN, 0.12)
    for i in range(len(line) - 1):
        share = float(along_m[i] + along_m[i + 1]) / 2.0 / total
        canvas.line(line[i : i + 2], palette.along(share), 2.0)
    step = round_distance(total / 8.0)
    for distance in np.arange(0.0, total + 1e-6, step):
        at = px(np.array((distance,)), np.array((low,)))[0]
        label = f"{distance / 1000.0:g} km" if total >= 2000.0 else f"{distance:g} m"
        left = at[0] - canvas.width_of(label, size=12) / 2.0
        canvas.text(label, left, canvas.height - 10, size=12, colour=palette.MUTED)


def _step(span_m: float) -> float:
    return round_distance(span_m / 5.0)
