"""The built-in traffic module: an alert on a road becomes one record, named as DATEX II names it.

Source of the names: DATEX II v3.7 Situation, `VehicleObstructionTypeEnum`,
`AnimalPresenceTypeEnum`, `AbnormalTrafficTypeEnum` and `AccidentTypeEnum`.
"""

from ground_station.alerts.alert import Alert, AlertState
from ground_station.modules.traffic.port import TrafficEvent, TrafficState
from onboard.messages import EventKind

CATEGORIES = {
    EventKind.VEHICLE_STOPPED: "VehicleObstruction/brokenDownVehicle",
    EventKind.ANIMALS_ON_ROAD: "AnimalPresenceObstruction/animalsOnTheRoad",
    EventKind.CONGESTION: "AbnormalTraffic/queuingTraffic",
    EventKind.ACCIDENT: "Accident/accident",
}
STATES = {
    AlertState.NEW: TrafficState.REPORTED,
    AlertState.ACKNOWLEDGED: TrafficState.CONFIRMED,
    AlertState.IN_INCIDENT: TrafficState.CONFIRMED,
    AlertState.CLOSED: TrafficState.ENDED,
}


class RoadEvents:
    """A `TrafficModule` with no peer: the hub's own store is the register."""

    def event_for(self, alert: Alert) -> TrafficEvent | None:
        """One record an alert, under an id made from the alert's."""
        category = CATEGORIES.get(alert.kind)
        if category is None:
            return None
        return TrafficEvent(
            id=f"road-{alert.id}",
            kind=alert.kind,
            category=category,
            state=STATES[alert.state],
            latitude_deg=alert.position.latitude_deg,
            longitude_deg=alert.position.longitude_deg,
            place=alert.place.name if alert.place else None,
            road_name=alert.road_name,
            probability=alert.certainty,
            alert_id=alert.id,
            began_at=alert.began_at,
            updated_at=alert.captured_at,
        )
