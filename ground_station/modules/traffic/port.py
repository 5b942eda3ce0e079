"""The traffic module's port: what becomes of an alert that concerns a road."""

from enum import StrEnum
from typing import Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ground_station.alerts.alert import Alert
from ground_station.words import Words
from onboard.messages import EventKind


class TrafficState(StrEnum):
    """`reported` by a machine alone, `confirmed` by a person, `ended`."""

    REPORTED = "reported"
    CONFIRMED = "confirmed"
    ENDED = "ended"


class TrafficEvent(BaseModel):
    """One event on a road. `category` is DATEX II's type and value, `VehicleObstruction/...`."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: EventKind
    category: str
    state: TrafficState
    latitude_deg: float
    longitude_deg: float
    place: Words | None
    road_name: Words | None
    probability: float = Field(ge=0, le=1)
    alert_id: str
    began_at: AwareDatetime
    updated_at: AwareDatetime


class TrafficModule(Protocol):
    """Decides, without side effects, which road event an alert stands for."""

    def event_for(self, alert: Alert) -> TrafficEvent | None:
        """The road event as it is after this state of the alert, or None where there is none."""
        ...
