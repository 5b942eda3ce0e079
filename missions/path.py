"""What a pattern answers with: where to fly, how high, where to wait and where to look."""

from dataclasses import dataclass

from missions.geodesy import GeoPoint
from missions.heights import HeightAboveHome


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaze:
    """Where the camera looks: at a place on the ground, or at a pitch below the horizon.

    `pitch_rad` is negative below the horizon; it is ignored where `at` is given.
    """

    pitch_rad: float
    at: GeoPoint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PathPoint:
    """One point of a path; `gaze` None keeps the gaze that the path or the point before set."""

    position: GeoPoint
    height: HeightAboveHome
    dwell_s: float = 0.0
    gaze: Gaze | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatrolPath:
    """A path as flown, from the first point of the task to the last.

    `swath_m` is the full width that the camera sees across the track, where the pattern used one.
    `notes` say what was changed or could not be had.
    """

    pattern: str
    points: tuple[PathPoint, ...]
    gaze: Gaze | None = None
    swath_m: float | None = None
    trigger_distance_m: float | None = None
    notes: tuple[str, ...] = ()
