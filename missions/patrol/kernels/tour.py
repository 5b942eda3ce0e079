"""One short closed tour: 2-opt and Or-opt over near neighbours, kicked by local double bridges.

Source: Bentley 1992 (don't-look bits, neighbour lists); Johnson and McGeoch 1997 (iterated local
search, segment insertion). A tour is an array of places with `at`, the inverse.
"""

import numpy as np
import numpy.typing as npt

from missions.patrol.kernels.chance import Words, below
from missions.patrol.kernels.compiled import entry, inner

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
EPSILON = 1e-9
LONGEST_SEGMENT = 3


@inner
def _reverse(tour: Ints, at: Ints, first: int, last: int) -> None:
    """Turn round the places from position `first` to `last`, or the rest, which is the same."""
    n = len(tour)
    count = (last - first) % n + 1
    if 2 * count > n:
        first, last = (last + 1) % n, (first - 1) % n
        count = n - count
    for _ in range(count // 2):
        a, b = tour[first], tour[last]
        tour[first], tour[last] = b, a
        at[b], at[a] = first, last
        first = (first + 1) % n
        last = (last - 1) % n


@inner
def _two_opt(gaps: Floats, near: Ints, tour: Ints, at: Ints, one: int) -> tuple[float, int, int]:
    """Put `one` beside a nearer place by turning a part round; what it saved, and the other end."""
    n = len(tour)
    for step in (1, -1):
        beside = tour[(at[one] + step) % n]
        leaves = gaps[one, beside]
        for place in near[one]:
            if gaps[one, place] >= leaves - EPSILON:
                break
            after = tour[(at[place] + step) % n]
            if place == beside or after == one:
                continue
            saved = leaves + gaps[place, after] - gaps[one, place] - gaps[beside, after]
            if saved > EPSILON:
                if step == 1:
                    _reverse(tour, at, at[beside], at[place])
                else:
                    _reverse(tour, at, at[one], at[after])
                return saved, beside, place
    return 0.0, one, one


@inner
def _shift(tour: Ints, at: Ints, held: Ints, count: int, first: int, gap: int) -> int:
    """Move the `count` places from position `first` on into the gap after position `gap`.

    The places between are shifted, on the shorter side; the answer is where the first now is.
    """
    n = len(tour)
    last = (first + count - 1) % n
    ahead, behind = (gap - last) % n, (first - 1 - gap) % n
    if ahead <= behind:
        for i in range(ahead):
            place = tour[(last + 1 + i) % n]
            tour[(first + i) % n] = place
            at[place] = (first + i) % n
        start = (first + ahead) % n
    else:
        for i in range(behind):
            place = tour[(first - 1 - i) % n]
            tour[(last - i) % n] = place
            at[place] = (last - i) % n
        start = (last - behind - count + 1) % n
    for i in range(count):
        tour[(start + i) % n] = held[i]
        at[held[i]] = (start + i) % n
    return start


@inner
def _or_opt(
    gaps: Floats, near: Ints, tour: Ints, at: Ints, held: Ints, one: int
) -> tuple[float, int, int]:
    """Move a short run that begins or ends with `one` to a nearer place; what it saved."""
    n = len(tour)
    for count in range(1, LONGEST_SEGMENT + 1):
        if count > n - 3:
            break
        for way in (1, -1):
            end = tour[(at[one] + way * (count - 1)) % n]
            before, after = tour[(at[one] - way) % n], tour[(at[end] + way) % n]
            freed = gaps[before, one] + gaps[end, after] - gaps[before, after]
            if freed <= EPSILON:
                continue
            for place in near[one]:
                if gaps[one, place] >= freed - EPSILON:
                    break
                if (way * (at[place] - at[one])) % n < count:
                    continue
                for side in (1, -1):
                    other = tour[(at[place] + side) % n]
                    if (way * (at[other] - at[one])) % n < count:
                        other = after if place == before else before
                    saved = freed - gaps[place, one] - gaps[end, other] + gaps[place, other]
                    if saved <= EPSILON:
                        continue
                    _move(tour, at, held, one, count, way, place, other)
                    return saved, before, after
    return 0.0, one, one


@inner
def _move(
    tour: Ints, at: Ints, held: Ints, one: int, count: int, way: int, place: int, other: int
) -> None:
    """Put the run that begins with `one` between `place`, beside which it goes, and `other`."""
    n = len(tour)
    first = at[one] if way == 1 else (at[one] - count + 1) % n
    left = place
    # Once the run is out, place and other are neighbours: which of them comes first?
    after_place = (at[place] + 1) % n
    if after_place == first:
        after_place = (first + count) % n
    if tour[after_place] != other:
        left = other
    for i in range(count):
        held[i] = tour[(at[one] + way * i) % n]
    if left == other:
        for i in range(count // 2):
            held[i], held[count - 1 - i] = held[count - 1 - i], held[i]
    _shift(tour, at, held, count, first, at[left])


@inner
def _settle(
    gaps: Floats, near: Ints, tour: Ints, at: Ints, held: Ints, queue: Ints, waits: Ints, count: int
) -> float:
    """Improve from the places in the queue on until nothing helps; what it saved."""
    n = len(tour)
    saved_all = 0.0
    head = 0
    while count > 0:
        one = queue[head]
        head = (head + 1) % n
        count -= 1
        waits[one] = 0
        while True:
            left, right = tour[(at[one] - 1) % n], tour[(at[one] + 1) % n]
            saved, a, b = _two_opt(gaps, near, tour, at, one)
            if saved <= 0.0:
                saved, a, b = _or_opt(gaps, near, tour, at, held, one)
            if saved <= 0.0:
                break
            saved_all += saved
            for place in (a, b, left, right, tour[(at[one] - 1) % n], tour[(at[one] + 1) % n]):
                if waits[place] == 0 and place != one:
                    waits[place] = 1
                    queue[(head + count) % n] = place
                    count += 1
    return saved_all


@inner
def _kick(
    gaps: Floats, tour: Ints, at: Ints, held: Ints, queue: Ints, waits: Ints, chance: Words
) -> tuple[float, int]:
    """Exchange two short neighbouring runs; how much longer it is, and how many places wait."""
    n = len(tour)
    most = max(1, min(30, (n - 2) // 2))
    first, second = 1 + below(chance, most), 1 + below(chance, most)
    start = below(chance, n)
    a, b = tour[start], tour[(start + 1) % n]
    c, d = tour[(start + first) % n], tour[(start + first + 1) % n]
    e, f = tour[(start + first + second) % n], tour[(start + first + second + 1) % n]
    longer = gaps[a, d] + gaps[e, b] + gaps[c, f] - gaps[a, b] - gaps[c, d] - gaps[e, f]
    for i in range(first):
        held[second + i] = tour[(start + 1 + i) % n]
    for i in range(second):
        held[i] = tour[(start + first + 1 + i) % n]
    for i in range(first + second):
        place = (start + 1 + i) % n
        tour[place] = held[i]
        at[held[i]] = place
    count = 0
    for place in (a, b, c, d, e, f):
        if waits[place] == 0:
            waits[place] = 1
            queue[count] = place
            count += 1
    return longer, count


@entry
def shorten(
    gaps: Floats, near: Ints, tour: Ints, at: Ints, spare: Ints, chance: Words, kicks: int
) -> float:
    """Shorten a tour of at least 5 places in place; its length after so many kicks.

    `near` holds each place's neighbours, nearest first; `spare` is (5, n) of scratch.
    """
    n = len(tour)
    best, held, queue, waits, best_at = spare[0], spare[1], spare[2], spare[3], spare[4]
    length = 0.0
    for i in range(n):
        at[tour[i]] = i
        queue[i] = tour[i]
        waits[tour[i]] = 1
        length += gaps[tour[i], tour[(i + 1) % n]]
    length -= _settle(gaps, near, tour, at, held, queue, waits, n)
    for _ in range(kicks):
        for i in range(n):
            best[i] = tour[i]
            best_at[i] = at[i]
        longer, count = _kick(gaps, tour, at, held, queue, waits, chance)
        longer -= _settle(gaps, near, tour, at, held, queue, waits, count)
        if longer > EPSILON:
            for i in range(n):
                tour[i] = best[i]
                at[i] = best_at[i]
        else:
            length += longer
    return length
