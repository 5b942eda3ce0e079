"""The built-in incident module: opened from an alert, written in, closed once."""

from datetime import datetime

from ground_station.alerts.alert import Alert
from ground_station.errors import TransitionRefused
from ground_station.modules.incident.port import Incident, IncidentNote, IncidentState


class OwnIncidents:
    """An `IncidentModule` with no peer: the hub's own store is the register."""

    def opened(self, alert: Alert, *, number: str, who: str, note: str, at: datetime) -> Incident:
        """A new incident about one alert, at the alert's place."""
        return Incident(
            id=number,
            state=IncidentState.OPEN,
            severity=alert.severity,
            title=alert.title,
            place=alert.place.name if alert.place else None,
            latitude_deg=alert.position.latitude_deg,
            longitude_deg=alert.position.longitude_deg,
            alert_ids=(alert.id,),
            note=note,
            notes=_with_note((), who=who, text=note, at=at),
            opened_by=who,
            opened_at=at,
        )

    def noted(self, incident: Incident, *, who: str, text: str, at: datetime) -> Incident:
        """The incident with one more note; a closed one takes none."""
        if incident.state is IncidentState.CLOSED:
            raise TransitionRefused(thing_id=incident.id, state=incident.state, wanted="noted")
        notes = _with_note(incident.notes, who=who, text=text, at=at)
        return incident.model_copy(update={"notes": notes})

    def closed(self, incident: Incident, *, who: str, note: str, at: datetime) -> Incident:
        """The incident, closed by a person, with a last note where one was given."""
        if incident.state is IncidentState.CLOSED:
            raise TransitionRefused(
                thing_id=incident.id, state=incident.state, wanted=IncidentState.CLOSED
            )
        return incident.model_copy(
            update={
                "state": IncidentState.CLOSED,
                "closed_by": who,
                "closed_at": at,
                "notes": _with_note(incident.notes, who=who, text=note, at=at),
            }
        )


def incident_number(*, district_code: str, year: int, count: int) -> str:
    """`KZO-2026-0001`: the count starts at 1 each year and grows past four digits if it must."""
    return f"{district_code}-{year}-{count:04d}"


def _with_note(
    notes: tuple[IncidentNote, ...], *, who: str, text: str, at: datetime
) -> tuple[IncidentNote, ...]:
    return (*notes, IncidentNote(at=at, who=who, text=text)) if text else notes
