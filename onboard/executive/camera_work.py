"""Keeping an object in the frame: where it is by now, and so where the gimbal must look."""

import math

from onboard.executive.reaction import Noticed, Sighted, moved
from onboard.executive.situation import Situation
from onboard.mavlink.codec import Message, Send
from onboard.mavlink.command import CommandPlace
from onboard.mavlink.gimbal_keeper import Aim, GimbalKeeper
from onboard.mavlink.mission_leg import metres_between

# A track that has not been seen for so long is looked for where it was last.
FORESIGHT_S = 3.0
# From a position to the gimbal that has turned: link, manager, device.
LEAD_S = 0.4


class CameraWork:
    """Follows the tracks of one event; `track` is the newest of them that was seen."""

    def __init__(self, keeper: GimbalKeeper) -> None:
        self.track: Sighted | None = None
        self._keeper = keeper
        self._ids: frozenset[int] = frozenset()
        self._seen_s = 0.0

    @property
    def follows(self) -> frozenset[int]:
        """The ids of the tracks that are followed."""
        return self._ids

    def follow(self, noticed: Noticed, now_s: float) -> None:
        """From now on this is the object."""
        self._ids = frozenset(noticed.track_ids)
        self._seen_s = now_s
        self.track = Sighted(
            track_id=min(noticed.track_ids, default=0),
            place=noticed.place,
            covariance_m2=noticed.covariance_m2,
            velocity_en_m_s=noticed.velocity_en_m_s,
        )

    def sighted(self, track: Sighted, now_s: float) -> None:
        """A track was seen."""
        if track.track_id in self._ids:
            self.track, self._seen_s = track, now_s

    def receive(self, message: Message, now_s: float) -> None:
        """Take in what the gimbal manager says."""
        self._keeper.receive(message, now_s)

    def work(self, now: Situation, now_s: float, *, aims: bool) -> list[Send]:
        """Look at the object while it is followed, else give the gimbal back."""
        if aims and now.place is not None and self.track is not None:
            east, north = now.velocity_en_m_s
            here = moved(now.place, east * LEAD_S, north * LEAD_S)
            self._keeper.aim(_aim(here, self._now(self.track, now_s + LEAD_S)))
        else:
            self._keeper.give_back()
        return self._keeper.tick(now_s)

    def fall_silent(self) -> None:
        """Send nothing more."""
        self._keeper.fall_silent()

    def _now(self, track: Sighted, now_s: float) -> CommandPlace:
        since_s = max(0.0, now_s - self._seen_s)
        ahead_s = since_s if since_s <= FORESIGHT_S else 0.0
        east, north = track.velocity_en_m_s
        return moved(track.place, east * ahead_s, north * ahead_s)


def _aim(here: CommandPlace, there: CommandPlace) -> Aim:
    north = math.radians(there.latitude_deg - here.latitude_deg)
    narrow = math.cos(math.radians(here.latitude_deg))
    east = math.radians(there.longitude_deg - here.longitude_deg) * narrow
    level_m = metres_between(here, there)
    down_m = here.height_amsl_m - there.height_amsl_m
    return Aim(pitch=-math.atan2(down_m, level_m), yaw=math.atan2(east, north))
