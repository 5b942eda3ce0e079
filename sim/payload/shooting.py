"""When the shutter opens: single pictures, an interval, a distance flown; and what each one saw."""

import math
from dataclasses import dataclass

from sim.payload.autopilot import Place, offset_m
from sim.vehicle.pose import Quaternion


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One picture: when it was exposed, from where and in what attitude, and what came of it.

    `index` counts from 0; -1 where nothing was stored. `quaternion` turns the camera's axes to
    north-east-down. `place` is None where the autopilot had not said where it was.
    """

    index: int
    exposed_s: float
    time_boot_ms: int
    utc_us: int
    place: Place | None
    quaternion: Quaternion
    succeeded: bool
    url: str = ""


@dataclass(slots=True)
class Series:
    """Pictures at an interval of time; `left` is infinite where they go on until stopped."""

    interval_s: float
    left: float
    next_s: float


class Trigger:
    """The survey trigger of PX4's missions: every so many metres, or every so many seconds."""

    def __init__(self) -> None:
        self.distance_m = 0.0
        self.interval_s = 0.0
        self.paused = False
        self.next_s = math.inf
        self._last_place: Place | None = None

    @property
    def running(self) -> bool:
        """Whether it will fire again."""
        return not self.paused and (self.distance_m > 0.0 or self.next_s < math.inf)

    def every_distance(self, distance_m: float) -> None:
        """MAV_CMD_DO_SET_CAM_TRIGG_DIST: 0 stops."""
        self.distance_m = max(distance_m, 0.0)
        self.paused = False
        self._last_place = None

    def every_interval(self, interval_s: float) -> None:
        """MAV_CMD_DO_SET_CAM_TRIGG_INTERVAL: sets the cycle, which DO_TRIGGER_CONTROL starts."""
        if interval_s > 0.0:
            self.interval_s = interval_s

    def control(self, *, enable: float, pause: float, now_s: float) -> None:
        """MAV_CMD_DO_TRIGGER_CONTROL: -1 leaves as it is."""
        if enable == 1.0:
            self.paused = False
            self.next_s = now_s if self.interval_s > 0.0 else math.inf
        elif enable == 0.0:
            self.distance_m, self.next_s = 0.0, math.inf
        if pause == 1.0:
            self.paused = True
        elif pause == 0.0:
            self.paused = False

    def due_s(self) -> float:
        """When the interval next fires."""
        return math.inf if self.paused else self.next_s

    def fired(self, now_s: float) -> None:
        """The interval has fired."""
        self.next_s = now_s + self.interval_s

    def flew_to(self, place: Place) -> bool:
        """Whether the distance since the last picture calls for one here."""
        if self.distance_m <= 0.0 or self.paused:
            return False
        last = self._last_place
        if last is not None and math.hypot(*offset_m(last, place)[:2]) < self.distance_m:
            return False
        self._last_place = place
        return True
