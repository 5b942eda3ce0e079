"""Holds what the command centre was told against what truly happened. Pure: values in, values out.

An alert finds an event if it is of the same kind, was captured while the event lasted, and lies
within `MATCH_WITHIN_M` of where the objects truly were at that frame. A second alert of an event
is a duplicate; an alert that finds nothing is false. What a scripted event brings with it is true
as well, and expected of nobody: who forms a crowd has gathered, and a herd on a road has left its
pasture.
"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import shapely

from missions.geodesy import GeoPoint, LocalPlane, distance_m
from sim.demo.truth import TrueEvent, TrueFrame, TruePose

MATCH_WITHIN_M = 40.0
# What else is true of an event of a kind, from a while before it is counted as begun.
IMPLIED = {
    "crowd": ("sudden_gathering",),
    "animals_on_road": ("herd_left_pasture", "unattended_livestock"),
}
IMPLIED_WITHIN_M, IMPLIED_BEFORE = 150.0, timedelta(seconds=180)
SAME_FRAME = timedelta(milliseconds=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldAlert:
    """The part of a hub's alert that is judged; `created_unix_s` is the hub's wall clock."""

    id: str
    kind: str
    position: GeoPoint
    ellipse_semi_major_m: float
    captured_at: datetime
    created_unix_s: float
    drone_id: str
    has_picture: bool
    cameras: int
    in_incident: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An event and the alert that found it. The error is between alert and truth at that frame."""

    event_id: str
    kind: str
    place: str
    alert_id: str
    drone_id: str
    position_error_m: float
    ellipse_semi_major_m: float
    after_begin_s: float
    frame_to_alert_s: float | None
    has_picture: bool
    cameras: int
    in_incident: bool


@dataclass(slots=True, kw_only=True)
class Judgement:
    """What was expected and what became of it."""

    expected: int
    findings: list[Finding] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    false_alerts: list[str] = field(default_factory=list)
    implied: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)

    @property
    def all_found(self) -> bool:
        """Every event was found, once, and nothing else was."""
        return not (self.missed or self.false_alerts or self.duplicates)

    def as_json(self) -> dict[str, Any]:
        """The judgement as JSON data, with the figures that sum it up."""
        errors = [each.position_error_m for each in self.findings]
        latencies = [
            each.frame_to_alert_s for each in self.findings if each.frame_to_alert_s is not None
        ]
        return {
            "expected": self.expected,
            "found": len(self.findings),
            "missed": self.missed,
            "false": self.false_alerts,
            "implied": self.implied,
            "duplicates": self.duplicates,
            "position_error_m": _summary(errors),
            "frame_to_alert_s": _summary(latencies),
            "findings": [asdict(each) for each in self.findings],
        }


def judge(
    events: Sequence[TrueEvent],
    alerts: Sequence[ToldAlert],
    frames: Mapping[str, Sequence[TrueFrame]],
) -> Judgement:
    """Match alerts to events; `frames` are by drone id."""
    judgement = Judgement(expected=len(events))
    found: set[str] = set()
    for alert in sorted(alerts, key=lambda each: each.created_unix_s):
        frame = _frame_of(alert, frames.get(alert.drone_id, ()))
        event, error_m = _nearest(alert, events, frame)
        if event is None and _is_implied(alert, events, frame):
            judgement.implied.append(f"{alert.id} {alert.kind}")
        elif event is None:
            judgement.false_alerts.append(f"{alert.id} {alert.kind}")
        elif event.id in found:
            judgement.duplicates.append(f"{alert.id} {alert.kind} of {event.id}")
        else:
            found.add(event.id)
            judgement.findings.append(_finding(event, alert, frame, error_m))
    judgement.missed = [f"{each.id} {each.kind}" for each in events if each.id not in found]
    return judgement


def cross_track_m(planned: Sequence[GeoPoint], flown: Sequence[TruePose]) -> dict[str, float]:
    """How far a drone was from its planned line: median, 95th percentile and largest, metres."""
    if len(planned) < 2 or not flown:
        return {}
    plane = LocalPlane(planned[0])
    line = shapely.LineString([plane.en(point) for point in planned])
    points = plane.en_from_geo(
        [pose.position.latitude_deg for pose in flown],
        [pose.position.longitude_deg for pose in flown],
    )
    distances = shapely.distance(shapely.points(points), line)
    return {
        "median": round(float(np.median(distances)), 2),
        "p95": round(float(np.percentile(distances, 95)), 2),
        "largest": round(float(distances.max()), 2),
    }


def _frame_of(alert: ToldAlert, frames: Sequence[TrueFrame]) -> TrueFrame | None:
    near = min(frames, key=lambda each: abs(each.captured_at - alert.captured_at), default=None)
    if near is None or abs(near.captured_at - alert.captured_at) > SAME_FRAME:
        return None
    return near


def _nearest(
    alert: ToldAlert, events: Sequence[TrueEvent], frame: TrueFrame | None
) -> tuple[TrueEvent | None, float]:
    candidates = [
        (distance_m(_truth(event, frame), alert.position), event)
        for event in events
        if event.kind == alert.kind and event.lasts_at(alert.captured_at)
    ]
    error_m, event = min(candidates, key=lambda each: each[0], default=(float("inf"), None))
    return (event, error_m) if error_m <= MATCH_WITHIN_M else (None, error_m)


def _is_implied(alert: ToldAlert, events: Sequence[TrueEvent], frame: TrueFrame | None) -> bool:
    """Whether an event brings with it what the alert tells."""
    return any(
        alert.kind in IMPLIED.get(event.kind, ())
        and event.began_at - IMPLIED_BEFORE <= alert.captured_at
        and (event.ended_at is None or alert.captured_at <= event.ended_at + IMPLIED_BEFORE)
        and distance_m(_truth(event, frame), alert.position) <= IMPLIED_WITHIN_M
        for event in events
    )


def _truth(event: TrueEvent, frame: TrueFrame | None) -> GeoPoint:
    shown = (
        [] if frame is None else [frame.objects[i] for i in event.object_ids & set(frame.objects)]
    )
    if not shown:
        return event.position
    return GeoPoint(
        latitude_deg=statistics.fmean(each.latitude_deg for each in shown),
        longitude_deg=statistics.fmean(each.longitude_deg for each in shown),
    )


def _finding(
    event: TrueEvent, alert: ToldAlert, frame: TrueFrame | None, error_m: float
) -> Finding:
    latency_s = None if frame is None else alert.created_unix_s - frame.published_unix_s
    return Finding(
        event_id=event.id,
        kind=event.kind,
        place=event.place,
        alert_id=alert.id,
        drone_id=alert.drone_id,
        position_error_m=round(error_m, 2),
        ellipse_semi_major_m=round(alert.ellipse_semi_major_m, 2),
        after_begin_s=round((alert.captured_at - event.began_at).total_seconds(), 1),
        frame_to_alert_s=None if latency_s is None else round(latency_s, 3),
        has_picture=alert.has_picture,
        cameras=alert.cameras,
        in_incident=alert.in_incident,
    )


def _summary(values: Sequence[float]) -> dict[str, float] | None:
    if not values:
        return None
    return {"median": round(statistics.median(values), 3), "largest": round(max(values), 3)}
