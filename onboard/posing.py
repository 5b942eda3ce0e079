"""When a frame was taken, and where its camera was: from the frame itself, a link, or a file."""

from dataclasses import dataclass
from datetime import UTC, datetime

from missions.geodesy import GeoPoint
from missions.heights import HeightAboveGround, HeightAmsl
from onboard.configuration import FixedPoseSettings, MountSettings
from onboard.geolocate import CameraPose
from onboard.geolocate.rotation import Quaternion, quaternion_from_euler
from onboard.source import Frame
from onboard.telemetry import PoseMissing, TelemetryLink

SILENCE_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant:
    """A frame's capture time, by the vehicle's boot clock and in UTC, and its camera's pose."""

    boot_s: float
    captured_at: datetime
    pose: CameraPose


class Posing:
    """Answers with an instant, or with why there is none."""

    def __init__(
        self,
        *,
        link: TelemetryLink | None,
        fixed: FixedPoseSettings | None,
        wait_s: float,
        stream_latency_s: float,
    ) -> None:
        self._link = link
        self._fixed = None if fixed is None else _fixed_pose(fixed)
        self._wait_s = wait_s
        self._stream_latency_s = stream_latency_s

    def instant(self, frame: Frame) -> Instant | PoseMissing:
        """A frame's instant; waits a little for telemetry that is on its way."""
        pose = frame.pose or self._fixed
        if pose is not None:
            captured_at = frame.captured_at or datetime.now(UTC)
            boot_s = captured_at.timestamp() if frame.boot_s is None else frame.boot_s
            return Instant(boot_s=boot_s, captured_at=captured_at, pose=pose)
        if self._link is None:
            return PoseMissing.NONE
        return self._from_link(self._link, frame)

    def problem(self) -> str:
        """What a person should know of the link to the vehicle, empty where all is well."""
        if self._link is None or self._link.silent_s < SILENCE_S:
            return ""
        return f"no telemetry from the vehicle for {self._link.silent_s:.0f} s"

    @property
    def malformed(self) -> int:
        """How many of the vehicle's messages could not be believed."""
        return 0 if self._link is None else self._link.malformed

    def home_amsl(self) -> HeightAmsl | None:
        """The height of the vehicle's home, once it has told it."""
        return None if self._link is None else self._link.home_amsl

    def _from_link(self, link: TelemetryLink, frame: Frame) -> Instant | PoseMissing:
        boot_s = frame.boot_s
        if boot_s is None:
            now_s = link.boot_s_now()
            if now_s is None:
                return PoseMissing.NONE
            boot_s = now_s - self._stream_latency_s
        pose = link.pose(boot_s, wait_s=self._wait_s)
        captured_at = link.utc(boot_s)
        if isinstance(pose, PoseMissing) or captured_at is None:
            return pose if isinstance(pose, PoseMissing) else PoseMissing.NO_UTC
        return Instant(boot_s=boot_s, captured_at=captured_at, pose=pose)


def mount_quaternion(mount: MountSettings | None) -> Quaternion | None:
    """The turn from a camera's holder to the airframe, for a camera without a gimbal."""
    if mount is None:
        return None
    return quaternion_from_euler(
        roll_rad=mount.roll_rad, pitch_rad=mount.pitch_rad, yaw_rad=mount.yaw_rad
    )


def _fixed_pose(fixed: FixedPoseSettings) -> CameraPose:
    return CameraPose(
        position=GeoPoint(latitude_deg=fixed.latitude_deg, longitude_deg=fixed.longitude_deg),
        height=HeightAboveGround(fixed.height_above_ground_m),
        q_ned_from_gimbal=quaternion_from_euler(
            roll_rad=0.0, pitch_rad=fixed.elevation_rad, yaw_rad=fixed.bearing_rad
        ),
    )
