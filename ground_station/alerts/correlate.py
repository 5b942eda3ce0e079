"""Which open alert an event belongs to, if any: pure functions of values.

Two reports are about one thing when they are of one kind, were captured within a time window of
each other, and the gap between their error ellipses is no more than the extent that such a thing
has and the way that it can have gone meanwhile. Which aircraft saw it does not matter.
"""

import math
from collections.abc import Iterable
from datetime import timedelta

from ground_station.alerts.alert import Alert, AlertState
from ground_station.alerts.box import GroundBox, box_around
from ground_station.configuration import CorrelationSettings
from missions.geodesy import GeoPoint, LocalPlane
from onboard.messages import EventKind, EventReport, GroundEllipse, GroundPosition, Severity

EXTENT_M = {
    EventKind.CROWD: 60.0,
    EventKind.VEHICLE_STOPPED: 25.0,
    EventKind.ANIMALS_ON_ROAD: 80.0,
    EventKind.INTRUSION: 40.0,
    EventKind.PERSON_DOWN: 15.0,
    EventKind.UNATTENDED_LIVESTOCK: 80.0,
    EventKind.HERD_LEFT_PASTURE: 80.0,
    EventKind.DENSE_CROWD: 60.0,
    EventKind.SUDDEN_GATHERING: 60.0,
    EventKind.SUDDEN_SCATTERING: 60.0,
    EventKind.PERSON_IN_WATER: 25.0,
    EventKind.PERSON_ON_ICE: 40.0,
    EventKind.CONGESTION: 150.0,
    EventKind.ACCIDENT: 25.0,
    EventKind.ABANDONED_OBJECT: 10.0,
}
# How fast a thing of a kind moves over minutes: a person walks, a herd grazes, a parked car stays.
MOVES_M_S = {
    EventKind.CROWD: 0.5,
    EventKind.ANIMALS_ON_ROAD: 0.5,
    EventKind.INTRUSION: 1.5,
    EventKind.UNATTENDED_LIVESTOCK: 0.5,
    EventKind.HERD_LEFT_PASTURE: 0.5,
    EventKind.PERSON_IN_WATER: 0.5,
    EventKind.PERSON_ON_ICE: 1.5,
}
SEVERITY_ORDER = (Severity.NOTICE, Severity.WARNING, Severity.ALARM)


class OpenAlerts:
    """Alerts that an event may belong to, each with the box that holds it."""

    def __init__(self, alerts: Iterable[Alert], settings: CorrelationSettings) -> None:
        self._settings = settings
        self._held: dict[str, tuple[Alert, GroundBox]] = {}
        for alert in alerts:
            self.put(alert)

    def put(self, alert: Alert) -> None:
        """Add an alert, or take its new state."""
        self._held[alert.id] = (alert, box_of(alert))

    def holding(self, event: EventReport) -> Alert | None:
        """The alert that the event belongs to: the one with the smallest gap, or None."""
        around = box_of_events([event], self._settings)
        extent_m = extent_of(event.event_kind, self._settings)
        gaps = [
            (_excess_gap_m(event, alert), alert)
            for alert, box in self._held.values()
            if around.meets(box) and _comparable(event, alert, window_s=self._settings.window_s)
        ]
        near = [(gap_m, alert) for gap_m, alert in gaps if gap_m <= extent_m]
        return min(near, key=lambda pair: pair[0])[1] if near else None


def extent_of(kind: EventKind, settings: CorrelationSettings) -> float:
    """How large a thing of a kind is, metres."""
    return settings.extent_m.get(kind, EXTENT_M.get(kind, settings.other_extent_m))


def box_of(alert: Alert) -> GroundBox:
    """A box that holds where the alert's thing is, and where it was last."""
    return box_around((alert.position, alert.last_position), margin_m=0.0)


def box_of_events(events: Iterable[EventReport], settings: CorrelationSettings) -> GroundBox:
    """A box outside of which no alert has anything to do with these events."""
    events = tuple(events)
    margin_m = max(
        extent_of(kind, settings) + MOVES_M_S.get(kind, 0.0) * settings.window_s
        for kind in {event.event_kind for event in events}
    )
    return box_around((event.position for event in events), margin_m=margin_m)


def merged(alert: Alert, event: EventReport) -> Alert:
    """The alert with one more event in it.

    The position is the newest of a thing that moves, else the one with the smaller ellipse.
    Picture, sentence and certainty are those of the surer report: certainties are not multiplied,
    because one aircraft's are not independent.
    """
    surer = event.certainty > alert.certainty
    newer = event.captured_at >= alert.captured_at
    sharper = event.position.ellipse.semi_major_m < alert.position.ellipse.semi_major_m
    better = newer if alert.kind in MOVES_M_S else sharper
    return alert.model_copy(
        update={
            "severity": max(alert.severity, event.severity, key=SEVERITY_ORDER.index),
            "certainty": max(alert.certainty, event.certainty),
            "position": event.position if better else alert.position,
            "last_position": event.position if newer else alert.last_position,
            "explanation": event.explanation if surer else alert.explanation,
            "picture": _better_picture(alert, event, surer=surer),
            "object_count": max(alert.object_count, event.object_count),
            "began_at": min(alert.began_at, event.began_at),
            "captured_at": max(alert.captured_at, event.captured_at),
        }
    )


def gap_m(a: GroundPosition, b: GroundPosition) -> float:
    """Distance in metres between two error ellipses along the line that joins their centres.

    It is 0 where they meet. Each ellipse reaches, in a direction at angle t to its major axis,
    as far as its support function sqrt((major cos t)^2 + (minor sin t)^2).
    """
    plane = LocalPlane(GeoPoint(latitude_deg=a.latitude_deg, longitude_deg=a.longitude_deg))
    east, north = plane.en_from_geo(b.latitude_deg, b.longitude_deg)
    bearing_rad = math.atan2(east, north)
    reach_m = _reach_m(a.ellipse, bearing_rad) + _reach_m(b.ellipse, bearing_rad)
    return max(0.0, math.hypot(east, north) - reach_m)


def _reach_m(ellipse: GroundEllipse, bearing_rad: float) -> float:
    angle_rad = bearing_rad - ellipse.orientation_rad
    return math.hypot(
        ellipse.semi_major_m * math.cos(angle_rad), ellipse.semi_minor_m * math.sin(angle_rad)
    )


def _comparable(event: EventReport, alert: Alert, *, window_s: float) -> bool:
    window = timedelta(seconds=window_s)
    return (
        alert.state is not AlertState.CLOSED
        and alert.kind is event.event_kind
        and _of_one_class(event, alert)
        and alert.began_at - window <= event.captured_at
        and event.began_at <= alert.captured_at + window
    )


def _of_one_class(event: EventReport, alert: Alert) -> bool:
    """A sighting says no more than what was seen, so a car is not the person seen beside it."""
    return alert.kind is not EventKind.SIGHTING or alert.object_class is event.object_class


def _excess_gap_m(event: EventReport, alert: Alert) -> float:
    """The smaller gap to where the thing is said to be and was last, less the way it can have gone.

    Latest sight and latest position belong together, so only that one grows with time.
    """
    elapsed_s = abs((event.captured_at - alert.captured_at).total_seconds())
    way_m = MOVES_M_S.get(event.event_kind, 0.0) * elapsed_s
    last_m = max(0.0, gap_m(event.position, alert.last_position) - way_m)
    return min(last_m, gap_m(event.position, alert.position))


def _better_picture(alert: Alert, event: EventReport, *, surer: bool) -> object:
    if event.picture is None or alert.picture is None:
        return event.picture or alert.picture
    return event.picture if surer else alert.picture
