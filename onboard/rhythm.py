"""How often frames come, so that patience is counted in frames where these are few."""

import statistics
from collections import deque

LATE_FRAMES = 7
LONGEST_GAP_S = 6.0
PATIENCE_FRAMES = 2.5


class Rhythm:
    """The usual gap between frames of late, by capture time."""

    def __init__(self) -> None:
        self._gaps_s: deque[float] = deque(maxlen=LATE_FRAMES)
        self._last_s: float | None = None

    def beat(self, now_s: float) -> float:
        """Take in a frame; returns for how long an object may be out of sight and be the same.

        That is two and a half usual gaps, so that one frame may miss it; zero where frames are so
        far apart that nothing links them.
        """
        if self._last_s is not None and now_s > self._last_s:
            self._gaps_s.append(now_s - self._last_s)
        self._last_s = now_s
        usual_s = statistics.median(self._gaps_s) if self._gaps_s else 0.0
        return PATIENCE_FRAMES * usual_s if usual_s <= LONGEST_GAP_S else 0.0
