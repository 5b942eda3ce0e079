"""When a zone applies: periods, and within them days of the week with hours or daylight events.

ED-269 'ApplicableTimePeriod' and ED-318 'TimePeriod'. Days and hours are those of the offset that
the time was written with; hours that end before they begin last into the next day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from missions.airspace.daylight import SunEvent, sun_event
from missions.geodesy import GeoPoint

EVERY_DAY = frozenset(range(7))
MIDNIGHT = time(tzinfo=UTC)
DAY = timedelta(days=1)
Edge = time | SunEvent | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """Hours on some days of the week (0 is Monday); None begins and ends with the day."""

    days: frozenset[int] = EVERY_DAY
    start: Edge = None
    end: Edge = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From one instant to another, None where it is open; on `daily` hours only, where given."""

    start: datetime | None = None
    end: datetime | None = None
    daily: tuple[Daily, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The time of a flight; both ends know their offset from UTC."""

    start: datetime
    end: datetime


def applies(periods: tuple[Period, ...], span: Span, place: GeoPoint) -> bool:
    """Whether a zone at a place applies at some instant of a span; always, without periods.

    Where the sun does not rise or set that day, a period bounded by it is taken to last: of two
    answers the safer.
    """
    return not periods or any(_applies(period, span, place) for period in periods)


def _applies(period: Period, span: Span, place: GeoPoint) -> bool:
    start = span.start if period.start is None else max(span.start, period.start)
    end = span.end if period.end is None else min(span.end, period.end)
    if start > end:
        return False
    within = Span(start=start, end=end)
    return not period.daily or any(_on_a_day(daily, within, place) for daily in period.daily)


def _on_a_day(daily: Daily, span: Span, place: GeoPoint) -> bool:
    return any(
        start <= span.end and end >= span.start
        for day in _days(span)
        if day.weekday() in daily.days
        for start, end in (_hours(daily, day, place),)
    )


def _days(span: Span) -> Iterator[date]:
    """Every day that the span touches, in any offset, and the one whose night lasts into it."""
    day = (span.start.astimezone(UTC) - 2 * DAY).date()
    # A week tells all days of it.
    last = min((span.end.astimezone(UTC) + 2 * DAY).date(), day + 12 * DAY)
    while day <= last:
        yield day
        day += DAY


def _hours(daily: Daily, day: date, place: GeoPoint) -> tuple[datetime, datetime]:
    start = _instant(daily.start, day, place)
    end = _instant(daily.end, day, place)
    zone = next((edge.tzinfo for edge in (daily.start, daily.end) if isinstance(edge, time)), UTC)
    begins = start or datetime.combine(day, time(), zone or UTC)
    ends = end or datetime.combine(day + DAY, time(), zone or UTC)
    return begins, ends if ends > begins else ends + DAY


def _instant(edge: Edge, day: date, place: GeoPoint) -> datetime | None:
    if isinstance(edge, SunEvent):
        return sun_event(edge, day, place)
    return None if edge is None else datetime.combine(day, edge, edge.tzinfo or UTC)
