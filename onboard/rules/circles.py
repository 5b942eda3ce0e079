"""People who stand together: circles that hold many, the fullest first."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from onboard.rules.finding import Array


def fullest_circles(en_m: Array, radius_m: float) -> Iterator[npt.NDArray[np.int64]]:
    """Indices of the places (n, 2) within a distance of one of them; each place is in one."""
    apart_m = np.hypot(*(en_m[:, None] - en_m[None]).transpose(2, 0, 1))
    near = apart_m <= radius_m
    left = np.ones(len(en_m), dtype=bool)
    while left.any():
        counts = np.where(left, (near & left[None]).sum(axis=1), 0)
        members = near[int(counts.argmax())] & left
        yield np.flatnonzero(members)
        left &= ~members
