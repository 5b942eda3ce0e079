"""The flight brief of one plan, with what was found."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from missions.area import Area, Place
from missions.checks import Finding
from missions.commands.against import Against
from missions.plan import Plan
from missions.wind import Wind

MOST_NAMES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Besides:
    """What a brief says besides: notes before those of the plan, rows of a name and its words, and
    the places that have a name."""

    notes: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    places: tuple[Place, ...] = ()


def brief(
    plan: Plan,
    file: Path,
    against: Against,
    findings: tuple[Finding, ...],
    notes: Sequence[str] = (),
    besides: Besides | None = None,
) -> None:
    """Write the brief that `--brief` asks for.

    Raises:
        BadInput: it cannot be written.
    """
    # reportlab is loaded where it is needed.
    from missions.brief import Circumstances, Heading, write_brief

    more = besides or Besides()
    now = datetime.now().astimezone().isoformat(sep=" ", timespec="minutes")
    # Date and time, then what they are away from UTC.
    made_at = f"{now[:16]} UTC{now[16:] if now[16:] != '+00:00' else ''}"
    write_brief(
        plan,
        file,
        heading=Heading(title=file.stem, made_at=made_at),
        vehicle=against.vehicle,
        findings=findings,
        notes=(*more.notes, *notes),
        around=Circumstances(
            told=(*more.rows, *_told(against)), areas=_areas(against), places=more.places
        ),
    )


def _told(against: Against) -> tuple[tuple[str, str], ...]:
    """What the flight was held against, so that a brief without findings says of what."""
    around, found = against.surroundings, []
    if against.camera is not None:
        found.append(("Camera", against.camera.name))
    if around is None:
        return tuple(found)
    found.append(("Wind", _wind(around.wind)))
    if around.at is not None:
        found.append(("Take-off", f"{around.at:%Y-%m-%d %H:%M %Z}"))
    files = [zones.file or "a file of zones" for zones in around.airspace]
    many = {
        "Airspace": ", ".join(files),
        "Areas with people": _names(around.people),
        "Privacy": _names(around.privacy),
    }
    found += [(name, words) for name, words in many.items() if words]
    return tuple(found)


def _wind(wind: Wind) -> str:
    if wind.strongest_m_s == 0.0:
        return "none was given"
    gusts = f", gusts of {wind.gust_m_s:g} m/s" if wind.gust_m_s > wind.speed_m_s else ""
    return f"{wind.speed_m_s:g} m/s from {math.degrees(wind.from_rad) % 360.0:.0f}°{gusts}"


def _areas(against: Against) -> tuple[Area, ...]:
    around = against.surroundings
    return () if around is None else (*around.people, *around.privacy)


def _names(areas: Sequence[Area]) -> str:
    """Up to five of them by name, the others counted."""
    names = [area.name or "without a name" for area in areas]
    more = f", and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more
