"""What a pilot asks for by holding the sticks in corners: to arm, to disarm, to stop the motors.

Source: PX4-Autopilot v1.17, src/modules/manual_control/ManualControl.cpp (processStickArming,
processStickKillGesture).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from sim.vehicle.modes.sticks import StickPositions

HELD_S = 1.0
CENTRED, LOW, FAR = 0.1, -0.8, 0.9
Parameters = Mapping[str, int | float]


class Asked(Enum):
    """What a gesture asks for."""

    ARM = "arm"
    DISARM = "disarm"
    KILL = "kill"


@dataclass(slots=True)
class StickGestures:
    """How long each gesture has been held."""

    _arm: "_Held" = field(default_factory=lambda: _Held())
    _disarm: "_Held" = field(default_factory=lambda: _Held())
    _kill: "_Held" = field(default_factory=lambda: _Held())

    def forget(self) -> None:
        """The sticks were lost."""
        for gesture in (self._arm, self._disarm, self._kill):
            gesture.forget()

    def see(self, sticks: StickPositions, now_s: float, parameters: Parameters) -> list[Asked]:
        """Sticks came in; what they have now been held for long enough to ask for."""
        asked = []
        centred = abs(sticks.forward) < CENTRED and abs(sticks.right) < CENTRED
        low = centred and sticks.up < LOW
        by_gesture = int(parameters["MAN_ARM_GESTURE"]) != 0
        if self._arm.completes(low and sticks.clockwise > FAR, now_s, HELD_S) and by_gesture:
            asked.append(Asked.ARM)
        if self._disarm.completes(low and sticks.clockwise < -FAR, now_s, HELD_S) and by_gesture:
            asked.append(Asked.DISARM)
        limit_s = float(parameters["MAN_KILL_GEST_T"])
        if limit_s > 0.0 and self._kill.completes(kills(sticks), now_s, limit_s):
            asked.append(Asked.KILL)
        return asked


def kills(sticks: StickPositions) -> bool:
    """Left stick down and left, right stick down and right."""
    left = sticks.up < LOW and sticks.clockwise < -FAR
    return left and sticks.forward < -FAR and sticks.right > FAR


class _Held:
    """PX4's Hysteresis from false to true."""

    def __init__(self) -> None:
        self._since_s: float | None = None
        self._told = False

    def forget(self) -> None:
        self._since_s, self._told = None, False

    def completes(self, holds: bool, now_s: float, limit_s: float) -> bool:
        """Whether the condition has just now lasted for `limit_s`."""
        if not holds:
            self.forget()
            return False
        self._since_s = now_s if self._since_s is None else self._since_s
        if self._told or now_s < self._since_s + limit_s:
            return False
        self._told = True
        return True
