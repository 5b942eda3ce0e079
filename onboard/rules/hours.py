"""When a zone is closed: spans of the local time of day."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Hours:
    """Spans of minutes after local midnight; one whose end comes first passes midnight.

    Without spans it is always so.
    """

    spans_min: tuple[tuple[int, int], ...] = ()
    utc_offset_h: float = 0.0

    def hold(self, utc: datetime | None) -> bool:
        """Whether a moment lies in a span. Where no time is known it does: a zone stays closed."""
        if utc is None or not self.spans_min:
            return True
        local = utc.astimezone(timezone(timedelta(hours=self.utc_offset_h)))
        minute = 60 * local.hour + local.minute
        return any(_within(minute, begin, end) for begin, end in self.spans_min)


ALWAYS = Hours()


def parsed_hours(spans: object, utc_offset_h: object) -> Hours:
    """Hours as a district tells them: `["22:00-06:00"]` and the offset of local time.

    Raises:
        ValueError: a span is not HH:MM-HH:MM, is empty, or the offset is none.
    """
    if not isinstance(spans, list) or not spans:
        raise ValueError("hours is no list of spans such as 22:00-06:00")
    if not isinstance(utc_offset_h, int | float) or not -14.0 <= utc_offset_h <= 14.0:
        raise ValueError("hours need utc_offset_h, the hours that local time is ahead of UTC")
    return Hours(tuple(_span(each) for each in spans), float(utc_offset_h))


def _span(text: object) -> tuple[int, int]:
    told = SPAN.fullmatch(text) if isinstance(text, str) else None
    if told is None:
        raise ValueError(f"{text!r} is no span such as 22:00-06:00")
    first_h, first_min, last_h, last_min = (int(each) for each in told.groups())
    begin, end = 60 * first_h + first_min, 60 * last_h + last_min
    if begin == end:
        raise ValueError(f"{text!r} is a span of no length")
    return begin, end


def _within(minute: int, begin: int, end: int) -> bool:
    return begin <= minute < end if begin < end else minute >= begin or minute < end


def utc_at(epoch: datetime, t_s: float) -> datetime:
    """The moment `t_s` after `epoch`."""
    return (epoch + timedelta(seconds=t_s)).astimezone(UTC)
