"""A lower bound from every set of places: drones come and go, or some are always there.

For any set S and its most urgent place u, no drone is in S for at most `idleness / u` seconds on
end, and each such absence begins with a drone that leaves and ends with one that comes. Per
`idleness` seconds of a long flight that is

    crossings of S + 2 u / idleness * seconds spent in S  >=  2 u.

The least flight that obeys this for all sets is a linear programme over moves between pairs and
time spent at places; sets that it breaks are found by shortest cuts, one for each place (a minimum
cut because the left side is submodular). Where k drones cannot fly so much, the idleness is too
small. Singletons alone give what moves cost; two halves say that drones may keep to their own.
"""

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
MOST_PLACES = 60
STEPS = 30
FASTEST = 1.1
NEAR = 1.002
WHOLE, MOST_WHOLE = 1_000_000.0, 2e9


def cuts_bound_s(
    gaps: Floats, urgency: Floats, to_dock: Floats, flying: float, low_s: float
) -> float:
    """An idleness that so many flying drones (a mean) cannot be below, from a known bound on.

    `to_dock` (n,) is infinite where there are no docks; all docks count as one, which no set holds,
    and time there is no flight. 0 where there are too many places for it.
    """
    count = len(gaps)
    if not 1 < count <= MOST_PLACES or low_s <= 0.0:
        return 0.0
    programme = _Programme(gaps, urgency, to_dock)
    idleness_s, best_s = low_s, 0.0
    for _ in range(STEPS):
        solved = programme.solve(idleness_s)
        if solved is None:
            break
        least_s, moves, stays = solved
        within_s = least_s / flying
        if within_s > idleness_s * (1.0 + 1e-6):
            best_s = max(best_s, idleness_s)
        grown = programme.add_broken(idleness_s, moves, stays)
        near = within_s <= idleness_s * NEAR
        if near and not grown:
            break
        if not near:
            idleness_s = min(within_s, idleness_s * FASTEST)
    return best_s


class _Programme:
    def __init__(self, gaps: Floats, urgency: Floats, to_dock: Floats) -> None:
        count = len(gaps)
        self._count, self._urgency = count, urgency
        one, other = np.triu_indices(count, 1)
        docked = np.flatnonzero(np.isfinite(to_dock))
        # The dock has the number after the last place.
        self._one = np.concatenate((one, docked))
        self._other = np.concatenate((other, np.full(len(docked), count)))
        self._ways = np.concatenate((gaps[one, other], to_dock[docked]))
        self._sets: dict[bytes, Bools] = {}
        for place in range(self._count):
            self._add(np.arange(self._count) == place)

    def _add(self, members: Bools) -> bool:
        key = members.tobytes()
        known = key in self._sets
        self._sets[key] = members
        return not known

    def solve(self, idleness_s: float) -> tuple[float, Floats, Floats] | None:
        """The least flying time per idleness, its moves between pairs, its time at places."""
        members = np.array(list(self._sets.values()))
        urgent = np.where(members, self._urgency, 0.0).max(axis=1)[:, None]
        with_dock = np.hstack((members, np.zeros((len(members), 1), dtype=np.bool_)))
        one, other = with_dock[:, self._one], with_dock[:, self._other]
        inside = 2.0 * urgent / idleness_s
        rows = np.hstack(((one != other) + inside * (one & other) * self._ways, inside * members))
        found = linprog(
            np.concatenate((self._ways, np.ones(self._count))),
            A_ub=-rows,
            b_ub=-2.0 * urgent.ravel(),
            method="highs",
        )
        if found.x is None or found.fun is None:
            return None
        pairs = len(self._ways)
        return float(found.fun), np.asarray(found.x[:pairs]), np.asarray(found.x[pairs:])

    def add_broken(self, idleness_s: float, moves: Floats, stays: Floats) -> bool:
        """Add the sets that a solution breaks, one for each place; whether any is new."""
        grown = False
        for place in range(self._count):
            members = self._worst_with(place, idleness_s, moves, stays)
            if members is not None and not members.all():
                grown |= self._add(members)
        return grown

    def _worst_with(
        self, place: int, idleness_s: float, moves: Floats, stays: Floats
    ) -> Bools | None:
        count, urgent = self._count, float(self._urgency[place])
        window_s = idleness_s / urgent
        used = moves > 1e-9
        one, other = self._one[used], self._other[used]
        share = np.minimum(self._ways[used] / window_s, 1.0)
        share[other == count] = 0.0
        # The last column is the sink: time spent, half of each move within, and moves to the dock.
        flow = np.zeros((count + 1, count + 1))
        flow[one, other] = flow[other, one] = moves[used] * (1.0 - share)
        flow[count, :] = 0.0
        flow[:count, count] += 2.0 / window_s * stays
        np.add.at(flow, (one, np.full(len(one), count)), moves[used] * share)
        inner = other < count
        np.add.at(
            flow, (other[inner], np.full(int(inner.sum()), count)), (moves[used] * share)[inner]
        )
        whole = np.rint(np.minimum(flow / urgent * WHOLE, MOST_WHOLE)).astype(np.int32)
        found = maximum_flow(csr_array(whole), place, count)
        if found.flow_value >= 2.0 * WHOLE * (1.0 - 1e-3):
            return None
        left = csr_array((whole - found.flow.toarray() > 0).astype(np.int32))
        reached = breadth_first_order(left, place, return_predecessors=False)
        members = np.zeros(count + 1, dtype=np.bool_)
        members[reached] = True
        return members[:count]
