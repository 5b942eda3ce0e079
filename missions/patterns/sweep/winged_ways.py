"""Passes joined by turns of a radius: every turn checked, the whole way with its time."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from missions.patterns.sweep.winged_passes import Pass
from missions.patterns.turns.circles import FAR_M, TurningRoom
from missions.patterns.turns.detours import Turn, Turns
from missions.patterns.turns.dubins import dubins_lengths
from missions.patterns.turns.order import Order, length_of, order_of_passes
from missions.wind import Wind
from missions.wind_triangle import ground_speed_m_s

Array = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

FINE_RAD = 0.15
# Beyond so many passes the order is only the best of the regular ones.
MOST_ORDERED = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Passes as flown, each with its direction, and the turn before each but the first.

    `left_out` are passes that no turn leads to.
    """

    passes: tuple[tuple[Pass, bool], ...]
    turns: tuple[Turn, ...]
    left_out: int

    def line(self) -> Array:
        """The way as flown, finely, shape (n, 2)."""
        rows: list[Array] = []
        for index, (one, back) in enumerate(self.passes):
            if index:
                rows += [way.states(FINE_RAD)[:, :2] for way in self.turns[index - 1]]
            rows.append(np.stack([state[:2] for state in one.states(back=back)]))
        return np.vstack(rows)

    def time_s(self, airspeed_m_s: float, wind: Wind) -> float:
        """Seconds along the way; infinite where the wind does not let a course be held."""
        return flown_s(self.line(), airspeed_m_s, wind)


def flown_s(line: Array, airspeed_m_s: float, wind: Wind) -> float:
    """Seconds along a line at an air speed in a wind; infinite where it cannot be followed."""
    moved = np.diff(line, axis=0)
    lengths = np.hypot(moved[:, 0], moved[:, 1])
    if wind.speed_m_s == 0.0:
        return float(lengths.sum()) / airspeed_m_s
    total = 0.0
    for (east, north), length in zip(moved, lengths, strict=True):
        if length < 1e-9:
            continue
        speed = ground_speed_m_s(math.atan2(east, north), airspeed_m_s, wind)
        if speed is None:
            return math.inf
        total += float(length) / speed
    return total


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """Passes in the order and the directions in which they are to be flown.

    With the shortest turns that there could be they are `least_m` long, their runs counted.
    """

    passes: tuple[tuple[Pass, bool], ...]
    least_m: float


def in_order(
    passes: list[Pass],
    room: TurningRoom | None,
    radius_m: float,
    home: tuple[float, float] | None,
) -> Ordered:
    """The passes in a short order."""
    order, turns_m = _order(passes, room, radius_m, home)
    straight_m = sum(math.dist(one.begin, one.end) + sum(one.runs_m) for one in passes)
    return Ordered(
        passes=tuple((passes[index], back) for index, back in order),
        least_m=straight_m + turns_m,
    )


def joined(ordered: Ordered, turns: Turns) -> Joined:
    """The passes with turns that keep to where may be flown."""
    flown: list[tuple[Pass, bool]] = []
    made: list[Turn] = []
    for one, back in ordered.passes:
        if not flown:
            flown.append((one, back))
            continue
        leave = flown[-1][0].states(back=flown[-1][1])[1]
        tried = ((way, turns.turn(leave, one.states(back=way)[0])) for way in (back, not back))
        found = next(((way, turn) for way, turn in tried if turn is not None), None)
        if found is not None:
            flown.append((one, found[0]))
            made.append(found[1])
    left_out = len(ordered.passes) - len(flown)
    return Joined(passes=tuple(flown), turns=tuple(made), left_out=left_out)


def _order(
    passes: list[Pass],
    room: TurningRoom | None,
    radius_m: float,
    home: tuple[float, float] | None,
) -> tuple[Order, float]:
    """The order, and the metres of its turns at least."""
    count = len(passes)
    if count > MOST_ORDERED:
        return [(index, bool(index % 2)) for index in range(count)], 0.0
    ends = [[one.states(back=back) for back in (False, True)] for one in passes]
    enter = np.array([[states[0] for states in both] for both in ends]).reshape(-1, 3)
    leave = np.array([[states[1] for states in both] for both in ends]).reshape(-1, 3)
    least = between = dubins_lengths(leave, enter, radius_m).reshape(count, 2, count, 2)
    if room is not None:
        # A pass is entered where it is left the other way round.
        lengths, pieces = room.lengths(leave)
        ways = lengths.reshape(count, 2, count, 2)[..., ::-1]
        between = np.maximum(between, ways)
    start, end = np.zeros((count, 2)), np.zeros((count, 2))
    if home is not None:
        start = np.hypot(*(enter[:, :2] - home).T).reshape(count, 2)
        end = np.hypot(*(leave[:, :2] - home).T).reshape(count, 2)
    if room is not None:
        start += _from_elsewhere_m(passes, pieces.reshape(count, 2)[:, ::-1])
    order = order_of_passes(between, start, end)
    return order, length_of(order, least, np.zeros((count, 2)), np.zeros((count, 2)))


def _from_elsewhere_m(passes: list[Pass], entered: Numbers) -> Array:
    """What beginning elsewhere than in the piece of most passes is made to cost: from a small one
    perhaps nothing leads to the others. `entered` is the piece that each is entered in."""
    known = entered >= 0
    lengths = np.array([math.dist(one.begin, one.end) for one in passes])
    weights = np.broadcast_to(lengths[:, None], entered.shape)[known]
    if not len(weights):
        return np.zeros(entered.shape)
    most = int(np.argmax(np.bincount(entered[known], weights=weights)))
    return np.where(known & (entered != most), FAR_M, 0.0)
