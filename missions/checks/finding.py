"""What a check says: how bad, which rule, where, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum

from missions.geodesy import GeoPoint


class Severity(StrEnum):
    """An error will be refused or must not be flown; a warning needs a person's eye."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong with a plan. `item` is the mission item's index, from 0."""

    severity: Severity
    rule: str
    message: str
    proposal: str
    item: int | None = None
    place: GeoPoint | None = None


def error(
    rule: str,
    message: str,
    proposal: str,
    *,
    item: int | None = None,
    place: GeoPoint | None = None,
) -> Finding:
    """A finding that must be mended."""
    return Finding(
        severity=Severity.ERROR,
        rule=rule,
        message=message,
        proposal=proposal,
        item=item,
        place=place,
    )


def warning(
    rule: str,
    message: str,
    proposal: str,
    *,
    item: int | None = None,
    place: GeoPoint | None = None,
) -> Finding:
    """A finding that a person should look at."""
    return Finding(
        severity=Severity.WARNING,
        rule=rule,
        message=message,
        proposal=proposal,
        item=item,
        place=place,
    )
