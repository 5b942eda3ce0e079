"""What one decision changes, written in the transaction of the record that caused it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Table, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ground_station.alerts.alert import Alert
from ground_station.alerts.correlate import box_of
from ground_station.modules.incident.port import Incident
from ground_station.modules.traffic.port import TrafficEvent
from ground_station.store import actions, schema
from ground_station.store.chain import Action
from ground_station.store.upsert import insert_or_replace


@dataclass(slots=True, kw_only=True)
class Changes:
    """New states by id, events that joined alerts as (message id, alert id), and who did it."""

    alerts: dict[str, Alert] = field(default_factory=dict)
    alert_events: list[tuple[str, str]] = field(default_factory=list)
    incidents: dict[str, Incident] = field(default_factory=dict)
    traffic_events: dict[str, TrafficEvent] = field(default_factory=dict)
    actions: list[Action] = field(default_factory=list)


async def write(connection: AsyncConnection, changes: Changes) -> None:
    """Write all of it within the caller's transaction."""
    await _put(connection, schema.alerts, map(_alert_row, changes.alerts.values()))
    joined = [
        {"message_id": message_id, "alert_id": alert_id}
        for message_id, alert_id in changes.alert_events
    ]
    if joined:
        await connection.execute(insert(schema.alert_events), joined)
    await _put(connection, schema.incidents, map(_incident_row, changes.incidents.values()))
    await _put(connection, schema.traffic_events, map(_road_row, changes.traffic_events.values()))
    await actions.append(connection, changes.actions)


async def _put(connection: AsyncConnection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    listed = list(rows)
    if listed:
        await connection.execute(insert_or_replace(connection, table), listed)


def _alert_row(alert: Alert) -> dict[str, Any]:
    return {
        "id": alert.id,
        "kind": alert.kind,
        "state": alert.state,
        "captured_at": alert.captured_at,
        "created_at": alert.created_at,
        **box_of(alert)._asdict(),
        "picture_sha256": alert.picture.sha256 if alert.picture else None,
        "incident_id": alert.incident_id,
        "body": _json(alert),
    }


def _incident_row(incident: Incident) -> dict[str, Any]:
    return {
        "id": incident.id,
        "state": incident.state,
        "year": incident.opened_at.year,
        "opened_at": incident.opened_at,
        "body": _json(incident),
    }


def _road_row(event: TrafficEvent) -> dict[str, Any]:
    return {
        "id": event.id,
        "alert_id": event.alert_id,
        "state": event.state,
        "began_at": event.began_at,
        "body": _json(event),
    }


def _json(value: BaseModel) -> dict[str, Any]:
    return value.model_dump(mode="json")
