"""What the formats share: limits with units, times, kinds of restriction, names in languages.

Files that authorities really publish write numbers as text, leave text empty where nothing is
meant, and spell 'authorisation' either way: all of that is read; what has no meaning is refused.
"""

import math
import re
from datetime import UTC, datetime, time
from typing import TypeVar

from missions.airspace.zone import Limit, Restriction
from missions.area import Area, Ring
from missions.files.located import Located
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveEllipsoid, HeightAboveGround, HeightAmsl

T = TypeVar("T")
MARKUP = re.compile(r"<[^<>]{1,200}>")
FOOT_M = 0.3048
METRES = {"M": 1.0, "METER": 1.0, "METERS": 1.0, "METRE": 1.0, "METRES": 1.0, "MT": 1.0}
FEET = {"FT": FOOT_M, "F": FOOT_M, "FEET": FOOT_M, "FOOT": FOOT_M}
UNITS = {**METRES, **FEET, "FL": 100.0 * FOOT_M}
DATUMS: dict[str, type[Limit]] = {
    "AGL": HeightAboveGround,
    "GND": HeightAboveGround,
    "SFC": HeightAboveGround,
    "AMSL": HeightAmsl,
    "MSL": HeightAmsl,
    "STD": HeightAmsl,
    "WGS84": HeightAboveEllipsoid,
    "W84": HeightAboveEllipsoid,
}
RESTRICTIONS = {
    "PROHIBITED": Restriction.PROHIBITED,
    "REQ_AUTHORISATION": Restriction.REQUIRES_AUTHORISATION,
    "REQ_AUTHORIZATION": Restriction.REQUIRES_AUTHORISATION,
    "CONDITIONAL": Restriction.CONDITIONAL,
    "USPACE": Restriction.U_SPACE,
    "NO_RESTRICTION": Restriction.NO_RESTRICTION,
}
# Nothing that is planned here flies so high: publishers write 99999 for 'no upper limit'.
OPEN_FROM_M = 30_000.0


def given(parent: Located, key: str) -> Located | None:
    """A key's value, or None where it is missing, null or empty text."""
    found = parent.get(key)
    return None if found is None or found.value in ("", []) else found


def number(value: Located) -> float:
    """A finite number, also one written as text."""
    if not isinstance(value.value, str):
        return value.number()
    try:
        found = float(value.value)
    except ValueError as error:
        raise value.refuse(f'"{value.value}" is not a number') from error
    if not math.isfinite(found):
        raise value.refuse(f"{value.value} is not a finite number")
    return found


def unit_m(value: Located | None) -> float:
    """Metres in a unit; metres where none is said."""
    return 1.0 if value is None else _choice(value, UNITS)


def limit(value: Located | None, datum: Located | None, unit: Located | None) -> Limit | None:
    """A limit of height; None where it is open. Above the ground where no datum is said."""
    if value is None:
        return None
    height_m = number(value) * unit_m(unit)
    kind = HeightAboveGround if datum is None else _choice(datum, DATUMS)
    return None if height_m >= OPEN_FROM_M else kind(height_m)


def restriction(value: Located) -> Restriction:
    """A kind of restriction, either spelling."""
    return _choice(value, RESTRICTIONS)


def _choice(value: Located, known: dict[str, T]) -> T:
    found = known.get(value.text().strip().upper())
    if found is None:
        raise value.refuse(f'"{value.value}" is not one of {", ".join(known)}')
    return found


def instant(value: Located | None) -> datetime | None:
    """RFC 3339 date and time; UTC where no offset is written."""
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(_short_fraction(value.text().strip()))
    except ValueError as error:
        raise value.refuse(f'"{value.value}" is not a date and time (RFC 3339)') from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def time_of_day(value: Located | None) -> time | None:
    """Hours and minutes, seconds if any, with an offset or in UTC; 24:00 is the day's end: None."""
    if value is None:
        return None
    text = value.text().strip()
    if text.startswith("24:00"):
        return None
    try:
        found = time.fromisoformat(_short_fraction(text))
    except ValueError as error:
        raise value.refuse(f'"{text}" is not a time of day (ISO 8601)') from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _short_fraction(text: str) -> str:
    """Python reads six digits of a second at most."""
    head, dot, rest = text.partition(".")
    if not dot:
        return text
    digits = len(rest) - len(rest.lstrip("0123456789"))
    return f"{head}.{rest[: min(digits, 6)].ljust(1, '0')}{rest[digits:]}"


def words(value: Located | None) -> str:
    """Text, or of a text in several languages the English or else the first one."""
    if value is None:
        return ""
    if isinstance(value.value, str):
        return _one_line(value.value)
    spoken = [(str(one.get("lang", "")), one.get("text")) for one in _texts(value)]
    texts = [text for lang, text in sorted(spoken, key=lambda one: one[0][:2] != "en") if text]
    return _one_line(str(texts[0])) if texts else ""


def _one_line(text: str) -> str:
    """Without the markup that some publishers leave in."""
    return " ".join(MARKUP.sub(" ", text).split())


def _texts(value: Located) -> list[dict[str, object]]:
    each = value.each() if isinstance(value.value, list) else [value]
    return [{"text": one.value} if isinstance(one.value, str) else one.object() for one in each]


def texts(value: Located | None) -> tuple[str, ...]:
    """A list of texts; one alone is a list of one."""
    if value is None:
        return ()
    each = value.each() if isinstance(value.value, list) else [value]
    return tuple(str(one.value) for one in each if one.value not in ("", None))


def polygon(rings: Located, name: str) -> Area:
    """GeoJSON's polygon: an outer ring and its holes, longitude first."""
    each = rings.each()
    if not each:
        raise rings.refuse("a polygon needs a ring")
    outer, *holes = (_ring(one) for one in each)
    return Area(outer=outer, holes=tuple(holes), name=name)


def _ring(ring: Located) -> Ring:
    points: tuple[GeoPoint, ...] = tuple(one.longitude_latitude() for one in ring.each())
    points = points[:-1] if len(points) > 1 and points[0] == points[-1] else points
    if len(set(points)) < 3:
        raise ring.refuse(f"a ring needs three different points, not {len(set(points))}")
    return points
