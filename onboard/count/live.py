"""Counting in flight: crowds and herds are told to the hub as they are left behind."""

from collections import deque
from collections.abc import Sequence

from pydantic import Field

from onboard.count.counter import Count, Counter
from onboard.count.settings import CountSettings
from onboard.count.telling import count_finding
from onboard.rules.finding import Finding
from onboard.track.kinds import ANIMAL, KIND, PERSON
from onboard.track.track import Array, Track

TOLD_AT_MOST = 200


class LiveCountSettings(CountSettings):
    """As for recorded tracks, and: frames are taken in at no more than `rate_hz`; a gathering is
    told when nobody of any was seen for `tell_after_s`, and every `tell_every_s` while somebody is.
    A count is an alert at the hub: it is told only where that is asked for.
    """

    enabled: bool = False
    rate_hz: float = Field(default=2.0, gt=0)
    tell_after_s: float = Field(default=15.0, gt=0)
    tell_every_s: float = Field(default=120.0, gt=0)
    remember_s: float = Field(default=1800.0, gt=0)
    remember_at_most: int = Field(default=600, ge=1)


class LiveCount:
    """Call `observe` with each frame's tracks; it answers with the counts that are news.

    A gathering is told again only when its count has left the interval that was told.
    """

    def __init__(self, settings: LiveCountSettings | None = None) -> None:
        self._settings = settings or LiveCountSettings()
        self._forget_all()

    def _forget_all(self) -> None:
        self._counter = Counter(self._settings)
        self._told: deque[Count] = deque(maxlen=TOLD_AT_MOST)
        self._new: dict[int, float] = {}
        self._observed_s = self._seen_s = -float("inf")

    def observe(
        self, t_s: float, tracks: Sequence[Track], view_en: Array | None = None
    ) -> list[Finding]:
        """Take in a frame, as `Counter.observe` does."""
        if t_s < self._observed_s:
            self._forget_all()
        if t_s - self._observed_s < 0.999 / self._settings.rate_hz:
            return []
        self._observed_s = t_s
        self._counter.observe(t_s, tracks, view_en)
        for track in tracks:
            if track.seen_now and KIND[track.object_class] in (PERSON, ANIMAL):
                self._seen_s = t_s
                self._new.setdefault(track.track_id, t_s)
        return self._news(t_s)

    def _news(self, t_s: float) -> list[Finding]:
        settings = self._settings
        left_behind = t_s - self._seen_s >= settings.tell_after_s
        since_s = min(self._new.values(), default=t_s)
        if not (left_behind or t_s - since_s >= settings.tell_every_s):
            return []
        if len(self._new) < settings.least_gathering:
            self._new.clear()
            return []
        gatherings = self._counter.counted().gatherings
        news = [each for each in gatherings if each.track_ids & self._new.keys()]
        news = [each for each in news if not self._is_known(each)]
        self._new.clear()
        self._told.extend(news)
        findings = [
            count_finding(each, began_s=since_s, probability=settings.probability) for each in news
        ]
        return [finding for finding in findings if finding is not None]

    def _is_known(self, count: Count) -> bool:
        """Whether what was told last of the same gathering still holds."""
        before = [each.estimate for each in self._told if each.track_ids & count.track_ids]
        return bool(before) and before[-1].low <= count.estimate.count <= before[-1].high
