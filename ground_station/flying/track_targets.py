"""Where the objects are that aircraft follow with their cameras, for a vehicle to fly after one.

A track is told with its place, its velocity and its aircraft; a newer report that lacks it has lost
it. What is not to be believed (a leap faster than anything on wheels: most likely another object
that took the number over) is counted and not taken, so that the target is soon lost instead.
"""

import math

from ground_station.flying.following import Target
from ground_station.flying.need import EARTH_RADIUS_M
from onboard.messages import TrackReport, TracksReport

FORGOTTEN_S = 60.0
FASTEST_M_S = 70.0
# A camera's place for a thing jitters by metres from frame to frame.
JITTER_M = 15.0


class TrackTargets:
    """The newest place of every track; `now_s` is the event loop's time.

    `unlikely` counts reports of a track that leapt.
    """

    def __init__(self) -> None:
        self.unlikely = 0
        self._seen: dict[tuple[str, int], Target] = {}

    def receive(self, drone_id: str, report: TracksReport, now_s: float) -> None:
        """One report of one aircraft."""
        for track in report.tracks:
            key = (drone_id, track.track_id)
            target = _target(track, now_s)
            before = self._seen.get(key)
            if before is not None and _leapt(before, target):
                self.unlikely += 1
            else:
                self._seen[key] = target
        self._seen = {
            key: target for key, target in self._seen.items() if now_s - target.seen_s < FORGOTTEN_S
        }

    def __call__(self, drone_id: str, track_id: int) -> Target | None:
        """Where a track was seen last; None where nobody has told of it for long."""
        return self._seen.get((drone_id, track_id))


def _target(track: TrackReport, now_s: float) -> Target:
    return Target(
        latitude_deg=track.position.latitude_deg,
        longitude_deg=track.position.longitude_deg,
        height_amsl_m=track.position.height_amsl_m,
        velocity_north_m_s=track.velocity_north_m_s,
        velocity_east_m_s=track.velocity_east_m_s,
        seen_s=now_s,
    )


def _leapt(before: Target, after: Target) -> bool:
    north = math.radians(after.latitude_deg - before.latitude_deg)
    east = math.radians(after.longitude_deg - before.longitude_deg)
    east *= math.cos(math.radians(after.latitude_deg))
    passed_s = after.seen_s - before.seen_s
    return EARTH_RADIUS_M * math.hypot(north, east) > JITTER_M + FASTEST_M_S * passed_s
