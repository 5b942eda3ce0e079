"""The order of cells: exact directions for one order, and a search among orders.

A cell can be entered at any of its variants' entries; the exit follows. For one order the best
variants are found exactly by dynamic programming. Orders are improved by moving runs of cells next
to cells that lie near, and by reversing them; where that ends, runs are exchanged by a fixed
sequence of chance, and it begins again. The work is bounded, so that the answer never depends on
the machine.
"""

from typing import NamedTuple

from missions.patterns.sweep.core.kernels import Array, Ints, entry, inner

VARIANTS = 4
LONGEST_RUN = 3
LEAST_GAIN = 1e-6
# It is given up after so many exchanges in vain.
IN_VAIN = 25


class Orders(NamedTuple):
    """What an order of n cells is searched with.

    `ways`, shape (n, 4, n, 4), cost from one cell's variant to another's, `entries` (n, 4) from
    where it begins; `near` (n, m) are the cells nearest to each. Written over: `fore` and `back`
    (n, 4), the least costs up to a place of the order and from there on, by the variant there;
    `moved` (n,), and `place` (n,), where in the order each cell is.
    """

    ways: Array
    entries: Array
    near: Ints
    fore: Array
    back: Array
    moved: Ints
    place: Ints


@inner
def look(order: Ints, orders: Orders) -> float:
    """Work out an order's costs from either end, and where its cells are; its cost."""
    n = order.shape[0]
    fore, back, ways = orders.fore, orders.back, orders.ways
    for v in range(VARIANTS):
        fore[0, v] = orders.entries[order[0], v]
        back[n - 1, v] = 0.0
    for i in range(1, n):
        a, b = order[i - 1], order[i]
        for v in range(VARIANTS):
            least = fore[i - 1, 0] + ways[a, 0, b, v]
            for u in range(1, VARIANTS):
                least = min(least, fore[i - 1, u] + ways[a, u, b, v])
            fore[i, v] = least
    for i in range(n - 2, -1, -1):
        a, b = order[i], order[i + 1]
        for u in range(VARIANTS):
            least = ways[a, u, b, 0] + back[i + 1, 0]
            for v in range(1, VARIANTS):
                least = min(least, ways[a, u, b, v] + back[i + 1, v])
            back[i, u] = least
    for i in range(n):
        orders.place[order[i]] = i
    last = n - 1
    return float(min(min(fore[last, 0], fore[last, 1]), min(fore[last, 2], fore[last, 3])))


@inner
def cost_between(order: Ints, orders: Orders, low: int, high: int, most: float) -> float:
    """The cost of the order with the cells of `moved` from place `low` to `high`; or some cost
    above `most`."""
    fore, back, ways, moved = orders.fore, orders.back, orders.ways, orders.moved
    first = moved[low]
    if low == 0:
        c0, c1 = orders.entries[first, 0], orders.entries[first, 1]
        c2, c3 = orders.entries[first, 2], orders.entries[first, 3]
    else:
        a = order[low - 1]
        c0, c1, c2, c3 = step(
            ways, a, first, fore[low - 1, 0], fore[low - 1, 1], fore[low - 1, 2], fore[low - 1, 3]
        )
    for i in range(low + 1, high + 1):
        if min(min(c0, c1), min(c2, c3)) > most:
            break
        c0, c1, c2, c3 = step(ways, moved[i - 1], moved[i], c0, c1, c2, c3)
    if high < order.shape[0] - 1:
        c0, c1, c2, c3 = step(ways, moved[high], order[high + 1], c0, c1, c2, c3)
        after = high + 1
        c0, c1 = c0 + back[after, 0], c1 + back[after, 1]
        c2, c3 = c2 + back[after, 2], c3 + back[after, 3]
    return float(min(min(c0, c1), min(c2, c3)))


@inner
def step(
    ways: Array, a: int, b: int, c0: float, c1: float, c2: float, c3: float
) -> tuple[float, float, float, float]:
    """The least costs up to cell b, by its variant, from those up to cell a."""
    w = ways[a]
    return (
        min(min(c0 + w[0, b, 0], c1 + w[1, b, 0]), min(c2 + w[2, b, 0], c3 + w[3, b, 0])),
        min(min(c0 + w[0, b, 1], c1 + w[1, b, 1]), min(c2 + w[2, b, 1], c3 + w[3, b, 1])),
        min(min(c0 + w[0, b, 2], c1 + w[1, b, 2]), min(c2 + w[2, b, 2], c3 + w[3, b, 2])),
        min(min(c0 + w[0, b, 3], c1 + w[1, b, 3]), min(c2 + w[2, b, 3], c3 + w[3, b, 3])),
    )


