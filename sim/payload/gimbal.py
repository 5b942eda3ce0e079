"""The gimbal device (component 154): takes attitudes from a gimbal manager and says where it looks.

Roll and pitch are always held against the horizon, whatever the flags, as on most gimbals (and it
announces no ROLL_FOLLOW or PITCH_FOLLOW); yaw follows the vehicle's heading or, locked, north.
Angles in radians, north-east-down, pitch up positive.
Source: https://mavlink.io/en/services/gimbal_v2.html, GIMBAL_DEVICE_FLAGS and _ERROR_FLAGS; what
PX4 sends: src/modules/gimbal/output_mavlink.cpp.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onboard.mavlink.codec import Message
from sim.payload.autopilot import AutopilotView, euler_from_quaternion
from sim.payload.config import GimbalSettings
from sim.payload.device import Device, PayloadSend
from sim.payload.faults import PayloadFaults
from sim.payload.slew import LONGEST_S, SUBSTEP_S, SlewAxis
from sim.vehicle.pose import Quaternion
from sim.vehicle.rotation import quaternion_from_euler, wrap_pi

COMPONENT, KIND, LINK = 154, 26, "gimbal"
RETRACT, NEUTRAL, ROLL_LOCK, PITCH_LOCK, YAW_LOCK = 1, 2, 4, 8, 16
YAW_IN_VEHICLE_FRAME, YAW_IN_EARTH_FRAME = 32, 64
AT_ROLL_LIMIT, AT_PITCH_LIMIT, MOTOR_ERROR, NO_MANAGER = 1, 2, 32, 512
# Neutral; roll axis and lock; pitch axis and lock; yaw axis, follow, lock, endless; earth frame.
CAPABILITIES = 2 | 4 | 16 | 32 | 128 | 256 | 512 | 1024 | 2048 | 4096
MANAGER_SILENT_S = 3.0
STEPS_AT_MOST = round(LONGEST_S / SUBSTEP_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointing:
    """Where the gimbal looks: `yaw` from north, `yaw_offset` from the vehicle's heading."""

    roll: float
    pitch: float
    yaw: float
    yaw_offset: float


