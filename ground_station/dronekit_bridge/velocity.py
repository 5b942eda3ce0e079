"""Velocities: ArduPilot keeps one for three seconds in GUIDED, PX4 wants a stream in Offboard.

The bridge repeats what the client asked for, changes to Offboard once PX4 has heard enough of it
and, where the client says no more, to Hold. https://docs.px4.io/main/en/flight_modes/offboard.html
"""

from math import cos, isnan, sin
from typing import Any

from ground_station.dronekit_bridge.known import Known
from ground_station.dronekit_bridge.words import Word, Words
from onboard.mavlink.codec import Message, Send
from onboard.mavlink.px4_modes import DO_SET_MODE, Px4Mode, mode_parameters

EVERY_S = 0.1
# PX4 wants a second of setpoints before it changes to Offboard.
BEFORE_OFFBOARD_S = 1.2
KEPT_S = 3.0
ASK_MODE_EVERY_S = 1.0
LOCAL_NED = 1
_BODY_FRAMES = frozenset((8, 9))
_NO_POSITION, _NO_VELOCITY, _NO_ACCELERATION, _NO_YAW, _NO_YAW_RATE = (
    (0b111, 0b111 << 3, 0b111 << 6, 1 << 10, 1 << 11)
)  # fmt: skip


class Velocity:
    """Keeps the last wanted velocity alive. `active` while it does."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._fields: dict[str, Any] | None = None
        self._since_s = self._wanted_s = self._said_s = self._asked_s = float("-inf")

    @property
    def active(self) -> bool:
        """Whether a velocity is being kept."""
        return self._fields is not None

    def wanted(self, message: Message, now_s: float) -> Words | None:
        """A new velocity, in either message; None where it holds none."""
        if message.type_mask & _NO_VELOCITY == _NO_VELOCITY:
            return None
        if self._fields is None:
            self._since_s = now_s
        self._fields = self._as_local(message)
        self._wanted_s = now_s
        return self._say(now_s)

    def stop(self) -> None:
        """Keep it no longer: the client wants something else."""
        self._fields = None

    def tick(self, now_s: float) -> Words:
        """Say it again, change to Offboard, or hold where the client has fallen silent."""
        if self._fields is None:
            return []
        if now_s - self._wanted_s > KEPT_S:
            self.stop()
            return [self._mode(Px4Mode.HOLD)]
        words = self._say(now_s) if now_s - self._said_s >= EVERY_S else []
        heard = now_s - self._since_s >= BEFORE_OFFBOARD_S
        asked_lately = now_s - self._asked_s < ASK_MODE_EVERY_S
        if heard and not asked_lately and self._known.mode is not Px4Mode.OFFBOARD:
            self._asked_s = now_s
            words.append(self._mode(Px4Mode.OFFBOARD))
        return words

    def _as_local(self, message: Message) -> dict[str, Any]:
        north, east = message.vx, message.vy
        if message.coordinate_frame in _BODY_FRAMES:
            yaw_rad = 0.0 if isnan(self._known.heading_rad) else self._known.heading_rad
            north, east = (
                message.vx * cos(yaw_rad) - message.vy * sin(yaw_rad),
                message.vx * sin(yaw_rad) + message.vy * cos(yaw_rad),
            )
        return {
            "target_system": message.target_system,
            "target_component": message.target_component,
            "coordinate_frame": LOCAL_NED,
            "type_mask": _NO_POSITION
            | _NO_ACCELERATION
            | (message.type_mask & (_NO_YAW | _NO_YAW_RATE)),
            "vx": north,
            "vy": east,
            "vz": message.vz,
            "yaw": message.yaw,
            "yaw_rate": message.yaw_rate,
        }

    def _say(self, now_s: float) -> Words:
        assert self._fields is not None
        self._said_s = now_s
        return [Word.to_vehicle(Send("SET_POSITION_TARGET_LOCAL_NED", self._fields))]

    def _mode(self, mode: Px4Mode) -> Word:
        assert self._known.vehicle is not None
        flags, main, sub = mode_parameters(mode)
        fields = {
            "target_system": self._known.vehicle.system_id,
            "target_component": self._known.vehicle.component_id,
            "command": DO_SET_MODE,
            "param1": flags,
            "param2": main,
            "param3": sub,
        }
        return Word.to_vehicle(Send("COMMAND_LONG", fields))
