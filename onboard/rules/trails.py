"""Where each object has been of late, for rules that judge how it moves."""

import math
from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from onboard.rules.finding import Array
from onboard.track.track import Track

# The finest step of boot time, milliseconds: sums of shorter steps come out beside it.
CLOCK_STEP_S = 0.001


class Sight(NamedTuple):
    """Where an object was seen; `own_m2` (2, 2) is what frames do not share of its error."""

    at_s: float
    en_m: Array
    own_m2: Array


class Trails:
    """The sights of each track over the last `lasting_s`, the oldest first."""

    def __init__(self, *, lasting_s: float, gap_s: float) -> None:
        self._lasting_s = lasting_s
        self._gap_s = gap_s
        self._sights: dict[int, deque[Sight]] = {}

    def add(self, tracks: Iterable[Track], now_s: float, *, patience_s: float = 0.0) -> None:
        """Take in what is seen now, and forget what has not been seen for `gap_s`."""
        gap_s = max(self._gap_s, patience_s)
        self._sights = {
            track_id: sights
            for track_id, sights in self._sights.items()
            if 0.0 <= now_s - sights[-1].at_s <= gap_s
        }
        lasting_s = self._lasting_s - CLOCK_STEP_S
        for track in tracks:
            sights = self._sights.get(track.track_id)
            if sights is None:
                sights = self._sights[track.track_id] = deque()
            sights.append(Sight(now_s, track.en_m, track.own_m2))
            while len(sights) > 2 and now_s - sights[1].at_s >= lasting_s:
                sights.popleft()

    def of(self, track_id: int) -> tuple[Sight, ...]:
        """A track's sights, the oldest first; none where it is not followed."""
        return tuple(self._sights.get(track_id, ()))

    def across(self, track_id: int) -> tuple[Sight, Sight] | None:
        """The ends of a track's trail, where it has lasted for as long as is asked for."""
        sights = self._sights.get(track_id)
        if not sights or sights[-1].at_s - sights[0].at_s < self._lasting_s - CLOCK_STEP_S:
            return None
        return sights[0], sights[-1]


def went_m_s(before: Sight, after: Sight) -> tuple[Array, Array]:
    """The mean velocity (2,) between two sights, and its covariance (2, 2)."""
    elapsed_s = after.at_s - before.at_s
    return (after.en_m - before.en_m) / elapsed_s, (before.own_m2 + after.own_m2) / elapsed_s**2


def sigma_along(covariance: Array, direction: Array) -> float:
    """The standard deviation of a covariance (2, 2) along a unit vector (2,)."""
    (a, b), (c, d) = covariance.tolist()
    x, y = direction.tolist()
    return math.sqrt(max(0.0, (x * a + y * c) * x + (x * b + y * d) * y))


def length(vector: Array) -> float:
    """The length of a vector (2,)."""
    return math.hypot(*vector.tolist())
