"""Lower bounds on the worst weighted idleness of any patrol whatever, cyclic or not.

Besides that of `cuts` three arguments, each for every threshold of urgency (only the places at
least so urgent count, and each is visited in any window of `idleness / threshold` seconds):

- *One drone.* From the last place to be seen again back to its visit before runs a closed walk over
  all places, no longer than a window: it is at least Held and Karp's bound on a closed tour (1970).
- *Paths.* In one window k drones fly paths that reach all places: at least the shortest forest with
  n - k edges, with prices on places of degree above 2 (Lagrange, all prices at least 0).
- *Moves.* Over a long time each place needs a move in and one out a visit, or a drone that stays.
  With prices p of visits, p_i + p_j <= way(i, j) and p_i at most half the longest gap allowed at i,
  the moves of a window cost at least 2 sum(rate p) + the shortest forest under way - p_i - p_j.
  Prices come from a linear programme by cutting planes (Kelley 1960).

Drones far from everything else count too: ways longer than a window join nothing within one.
Batteries: a drone flies at most a share of the time (its duty); one alone leaves each place for at
least the way to a dock, the stop and the way back.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from missions.patrol.cuts import cuts_bound_s
from missions.patrol.site import Battery, Site

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
MOST_THRESHOLDS = 8
ASCENTS = 150
CUTS = 60
LARGEST_PROGRAMME = 120
SAFETY = 1.0 - 1e-7


def idleness_bound_s(
    site: Site, drones: int, battery: Battery | None = None, urgency: Floats | None = None
) -> float:
    """No patrol by so many drones has a worst weighted idleness below this, seconds."""
    gaps = site.gaps_s()
    urgent = site.urgency() if urgency is None else urgency
    duty = 1.0 if battery is None else battery.duty
    to_dock = np.full(site.count, np.inf)
    if battery is not None and site.docks:
        to_dock = site.way_s[: site.count, site.count :].min(axis=1) + site.dwell_s / 2.0
    found = [0.0]
    for threshold in _thresholds(urgent):
        chosen = urgent >= threshold
        part = gaps[np.ix_(chosen, chosen)]
        rates = urgent[chosen] / threshold
        found.append(threshold * _window_bound(part, rates, to_dock[chosen], drones, duty))
    if battery is not None and drones == 1 and site.docks:
        stop = battery.swap_s + battery.charge_s * 2.0 * to_dock / battery.endurance_s
        found.append(float((urgent * (2.0 * to_dock + stop)).max()))
    found.append(cuts_bound_s(gaps, urgent, to_dock, drones * duty, max(found)))
    return max(found) * SAFETY


def _thresholds(urgency: Floats) -> list[float]:
    values = np.unique(urgency)
    if len(values) > MOST_THRESHOLDS:
        at = np.linspace(0, len(values) - 1, MOST_THRESHOLDS).round().astype(int)
        values = values[at]
    return [float(value) for value in values]


def _window_bound(gaps: Floats, rates: Floats, to_dock: Floats, drones: int, duty: float) -> float:
    """Seconds of a window in which so many drones can see all of these places."""
    if len(gaps) <= drones:
        return 0.0
    found = [
        _paths_bound(gaps, drones) / (drones * duty),
        _apart_bound(gaps, drones),
        _fewest_edges(gaps, math.ceil(len(gaps) / drones) - 1),
        _moves_bound(gaps, rates, to_dock, drones, duty),
    ]
    if drones == 1:
        found.append(closed_tour_bound(gaps))
    if drones == 2:
        found.append(_two_patrols_bound(gaps))
    return max(found)


@dataclass(frozen=True, slots=True)
class _Tree:
    """Edges of a shortest spanning tree, (m, 2), and their lengths with prices, (m,)."""

    edges: Ints
    lengths: Floats

    def forest(self, edges: int) -> "_Tree":
        """The shortest forest with so many edges: a tree without its longest (a matroid)."""
        kept = np.argsort(self.lengths, kind="stable")[: max(edges, 0)]
        return _Tree(self.edges[kept], self.lengths[kept])

    def degrees(self, count: int) -> Floats:
        """How many edges each place has."""
        found: Floats = np.bincount(self.edges.ravel(), minlength=count).astype(np.float64)
        return found


def _tree(gaps: Floats, price: Floats, *, root: int = 0, without: int = -1) -> _Tree:
    from missions.patrol.kernels.trees import spanning_tree

    parent, length = np.empty(len(gaps), dtype=np.int64), np.empty(len(gaps))
    spanning_tree(gaps, price, root, without, parent, length)
    child = np.flatnonzero(parent >= 0)
    return _Tree(np.column_stack((child, parent[child])), length[child])


def closed_tour_bound(gaps: Floats) -> float:
    """Held and Karp's bound on a closed tour over all places."""
    if len(gaps) < 3:
        return 2.0 * float(gaps.max(initial=0.0))
    return _ascend(gaps, tours=1)


