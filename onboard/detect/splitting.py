"""Splits a patch that is several people into as many boxes, and joins the pieces of a vehicle."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

UPRIGHT = 2.2
ROUNDS = 6


def split(mask: npt.NDArray[np.bool_], number: int) -> Array:
    """Boxes (at most number, 4) of the parts into which a mask's pixels gather.

    k-means on the pixels' places, heights shrunk because a person is taller than wide.
    """
    ys, xs = np.nonzero(mask)
    owner = _gathered(np.stack((xs, ys / UPRIGHT), axis=1), number)
    boxes = []
    for part in range(number):
        mine = owner == part
        if mine.any():
            x, y = xs[mine], ys[mine]
            boxes.append([x.min(), y.min(), x.max() + 1, y.max() + 1])
    return np.array(boxes, dtype=np.float64).reshape(-1, 4)


def joined(boxes: Array, gap_px: float) -> Array:
    """Boxes (n, 4) with those that are within a gap of each other made one, over and over."""
    merged: list[list[float]] = []
    for box in sorted(boxes.tolist(), key=lambda each: each[0]):
        grown = box
        while True:
            near = [each for each in merged if _close(each, grown, gap_px)]
            if not near:
                break
            merged = [each for each in merged if each not in near]
            grown = _around([grown, *near])
        merged.append(grown)
    return np.array(merged, dtype=np.float64).reshape(-1, 4)


def _close(a: list[float], b: list[float], gap_px: float) -> bool:
    return (
        a[0] - gap_px < b[2]
        and b[0] - gap_px < a[2]
        and a[1] - gap_px < b[3]
        and b[1] - gap_px < a[3]
    )


def _around(boxes: list[list[float]]) -> list[float]:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return [min(lefts), min(tops), max(rights), max(bottoms)]


def _gathered(places: Array, number: int) -> npt.NDArray[np.int64]:
    """Which part each place belongs to; the first middles are spread along the longer side."""
    order = np.argsort(places[:, int(np.argmax(np.ptp(places, axis=0)))], kind="stable")
    middles = places[order[((np.arange(number) + 0.5) / number * len(places)).astype(np.int64)]]
    owner = np.zeros(len(places), dtype=np.int64)
    for _ in range(ROUNDS):
        owner = ((places[:, None] - middles[None]) ** 2).sum(axis=2).argmin(axis=1)
        sizes = np.bincount(owner, minlength=number)
        sums = np.stack([np.bincount(owner, side, number) for side in places.T], axis=1)
        filled = sizes > 0
        middles[filled] = sums[filled] / sizes[filled, None]
    return owner
