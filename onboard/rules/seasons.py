"""Spans of the year, such as those in which a water is frozen."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

SPAN = re.compile(r"(0[1-9]|1[0-2])-([0-2]\d|3[01])/(0[1-9]|1[0-2])-([0-2]\d|3[01])")
Day = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Season:
    """Spans from a day (month, day) to another, both included; one may pass the new year."""

    spans: tuple[tuple[Day, Day], ...] = ()
    utc_offset_h: float = 0.0

    def holds(self, utc: datetime | None) -> bool:
        """Whether a moment's local day lies in a span. Where no time is known it does not."""
        if utc is None:
            return False
        local = utc.astimezone(timezone(timedelta(hours=self.utc_offset_h)))
        today = (local.month, local.day)
        return any(
            first <= today <= last if first <= last else today >= first or today <= last
            for first, last in self.spans
        )


NEVER = Season()


def parsed_season(spans: object, utc_offset_h: object) -> Season:
    """A season as a district tells it: `["11-20/03-25"]`, and the offset of local time (0).

    Raises:
        ValueError: a span is not MM-DD/MM-DD, or the offset is none.
    """
    if not isinstance(spans, list) or not spans:
        raise ValueError("a season is no list of spans such as 11-20/03-25")
    if not isinstance(utc_offset_h, int | float) or not -14.0 <= utc_offset_h <= 14.0:
        raise ValueError("utc_offset_h is no offset of local time")
    return Season(tuple(_span(each) for each in spans), float(utc_offset_h))


def _span(text: object) -> tuple[Day, Day]:
    told = SPAN.fullmatch(text) if isinstance(text, str) else None
    if told is None:
        raise ValueError(f"{text!r} is no span such as 11-20/03-25")
    first_month, first_day, last_month, last_day = (int(each) for each in told.groups())
    return (first_month, first_day), (last_month, last_day)
