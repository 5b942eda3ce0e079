"""From light to a camera's file: haze, blur, tone, noise, compression; or a thermal camera's."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from sim.training.light import Light

Floats = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]


def developed(rng: np.random.Generator, seen: Floats, light: Light) -> Picture:
    """A picture (side, side, 3) of eight bits from what a lens gave it."""
    picture = _thermal(rng, seen) if light.thermal else _exposed(rng, seen, light)
    picture = _blurred(rng, picture)
    deviation = {"day": rng.uniform(0.0, 0.02), "thermal": rng.uniform(0.005, 0.04)}.get(
        light.hour, rng.uniform(0.008, 0.05)
    )
    noise = rng.standard_normal(picture.shape, dtype=np.float32)
    if rng.random() < 0.5:
        noise = cv2.GaussianBlur(noise, (3, 3), 0.8).reshape(picture.shape) * 1.8
    shown = np.clip((picture + deviation * noise) * 255.0, 0, 255).astype(np.uint8)
    colour = np.repeat(shown, 3, axis=2) if light.thermal else shown
    return _compressed(rng, colour)


def _exposed(rng: np.random.Generator, seen: Floats, light: Light) -> Floats:
    """Exposure as a camera chooses it, white balance, contrast and saturation by chance."""
    middle = float(np.median(seen.mean(axis=2)))
    target = {"day": rng.uniform(0.30, 0.58), "dusk": rng.uniform(0.18, 0.4)}.get(
        light.hour, rng.uniform(0.10, 0.26)
    )
    gain = min(max(target / max(middle, 0.02), 0.3), 2.5)
    balanced = seen * (gain * rng.uniform(0.93, 1.07, 3)).astype(np.float32)
    grey = balanced.mean(axis=2, keepdims=True)
    balanced = grey + np.float32(rng.uniform(0.35, 1.35)) * (balanced - grey)
    if light.hour == "night":
        balanced = _lamps(rng, balanced)
    curved = np.clip(balanced, 0.0, 1.6) ** np.float32(rng.uniform(0.8, 1.25))
    if rng.random() < 0.25:
        curved = curved * np.float32(rng.uniform(0.55, 0.85)) + np.float32(rng.uniform(0.05, 0.25))
    return np.asarray(curved / (1.0 + 0.12 * curved**3), dtype=np.float32)


def _lamps(rng: np.random.Generator, picture: Floats) -> Floats:
    """Pools of lamplight, or the drone's own light in the middle."""
    side = picture.shape[0]
    rows, columns = np.mgrid[:side, :side].astype(np.float32)
    pool = np.zeros((side, side), dtype=np.float32)
    for _ in range(rng.integers(1, 5)):
        x, y, wide = rng.uniform(0, side), rng.uniform(0, side), rng.uniform(0.1, 0.5) * side
        pool += np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * wide**2)) * rng.uniform(
            0.5, 3
        )
    tint = rng.uniform((0.5, 0.75, 0.95), (1.0, 1.0, 1.1)).astype(np.float32)
    return picture * (0.7 + pool[..., None] * tint)


def _thermal(rng: np.random.Generator, seen: Floats) -> Floats:
    """Heat to grey: white-hot or black-hot, stretched over what is in the picture."""
    low, high = np.percentile(seen, (1, 99.7))
    spread = max(float(high - low), 0.12)
    grey = (seen - float(low)) / spread * rng.uniform(0.6, 1.0) + rng.uniform(0.0, 0.2)
    if rng.random() < 0.4:
        grey = 1.0 - grey
    soft = cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.3, 1.1))
    return np.clip(soft.reshape(seen.shape), 0.0, 1.0).astype(np.float32)


def _blurred(rng: np.random.Generator, picture: Floats) -> Floats:
    """A lens out of focus, a camera that moves, or a picture sharpened by the camera."""
    shape, kind, shown = picture.shape, rng.random(), picture
    if kind < 0.3:
        shown = _floats(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.2)))
    elif kind < 0.42:
        length = int(rng.integers(3, 8))
        kernel = np.zeros((length, length), dtype=np.float32)
        ends = rng.uniform(0, length - 1, 2)
        cv2.line(kernel, (0, int(ends[0])), (length - 1, int(ends[1])), 1.0, 1)
        turned = kernel.T if rng.random() < 0.5 else kernel
        shown = _floats(cv2.filter2D(picture, -1, turned / turned.sum()))
    elif kind < 0.72:
        soft = cv2.GaussianBlur(picture, (0, 0), 1.0).reshape(shape)
        shown = picture + np.float32(rng.uniform(0.2, 1.2)) * (picture - soft)
    return shown.reshape(shape)


def _floats(picture: npt.NDArray[Any]) -> Floats:
    return np.asarray(picture, dtype=np.float32)


def _compressed(rng: np.random.Generator, picture: Picture) -> Picture:
    if rng.random() < 0.4:
        return picture
    quality = int(rng.uniform(28, 95))
    _, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), dtype=np.uint8)
