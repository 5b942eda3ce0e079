"""What a pattern answers with: where to fly, how high, where to wait and where to look."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome

HOME_LEVEL = HeightAboveHome(0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaze:
    """Where the camera looks: at a place, or along a pitch and a yaw of the gimbal.

    `pitch_rad` is negative below the horizon, `yaw_rad` is from the vehicle's nose to the right;
    both are ignored where `at` is given, which is looked at `at_height`.
    """

    pitch_rad: float
    yaw_rad: float = 0.0
    at: GeoPoint | None = None
    at_height: HeightAboveHome = HOME_LEVEL


class CameraAction(StrEnum):
    """What the camera does on reaching a point."""

    PHOTO = "photo"
    VIDEO_START = "video-start"
    VIDEO_STOP = "video-stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathPoint:
    """One point of a path; `gaze` None keeps the gaze that the path or the point before set.

    `heading_rad` is where the nose points on the leg to it, from north to the right; None leaves
    that to the vehicle, which then flies nose first. The camera acts at the end of the dwell.
    """

    position: GeoPoint
    height: HeightAboveHome
    dwell_s: float = 0.0
    gaze: Gaze | None = None
    heading_rad: float | None = None
    action: CameraAction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatrolPath:
    """A path as flown, from the first point of the task to the last.

    `swath_m` is the full width that the camera sees across the track, where the pattern used one.
    `notes` say what was changed or could not be had; `figures` are what the pattern promises, with
    the unit in the name.
    """

    pattern: str
    points: tuple[PathPoint, ...]
    gaze: Gaze | None = None
    swath_m: float | None = None
    trigger_distance_m: float | None = None
    notes: tuple[str, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict, hash=False)