class GimbalDevice(Device):
    """A three-axis gimbal. `pointing_at` and `quaternion_at` move it on to the asked instant."""

    def __init__(
        self,
        settings: GimbalSettings,
        *,
        view: AutopilotView,
        faults: PayloadFaults,
        system_id: int,
        began_s: float,
    ) -> None:
        super().__init__(
            view=view, system_id=system_id, component_id=COMPONENT, link=LINK, kind=KIND
        )
        self.settings = settings
        self._faults = faults
        self._locked = False
        self._wanted = [0.0, settings.initial_pitch, 0.0]
        self._rates = (0.0, 0.0, 0.0)
        self._roll = _axis(settings, 0.0)
        self._pitch = _axis(settings, settings.initial_pitch)
        self._yaw = _axis(settings, 0.0, wraps=True)
        self._moved = _grid(began_s)
        self._manager_s = -math.inf
        self._builders |= {
            "GIMBAL_DEVICE_INFORMATION": self._information,
            "GIMBAL_DEVICE_ATTITUDE_STATUS": self._attitude_status,
        }
        self._stream("GIMBAL_DEVICE_ATTITUDE_STATUS", settings.attitude_rate_hz)

    def set_attitude(self, message: Message, now_s: float) -> list[PayloadSend]:
        """GIMBAL_DEVICE_SET_ATTITUDE: angles, rates, or both; NaN leaves them as they are."""
        if message.target_component not in (0, COMPONENT):
            return []
        self._advance(now_s)
        self._manager_s = now_s
        flags: int = message["flags"]
        self._lock(bool(flags & YAW_LOCK), now_s)
        self._rates = (0.0, 0.0, 0.0)
        if flags & (RETRACT | NEUTRAL):
            self._wanted = [0.0, 0.0, 0.0]
        elif all(map(math.isfinite, message.q)):
            self._aim(message.q, flags, now_s)
        else:
            velocity = (
                message.angular_velocity_x,
                message.angular_velocity_y,
                message.angular_velocity_z,
            )
            most = self.settings.rate_max
            self._rates = _limited(velocity, most)
        return []

    def heard_manager(self, now_s: float) -> None:
        """The manager is there, and wants what it wanted before."""
        self._manager_s = now_s

    def pointing_at(self, now_s: float) -> Pointing:
        """Where it looks now."""
        self._advance(now_s)
        heading = self._view.heading_at(now_s)
        yaw = self._yaw.angle if self._locked else wrap_pi(heading + self._yaw.angle)
        return Pointing(
            roll=self._roll.angle,
            pitch=self._pitch.angle,
            yaw=yaw,
            yaw_offset=wrap_pi(yaw - heading),
        )

    def quaternion_at(self, now_s: float) -> Quaternion:
        """Rotation from the gimbal's axes to north-east-down."""
        pointing = self.pointing_at(now_s)
        return quaternion_from_euler(pointing.roll, pointing.pitch, pointing.yaw)

    def status_at(self, now_s: float) -> dict[str, Any]:
        """The fields of GIMBAL_DEVICE_ATTITUDE_STATUS."""
        return dict(self._attitude_status(now_s, 0.0)[0])

    def _lock(self, locked: bool, now_s: float) -> None:
        """Hold yaw against north or against the vehicle from now on, without a turn."""
        if locked == self._locked:
            return
        heading = self._view.heading_at(now_s)
        by = heading if locked else -heading
        self._yaw.shift(by)
        self._wanted[2] = wrap_pi(self._wanted[2] + by)
        self._locked = locked

    def _aim(self, q: tuple[float, ...], flags: int, now_s: float) -> None:
        roll, pitch, yaw = euler_from_quaternion((q[0], q[1], q[2], q[3]))
        in_earth = self._locked
        if flags & (YAW_IN_EARTH_FRAME | YAW_IN_VEHICLE_FRAME):
            in_earth = bool(flags & YAW_IN_EARTH_FRAME)
        if in_earth != self._locked:
            heading = self._view.heading_at(now_s)
            yaw = wrap_pi(yaw + heading if self._locked else yaw - heading)
        self._wanted = [roll, pitch, yaw]

    def _advance(self, now_s: float) -> None:
        """Move on, step by step of a grid: who looks, and when, changes nothing."""
        steps, self._moved = _grid(now_s) - self._moved, max(self._moved, _grid(now_s))
        if steps <= 0:
            return
        if self._faults.gimbal_stuck:
            for axis in (self._roll, self._pitch, self._yaw):
                axis.hold()
            return
        if any(self._rates):
            for _ in range(min(steps, STEPS_AT_MOST)):
                self._drift(SUBSTEP_S)
                self._turn(SUBSTEP_S)
        else:
            self._turn(steps * SUBSTEP_S)

    def _turn(self, dt_s: float) -> None:
        limits = self.settings
        self._roll.turn_to(_within(self._wanted[0], -limits.roll_max, limits.roll_max), dt_s)
        self._pitch.turn_to(_within(self._wanted[1], limits.pitch_min, limits.pitch_max), dt_s)
        self._yaw.turn_to(self._wanted[2], dt_s)

    def _drift(self, dt_s: float) -> None:
        limits = self.settings
        roll, pitch, yaw = (w + r * dt_s for w, r in zip(self._wanted, self._rates, strict=True))
        # An axis at its stop does not wind up: the other way works at once.
        self._wanted = [
            _within(roll, -limits.roll_max, limits.roll_max),
            _within(pitch, limits.pitch_min, limits.pitch_max),
            wrap_pi(yaw),
        ]

    def _failures(self, now_s: float) -> int:
        limits, (roll, pitch, _) = self.settings, self._wanted
        failures = 0
        if abs(roll) > limits.roll_max + 1e-3:
            failures |= AT_ROLL_LIMIT
        if not limits.pitch_min - 1e-3 <= pitch <= limits.pitch_max + 1e-3:
            failures |= AT_PITCH_LIMIT
        if self._faults.gimbal_stuck:
            failures |= MOTOR_ERROR
        if now_s - self._manager_s > MANAGER_SILENT_S:
            failures |= NO_MANAGER
        return failures

    def _attitude_status(self, now_s: float, which: float) -> list[Mapping[str, Any]]:
        pointing = self.pointing_at(now_s)
        yaw = pointing.yaw if self._locked else pointing.yaw_offset
        frame = YAW_LOCK | YAW_IN_EARTH_FRAME if self._locked else YAW_IN_VEHICLE_FRAME
        heading = self._view.heading_at(now_s) if self._view.heading_known else math.nan
        return [
            {
                "time_boot_ms": self._view.boot_ms(now_s),
                "flags": ROLL_LOCK | PITCH_LOCK | frame,
                "q": quaternion_from_euler(pointing.roll, pointing.pitch, yaw),
                "angular_velocity_x": self._roll.rate,
                "angular_velocity_y": self._pitch.rate,
                "angular_velocity_z": self._yaw.rate,
                "failure_flags": self._failures(now_s),
                "delta_yaw": heading,
                "delta_yaw_velocity": math.nan,
            }
        ]

    def _information(self, now_s: float, which: float) -> list[Mapping[str, Any]]:
        limits = self.settings
        return [
            {
                "time_boot_ms": self._view.boot_ms(now_s),
                "uid": 0x51594752_0000 | self._system,
                "vendor_name": "Qyran",
                "model_name": "Simulated gimbal",
                "firmware_version": 1,
                "hardware_version": 1,
                "cap_flags": CAPABILITIES,
                "roll_min": -limits.roll_max,
                "roll_max": limits.roll_max,
                "pitch_min": limits.pitch_min,
                "pitch_max": limits.pitch_max,
                "yaw_min": -math.pi,
                "yaw_max": math.pi,
            }
        ]


def _grid(now_s: float) -> int:
    return math.floor(now_s / SUBSTEP_S + 1e-6)


def _axis(settings: GimbalSettings, angle: float, *, wraps: bool = False) -> SlewAxis:
    return SlewAxis(
        angle,
        rate_max=settings.rate_max,
        acceleration_max=settings.acceleration_max,
        wraps=wraps,
    )


def _within(value: float, least: float, most: float) -> float:
    return min(max(value, least), most)


def _limited(rates: tuple[float, float, float], most: float) -> tuple[float, float, float]:
    roll, pitch, yaw = (
        _within(rate, -most, most) if math.isfinite(rate) else 0.0 for rate in rates
    )
    return roll, pitch, yaw
