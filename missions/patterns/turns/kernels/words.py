"""The six words of Dubins between two states: see `missions.patterns.turns.dubins`.

Source: Shkel and Lumelsky, Robotics and Autonomous Systems 34, 2001.
"""

import math

import numpy as np
import numpy.typing as npt

from missions.patterns.turns.kernels.compiled import KERNELS, inner

Array = npt.NDArray[np.float64]

TURN = 2.0 * math.pi
WORDS = ("LSL", "RSR", "LSR", "RSL", "RLR", "LRL")
# What rounding makes of an angle of nothing: a whole turn is not flown for it.
NO_TURN = 1e-9


@KERNELS.entry
def parts_between(a: Array, b: Array, radius_m: float, parts: Array) -> None:
    """Metres of each part of each word, into (6, 3); NaN where a word leads nowhere."""
    _words(a, b, radius_m, parts)


@KERNELS.entry
def least_lengths(a: Array, b: Array, radius_m: float, parts: Array, lengths: Array) -> None:
    """The shortest way's length from each of (n, 3) to each of (m, 3) states, into (n, m)."""
    for i in range(len(a)):
        for j in range(len(b)):
            _words(a[i], b[j], radius_m, parts)
            least = math.inf
            for word in range(len(WORDS)):
                whole = parts[word, 0] + parts[word, 1] + parts[word, 2]
                if whole < least:
                    least = whole
            lengths[i, j] = least


@inner
def _words(a: Array, b: Array, radius_m: float, parts: Array) -> None:
    de, dn = b[0] - a[0], b[1] - a[1]
    bearing = math.atan2(dn, de)
    d = math.hypot(de, dn) / radius_m
    # From the line between both, to the left, as in the papers.
    first = (math.pi / 2.0 - a[2] - bearing) % TURN
    last = (math.pi / 2.0 - b[2] - bearing) % TURN
    sa, ca, sb, cb = math.sin(first), math.cos(first), math.sin(last), math.cos(last)
    between = math.cos(first - last)
    lsl, rsr = math.atan2(cb - ca, d + sa - sb), math.atan2(ca - cb, d - sa + sb)
    p_lsl = _root(2.0 + d * d - 2.0 * between + 2.0 * d * (sa - sb))
    p_rsr = _root(2.0 + d * d - 2.0 * between + 2.0 * d * (sb - sa))
    p_lsr = _root(d * d - 2.0 + 2.0 * between + 2.0 * d * (sa + sb))
    p_rsl = _root(d * d - 2.0 + 2.0 * between - 2.0 * d * (sa + sb))
    lsr = math.atan2(-ca - cb, d + sa + sb) - math.atan2(-2.0, p_lsr)
    rsl = math.atan2(ca + cb, d - sa - sb) - math.atan2(2.0, p_rsl)
    _set(parts, 0, lsl - first, p_lsl, last - lsl, radius_m)
    _set(parts, 1, first - rsr, p_rsr, rsr - last, radius_m)
    _set(parts, 2, lsr - first, p_lsr, lsr - last, radius_m)
    _set(parts, 3, first - rsl, p_rsl, last - rsl, radius_m)
    p_rlr = _middle_arc((6.0 - d * d + 2.0 * between + 2.0 * d * (sa - sb)) / 8.0)
    p_lrl = _middle_arc((6.0 - d * d + 2.0 * between + 2.0 * d * (sb - sa)) / 8.0)
    t_rlr = _angle(first - rsr + p_rlr / 2.0)
    t_lrl = _angle(-first - math.atan2(ca - cb, d + sa - sb) + p_lrl / 2.0)
    _set(parts, 4, t_rlr, p_rlr, first - last - t_rlr + p_rlr, radius_m)
    _set(parts, 5, t_lrl, p_lrl, last - first - t_lrl + p_lrl, radius_m)


@inner
def _set(
    parts: Array, word: int, arc: float, middle: float, last_arc: float, radius_m: float
) -> None:
    parts[word, 0] = _angle(arc) * radius_m
    parts[word, 1] = middle * radius_m
    parts[word, 2] = _angle(last_arc) * radius_m


@inner
def _root(square: float) -> float:
    if -1e-9 < square < 0.0:
        return 0.0
    return math.sqrt(square) if square >= 0.0 else math.nan


@inner
def _middle_arc(cosine: float) -> float:
    return TURN - math.acos(cosine) if abs(cosine) <= 1.0 else math.nan


@inner
def _angle(angle: float) -> float:
    turned = angle % TURN
    return 0.0 if turned > TURN - NO_TURN else turned
