"""When a link sends what: the lean table, and requests to change a table.

Rates are per simulated second. PX4's own tables are in `wire/rates.py`.
"""

import heapq
import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

from sim.vehicle.core.fleet import StreamTable

Rates = Mapping[str, float]
LATE_S = 0.1

LEAN: Rates = MappingProxyType(
    {
        "HEARTBEAT": 1.0,
        "GLOBAL_POSITION_INT": 10.0,
        "ATTITUDE_QUATERNION": 10.0,
        "GIMBAL_DEVICE_ATTITUDE_STATUS": 10.0,
        "SYSTEM_TIME": 1.0,
        "SYS_STATUS": 1.0,
        "BATTERY_STATUS": 1.0,
        "EXTENDED_SYS_STATE": 1.0,
        "MISSION_CURRENT": 1.0,
        "HOME_POSITION": 1.0,
        "GPS_RAW_INT": 1.0,
        "VFR_HUD": 1.0,
        "CURRENT_MODE": 0.5,
        "GIMBAL_MANAGER_STATUS": 0.5,
    }
)
# What interval 0 brings back where PX4's mode has another rate than SITL's start script gives.
MODE_DEFAULTS: Rates = MappingProxyType({"GLOBAL_POSITION_INT": 5.0})


class StreamSchedule:
    """Says which messages are due on one link; time is seconds since boot.

    Messages that the flight core writes by itself are kept in its `table`, where one is given, and
    are never due here.
    """

    def __init__(self, rates: Rates, *, began_s: float, table: StreamTable | None = None) -> None:
        self._rates = rates
        self._table = table
        self._period: dict[str, float] = {}
        self._queue: list[tuple[float, str]] = []
        self._waiting: list[str] = []
        if table is not None:
            table.clear()
        for order, (name, rate) in enumerate(rates.items()):
            period = 1.0 / rate
            # Spread, so that the slow messages do not all go out in one step.
            self._start(name, period, began_s + period * ((order * 7) % 10) / 10.0)

    @property
    def next_s(self) -> float:
        """When the next message is due; infinite while none is sent."""
        return self._queue[0][0] if self._queue else math.inf

    def take(self) -> bytes | None:
        """What the flight core wrote by itself since the last call: see `StreamTable.take`."""
        return None if self._table is None else self._table.take()

    @property
    def sent(self) -> int:
        """Messages that the flight core sent by itself."""
        return 0 if self._table is None else self._table.sent

    @property
    def waits(self) -> bool:
        """Whether a message was due that had nothing to say: it goes out once it has."""
        return bool(self._waiting)

    def due(self, now_s: float, speaks: Callable[[str], bool]) -> list[tuple[str, float]]:
        """The messages to send by now, each with the second it was due.

        One that does not speak now is due until it does, as in PX4 (MavlinkStream::update).
        """
        queue = self._queue
        found = [(name, now_s) for name in self._waiting if speaks(name)]
        for name, _ in found:
            self._waiting.remove(name)
            heapq.heappush(queue, (now_s + self._period[name], name))
        while queue and queue[0][0] <= now_s:
            at_s, name = heapq.heappop(queue)
            period = self._period.get(name)
            if period is None:
                continue
            if not speaks(name):
                self._waiting.append(name)
                continue
            if now_s - at_s > period + LATE_S:
                # Nothing was sent for a while (at boot): do not make up for it.
                at_s = now_s
            found.append((name, at_s))
            heapq.heappush(queue, (at_s + period, name))
        return found

    def set_interval(self, name: str, interval_us: int, now_s: float) -> None:
        """Change a message's interval: -1 stops it, 0 brings back the default."""
        self._stop(name)
        if interval_us > 0:
            self._start(name, interval_us * 1e-6, now_s + interval_us * 1e-6)
        elif interval_us == 0:
            rate = MODE_DEFAULTS.get(name, self._rates.get(name, 0.0))
            if rate > 0.0:
                self._start(name, 1.0 / rate, now_s + 1.0 / rate)

    def pace(self, name: str, least_period_s: float, first_s: float) -> None:
        """Send a compiled message no more often than this, whatever was asked for."""
        period_s = self._period.get(name)
        if period_s is not None and self._table is not None and name in self._table.names:
            self._table.set(name, max(period_s, least_period_s), first_s)

    def interval_us(self, name: str) -> int:
        """A message's interval; -1 where it is not sent."""
        period = self._period.get(name)
        return -1 if period is None else round(period * 1e6)

    def _start(self, name: str, period_s: float, first_s: float) -> None:
        self._period[name] = period_s
        if self._table is not None and name in self._table.names:
            self._table.set(name, period_s, first_s)
        else:
            heapq.heappush(self._queue, (first_s, name))

    def _stop(self, name: str) -> None:
        self._period.pop(name, None)
        self._waiting = [each for each in self._waiting if each != name]
        if self._table is not None and name in self._table.names:
            self._table.set(name, math.inf, math.inf)
        self._queue = [entry for entry in self._queue if entry[1] != name]
        heapq.heapify(self._queue)
