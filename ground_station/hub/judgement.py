"""What new events change: a pure decision over values, with no store, no clock and no socket."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ground_station.alerts.alert import Alert
from ground_station.alerts.correlate import OpenAlerts, merged
from ground_station.alerts.place import Gazetteer
from ground_station.alerts.title import title
from ground_station.configuration import CorrelationSettings
from ground_station.modules.camera.port import CameraModule, CameraSighting
from ground_station.modules.traffic.port import TrafficModule
from ground_station.store.chain import Action
from ground_station.store.changes import Changes
from ground_station.store.messages import Message
from ground_station.store.state import EVENT_JOINED
from missions.geodesy import GeoPoint
from onboard.messages import EventReport, GroundPosition

HUB = "hub"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the decision rests on besides the events."""

    gazetteer: Gazetteer
    cameras: CameraModule
    traffic: TrafficModule
    correlation: CorrelationSettings
    cameras_listed: int

    def of(
        self,
        events: Sequence[tuple[Message, EventReport]],
        open_alerts: Iterable[Alert],
        *,
        now: datetime,
    ) -> Changes:
        """The alerts that the events make or join, in the events' order, and all that follows."""
        alerts = OpenAlerts(open_alerts, self.correlation)
        changes = Changes()
        for message, event in events:
            found = alerts.holding(event)
            alert = self._new(message, event, now) if found is None else self._joined(found, event)
            alerts.put(alert)
            changes.alerts[alert.id] = alert
            changes.alert_events.append((message.id, alert.id))
            changes.actions.append(_action(message, alert, is_new=found is None, now=now))
        self.follow(changes)
        return changes

    def follow(self, changes: Changes) -> None:
        """Add the road events that follow from the changed alerts."""
        for alert in changes.alerts.values():
            road_event = self.traffic.event_for(alert)
            if road_event is not None:
                changes.traffic_events[road_event.id] = road_event

    def _new(self, message: Message, event: EventReport, now: datetime) -> Alert:
        position = event.position
        place = self.gazetteer.place(position.latitude_deg, position.longitude_deg)
        return Alert(
            id=alert_id(message.id),
            kind=event.event_kind,
            severity=event.severity,
            certainty=event.certainty,
            position=position,
            last_position=position,
            place=place,
            road_name=self.gazetteer.road_name(position.latitude_deg, position.longitude_deg),
            title=title(
                event.event_kind,
                place,
                object_class=event.object_class,
                object_count=event.object_count,
            ),
            explanation=event.explanation,
            object_class=event.object_class,
            object_count=event.object_count,
            drone_id=message.envelope.drone_id,
            zone=event.zone,
            picture=event.picture,
            cameras=self._cameras(position),
            began_at=event.began_at,
            captured_at=event.captured_at,
            created_at=now,
        )

    def _joined(self, alert: Alert, event: EventReport) -> Alert:
        """The alert with the event in it; what hangs on its position follows the better one."""
        joined = merged(alert, event)
        if joined.position == alert.position:
            return joined
        latitude_deg, longitude_deg = joined.position.latitude_deg, joined.position.longitude_deg
        place = self.gazetteer.place(latitude_deg, longitude_deg)
        return joined.model_copy(
            update={
                "place": place,
                "road_name": self.gazetteer.road_name(latitude_deg, longitude_deg),
                "title": title(
                    joined.kind,
                    place,
                    object_class=joined.object_class,
                    object_count=joined.object_count,
                ),
                "cameras": self._cameras(joined.position),
            }
        )

    def _cameras(self, position: GroundPosition) -> tuple[CameraSighting, ...]:
        place = GeoPoint(latitude_deg=position.latitude_deg, longitude_deg=position.longitude_deg)
        return self.cameras.cameras_that_see(place, most=self.cameras_listed)


def alert_id(first_message_id: str) -> str:
    """An alert's id follows from its first event, so that judging twice cannot make two alerts."""
    return f"alert-{hashlib.sha256(first_message_id.encode('utf-8')).hexdigest()[:12]}"


def _action(message: Message, alert: Alert, *, is_new: bool, now: datetime) -> Action:
    return Action(
        at=now,
        who=HUB,
        action="created" if is_new else EVENT_JOINED,
        subject=alert.id,
        detail={"message_id": message.id, "message_sha256": message.sha256},
    )
