"""The incident module's port: what people make of an alert."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict

from ground_station.alerts.alert import Alert
from ground_station.words import Words
from onboard.messages import Severity


class IncidentState(StrEnum):
    """Whether anyone still works on it."""

    OPEN = "open"
    CLOSED = "closed"


class IncidentNote(BaseModel):
    """What a person wrote down, and when."""

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    who: str
    text: str


class Incident(BaseModel):
    """One incident. Its id is its number, `KZO-2026-0001`: district, year, count in the year."""

    model_config = ConfigDict(frozen=True)

    id: str
    state: IncidentState
    severity: Severity
    title: Words
    place: Words | None
    latitude_deg: float
    longitude_deg: float
    alert_ids: tuple[str, ...]
    note: str
    notes: tuple[IncidentNote, ...]
    opened_by: str
    opened_at: AwareDatetime
    closed_by: str | None = None
    closed_at: AwareDatetime | None = None


class IncidentModule(Protocol):
    """Decides, without side effects, what an incident becomes; the hub stores it."""

    def opened(
        self, alert: Alert, *, number: str, who: str, note: str, at: datetime
    ) -> Incident: ...

    def noted(self, incident: Incident, *, who: str, text: str, at: datetime) -> Incident:
        """Raises `TransitionRefused` where the incident is closed."""
        ...

    def closed(self, incident: Incident, *, who: str, note: str, at: datetime) -> Incident:
        """Raises `TransitionRefused` where the incident is closed already."""
        ...
