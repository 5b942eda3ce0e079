"""Whether plans keep apart at every moment, over the ground or in height.

Two drones are in conflict while they are nearer than both distances at once. The check is exact for
the straight, steady motions of `TimedFlight`. Clocks differ: with a margin, a conflict is any place
of one and any place of the other whose times differ by no more than it. A drone on the ground, at
its dock before take-off or after landing, is in nobody's way.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from missions.fleet.timed_flight import TimedFlight
from missions.geodesy import GeoPoint

if TYPE_CHECKING:
    from missions.fleet.kernels.nearness import Limits

Array = npt.NDArray[np.float64]

INTERVALS_AT_ONCE = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Separation:
    """How far apart two drones stay: one of the distances is enough.

    Their clocks may differ by `margin_s`, and by `margin_share` of the time that each has flown.
    """

    horizontal_m: float = 20.0
    vertical_m: float = 10.0
    margin_s: float = 5.0
    margin_share: float = 0.02

    def __post_init__(self) -> None:
        if not (self.horizontal_m > 0.0 and self.vertical_m > 0.0):
            raise ValueError("distances between drones must be above zero")
        if not (self.margin_s >= 0.0 and 0.0 <= self.margin_share < 0.5):
            raise ValueError("a margin of time is 0 or more, its share below a half")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two drones too near to each other: since when, and where they are nearest over the ground.

    `first_at_s` and `second_at_s` are when the one and the other are there by their plans; they
    differ by no more than the margin. The place is half way between the two.
    """

    first: str
    second: str
    from_s: float
    first_at_s: float
    second_at_s: float
    place: GeoPoint
    horizontal_m: float
    vertical_m: float


def conflict_between(one: TimedFlight, other: TimedFlight, apart: Separation) -> Conflict | None:
    """When and where two drones come too near to each other; None where they never do.

    Raises:
        ValueError: the flights are not on the same plane.
    """
    from missions.fleet.kernels.nearness import nearest_of

    if one.plane.origin != other.plane.origin:
        raise ValueError(f"{one.name} and {other.name} are on different planes")
    found = np.zeros(4)
    if not nearest_of(one.track, other.track, _limits(apart), np.zeros((2, 10, 2)), found):
        return None
    from_s, one_s, other_s, horizontal_m = found.tolist()
    here, there = one.at(one_s), other.at(other_s)
    assert here is not None
    assert there is not None
    middle = (here + there) / 2.0
    return Conflict(
        first=one.name,
        second=other.name,
        from_s=from_s,
        first_at_s=one_s,
        second_at_s=other_s,
        place=one.plane.geo(float(middle[0]), float(middle[1])),
        horizontal_m=horizontal_m,
        vertical_m=abs(float(here[2] - there[2])),
    )


def conflicts(flights: Sequence[TimedFlight], apart: Separation) -> tuple[Conflict, ...]:
    """One conflict for each pair that has any, the earliest first."""
    boxes = [_Box.of(flight) for flight in flights]
    pairs = itertools.combinations(zip(flights, boxes, strict=True), 2)
    near = ((a, b) for (a, one), (b, other) in pairs if one.meets(other, apart))
    found = (conflict_between(a, b, apart) for a, b in near)
    return tuple(sorted((one for one in found if one), key=lambda one: one.from_s))


@dataclass(frozen=True, slots=True)
class _Box:
    """The least and most of a flight's seconds, metres east, north and up."""

    least: Array
    most: Array

    @classmethod
    def of(cls, flight: TimedFlight) -> "_Box":
        return cls(flight.track.min(axis=0), flight.track.max(axis=0))

    def meets(self, other: "_Box", apart: Separation, *, whenever: bool = False) -> bool:
        """Whether two flights may come too near to each other, or could at other times."""
        lasts_s = float((self.most - self.least)[0] + (other.most - other.least)[0])
        clocks_s = math.inf if whenever else apart.margin_s + apart.margin_share * lasts_s
        room = np.array((clocks_s, apart.horizontal_m, apart.horizontal_m, apart.vertical_m))
        gaps = np.maximum(self.least - other.most, other.least - self.most)
        return bool((gaps <= room).all())


def forbidden_delays_s(one: TimedFlight, other: TimedFlight, apart: Separation) -> Array:
    """By how much later the second must not begin: intervals of seconds, shape (n, 2), in order.

    Negative where it must not begin earlier. Outside of them the two never come too near.
    """
    if not _Box.of(one).meets(_Box.of(other), apart, whenever=True):
        return np.zeros((0, 2))
    whole = np.concatenate([np.zeros((0, 2)), *_forbidden(one, other, apart)])
    return merged(whole)


def merged(intervals: Array) -> Array:
    """Intervals, shape (n, 2), in order, with those that meet made one."""
    if not len(intervals):
        return intervals
    ordered = intervals[np.argsort(intervals[:, 0], kind="stable")]
    ends = np.maximum.accumulate(ordered[:, 1])
    begins = np.concatenate(([True], ordered[1:, 0] > ends[:-1]))
    last = np.concatenate((np.flatnonzero(begins)[1:] - 1, [len(ordered) - 1]))
    return np.column_stack((ordered[begins, 0], ends[last]))


def _forbidden(one: TimedFlight, other: TimedFlight, apart: Separation) -> Iterator[Array]:
    from missions.fleet.kernels.nearness import forbidden_delays

    found = np.zeros((max(INTERVALS_AT_ONCE, 2 * len(other.track)), 2))
    room, leg, boxes = np.zeros((2, 10, 2)), 0, _boxes(other.track)
    while leg < len(one.track) - 1:
        legs = one.track, other.track, boxes, leg
        leg, count = forbidden_delays(*legs, _limits(apart), room, found)
        yield merged(found[:count].copy())


def _boxes(track: Array) -> Array:
    """About each few legs: the least and the most metres east, north and up, (n, 6)."""
    from missions.fleet.kernels.nearness import BOXED

    begins = np.arange(0, max(1, len(track) - 1), BOXED)
    ends = track[:-1, 1:], track[1:, 1:]
    least = np.minimum.reduceat(np.minimum(*ends), begins)
    most = np.maximum.reduceat(np.maximum(*ends), begins)
    return np.hstack((least, most))


def _limits(apart: Separation) -> "Limits":
    from missions.fleet.kernels.nearness import Limits

    return Limits(
        float(apart.horizontal_m),
        float(apart.vertical_m),
        float(apart.margin_s),
        float(apart.margin_share),
    )
