"""Shortest spanning trees with a price on each place: what the lower bounds are made of (Prim)."""

import numpy as np
import numpy.typing as npt

from missions.patrol.kernels.compiled import entry

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@entry
def spanning_tree(
    gaps: Floats, price: Floats, root: int, without: int, parent: Ints, length: Floats
) -> None:
    """Fill in each place's parent and the length of that edge plus the price of both its ends.

    The root's and the parent of the place left out (`without`; -1: none) are -1, their length 0.
    """
    n = len(price)
    for i in range(n):
        parent[i] = -2
        length[i] = np.inf
    length[root] = 0.0
    added = -1
    for _ in range(n if without < 0 else n - 1):
        at = -1
        for i in range(n):
            if parent[i] <= -2 and i != without and (at < 0 or length[i] < length[at]):
                at = i
        parent[at] = -1 if added < 0 else -3 - parent[at]
        added = at
        for i in range(n):
            if parent[i] <= -2 and i != without:
                edge = gaps[at, i] + price[at] + price[i]
                if edge < length[i]:
                    length[i] = edge
                    parent[i] = -3 - at
    if without >= 0:
        parent[without] = -1
        length[without] = 0.0