def _two_patrols_bound(gaps: Floats) -> float:
    """The best cyclic patrol of two is the best of all (Afshani et al. 2022, equal urgency).

    That is two on one tour, a tour for each, or one that stays at a place.
    """
    one_tour = closed_tour_bound(gaps)
    nearest = (gaps + np.diag(np.full(len(gaps), np.inf))).min(axis=1)
    each = _ascend(gaps, tours=2) if len(gaps) > 3 else 0.0
    alone = one_tour - 2.0 * float(nearest.max())
    return min(one_tour / 2.0, each / 2.0, alone, _pair_bound(gaps, one_tour))


def _pair_bound(gaps: Floats, one_tour: float) -> float:
    """Where one of two drones goes to and fro between place 0 and another.

    The tour that is left for the other drone is the whole one without a detour to the pair.
    """
    found = math.inf
    for other in range(1, len(gaps)):
        rest = np.setdiff1d(np.arange(len(gaps)), (0, other))
        apart = float(gaps[np.ix_(np.array((0, other)), rest)].min()) if len(rest) else 0.0
        fro = 2.0 * float(gaps[0, other])
        found = min(found, max(fro, one_tour - fro - 2.0 * apart))
    return found


def _ascend(gaps: Floats, *, tours: int) -> float:
    """What one or two closed tours over all places are long at least, together.

    Two spokes to place 0 and a shortest tree over the rest. Two tours, that of place 0 of three
    places or more and the other of two or more: the tree without its longest edge, and an edge that
    closes the other tour, which may be one of the tree's. Prices by Polyak's step towards a tour no
    longer than twice the tree.
    """
    count = len(gaps)
    price, best, late, pace = np.zeros(count), -math.inf, 0, 1.0
    target = 2.0 * float(_tree(gaps, price).lengths.sum())
    for _ in range(4 * ASCENTS):
        tree = _tree(gaps, price, root=1, without=0).forest(count - 1 - tours)
        spokes = gaps[0] + price[0] + price
        spokes[0] = np.inf
        two = np.argsort(spokes, kind="stable")[:2]
        value = float(tree.lengths.sum() + spokes[two].sum() - 2.0 * price.sum())
        pull = tree.degrees(count) - 2.0
        pull[two] += 1.0
        pull[0] = 0.0
        if tours == 2:
            a, b = tree.edges[int(np.argmin(tree.lengths))]
            value += float(tree.lengths.min())
            pull[[a, b]] += 1.0
        late = 0 if value > best + 1e-9 * target else late + 1
        best = max(best, value)
        if late == 15:
            late, pace = 0, pace / 2.0
        steep = float((pull**2).sum())
        if steep == 0.0 or pace < 1e-4:
            break
        price = price + pace * (target - value) / steep * pull
    return best


def _paths_bound(gaps: Floats, drones: int) -> float:
    """What k open paths over all places are long at least, together."""
    count = len(gaps)
    price, best, step = np.zeros(count), 0.0, 0.0
    for turn in range(ASCENTS):
        forest = _tree(gaps, price).forest(count - drones)
        value = float(forest.lengths.sum() - 2.0 * price.sum())
        best = max(best, value)
        pull = forest.degrees(count) - 2.0
        if turn == 0:
            step = 0.3 * value / count
        price = np.maximum(0.0, price + step * pull)
        step *= 0.97
    return best


def _fewest_edges(gaps: Floats, edges: int) -> float:
    """Some drone joins so many pairs of places: the shortest forest with so many edges."""
    return float(_tree(gaps, np.zeros(len(gaps))).forest(edges).lengths.sum())


def _apart_bound(gaps: Floats, drones: int) -> float:
    """The shortest window in which the parts that lie within a window's way need few enough."""
    tree = _tree(gaps, np.zeros(len(gaps)))
    low, high = 0.0, float(tree.lengths.sum())
    for _ in range(40):
        middle = (low + high) / 2.0
        if _drones_needed(tree, len(gaps), middle) > drones:
            low = middle
        else:
            high = middle
    return low


