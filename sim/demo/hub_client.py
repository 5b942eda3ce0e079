"""The hub as anybody outside it sees it: HTTP and JSON."""

from datetime import datetime
from typing import Any

import httpx

from missions.errors import Failed
from missions.geodesy import GeoPoint
from sim.demo.judge import ToldAlert

Json = dict[str, Any]


class HubClient:
    """Calls of the hub's API that the demo needs; lists are empty while the hub is away."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.Client(base_url=f"{url}/api/v1", timeout=20.0, trust_env=False)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def is_up(self) -> bool:
        """Whether the hub answers."""
        try:
            return self._http.get("/health").status_code == 200
        except httpx.TransportError:
            return False

    def vehicles(self) -> dict[int, Json]:
        """Every vehicle by system id; empty while the hub is away."""
        return {each["system_id"]: each for each in self._list("/vehicles")}

    def alerts(self) -> list[Json]:
        """Every alert; empty while the hub is away."""
        return self._list("/alerts")

    def traffic_events(self) -> list[Json]:
        """Every road event that the traffic module took; empty while the hub is away."""
        return self._list("/traffic/events")

    def incidents(self) -> list[Json]:
        """Every incident; empty while the hub is away."""
        return self._list("/incidents")

    def upload(self, system_id: int, plan_json: str) -> Json:
        """Upload a plan and wait for its proof."""
        return self._post(f"/vehicles/{system_id}/plan", content=plan_json)

    def command(self, system_id: int, command: str) -> Json:
        """Ask one thing of one vehicle."""
        return self._post(f"/vehicles/{system_id}/commands", json={"command": command})

    def acknowledge(self, alert_id: str, operator: str) -> bool:
        """Whether the hub took it."""
        return self._tried(f"/alerts/{alert_id}/acknowledge", {"operator": operator})

    def open_incident(self, alert_id: str, operator: str, note: str) -> bool:
        """Whether the hub took it."""
        body = {"operator": operator, "note": note}
        return self._tried(f"/alerts/{alert_id}/incident", body)

    def _list(self, path: str) -> list[Json]:
        try:
            answer = self._http.get(path)
        except httpx.TransportError:
            return []
        if answer.status_code != 200:
            return []
        found: list[Json] = answer.json()
        return found

    def _post(self, path: str, **what: Any) -> Json:
        try:
            answer = self._http.post(path, headers={"Content-Type": "application/json"}, **what)
        except httpx.TransportError as error:
            raise Failed(f"the hub did not answer {path}: {error}") from error
        if answer.status_code >= 400:
            raise Failed(f"the hub refused {path}: {answer.status_code} {answer.text[:200]}")
        body: Json = answer.json()
        return body

    def _tried(self, path: str, body: Json) -> bool:
        try:
            return self._http.post(path, json=body).status_code < 400
        except httpx.TransportError:
            return False


def told_alert(first: Json, now: Json) -> ToldAlert:
    """The part of an alert that is judged: what it first said, and what became of it."""
    return ToldAlert(
        id=first["id"],
        kind=first["kind"],
        position=GeoPoint(latitude_deg=first["latitude_deg"], longitude_deg=first["longitude_deg"]),
        ellipse_semi_major_m=first["ellipse"]["semi_major_m"],
        captured_at=datetime.fromisoformat(first["captured_at"]),
        created_unix_s=datetime.fromisoformat(first["created_at"]).timestamp(),
        drone_id=first["drone_id"],
        has_picture=now["picture"] is not None,
        cameras=len(now["cameras"]),
        in_incident=now["incident_id"] is not None,
    )