@inner
def move_run(order: Ints, i: int, size: int, k: int, moved: Ints) -> tuple[int, int]:
    """Put the run of `size` from place i on before place k of the rest, into `moved`; the first
    and the last place that it changes."""
    low, high = min(i, k), max(i, k) + size - 1
    for place in range(low, high + 1):
        if k <= place < k + size:
            moved[place] = order[i + place - k]
        else:
            moved[place] = order[place - size] if k < i else order[place + size]
    return low, high


@inner
def reverse_run(order: Ints, i: int, j: int, moved: Ints) -> None:
    """Reverse the run from place i to j, into `moved`."""
    for place in range(i, j + 1):
        moved[place] = order[i + j - place]


@inner
def better(
    order: Ints, orders: Orders, low: int, high: int, best: float, budget: int
) -> tuple[float, int, bool]:
    """Take what `moved` holds between two places if it costs less; the cost, the budget left and
    whether it was taken."""
    budget -= high - low + 2
    found = cost_between(order, orders, low, high, best - LEAST_GAIN)
    if found >= best - LEAST_GAIN:
        return best, budget, False
    for place in range(low, high + 1):
        order[place] = orders.moved[place]
    return look(order, orders), budget, True


@inner
def move_near(
    order: Ints, orders: Orders, cell: int, size: int, best: float, budget: int
) -> tuple[float, int, bool]:
    """Try the run of `size` that begins with a cell at both ends of the order, and before and
    behind each cell near its own ends."""
    n, count = order.shape[0], orders.near.shape[1]
    improved = False
    for at in range(2 + 4 * count):
        i = orders.place[cell]
        if i + size > n or budget <= 0:
            break
        k = 0 if at == 0 else n - size
        if at >= 2:
            by = cell if at % 2 == 0 else order[i + size - 1]
            other = orders.place[orders.near[by, (at - 2) // 4]]
            if i <= other < i + size:
                continue
            k = other - size if other > i else other
            k += 1 if at % 4 < 2 else 0
        if k == i:
            continue
        low, high = move_run(order, i, size, k, orders.moved)
        best, budget, taken = better(order, orders, low, high, best, budget)
        improved = improved or taken
    return best, budget, improved


@inner
def reverse_near(
    order: Ints, orders: Orders, cell: int, best: float, budget: int
) -> tuple[float, int, bool]:
    """Try to reverse runs that end or begin at a cell: up to the order's ends, and so that it comes
    next to a cell near it."""
    n, count = order.shape[0], orders.near.shape[1]
    improved = False
    for at in range(2 + 2 * count):
        if budget <= 0:
            break
        i = orders.place[cell]
        low, high = (0, i) if at == 0 else (i, n - 1)
        if at >= 2:
            other = orders.place[orders.near[cell, (at - 2) // 2]]
            if at % 2 == 0:
                low, high = min(i, other) + 1, max(i, other)
            else:
                low, high = min(i, other), max(i, other) - 1
        if low >= high:
            continue
        reverse_run(order, low, high, orders.moved)
        best, budget, taken = better(order, orders, low, high, best, budget)
        improved = improved or taken
    return best, budget, improved


@inner
def settle(order: Ints, orders: Orders, budget: int) -> tuple[float, int]:
    """Improve an order until no move helps; its cost and what is left of the budget."""
    n = order.shape[0]
    best = look(order, orders)
    improved = True
    while improved and budget > 0:
        improved = False
        for size in range(1, min(LONGEST_RUN, n - 1) + 1):
            for cell in range(n):
                best, budget, taken = move_near(order, orders, cell, size, best, budget)
                improved = improved or taken
        for cell in range(n):
            best, budget, taken = reverse_near(order, orders, cell, best, budget)
            improved = improved or taken
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
def search(order: Ints, orders: Orders, tried: Ints, budget: int) -> float:
    """Improve an order in place; its cost. `tried` (n,) is written over; `budget` is how many
    cells' costs may be worked out."""
    n = order.shape[0]
    best, budget = settle(order, orders, budget)
    chance, in_vain = 1, 0
    while budget > 0 and n > LONGEST_RUN and in_vain < IN_VAIN:
        for i in range(n):
            tried[i] = order[i]
        chance = shake(tried, chance, orders.moved)
        found, budget = settle(tried, orders, budget)
        in_vain += 1
        if found < best - LEAST_GAIN:
            best, in_vain = found, 0
            for i in range(n):
                order[i] = tried[i]
    return best
