"""ED-269: the UAS zones of an authority as EUROCAE's first standard writes them (JSON).

A feature has `restriction`, `applicability` and a list of airspace volumes, each with
`uomDimensions`, `lowerLimit`, `upperLimit`, their vertical references and a `horizontalProjection`
(a polygon or a circle; the radius is in metres, whatever the unit of the heights). Published files
call the list `features`, a few `UASZoneList`, and are objects or bare lists.
"""

from missions.airspace.applicability import EVERY_DAY, Daily, Period
from missions.airspace.fields import (
    given,
    instant,
    limit,
    number,
    polygon,
    restriction,
    texts,
    time_of_day,
    words,
)
from missions.airspace.zone import Airspace, Circle, Volume, Zone
from missions.area import Area
from missions.files.located import Located

LISTS = ("features", "UASZoneList")
DAYS = {day: i for i, day in enumerate(("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"))}
# More than half of the earth's way round is no zone but a mistake in the unit.
LARGEST_RADIUS_M = 1_000_000.0


def zones_from_ed269(root: Located) -> Airspace:
    """The zones of an ED-269 document.

    Raises:
        BadInput: it is not as the standard says: file, line, key and reason.
    """
    zones, notes = [], []
    for feature in features_of(root):
        zone = _zone(feature)
        if zone.volumes:
            zones.append(zone)
        else:
            notes.append(f"zone {zone.title} has no geometry: not used")
    return Airspace(zones=tuple(zones), notes=tuple(notes))


def features_of(root: Located) -> list[Located]:
    """The list of zones, however the publisher calls it."""
    if isinstance(root.value, list):
        return root.each()
    key = next((key for key in LISTS if key in root.object()), None)
    if key is None:
        raise root.refuse(f'"{LISTS[0]}" is missing')
    return root.at(key).each()


def _zone(feature: Located) -> Zone:
    name = words(given(feature, "name"))
    geometry = given(feature, "geometry")
    authorities = one_or_many(given(feature, "zoneAuthority"))
    return Zone(
        identifier=feature.at("identifier").text(),
        name=name,
        restriction=restriction(feature.at("restriction")),
        volumes=tuple(_volume(one, name) for one in one_or_many(geometry)),
        periods=periods(given(feature, "applicability")),
        reasons=texts(given(feature, "reason")),
        conditions="; ".join(texts(given(feature, "restrictionConditions"))),
        message=words(given(feature, "message")),
        asked=asked(authorities),
    )


def one_or_many(value: Located | None) -> list[Located]:
    """The values of a list; one alone stands for a list of it."""
    if value is None:
        return []
    return value.each() if isinstance(value.value, list) else [value]


def asked(authorities: list[Located]) -> str:
    """Whom to ask, and how to reach them."""
    said = []
    for authority in authorities:
        keys = ("name", "email", "phone", "siteURL")
        parts = [text for key in keys if (text := words(given(authority, key)))]
        said.append(", ".join(parts))
    return "; ".join(one for one in said if one)


def _volume(volume: Located, name: str) -> Volume:
    unit = given(volume, "uomDimensions")
    lower, upper = given(volume, "lowerLimit"), given(volume, "upperLimit")
    return Volume(
        outline=_outline(volume.at("horizontalProjection"), name),
        lower=limit(lower, given(volume, "lowerVerticalReference"), unit),
        upper=limit(upper, given(volume, "upperVerticalReference"), unit),
    )


def _outline(projection: Located, name: str) -> Area | Circle:
    kind = projection.at("type").text().lower()
    if kind == "circle":
        center = projection.at("center").longitude_latitude()
        return Circle(center=center, radius_m=radius_m(projection.at("radius")))
    if kind == "polygon":
        return polygon(projection.at("coordinates"), name)
    raise projection.at("type").refuse(f'"{kind}" is neither Circle nor Polygon')


def radius_m(value: Located) -> float:
    """A circle's radius in metres."""
    found = number(value)
    if not 0.0 < found <= LARGEST_RADIUS_M:
        raise value.refuse(f"a radius of {found:g} m is not above 0 and up to {LARGEST_RADIUS_M:g}")
    return found


def periods(value: Located | None) -> tuple[Period, ...]:
    """When it applies; none for always. A permanent period without hours makes all of it so."""
    found = []
    for one in one_or_many(value):
        permanent = words(given(one, "permanent")).upper() == "YES"
        start, end = instant(given(one, "startDateTime")), instant(given(one, "endDateTime"))
        if start is not None and end is not None and end < start and not permanent:
            raise one.at("endDateTime").refuse("is before startDateTime")
        hours = _hours(given(one, "schedule") or given(one, "dailyPeriod"))
        if not hours and (permanent or (start is None and end is None)):
            return ()
        found.append(
            Period(daily=hours) if permanent else Period(start=start, end=end, daily=hours)
        )
    return tuple(found)


def _hours(value: Located | None) -> tuple[Daily, ...]:
    """Daily hours; an entry that limits nothing says that all the time is meant."""
    found = []
    for one in one_or_many(value):
        daily = Daily(
            days=days(given(one, "day")),
            start=time_of_day(given(one, "startTime")),
            end=time_of_day(given(one, "endTime")),
        )
        if daily == Daily():
            return ()
        found.append(daily)
    return tuple(found)


def days(value: Located | None) -> frozenset[int]:
    """Days of the week, 0 for Monday; every day where none or ANY is said."""
    found: set[int] = set()
    for one in one_or_many(value):
        name = one.text().strip().upper()
        if name == "ANY":
            return EVERY_DAY
        if name not in DAYS:
            raise one.refuse(f'"{one.value}" is not one of {", ".join(DAYS)}, ANY')
        found.add(DAYS[name])
    return frozenset(found) or EVERY_DAY
