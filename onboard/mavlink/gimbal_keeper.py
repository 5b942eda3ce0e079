"""Aiming a gimbal by the gimbal manager (protocol v2): ask for primary control, aim, give it back.

https://mavlink.io/en/services/gimbal_v2.html. PX4 obeys GIMBAL_MANAGER_SET_ATTITUDE of whoever has
primary control and answers none of it; who has it is told in GIMBAL_MANAGER_STATUS. PX4's navigator
takes control and frees it when a mission is left (navigator_main.cpp, v1.17): what is free is asked
for again. Whoever else takes it keeps it. Angles in radians, pitch up positive, yaw from north.
"""

import math
from enum import Enum, auto
from typing import NamedTuple

from onboard.mavlink.codec import Address, Message, Send
from onboard.mavlink.command import CommandSender

CONFIGURE = 1001
LEAVE, RELEASE = -1.0, -3.0
ROLL_LOCK, PITCH_LOCK, YAW_LOCK, YAW_IN_EARTH_FRAME = 4, 8, 16, 64
FROM_NORTH = ROLL_LOCK | PITCH_LOCK | YAW_LOCK | YAW_IN_EARTH_FRAME
DOWN = -math.pi / 2.0
NAN = math.nan
NOBODY = Address(0, 0)
# GIMBAL_MANAGER_STATUS comes every two seconds: one older than the answer says nothing.
STATUS_LAGS_S = 2.5
AGAIN_S = 1.0


class Aim(NamedTuple):
    """Where a camera looks."""

    pitch: float
    yaw: float


class Hold(Enum):
    """Who has the gimbal, as far as this side knows."""

    FREE = auto()
    ASKING = auto()
    OURS = auto()
    LOST = auto()
    GIVING = auto()


class GimbalKeeper:
    """`aim` says what to look at, `give_back` ends it; both take effect with the next `tick`.

    The aim moves at most `rate_rad_s` and is told at most every `every_s`. Without a gimbal manager
    on the vehicle nothing is ever sent.
    """

    def __init__(
        self, *, own: Address, vehicle: Address, rate_rad_s: float = 0.8, every_s: float = 0.2
    ) -> None:
        self.hold = Hold.FREE
        self.present = False
        self._own, self._vehicle = own, vehicle
        self._rate_rad_s, self._every_s = rate_rad_s, every_s
        self._wanted: Aim | None = None
        self._told: Aim | None = None
        self._told_s = -math.inf
        self._asking: CommandSender | None = None
        self._answered_s = -math.inf

    def aim(self, aim: Aim) -> None:
        """Look there; control is asked for with the first aim."""
        self._wanted = Aim(max(DOWN, min(0.3, aim.pitch)), aim.yaw)

    def give_back(self) -> None:
        """Look no longer; control is given back."""
        self._wanted = None

    def fall_silent(self) -> None:
        """Somebody else has the vehicle: nothing more is sent, not even to give control back."""
        self._wanted = self._asking = self._told = None
        self.hold = Hold.FREE

    def receive(self, message: Message, now_s: float) -> None:
        """Take in the manager's status and answers."""
        if message.sender != self._vehicle:
            return
        if message.name == "GIMBAL_MANAGER_STATUS":
            self._status(message, now_s)
        elif message.name == "GIMBAL_MANAGER_INFORMATION":
            self.present = True
        elif self._asking is not None:
            self._asking.receive(message, now_s)
            self._settle(now_s)

    def tick(self, now_s: float) -> list[Send]:
        """What is to be sent now."""
        if not self.present:
            return []
        sends = [] if self._asking is None else self._asking.tick(now_s)
        self._settle(now_s)
        if self._wanted is None:
            return sends + self._release(now_s)
        if self.hold is Hold.FREE:
            return sends + self._ask(now_s)
        return sends + (self._turn(now_s) if self.hold is Hold.OURS else [])

    def _status(self, message: Message, now_s: float) -> None:
        self.present = True
        primary = Address(message.primary_control_sysid, message.primary_control_compid)
        if self.hold is Hold.OURS and primary != self._own:
            if now_s - self._answered_s > STATUS_LAGS_S:
                self.hold = Hold.FREE if primary in (NOBODY, self._vehicle) else Hold.LOST
                self._answered_s = now_s
        elif self.hold is Hold.FREE and primary == self._own and self._asking is None:
            # Left from before this process, or from before somebody else had the vehicle.
            self.hold = Hold.OURS
            self._answered_s = now_s

    def _settle(self, now_s: float) -> None:
        if self._asking is None or self._asking.outcome is None:
            return
        accepted = self._asking.outcome.accepted
        self._asking, self._answered_s = None, now_s
        if self.hold is Hold.ASKING:
            self.hold = Hold.OURS if accepted else Hold.LOST
        else:
            self.hold = Hold.FREE

    def _release(self, now_s: float) -> list[Send]:
        self._told = None
        if self.hold is Hold.OURS:
            self.hold = Hold.GIVING
            return self._configure((RELEASE, RELEASE, LEAVE, LEAVE), now_s)
        if self.hold is Hold.LOST:
            self.hold = Hold.FREE
        return []

    def _ask(self, now_s: float) -> list[Send]:
        if now_s - self._answered_s < AGAIN_S:
            return []
        self.hold = Hold.ASKING
        own = (float(self._own.system_id), float(self._own.component_id))
        return self._configure((*own, LEAVE, LEAVE), now_s)

    def _configure(self, params: tuple[float, ...], now_s: float) -> list[Send]:
        self._asking = CommandSender(
            own=self._own, vehicle=self._vehicle, command=CONFIGURE, params=params
        )
        return self._asking.start(now_s)

    def _turn(self, now_s: float) -> list[Send]:
        since_s = now_s - self._told_s
        if self._wanted is None or since_s < self._every_s - 1e-6:
            return []
        before = self._told or self._wanted
        most = self._rate_rad_s * min(since_s, 1.0)
        self._told = Aim(
            before.pitch + _limited(self._wanted.pitch - before.pitch, most),
            math.remainder(
                before.yaw
                + _limited(math.remainder(self._wanted.yaw - before.yaw, math.tau), most),
                math.tau,
            ),
        )
        self._told_s = now_s
        return [Send("GIMBAL_MANAGER_SET_ATTITUDE", self._fields(self._told))]

    def _fields(self, aim: Aim) -> dict[str, object]:
        return {
            "target_system": self._vehicle.system_id,
            "target_component": self._vehicle.component_id,
            "flags": FROM_NORTH,
            "gimbal_device_id": 0,
            "q": _quaternion(aim),
            "angular_velocity_x": NAN,
            "angular_velocity_y": NAN,
            "angular_velocity_z": NAN,
        }


def _limited(value: float, most: float) -> float:
    return max(-most, min(most, value))


def _quaternion(aim: Aim) -> tuple[float, float, float, float]:
    """Yaw, then pitch; no roll."""
    cp, sp = math.cos(aim.pitch / 2.0), math.sin(aim.pitch / 2.0)
    cy, sy = math.cos(aim.yaw / 2.0), math.sin(aim.yaw / 2.0)
    return (cy * cp, -sy * sp, cy * sp, sy * cp)
