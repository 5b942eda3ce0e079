"""A stabilised gimbal (component 154) and the part of PX4's gimbal manager that missions use.

The gimbal turns at a limited rate; its roll is level, its yaw follows the vehicle unless locked to
north or aimed at a place. Angles in radians, north-east-down, pitch up positive.
Source: https://mavlink.io/en/services/gimbal_v2.html; PX4-Autopilot v1.17, src/modules/gimbal.
"""

import math
from dataclasses import dataclass

from onboard.mavlink.codec import Address
from sim.vehicle.pose import Quaternion
from sim.vehicle.rotation import quaternion_from_euler, wrap_pi
from sim.vehicle.trajectory import Ned

DEVICE_ID = 154
ROLL_LOCK, PITCH_LOCK, YAW_LOCK, YAW_IN_EARTH_FRAME = 4, 8, 16, 64
NOBODY = Address(0, 0)
ACCEPTED, DENIED = 0, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class GimbalLimits:
    """How far and how quickly the gimbal turns, radians and radians a second."""

    pitch_min: float = -math.pi / 2
    pitch_max: float = 0.5
    rate: float = math.radians(90.0)


class Gimbal:
    """Angles now and angles wanted; who may command it."""

    def __init__(self, *, pitch: float, limits: GimbalLimits | None = None) -> None:
        self.limits = limits or GimbalLimits()
        self.pitch = pitch
        self.yaw_offset = 0.0
        self.yaw = 0.0
        self.locked = False
        self.primary = NOBODY
        self.region_of_interest: Ned | None = None
        self._pitch_wanted = pitch
        self._yaw_wanted = 0.0
        self._pitch_rate = 0.0
        self._yaw_rate = 0.0

    def take_control(self, address: Address) -> None:
        """Make a component the primary controller; `NOBODY` releases the gimbal."""
        self.primary = address

    def command(
        self,
        sender: Address,
        *,
        pitch: float | None,
        yaw: float | None,
        pitch_rate: float | None = None,
        yaw_rate: float | None = None,
        lock: bool = False,
    ) -> int:
        """Aim at angles or turn at rates; MAV_RESULT. None leaves an angle as it is.

        Only the primary controller may; the first to command an unowned gimbal becomes it.
        """
        if self.primary == NOBODY:
            self.primary = sender
        if sender != self.primary:
            return DENIED
        self.region_of_interest = None
        self._yaw_wanted = self._as_lock(lock)
        if pitch is not None:
            self._pitch_wanted = pitch
        if yaw is not None:
            self._yaw_wanted = wrap_pi(yaw)
        self._pitch_rate = self._within(pitch_rate)
        self._yaw_rate = self._within(yaw_rate)
        return ACCEPTED

    def look_at(self, place: Ned | None) -> None:
        """Keep a place in the picture's centre, or look ahead again."""
        self.region_of_interest = place
        if place is None:
            self._pitch_wanted, self._yaw_wanted, self.locked = 0.0, 0.0, False
        self._pitch_rate = self._yaw_rate = 0.0

    def step(self, *, position: Ned, vehicle_yaw: float, dt_s: float) -> None:
        """Turn toward what is wanted."""
        if self._pitch_rate or self._yaw_rate:
            pitch = self._pitch_wanted + self._pitch_rate * dt_s
            self._pitch_wanted = min(max(pitch, -math.pi), math.pi)
            self._yaw_wanted = wrap_pi(self._yaw_wanted + self._yaw_rate * dt_s)
        pitch, yaw = self._pitch_wanted, self._yaw_wanted
        if self.region_of_interest is not None:
            pitch, yaw = _toward(position, self.region_of_interest)
            yaw = wrap_pi(yaw - vehicle_yaw)
        elif self.locked:
            yaw = wrap_pi(yaw - vehicle_yaw)
        if pitch == self.pitch and yaw == self.yaw_offset:
            self.yaw = wrap_pi(vehicle_yaw + yaw)
            return
        limits = self.limits
        pitch = min(max(pitch, limits.pitch_min), limits.pitch_max)
        most = limits.rate * dt_s
        self.pitch += min(max(pitch - self.pitch, -most), most)
        self.yaw_offset = wrap_pi(
            self.yaw_offset + min(max(wrap_pi(yaw - self.yaw_offset), -most), most)
        )
        self.yaw = wrap_pi(vehicle_yaw + self.yaw_offset)

    @property
    def quaternion(self) -> Quaternion:
        """Rotation from the gimbal's axes to north-east-down."""
        return quaternion_from_euler(0.0, self.pitch, self.yaw)

    @property
    def manager_flags(self) -> int:
        """GIMBAL_MANAGER_FLAGS in force."""
        return ROLL_LOCK | PITCH_LOCK | (YAW_LOCK if self.locked else 0)

    @property
    def device_flags(self) -> int:
        """GIMBAL_DEVICE_FLAGS of the reported attitude, which is in the earth frame."""
        return self.manager_flags | YAW_IN_EARTH_FRAME

    def _within(self, rate: float | None) -> float:
        most = self.limits.rate
        return 0.0 if rate is None else min(max(rate, -most), most)

    def _as_lock(self, lock: bool) -> float:
        """The wanted yaw in the frame that is asked for, so that a change does not turn it."""
        if lock != self.locked:
            self.locked = lock
            return self.yaw if lock else self.yaw_offset
        return self._yaw_wanted


def _toward(position: Ned, place: Ned) -> tuple[float, float]:
    dn, de, dd = place.n - position.n, place.e - position.e, place.d - position.d
    return -math.atan2(dd, math.hypot(dn, de)), math.atan2(de, dn)
