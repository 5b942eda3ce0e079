"""The camera's pose at any recent instant, from MAVLink messages. No socket and no clock in here.

Reads GLOBAL_POSITION_INT, ATTITUDE_QUATERNION, GIMBAL_DEVICE_ATTITUDE_STATUS and SYSTEM_TIME. The
gimbal's quaternion is in the earth's frame or in the vehicle's heading frame, by its flags
(https://mavlink.io/en/services/gimbal_v2.html); a vehicle with no gimbal carries the camera as
`q_body_from_gimbal` says.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from onboard.geolocate.mounting import GimbalFrame, q_ned_from_gimbal
from onboard.geolocate.pose import CameraPose
from onboard.geolocate.rotation import (
    Quaternion,
    normalised,
    product,
    slerp,
)
from onboard.mavlink.codec import Message
from onboard.telemetry.samples import Between, Samples

T = TypeVar("T")

YAW_IN_VEHICLE_FRAME = 32
YAW_IN_EARTH_FRAME = 64
YAW_LOCK = 16
POLE, DATE_LINE = 900_000_000, 1_800_000_000
HIGHEST_MM = 100_000_000
# A clock that has not been set tells a time near 1970; one past this is broken.
CLOCK_IS_SET_S = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
CLOCK_IS_BROKEN_S = datetime(2100, 1, 1, tzinfo=UTC).timestamp()


class PoseMissing(StrEnum):
    """Why there is no pose at an instant."""

    NOT_YET = "telemetry of that instant has not come yet"
    TOO_OLD = "telemetry of that instant is forgotten"
    NONE = "no telemetry has come"
    GAP = "telemetry has a gap there"
    NO_UTC = "the vehicle has not said what time it is"


@dataclass(frozen=True, slots=True)
class _Position:
    latitude_deg: float
    longitude_deg: float
    height_amsl_m: float


@dataclass(frozen=True, slots=True)
class _Gimbal:
    q: Quaternion
    in_earth_frame: bool


class PoseHistory:
    """Takes in messages and answers with poses.

    `malformed` counts messages whose values cannot be: not a number, or past their range, with
    which MAVLink says "unknown". They are passed over.
    """

    def __init__(
        self,
        *,
        system_id: int | None = None,
        q_body_from_gimbal: Quaternion | None = None,
        longest_gap_s: float = 1.0,
    ) -> None:
        self._system_id = system_id
        self._fixed = q_body_from_gimbal
        self._longest_gap_s = longest_gap_s
        self._positions: Samples[_Position] = Samples()
        self._attitudes: Samples[Quaternion] = Samples()
        self._gimbals: Samples[_Gimbal] = Samples()
        # Seconds since 1970, and the boot time in milliseconds at which they were told.
        self._told_utc: tuple[float, int] | None = None
        self._readers = {
            "GLOBAL_POSITION_INT": self._position,
            "ATTITUDE_QUATERNION": self._attitude,
            "GIMBAL_DEVICE_ATTITUDE_STATUS": self._gimbal,
            "SYSTEM_TIME": self._time,
        }
        self.home_amsl: HeightAmsl | None = None
        self.malformed = 0

    def receive(self, message: Message) -> bool:
        """Take in one message; whether it was one of those that are read, and could be."""
        if self._system_id is not None and message.system_id != self._system_id:
            return False
        reader = self._readers.get(message.name)
        if reader is None:
            return False
        taken = reader(message)
        self.malformed += not taken
        return taken

    @property
    def newest_s(self) -> float | None:
        """The boot time up to which a pose can be told."""
        attitude = self._attitudes if self._fixed is not None else self._gimbals
        newest = (self._positions.newest_s, attitude.newest_s)
        return None if None in newest else min(value for value in newest if value is not None)

    def utc(self, boot_s: float) -> datetime | None:
        """UTC at a boot time; None until the vehicle has said what time it is."""
        if self._told_utc is None:
            return None
        unix_s, boot_ms = self._told_utc
        booted = datetime.fromtimestamp(unix_s, tz=UTC) - timedelta(milliseconds=boot_ms)
        return booted + timedelta(seconds=boot_s)

    def pose(self, boot_s: float) -> CameraPose | PoseMissing:
        """The camera's pose at a boot time, interpolated between the samples around it."""
        at = self.position(boot_s)
        if isinstance(at, PoseMissing):
            return at
        attitude = self.camera(boot_s)
        if isinstance(attitude, PoseMissing):
            return attitude
        return CameraPose(position=at[0], height=at[1], q_ned_from_gimbal=attitude)

    def told_until_s(self, *, gimbal: bool) -> float:
        """The boot time up to which positions, and the gimbal's attitude if asked for, are told."""
        newest = [self._positions.newest_s] + [self._gimbals.newest_s] * gimbal
        return min(-math.inf if each is None else each for each in newest)

    def position(self, boot_s: float) -> tuple[GeoPoint, HeightAmsl] | PoseMissing:
        """The vehicle's place and height at a boot time."""
        position = self._between(self._positions, boot_s)
        if isinstance(position, PoseMissing):
            return position
        a, b, share = position.before, position.after, position.share
        place = GeoPoint(
            latitude_deg=a.latitude_deg + (b.latitude_deg - a.latitude_deg) * share,
            longitude_deg=a.longitude_deg + (b.longitude_deg - a.longitude_deg) * share,
        )
        height_m = a.height_amsl_m + (b.height_amsl_m - a.height_amsl_m) * share
        return place, HeightAmsl(height_m)

    def airframe(self, boot_s: float) -> Quaternion | None:
        """The airframe's attitude at a boot time; None where it is not told."""
        body = self._between(self._attitudes, boot_s)
        if isinstance(body, PoseMissing):
            return None
        return slerp(body.before, body.after, body.share)

    def camera(self, boot_s: float) -> Quaternion | PoseMissing:
        """The camera's attitude on the earth at a boot time."""
        if self._fixed is not None:
            body = self._between(self._attitudes, boot_s)
            if isinstance(body, PoseMissing):
                return body
            return product(slerp(body.before, body.after, body.share), self._fixed)
        gimbal = self._between(self._gimbals, boot_s)
        if isinstance(gimbal, PoseMissing):
            return gimbal
        q = slerp(gimbal.before.q, gimbal.after.q, gimbal.share)
        if gimbal.before.in_earth_frame:
            return q
        body = self._between(self._attitudes, boot_s)
        if isinstance(body, PoseMissing):
            return body
        return q_ned_from_gimbal(
            q,
            told_against=GimbalFrame.HEADING,
            q_ned_from_body=slerp(body.before, body.after, body.share),
        )

    def _between(self, samples: Samples[T], boot_s: float) -> Between[T] | PoseMissing:
        if not len(samples):
            return PoseMissing.NONE
        between = samples.at(boot_s)
        if between is None:
            return PoseMissing.TOO_OLD
        if between.beyond_s > 0.0:
            return PoseMissing.NOT_YET
        if between.span_s > self._longest_gap_s:
            return PoseMissing.GAP
        return between

    def _position(self, message: Message) -> bool:
        latitude, longitude = message["lat"], message["lon"]
        amsl_mm, above_home_mm = message["alt"], message["relative_alt"]
        on_earth = abs(latitude) <= POLE and abs(longitude) <= DATE_LINE
        if not on_earth or max(abs(amsl_mm), abs(above_home_mm)) > HIGHEST_MM:
            return False
        self.home_amsl = HeightAmsl((amsl_mm - above_home_mm) / 1000.0)
        value = _Position(latitude * 1e-7, longitude * 1e-7, amsl_mm / 1000.0)
        self._positions.add(message["time_boot_ms"] / 1000.0, value)
        return True

    def _attitude(self, message: Message) -> bool:
        q = _attitude_of((message["q1"], message["q2"], message["q3"], message["q4"]))
        if q is not None:
            self._attitudes.add(message["time_boot_ms"] / 1000.0, q)
        return q is not None

    def _gimbal(self, message: Message) -> bool:
        q = _attitude_of(message["q"])
        if q is None:
            return False
        flags = message["flags"]
        # Before the two frame flags came, the lock flag alone said that yaw is the earth's.
        told = flags & (YAW_IN_EARTH_FRAME | YAW_IN_VEHICLE_FRAME)
        in_earth_frame = bool(flags & (YAW_IN_EARTH_FRAME if told else YAW_LOCK))
        self._gimbals.add(message["time_boot_ms"] / 1000.0, _Gimbal(q, in_earth_frame))
        return True

    def _time(self, message: Message) -> bool:
        unix_s = message["time_unix_usec"] / 1e6
        if unix_s >= CLOCK_IS_BROKEN_S:
            return False
        if unix_s >= CLOCK_IS_SET_S:
            self._told_utc = unix_s, message["time_boot_ms"]
        return True


def _attitude_of(q: Sequence[float]) -> Quaternion | None:
    """The unit quaternion, or None where it is none: zeros and NaN say that it is not known."""
    length = math.hypot(*q)
    if not 0.5 < length < 2.0:
        return None
    return normalised((q[0], q[1], q[2], q[3]))
