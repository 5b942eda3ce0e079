"""The object of an event, or its herd: which tracks it is, where it is by now, how fast it moves.

A herd is where the middle (median) of its members is, so that one that runs off does not lead.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from onboard.executive.noticed import Matrix, Noticed, Sighted, moved
from onboard.mavlink.command import CommandPlace
from onboard.mavlink.mission_leg import offset_en

# A track that has not been seen for so long is looked for where it was last.
FORESIGHT_S = 3.0
# From then on a new track near to where it must be may be it, and from then on no more.
LOST_S, SOUGHT_S = 1.5, 90.0
# How much faster or slower it may have become, and as a share of its speed: so far it may be from
# where it is foreseen. Farther off, anybody could be meant.
SPEED_DOUBT_M_S, SPEED_DOUBT, MOST_DOUBT_M = 0.6, 0.3, 15.0
# The square of the distance in deviations within which 99 % lie, of two dimensions.
NEAR = 9.21


class Subject:
    """Of one event at a time. `track` is the newest of its tracks that was seen."""

    def __init__(self) -> None:
        self.track: Sighted | None = None
        self.ids: frozenset[int] = frozenset()
        self._members: dict[int, tuple[Sighted, float]] = {}
        self._noticed: Noticed | None = None
        self._seen_s = 0.0

    def begin(self, noticed: Noticed, now_s: float) -> None:
        """From now on this is the object."""
        self._noticed, self._seen_s = noticed, now_s
        self.ids = frozenset(noticed.track_ids)
        self.track = Sighted(
            track_id=min(noticed.track_ids, default=0),
            object_class=noticed.object_class,
            place=noticed.place,
            covariance_m2=noticed.covariance_m2,
            velocity_en_m_s=noticed.velocity_en_m_s,
        )
        # Until a member is seen, the event's place stands for all of them.
        self._members = {}

    def wants(self, track_id: int, now_s: float) -> bool:
        """Whether a track is of use: one of its own, or any while it is out of sight."""
        return track_id in self.ids or self._is_sought(now_s)

    def seen(self, tracks: Sequence[Sighted], now_s: float) -> None:
        """The tracks of a frame."""
        own = [each for each in tracks if each.track_id in self.ids]
        if not own and self._is_sought(now_s):
            own = self._found_again(tracks, now_s)
        for each in own:
            self._members[each.track_id] = (each, now_s)
            self.track, self._seen_s = each, now_s

    def at(self, now_s: float, *, ahead_s: float = 0.0) -> CommandPlace | None:
        """Where it is, or will be `ahead_s` later; out of sight it is foreseen for a while."""
        if self.track is None:
            return None
        places = [_moved_on(track, seen_s, now_s, ahead_s) for track, seen_s in self._lately(now_s)]
        return replace(
            places[0],
            latitude_deg=median(each.latitude_deg for each in places),
            longitude_deg=median(each.longitude_deg for each in places),
        )

    def speed_m_s(self, now_s: float) -> float:
        """Over the ground; of a herd that of the median velocity."""
        tracks = [track.velocity_en_m_s for track, _ in self._lately(now_s)] or [(0.0, 0.0)]
        return math.hypot(*(median(each[axis] for each in tracks) for axis in range(2)))

    def deviation_m(self) -> float:
        """The standard deviation of its place along the longer axis of the ellipse."""
        return 0.0 if self.track is None else _longest(self.track.covariance_m2)

    def _lately(self, now_s: float) -> list[tuple[Sighted, float]]:
        """Its members as last seen, those that are in sight where any are."""
        if self.track is None:
            return []
        known = list(self._members.values()) or [(self.track, self._seen_s)]
        return [each for each in known if now_s - each[1] <= FORESIGHT_S] or [
            max(known, key=lambda each: each[1])
        ]

    def _is_sought(self, now_s: float) -> bool:
        never = self._noticed is not None and not self.ids
        return self.track is not None and (never or now_s - self._seen_s > LOST_S)

    def _found_again(self, tracks: Sequence[Sighted], now_s: float) -> list[Sighted]:
        """The track that is nearest to where it must be, where one is near enough."""
        there, since_s = self.at(now_s), now_s - self._seen_s
        if there is None or self.track is None or since_s > SOUGHT_S:
            return []
        doubt_m_s = max(SPEED_DOUBT_M_S, SPEED_DOUBT * self.speed_m_s(now_s))
        doubt_m2 = min(doubt_m_s * since_s, MOST_DOUBT_M) ** 2
        before = self.track
        near = [
            (_squares(before.covariance_m2, each, offset_en(there, each.place), doubt_m2), each)
            for each in tracks
            if each.object_class is before.object_class
        ]
        nearest = min(near, key=lambda pair: (pair[0], pair[1].track_id), default=None)
        if nearest is None or nearest[0] > NEAR:
            return []
        self.ids |= {nearest[1].track_id}
        return [nearest[1]]


def _moved_on(track: Sighted, seen_s: float, now_s: float, ahead_s: float) -> CommandPlace:
    since_s = min(max(0.0, now_s - seen_s), FORESIGHT_S) + ahead_s
    east, north = track.velocity_en_m_s
    return moved(track.place, east * since_s, north * since_s)


def _longest(covariance_m2: Matrix) -> float:
    (a, b), (_, d) = covariance_m2
    return math.sqrt(max(0.0, (a + d) / 2.0 + math.hypot((a - d) / 2.0, b)))


def _squares(before: Matrix, now: Sighted, off_en: tuple[float, float], doubt_m2: float) -> float:
    """The squared distance in deviations of both places and of what it may have moved."""
    (a, b), (_, d) = before
    (p, q), (_, s) = now.covariance_m2
    a, b, d = a + p + doubt_m2, b + q, d + s + doubt_m2
    east, north = off_en
    least = a * d - b * b
    if least <= 0.0:
        return math.inf
    return (d * east * east - 2.0 * b * east * north + a * north * north) / least
