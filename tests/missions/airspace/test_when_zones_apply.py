"""When a zone applies: dates, weekdays, hours past midnight, offsets, and the sun."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from missions.airspace.applicability import Daily, Period, Span, applies
from missions.airspace.daylight import SunEvent, sun_event
from missions.geodesy import GeoPoint

KYZYLORDA = GeoPoint(latitude_deg=44.85, longitude_deg=65.5)
LONDON = GeoPoint(latitude_deg=51.5074, longitude_deg=-0.1278)
TROMSO = GeoPoint(latitude_deg=69.65, longitude_deg=18.96)
ALMATY_TIME = timezone(timedelta(hours=5))


def span(text: str, minutes: float = 30.0) -> Span:
    start = datetime.fromisoformat(text)
    return Span(start=start, end=start + timedelta(minutes=minutes))


def hours(start: str, end: str, *days: int) -> tuple[Period, ...]:
    edges = [time.fromisoformat(text) for text in (start, end)]
    known = frozenset(days or range(7))
    return (Period(daily=(Daily(days=known, start=edges[0], end=edges[1]),)),)


def on(periods: tuple[Period, ...], text: str, minutes: float = 30.0) -> bool:
    return applies(periods, span(text, minutes), KYZYLORDA)


def test_without_periods_it_always_applies() -> None:
    assert on((), "2026-11-23T01:00+00:00")


def test_dates_bound_it() -> None:
    dates = (Period(start=datetime(2026, 6, 1, tzinfo=UTC), end=datetime(2026, 7, 1, tzinfo=UTC)),)
    assert on(dates, "2026-06-15T12:00Z")
    assert on(dates, "2026-05-31T23:45Z")
    assert not on(dates, "2026-07-01T00:05Z")


def test_hours_hold_on_their_weekdays_only() -> None:
    weekend = hours("10:00Z", "12:00Z", 5, 6)
    # 21 and 22 November 2026 are a Saturday and a Sunday.
    assert on(weekend, "2026-11-21T11:00Z")
    assert on(weekend, "2026-11-22T09:45Z")
    assert not on(weekend, "2026-11-23T11:00Z")
    assert not on(weekend, "2026-11-21T12:10Z")


def test_a_night_lasts_into_the_next_day() -> None:
    night = hours("22:00Z", "06:00Z", 4)
    assert on(night, "2026-11-20T23:00Z")
    assert on(night, "2026-11-21T05:00Z")
    assert not on(night, "2026-11-21T23:00Z")


def test_hours_are_those_of_their_offset() -> None:
    morning = hours("00:00+05:00", "06:00+05:00", 0)
    # Monday there begins on Sunday by UTC.
    assert on(morning, "2026-11-22T20:00Z")
    assert not on(morning, "2026-11-23T20:00Z")


@given(
    st.integers(0, 23),
    st.integers(1, 23),
    st.sets(st.integers(0, 6), min_size=1),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
)
def test_hours_agree_with_going_through_the_minutes(
    start: int, length: int, days: set[int], at: datetime
) -> None:
    end = (start + length) % 24
    periods = hours(f"{start:02d}:00Z", f"{end:02d}:00Z", *days)
    moment = at.replace(second=30, microsecond=0, tzinfo=UTC)
    begun = moment - timedelta(hours=start)
    begins = begun.replace(hour=start, minute=0, second=0)
    begins = begins if begins <= moment else begins - timedelta(days=1)
    within = moment - begins < timedelta(hours=length) and begins.weekday() in days
    assert applies(periods, Span(start=moment, end=moment), KYZYLORDA) == within


@pytest.mark.parametrize(
    ("event", "place", "day", "almanac"),
    [
        # HM Nautical Almanac Office's and timeanddate.com's tables, to the minute.
        (SunEvent.SUNRISE, LONDON, date(2024, 6, 21), "03:43"),
        (SunEvent.SUNSET, LONDON, date(2024, 6, 21), "20:21"),
        (SunEvent.SUNRISE, LONDON, date(2024, 12, 21), "08:04"),
        (SunEvent.SUNSET, LONDON, date(2024, 12, 21), "15:53"),
    ],
)
def test_the_sun_rises_and_sets_as_the_almanac_says(
    event: SunEvent, place: GeoPoint, day: date, almanac: str
) -> None:
    found = sun_event(event, day, place)
    said = datetime.combine(day, time.fromisoformat(almanac), UTC)
    assert found is not None
    assert abs(found - said) <= timedelta(minutes=1.5)


def test_twilight_is_outside_of_the_day() -> None:
    day = date(2026, 11, 23)
    order = [
        sun_event(event, day, KYZYLORDA)
        for event in (
            SunEvent.BEGIN_CIVIL_TWILIGHT,
            SunEvent.SUNRISE,
            SunEvent.SUNSET,
            SunEvent.END_CIVIL_TWILIGHT,
        )
    ]
    assert order == sorted(one for one in order if one)
    assert sun_event(SunEvent.SUNSET, date(2026, 6, 21), TROMSO) is None


def test_a_zone_by_night_applies_by_night() -> None:
    dark = (Period(daily=(Daily(start=SunEvent.SUNSET, end=SunEvent.SUNRISE),)),)
    assert on(dark, "2026-11-23T23:00+05:00")
    assert not on(dark, "2026-11-23T12:00+05:00")


def test_where_the_sun_does_not_set_the_safer_answer_is_given() -> None:
    dark = (Period(daily=(Daily(start=SunEvent.SUNSET, end=SunEvent.SUNRISE),)),)
    assert applies(dark, span("2026-06-21T12:00Z"), TROMSO)
