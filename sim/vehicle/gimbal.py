"""PX4's gimbal manager (component 1): who may aim the gimbal, and at what it is aimed.

The gimbal itself is another component, heard and told by MAVLink only. Angles in radians,
north-east-down, pitch up positive; a setpoint's yaw is the vehicle's or, locked, the compass's.
Source: https://mavlink.io/en/services/gimbal_v2.html; PX4-Autopilot v1.17, src/modules/gimbal
(input_mavlink.cpp, output_mavlink.cpp, output.cpp).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from onboard.mavlink.codec import Address, Message
from sim.vehicle.parameters import GIMBAL_BY_PROTOCOL_V2
from sim.vehicle.pose import Quaternion
from sim.vehicle.rotation import quaternion_from_euler
from sim.vehicle.trajectory import Ned

DEVICE_ID = 154
RETRACT, NEUTRAL, ROLL_LOCK, PITCH_LOCK, YAW_LOCK = 1, 2, 4, 8, 16
YAW_IN_VEHICLE_FRAME, YAW_IN_EARTH_FRAME = 32, 64
NOBODY = Address(0, 0)
ACCEPTED, DENIED = 0, 2
LEAVE, ITSELF, RELEASE = -1, -2, -3
LAST_ID = 255
NAN = math.nan
UNSET: Quaternion = (NAN, NAN, NAN, NAN)
STILL: Quaternion = (1.0, 0.0, 0.0, 0.0)
NO_RATES = (NAN, NAN, NAN)
ASK_EVERY_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setpoint:
    """What the gimbal is told: a rotation (NaN: as it is), rates, and which axes are absolute."""

    rotation: Quaternion = UNSET
    rates: tuple[float, float, float] = NO_RATES
    absolute: tuple[bool, bool, bool] = (False, False, False)

    @property
    def flags(self) -> int:
        """GIMBAL_DEVICE_FLAGS."""
        roll, pitch, yaw = self.absolute
        frame = YAW_LOCK | YAW_IN_EARTH_FRAME if yaw else YAW_IN_VEHICLE_FRAME
        return (ROLL_LOCK if roll else 0) | (PITCH_LOCK if pitch else 0) | frame


class GimbalManager:
    """Primary control, the setpoint, and what the device reported.

    `enabled` is whether PX4 runs the module (MNT_MODE_IN at boot). `reported` gives the gimbal's
    true rotation where the device is in this process, `renew` makes it say its status at once.
    `mute` is whether that device says nothing now.
    """

    def __init__(self, *, pitch: float, values: Mapping[str, int | float]) -> None:
        self.enabled = values["MNT_MODE_IN"] == GIMBAL_BY_PROTOCOL_V2
        self.primary = NOBODY
        self.region_of_interest: Ned | None = None
        self.information: dict[str, Any] | None = None
        self.status: dict[str, Any] | None = None
        self.device_id = 0
        self.mute = False
        self.ignored = 0
        self.vehicle_yaw = 0.0
        self.reported: Callable[[], Quaternion] | None = None
        self.renew: Callable[[], None] | None = None
        self._pitch = pitch
        self._values = values
        self._setpoint = Setpoint()
        self._ask_at_s = 0.0

    @property
    def quaternion(self) -> Quaternion:
        """Rotation from the gimbal's axes to north-east-down, as far as it is known here."""
        if self.reported is not None:
            return self.reported()
        return quaternion_from_euler(0.0, self._pitch, self.vehicle_yaw)

    def step(self, *, position: Ned, vehicle_yaw: float, dt_s: float) -> None:
        """Follow the vehicle: a camera without a gimbal is fixed to it."""
        self.vehicle_yaw = vehicle_yaw

    def configure(self, system: float, component: float, *, by: Address, own: Address) -> int:
        """DO_GIMBAL_MANAGER_CONFIGURE: hand primary control to somebody."""
        self.primary = Address(
            _owner(system, self.primary.system_id, by.system_id, own.system_id),
            _owner(component, self.primary.component_id, by.component_id, own.component_id),
        )
        return ACCEPTED

    def aim(
        self,
        *,
        by: Address,
        pitch: float,
        yaw: float,
        pitch_rate: float,
        yaw_rate: float,
        flags: int,
    ) -> int:
        """DO_GIMBAL_MANAGER_PITCHYAW; NaN angles count as 0, as PX4 has it. MAV_RESULT."""
        if by != self.primary:
            self.ignored += 1
            return DENIED
        rotation = quaternion_from_euler(
            0.0, pitch if math.isfinite(pitch) else 0.0, yaw if math.isfinite(yaw) else 0.0
        )
        self._set(flags, rotation, (NAN, pitch_rate, yaw_rate))
        return ACCEPTED

    def set_attitude(self, message: Message) -> None:
        """GIMBAL_MANAGER_SET_ATTITUDE, obeyed from the primary controller only."""
        if not self._from_primary(message):
            return
        q = message.q
        rates = (
            message.angular_velocity_x,
            message.angular_velocity_y,
            message.angular_velocity_z,
        )
        self._set(message.flags, (q[0], q[1], q[2], q[3]), rates)

    def set_manual(self, message: Message) -> None:
        """GIMBAL_MANAGER_SET_MANUAL_CONTROL, obeyed from the primary controller only."""
        if not self._from_primary(message):
            return
        rotation, rates = UNSET, NO_RATES
        if math.isfinite(message.pitch) and math.isfinite(message.yaw):
            rotation = quaternion_from_euler(0.0, message.pitch, message.yaw)
        if math.isfinite(message.pitch_rate) and math.isfinite(message.yaw_rate):
            pitch_most = math.radians(self._values["MNT_RATE_PITCH"])
            yaw_most = math.radians(self._values["MNT_RATE_YAW"])
            rates = (0.0, message.pitch_rate * pitch_most, message.yaw_rate * yaw_most)
        self._set(message.flags, rotation, rates)

    def look_at(self, place: Ned | None) -> None:
        """Keep a place in the picture's centre, whoever has control; None looks ahead again."""
        self.region_of_interest = place
        if place is None:
            self._setpoint = Setpoint(rotation=STILL)

    def setpoint(self, position: Ned) -> Setpoint:
        """What the device is told now."""
        if self.region_of_interest is not None:
            # PX4 changes the yaw's frame only; roll and pitch stay as they were asked for last.
            roll, pitch, _ = self._setpoint.absolute
            self._setpoint = replace(
                self._setpoint,
                rotation=_toward(position, self.region_of_interest),
                rates=NO_RATES,
                absolute=(roll, pitch, True),
            )
        return self._setpoint

    def hear_device(self, message: Message) -> bool:
        """GIMBAL_DEVICE_INFORMATION and GIMBAL_DEVICE_ATTITUDE_STATUS; True where much is new."""
        before = self.status
        if message.name == "GIMBAL_DEVICE_INFORMATION":
            self.information = message.fields
            self.device_id = message.component_id
        else:
            self.status = message.fields
        flags = None if self.status is None else self.status["flags"]
        return before is None or flags != before["flags"]

    def asks_for_device(self, boot_s: float) -> bool:
        """Whether it is time to ask everybody for GIMBAL_DEVICE_INFORMATION (once a second)."""
        if not self.enabled or self.information is not None or boot_s < self._ask_at_s:
            return False
        self._ask_at_s = boot_s + ASK_EVERY_S
        return True

    def _from_primary(self, message: Message) -> bool:
        obeyed = self.enabled and message.sender == self.primary
        self.ignored += not obeyed
        return obeyed

    def _set(self, flags: int, rotation: Quaternion, rates: tuple[float, float, float]) -> None:
        if flags & RETRACT:
            return
        self.region_of_interest = None
        if flags & NEUTRAL:
            self._setpoint = Setpoint(rotation=STILL)
            return
        absolute = (bool(flags & ROLL_LOCK), bool(flags & PITCH_LOCK), bool(flags & YAW_LOCK))
        self._setpoint = Setpoint(rotation=rotation, rates=rates, absolute=absolute)


def _owner(asked: float, before: int, sender: int, own: int) -> int:
    number = round(asked) if math.isfinite(asked) else LEAVE
    if 0 <= number <= LAST_ID:
        return number
    if number == ITSELF:
        return own
    if number == RELEASE and before == sender:
        return 0
    return before


def _toward(position: Ned, place: Ned) -> Quaternion:
    dn, de, dd = place.n - position.n, place.e - position.e, place.d - position.d
    pitch = -math.atan2(dd, math.hypot(dn, de))
    return quaternion_from_euler(0.0, pitch, math.atan2(de, dn))
