"""The heights of a plan along the way flown, over home's level and the ground where it is known."""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from missions.geodesy import LocalPlane
from missions.picture import palette
from missions.picture.canvas import Canvas
from missions.picture.map_view import round_distance
from missions.terrain.surface import Terrain

Array = npt.NDArray[np.float64]

LEFT, RIGHT, TOP, BOTTOM = 62, 24, 34, 30
CEILING_M = 120.0
GROUND_SAMPLES = 1200


def ground_below(terrain: Terrain, plane: LocalPlane, along_m: Array, en: Array) -> Array:
    """Metres along a way and the ground's height above the ground at its begin, shape (n, 2).

    `en` are its corners, metres east and north on the plane. NaN where the ground is not known.
    """
    at = np.unique(np.concatenate((along_m, np.linspace(0.0, along_m[-1], GROUND_SAMPLES))))
    places = np.column_stack([np.interp(at, along_m, en[:, axis]) for axis in (0, 1)])
    latitude, longitude = plane.geo_from_en(places).T
    amsl = terrain.grounds(latitude, longitude).amsl_m
    return np.column_stack((at, amsl - amsl[0]))


def draw_profile(canvas: Canvas, along_m: Array, heights_m: Array, ground: Array | None) -> None:
    """Heights above home, shape (n,), at metres along the way; the ground as `ground_below`."""
    total = max(float(along_m[-1]), 1.0)
    known = None if ground is None else ground[np.isfinite(ground[:, 1])]
    earth = np.zeros((0, 2)) if known is None else known
    low = float(np.min((0.0, heights_m.min(), *earth[:, 1])))
    top = low + (max(float(np.max((heights_m.max(), *earth[:, 1]))), low + 10.0) - low) * 1.12

    def px(x: Array, y: Array) -> Array:
        wide, high = canvas.width - LEFT - RIGHT, canvas.height - TOP - BOTTOM
        return np.column_stack((LEFT + wide * x / total, TOP + high * (top - y) / (top - low)))

    def level(height: float) -> Array:
        return px(np.array((0.0, total)), np.array((height, height)))

    words = "height above home"
    if ground is not None:
        words += f", over the ground; dashed: {CEILING_M:g} m above it"
    canvas.text(words, LEFT, 21, size=13, colour=palette.MUTED)
    step = round_distance((top - low) / 5.0)
    for height in np.arange(math.ceil(low / step) * step, top, step):
        _height_label(canvas, level(height), f"{height:g} m")
    floor = level(low)[::-1]
    for run in [] if ground is None else _known_runs(ground):
        line = px(run[:, 0], run[:, 1])
        below = np.array([(line[-1, 0], floor[0, 1]), (line[0, 0], floor[0, 1])])
        canvas.fill([np.vstack((line, below))], palette.GROUND, 0.85)
        canvas.line(line, palette.EARTH, 1.5)
        ceiling = px(run[:, 0], np.minimum(run[:, 1] + CEILING_M, top))
        if (run[:, 1] + CEILING_M < top).any():
            canvas.dashes(ceiling[:: max(1, len(ceiling) // 60)], palette.WARNING, 1.0)
    if ground is None and top > CEILING_M:
        canvas.dashes(level(CEILING_M), palette.WARNING, 1.0)
    line = px(along_m, heights_m)
    if ground is None:
        canvas.fill([np.vstack((line, floor))], palette.SEEN, 0.12)
    for i in range(len(line) - 1):
        share = float(along_m[i] + along_m[i + 1]) / 2.0 / total
        canvas.line(line[i : i + 2], palette.along(share), 2.0)
    _distance_labels(canvas, px, total, low)


def _height_label(canvas: Canvas, level: Array, label: str) -> None:
    canvas.line(level, palette.GRID)
    left = LEFT - 8 - canvas.width_of(label, size=12)
    canvas.text(label, left, level[0, 1] + 4, size=12, colour=palette.MUTED)


def _distance_labels(
    canvas: Canvas, px: Callable[[Array, Array], Array], total: float, low: float
) -> None:
    step = round_distance(total / 8.0)
    for distance in np.arange(0.0, total + 1e-6, step):
        at = px(np.array((distance,)), np.array((low,)))[0]
        label = f"{distance / 1000.0:g} km" if total >= 2000.0 else f"{distance:g} m"
        left = at[0] - canvas.width_of(label, size=12) / 2.0
        canvas.text(label, left, canvas.height - 10, size=12, colour=palette.MUTED)


def _known_runs(ground: Array) -> list[Array]:
    """The stretches along which the ground is known, of two samples or more."""
    known = np.isfinite(ground[:, 1])
    cuts = np.flatnonzero(np.diff(known.astype(np.int8))) + 1
    return [run for run in np.split(ground, cuts) if len(run) > 1 and bool(np.isfinite(run[0, 1]))]
