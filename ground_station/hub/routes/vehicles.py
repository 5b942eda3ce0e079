"""Routes for vehicles: state, plans, commands and paths."""

import asyncio
import json
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from ground_station.errors import StoreUnavailable
from ground_station.hub.hub import Hub
from ground_station.hub.vehicles_port import (
    CommandOutcome,
    FlownPoint,
    LatLon,
    UploadOutcome,
    VehicleCommand,
    VehicleView,
)
from missions.errors import BadInput
from missions.files.qgc_plan import plan_from_qgc
from missions.files.qgc_plan_write import qgc_from_plan

SystemId = Annotated[int, Path(ge=1, le=255)]
NOBODY = "operator"
PLAN_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


class CommandDeed(BaseModel):
    """What is asked of a vehicle, and by whom."""

    model_config = ConfigDict(extra="forbid")

    command: VehicleCommand
    operator: Annotated[str, Field(min_length=1, max_length=100)] = NOBODY


class PlanView(BaseModel):
    """The plan that a vehicle carries: its path over the ground, and its QGroundControl file."""

    path: tuple[LatLon, ...]
    plan: dict[str, Any] | None


def vehicle_routes(hub: Hub, writers: list[Any]) -> APIRouter:
    """Routes over one hub; `writers` are the dependencies of every write."""
    router = APIRouter(prefix="/vehicles", tags=["vehicles"])

    @router.get("", summary="Every vehicle that is known")
    async def vehicles() -> list[VehicleView]:
        """`linked` is false once a vehicle has been silent for too long."""
        return hub.vehicles.views()

    @router.post(
        "/{system_id}/plan",
        dependencies=writers,
        openapi_extra=PLAN_BODY,
        summary="Bring a plan on board and prove it",
    )
    async def upload(system_id: SystemId, request: Request) -> UploadOutcome:
        """The body is a QGroundControl .plan. `proven` only when the hashes that the vehicle
        reports are the predicted ones and its verdict after the ACK is valid. 422 names the key of
        a plan that cannot be read."""
        hub.vehicles.plan(system_id)
        text = _text(await request.body())
        plan = await asyncio.to_thread(plan_from_qgc, text, "plan")
        outcome = await hub.vehicles.upload(system_id, plan)
        detail = outcome.model_dump(mode="json")
        await _record(hub, who=NOBODY, action="plan_upload", system_id=system_id, detail=detail)
        return outcome

    @router.get("/{system_id}/plan", summary="The plan on board")
    async def plan(system_id: SystemId) -> PlanView:
        """`plan` is null where none is known."""
        known = hub.vehicles.plan(system_id)
        return PlanView(
            path=hub.vehicles.planned_path(system_id),
            plan=None if known is None else json.loads(qgc_from_plan(known)),
        )

    @router.post("/{system_id}/commands", dependencies=writers, summary="Command a vehicle")
    async def command(system_id: SystemId, deed: CommandDeed) -> CommandOutcome:
        """A transaction with an outcome: `done` is seen in the vehicle's state, not hoped for."""
        outcome = await hub.vehicles.command(system_id, deed.command)
        detail = {"command": deed.command, **outcome.model_dump(mode="json")}
        await _record(hub, who=deed.operator, action="command", system_id=system_id, detail=detail)
        return outcome

    @router.get("/{system_id}/track", summary="The path flown")
    async def track(system_id: SystemId) -> list[FlownPoint]:
        """Points of latitude, longitude, height above sea level and UTC, the oldest first."""
        return list(hub.vehicles.flown_path(system_id))

    return router


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(where="plan", what=f"not UTF-8: {error.reason}") from error


async def _record(
    hub: Hub, *, who: str, action: str, system_id: int, detail: dict[str, Any]
) -> None:
    try:
        await hub.desk.record(who=who, action=action, subject=f"vehicle-{system_id}", detail=detail)
    except StoreUnavailable:
        # A full disk must not keep a vehicle from being called home, nor hide that it was.
        hub.counters.actions_unrecorded += 1
