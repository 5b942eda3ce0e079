"""The order of strips that finds soonest: the least expected time until what is sought is seen.

A minimum-latency problem with weights: the sum of each strip's mass times when it is flown. Greedy
with lookahead begins; reversals and moves of runs improve it. A sequence is known by its time, its
mass and its cost, and two sequences are joined in constant time (Silva, Subramanian, Vidal and Ochi
2012, 'A simple and effective metaheuristic for the minimum latency problem'), so that every
neighbour of an order is judged at once. The number of steps is fixed: the answer never depends on
the machine.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

MOST_STEPS = 150
MOVED_TOGETHER = 4
LOOKAHEAD, BEAM = 3, 4
LEAST_GAIN = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Strips:
    """n strips, each flown either way: state 2 i is strip i forwards, 2 i + 1 backwards.

    `durations_s` and `masses`, shape (n,); `ways_s`, shape (2 n, 2 n), seconds from the end of one
    state to the beginning of another; `entry_s`, shape (2 n,), seconds from the start to each.
    """

    durations_s: Array
    masses: Array
    ways_s: Array
    entry_s: Array


class _Sequence(NamedTuple):
    """Sequences of strips: seconds, mass, and mass times seconds from the sequence's start."""

    time: Array
    mass: Array
    cost: Array

    def at(self, rows: Indices, columns: Indices) -> "_Sequence":
        return _Sequence(
            self.time[rows, columns], self.mass[rows, columns], self.cost[rows, columns]
        )

    def then(self, link_s: Array, other: "_Sequence") -> "_Sequence":
        until = self.time + link_s
        return _Sequence(
            until + other.time, self.mass + other.mass, self.cost + other.cost + other.mass * until
        )


def soonest_order(strips: Strips, first_guess: list[int] | None = None) -> tuple[list[int], float]:
    """The states in the order to be flown, and the expected seconds; `first_guess` is tried too."""
    guesses = [_greedy(strips)] + ([first_guess] if first_guess is not None else [])
    return min((_improved(guess, strips) for guess in guesses), key=lambda found: found[1])


