"""Sticks that come in by MAVLink: which are listened to, whether they are there, who takes over.

Source: PX4-Autopilot v1.17, src/modules/manual_control (ManualControlSelector.cpp, MovingDiff.hpp,
ManualControl.cpp). There is no radio receiver here, so what needs one never has any sticks.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

FILTER_S = 0.05
# PX4 looks for lost sticks so long after it last heard or looked.
LOOK_S = 0.2
# So many changes in one direction are a movement, fewer are noise.
SAME_WAY = 3
RADIO_ONLY, MAVLINK_ONLY, FALL_BACK, KEEP_FIRST, DISABLED = 0, 1, 2, 3, 4
RADIO_THEN_RISING, RISING, FALLING_AFTER_RADIO, FALLING = 5, 6, 7, 8
Parameters = Mapping[str, int | float]


@dataclass(frozen=True, slots=True, kw_only=True)
class StickPositions:
    """Each from -1 to 1."""

    forward: float = 0.0
    right: float = 0.0
    clockwise: float = 0.0
    up: float = 0.0


class StickInput:
    """The sticks that count, from one source at a time; sources are MAVLink's links by number."""

    def __init__(self) -> None:
        self.positions = StickPositions()
        self.moving = False
        self._heard_s: float | None = None
        self._source: int | None = None
        self._first: int | None = None
        self._axes = [_Movement() for _ in range(4)]

    def hear(
        self, positions: StickPositions, *, source: int, now_s: float, parameters: Parameters
    ) -> bool:
        """Sticks came in from a source; whether they count."""
        before = self._source if self.there(now_s, parameters) else None
        if before is None:
            self._axes = [_Movement() for _ in range(4)]
        if not self._chosen(source, before, int(parameters["COM_RC_IN_MODE"])):
            return False
        dt_s = 0.0 if before is None or self._heard_s is None else now_s - self._heard_s
        limit = float(parameters["MAN_OVERRIDE_SPD"])
        values = (positions.right, positions.forward, positions.clockwise, positions.up)
        quick = [axis.exceeds(limit, at, dt_s) for axis, at in zip(self._axes, values, strict=True)]
        self.moving = limit >= 0.0 and any(quick)
        self.positions, self._heard_s, self._source = positions, now_s, source
        self._first = source if self._first is None else self._first
        return True

    def there(self, now_s: float, parameters: Parameters) -> bool:
        """Whether sticks were heard within COM_RC_LOSS_T, and the next look after that."""
        return self._heard_s is not None and now_s < self.lost_at_s(parameters)

    def lost_at_s(self, parameters: Parameters) -> float:
        """When sticks count as lost unless they are heard again; infinite without any."""
        if self._heard_s is None:
            return math.inf
        looks = math.ceil(float(parameters["COM_RC_LOSS_T"]) / LOOK_S - 1e-6)
        return self._heard_s + max(looks, 1) * LOOK_S

    def _chosen(self, source: int, now: int | None, how: int) -> bool:
        if how in (MAVLINK_ONLY, FALL_BACK):
            return now is None or source == now
        if how == KEEP_FIRST:
            return self._first is None or source == self._first
        if how in (RADIO_THEN_RISING, RISING):
            return now is None or source <= now
        if how in (FALLING_AFTER_RADIO, FALLING):
            return now is None or source >= now
        return False


class _Movement:
    """How fast one stick moves, filtered."""

    def __init__(self) -> None:
        self._speed = 0.0
        self._before: float | None = None
        self._way = self._count = 0

    def exceeds(self, limit: float, value: float, dt_s: float) -> bool:
        """Whether it moves faster than `limit` a second, several times one way."""
        if self._before is not None and dt_s > 0.0:
            speed = (value - self._before) / dt_s
            self._speed += dt_s / (dt_s + FILTER_S) * (speed - self._speed)
            way = (speed > 0.0) - (speed < 0.0)
            if way != 0:
                self._count = self._count + 1 if way == self._way else 1
                self._way = way
        self._before = value
        return abs(self._speed) > limit and self._count >= SAME_WAY
