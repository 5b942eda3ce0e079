"""The order of cells: exact directions for one order, and a search among orders.

A cell can be entered at any of its variants' entries; the exit follows. For one order the best
variants are found exactly by dynamic programming. Orders are improved by moving runs of cells and
by reversing them; where that ends, runs are exchanged by a fixed sequence of chance, and it begins
again. The work is bounded, so that the answer never depends on the machine.
"""

from missions.patterns.sweep.core.kernels import Array, Ints, entry, inner

VARIANTS = 4
LONGEST_RUN = 3
LEAST_GAIN = 1e-6


@inner
def cost(order: Ints, ways: Array, entries: Array, room: Array) -> float:
    """The least cost of an order over all variants; `room`, shape (2, 4), is written over."""
    for v in range(VARIANTS):
        room[0, v] = entries[order[0], v]
    for i in range(1, order.shape[0]):
        a, b = order[i - 1], order[i]
        for v in range(VARIANTS):
            least = room[0, 0] + ways[a, 0, b, v]
            for u in range(1, VARIANTS):
                least = min(least, room[0, u] + ways[a, u, b, v])
            room[1, v] = least
        for v in range(VARIANTS):
            room[0, v] = room[1, v]
    found: float = min(min(room[0, 0], room[0, 1]), min(room[0, 2], room[0, 3]))
    return found


@inner
def move_run(order: Ints, i: int, size: int, k: int, moved: Ints) -> None:
    """`moved` is the order with the run of `size` from i on put before place k of the rest."""
    n = order.shape[0]
    at = 0
    for place in range(n - size + 1):
        if place == k:
            for j in range(size):
                moved[at] = order[i + j]
                at += 1
        if place < n - size:
            moved[at] = order[place] if place < i else order[place + size]
            at += 1


@inner
def reverse_run(order: Ints, i: int, j: int, moved: Ints) -> None:
    """`moved` is the order with the run from i to j reversed."""
    for place in range(order.shape[0]):
        moved[place] = order[i + j - place] if i <= place <= j else order[place]


@inner
def take(order: Ints, other: Ints) -> None:
    """Make `order` what `other` is."""
    for i in range(order.shape[0]):
        order[i] = other[i]


@inner
def settle(
    order: Ints, ways: Array, entries: Array, room: Array, moved: Ints, budget: int
) -> tuple[float, int]:
    """Improve an order until no move helps; its cost and the evaluations that are left."""
    n = order.shape[0]
    best = cost(order, ways, entries, room)
    improved = True
    while improved and budget > 0:
        improved = False
        for size in range(1, LONGEST_RUN + 1):
            for i in range(n - size + 1):
                for k in range(n - size + 1):
                    if k == i or budget <= 0:
                        continue
                    budget -= 1
                    move_run(order, i, size, k, moved)
                    found = cost(moved, ways, entries, room)
                    if found < best - LEAST_GAIN:
                        take(order, moved)
                        best = found
                        improved = True
        for i in range(n):
            for j in range(i + 1, n):
                if budget <= 0:
                    break
                budget -= 1
                reverse_run(order, i, j, moved)
                found = cost(moved, ways, entries, room)
                if found < best - LEAST_GAIN:
                    take(order, moved)
                    best = found
                    improved = True
    return best, budget


@inner
def shake(order: Ints, chance: int, moved: Ints) -> int:
    """Exchange two neighbouring runs of the order (a double bridge); the next chance."""
    n = order.shape[0]
    cuts = (0, 0, 0)
    while not 0 < cuts[0] < cuts[1] < cuts[2] <= n:
        chance = (chance * 1103515245 + 12345) % 2147483648
        a = 1 + (chance >> 8) % (n - 1)
        chance = (chance * 1103515245 + 12345) % 2147483648
        b = 1 + (chance >> 8) % (n - 1)
        chance = (chance * 1103515245 + 12345) % 2147483648
        c = 1 + (chance >> 8) % n
        cuts = (a, b, c)
    at = cuts[0]
    for place in range(cuts[1], cuts[2]):
        moved[at] = order[place]
        at += 1
    for place in range(cuts[0], cuts[1]):
        moved[at] = order[place]
        at += 1
    for place in range(cuts[0], cuts[2]):
        order[place] = moved[place]
    return chance


@entry
def search(
    order: Ints, ways: Array, entries: Array, room: Array, tried: Ints, moved: Ints, budget: int
) -> float:
    """Improve an order in place; its cost. `room`, `tried` and `moved` are written over."""
    best, budget = settle(order, ways, entries, room, moved, budget)
    chance = 1
    while budget > 0 and order.shape[0] > LONGEST_RUN:
        take(tried, order)
        chance = shake(tried, chance, moved)
        found, budget = settle(tried, ways, entries, room, moved, budget)
        if found < best - LEAST_GAIN:
            best = found
            take(order, tried)
    return best
