"""Events as an aircraft writes them, and what a hub's folder says that came of them."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from missions.geodesy import GeoPoint, LocalPlane
from onboard.messages import (
    Envelope,
    EventKind,
    EventReport,
    Explanation,
    GroundEllipse,
    GroundPosition,
    ObjectClass,
    PictureRef,
    Severity,
)

BEGAN = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
PLANE = LocalPlane(GeoPoint(latitude_deg=44.85, longitude_deg=65.51))
KINDS = (EventKind.CROWD, EventKind.INTRUSION, EventKind.SPEEDING, EventKind.LOITERING)
# Of twenty events one is an alarm and four are warnings.
SEVERITIES = (Severity.ALARM, *4 * (Severity.WARNING,), *15 * (Severity.NOTICE,))
JPEG_START = b"\xff\xd8\xff\xe0"


def event(boot_id: str, sequence: int, *, after_s: float, picture: str | None) -> Envelope:
    """One event, `after_s` after the beginning, somewhere in a district."""
    at = BEGAN + timedelta(seconds=after_s)
    place = PLANE.geo(150.0 * (sequence % 40), 150.0 * (sequence // 40 % 40))
    shown = None if picture is None else PictureRef(sha256=picture, width_px=960, height_px=540)
    body = report(
        KINDS[sequence % len(KINDS)],
        SEVERITIES[sequence * 7 % len(SEVERITIES)],
        place=place,
        at=at,
        picture=shown,
    )
    return Envelope(drone_id="qyran-1", boot_id=boot_id, sequence=sequence, sent_at=at, body=body)


def report(
    kind: EventKind,
    severity: Severity,
    *,
    place: GeoPoint,
    at: datetime,
    picture: PictureRef | None = None,
) -> EventReport:
    """Twelve people somewhere, as a rule tells of them."""
    return EventReport(
        event_kind=kind,
        rule_id="trial",
        severity=severity,
        certainty=0.9,
        position=GroundPosition(
            latitude_deg=place.latitude_deg,
            longitude_deg=place.longitude_deg,
            height_amsl_m=129.0,
            ellipse=GroundEllipse(semi_major_m=3.0, semi_minor_m=2.0, orientation_rad=0.4),
        ),
        captured_at=at,
        began_at=at,
        object_class=ObjectClass.PERSON,
        object_count=12,
        explanation=Explanation(kk="он екі адам", ru="двенадцать человек", en="twelve people"),
        picture=picture,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What a hub has: message ids, how many effects on alerts they had, and pictures."""

    ids: frozenset[str]
    effects: int
    pictures: frozenset[str]


def stored(folder: Path) -> Stored:
    """Read from the database of a hub that has ended."""
    with sqlite3.connect(folder / "hub.sqlite") as database:
        ids = [row[0] for row in database.execute("SELECT id FROM messages WHERE kind = 'event'")]
        pictures = [row[0] for row in database.execute("SELECT sha256 FROM pictures")]
        effects = database.execute("SELECT count(*) FROM alert_events").fetchone()[0]
        return Stored(
            ids=frozenset(ids),
            effects=int(effects),
            pictures=frozenset(pictures),
        )
