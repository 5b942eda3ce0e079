"""Reading the present state: alerts with their events and history, incidents, road events."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ground_station.alerts.alert import Alert, AlertState, AlertView, HistoryEntry, alert_view
from ground_station.alerts.box import GroundBox
from ground_station.errors import UnknownThing
from ground_station.modules.incident.port import Incident
from ground_station.modules.traffic.port import TrafficEvent
from ground_station.store import actions
from ground_station.store.schema import alert_events, alerts, incidents, pictures, traffic_events
from onboard.messages import EventKind

EVENT_JOINED = "event_joined"


async def open_alerts(
    connection: AsyncConnection,
    kinds: Iterable[EventKind],
    *,
    captured_since: datetime,
    within: GroundBox,
) -> list[Alert]:
    """Alerts of these kinds in a box that are not closed and had evidence since a time."""
    query = select(alerts.c.body).where(
        alerts.c.state != AlertState.CLOSED,
        alerts.c.kind.in_(list(kinds)),
        alerts.c.captured_at >= captured_since,
        alerts.c.south_deg <= within.north_deg,
        alerts.c.north_deg >= within.south_deg,
        alerts.c.west_deg <= within.east_deg,
        alerts.c.east_deg >= within.west_deg,
    )
    return [Alert.model_validate(body) for body in await _column(connection, query)]


async def alert(connection: AsyncConnection, alert_id: str) -> Alert:
    """One alert. Raises UnknownThing."""
    query = select(alerts.c.body).where(alerts.c.id == alert_id)
    return Alert.model_validate(await _one(connection, query, kind="alert", thing_id=alert_id))


async def alerts_of_incident(connection: AsyncConnection, incident_id: str) -> list[Alert]:
    """Every alert that an incident holds."""
    query = select(alerts.c.body).where(alerts.c.incident_id == incident_id)
    return [Alert.model_validate(body) for body in await _column(connection, query)]


async def newest_alert_ids(
    connection: AsyncConnection, *, most: int, state: AlertState | None = None
) -> list[str]:
    """Ids of the newest alerts, newest first."""
    query = select(alerts.c.id).order_by(alerts.c.created_at.desc(), alerts.c.id).limit(most)
    if state is not None:
        query = query.where(alerts.c.state == state)
    return await _column(connection, query)


async def alert_ids_with_picture(connection: AsyncConnection, sha256: str) -> list[str]:
    """Ids of the alerts that show a picture."""
    return await _column(connection, select(alerts.c.id).where(alerts.c.picture_sha256 == sha256))


async def alert_views(connection: AsyncConnection, ids: Sequence[str]) -> list[AlertView]:
    """What clients see of these alerts, in the order of the ids; unknown ids are left out."""
    bodies = await _column(connection, select(alerts.c.body).where(alerts.c.id.in_(ids)))
    found = {body["id"]: Alert.model_validate(body) for body in bodies}
    events = await _event_ids(connection, ids)
    histories = await actions.about(connection, ids, without=(EVENT_JOINED,))
    shown = [alert.picture.sha256 for alert in found.values() if alert.picture]
    stored = set(
        await _column(connection, select(pictures.c.sha256).where(pictures.c.sha256.in_(shown)))
    )
    return [
        alert_view(
            found[alert_id],
            event_ids=tuple(events.get(alert_id, ())),
            history=tuple(
                HistoryEntry(at=done.at, who=done.who, action=done.action)
                for done in histories.get(alert_id, ())
            ),
            picture_stored=_sha256(found[alert_id]) in stored,
        )
        for alert_id in ids
        if alert_id in found
    ]


async def incident(connection: AsyncConnection, incident_id: str) -> Incident:
    """One incident. Raises UnknownThing."""
    query = select(incidents.c.body).where(incidents.c.id == incident_id)
    body = await _one(connection, query, kind="incident", thing_id=incident_id)
    return Incident.model_validate(body)


async def newest_incidents(connection: AsyncConnection, *, most: int) -> list[Incident]:
    """The newest incidents, newest first."""
    query = (
        select(incidents.c.body)
        .order_by(incidents.c.opened_at.desc(), incidents.c.id.desc())
        .limit(most)
    )
    return [Incident.model_validate(body) for body in await _column(connection, query)]


async def incidents_in_year(connection: AsyncConnection, year: int) -> int:
    """How many incidents were opened in a year of UTC."""
    query = select(func.count()).select_from(incidents).where(incidents.c.year == year)
    return (await connection.execute(query)).scalar_one()


async def newest_traffic_events(connection: AsyncConnection, *, most: int) -> list[TrafficEvent]:
    """The newest road events, newest first."""
    query = (
        select(traffic_events.c.body)
        .order_by(traffic_events.c.began_at.desc(), traffic_events.c.id)
        .limit(most)
    )
    return [TrafficEvent.model_validate(body) for body in await _column(connection, query)]


async def _event_ids(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, list[str]]:
    query = select(alert_events).where(alert_events.c.alert_id.in_(ids))
    query = query.order_by(alert_events.c.message_id)
    found: dict[str, list[str]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.alert_id, []).append(row.message_id)
    return found


async def _column(connection: AsyncConnection, query: Select[Any]) -> list[Any]:
    return list((await connection.execute(query)).scalars())


async def _one(
    connection: AsyncConnection, query: Select[Any], *, kind: str, thing_id: str
) -> dict[str, Any]:
    body: dict[str, Any] | None = (await connection.execute(query)).scalar_one_or_none()
    if body is None:
        raise UnknownThing(kind=kind, thing_id=thing_id)
    return body


def _sha256(alert: Alert) -> str | None:
    return alert.picture.sha256 if alert.picture else None
