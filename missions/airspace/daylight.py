"""When the sun rises and sets at a place, and when it is dark enough or light enough.

Source: Meeus, Astronomical Algorithms (2nd ed.), chapter 25, as in NOAA's solar calculator; within
a minute below 66 degrees of latitude, refraction at the horizon as usual (the sun's centre at
-0.833 degrees). Civil twilight begins and ends with the sun's centre 6 degrees below the horizon.
"""

import math
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from missions.geodesy import GeoPoint

J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
DAYS_PER_CENTURY = 36_525.0
HORIZON_DEG = -0.833
CIVIL_DEG = -6.0


class SunEvent(StrEnum):
    """ED-318 'CodeDaylightEventType'."""

    BEGIN_CIVIL_TWILIGHT = "BMCT"
    SUNRISE = "SR"
    SUNSET = "SS"
    END_CIVIL_TWILIGHT = "EECT"


def sun_event(event: SunEvent, day: date, place: GeoPoint) -> datetime | None:
    """The instant of an event on a day of the place's own solar time; None where there is none."""
    morning = event in (SunEvent.BEGIN_CIVIL_TWILIGHT, SunEvent.SUNRISE)
    low = event in (SunEvent.SUNRISE, SunEvent.SUNSET)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    noon -= timedelta(hours=place.longitude_deg / 15.0)
    at = noon
    for _ in range(4):
        declination, equation_min = _sun(at)
        half = _half_day(place.latitude_deg, declination, HORIZON_DEG if low else CIVIL_DEG)
        if half is None:
            return None
        hours = half * 12.0 / math.pi * (-1.0 if morning else 1.0)
        at = noon + timedelta(hours=hours, minutes=-equation_min)
    return at


def _half_day(latitude_deg: float, declination: float, height_deg: float) -> float | None:
    """The hour angle, radians, at which the sun passes a height."""
    latitude = math.radians(latitude_deg)
    across = math.cos(latitude) * math.cos(declination)
    if across < 1e-9:
        return None
    above = math.sin(math.radians(height_deg)) - math.sin(latitude) * math.sin(declination)
    cosine = above / across
    return math.acos(cosine) if abs(cosine) <= 1.0 else None


def _sun(at: datetime) -> tuple[float, float]:
    """The sun's declination, radians, and the equation of time, minutes."""
    centuries = (at - J2000).total_seconds() / 86_400.0 / DAYS_PER_CENTURY
    mean_longitude = math.radians(280.46646 + centuries * (36_000.76983 + centuries * 0.0003032))
    anomaly = math.radians(357.52911 + centuries * (35_999.05029 - 0.0001537 * centuries))
    eccentricity = 0.016708634 - centuries * (0.000042037 + 0.0000001267 * centuries)
    centre = math.radians(
        math.sin(anomaly) * (1.914602 - centuries * (0.004817 + 0.000014 * centuries))
        + math.sin(2.0 * anomaly) * (0.019993 - 0.000101 * centuries)
        + math.sin(3.0 * anomaly) * 0.000289
    )
    node = math.radians(125.04 - 1934.136 * centuries)
    longitude = mean_longitude + centre - math.radians(0.00569 + 0.00478 * math.sin(node))
    tilt = math.radians(23.439291 - 0.0130042 * centuries + 0.00256 * math.cos(node))
    declination = math.asin(math.sin(tilt) * math.sin(longitude))
    return declination, _equation_of_time_min(mean_longitude, anomaly, eccentricity, tilt)


def _equation_of_time_min(
    mean_longitude: float, anomaly: float, eccentricity: float, tilt: float
) -> float:
    y = math.tan(tilt / 2.0) ** 2
    angle = (
        y * math.sin(2.0 * mean_longitude)
        - 2.0 * eccentricity * math.sin(anomaly)
        + 4.0 * eccentricity * y * math.sin(anomaly) * math.cos(2.0 * mean_longitude)
        - 0.5 * y * y * math.sin(4.0 * mean_longitude)
        - 1.25 * eccentricity * eccentricity * math.sin(2.0 * anomaly)
    )
    return 4.0 * math.degrees(angle)
