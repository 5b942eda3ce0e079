"""Noise that tiles: what makes painted ground look like ground."""

import cv2
import numpy as np
import numpy.typing as npt

Field = npt.NDArray[np.float32]
TILE_PX = 1024


def fractal(rng: np.random.Generator, *, coarsest_px: int, finest_px: int) -> Field:
    """Noise of several octaves, (1024, 1024), zero mean, unit deviation, seamless at its edges."""
    total = np.zeros((TILE_PX, TILE_PX), dtype=np.float32)
    cell, weight = coarsest_px, 1.0
    while cell >= finest_px:
        cells = max(2, TILE_PX // cell)
        coarse = rng.standard_normal((cells, cells)).astype(np.float32)
        wrapped = np.pad(coarse, 2, mode="wrap")
        size = TILE_PX * (cells + 4) // cells
        fine = cv2.resize(wrapped, (size, size), interpolation=cv2.INTER_CUBIC)
        edge = (size - TILE_PX) // 2
        total += weight * fine[edge : edge + TILE_PX, edge : edge + TILE_PX]
        cell //= 2
        weight *= 0.72
    scaled: Field = (total - total.mean()) / total.std()
    return scaled


def widened(field: Field, size_px: int) -> Field:
    """The same field with its beginning repeated at its end, so that any window is a slice."""
    return np.pad(field, ((0, size_px), (0, size_px)), mode="wrap")


def window(wide: Field, column: int, row: int, size_px: int) -> Field:
    """A square piece of a widened field that begins at any column and row."""
    left, top = column % TILE_PX, row % TILE_PX
    return wide[top : top + size_px, left : left + size_px]
