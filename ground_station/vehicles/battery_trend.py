"""How fast a battery empties, from what it has said of late. Pure."""

from collections import deque
from typing import NamedTuple

POINT_EVERY_S = 5.0
LOOKS_BACK_S = 600.0
NEEDS_S = 60.0
# A charge is told in whole percents: less than this between two looks says nothing.
CHANGED_BY = 0.05


class Trend(NamedTuple):
    """Shares of a full battery lost a second (negative: it charges), seen over `over_s`."""

    lost_per_s: float
    over_s: float


class BatteryTrend:
    """Fed with the charge, a share 0..1; `trend` is None before it was watched for a minute.

    A battery that was changed (its charge leaps) begins anew.
    """

    def __init__(self) -> None:
        self._points: deque[tuple[float, float]] = deque()

    def note(self, share: float, now_s: float) -> None:
        """One reading."""
        if self._points:
            at_s, before = self._points[-1]
            if abs(share - before) > CHANGED_BY:
                self._points.clear()
            elif now_s - at_s < POINT_EVERY_S:
                return
        self._points.append((now_s, share))
        while now_s - self._points[0][0] > LOOKS_BACK_S:
            self._points.popleft()

    @property
    def trend(self) -> Trend | None:
        """The slope of a line through the readings, by least squares."""
        points = self._points
        over_s = points[-1][0] - points[0][0] if points else 0.0
        if over_s < NEEDS_S:
            return None
        mean_s = sum(at for at, _ in points) / len(points)
        mean = sum(share for _, share in points) / len(points)
        along = sum((at - mean_s) ** 2 for at, _ in points)
        slope = sum((at - mean_s) * (share - mean) for at, share in points) / along
        return Trend(lost_per_s=-slope, over_s=over_s)
