"""The order and direction in which runs are flown, for the least way between them.

A run is a piece of path that is flown as it is, either way round: one pass along a branch, or a
single place, where both ends are the same. A few are put in the very best order; more by nearest
neighbour, then reversals (2-opt) and moves of up to three neighbouring runs (Or-opt) until neither
helps. Straight distances are used: what stands in the way is gone round later.
"""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from missions.patterns.few_runs import FEW, exact_order

if TYPE_CHECKING:
    from missions.patterns.kernels.run_tour import Tour

Array = npt.NDArray[np.float64]


def best_order(
    firsts: Array, lasts: Array, *, start: Array | None = None, returns: bool = False
) -> list[tuple[int, bool]]:
    """Runs in order, each with whether it is flown backwards.

    `firsts` and `lasts`, shape (n, 2), are the runs' ends in metres. The way from `start` to the
    first run counts where given, and with `returns` the way back to it.
    """
    if 0 < len(firsts) <= FEW:
        return exact_order(firsts, lasts, start=start, returns=returns)
    from missions.patterns.kernels.run_tour import shorten

    tour = _tour(firsts, lasts, _nearest(firsts, lasts, start), start, returns)
    shorten(tour)
    inner = zip(tour.runs[1:-1], tour.flip[1:-1], strict=True)
    return [(int(index), bool(flip)) for index, flip in inner]


def _nearest(firsts: Array, lasts: Array, start: Array | None) -> list[tuple[int, bool]]:
    left = np.ones(len(firsts), dtype=bool)
    at = firsts[0] if start is None else start
    order = []
    for _ in range(len(firsts)):
        to_first = np.where(left, np.hypot(*(firsts - at).T), np.inf)
        to_last = np.where(left, np.hypot(*(lasts - at).T), np.inf)
        backwards = bool(to_last.min() < to_first.min())
        index = int((to_last if backwards else to_first).argmin())
        order.append((index, backwards))
        left[index] = False
        at = firsts[index] if backwards else lasts[index]
    return order


def _tour(
    firsts: Array,
    lasts: Array,
    order: list[tuple[int, bool]],
    start: Array | None,
    returns: bool,
) -> "Tour":
    from missions.patterns.kernels.run_tour import Tour

    index = np.array([run for run, _ in order], dtype=np.int64)
    flip = np.array([backwards for _, backwards in order], dtype=np.bool_)
    end = np.zeros(2) if start is None else np.asarray(start, dtype=np.float64)
    return Tour(
        runs=np.concatenate(([-1], index, [-1])),
        flip=np.concatenate(([False], flip, [False])),
        enter=np.vstack((end, np.where(flip[:, None], lasts[index], firsts[index]), end)),
        leave=np.vstack((end, np.where(flip[:, None], firsts[index], lasts[index]), end)),
        reversing=np.ones(len(index) + 2, dtype=np.bool_),
        moving=np.ones(len(index) + 2, dtype=np.bool_),
        from_start=start is not None,
        to_start=start is not None and returns,
    )
