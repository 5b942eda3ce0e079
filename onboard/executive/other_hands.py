"""Noticing that somebody else has the vehicle: a pilot's sticks, another station, a failsafe.

Three signs on the wire. A mode that the executive did not ask for; PX4 sends COMMAND_ACK on every
link, addressed to whoever asked; and sticks that move, which in Orbit mode change the circle and
not the mode (PX4 v1.17, FlightTaskOrbit::_adjustParametersByStick).
"""

from collections import deque
from enum import StrEnum

from onboard.mavlink.codec import Address, Message

ACCEPTED = 0
# What moves a vehicle or ends what it does: arm, take-off, land, return, go there, orbit, figure
# eight, change height, mode, mission item, start, terminate.
MOVING = frozenset((20, 21, 22, 34, 35, 176, 185, 186, 192, 224, 252, 262, 300, 400))
STICK_SHARE = 0.3
RC_MOVED_US = 150
LOOK_BACK_S = 2.0
NO_CHANNEL = 65535


class Hand(StrEnum):
    """Who has it."""

    STICKS = "sticks"
    COMMAND = "command"
    MODE = "mode"
    FAILSAFE = "failsafe"
    ORDER = "order"


class OtherHands:
    """One vehicle's. `receive` tells whose hand a message shows, None where it shows none."""

    def __init__(self, *, own: Address, vehicle: Address) -> None:
        self._own = own
        self._vehicle = vehicle
        self._channels: deque[tuple[float, tuple[int, ...]]] = deque()

    def receive(self, message: Message, now_s: float) -> Hand | None:
        """Take in a message of the autopilot."""
        if message.sender != self._vehicle:
            return None
        match message.name:
            case "COMMAND_ACK":
                return Hand.COMMAND if self._of_another(message) else None
            case "MANUAL_CONTROL":
                return Hand.STICKS if _deflected(message) else None
            case "RC_CHANNELS":
                return Hand.STICKS if self._moved(message, now_s) else None
        return None

    def _of_another(self, message: Message) -> bool:
        if message.result != ACCEPTED or message.command not in MOVING:
            return False
        system, component = message.target_system, message.target_component
        if system in (0, self._vehicle.system_id):
            # PX4 answers itself as well, and old senders name nobody.
            return component not in (0, self._vehicle.component_id, self._own.component_id)
        return True

    def _moved(self, message: Message, now_s: float) -> bool:
        """Whether a stick's channel has moved of late; at rest a throttle may be anywhere."""
        now = (message.chan1_raw, message.chan2_raw, message.chan3_raw, message.chan4_raw)
        if message.chancount < len(now) or NO_CHANNEL in now or 0 in now:
            self._channels.clear()
            return False
        while self._channels and now_s - self._channels[0][0] > LOOK_BACK_S:
            self._channels.popleft()
        moved = any(
            abs(a - b) > RC_MOVED_US
            for _, before in self._channels
            for a, b in zip(now, before, strict=True)
        )
        self._channels.append((now_s, now))
        return moved


def _deflected(message: Message) -> bool:
    """Right, forward or turn beyond a third; the throttle rests where its spring leaves it."""
    most = STICK_SHARE * 1000
    return any(most < abs(value) <= 1000 for value in (message.x, message.y, message.r))
