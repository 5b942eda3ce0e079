"""Shortest ways inside a triangulated polygon, and the lengths of many: `missions.patterns.inside`,
compiled.

A way is searched for over the middles of gates (edges that two triangles share), then pulled taut
by the funnel algorithm, then cut short wherever a straight leg meets no edge.
"""

import math
from typing import NamedTuple

from missions.patterns.sweep.core.edges import Edges, crosses
from missions.patterns.sweep.core.kernels import Array, Ints, entry, inner

NONE = 1e300
SAME_M = 1e-9
LONGER_M = 1e-6


class Gates(NamedTuple):
    """Gates between triangles, and the room to search in, which is written over.

    `ends` (gates, 4): left x, y, right x, y, as seen going from `sides[i, 0]` to `sides[i, 1]`;
    `of` (triangles, 3): each triangle's gates, -1 for none. `costs`, `before` and `done` (gates,);
    `heap` and `heaped` (5 gates + 8,): the queue's costs and gates.
    """

    ends: Array
    sides: Ints
    of: Ints
    costs: Array
    before: Ints
    done: Ints
    heap: Array
    heaped: Ints


@inner
def middle_to(gates: Gates, gate: int, x: float, y: float) -> float:
    """Metres from a gate's middle to a place."""
    middle_x = (gates.ends[gate, 0] + gates.ends[gate, 2]) / 2.0
    middle_y = (gates.ends[gate, 1] + gates.ends[gate, 3]) / 2.0
    return math.hypot(middle_x - x, middle_y - y)


@inner
def push(gates: Gates, size: int, cost: float, gate: int) -> int:
    """Queue a gate; the queue's size."""
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if gates.heap[above] <= cost:
            break
        gates.heap[at] = gates.heap[above]
        gates.heaped[at] = gates.heaped[above]
        at = above
    gates.heap[at] = cost
    gates.heaped[at] = gate
    return size + 1


@inner
def pop(gates: Gates, size: int) -> int:
    """Take the least off the queue; the queue's size."""
    size -= 1
    cost, gate = gates.heap[size], gates.heaped[size]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and gates.heap[below + 1] < gates.heap[below]:
            below += 1
        if gates.heap[below] >= cost:
            break
        gates.heap[at] = gates.heap[below]
        gates.heaped[at] = gates.heaped[below]
        at = below
    gates.heap[at] = cost
    gates.heaped[at] = gate
    return size


@inner
def begin(gates: Gates, x: float, y: float, triangle: int, goal_x: float, goal_y: float) -> int:
    """Forget the last search and queue the gates of the triangle in which a way begins."""
    for gate in range(gates.done.shape[0]):
        gates.done[gate] = 0
        gates.costs[gate] = NONE
        gates.before[gate] = -1
    size = 0
    for i in range(3):
        gate = gates.of[triangle, i]
        if gate >= 0:
            gates.costs[gate] = middle_to(gates, gate, x, y)
            ahead = 0.0 if goal_x == NONE else middle_to(gates, gate, goal_x, goal_y)
            size = push(gates, size, gates.costs[gate] + ahead, gate)
    return size


@inner
def spread(gates: Gates, size: int, gate: int, goal_x: float, goal_y: float) -> int:
    """Queue what can be reached from a gate; the queue's size."""
    x = (gates.ends[gate, 0] + gates.ends[gate, 2]) / 2.0
    y = (gates.ends[gate, 1] + gates.ends[gate, 3]) / 2.0
    for side in range(2):
        triangle = gates.sides[gate, side]
        for i in range(3):
            other = gates.of[triangle, i]
            if other < 0 or gates.done[other] == 1:
                continue
            cost = gates.costs[gate] + middle_to(gates, other, x, y)
            if cost < gates.costs[other] and size < gates.heap.shape[0]:
                gates.costs[other] = cost
                gates.before[other] = gate
                ahead = 0.0 if goal_x == NONE else middle_to(gates, other, goal_x, goal_y)
                size = push(gates, size, cost + ahead, other)
    return size


@inner
def search(
    gates: Gates, ax: float, ay: float, first: int, bx: float, by: float, last: int
) -> tuple[float, int]:
    """The length by the middles of gates to b in its triangle, and the last gate of that way."""
    size = begin(gates, ax, ay, first, bx, by)
    best, best_gate = NONE, -1
    while size > 0 and gates.heap[0] < best:
        gate = gates.heaped[0]
        size = pop(gates, size)
        if gates.done[gate] == 1:
            continue
        gates.done[gate] = 1
        if gates.sides[gate, 0] == last or gates.sides[gate, 1] == last:
            whole = gates.costs[gate] + middle_to(gates, gate, bx, by)
            if whole < best:
                best, best_gate = whole, gate
        size = spread(gates, size, gate, bx, by)
    return best, best_gate


@inner
def line_up(gates: Gates, first: int, last_gate: int, run: Array) -> int:
    """The gates of the way found into `run`, each as left and right; how many."""
    count, gate = 0, last_gate
    while gate >= 0:
        count += 1
        gate = gates.before[gate]
    gate, at = last_gate, count
    while gate >= 0:
        at -= 1
        gates.heaped[at] = gate
        gate = gates.before[gate]
    triangle = first
    for at in range(count):
        gate = gates.heaped[at]
        forwards = gates.sides[gate, 0] == triangle
        left, right = (0, 2) if forwards else (2, 0)
        run[at + 1, 0], run[at + 1, 1] = gates.ends[gate, left], gates.ends[gate, left + 1]
        run[at + 1, 2], run[at + 1, 3] = gates.ends[gate, right], gates.ends[gate, right + 1]
        triangle = gates.sides[gate, 1] if forwards else gates.sides[gate, 0]
    return count