def expected_s(order: list[int], strips: Strips) -> float:
    """The mass-weighted mean of the times at which the strips' middles are flown."""
    time = cost = 0.0
    before: int | None = None
    for state in order:
        time += float(strips.entry_s[state] if before is None else strips.ways_s[before, state])
        duration = float(strips.durations_s[state // 2])
        cost += float(strips.masses[state // 2]) * (time + duration / 2.0)
        time += duration
        before = state
    return cost / max(float(strips.masses.sum()), 1e-12)


def _greedy(strips: Strips) -> list[int]:
    """The strip that finds most a second, looking a few strips ahead."""
    free = np.ones(len(strips.entry_s), dtype=bool)
    order: list[int] = []
    while free.any():
        ways = strips.ways_s[order[-1]] if order else strips.entry_s
        state, _, _ = _ahead(strips, ways, free, LOOKAHEAD)
        order.append(state)
        free[[state, state ^ 1]] = False
    return order


def _ahead(
    strips: Strips, ways: Array, free: npt.NDArray[np.bool_], depth: int
) -> tuple[int, float, float]:
    """The best next state, with the mass and the seconds of the strips looked at from there."""
    states = np.flatnonzero(free)
    seconds = ways[states] + strips.durations_s[states // 2]
    mass = strips.masses[states // 2]
    rate = mass / np.maximum(seconds, 1e-6)
    # Of equal rates the nearest: where nothing is likely, at least nothing is flown for nothing.
    tops = np.lexsort((seconds, -rate))[:BEAM]
    found = []
    for top in tops:
        state, gained, spent = int(states[top]), float(mass[top]), float(seconds[top])
        if depth > 1 and len(states) > 2:
            free[[state, state ^ 1]] = False
            _, more, longer = _ahead(strips, strips.ways_s[state], free, depth - 1)
            free[[state, state ^ 1]] = True
            gained, spent = gained + more, spent + longer
        found.append((gained / max(spent, 1e-6), -spent, state, gained, spent))
    _, _, state, gained, spent = max(found, key=lambda one: (one[0], one[1], -one[2]))
    return state, gained, spent


def _improved(order: list[int], strips: Strips) -> tuple[list[int], float]:
    joined = _with_ends(strips)
    states = np.array([len(strips.entry_s), *order, len(strips.entry_s) + 1])
    for _ in range(MOST_STEPS):
        better = _best_neighbour(states, joined)
        if better is None:
            break
        states = better
    found = [int(state) for state in states[1:-1]]
    return found, expected_s(found, strips)


class _Joined(NamedTuple):
    """Strips with a start and an end that weigh nothing and take no time."""

    duration: Array
    mass: Array
    ways: Array


def _with_ends(strips: Strips) -> _Joined:
    count = len(strips.entry_s)
    ways = np.zeros((count + 2, count + 2))
    ways[:count, :count] = strips.ways_s
    ways[count, :count] = strips.entry_s
    zeros = np.zeros(2)
    return _Joined(
        np.concatenate((np.repeat(strips.durations_s, 2), zeros)),
        np.concatenate((np.repeat(strips.masses, 2), zeros)),
        ways,
    )


def _single(states: Indices, joined: _Joined) -> _Sequence:
    time, mass = joined.duration[states], joined.mass[states]
    return _Sequence(time, mass, mass * time / 2.0)


def _flipped(states: Indices) -> Indices:
    """Each state flown the other way round; the two ends stay."""
    turned = states ^ 1
    turned[[0, -1]] = states[[0, -1]]
    return turned


def _tables(states: Indices, joined: _Joined) -> tuple[_Sequence, _Sequence]:
    """All runs i..j of the order, shape (n, n): as they are, and turned round."""
    count = len(states)
    shape = (count, count)
    forward = _Sequence(np.zeros(shape), np.zeros(shape), np.zeros(shape))
    backward = _Sequence(np.zeros(shape), np.zeros(shape), np.zeros(shape))
    turned = _flipped(states)
    for table, single in (
        (forward, _single(states, joined)),
        (backward, _single(turned, joined)),
    ):
        for part, value in zip(table, single, strict=True):
            np.fill_diagonal(part, value)
    for j in range(1, count):
        rows = np.arange(j)
        link = joined.ways[states[j - 1], states[j]]
        longer = forward.at(rows, np.full(j, j - 1)).then(link, _one(forward, j))
        _put(forward, rows, j, longer)
        # Turned round, run i..j begins with j and ends with i.
        i = count - 1 - j
        columns = np.arange(i + 1, count)
        link = joined.ways[turned[i + 1], turned[i]]
        longer = backward.at(np.full(len(columns), i + 1), columns).then(link, _one(backward, i))
        _put(backward, np.full(len(columns), i), columns, longer)
    return forward, backward


def _one(table: _Sequence, index: int) -> _Sequence:
    return _Sequence(*(part[index, index] for part in table))


def _put(table: _Sequence, rows: Indices, columns: Indices | int, values: _Sequence) -> None:
    for part, value in zip(table, values, strict=True):
        part[rows, columns] = value


class _Move(NamedTuple):
    cost: float
    states: Indices


def _best_neighbour(states: Indices, joined: _Joined) -> Indices | None:
    forward, backward = _tables(states, joined)
    last = len(states) - 1
    now = float(forward.cost[0, last])
    moves = [_best_reversal(states, joined, forward, backward)]
    for length in range(1, min(MOVED_TOGETHER, last - 2) + 1):
        moves += _best_moves(states, joined, forward, backward, length)
    best = min(moves, key=lambda move: move.cost)
    return best.states if best.cost < now - LEAST_GAIN * (1.0 + now) else None


def _best_reversal(
    states: Indices, joined: _Joined, forward: _Sequence, backward: _Sequence
) -> _Move:
    last = len(states) - 1
    turned = _flipped(states)
    i, j = np.triu_indices(last - 1)
    i, j = i + 1, j + 1
    zero, end = np.zeros_like(i), np.full_like(i, last)
    joint = (
        forward.at(zero, i - 1)
        .then(joined.ways[states[i - 1], turned[j]], backward.at(i, j))
        .then(joined.ways[turned[i], states[j + 1]], forward.at(j + 1, end))
    )
    best = int(joint.cost.argmin())
    a, b = int(i[best]), int(j[best]) + 1
    return _Move(
        float(joint.cost[best]), np.concatenate((states[:a], turned[a:b][::-1], states[b:]))
    )


def _best_moves(
    states: Indices, joined: _Joined, forward: _Sequence, backward: _Sequence, length: int
) -> list[_Move]:
    """The best move of `length` neighbouring strips to a later and to an earlier place."""
    last = len(states) - 1
    turned = _flipped(states)
    ways = joined.ways
    moves = []
    grid = np.meshgrid(np.arange(1, last - length + 1), np.arange(last), indexing="ij")
    i, k = (part.ravel() for part in grid)
    for later in (True, False):
        chosen = k >= i + length if later else k < i - 1
        a, to = i[chosen], k[chosen]
        if not len(a):
            continue
        b = a + length - 1
        zero, end = np.zeros_like(a), np.full_like(a, last)
        for flip in (False, True):
            enters, leaves = (turned[b], turned[a]) if flip else (states[a], states[b])
            run = (backward if flip else forward).at(a, b)
            if later:
                joint = (
                    forward.at(zero, a - 1)
                    .then(ways[states[a - 1], states[b + 1]], forward.at(b + 1, to))
                    .then(ways[states[to], enters], run)
                    .then(ways[leaves, states[to + 1]], forward.at(to + 1, end))
                )
            else:
                joint = (
                    forward.at(zero, to)
                    .then(ways[states[to], enters], run)
                    .then(ways[leaves, states[to + 1]], forward.at(to + 1, a - 1))
                    .then(ways[states[a - 1], states[b + 1]], forward.at(b + 1, end))
                )
            best = int(joint.cost.argmin())
            first, behind = int(a[best]), int(to[best])
            part = states[first : first + length]
            part = turned[first : first + length][::-1] if flip else part
            rest = np.concatenate((states[:first], states[first + length :]))
            at = behind + 1 - (length if later else 0)
            moves.append(
                _Move(float(joint.cost[best]), np.concatenate((rest[:at], part, rest[at:])))
            )
    return moves
