"""The flight flown last, gone on with where another begins with the very same stages.

Whoever cuts a plan into sorties asks for one flight after another that differ in where they end.
What is answered is the same as if each were flown from its beginning.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from missions.px4_flight.kernels.settings import YAW, FlightSettings

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """What the kernel makes of stages: see `kernels.fly`; of `track` and `asides` the rows made."""

    ends: Array
    passing: Array
    begun: Array
    track: Array
    asides: Array

    def copy_to(self, other: "Rows", first: int) -> None:
        """All of what was made before a stage, as far as it fits."""
        other.ends[:first], other.passing[:first] = self.ends[:first], self.passing[:first]
        other.begun[: first + 1] = self.begun[: first + 1]
        for made, to in ((self.track, other.track), (self.asides, other.asides)):
            count = min(len(made), len(to))
            to[:count] = made[:count]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Flown:
    """Stages, how they were flown, and what was made of them."""

    stages: Array
    settings: FlightSettings
    every_s: float
    rows: Rows

    def first_other(self, stages: Array, settings: FlightSettings, every_s: float) -> int:
        """The first of some stages that this flight does not hold the beginning of."""
        if settings != self.settings or every_s != self.every_s:
            return 0
        # Where nobody asks for a heading, none was followed.
        if _turns_nose(stages) != _turns_nose(self.stages):
            return 0
        count = min(len(stages), len(self.stages))
        pair = (one[:count].view(np.int64) for one in (self.stages, stages))
        differ = np.flatnonzero(np.not_equal(*pair).any(axis=1))
        begun = int(np.count_nonzero(self.rows.begun.any(axis=1)))
        return min(int(differ[0]) if len(differ) else count - 1, begun - 1)


@dataclass(slots=True)
class LastFlight:
    """The one flight that is remembered."""

    flown: Flown | None = field(default=None)

    def begins(
        self, stages: Array, settings: FlightSettings, every_s: float
    ) -> tuple[int, Rows | None]:
        """The first stage that has to be flown, and the rows of what comes before it."""
        flown = self.flown
        first = 0 if flown is None else flown.first_other(stages, settings, every_s)
        return (first, flown.rows) if flown is not None and first > 0 else (0, None)


def _turns_nose(stages: Array) -> bool:
    return not bool(np.isnan(stages[:, YAW]).all())
