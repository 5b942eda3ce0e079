"""Routes for operators: alerts, incidents and road events."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from ground_station.alerts.alert import AlertState, AlertView
from ground_station.hub.hub import Hub
from ground_station.modules.incident.port import Incident
from ground_station.modules.traffic.port import TrafficEvent
from ground_station.store import state

Most = Annotated[int, Query(ge=1, le=1000, description="At most so many, the newest first.")]
Operator = Annotated[str, Field(min_length=1, max_length=100)]
Text = Annotated[str, Field(max_length=4000)]


class Deed(BaseModel):
    """Who does it."""

    model_config = ConfigDict(extra="forbid")

    operator: Operator


class NotedDeed(Deed):
    """Who does it, and what they want to have written down."""

    note: Text = ""


class ClosingDeed(Deed):
    """Who closes it, and why no incident is needed."""

    reason: Annotated[str, Field(min_length=1, max_length=4000)]


class Note(Deed):
    """Who writes, and what."""

    text: Annotated[str, Field(min_length=1, max_length=4000)]


def operator_routes(hub: Hub, writers: list[Any]) -> APIRouter:
    """Routes over one hub; `writers` are the dependencies of every write."""
    router = APIRouter()
    router.include_router(_alert_routes(hub, writers))
    router.include_router(_incident_routes(hub, writers))

    @router.get("/traffic/events", tags=["traffic"], summary="Road events, the newest first")
    async def traffic_events(limit: Most = 500) -> list[TrafficEvent]:
        """`category` is the type and value of DATEX II v3.7."""
        async with hub.database.reading() as connection:
            return await state.newest_traffic_events(connection, most=limit)

    return router


def _alert_routes(hub: Hub, writers: list[Any]) -> APIRouter:
    router = APIRouter(prefix="/alerts", tags=["alerts"])

    @router.get("", summary="Alerts, the newest first")
    async def alerts(limit: Most = 500, state_is: StateQuery = None) -> list[AlertView]:
        """What the hub made of events; `state` chooses those in one state."""
        async with hub.database.reading() as connection:
            ids = await state.newest_alert_ids(connection, most=limit, state=state_is)
            return await state.alert_views(connection, ids)

    @router.get("/{alert_id}", summary="One alert")
    async def alert(alert_id: str) -> AlertView:
        """With its events, the cameras that can see the place, and its history."""
        return await hub.desk.alert(alert_id)

    @router.post("/{alert_id}/acknowledge", dependencies=writers, summary="Look after an alert")
    async def acknowledge(alert_id: str, deed: Deed) -> AlertView:
        """From `new`; 409 from any other state."""
        return await hub.desk.acknowledge(alert_id, who=deed.operator)

    @router.post("/{alert_id}/incident", dependencies=writers, summary="Open an incident")
    async def incident(alert_id: str, deed: NotedDeed) -> Incident:
        """From `new` (which it acknowledges) or `acknowledged`; 409 from any other state."""
        return await hub.desk.open_incident(alert_id, who=deed.operator, note=deed.note)

    @router.post("/{alert_id}/close", dependencies=writers, summary="Close without an incident")
    async def close(alert_id: str, deed: ClosingDeed) -> AlertView:
        """From `acknowledged`, with a reason; an alert in an incident closes with the incident."""
        return await hub.desk.close_alert(alert_id, who=deed.operator, reason=deed.reason)

    return router


StateQuery = Annotated[AlertState | None, Query(alias="state")]


def _incident_routes(hub: Hub, writers: list[Any]) -> APIRouter:
    router = APIRouter(prefix="/incidents", tags=["incidents"])

    @router.get("", summary="Incidents, the newest first")
    async def incidents(limit: Most = 500) -> list[Incident]:
        """What people made of alerts."""
        async with hub.database.reading() as connection:
            return await state.newest_incidents(connection, most=limit)

    @router.get("/{incident_id}", summary="One incident")
    async def incident(incident_id: str) -> Incident:
        """With its notes."""
        async with hub.database.reading() as connection:
            return await state.incident(connection, incident_id)

    @router.post("/{incident_id}/notes", dependencies=writers, summary="Write in an incident")
    async def note(incident_id: str, deed: Note) -> Incident:
        """409 where it is closed."""
        return await hub.desk.note(incident_id, who=deed.operator, text=deed.text)

    @router.post("/{incident_id}/close", dependencies=writers, summary="Close an incident")
    async def close(incident_id: str, deed: NotedDeed) -> Incident:
        """And every alert in it; 409 where it is closed already."""
        return await hub.desk.close_incident(incident_id, who=deed.operator, note=deed.note)

    return router