@inner
def turn(ox: float, oy: float, ax: float, ay: float, bx: float, by: float) -> float:
    """Above nought where b lies to the left of the ray from o by a."""
    return (ax - ox) * (by - oy) - (ay - oy) * (bx - ox)


@inner
def same(ax: float, ay: float, bx: float, by: float) -> bool:
    """Whether two places are one."""
    return math.hypot(ax - bx, ay - by) < SAME_M


@inner
def pull_taut(run: Array, gates: int, way: Array) -> int:
    """The taut way through `run`, whose first and last gates are its ends; its points."""
    apex_x, apex_y = run[0, 0], run[0, 1]
    left_x, left_y, right_x, right_y = apex_x, apex_y, apex_x, apex_y
    way[0, 0], way[0, 1] = apex_x, apex_y
    count, left_at, right_at, i = 1, 0, 0, 0
    while i + 1 < gates and count < way.shape[0] - 1:
        i += 1
        x, y = run[i, 2], run[i, 3]
        if turn(apex_x, apex_y, right_x, right_y, x, y) >= 0.0:
            narrower = turn(apex_x, apex_y, left_x, left_y, x, y) < 0.0
            if same(apex_x, apex_y, right_x, right_y) or narrower:
                right_x, right_y, right_at = x, y, i
            else:
                way[count, 0], way[count, 1] = left_x, left_y
                count += 1
                apex_x, apex_y, i, right_at = left_x, left_y, left_at, left_at
                right_x, right_y = apex_x, apex_y
                continue
        x, y = run[i, 0], run[i, 1]
        if turn(apex_x, apex_y, left_x, left_y, x, y) <= 0.0:
            narrower = turn(apex_x, apex_y, right_x, right_y, x, y) > 0.0
            if same(apex_x, apex_y, left_x, left_y) or narrower:
                left_x, left_y, left_at = x, y, i
            else:
                way[count, 0], way[count, 1] = right_x, right_y
                count += 1
                apex_x, apex_y, i, left_at = right_x, right_y, right_at, right_at
                left_x, left_y = apex_x, apex_y
    x, y = run[gates - 1, 0], run[gates - 1, 1]
    if not same(way[count - 1, 0], way[count - 1, 1], x, y):
        way[count, 0], way[count, 1] = x, y
        count += 1
    return count


@inner
def cut_short(way: Array, count: int, edges: Edges) -> int:
    """The way without points that a straight leg does not need; its points."""
    kept, i = 1, 0
    while i < count - 1:
        j = count - 1
        while j > i + 1 and crosses(edges, way[i, 0], way[i, 1], way[j, 0], way[j, 1]):
            j -= 1
        way[kept, 0], way[kept, 1] = way[j, 0], way[j, 1]
        kept += 1
        i = j
    return kept


@entry
def sees(edges: Edges, ax: float, ay: float, bx: float, by: float) -> bool:
    """Whether a straight leg between two places inside meets no edge."""
    return not crosses(edges, ax, ay, bx, by)


@entry
def route(
    gates: Gates, edges: Edges, ends: Array, first: int, last: int, run: Array, way: Array
) -> int:
    """A short way from `ends[0]` in triangle `first` to `ends[1]` in `last`, into `way`.

    Its points are counted, 0 where no gates lead there; `run` (gates + 2, 4) is written over.
    """
    ax, ay, bx, by = ends[0, 0], ends[0, 1], ends[1, 0], ends[1, 1]
    _, last_gate = search(gates, ax, ay, first, bx, by, last)
    if last_gate < 0:
        return 0
    run[0, 0], run[0, 1], run[0, 2], run[0, 3] = ax, ay, ax, ay
    count = line_up(gates, first, last_gate, run) + 2
    run[count - 1, 0], run[count - 1, 1], run[count - 1, 2], run[count - 1, 3] = bx, by, bx, by
    return cut_short(way, pull_taut(run, count, way), edges)


@entry
def lengths_between(
    gates: Gates,
    edges: Edges,
    places: Array,
    owners: Ints,
    starts: Ints,
    listed: Ints,
    limits: Array,
    found: Array,
) -> None:
    """Lengths of ways between places, into `found` (n, n): a place further off than the limit of
    the one from which it is searched for stays as it is there.

    `owners` (n,) is each place's triangle; triangle t holds the places
    `listed[starts[t] : starts[t + 1]]`.
    """
    for a in range(places.shape[0]):
        ax, ay = places[a, 0], places[a, 1]
        size = begin(gates, ax, ay, owners[a], NONE, NONE)
        while size > 0 and gates.heap[0] <= limits[a]:
            gate = gates.heaped[0]
            size = pop(gates, size)
            if gates.done[gate] == 1:
                continue
            gates.done[gate] = 1
            for side in range(2):
                triangle = gates.sides[gate, side]
                for at in range(starts[triangle], starts[triangle + 1]):
                    b = listed[at]
                    way_m = gates.costs[gate] + middle_to(gates, gate, places[b, 0], places[b, 1])
                    found[a, b] = min(found[a, b], way_m)
            size = spread(gates, size, gate, NONE, NONE)
        for at in range(starts[owners[a]], starts[owners[a] + 1]):
            b = listed[at]
            found[a, b] = math.hypot(places[b, 0] - ax, places[b, 1] - ay)
        for b in range(places.shape[0]):
            straight_m = math.hypot(places[b, 0] - ax, places[b, 1] - ay)
            # By middles of gates even what lies near may seem to be out of reach.
            near = found[a, b] < NONE or straight_m <= limits[a]
            longer = near and straight_m + LONGER_M < found[a, b]
            if longer and not crosses(edges, ax, ay, places[b, 0], places[b, 1]):
                found[a, b] = straight_m
