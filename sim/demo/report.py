"""What a demo's run came to: the judgement, the flights and what the hub did, as text and JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from missions.geodesy import GeoPoint
from sim.demo.hub_client import HubClient, Json, told_alert
from sim.demo.judge import Judgement, cross_track_m, judge
from sim.demo.patrol import Patrol
from sim.demo.truth import TruePose, read_events, read_flight, read_frames
from sim.demo.workspace import Workspace

ROAD_KINDS = ("vehicle_stopped", "animals_on_road")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoReport:
    """One run, judged."""

    judgement: Judgement
    flights: Mapping[str, Mapping[str, Any]]
    traffic_events: int
    incidents: int
    hub_restarts: int
    wall_s: float

    @property
    def complete(self) -> bool:
        """All that was scripted was found, shown, placed and acted on, and every drone is home."""
        findings = self.judgement.findings
        roads = sum(each.kind in ROAD_KINDS for each in findings)
        return (
            self.judgement.expected > 0
            and self.judgement.all_found
            and all(each.has_picture and each.in_incident and each.cameras for each in findings)
            and self.traffic_events >= roads
            and all(flight["home"] for flight in self.flights.values())
        )

    def as_json(self) -> dict[str, Any]:
        """The report as JSON data."""
        return {
            "complete": self.complete,
            "events": self.judgement.as_json(),
            "flights": self.flights,
            "traffic_events": self.traffic_events,
            "incidents": self.incidents,
            "hub_restarts": self.hub_restarts,
            "wall_s": round(self.wall_s, 1),
        }

    def as_text(self) -> str:
        """The report for a person."""
        return "\n".join((*self._event_lines(), "", *self._flight_lines(), "", self._last_line()))

    def _event_lines(self) -> list[str]:
        told = self.judgement.as_json()
        lines = [
            f"events: {told['expected']} expected, {told['found']} found, "
            f"{len(told['missed'])} missed, {len(told['false'])} false, "
            f"{len(told['duplicates'])} told twice"
        ]
        lines += [
            f"  {each.kind:<16} by {each.drone_id}  error {each.position_error_m:5.1f} m "
            f"(ellipse {each.ellipse_semi_major_m:4.1f} m)  frame to alert "
            f"{'-' if each.frame_to_alert_s is None else f'{each.frame_to_alert_s:5.2f} s'}  "
            f"{each.cameras} cameras"
            for each in self.judgement.findings
        ]
        for name in ("missed", "false", "duplicates"):
            lines += [f"  {name}: {each}" for each in told[name]]
        return lines

    def _flight_lines(self) -> list[str]:
        return [
            f"  {drone}  {flight['flown_s']:5.0f} s flown  off the planned line: median "
            f"{flight['cross_track_m'].get('median', float('nan')):.1f} m, 95 % "
            f"{flight['cross_track_m'].get('p95', float('nan')):.1f} m"
            f"{'' if flight['home'] else '  NOT HOME'}"
            for drone, flight in self.flights.items()
        ]

    def _last_line(self) -> str:
        return (
            f"{self.traffic_events} road events at the traffic module, {self.incidents} incidents, "
            f"{self.wall_s:.0f} s in all"
        )


def judged(
    workspace: Workspace,
    patrols: Sequence[Patrol],
    hub: HubClient,
    first_sight: Mapping[str, Json],
    *,
    home: Mapping[str, bool],
    hub_restarts: int,
    wall_s: float,
) -> DemoReport:
    """Hold what the hub says now against what the simulation recorded."""
    truth = workspace.truth
    frames = {each.drone_id: read_frames(truth, each.drone_id) for each in patrols}
    alerts = [told_alert(first_sight.get(alert["id"], alert), alert) for alert in hub.alerts()]
    return DemoReport(
        judgement=judge(read_events(truth), alerts, frames),
        flights={
            each.drone_id: _flight(
                read_flight(truth, each.drone_id),
                planned_line(workspace.path(each), each),
                home=home[each.drone_id],
            )
            for each in patrols
        },
        traffic_events=len(hub.traffic_events()),
        incidents=len(hub.incidents()),
        hub_restarts=hub_restarts,
        wall_s=wall_s,
    )


def planned_line(path_file: Path, patrol: Patrol) -> list[GeoPoint]:
    """The line from the dock along the planned path and back to the dock."""
    dock = GeoPoint(latitude_deg=patrol.home_latitude_deg, longitude_deg=patrol.home_longitude_deg)
    path = json.loads(path_file.read_text(encoding="utf-8"))
    points = [GeoPoint(latitude_deg=row[1], longitude_deg=row[0]) for row in path]
    return [dock, *points, dock]


def _flight(
    flown: Sequence[TruePose], planned: Sequence[GeoPoint], *, home: bool
) -> dict[str, Any]:
    flown_s = (flown[-1].at - flown[0].at).total_seconds() if flown else 0.0
    return {
        "flown_s": round(flown_s, 1),
        "cross_track_m": cross_track_m(planned, flown),
        "home": home,
    }
