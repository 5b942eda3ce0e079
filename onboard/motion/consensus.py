"""How far all places of a frame have moved together: the camera's doing, and no object's.

Objects move each in its own way; where most of them seem to have moved by the same amount, the
camera did. The shift is the mode of all differences between two sets of places.
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

FEWEST = 5
SHARE = 0.5


def common_shift(before: Array, now: Array, *, reach: float, spread: float) -> Array | None:
    """The shift (2,) that most places share, or None where they agree on none.

    `before` (n, 2), `now` (m, 2). Differences up to `reach` are looked at; those
    within `spread` agree.
    """
    fewer = min(len(before), len(now))
    if fewer < FEWEST:
        return None
    differences = (now[None] - before[:, None]).reshape(-1, 2)
    near = differences[np.abs(differences).max(axis=1) <= reach]
    if len(near) < FEWEST:
        return None
    middle = _mode(near, spread)
    for _ in range(2):
        agreeing = near[np.hypot(*(near - middle).T) <= spread]
        if len(agreeing) < max(FEWEST, SHARE * fewer):
            return None
        middle = np.median(agreeing, axis=0)
    return middle


def _mode(points: Array, spread: float) -> Array:
    """The middle of the fullest two by two cells of a grid."""
    cells = np.floor((points - points.min(axis=0)) / spread).astype(np.int64)
    counts = np.zeros(cells.max(axis=0) + 2)
    np.add.at(counts, (cells[:, 0], cells[:, 1]), 1.0)
    fours = counts[:-1, :-1] + counts[1:, :-1] + counts[:-1, 1:] + counts[1:, 1:]
    corner = np.array(np.unravel_index(np.argmax(fours), fours.shape)) + 1.0
    middle: Array = points.min(axis=0) + corner * spread
    return middle
