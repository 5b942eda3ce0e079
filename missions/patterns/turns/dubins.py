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
WORDS = ("LSL", "RSR", "LSR", "RSL", "RLR", "LRL")
# What rounding makes of an angle of nothing: a whole turn is not flown for it.
NO_TURN = 1e-9


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
    parts = _parts(a, b, radius_m)
    return lambda i, j: _sorted_ways(a[i], parts[:, :, i, j], radius_m)


def _sorted_ways(a: Array, parts: Array, radius_m: float) -> list[DubinsWay]:
    start = (float(a[0]), float(a[1]), float(a[2]))
    ways = [
        DubinsWay(
            word=word,
            parts_m=(three[0], three[1], three[2]),
            start=start,
            radius_m=radius_m,
        )
        for word, three in zip(WORDS, parts.tolist(), strict=True)
        if all(map(math.isfinite, three))
    ]
    return sorted(ways, key=lambda way: way.length_m)


def dubins_lengths(a: Array, b: Array, radius_m: float) -> Array:
    """The shortest way's length from each of (n, 3) to each of (m, 3) states, shape (n, m)."""
    lengths: Array = np.nanmin(_parts(a, b, radius_m).sum(axis=1), axis=0)
    return lengths


def _parts(a: Array, b: Array, radius_m: float) -> Array:
    """Metres of each part of each word, shape (6, 3, n, m), NaN where a word leads nowhere."""
    de = b[None, :, 0] - a[:, None, 0]
    dn = b[None, :, 1] - a[:, None, 1]
    bearing = np.arctan2(dn, de)
    distance = np.hypot(de, dn) / radius_m
    # From the line between both, to the left, as in the papers.
    first = np.mod(math.pi / 2.0 - a[:, None, 2] - bearing, TURN)
    last = np.mod(math.pi / 2.0 - b[None, :, 2] - bearing, TURN)
    with np.errstate(invalid="ignore"):
        return np.stack(_words(distance, first, last)) * radius_m


def _words(d: Array, first: Array, last: Array) -> list[Array]:
    sa, ca, sb, cb = np.sin(first), np.cos(first), np.sin(last), np.cos(last)
    between = np.cos(first - last)
    lsl, rsr = np.arctan2(cb - ca, d + sa - sb), np.arctan2(ca - cb, d - sa + sb)
    p_lsl = np.sqrt(_near_0(2.0 + d * d - 2.0 * between + 2.0 * d * (sa - sb)))
    p_rsr = np.sqrt(_near_0(2.0 + d * d - 2.0 * between + 2.0 * d * (sb - sa)))
    p_lsr = np.sqrt(_near_0(d * d - 2.0 + 2.0 * between + 2.0 * d * (sa + sb)))
    p_rsl = np.sqrt(_near_0(d * d - 2.0 + 2.0 * between - 2.0 * d * (sa + sb)))
    lsr = np.arctan2(-ca - cb, d + sa + sb) - np.arctan2(-2.0, p_lsr)
    rsl = np.arctan2(ca + cb, d - sa - sb) - np.arctan2(2.0, p_rsl)
    p_rlr = TURN - np.arccos((6.0 - d * d + 2.0 * between + 2.0 * d * (sa - sb)) / 8.0)
    p_lrl = TURN - np.arccos((6.0 - d * d + 2.0 * between + 2.0 * d * (sb - sa)) / 8.0)
    t_rlr = _angle(first - np.arctan2(ca - cb, d - sa + sb) + p_rlr / 2.0)
    t_lrl = _angle(-first - np.arctan2(ca - cb, d + sa - sb) + p_lrl / 2.0)
    return [
        np.stack((_angle(lsl - first), p_lsl, _angle(last - lsl))),
        np.stack((_angle(first - rsr), p_rsr, _angle(rsr - last))),
        np.stack((_angle(lsr - first), p_lsr, _angle(lsr - last))),
        np.stack((_angle(first - rsl), p_rsl, _angle(last - rsl))),
        np.stack((t_rlr, p_rlr, _angle(first - last - t_rlr + p_rlr))),
        np.stack((t_lrl, p_lrl, _angle(last - first - t_lrl + p_lrl))),
    ]


def _near_0(square: Array) -> Array:
    return np.where((square < 0.0) & (square > -1e-9), 0.0, square)


def _angle(angle: Array) -> Array:
    turned = np.mod(angle, TURN)
    return np.where(turned > TURN - NO_TURN, 0.0, turned)


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
