"""The shortest closed tour, proven: an integer programme (HiGHS) with subtours cut as they appear.

Source: Dantzig, Fulkerson and Johnson 1954. Nothing of the planner is used.
"""

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix, vstack
from scipy.sparse.csgraph import connected_components

from missions.errors import Failed

Floats = npt.NDArray[np.float64]


def closed_tour_s(gaps: Floats) -> float:
    """The length of the shortest closed tour over at least 3 places, (n, n) symmetric.

    Raises:
        Failed: the solver gave up.
    """
    count = len(gaps)
    ends = np.array(np.triu_indices(count, 1)).T
    lengths = gaps[ends[:, 0], ends[:, 1]]
    edges, whole = np.arange(len(ends)), np.ones(len(ends), dtype=np.int64)
    degree = coo_matrix(
        (np.ones(2 * len(ends)), (ends.ravel(), np.repeat(edges, 2))), shape=(count, len(ends))
    )
    rows, low, high = [degree], [np.full(count, 2.0)], [np.full(count, 2.0)]
    while True:
        rules = LinearConstraint(vstack(rows).tocsr(), np.concatenate(low), np.concatenate(high))
        found = milp(lengths, constraints=rules, integrality=whole, bounds=Bounds(0.0, 1.0))
        if found.x is None:
            raise Failed(f"no shortest tour was found: {found.message}")
        used = ends[np.asarray(found.x) > 0.5]
        graph = coo_matrix((np.ones(len(used)), (used[:, 0], used[:, 1])), shape=(count, count))
        parts, part = connected_components(graph, directed=False)
        if parts == 1:
            return float(gaps[used[:, 0], used[:, 1]].sum())
        for one in range(parts):
            crossing = (part[ends[:, 0]] == one) != (part[ends[:, 1]] == one)
            rows.append(coo_matrix(crossing.astype(np.float64)[None, :]))
            low.append(np.array([2.0]))
            high.append(np.array([np.inf]))
