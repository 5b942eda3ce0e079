"""MISSION_ITEM_REACHED with its repeats, and MISSION_CURRENT when a mission is finished or begun.

Otherwise MISSION_CURRENT comes once a second: PX4 tells an item that has changed at once only on
the link that happens to see it first.
Source: PX4-Autopilot v1.17, mavlink_mission.cpp (send); ten repeats a second apart.
"""

import math

from onboard.mavlink.codec import Send
from sim.vehicle.aircraft import Aircraft
from sim.vehicle.telemetry import mission_current

REPEATS = 10
REPEAT_S = 1.0


class MissionWatch:
    """Sees which items were reached; `due` gives what every link is told of it."""

    def __init__(self, aircraft: Aircraft) -> None:
        self._aircraft = aircraft
        self._finished = False
        self._reached: int | None = None
        self._repeat_at_s = 0.0
        self._left = 0

    @property
    def repeat_s(self) -> float:
        """When MISSION_ITEM_REACHED is repeated; infinite where it is not."""
        return self._repeat_at_s if self._left > 0 else math.inf

    @property
    def has_news(self) -> bool:
        """Whether a mission was finished or begun since it was last told."""
        return self._finished is not self._aircraft.navigator.mission.finished

    def due(self, boot_s: float) -> list[Send]:
        """What is to be told now."""
        sends: list[Send] = []
        if self.has_news:
            self._finished = not self._finished
            sends.append(Send("MISSION_CURRENT", mission_current(self._aircraft, boot_s)))
        for seq in self._aircraft.reached:
            self._reached, self._left = seq, REPEATS
            self._repeat_at_s = boot_s + REPEAT_S
            sends.append(Send("MISSION_ITEM_REACHED", {"seq": seq}))
        self._aircraft.reached.clear()
        if self._left > 0 and boot_s >= self._repeat_at_s:
            self._left -= 1
            self._repeat_at_s += REPEAT_S
            sends.append(Send("MISSION_ITEM_REACHED", {"seq": self._reached}))
        return sends
