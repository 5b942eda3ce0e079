"""How large one person is in each row of the picture, learnt from the patches themselves.

The logarithm of a person's area is taken as linear in the row (people lower in the picture are
nearer). The line is fitted to the smaller patches, since those that stand out above it are several
people, and what has been learnt is kept from frame to frame.
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

ROUNDS = 4
ABOVE = 0.38
BELOW = 0.7
ENOUGH = 6
FAR_APART_PX = 60.0
MEMORY = 0.8
MIDDLE_PX = 270.0


class PersonScale:
    """Counts people in patches."""

    def __init__(self) -> None:
        self._line: Array | None = None

    def counts(self, rows: Array, areas: Array) -> npt.NDArray[np.int64]:
        """How many people each patch is, (n,), at least 1; rows and areas in pixels."""
        if not len(areas):
            return np.empty(0, dtype=np.int64)
        logs = np.log(areas)
        self._learn(rows - MIDDLE_PX, logs)
        if self._line is None:
            return np.ones(len(areas), dtype=np.int64)
        one = np.exp(self._line[0] + self._line[1] * (rows - MIDDLE_PX))
        return np.asarray(np.maximum(1, np.round(areas / one + 0.05)), dtype=np.int64)

    def _learn(self, rows: Array, logs: Array) -> None:
        if len(logs) < ENOUGH:
            return
        line = _fitted(rows, logs, self._line)
        self._line = line if self._line is None else MEMORY * self._line + (1.0 - MEMORY) * line


def _fitted(rows: Array, logs: Array, before: Array | None) -> Array:
    """Height and slope of the line; the slope stays where the rows are too much alike."""
    slope = 0.003 if before is None else float(before[1])
    height = float(np.quantile(logs - slope * rows, 0.4))
    for _ in range(ROUNDS):
        residual = logs - (height + slope * rows)
        single = (residual < ABOVE) & (residual > -BELOW)
        if int(single.sum()) < ENOUGH // 2:
            break
        chosen_rows, chosen = rows[single], logs[single]
        if float(np.ptp(chosen_rows)) > FAR_APART_PX and len(chosen) >= 2 * ENOUGH:
            slope = float(np.clip(np.polyfit(chosen_rows, chosen, 1)[0], 0.0, 0.01))
        height = float(np.mean(chosen - slope * chosen_rows))
    return np.array([height, slope])
