"""A flight as a file tells it: poses in time, and the pose at any instant between them."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from missions.errors import BadInput
from missions.geodesy import GeoPoint
from missions.heights import (
    HeightAboveEllipsoid,
    HeightAboveGround,
    HeightAboveHome,
    HeightAmsl,
)
from onboard.geolocate.rotation import Quaternion, slerp

Height = HeightAmsl | HeightAboveHome | HeightAboveGround | HeightAboveEllipsoid


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedPose:
    """One entry; what the file does not tell is None.

    `t_s` is the time in the video; `entry` the entry's own number. `position` is of the aircraft,
    `q_ned_from_gimbal` the camera's attitude on the earth. `zoom` enlarges the picture,
    `horizontal_field_of_view_rad` is of this instant.
    """

    t_s: float
    entry: int
    position: GeoPoint
    height: Height | None
    q_ned_from_gimbal: Quaternion | None = None
    q_ned_from_body: Quaternion | None = None
    captured_at: datetime | None = None
    zoom: float = 1.0
    horizontal_field_of_view_rad: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightLog:
    """Poses in rising time.

    `position_step_m` is how coarsely positions are written; `home` is the place of take-off, where
    told; `notes` are for a person.
    """

    name: str
    dialect: str
    poses: Sequence[LoggedPose]
    position_step_m: float = 0.0
    home: GeoPoint | None = None
    notes: tuple[str, ...] = field(default=())

    def at(self, t_s: float, *, longest_gap_s: float = 2.5) -> LoggedPose | None:
        """The pose at an instant between two entries that are near enough; None elsewhere.

        After the last entry it holds for as long as entries are apart.
        """
        index = bisect_right(self.poses, t_s + 1e-6, key=_time_of) - 1
        if index < 0:
            return None
        before = self.poses[index]
        if index + 1 == len(self.poses):
            return before if t_s - before.t_s <= self._holds_s(longest_gap_s) + 1e-6 else None
        after = self.poses[index + 1]
        span_s = after.t_s - before.t_s
        if t_s - before.t_s < 1e-6:
            return before
        return _between(before, after, t_s) if span_s <= longest_gap_s else None

    def _holds_s(self, longest_gap_s: float) -> float:
        """How long the last pose is true: as long as the last two are apart."""
        if len(self.poses) < 2:
            return longest_gap_s
        return min(longest_gap_s, self.poses[-1].t_s - self.poses[-2].t_s)

    def entry(self, number: int) -> LoggedPose | None:
        """The pose with an entry's number."""
        return next((each for each in self.poses if each.entry == number), None)


def check_order(poses: Sequence[LoggedPose], lines: Sequence[int], file: str) -> None:
    """Refuse a clock that goes back: no instant has one pose then.

    Raises:
        BadInput: it names the line of the entry that is earlier than the one before it.
    """
    for i in range(1, len(poses)):
        if poses[i].t_s < poses[i - 1].t_s:
            raise BadInput(where=f"{file}:{lines[i]}", what="its time is before the entry above")


def _time_of(pose: LoggedPose) -> float:
    return pose.t_s


def _between(a: LoggedPose, b: LoggedPose, t_s: float) -> LoggedPose:
    share = (t_s - a.t_s) / (b.t_s - a.t_s)
    turn = (b.position.longitude_deg - a.position.longitude_deg + 180.0) % 360.0 - 180.0
    longitude = (a.position.longitude_deg + share * turn + 180.0) % 360.0 - 180.0
    latitude = _mixed(a.position.latitude_deg, b.position.latitude_deg, share)
    fov = a.horizontal_field_of_view_rad, b.horizontal_field_of_view_rad
    return LoggedPose(
        t_s=t_s,
        entry=a.entry,
        position=GeoPoint(latitude_deg=latitude, longitude_deg=longitude),
        height=_height(a.height, b.height, share),
        q_ned_from_gimbal=_turned(a.q_ned_from_gimbal, b.q_ned_from_gimbal, share),
        q_ned_from_body=_turned(a.q_ned_from_body, b.q_ned_from_body, share),
        captured_at=_time(a.captured_at, t_s - a.t_s),
        zoom=_mixed(a.zoom, b.zoom, share),
        horizontal_field_of_view_rad=(
            None if fov[0] is None or fov[1] is None else _mixed(fov[0], fov[1], share)
        ),
    )


def _mixed(a: float, b: float, share: float) -> float:
    return (1.0 - share) * a + share * b


def _height(a: Height | None, b: Height | None, share: float) -> Height | None:
    if a is None or b is None or type(a) is not type(b):
        return None
    return type(a)(_mixed(a.m, b.m, share))


def _turned(a: Quaternion | None, b: Quaternion | None, share: float) -> Quaternion | None:
    return None if a is None or b is None else slerp(a, b, share)


def _time(at: datetime | None, later_s: float) -> datetime | None:
    return None if at is None else at + timedelta(seconds=later_s)
