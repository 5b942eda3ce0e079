"""An alert: what the hub makes of one or more events about one thing, and its states.

Values only. `began_at` and `captured_at` are the aircraft's times of the first evidence and of the
newest; `created_at` is the hub's own.
"""

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from ground_station.errors import TransitionRefused
from ground_station.modules.camera.port import CameraSighting
from ground_station.words import Words
from onboard.messages import (
    EventKind,
    Explanation,
    GroundEllipse,
    GroundPosition,
    ObjectClass,
    PictureRef,
    Severity,
)


class AlertState(StrEnum):
    """Where an alert stands with the people who look after it."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    IN_INCIDENT = "in_incident"
    CLOSED = "closed"


TRANSITIONS: dict[AlertState, frozenset[AlertState]] = {
    AlertState.NEW: frozenset((AlertState.ACKNOWLEDGED,)),
    AlertState.ACKNOWLEDGED: frozenset((AlertState.IN_INCIDENT, AlertState.CLOSED)),
    AlertState.IN_INCIDENT: frozenset((AlertState.CLOSED,)),
    AlertState.CLOSED: frozenset(),
}


class PlaceName(BaseModel):
    """What a place is called: by the feature that holds it, or by the nearest one."""

    model_config = ConfigDict(frozen=True)

    name: Words
    inside: bool
    feature_id: str
    distance_m: float


class Alert(BaseModel):
    """One alert as the store keeps it. Its events and its history are records of their own.

    `position` is the best known one; `last_position` is that of the newest event, which differs
    where the thing moves.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    kind: EventKind
    severity: Severity
    state: AlertState = AlertState.NEW
    certainty: float
    position: GroundPosition
    last_position: GroundPosition
    place: PlaceName | None
    road_name: Words | None
    title: Words
    explanation: Explanation
    object_class: ObjectClass
    object_count: int
    drone_id: str
    zone: str | None
    picture: PictureRef | None
    cameras: tuple[CameraSighting, ...]
    began_at: AwareDatetime
    captured_at: AwareDatetime
    created_at: AwareDatetime
    incident_id: str | None = None

    def moved_to(self, state: AlertState, *, incident_id: str | None = None) -> "Alert":
        """The alert in another state.

        Raises:
            TransitionRefused: `TRANSITIONS` does not lead there from the present state.
        """
        if state not in TRANSITIONS[self.state]:
            raise TransitionRefused(thing_id=self.id, state=self.state, wanted=state)
        return self.model_copy(
            update={"state": state, "incident_id": incident_id or self.incident_id}
        )


class HistoryEntry(BaseModel):
    """Who did what to an alert or an incident, and when."""

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    who: str
    action: str


class PictureView(PictureRef):
    """An alert's picture; `stored` says whether its bytes have arrived."""

    stored: bool


class AlertView(BaseModel):
    """An alert as the API and the stream tell it."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: EventKind
    severity: Severity
    state: AlertState
    certainty: float
    latitude_deg: float
    longitude_deg: float
    ellipse: GroundEllipse
    place: Words | None
    place_inside: bool
    title: Words
    explanation: Explanation
    object_class: ObjectClass
    object_count: int
    drone_id: str
    zone: str | None
    event_ids: tuple[str, ...]
    picture: PictureView | None
    cameras: tuple[CameraSighting, ...]
    began_at: AwareDatetime
    captured_at: AwareDatetime
    created_at: AwareDatetime
    incident_id: str | None
    history: tuple[HistoryEntry, ...]


def alert_view(
    alert: Alert,
    *,
    event_ids: tuple[str, ...],
    history: tuple[HistoryEntry, ...],
    picture_stored: bool,
) -> AlertView:
    """What clients see of an alert, its events and its history."""
    kept = alert.model_dump(
        include=set(AlertView.model_fields) - {"place", "picture", "latitude_deg", "longitude_deg"}
    )
    picture = alert.picture
    return AlertView(
        **kept,
        latitude_deg=alert.position.latitude_deg,
        longitude_deg=alert.position.longitude_deg,
        ellipse=alert.position.ellipse,
        place=alert.place.name if alert.place else None,
        place_inside=alert.place.inside if alert.place else False,
        picture=PictureView(**picture.model_dump(), stored=picture_stored) if picture else None,
        event_ids=event_ids,
        history=history,
    )
