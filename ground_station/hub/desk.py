"""What operators do: acknowledge, open, write in and close. Each deed is a record in the chain."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from ground_station.alerts.alert import Alert, AlertState, AlertView
from ground_station.errors import UnknownThing
from ground_station.hub.acting import Acting
from ground_station.hub.judgement import Judgement
from ground_station.modules.incident.built_in import incident_number
from ground_station.modules.incident.port import Incident, IncidentModule
from ground_station.store import state
from ground_station.store.chain import Action
from ground_station.store.changes import Changes


class Desk:
    """The operators' work on alerts and incidents.

    Every method raises `UnknownThing`, `TransitionRefused` or `StoreUnavailable`, and has then
    changed nothing.
    """

    def __init__(
        self,
        *,
        acting: Acting,
        judgement: Judgement,
        incidents: IncidentModule,
        district_code: str,
    ) -> None:
        self._acting = acting
        self._judgement = judgement
        self._incidents = incidents
        self._district_code = district_code

    async def alert(self, alert_id: str) -> AlertView:
        """One alert as clients see it."""
        async with self._acting.database.reading() as connection:
            views = await state.alert_views(connection, [alert_id])
        if not views:
            raise UnknownThing(kind="alert", thing_id=alert_id)
        return views[0]

    async def acknowledge(self, alert_id: str, *, who: str) -> AlertView:
        """Somebody looks after it now."""
        await self._move(alert_id, AlertState.ACKNOWLEDGED, who=who, detail={})
        return await self.alert(alert_id)

    async def close_alert(self, alert_id: str, *, who: str, reason: str) -> AlertView:
        """An acknowledged alert that needs no incident, and why."""
        await self._move(alert_id, AlertState.CLOSED, who=who, detail={"reason": reason})
        return await self.alert(alert_id)

    async def open_incident(self, alert_id: str, *, who: str, note: str) -> Incident:
        """Open an incident about an alert; a new alert is acknowledged by it."""
        now = datetime.now(UTC)

        async def decide(connection: AsyncConnection) -> tuple[Changes, Incident]:
            alert = await state.alert(connection, alert_id)
            actions = []
            if alert.state is AlertState.NEW:
                alert = alert.moved_to(AlertState.ACKNOWLEDGED)
                actions.append(_action(now, who, AlertState.ACKNOWLEDGED, alert.id, {}))
            number = await self._next_number(connection, now)
            alert = alert.moved_to(AlertState.IN_INCIDENT, incident_id=number)
            incident = self._incidents.opened(alert, number=number, who=who, note=note, at=now)
            actions += [
                _action(now, who, "incident_opened", alert.id, {"incident_id": incident.id}),
                _action(now, who, "opened", incident.id, {"alert_id": alert.id, "note": note}),
            ]
            return self._followed([alert], actions, incident), incident

        return await self._acting.act(decide)

    async def note(self, incident_id: str, *, who: str, text: str) -> Incident:
        """Write in an open incident."""
        now = datetime.now(UTC)

        async def decide(connection: AsyncConnection) -> tuple[Changes, Incident]:
            known = await state.incident(connection, incident_id)
            incident = self._incidents.noted(known, who=who, text=text, at=now)
            action = _action(now, who, "noted", incident.id, {"text": text})
            return self._followed([], [action], incident), incident

        return await self._acting.act(decide)

    async def close_incident(self, incident_id: str, *, who: str, note: str) -> Incident:
        """Close an incident, and with it every alert that it holds."""
        now = datetime.now(UTC)

        async def decide(connection: AsyncConnection) -> tuple[Changes, Incident]:
            known = await state.incident(connection, incident_id)
            incident = self._incidents.closed(known, who=who, note=note, at=now)
            held = await state.alerts_of_incident(connection, incident_id)
            alerts = [alert.moved_to(AlertState.CLOSED) for alert in held]
            detail = {"incident_id": incident.id}
            actions = [_action(now, who, AlertState.CLOSED, alert.id, detail) for alert in alerts]
            actions.append(_action(now, who, "closed", incident.id, {"note": note}))
            return self._followed(alerts, actions, incident), incident

        return await self._acting.act(decide)

    async def record(self, *, who: str, action: str, subject: str, detail: dict[str, Any]) -> None:
        """Put a deed that changes nothing in the store into the chain."""
        deed = _action(datetime.now(UTC), who, action, subject, detail)

        async def decide(connection: AsyncConnection) -> tuple[Changes, None]:
            return Changes(actions=[deed]), None

        await self._acting.act(decide)

    async def _move(
        self, alert_id: str, wanted: AlertState, *, who: str, detail: dict[str, Any]
    ) -> None:
        now = datetime.now(UTC)

        async def decide(connection: AsyncConnection) -> tuple[Changes, None]:
            alert = (await state.alert(connection, alert_id)).moved_to(wanted)
            return self._followed([alert], [_action(now, who, wanted, alert.id, detail)]), None

        await self._acting.act(decide)

    async def _next_number(self, connection: AsyncConnection, now: datetime) -> str:
        opened = await state.incidents_in_year(connection, now.year)
        return incident_number(district_code=self._district_code, year=now.year, count=opened + 1)

    def _followed(
        self, alerts: list[Alert], actions: list[Action], incident: Incident | None = None
    ) -> Changes:
        changes = Changes(
            alerts={alert.id: alert for alert in alerts},
            incidents={} if incident is None else {incident.id: incident},
            actions=actions,
        )
        self._judgement.follow(changes)
        return changes


def _action(at: datetime, who: str, action: str, subject: str, detail: dict[str, Any]) -> Action:
    return Action(at=at, who=who, action=str(action), subject=subject, detail=detail)
