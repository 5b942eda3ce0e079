"""Routes for the control lease: who may command a vehicle, and how that is handed over."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from ground_station.hub.hub import Hub
from ground_station.hub.passing import record
from ground_station.hub.vehicles_port import LeaseView

SystemId = Annotated[int, Path(ge=1, le=255)]
Step = Literal["take", "ask", "grant", "refuse", "release"]


class LeaseStep(BaseModel):
    """A step, by whom, and why where that matters (asking; a commander who takes it)."""

    model_config = ConfigDict(extra="forbid")

    step: Step
    operator: Annotated[str, Field(min_length=1, max_length=100)]
    reason: Annotated[str, Field(max_length=500)] = ""


class Presence(BaseModel):
    """An operator's page that is still open."""

    model_config = ConfigDict(extra="forbid")

    operator: Annotated[str, Field(min_length=1, max_length=100)]


def lease_routes(hub: Hub, writers: list[Any]) -> APIRouter:
    """Routes over one hub; `writers` are the dependencies of every write."""
    router = APIRouter(tags=["lease"])

    @router.get("/vehicles/{system_id}/lease", summary="Who may command a vehicle")
    async def lease(system_id: SystemId) -> LeaseView:
        """`holder` is null where nobody holds it: the first to command takes it."""
        hub.vehicles.plan(system_id)
        return hub.leases.view(system_id, datetime.now(UTC))

    @router.post("/vehicles/{system_id}/lease", dependencies=writers, summary="Hand it over")
    async def step(system_id: SystemId, deed: LeaseStep) -> LeaseView:
        """`take` a free or lost one (a commander any, with a reason), `ask` its holder, who can
        `grant`, `refuse` or `release`. 409 says who holds it."""
        hub.vehicles.plan(system_id)
        view = _taken(hub, system_id, deed, datetime.now(UTC))
        await record(
            hub,
            who=deed.operator,
            action=f"lease_{deed.step}",
            system_id=system_id,
            detail={"reason": deed.reason, "holder": view.holder},
        )
        return view

    @router.post("/presence", dependencies=writers, summary="An operator is still there")
    async def present(who: Presence) -> None:
        """Keeps what the operator holds from being taken as lost; pages send it often."""
        hub.leases.present(who.operator, datetime.now(UTC))

    return router


def _taken(hub: Hub, system_id: int, deed: LeaseStep, now: datetime) -> LeaseView:
    match deed.step:
        case "take":
            return hub.leases.take(system_id, deed.operator, now, reason=deed.reason)
        case "ask":
            return hub.leases.ask(system_id, deed.operator, now, why=deed.reason)
        case "release":
            return hub.leases.release(system_id, deed.operator, now)
        case _:
            grant = deed.step == "grant"
            return hub.leases.answer(system_id, deed.operator, now, grant=grant)
