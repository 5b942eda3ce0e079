"""The shortest ways from one course to another for what cannot turn tighter than a radius.

A way is an arc, then a straight or a second arc, then an arc: the six words of Dubins (American
Journal of Mathematics 79, 1957), in the closed form of Shkel and Lumelsky (Robotics and Autonomous
Systems 34, 2001). States are east, north in metres and a course from north to the right.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
State = tuple[float, float, float]

TURN = 2.0 * math.pi


@dataclass(frozen=True, slots=True, kw_only=True)
class DubinsWay:
    """One way: its word, the lengths of its three parts in metres, where it begins, its radius."""

    word: str
    parts_m: tuple[float, float, float]
    start: tuple[float, float, float]
    radius_m: float

    @property
    def length_m(self) -> float:
        """Metres in all."""
        return sum(self.parts_m)

    def states(self, step_rad: float) -> Array:
        """States along it, shape (n, 3): both ends, each part's end, and arcs every `step_rad`."""
        at = self.start
        rows = [at]
        for letter, length in zip(self.word, self.parts_m, strict=True):
            if length <= 1e-6:
                continue
            angle = length / self.radius_m
            count = 1 if letter == "S" else max(1, math.ceil(angle / step_rad - 1e-9))
            for _ in range(count):
                at = moved(at, letter, length / count, self.radius_m)
                rows.append(at)
        return np.array(rows)


def dubins_ways_between(
    a: Array, b: Array, radius_m: float
) -> Callable[[int, int], list[DubinsWay]]:
    """All ways from each of (n, 3) to each of (m, 3) states, by their numbers, the shortest first;
    there is always one."""
    # Compiled kernels: numba takes a second to import.
    from missions.patterns.turns.kernels.words import WORDS, parts_between

    def ways(i: int, j: int) -> list[DubinsWay]:
        parts = np.empty((len(WORDS), 3))
        parts_between(a[i], b[j], radius_m, parts)
        return _sorted_ways(a[i], parts, WORDS, radius_m)

    return ways


def _sorted_ways(
    a: Array, parts: Array, words: tuple[str, ...], radius_m: float
) -> list[DubinsWay]:
    start = (float(a[0]), float(a[1]), float(a[2]))
    ways = [
        DubinsWay(
            word=word,
            parts_m=(three[0], three[1], three[2]),
            start=start,
            radius_m=radius_m,
        )
        for word, three in zip(words, parts.tolist(), strict=True)
        if all(map(math.isfinite, three))
    ]
    return sorted(ways, key=lambda way: way.length_m)


def dubins_lengths(a: Array, b: Array, radius_m: float) -> Array:
    """The shortest way's length from each of (n, 3) to each of (m, 3) states, shape (n, m)."""
    from missions.patterns.turns.kernels.words import WORDS, least_lengths

    lengths = np.empty((len(a), len(b)))
    least_lengths(a, b, radius_m, np.empty((len(WORDS), 3)), lengths)
    return lengths


def moved(state: State, letter: str, length_m: float, radius_m: float) -> State:
    """The state behind a part of a way: straight (S), to the left (L) or to the right (R)."""
    east, north, course = state
    if letter == "S":
        return east + length_m * math.sin(course), north + length_m * math.cos(course), course
    side = 1.0 if letter == "R" else -1.0
    turned = course + side * length_m / radius_m
    # The centre is to the right of the course for a right turn.
    centre_e = east + side * radius_m * math.cos(course)
    centre_n = north - side * radius_m * math.sin(course)
    east = centre_e - side * radius_m * math.cos(turned)
    north = centre_n + side * radius_m * math.sin(turned)
    return east, north, turned % TURN
