"""What is to be patrolled: places, how urgent each is, docks, and how long every way takes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from missions.errors import BadInput

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
MOST_PLACES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """How long a drone flies, and how long it stands at a dock after each sortie.

    A stop takes `swap_s`, and `charge_s` times the share of `endurance_s` that was flown.
    """

    endurance_s: float
    swap_s: float = 0.0
    charge_s: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 < self.endurance_s < float("inf"):
            raise BadInput(where="endurance_s", what=f"{self.endurance_s} is not above 0")
        for name, value in (("swap_s", self.swap_s), ("charge_s", self.charge_s)):
            if not 0.0 <= value < float("inf"):
                raise BadInput(where=name, what=f"{value} is not 0 or more")

    @property
    def duty(self) -> float:
        """The largest share of time that a drone can be in the air."""
        return self.endurance_s / (self.endurance_s + self.swap_s + self.charge_s)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Site:
    """Places to visit and docks, and the time from each to each.

    `way_s` is (n + d, n + d), seconds, symmetric, places before docks, ways no longer than any
    detour. `dwell_s`, `weights` (above 0) and `revisit_s` (the longest gap wanted between visits;
    infinite: none) are (n,).

    Raises:
        BadInput: a number makes no sense; the place is named.
    """

    names: tuple[str, ...]
    docks: tuple[str, ...]
    way_s: Floats
    dwell_s: Floats
    weights: Floats
    revisit_s: Floats

    def __post_init__(self) -> None:
        count = len(self.names)
        if not 0 < count <= MOST_PLACES:
            raise BadInput(where="places", what=f"{count} is not within 1..{MOST_PLACES}")
        self._check_values()
        self._check_ways(count + len(self.docks))

    def _check_values(self) -> None:
        rules = (
            ("weight", self.weights, (self.weights > 0.0) & np.isfinite(self.weights)),
            ("dwell_s", self.dwell_s, (self.dwell_s >= 0.0) & np.isfinite(self.dwell_s)),
            ("revisit_s", self.revisit_s, self.revisit_s > 0.0),
        )
        for key, values, good in rules:
            if values.shape != (len(self.names),):
                raise BadInput(where=key, what=f"{values.shape} instead of one a place")
            if not good.all():
                bad = int(np.argmin(good))
                raise BadInput(where=f"{self.names[bad]}: {key}", what=f"{values[bad]:g}")

    def _check_ways(self, count: int) -> None:
        if self.way_s.shape != (count, count):
            raise BadInput(where="ways", what=f"{self.way_s.shape} instead of {(count, count)}")
        bad = np.argwhere(~((self.way_s >= 0.0) & np.isfinite(self.way_s)))
        if len(bad):
            names = self.names + self.docks
            a, b = (names[int(i)] for i in bad[0])
            raise BadInput(where=f"way from {a} to {b}", what="there is none")
        if not np.allclose(self.way_s, self.way_s.T, rtol=1e-6, atol=1e-6):
            raise BadInput(where="ways", what="there and back differ")

    @property
    def count(self) -> int:
        """How many places there are."""
        return len(self.names)

    def gaps_s(self) -> Floats:
        """Seconds from the middle of one visit to the middle of another, (n, n); 0 to itself."""
        count = self.count
        gaps = self.way_s[:count, :count] + (self.dwell_s[:, None] + self.dwell_s[None, :]) / 2.0
        np.fill_diagonal(gaps, 0.0)
        return np.ascontiguousarray(gaps)

    def urgency(self, idleness_s: float | None = None) -> Floats:
        """Weights; or what each place asks for, where 1 a second is too long, given an idleness.

        With `idleness_s` a gap g at a place keeps within both its revisit interval and the
        weighted idleness exactly if urgency times g is at most 1; infinite: the intervals alone.
        """
        if idleness_s is None:
            return self.weights.copy()
        least = 1e-9
        return np.maximum(np.maximum(self.weights / idleness_s, 1.0 / self.revisit_s), least)

    def docking(self) -> tuple[Floats, Floats, Ints]:
        """For each pair of places: seconds out to the dock between, back from it, and which."""
        count = self.count
        to = self.way_s[:count, count:] + self.dwell_s[:, None] / 2.0
        if not len(self.docks):
            nothing = np.zeros((count, count))
            return nothing, nothing.copy(), np.zeros((count, count), dtype=np.int64)
        dock = np.argmin(to[:, None, :] + to[None, :, :], axis=2)
        out = np.take_along_axis(to, dock, axis=1)
        return out, np.ascontiguousarray(out.T), dock.astype(np.int64)
