"""The moves that are tried on a way's points."""

import math

from missions.patterns.sweep.core.change import Working
from missions.patterns.sweep.core.kernels import Array, inner

DROP = 0
ALONG_BEFORE, BACK_BEFORE, ALONG_AFTER, BACK_AFTER = 1, 2, 3, 4
CUT = 5
PAIR_ALONG, PAIR_BACK = 6, 7
OUTWARD, INWARD = 8, 9
KINDS = 10
# Cosine of a turn too slight to be worth a cut.
NEARLY_STRAIGHT = 0.985
# Where a leg goes back nearly on the one before, the corner has no bisector to speak of.
NARROWEST = 0.05

Change = tuple[int, int]


@inner
def propose(work: Working, n: int, k: int, move: int, steps: Array) -> Change:
    """Put a move's fresh points down; how many points it removes and adds, (0, 0) for no move."""
    count = steps.shape[0]
    kind = move // count
    step = steps[move % count]
    if kind in (BACK_BEFORE, BACK_AFTER, PAIR_BACK, INWARD):
        step = -step
    if kind in (ALONG_BEFORE, BACK_BEFORE):
        return slide(work, n, k, k - 1, step)
    if kind in (ALONG_AFTER, BACK_AFTER):
        return slide(work, n, k, k + 1, step)
    if not 0 < k < n - 1:
        return 0, 0
    if kind == DROP:
        return drop(work, n, k, move % count)
    if kind == CUT:
        return cut(work, n, k, step)
    if kind in (PAIR_ALONG, PAIR_BACK):
        return slide_pair(work, n, k, step)
    return bisect(work, k, step)


@inner
def drop(work: Working, n: int, k: int, which: int) -> Change:
    """Leave out the point, it and the next, or put one in the middle of the two."""
    if n <= 3:
        return 0, 0
    if which == 0:
        return 1, 0
    if k + 2 >= n or which > 2:
        return 0, 0
    if which == 1:
        return 2, 0
    work.fresh[0, 0] = (work.points[k, 0] + work.points[k + 1, 0]) / 2.0
    work.fresh[0, 1] = (work.points[k, 1] + work.points[k + 1, 1]) / 2.0
    return 2, 1


@inner
def slide(work: Working, n: int, k: int, other: int, step: float) -> Change:
    """Move the point along its leg to a neighbour, away from it."""
    if other < 0 or other >= n:
        return 0, 0
    dx = work.points[k, 0] - work.points[other, 0]
    dy = work.points[k, 1] - work.points[other, 1]
    length = math.hypot(dx, dy)
    if length < 1e-6 or length + step < 1e-3:
        return 0, 0
    work.fresh[0, 0] = work.points[k, 0] + step * dx / length
    work.fresh[0, 1] = work.points[k, 1] + step * dy / length
    return 1, 1


@inner
def slide_pair(work: Working, n: int, k: int, step: float) -> Change:
    """Move the leg after the point along the leg before it."""
    if k + 2 >= n:
        return 0, 0
    dx = work.points[k, 0] - work.points[k - 1, 0]
    dy = work.points[k, 1] - work.points[k - 1, 1]
    length = math.hypot(dx, dy)
    if length < 1e-6 or length + step < 1e-3:
        return 0, 0
    for i in range(2):
        work.fresh[i, 0] = work.points[k + i, 0] + step * dx / length
        work.fresh[i, 1] = work.points[k + i, 1] + step * dy / length
    return 2, 2


@inner
def cut(work: Working, n: int, k: int, step: float) -> Change:
    """Cut the corner off, `step` before and after it."""
    x = work.points[k, 0]
    y = work.points[k, 1]
    dx = x - work.points[k - 1, 0]
    dy = y - work.points[k - 1, 1]
    ex = work.points[k + 1, 0] - x
    ey = work.points[k + 1, 1] - y
    before = math.hypot(dx, dy)
    after = math.hypot(ex, ey)
    if before < 1e-6 or after < 1e-6 or n + 1 >= work.points.shape[0]:
        return 0, 0
    if dx * ex + dy * ey > NEARLY_STRAIGHT * before * after:
        return 0, 0
    length = min(step, 0.45 * min(before, after))
    work.fresh[0, 0] = x - length * dx / before
    work.fresh[0, 1] = y - length * dy / before
    work.fresh[1, 0] = x + length * ex / after
    work.fresh[1, 1] = y + length * ey / after
    return 1, 2


@inner
def bisect(work: Working, k: int, step: float) -> Change:
    """Move the corner out along its bisector."""
    x = work.points[k, 0]
    y = work.points[k, 1]
    dx = x - work.points[k - 1, 0]
    dy = y - work.points[k - 1, 1]
    ex = work.points[k + 1, 0] - x
    ey = work.points[k + 1, 1] - y
    before = math.hypot(dx, dy)
    after = math.hypot(ex, ey)
    if before < 1e-6 or after < 1e-6:
        return 0, 0
    bx = dx / before - ex / after
    by = dy / before - ey / after
    width = math.hypot(bx, by)
    if width < NARROWEST:
        return 0, 0
    work.fresh[0, 0] = x + step * bx / width
    work.fresh[0, 1] = y + step * by / width
    return 1, 1
