"""Where a mission points its camera and whether it records, as its items say it one after another.

Source: MAVLink's common command set; what PX4 hands on of it is in `mission_block.cpp` and
`output.cpp` of its gimbal module.
"""

import math
from dataclasses import dataclass, replace

from missions.checks.places import place_of_item
from missions.geodesy import GeoPoint
from missions.plan import Command, Frame, MissionItem

DO_DIGICAM_CONTROL = 203
DO_MOUNT_CONFIGURE = 204
DO_MOUNT_CONTROL_QUAT = 220
IMAGE_COMMANDS = frozenset((Command.IMAGE_START_CAPTURE, DO_DIGICAM_CONTROL))
# What turns the gimbal, or lets it look elsewhere.
POINTING = frozenset(
    (
        Command.DO_GIMBAL_MANAGER_PITCHYAW,
        Command.DO_MOUNT_CONTROL,
        DO_MOUNT_CONTROL_QUAT,
        Command.DO_SET_ROI_LOCATION,
        Command.DO_SET_ROI,
        Command.NAV_ROI,
        Command.DO_SET_ROI_NONE,
        Command.DO_SET_ROI_WPNEXT_OFFSET,
    )
)
# What tells that there is a gimbal: one that is set up, too, though it does not turn by that.
OF_A_GIMBAL = POINTING | {DO_MOUNT_CONFIGURE}
# The sine of a pitch that is straight down or up.
STRAIGHT = 1.0 - 1e-9
# GIMBAL_MANAGER_FLAGS_YAW_LOCK: yaw is from north, else from the nose.
YAW_LOCK = 16
RETRACT, NEUTRAL, TARGETING, GPS_POINT = 0, 1, 2, 4
# MAV_ROI: none, next waypoint, a waypoint by index, a location.
ROI_NONE, ROI_LOCATION = 0, 3


@dataclass(frozen=True, slots=True)
class CameraState:
    """What has been said to the camera so far.

    `pitch_rad` is None until something is said of it; `yaw_rad` is from the nose, or from north
    with `yaw_from_north`. `at` is the place looked at, `at_height_m` above home or above sea level.
    """

    pitch_rad: float | None = None
    yaw_rad: float = 0.0
    yaw_from_north: bool = False
    at: GeoPoint | None = None
    at_height_m: float = 0.0
    at_above_sea: bool = False
    video: bool = False
    by_distance: bool = False
    by_time: bool = False

    @property
    def triggering(self) -> bool:
        """Whether pictures are taken over and over."""
        return self.by_distance or self.by_time

    @property
    def on(self) -> bool:
        """Whether it records or takes pictures by itself."""
        return self.video or self.triggering

    def after(self, item: MissionItem) -> "CameraState":
        """The state once an item has been done."""
        if item.command in RECORDING:
            return self._recording(item)
        return self._pointed(item)

    def _recording(self, item: MissionItem) -> "CameraState":
        one, two, three = item.params[:3]
        if item.command == Command.DO_SET_CAM_TRIGG_DIST:
            return replace(self, by_distance=_above_zero(one))
        if item.command == Command.DO_SET_CAM_TRIGG_INTERVAL:
            return replace(self, by_time=_above_zero(one))
        if item.command in (Command.VIDEO_START_CAPTURE, Command.VIDEO_STOP_CAPTURE):
            return replace(self, video=item.command == Command.VIDEO_START_CAPTURE)
        if item.command == Command.IMAGE_STOP_CAPTURE:
            return replace(self, by_time=False)
        # Without end (0 pictures), or many with time between.
        lasting = _above_zero(two) and three != 1.0
        return replace(self, by_time=self.by_time or lasting)

    def _pointed(self, item: MissionItem) -> "CameraState":
        params = item.params
        if item.command == Command.DO_GIMBAL_MANAGER_PITCHYAW:
            flags = params[4] if math.isfinite(params[4]) else 0.0
            return self._turned(params[0], params[1], locked=bool(int(flags) & YAW_LOCK))
        if item.command == Command.DO_MOUNT_CONTROL:
            mode = params[6]
            if mode == TARGETING:
                return self._turned(params[0], params[2], locked=False)
            return self._turned(0.0, 0.0, locked=False) if mode in (RETRACT, NEUTRAL) else self
        if item.command == DO_MOUNT_CONTROL_QUAT:
            return self._turned(*_pitch_yaw_deg(*params[:4]), locked=False)
        return self._looking(item)

    def _turned(self, pitch_deg: float, yaw_deg: float, *, locked: bool) -> "CameraState":
        pitch = self.pitch_rad if not math.isfinite(pitch_deg) else math.radians(pitch_deg)
        yaw = self.yaw_rad if not math.isfinite(yaw_deg) else math.radians(yaw_deg)
        return replace(self, pitch_rad=pitch, yaw_rad=yaw, yaw_from_north=locked, at=None)

    def _looking(self, item: MissionItem) -> "CameraState":
        if item.command == Command.DO_SET_ROI_LOCATION or (
            item.command in (Command.NAV_ROI, Command.DO_SET_ROI) and item.params[0] == ROI_LOCATION
        ):
            height = item.params[6] if math.isfinite(item.params[6]) else 0.0
            above_sea = item.frame in (Frame.GLOBAL, Frame.GLOBAL_INT)
            return replace(self, at=place_of_item(item), at_height_m=height, at_above_sea=above_sea)
        none = item.command == Command.DO_SET_ROI_NONE or (
            item.command in (Command.NAV_ROI, Command.DO_SET_ROI) and item.params[0] == ROI_NONE
        )
        return replace(self, at=None) if none else self


RECORDING = IMAGE_COMMANDS | {
    Command.DO_SET_CAM_TRIGG_DIST,
    Command.DO_SET_CAM_TRIGG_INTERVAL,
    Command.VIDEO_START_CAPTURE,
    Command.VIDEO_STOP_CAPTURE,
    Command.IMAGE_STOP_CAPTURE,
}


def is_one_picture(item: MissionItem) -> bool:
    """Whether an item takes a single picture where the vehicle is then."""
    if item.command == DO_DIGICAM_CONTROL:
        return item.params[4] == 1.0
    return item.command == Command.IMAGE_START_CAPTURE


def _pitch_yaw_deg(w: float, x: float, y: float, z: float) -> tuple[float, float]:
    """Of a quaternion; not numbers where it turns nothing."""
    size = math.sqrt(w * w + x * x + y * y + z * z)
    if not (math.isfinite(size) and size > 0.0):
        return math.nan, math.nan
    w, x, y, z = w / size, x / size, y / size, z / size
    sine = 2.0 * (w * y - z * x)
    if abs(sine) > STRAIGHT:
        # Straight down or up roll and yaw are the same turn: all of it is taken for yaw.
        return math.copysign(90.0, sine), math.degrees(2.0 * math.atan2(z, w))
    pitch = math.asin(sine)
    yaw = math.atan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))
    return math.degrees(pitch), math.degrees(yaw)


def _above_zero(value: float) -> bool:
    return math.isfinite(value) and value > 0.0