def _drones_needed(tree: _Tree, count: int, window_s: float) -> int:
    """How many drones the parts need, by the shortest forests of each."""
    near = tree.lengths <= window_s
    part = np.arange(count)
    for a, b in tree.edges[near]:
        part[part == part[a]] = part[b]
    needed = 0
    for one in np.unique(part):
        inside = near & (part[tree.edges[:, 0]] == one)
        lengths = np.sort(tree.lengths[inside])
        for drones in range(1, len(lengths) + 2):
            if lengths[: len(lengths) + 1 - drones].sum() <= drones * window_s:
                break
        needed += drones
    return needed


def _moves_bound(gaps: Floats, rates: Floats, to_dock: Floats, drones: int, duty: float) -> float:
    """The shortest window that the moves allow; sound for whatever prices were found.

    A drone may come back to the place that it left for a dock, so no price is above that way.
    """
    prices = np.minimum(_prices(gaps, rates, drones), to_dock)
    best = 0.0
    low, high = 0.0, _moves_s(gaps, rates, prices, drones) / (drones * duty)
    for again in range(2):
        for _ in range(30):
            window = (low + high) / 2.0
            kept = np.minimum(prices, window / rates / 2.0)
            if _moves_s(gaps, rates, kept, drones) > drones * duty * window:
                low = window
            else:
                high = window
        best = max(best, low)
        if again == 0 and (prices > low / rates / 2.0 + 1e-9).any():
            prices = _prices(gaps, rates, drones, most=1.05 * low / rates / 2.0)
            prices = np.minimum(prices, to_dock)
            high = max(low, _moves_s(gaps, rates, prices, drones) / (drones * duty))
    return best


def _moves_s(gaps: Floats, rates: Floats, prices: Floats, drones: int) -> float:
    forest = _tree(gaps, -prices).forest(len(gaps) - drones)
    return float(2.0 * (rates * prices).sum() + forest.lengths.sum())


def _prices(gaps: Floats, rates: Floats, drones: int, most: Floats | None = None) -> Floats:
    """Prices that make the bound large and keep every pair within its way."""
    count = len(gaps)
    far = gaps + np.diag(np.full(count, np.inf))
    half: Floats = far.min(axis=1) / 2.0
    if count > LARGEST_PROGRAMME:
        return half
    pairs = _near_pairs(far, 14)
    rows = np.zeros((len(pairs), count + 1))
    rows[np.arange(len(pairs)), pairs[:, 0]] = 1.0
    rows[np.arange(len(pairs)), pairs[:, 1]] = 1.0
    limits = list(gaps[pairs[:, 0], pairs[:, 1]])
    cuts = [rows]
    best: Floats = half
    best_value = _moves_s(gaps, rates, half, drones)
    top = [None] * count if most is None else [float(one) for one in most]
    limit = [(0.0, one) for one in top]
    now = half
    for _ in range(CUTS):
        tree = _tree(gaps, -now).forest(count - drones)
        degrees = tree.degrees(count)
        cuts.append(np.append(degrees, 1.0)[None, :])
        limits.append(float(gaps[tree.edges[:, 0], tree.edges[:, 1]].sum()))
        found = linprog(
            -np.append(2.0 * rates, 1.0),
            A_ub=np.vstack(cuts),
            b_ub=np.array(limits),
            bounds=[*limit, (0.0, None)],
            method="highs",
        )
        if found.x is None:
            break
        now = _within_ways(np.maximum(found.x[:count], 0.0), far)
        value = _moves_s(gaps, rates, now, drones)
        if value > best_value:
            best, best_value = now, value
        if best_value >= -float(found.fun or 0.0) * (1.0 - 1e-3):
            break
    return best


def _near_pairs(far: Floats, most: int) -> Ints:
    near = np.argsort(far, axis=1, kind="stable")[:, : min(most, len(far) - 1)]
    pairs = [(min(i, j), max(i, j)) for i, row in enumerate(near.tolist()) for j in row]
    return np.array(sorted(set(pairs)), dtype=np.int64).reshape(-1, 2)


def _within_ways(prices: Floats, far: Floats) -> Floats:
    """Prices lowered one after another until no pair is dearer than its way."""
    kept = prices.copy()
    for i in range(len(kept)):
        kept[i] = max(0.0, min(kept[i], float((far[i] - kept).min())))
    return kept
